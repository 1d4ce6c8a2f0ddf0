// The criteria of a line in the policy's own outline: each with its status and sentence, and below it what it rests on.

#include "render/badges.h"
#include "render/case_parts.h"
#include "render/words.h"

#include <fmt/format.h>

namespace rubric {

using vm::CriterionTrace, vm::LineTrace, vm::ObservedValue, vm::Status;

namespace {

// How many members have to hold, of a group.
std::string group_words(const std::string& kind) {
  if (kind == "all" || kind == "section") return "ALL of";
  if (kind == "any") return "ANY of";
  if (kind == "none") return "NONE of";
  if (kind.starts_with("at least ")) return "AT LEAST " + kind.substr(9) + " of";
  return "";
}

class Outline {
 public:
  Outline(Html& html, const CaseParts& parts) : html(html), parts(parts) {}

  void list(const std::vector<CriterionTrace>& criteria, bool in_full, bool top) {
    html.element("ul", {{"class", top ? "outline top" : "outline"}}, [&] {
      for (const CriterionTrace& each : criteria) criterion(each, in_full);
    });
  }

 private:
  void criterion(const CriterionTrace& c, bool in_full) {
    std::string kind = "criterion";
    if (c.defeated) kind += " replaced";
    if (parts.decides(c)) kind += " decides";
    html.open("li", {{"id", parts.id_of(c)}, {"class", kind}, {"tabindex", "-1"}});
    if (c.kind == "amended" && c.criteria.size() == 2 && c.criteria[0].defeated != c.criteria[1].defeated) {
      amended(c, in_full);
      html.close();
      return;
    }
    head(c);
    reasons(c, in_full);
    if (!c.criteria.empty()) {
      if (const std::string group = group_words(c.kind); !group.empty()) html.element("p", {{"class", "group"}}, group);
      for_members(c, in_full);
    }
    html.close();
  }

  // A clause in two versions, of which it is known that one counts: that one, and the other folded away.
  void amended(const CriterionTrace& c, bool in_full) {
    const CriterionTrace &by_layer = c.criteria[0], &before = c.criteria[1];
    html.element("ul", {{"class", "outline versions"}}, [&] { criterion(by_layer.defeated ? before : by_layer, in_full); });
    html.element("details", {{"class", "why"}}, [&] {
      html.element("summary", by_layer.defeated ? fmt::format("The layer {} would amend this, and does not apply here", by_layer.layer)
                                                : fmt::format("The layer {} amends this: the version before", by_layer.layer));
      html.element("ul", {{"class", "outline versions"}}, [&] { criterion(by_layer.defeated ? by_layer : before, false); });
    });
  }

  void for_members(const CriterionTrace& c, bool in_full) {
    html.element("ul", {{"class", "outline"}}, [&] {
      for (const CriterionTrace& each : c.criteria) criterion(each, in_full && bears_on(each, c) && !each.defeated);
    });
  }

  void head(const CriterionTrace& c) {
    html.element("div", {{"class", "criterion-head"}}, [&] {
      badge(html, c.status);
      html.element("div", {{"class", "criterion-words"}}, [&] {
        const std::string label = c.label.empty() ? c.name : c.label;
        html.element("span", {{"class", c.kind == "section" ? "section-name said" : "label"}}, label);
        if (!c.item.empty()) html.element("span", {{"class", "tag"}}, c.item);
        if (!c.layer.empty()) html.element("span", {{"class", "tag"}}, "layer " + c.layer);
        if (c.defeated) html.element("span", {{"class", "tag"}}, "replaced: it does not count");
        if (c.kind == "amended") html.element("span", {{"class", "tag"}}, "a layer amends this");
        if (c.asserted) html.element("span", {{"class", "tag"}}, "judged by a person");
        if (!c.text.empty() && c.text != label) html.element("span", {{"class", "sentence said"}}, " " + c.text);
        if (const std::string clause = parts.clause_id(c.span); !clause.empty()) {
          html.element(
              "a",
              {{"class", "to-clause"}, {"href", "#" + clause}, {"aria-label", clause_words(c.clause) + ": " + label + " in the policy"}},
              clause_words(c.clause));
        }
      });
    });
  }

  void reasons(const CriterionTrace& c, bool in_full) {
    const bool made = !c.values.empty() || !c.criteria.empty() || !c.defeated_by.empty() || c.asserted;
    const bool said = !c.sentence.empty() && (c.authored || !made);
    const bool cause = c.status == Status::undetermined && !c.cause.empty();
    if (!c.defeated_by.empty()) line("Why", [&] { html.text("An exception to it stands: " + join(c.defeated_by, "and") + "."); });
    if (c.asserted) line("Judged", [&] { judged(c); });
    if (said && c.kind != "amended") line("Why", [&] { add_said(html, c.sentence); });
    else if (cause && c.criteria.empty()) line("Open", [&] { html.text(cause_words(c.cause)); });
    if (c.values.empty() && c.cites.empty() && c.notes.empty()) return;
    html.element("details", {{"class", "why"}, {"open", in_full && parts.decides(c) && !c.values.empty() ? "" : absent()}}, [&] {
      html.element("summary", summary(c));
      values(c);
      if (!c.cites.empty()) line("Source", [&] { add_cites(html, c.cites); });
      for (const std::string& each : c.notes) line("Note", [&] { add_said(html, each); });
    });
  }

