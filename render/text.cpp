// The pages for reviewer and member, and the summary. See text.h.
//
// A criterion's status stands in a column of its own, in a mark and in words, so that an outline of any depth can be
// scanned; what explains it hangs below its sentence.

#include "render/text.h"

#include "base/text.h"
#include "render/layout.h"
#include "render/letter.h"
#include "render/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace rubric {

namespace {

using vm::Answer, vm::CriterionTrace, vm::Enough, vm::ItemTrace, vm::LineTrace, vm::MissingFact, vm::ObservedValue, vm::RecordMessage,
    vm::RuleState, vm::RuleTrace, vm::Status, vm::Trace;

constexpr size_t status_width = 18;  // "- not applicable" and a gap
constexpr size_t label_width = 10;  // "replaced" and a gap
constexpr size_t step = 2;

std::string fact_words(const std::string& fact) {
  if (fact.starts_with("judgment:")) return fmt::format("a reviewer's judgment on {}", fact.substr(9));
  if (fact.starts_with("line:")) return fmt::format("the decision on line {}", fact.substr(5));
  return fact;
}

std::string in_brackets(const std::string& place) { return place.empty() ? "" : fmt::format(" [{}]", place); }

// "Duration, The pain has lasted 3 months or longer: 2025-08-14 [/symptoms/0/onset]"
std::string answer_words(const Answer& answer) {
  const std::string value = answer.value == "true" ? "yes" : answer.value == "false" ? "no" : answer.value;
  const bool recorded = answer.fact.starts_with('/');
  std::string subject = recorded ? answer.criterion : fact_words(answer.fact);
  if (!answer.text.empty()) subject += ", " + answer.text;
  // A condition that is answered as a whole, or by a value, is known by its criterion's sentence.
  const bool said = !answer.text.empty() && (answer.settles || value == answer.value);
  if (!said && !answer.expression.empty()) subject += (subject.empty() ? "" : ", ") + answer.expression;
  if (subject.empty()) subject = fact_words(answer.fact);
  return fmt::format("{}: {}{}", subject, value, recorded && subject != answer.fact ? in_brackets(answer.fact) : "");
}

bool same_evidence(const ObservedValue& a, const ObservedValue& b) {
  return a.evidence && b.evidence && words(*a.evidence) == words(*b.evidence);
}

void add_head(Layout& page, const Trace& trace) {
  page.heading(0, fmt::format("Case {}", trace.case_id.empty() ? trace.source : trace.case_id));
  if (trace.rejected) return;
  page.paragraph(0, policy_words(trace));
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
    fact("Decided by", decided_by_words(l));
    if (l.requires_clinician) fact("To sign", "a clinician; until then this is a recommendation");
    else if (l.requires_person) fact("To decide", "a person");
    fact("Recommendation", l.recommendation.empty() ? "" : outcome_words(l.recommendation));
    if (l.possible.size() > 1) fact("Still possible", outcomes_words(l.possible));
    fact("Approved for", join(l.approved_items, "and"));
    if (!l.date.empty() && !l.decided_date.empty() && l.decided_date != l.date) fact("Rules as of", l.decided_date);
    for (const std::string& each : l.defeated) fact("Defeated", each);

    modified(l), conditions(l);
    if (!l.criteria.empty()) section("Criteria"), criteria(l.criteria);
    for (const ItemTrace& each : l.items) item(each);
    if (!l.rules.empty()) section("Rules"), rules(l.rules);
    missing(l), enough(l), irrelevant(l);
    remarks("Warnings", l.warnings), remarks("Advice", l.advice), remarks("Remarks", l.remarks);
  }

  // What the short names of the citations stand for, each once.
  void sources() {
    if (cited.empty()) return;
    page.blank();
    page.heading(0, "Sources");
    for (const auto& [name, cite] : cited) {
      if (cite.title.empty() && !cite.unresolved) continue;
      page.paragraph(2, name, Style::plain, status_width,
                     fmt::format("{}{}", cite.title,
                                 !cite.unresolved     ? ""
                                 : cite.title.empty() ? "named in the text, which does not list it"
                                                      : " (named in the text, which does not list it)"));
    }
  }

