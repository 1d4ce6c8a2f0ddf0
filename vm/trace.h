// The determination of one case and the path to it: one type, read by text, JSON, pages and tests. The contract
// for users is docs/trace.md. It is plain data: building it (trace.cpp) reads registers, printing it reads only this.
#pragma once

#include "vm/machine.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::vm {

// What decides where no rule does: `decided_by` names these in a rule's place.
inline constexpr std::string_view when_undetermined = "when undetermined";   // what is open could change the outcome
inline constexpr std::string_view not_in_force = "not in force";             // no version of the policy is, on the line's day
inline bool is_only(const std::vector<std::string>& decided_by, std::string_view what) {
  return decided_by.size() == 1 && decided_by[0] == what;
}

enum class Status : uint8_t { met, not_met, undetermined, not_applicable };
std::string_view json_name(Status);       // met, notMet, undetermined, notApplicable
std::string_view json_name(Cause);        // notDocumented, incomplete, ..., notComputable

struct CitedSource {
  std::string source, title, section, grade;
  bool unresolved = false;
};

// Where a clause stands in the policy's text: lines from 1, both included.
struct Clause {
  std::string file;
  uint32_t line = 0, last_line = 0;
};

// Days, both ends included, as ISO dates. An empty end is open.
struct Days {
  std::string from, to;
  bool operator==(const Days&) const = default;
};

// What a limit looked at: its days, and what it counts there or may count. Pointers of rows of the history, "line:2" of
// another line of the request.
struct WindowTrace {
  std::string kind;                  // within, any, day, year, lifetime, gap
  std::optional<Days> days;          // of `any`: the fullest window's; none where the line's day is not known
  std::string length;                // "12 months"; empty: it has none
  std::vector<std::string> counted, may_count;
};

// One value that was looked at: `expression` in the author's words, what was observed, and what it was compared with.
struct ObservedValue {
  std::string expression;
  std::string value;                 // readable; empty: no value
  bool has_value = false;
  std::string against;               // the other side of a comparison, readable; empty if there is none
  std::string fact;                  // JSON pointer, or empty
  std::string cause;                 // json name, where there is no (certain) value
  std::string words;                 // the record's own words for a vague value
  std::string result;                // of the comparison: true, false, unknown
  std::optional<Evidence> evidence;
  std::vector<Claim> claims;         // disputed
  std::vector<std::string> rows;     // limits: the pointers of the first rows that are counted, or may be
  std::optional<WindowTrace> window; // limits, where pictures are wanted
};
// The value in words: "found 40, compared with 50", "not documented". The other side is left out where the expression
// has it literally.
std::string observed_words(const ObservedValue&);

struct CriterionTrace {
  std::string name, label, text;     // name: full path; text: its sentence, filled in
  Status status = Status::undetermined;
  Status computed = Status::undetermined;  // before a person's assertion
  std::optional<Assertion> asserted;
  std::string cause;                 // json name; undetermined only
  std::string sentence, member_sentence;  // why: the author's for this status, or one made from the values
  bool authored = false;             // `sentence` is the author's
  std::string kind;                  // leaf, judged, all, any, none, at least 2, limit, section, amended
  std::string item;                  // "target 2", where it runs per item; empty otherwise
  std::string layer;                 // of an amended or added clause; empty: the policy's own
  bool defeated = false;             // an overlay replaced it: shown, not counted
  std::vector<std::string> defeated_by;   // exceptions that stand and make it not applicable
  std::vector<CitedSource> cites;
  std::vector<ObservedValue> values;
  std::vector<std::string> notes;
  Span span;
  std::optional<Clause> clause;      // of the span, where pictures are wanted and the program has the text
  std::vector<CriterionTrace> criteria;
};

enum class RuleState : uint8_t { stands, defeated, does_not_fire, open };
std::string_view json_name(RuleState);    // stands, defeated, doesNotFire, open

struct RuleTrace {
  std::string name, outcome;         // outcome: json name; empty: an exception that only defeats
  RuleState state = RuleState::does_not_fire;
  std::vector<std::string> defeated_by, exception_to_none;  // names of rules that stand
  std::string text, layer;
  std::vector<CitedSource> cites;
  std::vector<std::string> notes;
  Span span;
  std::optional<Clause> clause;      // as of a criterion
  std::vector<std::string> reads;    // the criteria that its condition names; where pictures are wanted
};

