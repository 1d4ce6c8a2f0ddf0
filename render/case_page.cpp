// See case_page.h.

#include "render/case_page.h"

#include "render/badges.h"
#include "render/case_parts.h"
#include "render/page.h"
#include "render/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric {

using vm::Answer, vm::ConditionTrace, vm::CriterionTrace, vm::Enough, vm::ItemTrace, vm::LineTrace, vm::MissingFact, vm::RuleState,
    vm::RuleTrace, vm::Status, vm::Trace;

namespace {

class CasePage {
 public:
  explicit CasePage(const CaseParts& parts) : parts(parts), trace(parts.trace) {}

  std::string title() const { return fmt::format("Case {}", trace.case_id.empty() ? trace.source : trace.case_id); }

  std::string banner() const {
    Html html;
    html.element("h1", {{"class", "said"}}, title());
    html.element("p", {{"class", "soft small said"}}, policy_words(trace));
    return html.take();
  }

  std::string body() {
    if (trace.rejected) {
      rejected();
      return html.take();
    }
    messages();
    if (trace.lines.size() > 1) overview();
    if (trace.lines.empty()) html.element("p", {{"class", "panel"}}, "The request has no lines: there is nothing to decide.");
    html.element("div", {{"class", "case"}}, [&] {
      html.element("div", {{"class", "lines"}}, [&] {
        for (size_t l = 0; l < trace.lines.size(); ++l) line(trace.lines[l], l);
        if (!trace.lines.empty()) foot();
      });
      if (!parts.uses.empty()) {
        html.element("aside", {{"class", "policy panel"}, {"aria-labelledby", "policy-text"}, {"tabindex", "0"}}, [&] {
          html.element("h2", {{"id", "policy-text"}}, "The policy’s text");
          html.element("p", {{"class", "soft small not-printed"}},
                       "Marked clauses were used for this case; what the outcome rests on is shaded. A mark leads to its criterion.");
          add_policy_text(html, parts);
        });
      }
    });
    return html.take();
  }

 private:
  void rejected() {
    html.element("section", {{"class", "panel verdict bad"}}, [&] {
      html.element("h2", "The record cannot be read, so nothing was decided");
      html.element("ul", {{"class", "plain"}}, [&] {
        for (const vm::RecordMessage& each : trace.messages) {
          html.element("li", {}, [&] {
            html.element("strong", {{"class", each.error ? "bad" : "open"}}, each.error ? "✗ error " : "! warning ");
            html.element("code", each.pointer.empty() ? "the record" : each.pointer);
            html.element("span", {{"class", "said"}}, ": " + each.message);
          });
        }
      });
    });
  }

  void messages() {
    if (trace.warnings.empty() && trace.messages.empty()) return;
    html.element("section", {{"class", "panel notice"}, {"aria-labelledby", "record-warnings"}}, [&] {
      html.element("h2", {{"id", "record-warnings"}}, "About the record");
      html.element("ul", {{"class", "plain"}}, [&] {
        for (const std::string& each : trace.warnings) html.element("li", {{"class", "said"}}, each);
        for (const vm::RecordMessage& each : trace.messages) {
          html.element("li", {}, [&] {
            html.element("code", each.pointer);
            html.element("span", {{"class", "said"}}, ": " + each.message);
          });
        }
      });
    });
  }

  void overview() {
    html.element("nav", {{"class", "panel overview"}, {"aria-label", "Lines of the request"}}, [&] {
      html.element("ol", {{"class", "plain"}}, [&] {
        for (size_t l = 0; l < trace.lines.size(); ++l) {
          html.element("li", {}, [&] {
            badge(html, trace.lines[l].outcome);
            html.text(" ");
            html.element(
                "a", {{"href", "#" + line_id(l)}, {"class", "said"}},
                fmt::format("Line {}: {}, {}", trace.lines[l].sequence, service_words(trace.lines[l]), date_words(trace.lines[l])));
          });
        }
      });
    });
  }

