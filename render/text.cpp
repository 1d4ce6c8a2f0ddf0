// The pages for reviewer and member, and the summary. See text.h.
//
// A criterion's status stands in a column of its own, in a mark and in words, so that an outline of any depth can be
// scanned; what explains it hangs below its sentence.

#include "render/text.h"

#include "base/text.h"
#include "render/layout.h"
#include "render/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric {

namespace {

using vm::Answer, vm::CriterionTrace, vm::Enough, vm::ItemTrace, vm::LineTrace, vm::MissingFact, vm::ObservedValue,
    vm::RecordMessage, vm::RuleState, vm::RuleTrace, vm::Status, vm::Trace;

constexpr size_t status_width = 18;  // "- not applicable" and a gap
constexpr size_t step = 2;

std::string service_words(const LineTrace& line) {
  std::string out = line.code.empty() ? line.service : fmt::format("{} {}", line.code_system, line.code);
  if (!line.code.empty() && !line.service.empty()) out += fmt::format(" ({})", line.service);
  if (out.empty()) out = "service not documented";
  return out;
}

std::string date_words(const LineTrace& line) {
  if (!line.date.empty()) return fmt::format("on {}", line.date);
  if (line.decided_by_received) {
    return fmt::format("date of service not documented; decided as of the date received, {}", line.decided_date);
  }
  return "date of service not documented";
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

// "the record shows that D.onset <= ... is true"
std::string answer_words(const Answer& answer) {
  const std::string what = answer.expression.empty() ? answer.fact : answer.expression;
  return answer.value.empty() ? what : fmt::format("{} is {}", what, answer.value);
}

std::string fact_words(const std::string& fact) {
  if (fact.starts_with("judgment:")) return fmt::format("a reviewer's judgment on {}", fact.substr(9));
  if (fact.starts_with("line:")) return fmt::format("the decision on line {}", fact.substr(5));
  return fact;
}

void add_head(Layout& page, const Trace& trace) {
  page.heading(0, fmt::format("Case {}", trace.case_id.empty() ? trace.source : trace.case_id));
  if (trace.rejected) return;
  page.paragraph(0, fmt::format("{}{}{}", trace.policy,
                                trace.policy_version.empty() ? "" : ", version " + trace.policy_version,
                                trace.as_of.empty() ? "" : ", as of " + trace.as_of));
}

void add_rejected(Layout& page, const Trace& trace) {
  page.paragraph(0, "The record cannot be read, so nothing was decided:");
  for (const RecordMessage& each : trace.messages) {
    page.paragraph(2, each.error ? "error" : "warning", each.error ? Style::bad : Style::open, 10,
                   fmt::format("{}: {}", each.pointer.empty() ? "the record" : each.pointer, each.message));
  }
}

// -- the reviewer's page --

class ReviewerPage {
public:
  explicit ReviewerPage(Layout& page) : page(page) {}

  void line(const LineTrace& l) {
    page.blank();
    page.heading(0, fmt::format("Line {}: {}, {}", l.sequence, service_words(l), date_words(l)));
    page.paragraph(2, words(l.outcome), style(l.outcome), 2, fmt::format("(action {})", l.action));
    fact("Decided by", join(l.decided_by, "and"));
    if (l.requires_clinician) fact("To sign", "a clinician; until then this is a recommendation");
    else if (l.requires_person) fact("To decide", "a person");
    fact("Recommendation", l.recommendation.empty() ? "" : outcome_words(l.recommendation));
    if (l.possible.size() > 1) fact("Still possible", outcomes_words(l.possible));
    fact("Approved for", join(l.approved_items, "and"));
    if (!l.date.empty() && !l.decided_date.empty() && l.decided_date != l.date) {
      fact("Rules as of", l.decided_date);
    }
    for (const std::string& each : l.defeated) fact("Defeated", each);

    modified(l), conditions(l);
    criteria("Criteria", l.criteria);
    for (const ItemTrace& each : l.items) item(each);
    rules("Rules", l.rules);
    missing(l), enough(l), irrelevant(l);
    remarks("Warnings", l.warnings), remarks("Advice", l.advice), remarks("Notes", l.notes);
  }

private:
  void fact(std::string_view name, const std::string& value) {
    if (!value.empty()) page.paragraph(2, fmt::format("{}:", name), Style::plain, status_width, value);
  }

  void section(std::string_view title) {
    page.blank();
    page.heading(2, title);
  }

  void criteria(std::string_view title, const std::vector<CriterionTrace>& list) {
    if (list.empty()) return;
    section(title);
    for (const CriterionTrace& each : list) criterion(each, 0);
  }

  void criterion(const CriterionTrace& c, size_t depth) {
    const size_t at = 4 + status_width + depth * step;
    std::string head = c.label.empty() ? c.name : c.label;
    if (!c.item.empty()) head += fmt::format(" ({})", c.item);
    if (!c.text.empty()) head += ": " + c.text;
    page.paragraph(4, fmt::format("{} {}", mark(c.status), words(c.status)), style(c.status), at, head);
    const auto below = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) page.paragraph(at + step, name, Style::quiet, at + step + name.size() + 1, value);
    };
    if (c.defeated) below("replaced:", "another layer's clause stands in its place; this one is shown, not counted");
    below("layer:", c.layer);
    if (c.asserted) {
      std::string by = c.asserted->by;
      if (!c.asserted->credential.empty()) by += ", " + c.asserted->credential;
      if (!c.asserted->date.empty()) by += ", " + c.asserted->date;
      below("judged by:", fmt::format("{}{}; the record alone gives: {}", by,
                                     c.asserted->reason.empty() ? "" : fmt::format(": \"{}\"", c.asserted->reason),
                                     words(c.computed)));
    }
    below("exception:", join(c.defeated_by, "and"));
    below("why:", c.sentence);
    if (c.sentence.empty() && c.status == Status::undetermined && !c.cause.empty()) below("why:", cause_words(c.cause));
    for (const ObservedValue& each : c.values) value(each, at + step);
    below("source:", words(c.cites));
    for (const std::string& each : c.notes) below("note:", each);
    for (const CriterionTrace& each : c.criteria) criterion(each, depth + 1);
  }