struct MissingFact {
  std::string fact;                  // JSON pointer; of a judgment: "judgment:<criterion>"; of another line: "line:<sequence>"
  std::string kind;                  // fact, judgment, line
  std::string cause;                 // json name
  std::vector<std::string> asks;     // what to ask for, in the policy's words
  std::vector<std::string> criteria; // that it serves
  std::vector<std::string> could_lead_to;  // outcomes, json names, best first
};

// One answer: that an expression is true or false, or the value of a fact. `criterion` and its `text` are empty where
// no criterion reads it; `settles`: the expression is the criterion's whole condition.
struct Answer {
  std::string fact, expression, value;
  std::string criterion, text;
  bool settles = false;
};
struct Enough {
  std::string outcome;
  std::vector<Answer> answers;
};

struct ConditionTrace {
  std::string name, text;
  std::string due_from, due_to, after;   // readable; empty: none
  std::vector<std::pair<std::string, std::string>> values;
  std::vector<CitedSource> cites;
};
struct ModificationField {
  std::string field, value, requested;
};   // value "none": removed
struct RemarkTrace {
  std::string kind, text;
  std::vector<CitedSource> cites;
};

struct ItemTrace;
struct LineTrace {
  uint32_t sequence = 0;
  std::string code_system, code, service, date, decided_date;  // decided_date: the date that chose version and parameters
  bool decided_by_received = false;      // ... because the date of service is not documented
  std::string block;
  Outcome outcome = Outcome::gap;
  std::string action;
  std::vector<std::string> decided_by;   // rules, `when_undetermined` or `not_in_force`
  bool requires_clinician = false, requires_person = false;
  std::vector<ConditionTrace> conditions;
  std::vector<ModificationField> modified;
  std::vector<std::string> approved_items;      // qualifying items, where only some qualify
  std::vector<std::string> defeated;     // rules that fired and were defeated: "Experimental by AHHIndication"
  std::vector<CriterionTrace> criteria;
  std::vector<MissingFact> missing;
  std::vector<std::string> irrelevant;   // open facts that were read and cannot matter
  bool exact = true;
  std::vector<Enough> enough;
  std::vector<Outcome> possible;
  std::string recommendation;            // with review: the verdict that would stand
  std::vector<RuleTrace> rules;
  std::vector<RemarkTrace> advice, warnings, remarks;
  std::vector<ItemTrace> items;
};
struct ItemTrace {
  std::string item;                      // "diagnosis 3", "target 1"
  std::string description;               // its code or site
  Outcome outcome = Outcome::gap;
  std::vector<std::string> decided_by;
  std::vector<RuleTrace> rules;
  std::vector<CriterionTrace> criteria;
};

// What the record says happened to the member, as a picture of it needs it: list by list, in the record's order. Everything
// that is recorded, whether or not the policy reads it. See history.h.
struct EventTrace {
  std::string fact;                  // JSON pointer of the row
  std::string label;                 // by what the row is known: its code, else its first text
  std::optional<Days> days;          // when it was, or began: one day, or the days that a partial or vague date leaves
  std::optional<Days> until;         // when it ended; absent as `days`: the record does not say, or has no such field
  bool ongoing = false;              // the record says that it has not ended
  std::string words;                 // the record's own, for a vague date
  std::string cause;                 // json name, where there is no one day: notDocumented, vague, disputed, ...
  std::vector<std::pair<std::string, std::string>> values;  // the other fields that are documented, readable
  std::optional<Evidence> evidence;
};
struct HistoryTrace {
  std::string list;                  // the key: priorProcedures
  std::string fact;                  // JSON pointer
  bool complete = false;             // no more happened than is listed
  std::optional<Days> complete_for;  // ... in these days
  std::vector<EventTrace> events;
};

struct Trace {
  std::string case_id, source;
  std::string policy, policy_version, digest, as_of;
  bool rejected = false;
  std::vector<RecordMessage> messages;
  std::vector<std::string> warnings;     // of the whole case
  std::vector<LineTrace> lines;
  std::vector<HistoryTrace> history;     // where pictures are wanted: history() in history.h
};

// What pictures need beside the path: windows, clauses, what rules read.
enum class Pictures : bool { unwanted, wanted };

// The trace of one case of a run. `with_criteria` false leaves out criteria, rules and values (what `run` prints without --trace).
Trace trace(const Decisions&, Row case_row, bool with_criteria = true, Pictures = Pictures::unwanted);

// The determination as JSON, on one line; the shape is docs/trace.md.
std::string to_json(const Trace&, bool with_criteria);

}  // namespace rubric::vm
