// See case_page.h.

#include "render/case_page.h"

#include "render/badges.h"
#include "render/page.h"
#include "render/words.h"

#include <fmt/format.h>

namespace rubric {

using vm::CriterionTrace, vm::LineTrace, vm::Trace;

namespace {

class CasePage {
 public:
  explicit CasePage(const Trace& trace) : trace(trace) {}

  std::string title() const { return fmt::format("Case {}", trace.case_id.empty() ? trace.source : trace.case_id); }

  std::string banner() const {
    Html html;
    html.element("h1", title());
    html.element("p", {{"class", "soft small"}},
                 fmt::format("{}{}{}", trace.policy, trace.policy_version.empty() ? "" : ", version " + trace.policy_version,
                             trace.as_of.empty() ? "" : ", as of " + trace.as_of));
    return html.take();
  }

  std::string body() {
    for (const LineTrace& each : trace.lines) line(each);
    return html.take();
  }

 private:
  void line(const LineTrace& l) {
    html.element("section", {{"class", "panel line"}}, [&] {
      html.element("h2", fmt::format("Line {}: {}", l.sequence, service_words(l)));
      badge(html, l.outcome);
      criteria(l.criteria);
    });
  }

  void criteria(const std::vector<CriterionTrace>& list) {
    if (list.empty()) return;
    html.element("ul", {{"class", "criteria"}}, [&] {
      for (const CriterionTrace& each : list) {
        html.element("li", {}, [&] {
          badge(html, each.status);
          html.text(" " + each.text);
          criteria(each.criteria);
        });
      }
    });
  }

  const Trace& trace;
  Html html;
};

}  // namespace

std::string case_page(const Trace& trace, const vm::Program&, const CasePageOptions& options) {
  CasePage made(trace);
  PageParts parts;
  parts.title = made.title();
  parts.banner = options.around + made.banner();
  parts.body = made.body();
  parts.data = {{"determination", to_json(trace, true)}};
  parts.files_at = options.files_at;
  return page(parts);
}

}  // namespace rubric