 private:
  void fact(std::string_view name, const std::string& value) {
    if (!value.empty()) page.paragraph(2, fmt::format("{}:", name), Style::plain, status_width, value);
  }

  void section(std::string_view title) {
    page.blank();
    page.heading(2, title);
  }

  // A remark below a sentence: "source  LCD1: Group 1 codes".
  void below(size_t at, std::string_view name, const std::string& value, Style style = Style::quiet) {
    if (!value.empty()) page.paragraph(at, name, style, at + label_width, value);
  }

  std::string cites(const std::vector<vm::CitedSource>& list) {
    for (const vm::CitedSource& each : list) cited.try_emplace(each.source, each);
    return words(list);
  }

  void criteria(const std::vector<CriterionTrace>& list) {
    for (const CriterionTrace& each : list) criterion(each, 0, true);
  }

  static std::string title(const CriterionTrace& c) {
    std::string out = c.label.empty() ? c.name : c.label;
    if (!c.item.empty()) out += fmt::format(" ({})", c.item);
    if (!c.text.empty() && c.text != out) out += ": " + c.text;
    return out;
  }

  void head(const CriterionTrace& c, size_t at) {
    page.paragraph(4, fmt::format("{} {}", mark(c.status), words(c.status)), style(c.status), at, title(c));
  }

  // `other` is what there is to say of the version of this clause that does not count.
  void criterion(const CriterionTrace& c, size_t depth, bool in_full, const std::string& other = "") {
    if (c.kind == "amended" && c.criteria.size() == 2) return amended(c, depth, in_full);
    const size_t at = 4 + status_width + depth * step;
    head(c, at);
    below(at + step, "layer", other.empty() ? c.layer : other);
    if (in_full) reasons(c, at + step);
    if (c.status == Status::not_applicable) return;
    for (const CriterionTrace& each : c.criteria) criterion(each, depth + 1, in_full && bears_on(each, c));
  }

  void reasons(const CriterionTrace& c, size_t at) {
    if (c.asserted) {
      std::string by = c.asserted->by;
      if (!c.asserted->credential.empty()) by += ", " + c.asserted->credential;
      if (!c.asserted->date.empty()) by += ", " + c.asserted->date;
      if (!c.asserted->reason.empty()) by += fmt::format(": \"{}\"", c.asserted->reason);
      if (c.kind != "judged") by += fmt::format("; the record alone gives: {}", words(c.computed));
      below(at, "judged", "by " + by);
    }
    if (!c.defeated_by.empty()) below(at, "why", "an exception to it stands: " + join(c.defeated_by, "and"));
    // Reasons that were made from values or members stand below in full.
    const bool explained = !c.values.empty() || !c.criteria.empty() || !c.defeated_by.empty() || c.asserted;
    if (c.authored || !explained) below(at, "why", c.sentence);
    if (c.sentence.empty() && !explained && c.status == Status::undetermined) below(at, "why", cause_words(c.cause));
    for (size_t i = 0; i < c.values.size(); ++i) {
      value(c.values[i], at);
      // Values of one row often share a document: it is named below the last of them.
      const bool shared = i + 1 < c.values.size() && same_evidence(c.values[i], c.values[i + 1]);
      if (c.values[i].evidence && !shared) below(at, "seen in", words(*c.values[i].evidence));
    }
    below(at, "source", cites(c.cites));
    for (const std::string& each : c.notes) below(at, "note", each);
  }

  // A clause in two versions, the layer's and the one that it amends. Where it is known which of them counts, the
  // other is named and no more.
  void amended(const CriterionTrace& c, size_t depth, bool in_full) {
    const CriterionTrace &by_layer = c.criteria[0], &before = c.criteria[1];
    if (!by_layer.defeated && !before.defeated) {
      const size_t at = 4 + status_width + depth * step;
      head(c, at);
      below(at + step, "why", fmt::format("whether the layer {} applies is open: both versions were tried", by_layer.layer));
      for (const CriterionTrace& each : c.criteria) criterion(each, depth + 1, in_full);
      return;
    }
    if (by_layer.defeated) {
      criterion(before, depth, in_full, fmt::format("{} would amend this, and does not apply here", by_layer.layer));
    } else {
      criterion(by_layer, depth, in_full, fmt::format("{}, in place of: {} ({})", by_layer.layer, title(before), words(before.status)));
    }
  }

