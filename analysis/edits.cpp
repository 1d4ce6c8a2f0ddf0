#include "analysis/edits.h"

#include "analysis/clauses.h"
#include "base/diagnostic.h"
#include "compiler/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace rubric::analysis {
namespace {

using ast::Declaration;
using ast::Module;

bool is_policy(const Module& m) { return m.kind != ast::ModuleKind::tests; }

// The first day on which a version of a policy decides, as it is written: such days sort as texts.
std::string first_day(const Module& m) {
  for (const Declaration& d : m.declarations) {
    if (d.kind == ast::DeclarationKind::in_force) return d.in_force.from ? d.in_force.from->text : "";
  }
  return "";
}

// Of a policy there is one, whatever it is called. Of several versions in one folder that is the newest, and the others
// are told by their numbers: so a version that lies beside the one before it is compared with that one.
std::string module_key(const Module& m, const std::vector<Module>& all) {
  if (m.kind != ast::ModuleKind::policy) return (m.kind == ast::ModuleKind::overlay ? "overlay " : "library ") + m.name.text;
  for (const Module& other : all) {
    if (other.kind == ast::ModuleKind::policy && first_day(other) > first_day(m)) return fmt::format("policy version '{}'", m.version);
  }
  return "policy";
}

std::string module_words(const std::string& key) { return key == "policy" ? "" : " (" + key + ")"; }

// "policy X version '1'": what stands before a module's declarations.
std::string head_text(const Module& m, const SourceSet& sources) {
  Span head = m.span;
  if (!m.declarations.empty()) head.end = std::max(head.begin, m.declarations.front().span.begin);
  return one_spelling(sources.text(head), {});
}

struct Clause {
  const Declaration* declaration;
  std::string words, text;   // what it is called, and its own text in one spelling
};
using Clauses = std::map<std::string, Clause>;   // by key

// The clauses of a list of declarations and those inside of them; `at` is the key of what they stand in.
void collect(const std::vector<Declaration>& list, const std::string& at, const std::string& where, const SourceSet& sources,
             const Names& names, std::vector<std::string>& order, Clauses& out) {
  std::map<std::string, uint32_t> seen;
  for (const Declaration& d : list) {
    const std::string key = clause_key(d, at, seen);
    if (key.empty()) continue;
    order.push_back(key);
    out[key] = {&d, clause_words(d) + where, one_spelling(own_text(d, sources), names)};
    if (const auto* inner = members(d)) collect(*inner, key, where, sources, names, order, out);
  }
}

Clauses collect(const std::vector<Module>& modules, const SourceSet& sources, const Names& names, std::vector<std::string>& order) {
  Clauses out;
  for (const Module& m : modules) {
    if (!is_policy(m)) continue;
    const std::string key = module_key(m, modules);
    collect(m.declarations, key, module_words(key), sources, names, order, out);
  }
  return out;
}

// Names that stand for others: pairs of a clause that is gone and one that is new, alike but for the name. One that
// uses another is found once that is, so it goes round until nothing more is.
Names find_renamed(const std::vector<Module>& before, const std::vector<Module>& after, const SourceSet& sources) {
  Names names;
  std::vector<std::string> order_after;
  const Clauses now = collect(after, sources, {}, order_after);
  for (bool found = true; found;) {
    found = false;
    std::vector<std::string> order;
    const Clauses then = collect(before, sources, names, order);
    for (const std::string& key : order) {
      const Clause& old = then.at(key);
      const std::string name = clause_name(*old.declaration);
      if (name.empty() || now.contains(key) || names.contains(name)) continue;
      for (const std::string& candidate : order_after) {
        const Clause& fresh = now.at(candidate);
        const std::string new_name = clause_name(*fresh.declaration);
        if (fresh.declaration->kind != old.declaration->kind || then.contains(candidate) || new_name.empty()) continue;
        Names with = names;
        with[name] = new_name;
        if (one_spelling(own_text(*old.declaration, sources), with) != fresh.text) continue;
        names = std::move(with);
        found = true;
        break;
      }
      if (found) break;
    }
  }
  return names;
}

// A table's rows that came from a file stand in no text that could be parsed again.
void keep_csv_rows(const std::vector<Declaration>& from, std::vector<Declaration>& to) {
  for (size_t k = 0; k < to.size() && k < from.size(); ++k) {
    for (size_t t = 0; t < to[k].table.size() && t < from[k].table.size(); ++t) {
      if (to[k].table[t].csv) to[k].table[t].head = from[k].table[t].head, to[k].table[t].rows = from[k].table[t].rows;
    }
    if (members(to[k]) && members(from[k])) keep_csv_rows(*members(from[k]), *members(to[k]));
  }
}

std::vector<Module> renamed(const std::vector<Module>& modules, const Names& names, SourceSet& sources) {
  std::vector<Module> out;
  for (const Module& m : modules) {
    // Tests keep the old names: they are no part of what is compared, and a table of them is not the language's text.
    const std::string text = is_policy(m) ? with_names(sources.file(m.file).text, names) : sources.file(m.file).text;
    if (text == sources.file(m.file).text) {
      out.push_back(m);
      continue;
    }
    Diagnostics unread;   // a name for a name: what could be parsed still can
    out.push_back(parse(sources, sources.add(sources.file(m.file).name, text), unread));
    keep_csv_rows(m.declarations, out.back().declarations);
  }
  return out;
}

// A list of declarations by their keys. A clause that is no policy has none.
std::map<std::string, const Declaration*> by_key(const std::vector<Declaration>& list, const std::string& at) {
  std::map<std::string, const Declaration*> out;
  std::map<std::string, uint32_t> seen;
  for (const Declaration& d : list) out[clause_key(d, at, seen)] = &d;
  return out;
}

// The newer version's clauses, but for those whose edits are taken back: these are the older version's.
std::vector<Declaration> rebuilt(const std::vector<Declaration>& after, const std::vector<Declaration>& before, const std::string& at,
                                 const std::set<std::string>& back) {
  std::vector<Declaration> out;
  const auto old = by_key(before, at);
  std::set<std::string> present;
  std::map<std::string, uint32_t> seen, seen_before;
  for (const Declaration& d : after) {
    const std::string key = clause_key(d, at, seen);
    present.insert(key);
    const auto then = old.find(key);
    const Declaration* const older = then == old.end() ? nullptr : then->second;
    if (back.contains(key) && !older) continue;
    out.push_back(back.contains(key) ? *older : d);
    if (!members(d)) continue;
    *members(out.back()) = rebuilt(*members(d), older && members(*older) ? *members(*older) : std::vector<Declaration>(), key, back);
  }
  for (const Declaration& d : before) {
    const std::string key = clause_key(d, at, seen_before);
    if (!present.contains(key) && back.contains(key)) out.push_back(d);
  }
  return out;
}

const Module* module_of(const std::string& key, const std::vector<Module>& modules) {
  for (const Module& m : modules) {
    if (is_policy(m) && module_key(m, modules) == key) return &m;
  }
  return nullptr;
}

// The lines of two files without those that they begin and end with alike.
std::pair<Span, Span> differing_lines(Span a, Span b, const SourceSet& sources) {
  const std::string_view x = sources.text(a), y = sources.text(b);
  const size_t most = std::min(x.size(), y.size());
  size_t begin = 0, end = 0;
  for (size_t k = 0; k < most && x[k] == y[k]; ++k) {
    if (x[k] == '\n') begin = k + 1;
  }
  for (size_t k = 0; k < most - begin && x[x.size() - 1 - k] == y[y.size() - 1 - k]; ++k) {
    if (x[x.size() - 1 - k] == '\n') end = k;
  }
  const auto cut = [&](Span s) { return Span{s.file, s.begin + static_cast<uint32_t>(begin), s.end - static_cast<uint32_t>(end)}; };
  return {cut(a), cut(b)};
}

// Where two texts of a clause stand. Of a table whose rows lie in a file these rows, if they differ.
std::pair<Span, Span> differing_text(const Declaration& before, const Declaration& after, const SourceSet& sources) {
  const auto was = rows_elsewhere(before, sources), is = rows_elsewhere(after, sources);
  const auto spelled = [&](Span s) { return one_spelling(sources.text(s)); };
  if (was && is && spelled(*was) != spelled(*is)) return differing_lines(*was, *is, sources);
  return {before.span, after.span};
}

}  // namespace