  void line(const LineTrace& l, size_t number) {
    at = number;
    html.element(
        "section", {{"class", "line"}, {"id", line_id(number)}, {"aria-labelledby", line_id(number) + "-head"}, {"tabindex", "-1"}}, [&] {
          verdict(l);
          missing(l), enough(l), modified(l), conditions(l);
          remarks("Warnings", l.warnings), remarks("Advice", l.advice);
          way(l);
          add_timeline(html, parts, l, number);
          panel("Criteria", has_criteria(l), [&] {
            html.element("div", {{"class", "not-printed outline-tools"}}, [&] {
              html.element("button", {{"type", "button"}, {"class", "tool"}, {"data-do", "open-all"}, {"hidden", ""}}, "Show all values");
              html.element("button", {{"type", "button"}, {"class", "tool"}, {"data-do", "close-all"}, {"hidden", ""}}, "Hide all values");
            });
            add_outline(html, parts, l);
          });
          rules(l);
          remarks("Remarks", l.remarks);
          irrelevant(l);
        });
  }

  static bool has_criteria(const LineTrace& l) {
    return !l.criteria.empty() || std::any_of(l.items.begin(), l.items.end(), [](const ItemTrace& i) { return !i.criteria.empty(); });
  }

  template <class Inside>
  void panel(std::string_view title, bool there_is, Inside inside) {
    if (!there_is) return;
    const std::string id = fmt::format("h{}-{}", at + 1, ++headings);
    html.element("section", {{"class", "panel"}, {"aria-labelledby", id + " " + line_id(at) + "-head"}}, [&] {
      html.element("h3", {{"id", id}}, title);
      inside();
    });
  }

  void verdict(const LineTrace& l) {
    html.element("div", {{"class", "panel verdict " + std::string(css_class(style(l.outcome)))}}, [&] {
      html.element("h2", {{"id", line_id(at) + "-head"}, {"class", "said"}},
                   fmt::format("Line {}: {}, {}", l.sequence, service_words(l), date_words(l)));
      html.element("p", {{"class", "outcome"}}, [&] {
        html.element("span", {{"class", "mark"}, {"aria-hidden", "true"}}, mark(l.outcome));
        html.text(" ");
        html.text(sentence_case(words(l.outcome)));
        html.element("span", {{"class", "action"}}, "action " + l.action);
      });
      if (l.requires_clinician) {
        html.element("p", {{"class", "sign"}}, [&] {
          html.element("span", {{"aria-hidden", "true"}}, "✎ ");
          html.text("A clinician must sign this. Until then it is a recommendation.");
        });
      }
      html.element("dl", {{"class", "facts"}}, [&] {
        fact("Decided by", decided_by_words(l));
        if (!l.requires_clinician && l.requires_person) fact("To decide", "a person");
        fact("Recommendation", l.recommendation.empty() ? "" : outcome_words(l.recommendation));
        if (l.possible.size() > 1) {
          named("Still possible", [&] {
            for (vm::Outcome each : l.possible) badge(html, each), html.text(" ");
          });
        }
        fact("Approved for", join(l.approved_items, "and"));
        if (!l.date.empty() && !l.decided_date.empty() && l.decided_date != l.date) fact("Rules as of", l.decided_date);
        for (const std::string& each : l.defeated) fact("Defeated", each);
        for (const ItemTrace& each : l.items) {
          named("For " + each.item, [&] {
            badge(html, each.outcome);
            html.element("span", {{"class", "said"}}, " " + each.description);
          });
        }
      });
      because(l);
    });
  }

  static std::string sentence_case(std::string_view words) {
    std::string out(words);
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
  }

  void named(std::string_view name, auto inside) {
    html.element("div", {}, [&] {
      html.element("dt", name);
      html.element("dd", {}, inside);
    });
  }
  void fact(std::string_view name, const std::string& value) {
    if (!value.empty()) named(name, [&] { html.element("span", {{"class", "said"}}, value); });
  }

  // What the outcome rests on, in a sentence each: the criteria that the deciding rules read.
  void because(const LineTrace& l) {
    const std::vector<const CriterionTrace*> reasons = parts.reasons.of(l);
    if (reasons.empty()) return;
    html.element("div", {{"class", "because"}}, [&] {
      html.element("h3", "It rests on");
      html.element("ul", {{"class", "plain"}}, [&] {
        for (const CriterionTrace* each : reasons) {
          html.element("li", {}, [&] {
            html.element("span", {{"class", "mark " + std::string(css_class(style(each->status)))}, {"aria-hidden", "true"}},
                         mark(each->status));
            html.element("span", {{"class", "only-heard"}}, std::string(words(each->status)) + ": ");
            html.text(" ");
            html.element("a", {{"href", "#" + parts.id_of(*each)}, {"class", "said"}}, each->text.empty() ? each->name : each->text);
            if (!each->item.empty()) html.element("span", {{"class", "tag"}}, each->item);
            if (each->authored) html.element("span", {{"class", "said soft"}}, " " + each->sentence);
          });
        }
      });
    });
  }

