// See diff_page.h.
//
// Counts, matrix and clauses are in the markup, so that the page says them without scripts and on paper; impact.js draws
// the flow and makes the list of lines and the examples from diff_json, which the page embeds.

#include "cli/diff_page.h"

#include "cli/diff_words.h"
#include "render/badges.h"
#include "render/html.h"
#include "render/page.h"
#include "render/page_words.h"
#include "render/words.h"

#include <fmt/format.h>

#include <set>

namespace rubric::cli {

namespace {

using analysis::Difference;
using analysis::Edit;

class DiffPage {
 public:
  explicit DiffPage(const DiffReport& report) : r(report) {}

  std::string make() {
    PageParts parts;
    parts.title = fmt::format("What the edit changes: {} to {}", r.before, r.after);
    parts.banner = banner();
    parts.body = body();
    parts.styles = {"pictures.css", "list.css", "compare.css", "impact.css"};
    parts.scripts = {"dom.js", "list.js", "compare.js", "flow.js", "impact.js"};
    parts.data = {page_words(), {"impact", diff_json(r)}};
    return page(parts);
  }

 private:
  std::string banner() const {
    Html html;
    html.element("h1", "What the edit changes");
    html.element("p", {{"class", "soft small"}}, [&] {
      html.element("code", r.before), html.text(" to "), html.element("code", r.after);
      html.text(fmt::format(", on {} of {}{}", counted(r.impact.lines, "line"), counted(r.impact.cases, "case"),
                            r.impact.rejected ? fmt::format("; {} could not be read", counted(r.impact.rejected, "record")) : ""));
    });
    return html.take();
  }

  std::string body() {
    Html html;
    html.element("div", {{"class", "overview"}}, [&] { counts(html), flow(html); });
    edits(html);
    html.element("div", {{"id", "changed"}}, [&] {
      html.element("noscript", {}, [&] {
        html.element("p", {{"class", "panel"}}, "The list of lines and the examples need JavaScript, which is in this file.");
      });
    });
    html.element("div", {{"id", "examples"}}, "");
    return html.take();
  }

  // A number that filters the list, once there is one: `pick` is what it chooses.
  static void number(Html& html, uint64_t n, const std::string& pick, const std::string& says) {
    if (n == 0) return html.element("span", {{"class", "soft"}}, "0");
    html.element("button", {{"type", "button"}, {"class", "choice"}, {"data-pick", pick}, {"aria-label", says}, {"disabled", ""}},
                 group_digits(n));
  }

  void counts(Html& html) const {
    html.element("section", {{"class", "panel"}, {"aria-labelledby", "counts-head"}}, [&] {
      html.element("h2", {{"id", "counts-head"}}, "Lines");
      html.element("ul", {{"class", "tiles"}}, [&] {
        for (const Difference each : most_first) {
          const uint64_t n = r.impact.counts[static_cast<size_t>(each)];
          html.element("li", {{"class", n && each == Difference::outcome ? "tile strong" : "tile"}}, [&] {
            // Lines on which nothing differs are not listed.
            const std::string says = fmt::format("{}: {}, show them", words(each), counted(n, "line"));
            if (each == Difference::unchanged) html.element("span", {{"class", "count"}}, group_digits(n));
            else number(html, n, fmt::format("change={}", json_name(each)), says);
            html.element("span", words(each));
          });
        }
      });
      if (r.impact.together) {
        html.element("p", {{"class", "soft small"}},
                     fmt::format("{} of these change by several edits together: taking back one alone changes nothing.",
                                 counted(r.impact.together, "line")));
      }
      if (r.impact.unattributed) {
        html.element("p", {{"class", "soft small"}}, fmt::format("{} attributed to no edit.", counted(r.impact.unattributed, "line")));
      }
    });
  }

  void flow(Html& html) const {
    html.element("section", {{"class", "panel flow-panel"}, {"aria-labelledby", "flow-head"}}, [&] {
      html.element("h2", {{"id", "flow-head"}}, "From outcome to outcome");
      html.element("div", {{"id", "flow"}}, "");
      matrix(html);
    });
  }

