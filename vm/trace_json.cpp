// A trace as JSON, on one line. The shape is docs/trace.md.
//
// Members of the contract always stand there; members that extend it (evidence, layer, ...) only where they say
// something, so that a determination without them stays small.

#include "vm/trace_json.h"

#include "vm/outcomes.h"

namespace rubric::vm {

std::string_view json_name(Status status) {
  switch (status) {
    case Status::met: return "met";
    case Status::not_met: return "notMet";
    case Status::undetermined: return "undetermined";
    case Status::not_applicable: return "notApplicable";
  }
  return "";
}

std::string_view json_name(Cause cause) {
  switch (cause) {
    case Cause::not_documented: return "notDocumented";
    case Cause::incomplete: return "incomplete";
    case Cause::vague: return "vague";
    case Cause::disputed: return "disputed";
    case Cause::judgment: return "judgment";
    case Cause::awaits_line: return "awaitsLine";
    case Cause::division_by_zero: return "divisionByZero";
    case Cause::overflow: return "overflow";
    // The record is complete and there still is no value: nothing to ask for.
    case Cause::nothing:
    case Cause::out_of_range:
    case Cause::error:
    case Cause::no_row:
    case Cause::not_in_table:
    case Cause::imprecise:
    case Cause::not_applicable: return "notComputable";
  }
  return "";
}

std::string_view json_name(RuleState state) {
  switch (state) {
    case RuleState::stands: return "stands";
    case RuleState::defeated: return "defeated";
    case RuleState::does_not_fire: return "doesNotFire";
    case RuleState::open: return "open";
  }
  return "";
}

namespace {

// The value of a modified field: texts as the policy writes them, numbers as numbers, "none" as null.
void add_field_value(JsonWriter& json, std::string_view value) {
  const bool digits = !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
  const bool json_number = digits && value.size() < 16 && (value[0] != '0' || value.size() == 1);
  if (value.empty() || value == "none") json.null();
  else if (json_number || value == "true" || value == "false") json.raw(value);
  else json.text(value);
}

class TraceJson {
 public:
  explicit TraceJson(JsonWriter& json, bool with_criteria = false) : json(json), with_criteria(with_criteria) {}

  void determination(const Trace& t) {
    if (t.rejected) return rejected(t);
    begin(t);
    for (const LineTrace& each : t.lines) line(each);
    end(t);
  }
  // What stands before its lines, and behind them.
  void begin(const Trace& t) {
    json.begin('{');
    case_id(t);
    json.extra("source", t.source);
    json.key("policy"),
        json.object([&] { json.member("name", t.policy), json.member("version", t.policy_version), json.member("digest", t.digest); });
    json.member_or_null("asOf", t.as_of);
    json.key("lines"), json.begin('[');
  }
  void end(const Trace& t) {
    json.end(']');
    json.extra_list("warnings", t.warnings);
    json.extra_list("recordWarnings", t.messages, [this](const RecordMessage& each) { message(each); });
    json.extra_list("history", t.history, [this](const HistoryTrace& each) { history(each); });
    json.end('}');
  }

  // ---- a line, in the order of its parts

  void line(const LineTrace& l) {
    json.object([&] {
      request(l), decision(l);
      if (with_criteria) criteria(l.criteria);
      open_facts(l), rest(l);
    });
  }

  void request(const LineTrace& l) {
    json.key("sequence"), json.number(l.sequence);
    json.key("code"), code(l);
    json.extra("service", l.service), json.extra("date", l.date);
    json.extra("decidedDate", l.decided_date), json.extra_flag("decidedByReceived", l.decided_by_received);
  }

  void decision(const LineTrace& l) {
    json.extra("block", l.block);
    json.member("outcome", outcome_row(l.outcome).json), json.member("action", l.action);
    json.list("decidedBy", l.decided_by);
    json.flag("requiresClinician", l.requires_clinician), json.flag("requiresPerson", l.requires_person);
    json.list("conditions", l.conditions, [this](const ConditionTrace& each) { condition(each); });
    json.key("modified"), modified(l.modified, &ModificationField::value);
    if (!l.modified.empty()) json.key("requested"), modified(l.modified, &ModificationField::requested);
    json.extra_list("approvedItems", l.approved_items);
    json.list("defeated", l.defeated);
  }

  void open_facts(const LineTrace& l) {
    json.list("missing", l.missing, [this](const MissingFact& each) { missing(each); });
    json.list("irrelevant", l.irrelevant);
    json.flag("exact", l.exact);
    json.list("enough", l.enough, [this](const Enough& each) { enough(each); });
  }