  // A criterion's name as a link to where it stands.
  void criterion_link(const std::string& name) {
    const std::string id = parts.id_of(at, name);
    if (id.empty()) html.element("span", {{"class", "mono"}}, name);
    else html.element("a", {{"href", "#" + id}, {"class", "mono"}}, name);
  }

  void missing(const LineTrace& l) {
    panel(l.possible.size() > 1 ? "What is missing" : "What could change it", !l.missing.empty(), [&] {
      html.element("ol", {{"class", "asks"}}, [&] {
        for (size_t i = 0; i < l.missing.size();) {
          // One request may answer for several facts, as for the parts of one question.
          const size_t first = i;
          while (++i < l.missing.size() && !l.missing[first].asks.empty() && same_request(l.missing[first], l.missing[i])) {
          }
          ask(l, first, i);
        }
      });
      if (!l.exact) {
        html.element("p", {{"class", "soft small"}},
                     "There were too many open facts to try them all: this list may name one that cannot matter.");
      }
    });
  }

  void ask(const LineTrace& l, size_t first, size_t end) {
    const MissingFact& m = l.missing[first];
    html.element("li", {}, [&] {
      if (!m.asks.empty()) html.element("p", {{"class", "ask said"}}, fmt::format("{}", fmt::join(m.asks, "; ")));
      html.element("dl", {{"class", "facts small"}}, [&] {
        named("Open", [&] {
          for (size_t i = first; i < end; ++i) {
            if (i > first) html.empty("br");
            fact_words(l.missing[i].fact);
            if (l.missing[i].kind == "fact" && !l.missing[i].cause.empty()) html.text(": " + cause_words(l.missing[i].cause));
          }
        });
        if (!m.criteria.empty()) {
          named("For", [&] {
            for (const std::string& each : m.criteria) criterion_link(each), html.text(" ");
          });
        }
        if (!m.could_lead_to.empty()) {
          named("Could lead to", [&] {
            for (const std::string& each : m.could_lead_to) outcome(each), html.text(" ");
          });
        }
      });
    });
  }

  static bool same_request(const MissingFact& a, const MissingFact& b) {
    return a.asks == b.asks && a.criteria == b.criteria && a.could_lead_to == b.could_lead_to;
  }

  void outcome(const std::string& json_name) {
    for (size_t o = 0; o < std::size(vm::outcome_rows); ++o) {
      if (vm::outcome_rows[o].json == json_name) return badge(html, static_cast<vm::Outcome>(o));
    }
    html.text(json_name);
  }

  void fact_words(const std::string& fact) {
    if (fact.starts_with("judgment:")) {
      html.text("a reviewer’s judgment on ");
      criterion_link(fact.substr(9));
    } else if (fact.starts_with("line:")) {
      html.text("the decision on line " + fact.substr(5));
    } else {
      html.element("code", {{"class", "fact"}}, fact);
    }
  }

  void enough(const LineTrace& l) {
    panel("What would be enough", !l.enough.empty(), [&] {
      html.element("div", {{"class", "enough"}}, [&] {
        for (const Enough& each : l.enough) {
          html.element("div", {}, [&] {
            html.element("p", {}, [&] {
              outcome(each.outcome);
              html.text(" with");
            });
            html.element("ul", {{"class", "answers"}}, [&] {
              for (const Answer& a : each.answers) html.element("li", {}, [&] { answer(a); });
            });
          });
        }
      });
    });
  }

  void answer(const Answer& a) {
    const std::string value = a.value == "true" ? "yes" : a.value == "false" ? "no" : a.value;
    const bool said = !a.text.empty() && (a.settles || value == a.value);
    if (!a.criterion.empty()) criterion_link(a.criterion), html.text(" ");
    if (!a.text.empty()) html.element("span", {{"class", "said"}}, a.text);
    else if (a.criterion.empty()) fact_words(a.fact);
    if (!said && !a.expression.empty()) {
      html.text(" ");
      html.element("code", a.expression);
    }
    html.text(": ");
    html.element("strong", {{"class", "said"}}, value);
  }