  // What was looked at, how it turned out, what was found there and what it was compared with.
  void value(const ObservedValue& v, size_t at) {
    std::string text = v.expression;
    if (!v.result.empty()) text += v.result == "unknown" ? " is open" : fmt::format(" is {}", v.result);
    text += v.has_value ? fmt::format(": found {}", v.value) : v.cause.empty() ? ": no value" : ": " + cause_words(v.cause);
    if (v.has_value && !v.cause.empty()) text += fmt::format(" ({})", cause_words(v.cause));
    if (!v.words.empty()) text += fmt::format(", in the record's words \"{}\"", v.words);
    if (!v.against.empty()) text += fmt::format(", against {}", v.against);
    if (!v.fact.empty()) text += fmt::format(" [{}]", v.fact);
    page.paragraph(at, "checked:", Style::quiet, at + 9, text);
    if (!v.claims.empty()) {
      std::string claims;
      for (const vm::Claim& each : v.claims) (claims += claims.empty() ? "" : "; ") += words(each);
      page.paragraph(at + 9, "disputed:", Style::open, at + 19, claims);
    }
    if (v.evidence) page.paragraph(at + 9, "evidence:", Style::quiet, at + 19, words(*v.evidence));
  }

  void item(const ItemTrace& i) {
    page.blank();
    page.paragraph(2, fmt::format("For {}{}:", i.item, i.description.empty() ? "" : " (" + i.description + ")"),
                   Style::strong, 2, fmt::format("{}{}", words(i.outcome),
                                                 i.decided_by.empty() ? "" : ", by " + join(i.decided_by, "and")));
    for (const CriterionTrace& each : i.criteria) criterion(each, 0);
    for (const RuleTrace& each : i.rules) rule(each);
  }

  void rules(std::string_view title, const std::vector<RuleTrace>& list) {
    if (list.empty()) return;
    section(title);
    for (const RuleTrace& each : list) rule(each);
  }