  static std::string summary(const CriterionTrace& c) {
    if (c.values.empty()) return c.notes.empty() ? "Source" : "Source and notes";
    return c.values.size() == 1 ? "What was looked at" : fmt::format("What was looked at: {} values", c.values.size());
  }

  template <class Inside>
  void line(std::string_view name, Inside inside) {
    html.element("div", {{"class", "reason"}}, [&] {
      html.element("span", {{"class", "reason-name"}}, name);
      html.element("div", {}, inside);
    });
  }

  void judged(const CriterionTrace& c) {
    const vm::Assertion& a = *c.asserted;
    std::string by = a.by;
    for (const std::string* each : {&a.credential, &a.date}) {
      if (!each->empty()) by += ", " + *each;
    }
    html.text(fmt::format("by {}", by));
    if (!a.reason.empty()) html.element("span", {{"class", "said"}}, fmt::format(": “{}”", a.reason));
    if (c.kind != "judged") html.text(fmt::format("; the record alone gives: {}", words(c.computed)));
  }

  void values(const CriterionTrace& c) {
    if (c.values.empty()) return;
    html.element("table", {{"class", "values"}}, [&] {
      html.element("thead", {}, [&] {
        html.element("tr", {}, [&] {
          for (const char* each : {"Result", "Condition", "Found", "Compared with"}) html.element("th", {{"scope", "col"}}, each);
        });
      });
      html.element("tbody", {}, [&] {
        for (const ObservedValue& each : c.values) value(each);
      });
    });
  }

  void value(const ObservedValue& v) {
    html.element("tr", {}, [&] {
      cell("Result", [&] {
        if (v.result == "true") mark_of("good", "✓", "holds");
        else if (v.result == "false") mark_of("bad", "✗", "does not hold");
        else mark_of("open", "?", "open");
      });
      cell("Condition", [&] {
        html.element("code", v.expression);
        where(v);
      });
      cell("Found", [&] { found(v); });
      cell("Compared with", [&] {
        if (!v.against.empty()) add_said(html, v.against);
        else html.element("span", {{"class", "soft"}}, "–");
      });
    });
  }

  template <class Inside>
  void cell(std::string_view name, Inside inside) {
    html.element("td", {{"data-name", std::string(name)}}, [&] { html.element("div", {}, inside); });
  }

  void mark_of(std::string_view style, std::string_view mark, std::string_view words) {
    html.element("span", {{"class", "result " + std::string(style)}}, [&] {
      html.element("span", {{"aria-hidden", "true"}}, mark);
      html.text(" ");
      html.text(words);
    });
  }

  void found(const ObservedValue& v) {
    if (v.has_value) add_said(html, v.value, "found");
    else if (!v.value.empty()) html.element("span", {{"class", "said"}}, v.value);
    if (!v.cause.empty() && v.claims.empty()) {
      if (!v.value.empty()) html.text("; ");
      html.element("span", {{"class", "open"}}, cause_words(v.cause));
    } else if (v.value.empty() && v.claims.empty()) {
      html.element("span", {{"class", "soft"}}, "–");
    }
    if (!v.words.empty()) add_said(html, fmt::format("“{}”", v.words), "quote");
    for (const vm::Claim& each : v.claims) add_said(html, words(each), "quote open");
    if (v.window) window(*v.window);
  }

  void window(const vm::WindowTrace& w) {
    if (!w.days || (w.days->from.empty() && w.days->to.empty())) return;
    html.element("span", {{"class", "quote soft"}}, fmt::format("from {} to {}", w.days->from, w.days->to));
  }

  // Where the record has it, and which document says so.
  void where(const ObservedValue& v) {
    if (!v.fact.empty() || !v.rows.empty()) {
      html.element("span", {{"class", "quote"}}, [&] {
        if (!v.fact.empty()) html.element("code", {{"class", "fact"}}, v.fact);
        for (const std::string& each : v.rows) {
          if (each == v.fact) continue;
          html.text(" ");
          html.element("code", {{"class", "fact"}}, each);
        }
      });
    }
    if (v.evidence) add_said(html, "seen in " + words(*v.evidence), "quote soft");
  }

  Html& html;
  const CaseParts& parts;
};

}  // namespace

void add_outline(Html& html, const CaseParts& parts, const LineTrace& line) {
  Outline outline(html, parts);
  if (!line.criteria.empty()) outline.list(line.criteria, true, true);
  for (const vm::ItemTrace& each : line.items) {
    if (!each.criteria.empty()) outline.list(each.criteria, true, true);
  }
}

}  // namespace rubric
