// A case's trace: nothing was recorded for it while running, everything still stands in the registers.
#include "vm/each_trace.h"

#include "vm/date.h"
#include "vm/domains.h"
#include "vm/prepared.h"
#include "vm/run_parts.h"
#include "vm/trace_values.h"
#include "vm/value_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::vm {
namespace {

bool is_limited(const Decisions& d, Row c) { return d.limited[c / 64] >> (c % 64) & 1; }

// Whether a case has lines to say something of.
bool is_decided(const Decisions& d, Row c) {
  return !d.batch->info.is_rejected(c) && !is_limited(d, c) && (**d.program).lines_domain != none_id;
}

class Tracing {
 public:
  // `settled`: of the case's lines in order, or nullptr.
  Tracing(const Decisions& d, Row case_row, bool with_criteria, Pictures pictures, Settlement* settled)
      : d_(d),
        p_(**d.program),
        case_(case_row),
        info_(d.batch->info[case_row]),
        reader_(d, info_, pictures),
        full_(with_criteria),
        pictures_(pictures),
        settled_(settled) {
    if (pictures == Pictures::wanted) find_lines();
  }

  // One line alone, where one is named.
  Trace run(std::optional<Row> only = {}) {
    Trace t;
    t.case_id = info_.id;
    t.source = info_.source;
    t.policy = p_.name;
    t.policy_version = p_.version;
    t.digest = p_.digest;
    t.as_of = info_.as_of;
    t.rejected = info_.rejected;
    t.messages = info_.messages;
    if (!t.rejected && is_limited(d_, case_)) {
      t.rejected = true;
      t.messages.push_back({"", "the case has more rows to look at than one case may have; nothing was decided", true});
    }
    if (!is_decided(d_, case_)) return t;
    const auto [begin, end] = case_rows(d_, p_.lines_domain, case_);
    for (Row line = begin; line < end; ++line) {
      if (only.value_or(line) == line && !bit(d_.rows_of(p_.lines_domain).phantom, line)) t.lines.push_back(this->line(line));
    }
    return t;
  }

 private:
  // Where the lines of the policy's files begin, to say where clauses stand.
  void find_lines() {
    for (const std::string& text : p_.file_texts) {
      std::vector<uint32_t>& starts = line_starts_.emplace_back(1, 0);
      for (uint32_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\n') starts.push_back(at + 1);
      }
    }
  }

  std::optional<Clause> clause(Span span) const {
    if (span.file >= line_starts_.size() || span.file >= p_.files.size() || p_.file_texts[span.file].empty()) return std::nullopt;
    const std::vector<uint32_t>& starts = line_starts_[span.file];
    const auto line = [&](uint32_t at) {
      return static_cast<uint32_t>(std::upper_bound(starts.begin(), starts.end(), at) - starts.begin());
    };
    return Clause{p_.files[span.file], line(span.begin), line(std::max(span.begin + 1, span.end) - 1)};
  }

  std::string name(Id text) const { return text == none_id ? "" : p_.texts[text]; }

  std::vector<CitedSource> cited(const std::vector<Id>& cites) const {
    std::vector<CitedSource> out;
    for (const Id c : cites) {
      const Cite& cite = p_.cites[c];
      CitedSource s;
      if (cite.source != none_id) {
        s.source = name(p_.sources[cite.source].name);
        s.title = name(p_.sources[cite.source].title);
        s.unresolved = p_.sources[cite.source].unresolved;
      }
      s.section = name(cite.section);
      s.grade = name(cite.grade);
      out.push_back(std::move(s));
    }
    return out;
  }

  // ---------------------------------------------------------------- lines

  void request(LineTrace& t, Row line) {
    const auto value = [&](Id reg) { return reg == none_id ? Value{} : d_.value(reg, line); };
    const Value sequence = value(p_.line_sequence);
    t.sequence = sequence.kind == Kind::value ? static_cast<uint32_t>(sequence.i) : d_.rows_of(p_.lines_domain).number(line) + 1;
    if (const Value code = value(p_.line_code); code.kind == Kind::value) {
      const auto [system, text] = d_.batch->code(static_cast<Id>(code.i));
      t.code_system = d_.batch->text(system);
      t.code = d_.batch->text(text);
    }
    t.service = words_of(*d_.batch, value(p_.line_service));
    const Value date = value(p_.line_date);
    t.date = words_of(*d_.batch, date);
    t.decided_by_received = date.kind == Kind::unknown;
    for (const Inst& i : p_.code) {
      if (i.op == Op::column && p_.columns[i.imm].kind == ColumnKind::decided_date && i.domain == p_.lines_domain)
        t.decided_date = words_of(*d_.batch, d_.value(i.dst, line));
    }
  }