std::string_view json_name(Edit::Kind kind) {
  switch (kind) {
    case Edit::Kind::changed: return "changed";
    case Edit::Kind::added: return "added";
    case Edit::Kind::removed: return "removed";
    case Edit::Kind::renamed: return "renamed";
  }
  return "";
}

Edits find_edits(std::vector<Module> before, std::vector<Module> after, SourceSet& sources) {
  Edits out;
  std::vector<std::string> order, order_before;
  const Names names = find_renamed(before, after, sources);
  if (!names.empty()) before = renamed(before, names, sources);
  out.before = std::move(before);
  out.after = std::move(after);
  for (const Module& m : out.after) {
    if (!is_policy(m)) continue;
    const std::string key = module_key(m, out.after);
    const Module* const old = module_of(key, out.before);
    if (old && head_text(*old, sources) == head_text(m, sources)) continue;
    out.list.push_back({old ? Edit::Kind::changed : Edit::Kind::added, old ? "the head" + module_words(key) : key,
                        old ? old->name.span : Span{no_file, 0, 0}, m.name.span, key});
  }
  const Clauses now = collect(out.after, sources, {}, order), then = collect(out.before, sources, {}, order_before);
  // What an overlay holds that came or went as a whole is not said one by one.
  const auto of_whole = [](const std::string& key, const std::vector<Module>& other) {
    return std::none_of(other.begin(), other.end(),
                        [&](const Module& m) { return is_policy(m) && key.starts_with(module_key(m, other) + "/"); });
  };
  for (const std::string& key : order) {
    if (of_whole(key, out.before)) continue;
    const Clause& fresh = now.at(key);
    const auto old = then.find(key);
    if (old == then.end()) {
      out.list.push_back({Edit::Kind::added, fresh.words, {no_file, 0, 0}, fresh.declaration->span, key});
    } else if (old->second.text != fresh.text) {
      const auto [was, is] = differing_text(*old->second.declaration, *fresh.declaration, sources);
      out.list.push_back({Edit::Kind::changed, fresh.words, was, is, key});
    }
    for (const auto& [from, to] : names) {
      if (old == then.end() || clause_name(*fresh.declaration) != to) continue;
      out.list.push_back({Edit::Kind::renamed,
                          fmt::format("{} {} to {}", clause_kind(*fresh.declaration), from,
                                      fresh.words.substr(clause_kind(*fresh.declaration).size() + 1)),
                          old->second.declaration->span, fresh.declaration->span, ""});
    }
  }
  for (const std::string& key : order_before) {
    if (!now.contains(key) && !of_whole(key, out.after))
      out.list.push_back({Edit::Kind::removed, then.at(key).words, then.at(key).declaration->span, {no_file, 0, 0}, key});
  }
  for (const Module& m : out.before) {
    const std::string key = module_key(m, out.before);
    if (is_policy(m) && !module_of(key, out.after)) out.list.push_back({Edit::Kind::removed, key, m.name.span, {no_file, 0, 0}, key});
  }
  return out;
}

std::vector<Module> taken_back(const Edits& edits, const std::vector<bool>& back) {
  std::set<std::string> keys;
  for (size_t k = 0; k < edits.list.size(); ++k) {
    if (back[k] && !edits.list[k].key.empty()) keys.insert(edits.list[k].key);
  }
  std::vector<Module> out;
  for (const Module& m : edits.after) {
    const std::string key = module_key(m, edits.after);
    const Module* const old = is_policy(m) ? module_of(key, edits.before) : nullptr;
    const bool whole = keys.contains(key);
    if (is_policy(m) && whole && !old) continue;
    out.push_back(m);
    if (!is_policy(m)) continue;
    if (whole)
      out.back().name = old->name, out.back().version = old->version, out.back().amends = old->amends, out.back().layer = old->layer;
    out.back().declarations = rebuilt(m.declarations, old ? old->declarations : std::vector<Declaration>(), key, keys);
  }
  for (const Module& m : edits.before) {
    const std::string key = module_key(m, edits.before);
    if (is_policy(m) && keys.contains(key) && !module_of(key, edits.after)) out.push_back(m);
  }
  return out;
}

}  // namespace rubric::analysis
