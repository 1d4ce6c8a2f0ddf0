#include "analysis/impact.h"

#include "base/diagnostic.h"
#include "compiler/compile.h"
#include "vm/machine.h"
#include "vm/outcomes.h"
#include "vm/record.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::analysis {
namespace {

constexpr size_t batch_of = 256;               // records that are decided together
constexpr size_t examples_of_a_kind = 2;
constexpr size_t most_versions = 512;          // programs between the two versions that are kept at once

using Statuses = std::map<std::string, std::pair<vm::Status, std::string>>;   // criterion (and its item): status, why

// What of a line's determination is compared, from most to least.
struct Determination {
  vm::Outcome outcome = vm::Outcome::gap;
  std::vector<std::string> contents;           // what is approved or modified, and on which conditions
  Statuses statuses;
  std::vector<std::string> reasoning;
};

void add_statuses(const std::vector<vm::CriterionTrace>& list, const std::string& item, Determination& out) {
  for (const vm::CriterionTrace& c : list) {
    const std::string name = c.name + (c.item.empty() ? item.empty() ? "" : " on " + item : " on " + c.item);
    out.statuses.try_emplace(name, c.status, c.sentence);
    if (c.status == vm::Status::undetermined) out.reasoning.push_back(name + " " + c.cause);
    // Not what was compared: a threshold that moved past no value has changed nothing.
    std::string results = name;
    for (const vm::ObservedValue& v : c.values) results += " " + v.result;
    out.reasoning.push_back(std::move(results));
    add_statuses(c.criteria, item, out);
  }
}

void add_rules(const std::vector<vm::RuleTrace>& rules, const std::string& item, Determination& out) {
  for (const vm::RuleTrace& r : rules) {
    if (r.state == vm::RuleState::does_not_fire) continue;
    std::string words = fmt::format("{} {} {} {}", item, r.name, r.outcome, json_name(r.state));
    for (const std::string& by : r.defeated_by) words += " by " + by;
    out.reasoning.push_back(std::move(words));
  }
}

Determination determination(const vm::LineTrace& t) {
  Determination out;
  out.outcome = t.outcome;
  for (const vm::ConditionTrace& c : t.conditions)
    out.contents.push_back(fmt::format("{} {} {} {}", c.name, c.due_from, c.due_to, c.after));
  for (const vm::ModificationField& m : t.modified) out.contents.push_back(m.field + ": " + m.value);
  for (const std::string& item : t.approved_items) out.contents.push_back(item);
  add_statuses(t.criteria, "", out);
  add_rules(t.rules, "", out);
  for (const vm::ItemTrace& i : t.items) {
    add_statuses(i.criteria, i.item, out);
    add_rules(i.rules, i.item, out);
  }
  const auto all = [&](const std::vector<std::string>& list) { out.reasoning.insert(out.reasoning.end(), list.begin(), list.end()); };
  all(t.decided_by);
  all(t.defeated);
  out.reasoning.push_back(t.recommendation);
  for (const vm::MissingFact& m : t.missing) {
    out.reasoning.push_back("missing " + m.fact);
    all(m.could_lead_to);
  }
  for (const vm::Outcome o : t.possible) out.reasoning.emplace_back(vm::outcome_row(o).json);
  // The order in which clauses stand is no reason.
  std::sort(out.reasoning.begin(), out.reasoning.end());
  return out;
}

Difference difference(const Determination& a, const Determination& b) {
  if (a.outcome != b.outcome || a.contents != b.contents) return Difference::outcome;
  bool same_criteria = a.statuses.size() == b.statuses.size();
  for (const auto& [name, was] : a.statuses) {
    const auto now = b.statuses.find(name);
    if (now == b.statuses.end()) same_criteria = false;
    else if (now->second.first != was.first) return Difference::status;
  }
  return same_criteria && a.reasoning == b.reasoning ? Difference::unchanged : Difference::reasoning;
}

// The traces of records, one each.
std::vector<vm::Trace> decided(const vm::VerifiedProgram& program, const std::string& as_of,
                               const std::vector<const std::string*>& records) {
  vm::Loader loader(*program, as_of);
  for (const std::string* json : records) loader.add(*json, "");
  const vm::Decisions decisions = vm::run(program, std::make_shared<const vm::Batch>(loader.take()));
  std::vector<vm::Trace> out;
  for (vm::Row row = 0; row < records.size(); ++row) out.push_back(vm::trace(decisions, row, true));
  return out;
}

const vm::LineTrace* line_of(const vm::Trace& t, uint32_t sequence) {
  for (const vm::LineTrace& l : t.lines) {
    if (l.sequence == sequence) return &l;
  }
  return nullptr;
}

std::optional<vm::VerifiedProgram> program_of(std::vector<ast::Module> modules, SourceSet& sources) {
  Diagnostics diagnostics;
  Compiled compiled = compile_modules(std::move(modules), sources, diagnostics);
  if (!compiled.program) return std::nullopt;
  auto checked = vm::verify(std::move(*compiled.program));
  auto* const good = std::get_if<vm::VerifiedProgram>(&checked);
  return good ? std::optional(std::move(*good)) : std::nullopt;
}

// The older version under the newer one's names, so that traces name one thing alike.
vm::VerifiedProgram under_new_names(vm::VerifiedProgram before, const Edits& edits, SourceSet& sources) {
  if (std::none_of(edits.list.begin(), edits.list.end(), [](const Edit& e) { return e.kind == Edit::Kind::renamed; })) return before;
  return program_of(edits.before, sources).value_or(std::move(before));
}

}  // namespace