  void rule(const RuleTrace& r) {
    const auto tone = [&] {
      switch (r.state) {
        case RuleState::stands: return Style::strong;
        case RuleState::open: return Style::open;
        case RuleState::defeated:
        case RuleState::does_not_fire: return Style::quiet;
      }
      return Style::plain;
    }();
    const size_t at = 4 + status_width;
    std::string text = r.name;
    text += r.outcome.empty() ? ": an exception" : ": " + outcome_words(r.outcome);
    if (!r.text.empty()) text += fmt::format(", {}", r.text);
    if (!r.defeated_by.empty()) text += fmt::format("; defeated by {}", join(r.defeated_by, "and"));
    if (!r.layer.empty()) text += fmt::format(" (layer: {})", r.layer);
    page.paragraph(4, words(r.state), tone, at, text);
    if (!r.cites.empty()) page.paragraph(at + step, "source:", Style::quiet, at + step + 8, words(r.cites));
    for (const std::string& each : r.notes) page.paragraph(at + step, "note:", Style::quiet, at + step + 6, each);
  }

  void modified(const LineTrace& l) {
    if (l.modified.empty()) return;
    section("Authorized instead of what was requested");
    for (const vm::ModificationField& each : l.modified) {
      const std::string requested = each.requested.empty() ? "not documented" : each.requested;
      page.paragraph(4, each.field + ":", Style::plain, 4 + status_width,
                     fmt::format("{} (requested: {})", each.value == "none" ? "none" : each.value, requested));
    }
  }

  void conditions(const LineTrace& l) {
    if (l.conditions.empty()) return;
    section("Conditions");
    for (const vm::ConditionTrace& each : l.conditions) {
      std::string due;
      if (!each.due_from.empty()) due += " from " + each.due_from;
      if (!each.due_to.empty()) due += " to " + each.due_to;
      if (!due.empty() && !each.after.empty()) due += " after " + each.after;
      page.paragraph(4, each.name + ":", Style::plain, 4 + step,
                     fmt::format("{}{}", each.text, due.empty() ? "" : "; due" + due));
      for (const auto& [name, value] : each.values) page.paragraph(4 + step, fmt::format("{} = {}", name, value));
      if (!each.cites.empty()) page.paragraph(4 + step, "source:", Style::quiet, 14, words(each.cites));
    }
  }

  void missing(const LineTrace& l) {
    if (l.missing.empty()) return;
    section(l.possible.size() > 1 ? "Missing" : "What could change it");
    size_t number = 0;
    for (const MissingFact& each : l.missing) {
      std::string ask = join(each.asks, "and"), where = fact_words(each.fact);
      page.paragraph(4, fmt::format("{}.", ++number), Style::open, 8, ask.empty() ? where : ask);
      std::string why = ask.empty() ? "" : where;
      if (!each.cause.empty() && each.kind == "fact") why += fmt::format("{}{}", why.empty() ? "" : ": ", cause_words(each.cause));
      if (!why.empty()) page.paragraph(8, why);
      if (!each.criteria.empty()) page.paragraph(8, "for:", Style::quiet, 13, join(each.criteria, "and"));
      if (!each.could_lead_to.empty()) page.paragraph(8, "could lead to:", Style::quiet, 23, outcomes_words(each.could_lead_to));
    }
    if (!l.exact) page.paragraph(4, "There were too many open facts to try them all: this list may name one that cannot matter.");
  }

  void enough(const LineTrace& l) {
    if (l.enough.empty()) return;
    section("Enough to settle it");
    bool first = true;
    for (const Enough& each : l.enough) {
      std::vector<std::string> answers;
      for (const Answer& a : each.answers) answers.push_back(answer_words(a));
      const std::string_view lead = l.enough.size() == 1 ? "" : first ? "either" : "or";
      page.paragraph(4, lead, Style::quiet, l.enough.size() == 1 ? 4 : 11,
                     fmt::format("{}: {}", join(answers, "and"), outcome_words(each.outcome)));
      first = false;
    }
  }

  void irrelevant(const LineTrace& l) {
    if (l.irrelevant.empty()) return;
    section("Open, but cannot change the outcome");
    page.paragraph(4, join(l.irrelevant, "and"));
  }