  void rest(const LineTrace& l) {
    json.list("possible", l.possible, [this](Outcome each) { json.text(outcome_row(each).json); });
    json.member_or_null("recommendation", l.recommendation);
    if (with_criteria) rules(l.rules);
    json.list("items", l.items, [this](const ItemTrace& each) { item(each); });
    remarks("advice", l.advice), remarks("warnings", l.warnings);
    if (!l.remarks.empty()) remarks("remarks", l.remarks);
  }

  void criteria(const std::vector<CriterionTrace>& list) {
    json.list("criteria", list, [this](const CriterionTrace& each) { criterion(each); });
  }

 private:
  // Only what made the record unreadable: warnings beside it are not among the reasons.
  void rejected(const Trace& t) {
    json.object([&] {
      case_id(t), json.member("source", t.source);
      json.list("rejected", t.messages, [this](const RecordMessage& each) {
        if (each.error) message(each);
      });
    });
  }

  // A record without an id goes by the place where it stands; that is `source`.
  void case_id(const Trace& t) { json.member_or_null("case", t.case_id == t.source ? "" : t.case_id); }

  void message(const RecordMessage& m) {
    json.object([&] { json.member("pointer", m.pointer), json.member("message", m.message); });
  }

  void history(const HistoryTrace& h) {
    json.object([&] {
      json.member("list", h.list), json.member("fact", h.fact), json.flag("complete", h.complete);
      days("completeFor", h.complete_for);
      json.list("events", h.events, [this](const EventTrace& each) { event(each); });
    });
  }

  void event(const EventTrace& e) {
    json.object([&] {
      json.member("fact", e.fact), json.member("label", e.label);
      days("when", e.days), days("until", e.until);
      json.extra_flag("ongoing", e.ongoing);
      json.extra("words", e.words), json.extra("cause", e.cause);
      if (!e.values.empty()) {
        json.key("values"), json.object([&] {
          for (const auto& [name, value] : e.values) json.given_key(name), json.text(value);
        });
      }
      if (e.evidence) json.key("evidence"), evidence(*e.evidence);
    });
  }

  template <size_t n>
  void days(const char (&name)[n], const std::optional<Days>& d) {
    if (d) json.key(name), json.object([&] { json.extra("from", d->from), json.extra("to", d->to); });
  }

  void clause(const std::optional<Clause>& c) {
    if (!c) return;
    json.key("clause"), json.object([&] {
      json.member("file", c->file), json.key("line"), json.number(c->line), json.key("lastLine"), json.number(c->last_line);
    });
  }

  void code(const LineTrace& l) {
    if (l.code.empty()) return json.null();
    json.object([&] { json.member("system", l.code_system), json.member("code", l.code); });
  }

  // One side of a modification as an object of the line's fields; null where nothing was modified.
  void modified(const std::vector<ModificationField>& fields, std::string ModificationField::* side) {
    if (fields.empty()) return json.null();
    json.object([&] {
      for (const ModificationField& each : fields) json.given_key(each.field), add_field_value(json, each.*side);
    });
  }

  void condition(const ConditionTrace& c) {
    json.object([&] {
      json.member("name", c.name), json.member("text", c.text);
      json.extra("dueFrom", c.due_from), json.extra("dueTo", c.due_to), json.extra("after", c.after);
      if (!c.values.empty()) {
        json.key("values"), json.object([&] {
          for (const auto& [name, value] : c.values) json.given_key(name), add_field_value(json, value);
        });
      }
      if (!c.cites.empty()) cites(c.cites);
    });
  }

  void criterion(const CriterionTrace& c) {
    json.object([&] {
      json.member("name", c.name), json.extra("label", c.label), json.extra("kind", c.kind), json.extra("item", c.item);
      json.member("status", json_name(c.status)), json.member_or_null("cause", c.cause);
      json.member("text", c.text);
      json.extra("sentence", c.sentence), json.extra("memberSentence", c.member_sentence);
      if (c.asserted) json.member("computed", json_name(c.computed)), json.key("asserted"), assertion(*c.asserted);
      json.extra("layer", c.layer), json.extra_flag("defeated", c.defeated);
      json.extra_list("defeatedBy", c.defeated_by);
      cites(c.cites);
      json.list("values", c.values, [this](const ObservedValue& each) { value(each); });
      json.extra_list("notes", c.notes);
      clause(c.clause);
      criteria(c.criteria);
    });
  }

  void assertion(const Assertion& a) {
    json.object([&] {
      json.member("status", a.status), json.member("by", a.by), json.extra("credential", a.credential);
      json.extra("date", a.date), json.extra("reason", a.reason);
    });
  }