  // What was looked at, how it turned out, what was found there and what it was compared with.
  void value(const ObservedValue& v, size_t at) {
    std::string text = v.expression;
    if (v.value != v.result) text += ": " + observed_words(v);
    for (size_t i = 0; i < v.claims.size(); ++i) text += (i == 0 ? ": " : "; ") + words(v.claims[i]);
    if (!v.rows.empty()) text += fmt::format(", counted: {}", join(v.rows, "and"));
    else if (v.has_value && !v.cause.empty()) text += fmt::format(" ({})", cause_words(v.cause));
    text += in_brackets(v.fact);
    const bool open = v.result == "unknown" || v.result.empty();
    below(at, open ? "open" : v.result, text, open ? Style::open : Style::quiet);
  }

  void item(const ItemTrace& i) {
    page.blank();
    const bool unspoken = i.outcome == vm::Outcome::gap && i.decided_by.empty();
    page.paragraph(2, fmt::format("For {}{}:", i.item, i.description.empty() ? "" : " (" + i.description + ")"), Style::strong, 2,
                   unspoken ? "no rule decides it"
                            : fmt::format("{}{}", words(i.outcome), i.decided_by.empty() ? "" : ", by " + join(i.decided_by, "and")));
    criteria(i.criteria);
    rules(i.rules);
  }

  // Rules that play no part are named in one line.
  void rules(const std::vector<RuleTrace>& list) {
    std::vector<std::string> silent;
    for (const RuleTrace& each : list) {
      if (each.state == RuleState::does_not_fire) silent.push_back(each.name);
      else rule(each);
    }
    if (!silent.empty())
      page.paragraph(4, silent.size() == 1 ? "does not fire" : "do not fire", Style::quiet, 4 + status_width, join(silent, "and"));
  }

  void rule(const RuleTrace& r) {
    const size_t at = 4 + status_width;
    std::string text = r.name;
    text += r.outcome.empty() ? ": an exception" : ": " + outcome_words(r.outcome);
    if (!r.text.empty()) text += fmt::format(", {}", r.text);
    if (!r.defeated_by.empty()) text += fmt::format("; defeated by {}", join(r.defeated_by, "and"));
    if (!r.layer.empty()) text += fmt::format(" (layer {})", r.layer);
    page.paragraph(4, words(r.state), r.state == RuleState::open ? Style::open : Style::strong, at, text);
    below(at + step, "source", cites(r.cites));
    for (const std::string& each : r.notes) below(at + step, "note", each);
  }

  void modified(const LineTrace& l) {
    if (l.modified.empty()) return;
    section("Authorized instead of what was requested");
    for (const vm::ModificationField& each : l.modified) {
      const std::string requested = each.requested.empty() ? "not documented" : each.requested;
      page.paragraph(4, each.field + ":", Style::plain, 4 + status_width, fmt::format("{} (requested: {})", each.value, requested));
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
      page.paragraph(4, each.name + ":", Style::plain, 4 + status_width, fmt::format("{}{}", each.text, due.empty() ? "" : "; due" + due));
      const size_t at = 4 + status_width + step;
      for (const auto& [name, value] : each.values) below(at, "with", fmt::format("{} = {}", name, value));
      below(at, "source", cites(each.cites));
    }
  }