  LineTrace line(Row line) {
    LineTrace t;
    request(t, line);
    const Settlement s = settled_ ? std::move(*settled_++) : settle(d_, line);
    t.outcome = s.outcome;
    t.exact = s.exact;
    for (uint8_t o = 0; o < std::size(outcome_rows); ++o) {
      if (s.possible >> o & 1) t.possible.push_back(static_cast<Outcome>(o));
    }
    const OutcomeRow& row = outcome_row(s.outcome);
    t.action = row.action;
    t.requires_clinician = row.clinician;
    t.requires_person = row.clinician || s.outcome == Outcome::review || s.outcome == Outcome::conflict || s.outcome == Outcome::gap;
    if (s.recommendation != Outcome::not_decided) t.recommendation = outcome_row(s.recommendation).json;
    for (const OpenFact& f : s.missing) t.missing.push_back(missing(f, line));
    for (const OpenFact& f : s.irrelevant) {
      if (!unasked(f, line)) t.irrelevant.push_back(fact_name(f));
    }
    for (const EnoughAnswers& e : s.enough) t.enough.push_back(enough(e, s.block, line));
    if (s.block != none_id) decided(t, s, line);
    remarks(t, s.block, line);
    return t;
  }

  void decided(LineTrace& t, const Settlement& s, Row line) {
    const Block& block = p_.blocks[s.block];
    t.block = name(block.name);
    const bool items = block.items != none_id;
    Row begin = line, end = line + 1;
    if (items) {
      begin = d_.rows_of(block.items).first[line];
      end = d_.rows_of(block.items).first[line + 1];
    }
    const auto once = [](std::vector<std::string>& list, const std::string& what) {
      if (std::find(list.begin(), list.end(), what) == list.end()) list.push_back(what);
    };
    if (s.by_when_undetermined) t.decided_by.emplace_back("when undetermined");
    for (Row r = begin; r < end; ++r) {
      if (items && (d_.truth(block.item_scope, r) == Truth::no || bit(d_.rows_of(block.items).phantom, r))) continue;
      if (!s.by_when_undetermined) {
        for (const std::string& rule : deciding(block, r, s.outcome)) once(t.decided_by, rule);
      }
      for (const Id id : block.rules) {
        const Rule& rule = p_.rules[id];
        if (d_.truth(rule.fires, r) != Truth::yes) continue;
        for (const Id x : rule.exceptions) {
          if (d_.truth(p_.rules[x].stands, r) == Truth::yes)
            once(t.defeated, fmt::format("{} by {}", name(rule.name), name(p_.rules[x].name)));
        }
      }
      approval(t, block, s, r, r - begin);
      if (items) t.items.push_back(item(block, r, r - begin));
    }
    if (!full_) return;
    if (!items) {
      for (const Id r : block.rules) t.rules.push_back(rule(p_.rules[r], line));
    }
    for (const Id c : block.criteria) {
      if (p_.criteria[c].parent != none_id || is_member(block, c)) continue;
      criterion(c, line, t.criteria);
    }
  }

  // A criterion that another one shows as a member.
  bool is_member(const Block& block, Id id) const {
    return std::any_of(block.criteria.begin(), block.criteria.end(), [&](Id c) {
      const auto& m = p_.criteria[c].members;
      return c != id && p_.criteria[id].parent == c && std::find(m.begin(), m.end(), id) != m.end();
    });
  }

  static bool verdict_class(OutcomeClass c, Outcome o) {
    switch (o) {
      case Outcome::approve:
      case Outcome::approve_with_conditions: return c == OutcomeClass::favourable || c == OutcomeClass::modify;
      case Outcome::modify: return c == OutcomeClass::modify || c == OutcomeClass::favourable;
      case Outcome::deny: return c == OutcomeClass::deny;
      case Outcome::pend: return c == OutcomeClass::pend;
      case Outcome::review: return c == OutcomeClass::review;
      case Outcome::not_required: return c == OutcomeClass::not_required;
      case Outcome::conflict: return c != OutcomeClass::review && c != OutcomeClass::pend && c != OutcomeClass::none;
      case Outcome::gap:
      case Outcome::not_decided: break;
    }
    return false;
  }

