#include "vm/trace_criteria.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace rubric::vm {
namespace {

class Outline {
 public:
  explicit Outline(const CaseReading& at) : at_(at), d_(at.d), p_(at.p) {}

  std::vector<CriterionTrace> of(const Block& block, Row line) {
    std::vector<CriterionTrace> out;
    for (const Id c : block.criteria) {
      if (p_.criteria[c].parent == none_id) criterion(c, line, out);
    }
    return out;
  }

 private:
  void criterion(Id id, Row line, std::vector<CriterionTrace>& out) {
    const Criterion& c = p_.criteria[id];
    if (c.domain == p_.lines_domain) {
      out.push_back(criterion_at(id, line, ""));
      return;
    }
    const DomainRows& rows = d_.rows_of(c.domain);
    Row number = 0;
    for (Row k = rows.first[line]; k < rows.first[line + 1]; ++k) {
      ++number;
      if (bit(rows.phantom, k)) continue;
      out.push_back(criterion_at(id, k, fmt::format("{} {}", item_word(c.domain), number)));
    }
  }

  std::string item_word(Id domain) const {
    std::string word = at_.name(p_.nodes[p_.domains[p_.domains[domain].make == Make::cross ? p_.domains[domain].from : domain].node].name);
    for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return word.empty() ? "item" : word;
  }

  CriterionTrace criterion_at(Id id, Row r, std::string item) {
    const Criterion& c = p_.criteria[id];
    CriterionTrace t;
    t.name = at_.name(c.name);
    t.label = at_.name(c.label);
    t.text = at_.values.fill(c.text, r, "");
    t.status = at_.status(c.applicable, c.value, r);
    t.computed = at_.status(c.computed_applicable, c.computed_value, r);
    t.item = std::move(item);
    t.kind = kind(c);
    t.layer = at_.layer(c.layer);
    t.cites = at_.cited(c.cites);
    for (const Id n : c.notes) t.notes.push_back(at_.name(n));
    t.span = c.span;
    t.clause = at_.clause(c.span);
    for (const Id x : c.defeated_by) {
      if (rule_stands(x, r, c.domain)) t.defeated_by.push_back(at_.name(p_.rules[x].name));
    }
    for (const Assertion& a : at_.info.assertions) {
      if (a.criterion != t.name) continue;
      const bool here = a.item == none_id || c.domain == p_.lines_domain || a.item == d_.rows_of(c.domain).number(r) + 1;
      if (here && (a.line == none_id || a.line == sequence_of(r, c.domain))) t.asserted = a;
    }
    if (c.site != none_id) t.values.reserve(8);
    // Where a criterion does not apply, what it would have looked at is of no interest.
    if (c.site != none_id && (t.status != Status::not_applicable || c.applies_site == none_id))
      at_.values.read(c.site, c.domain, r, t.values);
    if (c.applies_site != none_id && t.status != Status::met && t.status != Status::not_met)
      at_.values.read(c.applies_site, c.domain, r, t.values);
    once_each(t.values);
    for (const Id m : c.members) {
      const Criterion& member = p_.criteria[m];
      if (member.domain == c.domain) {
        t.criteria.push_back(criterion_at(m, r, t.item));
      } else if (c.domain == p_.lines_domain) {
        criterion(m, r, t.criteria);
      } else {
        t.criteria.push_back(criterion_at(m, d_.ancestor(c.domain, r, member.domain), ""));
      }
    }
    if (c.kind == CriterionKind::choice && t.criteria.size() == c.members.size()) {
      for (size_t m = 0; m < c.members.size(); ++m) t.criteria[m].defeated = at_.left_out(c, c.members[m], r);
    }
    if (t.status == Status::undetermined) t.cause = cause(c, t);
    const std::string why = because(t);
    const auto pick = [&](const Template& met, const Template& not_met, const Template& open) {
      const Template* chosen = t.status == Status::met            ? &met
                               : t.status == Status::not_met      ? &not_met
                               : t.status == Status::undetermined ? &open
                                                                  : nullptr;
      return chosen && !chosen->empty() ? at_.values.fill(*chosen, r, why) : std::string();
    };
    t.sentence = pick(c.met, c.not_met, c.undetermined);
    t.authored = !t.sentence.empty();
    if (!t.authored) t.sentence = why;
    t.member_sentence = pick(c.member_met, c.member_not_met, c.member_undetermined);
    return t;
  }