  void missing(const LineTrace& l) {
    if (l.missing.empty()) return;
    section(l.possible.size() > 1 ? "Missing" : "What could change it");
    size_t number = 0;
    for (size_t i = 0; i < l.missing.size(); ++i) {
      const MissingFact& m = l.missing[i];
      const std::string ask = fmt::format("{}", fmt::join(m.asks, "; "));
      // One request may answer for several facts, as for the parts of one question.
      std::string where = open_words(m);
      while (!ask.empty() && i + 1 < l.missing.size() && same_request(m, l.missing[i + 1])) where += "; " + open_words(l.missing[++i]);
      page.paragraph(4, fmt::format("{}.", ++number), Style::open, 8, ask.empty() ? where : ask);
      const auto detail = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) page.paragraph(8, name, Style::quiet, 8 + 15, value);
      };
      detail("open", ask.empty() ? "" : where);
      detail("for", join(m.criteria, "and"));
      detail("could lead to", outcomes_words(m.could_lead_to));
    }
    if (!l.exact) page.paragraph(4, "There were too many open facts to try them all: this list may name one that cannot matter.");
  }

  static std::string open_words(const MissingFact& m) {
    const std::string where = fact_words(m.fact);
    return m.kind == "fact" && !m.cause.empty() ? fmt::format("{}: {}", where, cause_words(m.cause)) : where;
  }

  static bool same_request(const MissingFact& a, const MissingFact& b) {
    return a.asks == b.asks && a.criteria == b.criteria && a.could_lead_to == b.could_lead_to;
  }

  void enough(const LineTrace& l) {
    if (l.enough.empty()) return;
    section("Enough to settle it");
    for (size_t i = 0; i < l.enough.size(); ++i) {
      const Enough& each = l.enough[i];
      page.paragraph(4, fmt::format("{}{}, with", i == 0 ? "" : "or ", outcome_words(each.outcome)));
      for (const Answer& a : each.answers) page.paragraph(6, "*", Style::plain, 8, answer_words(a));
    }
  }

  void irrelevant(const LineTrace& l) {
    if (l.irrelevant.empty()) return;
    section("Open, but cannot change the outcome");
    std::vector<std::string> facts;
    for (const std::string& each : l.irrelevant) facts.push_back(fact_words(each));
    page.paragraph(4, join(facts, "and"));
  }

  void remarks(std::string_view title, const std::vector<vm::RemarkTrace>& list) {
    if (list.empty()) return;
    section(title);
    for (const vm::RemarkTrace& each : list) page.paragraph(4, "*", Style::plain, 6, each.text + in_brackets(cites(each.cites)));
  }

  Layout& page;
  std::map<std::string, vm::CitedSource> cited;  // by name
};

// -- the letters to the member --

void add_letter(Layout& page, const Letter& letter) {
  constexpr size_t head_width = 12;
  page.blank();
  if (letter.draft)
    page.paragraph(0, "DRAFT:", Style::bad, 7, "A clinician must read and sign this letter before it is sent."), page.blank();
  for (const auto& [name, value] : letter.head) page.paragraph(0, name + ":", Style::quiet, head_width, value);
  page.blank();
  page.heading(0, letter.subject);
  page.blank();
  page.paragraph(0, mark(letter.outcome), style(letter.outcome), 2, letter.decision);
  for (const LetterPart& part : letter.parts) {
    page.blank();
    page.heading(0, part.heading);
    for (const std::string& each : part.paragraphs) page.paragraph(0, each);
    for (const std::string& each : part.points) page.paragraph(2, "*", Style::plain, 4, each);
  }
  if (letter.signature.empty()) return;
  page.blank();
  page.paragraph(0, "Reviewed and signed by a clinician:");
  for (const std::string& each : letter.signature)
    page.paragraph(2, each + ":", Style::plain, 2 + head_width, "______________________________");
}

}  // namespace

std::string to_text(const Trace& trace, const TextOptions& options) {
  Layout page(options.width, options.color);
  if (options.audience == Audience::member && !trace.rejected) {
    const std::vector<Letter> all = letters(trace);
    for (size_t i = 0; i < all.size(); ++i) {
      if (!options.line || trace.lines[i].sequence == *options.line) add_letter(page, all[i]);
    }
    return page.take();
  }
  add_head(page, trace);
  if (trace.rejected) {
    add_rejected(page, trace);
    return page.take();
  }
  for (const std::string& each : trace.warnings) page.paragraph(0, "warning:", Style::open, 9, each);
  for (const RecordMessage& each : trace.messages) {
    page.paragraph(0, "warning:", Style::open, 9, fmt::format("{}: {}", each.pointer, each.message));
  }
  ReviewerPage reviewer(page);
  for (const LineTrace& each : trace.lines) {
    if (options.line && each.sequence != *options.line) continue;
    reviewer.line(each);
  }
  reviewer.sources();
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