  // The rules that an outcome rests on: those that stand, else those that are open and say the same.
  std::vector<std::string> deciding(const Block& block, Row r, Outcome o) const {
    std::vector<std::string> stand, open;
    for (const Id id : block.rules) {
      const Rule& rule = p_.rules[id];
      if (rule.outcome == no_outcome || !verdict_class(outcome_row(static_cast<Outcome>(rule.outcome)).outcome_class, o)) continue;
      const Truth t = d_.truth(rule.stands, r);
      if (t == Truth::yes) stand.push_back(name(rule.name));
      if (t == Truth::unknown || t == Truth::none) open.push_back(name(rule.name));
    }
    return stand.empty() ? open : stand;
  }

  void approval(LineTrace& t, const Block& block, const Settlement& s, Row r, Row number) {
    const bool granting = s.outcome == Outcome::approve || s.outcome == Outcome::approve_with_conditions || s.outcome == Outcome::modify;
    if (!granting) return;
    bool stands = false;
    for (const Id id : block.rules) {
      const Rule& rule = p_.rules[id];
      if (rule.outcome == no_outcome || d_.truth(rule.stands, r) != Truth::yes) continue;
      const OutcomeClass kind = outcome_row(static_cast<Outcome>(rule.outcome)).outcome_class;
      if (kind != OutcomeClass::favourable && kind != OutcomeClass::modify) continue;
      stands = true;
      for (const Id c : rule.subject_to) {
        if (std::none_of(t.conditions.begin(), t.conditions.end(),
                         [&](const ConditionTrace& x) { return x.name == name(p_.conditions[c].name); }))
          t.conditions.push_back(condition(p_.conditions[c], r));
      }
      const bool as_requested = rule.equals_request != none_id && d_.truth(rule.equals_request, r) == Truth::yes;
      if (rule.modification != none_id && !as_requested && t.modified.empty()) {
        const Row line = d_.ancestor(rule.domain, r, p_.lines_domain);
        for (const auto& [field, value] : p_.modifications[rule.modification].fields)
          t.modified.push_back({name(field), reader_.words(value, r), requested(field, line)});
      }
    }
    if (stands && block.fold == FoldItems::qualifying && s.outcome == Outcome::modify) t.approved_items.push_back(item_name(block, number));
  }

  // What the request itself has in a field of the line.
  std::string requested(Id field, Row line) const {
    for (Id c = 0; c < p_.columns.size(); ++c) {
      if (p_.columns[c].domain == p_.lines_domain && p_.columns[c].path == field)
        return words_of(*d_.batch, get(d_.batch->columns[c], line, d_.batch->pool));
    }
    return "";
  }

  ConditionTrace condition(const Condition& c, Row r) const {
    ConditionTrace t;
    t.name = name(c.name);
    t.text = reader_.fill(c.text, r, "");
    const auto& constants = d_.program->prepared().constants;
    if (c.due_from != none_id) t.due_from = words_of(*d_.batch, constants[c.due_from]);
    if (c.due_to != none_id) t.due_to = words_of(*d_.batch, constants[c.due_to]);
    t.after = name(c.after);
    for (const auto& [parameter, reg] : c.values) t.values.emplace_back(name(parameter), reader_.words(reg, r));
    t.cites = cited(c.cites);
    return t;
  }

  std::string item_name(const Block& block, Row number) const {
    std::string word = name(block.item_name);
    for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return fmt::format("{} {}", word, number + 1);
  }

  // An item's own words: the first code or text that stands on its rows.
  std::string description(Id domain, Row r) const {
    for (const Inst& i : p_.code) {
      if (i.op != Op::column && i.op != Op::src) continue;
      if (i.domain != domain) continue;
      const Type type = p_.registers[i.dst].type;
      if (type != Type::code && type != Type::text) continue;
      if (std::string said = words_of(*d_.batch, d_.value(i.dst, r)); !said.empty()) return said;
    }
    return "";
  }

  ItemTrace item(const Block& block, Row r, Row number) {
    ItemTrace t;
    t.item = item_name(block, number);
    t.description = description(block.items, r);
    const auto set = static_cast<OutcomeSet>(d_.column(block.item_outcome).cell8[r]);
    t.outcome = has_one(set) ? the_one(set) : Outcome::pend;
    t.decided_by = has_one(set) ? deciding(block, r, t.outcome) : std::vector<std::string>{};
    if (full_) {
      for (const Id id : block.rules) t.rules.push_back(rule(p_.rules[id], r));
    }
    return t;
  }

  // ---------------------------------------------------------------- rules