  void modified(const LineTrace& l) {
    panel("Authorized instead of what was requested", !l.modified.empty(), [&] {
      html.element("table", {}, [&] {
        table_head({"Field", "Requested", "Authorized"});
        html.element("tbody", {}, [&] {
          for (const vm::ModificationField& each : l.modified) {
            html.element("tr", {}, [&] {
              html.element("th", {{"scope", "row"}}, each.field);
              html.element("td", {{"class", "said"}}, each.requested.empty() ? "not documented" : each.requested);
              html.element("td", {}, [&] { html.element("strong", {{"class", "said"}}, each.value); });
            });
          }
        });
      });
    });
  }

  void table_head(std::initializer_list<const char*> names) {
    html.element("thead", {}, [&] {
      html.element("tr", {}, [&] {
        for (const char* each : names) html.element("th", {{"scope", "col"}}, each);
      });
    });
  }

  void conditions(const LineTrace& l) {
    panel("Conditions of the approval", !l.conditions.empty(), [&] {
      html.element("ul", {{"class", "conditions"}}, [&] {
        for (const ConditionTrace& each : l.conditions) {
          html.element("li", {}, [&] {
            html.element("p", {}, [&] {
              html.element("span", {{"class", "label"}}, each.name);
              html.element("span", {{"class", "said"}}, " " + each.text);
            });
            html.element("dl", {{"class", "facts small"}}, [&] {
              std::string due;
              if (!each.due_from.empty()) due += "from " + each.due_from + " ";
              if (!each.due_to.empty()) due += "to " + each.due_to + " ";
              if (!due.empty()) fact("Due", due + (each.after.empty() ? "" : "after " + each.after));
              for (const auto& [name, value] : each.values) fact(name, value);
              if (!each.cites.empty()) named("Source", [&] { add_cites(html, each.cites); });
            });
          });
        }
      });
    });
  }

  void remarks(std::string_view title, const std::vector<vm::RemarkTrace>& list) {
    panel(title, !list.empty(), [&] {
      html.element("ul", {{"class", "remarks"}}, [&] {
        for (const vm::RemarkTrace& each : list) {
          html.element("li", {}, [&] {
            html.element("span", {{"class", "said"}}, each.text);
            if (!each.cites.empty()) html.text(" "), add_cites(html, each.cites);
          });
        }
      });
    });
  }

  void way(const LineTrace& l) {
    Html picture;
    add_flow(picture, parts, l, at);
    const std::string drawn = picture.take();
    panel("The way to the outcome", !drawn.empty(), [&] { html.markup(drawn); });
  }

  void rules(const LineTrace& l) {
    const bool any = !l.rules.empty() || std::any_of(l.items.begin(), l.items.end(), [](const ItemTrace& i) { return !i.rules.empty(); });
    panel("Rules", any, [&] {
      if (!l.rules.empty()) rules_table(l.rules, "");
      for (const ItemTrace& each : l.items) {
        if (!each.rules.empty())
          rules_table(each.rules, fmt::format("For {}{}", each.item, each.description.empty() ? "" : " (" + each.description + ")"));
      }
    });
  }

  // Rules that do not fire bear on nothing, and are folded away.
  void rules_table(const std::vector<RuleTrace>& list, const std::string& title) {
    if (!title.empty()) html.element("h4", {{"class", "said"}}, title);
    const auto silent = [](const RuleTrace& r) { return r.state == RuleState::does_not_fire; };
    const auto rows = [&](bool of_silent) {
      html.element("table", {{"class", "rules"}}, [&] {
        table_head({"State", "Rule", "Concludes", "Source"});
        html.element("tbody", {}, [&] {
          for (const RuleTrace& each : list) {
            if (silent(each) == of_silent) rule(each);
          }
        });
      });
    };
    const auto fold = static_cast<size_t>(std::count_if(list.begin(), list.end(), silent));
    if (fold < list.size()) rows(false);
    if (fold > 0) {
      html.element("details", {{"class", "silent"}}, [&] {
        html.element("summary", fold == 1 ? "One rule does not fire" : fmt::format("{} rules do not fire", fold));
        rows(true);
      });
    }
  }