  void remarks(std::string_view title, const std::vector<vm::RemarkTrace>& list) {
    if (list.empty()) return;
    section(title);
    for (const vm::RemarkTrace& each : list) {
      page.paragraph(4, "*", Style::plain, 6, each.cites.empty() ? each.text : fmt::format("{} [{}]", each.text, words(each.cites)));
    }
  }

  Layout& page;
};

// -- the member's page: sentences only, no rules, layers or codes of criteria --

class MemberPage {
public:
  explicit MemberPage(Layout& page) : page(page) {}

  void line(const LineTrace& l) {
    page.blank();
    page.heading(0, fmt::format("{}, {}", service_words(l), date_words(l)));
    page.paragraph(2, words(l.outcome), style(l.outcome), 2, "");
    for (const CriterionTrace& each : l.criteria) sentence(each);
    for (const ItemTrace& each : l.items) {
      for (const CriterionTrace& below : each.criteria) sentence(below);
    }
    if (!l.conditions.empty()) page.paragraph(2, "This is on the condition that:");
    for (const vm::ConditionTrace& each : l.conditions) page.paragraph(4, "*", Style::plain, 6, each.text);
    const bool asks = std::any_of(l.missing.begin(), l.missing.end(), [](const MissingFact& m) { return !m.asks.empty(); });
    if (asks) page.paragraph(2, "What can be sent in:");
    for (const MissingFact& each : l.missing) {
      for (const std::string& ask : each.asks) page.paragraph(4, "*", Style::plain, 6, ask);
    }
  }

private:
  void sentence(const CriterionTrace& c) {
    if (c.defeated || c.status == Status::not_applicable) return;
    const std::string& text = c.member_sentence.empty() ? c.sentence : c.member_sentence;
    page.paragraph(2, words(c.status), style(c.status), status_width, text.empty() ? c.text : text);
  }

  Layout& page;
};

}  // namespace

std::string to_text(const Trace& trace, const TextOptions& options) {
  Layout page(options.width, options.color);
  add_head(page, trace);
  if (trace.rejected) {
    add_rejected(page, trace);
    return page.take();
  }
  for (const std::string& each : trace.warnings) page.paragraph(0, "warning:", Style::open, 9, each);
  for (const RecordMessage& each : trace.messages) {
    page.paragraph(0, "warning:", Style::open, 9, fmt::format("{}: {}", each.pointer, each.message));
  }
  for (const LineTrace& each : trace.lines) {
    if (options.line && each.sequence != *options.line) continue;
    if (options.audience == Audience::member) MemberPage(page).line(each);
    else ReviewerPage(page).line(each);
  }
  return page.take();
}

std::string to_summary(const Trace& trace, Color color) {
  std::string out;
  const std::string name = one_line(trace.case_id.empty() ? trace.source : trace.case_id);
  // Columns, for as long as their texts are short: a batch is printed as it is decided, so no width is known ahead.
  const auto add = [&](std::string_view text, size_t columns, Style style = Style::plain) {
    out += styled(text, style, color);
    const size_t wide = display_width(text);
    out.append(wide < columns ? columns - wide + 2 : 2, ' ');
  };
  const auto end = [&] {
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  };

  if (trace.rejected) {
    add(name, 20), add("rejected", 0, Style::bad);
    for (const RecordMessage& each : trace.messages) {
      if (!each.error) continue;
      add(one_line(fmt::format("{}: {}", each.pointer.empty() ? "the record" : each.pointer, each.message)), 0);
      break;
    }
    end();
    return out;
  }
  for (const LineTrace& each : trace.lines) {
    add(name, 20), add(fmt::format("line {}", each.sequence), 7), add(one_line(service_words(each)), 12);
    add(words(each.outcome), 24, style(each.outcome));
    if (!each.decided_by.empty()) add(one_line("by " + join(each.decided_by, "and")), 0);
    if (!each.missing.empty()) add(fmt::format("{} missing", each.missing.size()), 0);
    end();
  }
  if (trace.lines.empty()) add(name, 20), add("no lines", 0), end();
  return out;
}

}  // namespace rubric