  RuleTrace rule(const Rule& rule, Row r) const {
    RuleTrace t;
    t.name = name(rule.name);
    if (rule.outcome != no_outcome) t.outcome = outcome_row(static_cast<Outcome>(rule.outcome)).json;
    const Truth fires = d_.truth(rule.fires, r), stands = d_.truth(rule.stands, r);
    t.state = stands == Truth::yes  ? RuleState::stands
              : fires == Truth::no  ? RuleState::does_not_fire
              : stands == Truth::no ? RuleState::defeated
                                    : RuleState::open;
    for (const Id x : rule.exceptions) {
      if (d_.truth(p_.rules[x].stands, r) == Truth::yes) t.defeated_by.push_back(name(p_.rules[x].name));
    }
    t.text = reader_.fill(rule.text, r, "");
    t.layer = layer(rule.layer);
    t.cites = cited(rule.cites);
    for (const Id n : rule.notes) t.notes.push_back(name(n));
    t.span = rule.span;
    if (pictures_ == Pictures::wanted) {
      t.clause = clause(rule.span);
      for (const Id c : rule.reads) t.reads.push_back(name(p_.criteria[c].name));
    }
    return t;
  }

  std::string layer(Id id) const { return id == 0 || id >= p_.layers.size() ? "" : name(p_.layers[id].overlay); }

  // ---------------------------------------------------------------- criteria

  Status status(Id applicable, Id value, Row r) const {
    const Truth a = d_.truth(applicable, r), v = d_.truth(value, r);
    if (a == Truth::no) return Status::not_applicable;
    if (a != Truth::yes) return Status::undetermined;
    return v == Truth::yes ? Status::met : v == Truth::no ? Status::not_met : Status::undetermined;
  }

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
    std::string word = name(p_.nodes[p_.domains[p_.domains[domain].make == Make::cross ? p_.domains[domain].from : domain].node].name);
    for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return word.empty() ? "item" : word;
  }

