// See letter.h. The words themselves: nowhere else does the product speak to members.

#include "render/letter.h"

#include "render/plain_words.h"
#include "render/reasons.h"
#include "render/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric {

using vm::ConditionTrace, vm::CriterionTrace, vm::LineTrace, vm::MissingFact, vm::Outcome, vm::OutcomeClass, vm::Status, vm::Trace;

namespace {

bool is_adverse(Outcome o) {
  const OutcomeClass c = vm::outcome_row(o).outcome_class;
  return c == OutcomeClass::deny || c == OutcomeClass::modify;
}

class Writer {
 public:
  Writer(const Trace& trace, const Reasons& reasons, const LineTrace& line) : trace(trace), reasons(reasons), line(line) {}

  Letter write() {
    Letter out;
    out.outcome = line.outcome, out.draft = line.requires_clinician;
    out.head = {{"Date", trace.as_of.empty() ? "[date]" : date_in_words(trace.as_of)},
                {"To", "[member’s name and address]"},
                {"From", "[plan’s name, address and telephone number]"},
                {"Reference", trace.case_id.empty() || trace.case_id == trace.source ? "[reference]" : trace.case_id},
                {"Request", fmt::format("{}; {}", service(), date())}};
    out.subject = "About your request for coverage";
    out.decision = decision();
    add(out, why());
    add(out, modified());
    add(out, conditions());
    add(out, change());
    add(out, rules());
    add(out, appeal());
    if (line.requires_clinician) out.signature = {"Signature", "Name", "Credential", "Date"};
    out.to_explain = {plain.unexplained().begin(), plain.unexplained().end()};
    return out;
  }

 private:
  static void add(Letter& out, LetterPart part) {
    if (!part.paragraphs.empty() || !part.points.empty()) out.parts.push_back(std::move(part));
  }

  // The service in words. A code is none: it is known by its place in the request.
  std::string service() {
    if (!line.service.empty()) {
      std::string words = spaced(line.service);
      if (words.size() > 1 && words[1] >= 'a') words[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(words[0])));
      return plain.of(words);
    }
    return trace.lines.size() == 1 ? "the treatment that your doctor requested"
                                   : fmt::format("item {} of your doctor’s request", line.sequence);
  }
  std::string date() const { return line.date.empty() ? "no date was given" : "planned for " + date_in_words(line.date); }

  std::string decision() {
    switch (line.outcome) {
      case Outcome::not_required: return fmt::format("You do not need our approval for this: {}.", service());
      case Outcome::approve: return fmt::format("We approve the request: {}.", service());
      case Outcome::approve_with_conditions: return fmt::format("We approve the request, on conditions: {}.", service());
      case Outcome::modify: return fmt::format("We approve the request in part, or in another form than was asked for: {}.", service());
      case Outcome::review: return fmt::format("We have not decided yet. A reviewer will look at the request: {}.", service());
      case Outcome::pend: return fmt::format("We have not decided yet. We need more information about the request: {}.", service());
      case Outcome::deny: return fmt::format("We do not approve the request: {}.", service());
      case Outcome::gap:
      case Outcome::conflict:
        return fmt::format("We have not decided yet. A person at the plan has to decide about the request: {}.", service());
      case Outcome::not_decided: return fmt::format("The policy that we looked at does not say whether this is covered: {}.", service());
    }
    return "";
  }

  // ---- the reason

  LetterPart why() {
    LetterPart out{is_adverse(line.outcome) ? "Why we decided this" : "Why", {}, {}};
    std::vector<const CriterionTrace*> rests = reasons.of(line);
    if (rests.empty()) {
      for (const CriterionTrace& each : line.criteria) rests.push_back(&each);
    }
    for (const Status status : wanted()) {
      for (const CriterionTrace* each : rests) say(*each, status, out.points);
    }
    if (!out.points.empty()) out.paragraphs = {opening()};
    else if (is_adverse(line.outcome)) by_rule(out);
    return out;
  }

  // Where no criterion speaks for it, the rules themselves say why: an adverse letter always has a reason.
  void by_rule(LetterPart& out) {
    const auto add = [&](const std::vector<vm::RuleTrace>& rules) {
      for (const vm::RuleTrace& each : rules) {
        if (!reasons.decides(each)) continue;
        std::string text = plain.of(each.text.empty() ? spaced(each.name) : each.text);
        if (std::find(out.points.begin(), out.points.end(), text) == out.points.end()) out.points.push_back(std::move(text));
      }
    };
    add(line.rules);
    for (const vm::ItemTrace& each : line.items) add(each.rules);
    if (!out.points.empty()) out.paragraphs = {"The policy has this rule for it:"};
    else out.paragraphs = {"[the reason, in words for the member]"};
  }

  std::string opening() const {
    switch (vm::outcome_row(line.outcome).outcome_class) {
      case OutcomeClass::deny: return "The policy asks for the following, and the records that we have do not show it:";
      case OutcomeClass::pend: return "We cannot tell these from the records that we have:";
      case OutcomeClass::favourable:
      case OutcomeClass::modify:
      case OutcomeClass::not_required:
      case OutcomeClass::review:
      case OutcomeClass::none: return "This is what we found in the records that we have:";
    }
    return "";
  }

  // Of which criteria a letter speaks: those that speak for its outcome, then those that stand in its way.
  std::vector<Status> wanted() const {
    switch (vm::outcome_row(line.outcome).outcome_class) {
      case OutcomeClass::deny: return {Status::not_met, Status::undetermined, Status::met};
      case OutcomeClass::pend: return {Status::undetermined, Status::not_met};
      case OutcomeClass::review:
      case OutcomeClass::none: return {Status::not_met, Status::undetermined};
      case OutcomeClass::favourable:
      case OutcomeClass::modify:
      case OutcomeClass::not_required: return {Status::met};
    }
    return {};
  }