  void rule(const RuleTrace& r) {
    html.element("tr", {{"id", parts.id_of(r)}, {"class", parts.decides(r) ? "decides" : absent()}, {"tabindex", "-1"}}, [&] {
      html.element("td", {}, [&] { badge(html, r.state); });
      html.element("th", {{"scope", "row"}}, [&] {
        html.element("span", {{"class", "label"}}, r.name);
        if (!r.layer.empty()) html.element("span", {{"class", "tag"}}, "layer " + r.layer);
        if (const std::string clause = parts.clause_id(r.span); !clause.empty()) {
          html.element(
              "a",
              {{"class", "to-clause"}, {"href", "#" + clause}, {"aria-label", clause_words(r.clause) + ": " + r.name + " in the policy"}},
              clause_words(r.clause));
        }
        if (!r.text.empty()) html.element("span", {{"class", "quote said"}}, r.text);
        for (const std::string& each : r.notes) html.element("span", {{"class", "quote said soft"}}, "Note: " + each);
      });
      html.element("td", {}, [&] {
        if (r.outcome.empty()) html.text("an exception: it only defeats");
        else outcome(r.outcome);
        if (!r.defeated_by.empty()) html.element("span", {{"class", "quote"}}, "defeated by " + join(r.defeated_by, "and"));
      });
      html.element("td", {}, [&] { add_cites(html, r.cites); });
    });
  }

  void irrelevant(const LineTrace& l) {
    panel("Open, but cannot change the outcome", !l.irrelevant.empty(), [&] {
      html.element("ul", {{"class", "facts-list"}}, [&] {
        for (const std::string& each : l.irrelevant) html.element("li", {}, [&] { fact_words(each); });
      });
    });
  }

  // What the short names of the citations stand for, and of which program and record this is the determination.
  void foot() {
    std::map<std::string, const vm::CitedSource*> cited;
    const auto take = [&](const std::vector<vm::CitedSource>& list) {
      for (const vm::CitedSource& each : list) {
        if (!each.title.empty() || each.unresolved) cited.try_emplace(each.source, &each);
      }
    };
    const auto criteria = [&](const auto& self, const std::vector<CriterionTrace>& list) -> void {
      for (const CriterionTrace& each : list) take(each.cites), self(self, each.criteria);
    };
    for (const LineTrace& l : trace.lines) {
      criteria(criteria, l.criteria);
      for (const RuleTrace& each : l.rules) take(each.cites);
      for (const ConditionTrace& each : l.conditions) take(each.cites);
      for (const auto* list : {&l.advice, &l.warnings, &l.remarks}) {
        for (const vm::RemarkTrace& each : *list) take(each.cites);
      }
      for (const ItemTrace& item : l.items) {
        criteria(criteria, item.criteria);
        for (const RuleTrace& each : item.rules) take(each.cites);
      }
    }
    if (!cited.empty()) {
      html.element("section", {{"class", "panel"}, {"aria-labelledby", "sources"}}, [&] {
        html.element("h2", {{"id", "sources"}}, "Sources");
        html.element("dl", {{"class", "facts"}}, [&] {
          for (const auto& [name, cite] : cited) {
            std::string title = cite->title;
            if (cite->unresolved)
              title += title.empty() ? "named in the text, which does not list it" : " (named in the text, which does not list it)";
            fact(name, title);
          }
        });
      });
    }
    html.element("p", {{"class", "soft small digest"}}, [&] {
      html.text("Decided by the program ");
      html.element("code", trace.digest);
      if (!trace.source.empty()) html.text(" from the record "), html.element("code", trace.source.substr(trace.source.rfind('/') + 1));
    });
  }

  const CaseParts& parts;
  const Trace& trace;
  Html html;
  size_t at = 0, headings = 0;
};

}  // namespace

std::string case_page(const Trace& trace, const vm::Program& program, const CasePageOptions& options) {
  const CaseParts shared(trace, program);
  CasePage made(shared);
  PageParts parts;
  parts.title = made.title();
  parts.banner = options.around + made.banner();
  parts.body = made.body();
  parts.styles = {"case.css"};
  parts.scripts = {"case.js"};
  parts.data = {{"determination", to_json(trace, true)}};
  parts.files_at = options.files_at;
  return page(parts);
}

}  // namespace rubric
