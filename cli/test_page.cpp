// See test_page.h.

#include "cli/test_page.h"

#include "render/html.h"
#include "render/page.h"
#include "render/page_words.h"

namespace rubric::cli {

std::string test_page(const std::string& json) {
  Html banner, body;
  banner.element("h1", "Tests and what they cover");
  banner.element("p", {{"class", "soft small"}, {"id", "summary"}}, "");
  body.element("noscript", {}, [&] {
    body.element("p", {{"class", "panel"}},
                 "This page needs JavaScript, which is in this file; rubric test --coverage says the same as text.");
  });
  body.element("div", {{"id", "tests"}}, "");
  PageParts parts;
  parts.title = "Tests and what they cover";
  parts.banner = banner.take(), parts.body = body.take();
  parts.styles = {"pictures.css", "list.css", "tests.css"};
  parts.scripts = {"dom.js", "list.js", "tests.js"};
  parts.data = {page_words(), {"results", json}};
  return page(parts);
}

}  // namespace rubric::cli