  // A clause that has no words for the member leaves the word to its members, where they have some.
  void say(const CriterionTrace& c, Status status, std::vector<std::string>& out) {
    if (c.defeated || c.status == Status::not_applicable) return;
    if (c.member_sentence.empty() && (c.kind == "section" || c.kind == "amended" || addresses_member(c))) {
      for (const CriterionTrace& each : c.criteria) say(each, status, out);
      return;
    }
    if (c.status != status) return;
    std::string text = plain.of(!c.member_sentence.empty() ? c.member_sentence : c.text.empty() ? spaced(c.name) : c.text);
    if (c.member_sentence.empty()) text = fmt::format("{}: {}.", text, said(c));
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
  }

  static std::string said(const CriterionTrace& c) {
    switch (c.status) {
      case Status::met: return "this is so";
      case Status::not_met: return "the records do not show this";
      case Status::undetermined: return c.kind == "judged" ? "a reviewer has to look at this" : "we cannot tell";
      case Status::not_applicable: break;
    }
    return "";
  }

  static bool addresses_member(const CriterionTrace& c) {
    return std::any_of(c.criteria.begin(), c.criteria.end(), [](const CriterionTrace& m) {
      return !m.defeated && m.status != Status::not_applicable && (!m.member_sentence.empty() || addresses_member(m));
    });
  }

  // ---- what follows from it

  LetterPart modified() {
    LetterPart out{"What we approve instead", {}, {}};
    for (const vm::ModificationField& each : line.modified) {
      const std::string value = each.value == "none" ? "not approved" : plain.of(each.value);
      const std::string asked = each.requested.empty() ? "not stated" : plain.of(each.requested);
      out.points.push_back(fmt::format("{}: {} (asked for: {})", spaced(each.field), value, asked));
    }
    if (!line.approved_items.empty()) out.points.push_back("Approved for " + join(line.approved_items, "and"));
    return out;
  }

  LetterPart conditions() {
    LetterPart out{"Conditions of this approval", {}, {}};
    for (const ConditionTrace& each : line.conditions) {
      std::string text = plain.of(each.text), due;
      if (!each.due_from.empty()) due += " from " + date_in_words(each.due_from);
      if (!each.due_to.empty()) due += (each.due_from.empty() ? " within " : " to ") + date_in_words(each.due_to);
      if (!due.empty())
        text += fmt::format(" (due{}{})", due,
                            each.after == "performed" ? " after the treatment"
                            : each.after.empty()      ? ""
                                                      : " after it is " + spaced(each.after));
      out.points.push_back(std::move(text));
    }
    return out;
  }

  LetterPart change() {
    LetterPart out{line.outcome == Outcome::pend ? "What we need" : "What could change this decision", {}, {}};
    for (const MissingFact& each : line.missing) {
      for (const std::string& ask : each.asks) {
        std::string text = plain.of(ask);
        if (std::find(out.points.begin(), out.points.end(), text) == out.points.end()) out.points.push_back(std::move(text));
      }
    }
    if (!out.points.empty()) {
      out.paragraphs = {"You do not have to do this alone: your doctor’s office can send it to us. Records of the following would help:"};
    } else if (!line.missing.empty() && is_adverse(line.outcome)) {
      out.paragraphs = {
          "Something that the records leave open could change this decision. Your doctor can ask us what it is: [what is open]."};
    } else if (is_adverse(line.outcome)) {
      out.paragraphs = {
          "Nothing that is only missing from the records would change this decision. If something in the records is wrong or has "
          "changed, you or your doctor can tell us, or appeal."};
    }
    return out;
  }

  // The rules that the decision rests on, by the titles that the policy gives them.
  LetterPart rules() {
    LetterPart out{"The rules that we used", {}, {}};
    if (!is_adverse(line.outcome)) return out;
    std::vector<const CriterionTrace*> rests = reasons.of(line);
    for (const CriterionTrace* each : rests) {
      for (const vm::CitedSource& cite : each->cites) {
        const std::string title = plain.of(cite.title);
        if (!title.empty() && std::find(out.points.begin(), out.points.end(), title) == out.points.end()) out.points.push_back(title);
      }
    }
    out.paragraphs = {
        "You can ask us for a free copy of the rules and of everything in your file, and for the codes of the treatment and the diagnosis and "
        "what they mean.",
        fmt::format("We used the policy “{}”{}", plain.of(spaced(trace.policy)), out.points.empty() ? "." : ", which rests on:")};
    return out;
  }

  LetterPart appeal() {
    LetterPart out{"If you do not agree: how to appeal", {}, {}};
    if (!is_adverse(line.outcome)) return out;
    out.paragraphs = {
        "You can ask us to look at this decision again. This is called an appeal. You can do it yourself, or choose your doctor or someone "
        "else to do it for you."};
    out.points = {"Write or call us: [address and telephone number for appeals].",
                  "Tell us your name, the reference at the head of this letter, and why you do not agree.",
                  "Send what supports you: records, or a letter from your doctor about the reasons above.",
                  "Do it by: [last day for an appeal]. If waiting could harm your health, ask for a fast appeal.",
                  "If we still do not approve it, you may have the right to a review by someone outside of the plan: [how to ask for it]."};
    return out;
  }

  const Trace& trace;
  const Reasons& reasons;
  const LineTrace& line;
  PlainWords plain;
};

}  // namespace

std::vector<Letter> letters(const Trace& trace) {
  const Reasons reasons(trace);
  std::vector<Letter> out;
  for (const LineTrace& each : trace.lines) out.push_back(Writer(trace, reasons, each).write());
  return out;
}

}  // namespace rubric