  // A condition and the one under which it applies often look at the same.
  static void once_each(std::vector<ObservedValue>& values) {
    const auto same = [](const ObservedValue& a, const ObservedValue& b) {
      return a.expression == b.expression && a.fact == b.fact && a.value == b.value && a.result == b.result && a.against == b.against;
    };
    for (auto at = values.begin(); at != values.end();) {
      at = std::any_of(values.begin(), at, [&](const ObservedValue& before) { return same(before, *at); }) ? values.erase(at) : at + 1;
    }
  }

  uint32_t sequence_of(Row r, Id domain) const {
    const Row line = d_.ancestor(domain, r, p_.lines_domain);
    if (p_.line_sequence == none_id) return line;
    const Value v = d_.value(p_.line_sequence, line);
    return v.kind == Kind::value ? static_cast<uint32_t>(v.i) : none_id;
  }

  bool rule_stands(Id rule, Row r, Id domain) const {
    const Rule& x = p_.rules[rule];
    if (x.domain != domain && domain != p_.lines_domain) r = d_.ancestor(domain, r, x.domain);
    return x.domain == domain || domain != p_.lines_domain ? d_.truth(x.stands, r) == Truth::yes : false;
  }

  static std::string kind(const Criterion& c) {
    if (c.section) return "section";
    switch (c.kind) {
      case CriterionKind::leaf: return "leaf";
      case CriterionKind::judged: return "judged";
      case CriterionKind::all: return "all";
      case CriterionKind::any: return "any";
      case CriterionKind::none: return "none";
      case CriterionKind::at_least: return fmt::format("at least {}", c.at_least);
      case CriterionKind::limit: return "limit";
      case CriterionKind::choice: return "amended";
    }
    return "";
  }

  // The first open value's cause; of a group, its first undetermined member's.
  static std::string cause(const Criterion& c, const CriterionTrace& t) {
    if (c.kind == CriterionKind::judged) return std::string(json_name(Cause::judgment));
    for (const ObservedValue& v : t.values) {
      if (v.result == "unknown" && !v.cause.empty()) return v.cause;
    }
    for (const CriterionTrace& m : t.criteria) {
      if (m.status == Status::undetermined && !m.defeated && !m.cause.empty()) return m.cause;
    }
    for (const ObservedValue& v : t.values) {
      if (!v.cause.empty()) return v.cause;
    }
    return "notComputable";
  }

  // One readable reason, made from the members or the values that decide.
  static std::string because(const CriterionTrace& t) {
    constexpr size_t most_parts = 4;
    std::vector<std::string> parts;
    const auto add = [&](std::string s) {
      if (!s.empty() && std::find(parts.begin(), parts.end(), s) == parts.end()) parts.push_back(std::move(s));
    };
    if (!t.defeated_by.empty()) return fmt::format("set aside by {}", fmt::join(t.defeated_by, ", "));
    if (t.kind == "judged" && t.status != Status::not_applicable) {
      return t.asserted ? fmt::format("{} judged it so", t.asserted->by) : "it waits for a reviewer's judgment";
    }
    for (const CriterionTrace& m : t.criteria) {
      if (m.defeated) continue;
      const bool relevant =
          t.kind == "none" ? (t.status == Status::not_met ? m.status == Status::met : m.status == t.status) : m.status == t.status;
      if (!relevant || m.status == Status::not_applicable) continue;
      if (parts.size() == most_parts) break;
      add(m.text.empty() ? m.sentence : m.text);
    }
    if (!parts.empty()) return fmt::format("{}", fmt::join(parts, "; "));
    for (const ObservedValue& v : t.values) {
      if (t.status == Status::met && v.result != "true") continue;
      if ((t.status == Status::not_met || t.status == Status::not_applicable) && v.result != "false") continue;
      if (t.status == Status::undetermined && v.result != "unknown") continue;
      if (parts.size() == most_parts) break;
      add(v.expression + ": " + observed_words(v));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
  }

  const CaseReading& at_;
  const Decisions& d_;
  const Program& p_;
};

}  // namespace

std::vector<CriterionTrace> outline(const CaseReading& at, const Block& block, Row line) { return Outline(at).of(block, line); }

}  // namespace rubric::vm