  void value(const ObservedValue& v) {
    json.object([&] {
      json.member("expression", v.expression);
      json.key("value"), v.has_value ? json.text(v.value) : json.null();
      json.extra("against", v.against), json.extra("result", v.result);
      json.member_or_null("fact", v.fact);
      json.extra("cause", v.cause), json.extra("words", v.words), json.extra_list("rows", v.rows);
      if (v.window) json.key("window"), window(*v.window);
      if (v.evidence) json.key("evidence"), evidence(*v.evidence);
      json.extra_list("claims", v.claims,
                      [this](const Claim& each) { json.object([&] { json.member("by", each.by), json.member("value", each.value); }); });
    });
  }

  void window(const WindowTrace& w) {
    json.object([&] {
      json.member("kind", w.kind), days("days", w.days), json.extra("length", w.length);
      json.list("counted", w.counted), json.extra_list("mayCount", w.may_count);
    });
  }

  void evidence(const Evidence& e) {
    json.object([&] {
      json.extra("document", e.document), json.extra("date", e.date), json.extra("page", e.page);
      json.extra("author", e.author);
    });
  }

  void cites(const std::vector<CitedSource>& list) {
    json.list("cites", list, [this](const CitedSource& each) {
      json.object([&] {
        json.member("source", each.source), json.extra("title", each.title);
        json.member("section", each.section), json.member_or_null("grade", each.grade);
        json.extra_flag("unresolved", each.unresolved);
      });
    });
  }

  void missing(const MissingFact& m) {
    json.object([&] {
      json.member("fact", m.fact);
      // The contract has one text to ask for; criteria may each have their own words for the same fact.
      std::string ask;
      for (const std::string& each : m.asks) (ask += ask.empty() ? "" : "; ") += each;
      json.member("ask", ask);
      if (m.asks.size() > 1) json.list("asks", m.asks);
      json.extra("kind", m.kind), json.extra("cause", m.cause);
      json.list("criteria", m.criteria), json.list("couldLeadTo", m.could_lead_to);
    });
  }

  void enough(const Enough& e) {
    json.object([&] {
      json.member("outcome", e.outcome);
      json.list("answers", e.answers, [this](const Answer& each) {
        json.object([&] {
          json.member("fact", each.fact), json.member("expression", each.expression), json.member("value", each.value);
          json.extra("criterion", each.criterion);
        });
      });
    });
  }

  void rules(const std::vector<RuleTrace>& list) {
    json.list("rules", list, [this](const RuleTrace& each) {
      json.object([&] {
        json.member("name", each.name), json.member("state", json_name(each.state));
        json.member_or_null("outcome", each.outcome);
        json.list("defeatedBy", each.defeated_by);
        json.extra_list("exceptionToNone", each.exception_to_none);
        json.extra("text", each.text), json.extra("layer", each.layer), json.extra_list("notes", each.notes);
        if (!each.cites.empty()) cites(each.cites);
        json.extra_list("reads", each.reads), clause(each.clause);
      });
    });
  }

  void item(const ItemTrace& i) {
    json.object([&] {
      json.member("item", i.item), json.extra("description", i.description);
      json.member("outcome", outcome_row(i.outcome).json), json.list("decidedBy", i.decided_by);
      if (with_criteria) criteria(i.criteria), rules(i.rules);
    });
  }

  template <size_t n>
  void remarks(const char (&name)[n], const std::vector<RemarkTrace>& list) {
    json.list(name, list, [this](const RemarkTrace& each) {
      json.object([&] {
        json.member("text", each.text), json.extra("kind", each.kind);
        if (!each.cites.empty()) cites(each.cites);
      });
    });
  }

  JsonWriter& json;
  const bool with_criteria;
};

}  // namespace

void write_json(const Trace& trace, bool with_criteria, JsonWriter& json) { TraceJson(json, with_criteria).determination(trace); }

void begin_json(const Trace& trace, JsonWriter& json) { TraceJson(json).begin(trace); }
void end_json(const Trace& trace, JsonWriter& json) { TraceJson(json).end(trace); }
void write_request(const LineTrace& line, JsonWriter& json) { TraceJson(json).request(line); }
void write_decision(const LineTrace& line, JsonWriter& json) { TraceJson(json).decision(line); }
void write_open_facts(const LineTrace& line, JsonWriter& json) { TraceJson(json).open_facts(line); }
void write_criteria(const LineTrace& line, JsonWriter& json) { TraceJson(json).criteria(line.criteria); }
void write_rest(const LineTrace& line, bool with_rules, JsonWriter& json) { TraceJson(json, with_rules).rest(line); }

std::string to_json(const Trace& trace, bool with_criteria) {
  JsonWriter json;
  write_json(trace, with_criteria, json);
  return std::string(json.text());
}

}  // namespace rubric::vm