std::string_view json_name(Difference d) {
  switch (d) {
    case Difference::unchanged: return "unchanged";
    case Difference::reasoning: return "reasoningOnly";
    case Difference::status: return "statusChanged";
    case Difference::outcome: return "outcomeChanged";
  }
  return "";
}

struct ImpactRun::Impl {
  struct Pending {
    std::string json, source;
  };
  // A line that differs, with what it takes to try edits on it.
  struct Differing {
    LineImpact impact;
    const std::string* json;
    Determination before;
  };

  vm::VerifiedProgram before, after;
  const Edits& edits;
  SourceSet& sources;
  std::string as_of;
  vm::Loader old_loader, new_loader;
  std::vector<Pending> pending;
  std::vector<std::pair<std::string, vm::RecordMessage>> messages;
  std::map<std::vector<bool>, std::optional<vm::VerifiedProgram>> versions;   // by the edits that are taken back
  std::map<std::string, size_t> examples_of;
  Impact out;

  Impl(vm::VerifiedProgram b, vm::VerifiedProgram a, const Edits& e, SourceSet& s, std::string day)
      : before(under_new_names(std::move(b), e, s)),
        after(std::move(a)),
        edits(e),
        sources(s),
        as_of(std::move(day)),
        old_loader(*before, as_of),
        new_loader(*after, as_of) {
    out.by_edit.resize(edits.list.size());
  }

  // The newer version with some edits taken back, or nothing where it does not compile: an edit that others need.
  const std::optional<vm::VerifiedProgram>& version(const std::vector<bool>& back) {
    if (versions.size() > most_versions) versions.clear();
    auto [at, added] = versions.try_emplace(back);
    if (!added) return at->second;
    return at->second = program_of(taken_back(edits, back, sources), sources);
  }

  // For each line whether a version decides it as the older one did: as far as the line differs.
  std::vector<bool> undone(const std::vector<bool>& back, const std::vector<Differing*>& lines) {
    std::vector<bool> answers(lines.size(), false);
    const auto& program = version(back);
    if (!program) return answers;
    std::vector<const std::string*> records;
    for (const Differing* each : lines) records.push_back(each->json);
    const std::vector<vm::Trace> traces = decided(*program, as_of, records);
    for (size_t k = 0; k < lines.size(); ++k) {
      const vm::LineTrace* const line = line_of(traces[k], lines[k]->impact.line);
      answers[k] = line && difference(lines[k]->before, determination(*line)) < lines[k]->impact.difference;
    }
    return answers;
  }

  void attribute(std::vector<Differing>& differing) {
    if (edits.list.empty()) return;
    std::vector<Differing*> lines;
    for (Differing& each : differing) lines.push_back(&each);
    for (size_t e = 0; e < edits.list.size(); ++e) {
      if (edits.list[e].kind == Edit::Kind::renamed) continue;
      std::vector<bool> back(edits.list.size(), false);
      back[e] = true;
      const std::vector<bool> answers = undone(back, lines);
      for (size_t k = 0; k < lines.size(); ++k) {
        if (answers[k]) lines[k]->impact.causes.push_back(e);
      }
    }
    for (Differing* line : lines) {
      if (line->impact.causes.empty()) interaction(*line);
    }
  }

  // From all edits taken back, which undoes everything, each is tried in again.
  void interaction(Differing& line) {
    std::vector<bool> back;
    for (const Edit& e : edits.list) back.push_back(e.kind != Edit::Kind::renamed);
    const auto undoes = [&]() -> bool { return undone(back, {&line})[0]; };
    if (!undoes()) return;
    for (size_t e = 0; e < back.size(); ++e) {
      if (!back[e]) continue;
      back[e] = false;
      if (!undoes()) back[e] = true;
    }
    for (size_t e = 0; e < back.size(); ++e) {
      if (back[e]) line.impact.causes.push_back(e);
    }
    line.impact.together = true;
  }