  void matrix(Html& html) const {
    std::set<vm::Outcome> from, to;
    for (const auto& [pair, n] : r.impact.matrix) from.insert(pair.first), to.insert(pair.second);
    if (from.empty()) return;
    html.element("div", {{"class", "wide"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "Matrix of outcomes"}}, [&] {
      html.element("table", {{"class", "matrix"}}, [&] {
        html.element("thead", {}, [&] {
          html.element("tr", {}, [&] {
            html.element("th", {{"scope", "col"}}, "before ↓ after →");
            for (const vm::Outcome each : to) html.element("th", {{"scope", "col"}}, [&] { badge(html, each); });
          });
        });
        html.element("tbody", {}, [&] {
          for (const vm::Outcome row : from) {
            html.element("tr", {}, [&] {
              html.element("th", {{"scope", "row"}}, [&] { badge(html, row); });
              for (const vm::Outcome column : to) cell(html, row, column);
            });
          }
        });
      });
    });
  }

  void cell(Html& html, vm::Outcome row, vm::Outcome column) const {
    const auto at = r.impact.matrix.find({row, column});
    const uint64_t n = at == r.impact.matrix.end() ? 0 : at->second;
    html.element("td", {{"class", row == column ? "number same" : "number"}}, [&] {
      if (row == column) return html.text(group_digits(n));
      number(html, n, fmt::format("before={}&after={}", vm::outcome_row(row).json, vm::outcome_row(column).json),
             fmt::format("{} to {}: {}, show them", rubric::words(row), rubric::words(column), counted(n, "line")));
    });
  }

  void edits(Html& html) const {
    const auto& list = r.edits.list;
    html.element("section", {{"class", "edits"}, {"aria-labelledby", "edits-head"}}, [&] {
      html.element("h2", {{"id", "edits-head"}}, list.empty() ? "No clause differs" : counted(list.size(), "edit"));
      for (size_t k = 0; k < list.size(); ++k) {
        html.element("article", {{"class", "panel edit"}, {"id", fmt::format("edit-{}", k + 1)}}, [&] { edit(html, list[k], k); });
      }
    });
  }

  void edit(Html& html, const Edit& e, size_t k) const {
    html.element("h3", {}, [&] {
      html.text(fmt::format("{}. {} ", k + 1, json_name(e.kind)));
      html.element("code", e.clause);
    });
    html.element("p", {{"class", "soft small by"}}, [&] {
      html.text(place(r.sources.contains(e.after.file) ? e.after : e.before, r.sources));
      bool any = false;
      for (const Difference each : most_first) {
        const uint64_t n = r.impact.by_edit[k][static_cast<size_t>(each)];
        if (n == 0 || each == Difference::unchanged) continue;
        any = true;
        html.text(" · ");
        number(html, n, fmt::format("edit={}&change={}", k + 1, json_name(each)),
               fmt::format("edit {}, {}: {}, show them", k + 1, words(each), counted(n, "line")));
        html.text(fmt::format(" {}", words(each)));
      }
      if (!any) html.text(" · changes no line");
    });
    html.element("div", {{"class", "sides"}}, [&] {
      const ClauseDifference d = clause_difference(e, r.sources);
      const bool paired = d.before_end == d.after_end;
      side(html, {"Before", "del", "- "}, d.before, d.same, d.before_end, paired ? &d.after : nullptr);
      side(html, {"After", "ins", "+ "}, d.after, d.same, d.after_end, paired ? &d.before : nullptr);
    });
  }

  struct Side {
    std::string_view words, tag, sign;
  };
  // One version of a clause: its own lines with a sign, and in them what the other version's line has otherwise.
  static void side(Html& html, const Side& way, const std::vector<std::string>& lines, size_t begin, size_t end,
                   const std::vector<std::string>* others) {
    html.element("div", {}, [&] {
      html.element("h4", way.words);
      if (lines.empty()) return html.element("p", {{"class", "soft"}}, "There is no such clause.");
      html.element("pre", {}, [&] {
        for (size_t k = 0; k < lines.size(); ++k) {
          if (k < begin || k >= end) {
            html.element("span", "  " + lines[k] + "\n");
            continue;
          }
          const std::string_view line = lines[k];
          const auto [from, to] = others ? differing_part(line, (*others)[k]) : std::pair<size_t, size_t>(0, 0);
          html.element(way.tag, {}, [&] {
            html.text(way.sign), html.text(line.substr(0, from));
            if (from < to) html.element("mark", line.substr(from, to - from));
            html.text(line.substr(to)), html.text("\n");
          });
        }
      });
    });
  }

  const DiffReport& r;
};

}  // namespace

std::string diff_page(const DiffReport& report) { return DiffPage(report).make(); }

}  // namespace rubric::cli
