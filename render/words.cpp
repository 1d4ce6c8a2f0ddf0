// See words.h.

#include "render/words.h"

#include <fmt/format.h>

namespace rubric {

using vm::Outcome, vm::OutcomeClass, vm::RuleState, vm::Status;

std::string_view words(Status status) {
  switch (status) {
    case Status::met: return "met";
    case Status::not_met: return "not met";
    case Status::undetermined: return "undetermined";
    case Status::not_applicable: return "not applicable";
  }
  return "";
}

std::string_view mark(Status status) {
  switch (status) {
    case Status::met: return "✓";
    case Status::not_met: return "✗";
    case Status::undetermined: return "?";
    case Status::not_applicable: return "-";
  }
  return "";
}

Style style(Status status) {
  switch (status) {
    case Status::met: return Style::good;
    case Status::not_met: return Style::bad;
    case Status::undetermined: return Style::open;
    case Status::not_applicable: return Style::quiet;
  }
  return Style::plain;
}

bool bears_on(const vm::CriterionTrace& member, const vm::CriterionTrace& group) {
  if (group.status == Status::undetermined || group.kind == "section" || member.status == Status::not_applicable) return true;
  if (group.kind == "none") return (member.status == Status::met) == (group.status == Status::not_met);
  return member.status == group.status;
}

std::string_view words(RuleState state) {
  switch (state) {
    case RuleState::stands: return "stands";
    case RuleState::defeated: return "defeated";
    case RuleState::does_not_fire: return "does not fire";
    case RuleState::open: return "open";
  }
  return "";
}

std::string_view mark(RuleState state) {
  switch (state) {
    case RuleState::stands: return "✓";
    case RuleState::defeated: return "✗";
    case RuleState::does_not_fire: return "-";
    case RuleState::open: return "?";
  }
  return "";
}

Style style(RuleState state) {
  switch (state) {
    case RuleState::stands: return Style::strong;
    case RuleState::defeated:
    case RuleState::does_not_fire: return Style::quiet;
    case RuleState::open: return Style::open;
  }
  return Style::plain;
}

std::string_view words(Outcome outcome) { return vm::outcome_row(outcome).words; }

std::string_view mark(Outcome outcome) {
  switch (vm::outcome_row(outcome).outcome_class) {
    case OutcomeClass::favourable:
    case OutcomeClass::not_required: return "✓";
    case OutcomeClass::deny: return "✗";
    case OutcomeClass::modify: return "±";
    case OutcomeClass::review:
    case OutcomeClass::pend: return "?";
    case OutcomeClass::none: return outcome == Outcome::not_decided ? "-" : "!";
  }
  return "";
}

Style style(Outcome outcome) {
  switch (vm::outcome_row(outcome).outcome_class) {
    case OutcomeClass::favourable:
    case OutcomeClass::not_required: return Style::good;
    case OutcomeClass::deny: return Style::bad;
    case OutcomeClass::modify:
    case OutcomeClass::review:
    case OutcomeClass::pend: return Style::open;
    case OutcomeClass::none: return outcome == Outcome::not_decided ? Style::quiet : Style::bad;
  }
  return Style::plain;
}

std::string outcome_words(std::string_view json_name) {
  const vm::OutcomeRow* row = vm::outcome_named(json_name);
  return std::string(row ? row->words : json_name);
}

std::string policy_words(const vm::Trace& trace) {
  return fmt::format("{}{}{}", trace.policy.empty() ? "No policy decides it" : trace.policy,
                     trace.policy_version.empty() ? "" : ", version " + trace.policy_version,
                     trace.as_of.empty() ? "" : ", as of " + trace.as_of);
}

std::string service_words(const vm::LineTrace& line) {
  std::string out = line.code.empty() ? line.service : fmt::format("{} {}", line.code_system, line.code);
  if (!line.code.empty() && !line.service.empty()) out += fmt::format(" ({})", line.service);
  if (out.empty()) out = "service not documented";
  return out;
}

std::string date_words(const vm::LineTrace& line) {
  if (!line.date.empty()) return fmt::format("on {}", line.date);
  if (line.decided_by_received) {
    return fmt::format("date of service not documented; decided as of the date received, {}", line.decided_date);
  }
  return "date of service not documented";
}

std::string decided_by_words(const vm::LineTrace& line) {
  if (vm::is_only(line.decided_by, vm::when_undetermined))
    return fmt::format("\"{}\": what is open could change the outcome", vm::when_undetermined);
  if (vm::is_only(line.decided_by, vm::not_in_force))
    return fmt::format("\"{}\": the policy does not hold on {}", vm::not_in_force, line.decided_date);
  return join(line.decided_by, "and");
}

std::string outcomes_words(const std::vector<std::string>& json_names) {
  std::vector<std::string> names;
  for (const std::string& each : json_names) names.push_back(outcome_words(each));
  return join(names, "or");
}

std::string outcomes_words(const std::vector<vm::Outcome>& outcomes) {
  std::vector<std::string> names;
  for (vm::Outcome each : outcomes) names.emplace_back(words(each));
  return join(names, "or");
}

std::string cause_words(std::string_view cause) {
  struct Row {
    std::string_view cause, words;
  };
  static constexpr Row rows[] = {
      {"notDocumented", "not documented"},
      {"incomplete", "the list may hold more than is recorded"},
      {"vague", "the record is vague"},
      {"disputed", "disputed"},
      {"judgment", "a reviewer has to judge it"},
      {"awaitsLine", "another line has to be decided first"},
      {"divisionByZero", "it divides by zero"},
      {"overflow", "a number is out of range"},
      {"notComputable", "it cannot be computed from the record, and no further document would help"},
  };
  for (const Row& row : rows) {
    if (row.cause == cause) return std::string(row.words);
  }
  return std::string(cause);
}

std::string group_digits(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string counted(uint64_t n, std::string_view thing) { return fmt::format("{} {}{}", group_digits(n), thing, n == 1 ? "" : "s"); }

std::string spaced(std::string_view name) {
  std::string out;
  const auto is = [&](size_t i, char from, char to) { return i < name.size() && name[i] >= from && name[i] <= to; };
  for (size_t i = 0; i < name.size(); ++i) {
    // A capital begins a word, but in a run of them (an abbreviation) only the last one does.
    const bool capital = is(i, 'A', 'Z'), run = i > 0 && is(i - 1, 'A', 'Z');
    const bool begins = capital && i > 0 && (!run || is(i + 1, 'a', 'z'));
    if (begins) out += ' ';
    out += capital && i > 0 && is(i + 1, 'a', 'z') ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
  }
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string join(const std::vector<std::string>& items, std::string_view last) {
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? fmt::format(" {} ", last) : ", ";
    out += items[i];
  }
  return out;
}

std::string words(const vm::CitedSource& cite) {
  std::string out = cite.source;
  if (!cite.section.empty()) out += ": " + cite.section;
  if (!cite.grade.empty()) out += fmt::format(" (grade: {})", cite.grade);
  return out;
}

std::string words(const std::vector<vm::CitedSource>& cites) {
  std::string out;
  for (const vm::CitedSource& each : cites) (out += out.empty() ? "" : "; ") += words(each);
  return out;
}

std::string words(const vm::Evidence& evidence) {
  std::string out = evidence.document;
  const auto add = [&](std::string_view before, const std::string& part) {
    if (part.empty()) return;
    if (!out.empty()) out += ", ";
    (out += before) += part;
  };
  add("", evidence.date), add("page ", evidence.page), add("by ", evidence.author);
  return out;
}

std::string words(const vm::Claim& claim) { return fmt::format("{} says \"{}\"", claim.by.empty() ? "one source" : claim.by, claim.value); }

}  // namespace rubric