  CriterionTrace criterion_at(Id id, Row r, std::string item) {
    const Criterion& c = p_.criteria[id];
    CriterionTrace t;
    t.name = name(c.name);
    t.label = name(c.label);
    t.text = reader_.fill(c.text, r, "");
    t.status = status(c.applicable, c.value, r);
    t.computed = status(c.computed_applicable, c.computed_value, r);
    t.item = std::move(item);
    t.kind = kind(c);
    t.layer = layer(c.layer);
    t.cites = cited(c.cites);
    for (const Id n : c.notes) t.notes.push_back(name(n));
    t.span = c.span;
    t.clause = clause(c.span);
    for (const Id x : c.defeated_by) {
      if (rule_stands(x, r, c.domain)) t.defeated_by.push_back(name(p_.rules[x].name));
    }
    for (const Assertion& a : info_.assertions) {
      if (a.criterion != t.name) continue;
      const bool here = a.item == none_id || c.domain == p_.lines_domain || a.item == d_.rows_of(c.domain).number(r) + 1;
      if (here && (a.line == none_id || a.line == sequence_of(r, c.domain))) t.asserted = a;
    }
    // Where a criterion does not apply, what it would have looked at is of no interest.
    if (c.site != none_id && (t.status != Status::not_applicable || c.applies_site == none_id)) reader_.read(c.site, c.domain, r, t.values);
    if (c.applies_site != none_id && t.status != Status::met && t.status != Status::not_met)
      reader_.read(c.applies_site, c.domain, r, t.values);
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
      for (size_t m = 0; m < c.members.size(); ++m) t.criteria[m].defeated = left_out(c, c.members[m], r);
    }
    if (t.status == Status::undetermined) t.cause = cause(c, t);
    const std::string why = because(t);
    const auto pick = [&](const Template& met, const Template& not_met, const Template& open) {
      const Template* chosen = t.status == Status::met            ? &met
                               : t.status == Status::not_met      ? &not_met
                               : t.status == Status::undetermined ? &open
                                                                  : nullptr;
      return chosen && !chosen->empty() ? reader_.fill(*chosen, r, why) : std::string();
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

  // Of an amended criterion: whether a member is the version that does not count.
  bool left_out(const Criterion& choice, Id member, Row r) const {
    if (choice.gate == none_id || choice.members.size() != 2) return false;
    const Id domain = p_.registers[choice.gate].domain;
    const Row at = domain == none_id ? 0 : d_.ancestor(choice.domain, r, domain);
    return d_.truth(choice.gate, at) == (member == choice.members[0] ? Truth::no : Truth::yes);
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
    std::vector<std::string> parts;
    const auto add = [&](std::string s) {
      if (!s.empty() && parts.size() < 4 && std::find(parts.begin(), parts.end(), s) == parts.end()) parts.push_back(std::move(s));
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
      add(m.text.empty() ? m.sentence : m.text);
    }
    if (!parts.empty()) return fmt::format("{}", fmt::join(parts, "; "));
    for (const ObservedValue& v : t.values) {
      if (t.status == Status::met && v.result != "true") continue;
      if ((t.status == Status::not_met || t.status == Status::not_applicable) && v.result != "false") continue;
      if (t.status == Status::undetermined && v.result != "unknown") continue;
      add(fmt::format("{}: {}", v.expression, observed_words(v)));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
  }

  // ---------------------------------------------------------------- what is missing

  static std::string fact_name(const OpenFact& f) {
    switch (f.kind) {
      case OpenFact::Kind::record: return f.fact;
      case OpenFact::Kind::judgment: return "judgment:" + f.fact;
      case OpenFact::Kind::line: return "line:" + f.fact;
    }
    return f.fact;
  }

  Id judged(const std::string& criterion) const {
    for (Id c = 0; c < p_.criteria.size(); ++c) {
      if (p_.criteria[c].kind == CriterionKind::judged && name(p_.criteria[c].name) == criterion) return c;
    }
    return none_id;
  }

  // A judgment that nobody is asked for, because the criterion does not apply to the line.
  bool unasked(const OpenFact& f, Row line) const {
    const Id asking = f.kind == OpenFact::Kind::judgment ? judged(f.fact) : none_id;
    if (asking == none_id || p_.criteria[asking].domain != p_.lines_domain) return false;
    for (Id c = asking; c != none_id; c = p_.criteria[c].parent) {
      if (p_.criteria[c].domain != p_.lines_domain) return false;
      if (d_.truth(p_.criteria[c].applicable, line) == Truth::no) return true;
      const Id above = p_.criteria[c].parent;
      if (above != none_id && p_.criteria[above].kind == CriterionKind::choice && left_out(p_.criteria[above], c, line)) return true;
    }
    return false;
  }

  // The criterion that an author declared and a fact's own reader belongs to: below sections, above items of groups.
  Id declared(Id c) const {
    while (p_.criteria[c].parent != none_id && !p_.criteria[p_.criteria[c].parent].section) c = p_.criteria[c].parent;
    return c;
  }

  MissingFact missing(const OpenFact& f, Row line) const {
    MissingFact m;
    m.fact = fact_name(f);
    m.kind = f.kind == OpenFact::Kind::record ? "fact" : f.kind == OpenFact::Kind::judgment ? "judgment" : "line";
    m.cause = json_name(f.cause);
    const auto once = [](std::vector<std::string>& list, std::string what) {
      if (!what.empty() && std::find(list.begin(), list.end(), what) == list.end()) list.push_back(std::move(what));
    };
    for (const Id c : f.criteria) {
      if (p_.criteria[c].section) continue;
      const Criterion& owner = p_.criteria[declared(c)];
      once(m.criteria, name(owner.name));
      for (const Row r : asking(owner, line)) {
        for (const Criterion* from : {&p_.criteria[c], &owner}) {
          if (from->domain != owner.domain) continue;
          for (const Template& ask : from->asks) once(m.asks, reader_.fill(ask, r, ""));
        }
      }
    }
    for (uint8_t o = 0; o < std::size(outcome_rows); ++o) {
      if (f.could_lead_to >> o & 1) m.could_lead_to.emplace_back(outcome_rows[o].json);
    }
    return m;
  }

  // The rows that a criterion asks for: the line, or those of its items that are undetermined.
  std::vector<Row> asking(const Criterion& c, Row line) const {
    if (c.domain == p_.lines_domain) return {line};
    const DomainRows& rows = d_.rows_of(c.domain);
    std::vector<Row> out;
    for (Row k = rows.first[line]; k < rows.first[line + 1]; ++k) {
      if (!bit(rows.phantom, k) && status(c.applicable, c.value, k) == Status::undetermined) out.push_back(k);
    }
    if (out.empty() && rows.first[line] < rows.first[line + 1]) out.push_back(rows.first[line]);
    return out;
  }

  Enough enough(const EnoughAnswers& e, Id block, Row line) const {
    Enough out;
    out.outcome = outcome_row(e.outcome).json;
    for (const AnswerGiven& a : e.answers) {
      Answer answer;
      const Id judgment = judged(a.fact);
      const bool recorded = a.fact.empty() || a.fact.starts_with('/');
      answer.fact = recorded ? a.fact : (judgment != none_id ? "judgment:" : "line:") + a.fact;
      answer.expression = a.site == none_id ? "" : name(p_.sites[a.site].text);
      answer.value = a.value;
      if (const Id c = judgment != none_id ? judgment : criterion_of(a.site, block); c != none_id) {
        answer.criterion = name(p_.criteria[c].name);
        // An answer does not say for which of several items it stands.
        if (p_.criteria[c].domain == p_.lines_domain) answer.text = reader_.fill(p_.criteria[c].text, line, "");
        answer.settles = p_.criteria[c].site == a.site;
      }
      out.answers.push_back(std::move(answer));
    }
    return out;
  }

  // The first criterion of a block that a site is read for.
  Id criterion_of(Id site, Id block) const {
    if (site == none_id || block == none_id) return none_id;
    for (const Id c : p_.blocks[block].criteria) {
      if (reads(p_.criteria[c].site, site)) return c;
    }
    return none_id;
  }

  // Whether a site is another one or a part of it. Parts come before what they are parts of.
  bool reads(Id from, Id site) const {
    if (from == none_id || site > from) return false;
    std::vector<bool> part(from + 1, false);
    part[from] = true;
    for (Id s = from; s > site; --s) {
      if (!part[s]) continue;
      for (const Id below : p_.sites[s].sites) part[below] = true;
    }
    return part[site];
  }

  void remarks(LineTrace& t, Id block, Row line) const {
    for (const Remark& r : p_.remarks) {
      if (r.block != none_id && r.block != block) continue;
      Row row = r.domain == p_.lines_domain ? line : case_;
      if (r.domain != p_.lines_domain && r.domain != 0) continue;
      if (r.when != none_id && d_.truth(r.when, row) != Truth::yes) continue;
      RemarkTrace remark{"", reader_.fill(r.text, row, ""), cited(r.cites)};
      switch (r.kind) {
        case Remark::Kind::advise:
          remark.kind = "advise";
          t.advice.push_back(remark);
          break;
        case Remark::Kind::warn:
          remark.kind = "warn";
          t.warnings.push_back(remark);
          break;
        case Remark::Kind::note:
          remark.kind = "note";
          t.remarks.push_back(remark);
          break;
        case Remark::Kind::observe:
          remark.kind = "observe";
          t.remarks.push_back(remark);
          break;
      }
    }
  }

  const Decisions& d_;
  const Program& p_;
  const Row case_;
  const CaseInfo& info_;
  const ValueReader reader_;
  const bool full_;
  const Pictures pictures_;
  Settlement* settled_;
  std::vector<std::vector<uint32_t>> line_starts_;  // of each file, where pictures are wanted
};

}  // namespace

Trace trace(const Decisions& d, Row case_row, bool with_criteria, Pictures pictures) {
  return Tracing(d, case_row, with_criteria, pictures, nullptr).run();
}

Trace trace_alone(const Decisions& d, Row case_row, std::optional<Row> line) {
  if (!is_decided(d, case_row)) return trace(d, case_row);
  auto alone = copies(*d.batch, std::span(&case_row, 1));
  alone->info[0] = d.batch->info[case_row];
  const Decisions decisions = run_whole(*d.program, std::move(alone));
  if (line) *line -= case_rows(d, (**d.program).lines_domain, case_row).first;
  return Tracing(decisions, 0, true, Pictures::unwanted, nullptr).run(line);
}

void each_trace(const Decisions& d, Settler& settler, bool with_criteria, Pictures pictures, const std::function<void(Row, Trace)>& take) {
  const Id lines_domain = (**d.program).lines_domain;
  std::vector<Row> lines;
  std::vector<size_t> first{0};          // of each case
  for (Row c = 0; c < d.batch->cases; ++c) {
    if (is_decided(d, c)) {
      const auto [begin, end] = case_rows(d, lines_domain, c);
      for (Row line = begin; line < end; ++line) {
        if (!bit(d.rows_of(lines_domain).phantom, line)) lines.push_back(line);
      }
    }
    first.push_back(lines.size());
  }
  std::vector<Settlement> settled = settler.settle(d, lines);
  for (Row c = 0; c < d.batch->cases; ++c) take(c, Tracing(d, c, with_criteria, pictures, settled.data() + first[c]).run());
}

}  // namespace rubric::vm
