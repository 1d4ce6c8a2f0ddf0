// See badges.h.

#include "render/badges.h"

#include "render/words.h"

namespace rubric {

namespace {

void badge(Html& html, Style style, std::string_view mark, std::string_view words) {
  html.element("span", {{"class", "badge " + std::string(css_class(style))}}, [&] {
    html.element("span", {{"class", "mark"}, {"aria-hidden", "true"}}, mark);
    html.element("span", words);
  });
}

}  // namespace

std::string_view css_class(Style style) {
  switch (style) {
    case Style::plain: return "plain";
    case Style::strong: return "strong";
    case Style::quiet: return "quiet";
    case Style::good: return "good";
    case Style::bad: return "bad";
    case Style::open: return "open";
  }
  return "";
}

void badge(Html& html, vm::Status status) { badge(html, style(status), mark(status), words(status)); }
void badge(Html& html, vm::Outcome outcome) { badge(html, style(outcome), mark(outcome), words(outcome)); }
void badge(Html& html, vm::RuleState state) { badge(html, style(state), mark(state), words(state)); }

}  // namespace rubric