  void count(const LineImpact& line) {
    const auto at = static_cast<size_t>(line.difference);
    if (line.together) ++out.together;
    if (line.causes.empty()) ++out.unattributed;
    for (const size_t e : line.causes) ++out.by_edit[e][at];
  }

  void flush() {
    if (pending.empty()) return;
    const auto run = [](const vm::VerifiedProgram& program, vm::Loader& loader) {
      return vm::run(program, std::make_shared<const vm::Batch>(loader.take()));
    };
    const vm::Decisions old_run = run(before, old_loader), new_run = run(after, new_loader);
    std::vector<Differing> differing;
    std::vector<std::pair<vm::Trace, vm::Trace>> traces;
    for (vm::Row row = 0; row < pending.size(); ++row) {
      vm::Trace was = vm::trace(old_run, row, true), now = vm::trace(new_run, row, true);
      ++out.cases;
      for (const vm::RecordMessage& m : now.messages) messages.emplace_back(pending[row].source, m);
      if (was.rejected && !now.rejected) {
        for (const vm::RecordMessage& m : was.messages) messages.emplace_back(pending[row].source, m);
      }
      if (was.rejected || now.rejected) {
        ++out.rejected;
        continue;
      }
      for (const vm::LineTrace& line : now.lines) {
        const vm::LineTrace* const old = line_of(was, line.sequence);
        if (!old) continue;
        ++out.lines;
        ++out.matrix[{old->outcome, line.outcome}];
        Determination a = determination(*old), b = determination(line);
        const Difference how = difference(a, b);
        ++out.counts[static_cast<size_t>(how)];
        if (how == Difference::unchanged) continue;
        LineImpact impact{now.case_id, pending[row].source, line.sequence, how, old->outcome, line.outcome, {}, {}, false};
        for (const auto& [name, status] : a.statuses) {
          const auto other = b.statuses.find(name);
          if (other == b.statuses.end() || other->second.first == status.first) continue;
          impact.statuses.push_back({name, status.first, other->second.first, status.second, other->second.second});
        }
        differing.push_back({std::move(impact), &pending[row].json, std::move(a)});
        traces.emplace_back(was, now);
      }
    }
    attribute(differing);
    for (size_t k = 0; k < differing.size(); ++k) {
      LineImpact& line = differing[k].impact;
      count(line);
      example(line, std::move(traces[k]));
      out.changed.push_back(std::move(line));
    }
    pending.clear();
  }

  // The first few lines that differ in one way for one reason.
  void example(const LineImpact& line, std::pair<vm::Trace, vm::Trace> traces) {
    std::string kind =
        fmt::format("{} {} {}", static_cast<int>(line.difference), static_cast<int>(line.before), static_cast<int>(line.after));
    for (const size_t e : line.causes) kind += fmt::format(" {}", e);
    if (examples_of[kind]++ >= examples_of_a_kind) return;
    for (vm::Trace* t : {&traces.first, &traces.second}) {
      std::erase_if(t->lines, [&](const vm::LineTrace& l) { return l.sequence != line.line; });
    }
    out.examples.push_back({line, std::move(traces.first), std::move(traces.second)});
  }
};

ImpactRun::ImpactRun(vm::VerifiedProgram before, vm::VerifiedProgram after, const Edits& edits, SourceSet& sources, std::string as_of)
    : impl_(std::make_unique<Impl>(std::move(before), std::move(after), edits, sources, std::move(as_of))) {}
ImpactRun::~ImpactRun() = default;

void ImpactRun::add(std::string_view json, std::string source) {
  impl_->old_loader.add(json, source);
  impl_->new_loader.add(json, source);
  impl_->pending.push_back({std::string(json), std::move(source)});
  if (impl_->pending.size() >= batch_of) impl_->flush();
}

void ImpactRun::add_rejected(std::string source, std::string message) {
  impl_->old_loader.add_rejected(source, message);
  impl_->new_loader.add_rejected(source, message);
  impl_->pending.push_back({"", std::move(source)});
  if (impl_->pending.size() >= batch_of) impl_->flush();
}

std::vector<std::pair<std::string, vm::RecordMessage>> ImpactRun::take_messages() { return std::exchange(impl_->messages, {}); }
uint64_t ImpactRun::cases() const { return impl_->out.cases; }

Impact ImpactRun::finish() {
  impl_->flush();
  return std::move(impl_->out);
}

}  // namespace rubric::analysis
