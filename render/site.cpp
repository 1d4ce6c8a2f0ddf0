// See site.h.

#include "render/site.h"

#include "render/case_page.h"
#include "render/html.h"
#include "render/page.h"
#include "render/page_files.h"
#include "render/page_words.h"

#include <fmt/format.h>

namespace rubric {

namespace {

constexpr std::string_view files_at = "files/";

void policy_words(Html& html, const vm::Program& program) {
  html.element("p", {{"class", "soft small"}},
               fmt::format("{}{}", program.name, program.version.empty() ? "" : ", version " + program.version));
}

// Markup of a page whose content its scripts make; without them it says so.
std::string waiting(std::string_view inside) {
  Html html;
  html.element("noscript", {}, [&] {
    html.element("p", {{"class", "panel"}}, "This page needs JavaScript, from this folder alone: nothing is fetched from a network.");
  });
  html.markup(inside);
  return html.take();
}

SiteFile index_page(const vm::Program& program, const std::string& summary) {
  Html banner, body;
  banner.element("h1", fmt::format("Report: {}", summary));
  policy_words(banner, program);
  body.element("div", {{"id", "report"}, {"aria-busy", "true"}}, "");
  PageParts parts;
  parts.title = fmt::format("Report: {}", program.name);
  parts.banner = banner.take(), parts.body = waiting(body.take());
  parts.styles = {"pictures.css", "list.css", "site.css"};
  parts.scripts = {"dom.js", "list.js", "site_load.js", "site_pictures.js", "site_list.js", "site.js"};
  parts.data = {page_words()};
  parts.files_at = files_at;
  return {"index.html", page(parts)};
}

SiteFile case_frame(const vm::Program& program) {
  Html banner, body;
  banner.element("h1", "Case");
  policy_words(banner, program);
  body.element("p", {{"id", "says"}, {"class", "panel"}, {"role", "status"}}, "The page is being unpacked.");
  PageParts parts;
  parts.title = fmt::format("Case: {}", program.name);
  parts.banner = banner.take(), parts.body = waiting(body.take());
  parts.styles = {"site.css"};
  parts.scripts = {"dom.js", "list.js", "site_load.js", "site_list.js", "site_case.js"};
  parts.data = {page_words()};
  parts.files_at = files_at;
  return {"case.html", page(parts)};
}

SiteFile compare_frame(const vm::Program& program) {
  Html banner, body;
  banner.element("nav", {{"class", "around"}, {"aria-label", "Report"}},
                 [&] { banner.element("a", {{"href", "index.html"}, {"id", "list"}}, "All cases"); });
  banner.element("h1", "Two cases compared");
  policy_words(banner, program);
  body.element("div", {{"id", "comparison"}},
               [&] { body.element("p", {{"id", "says"}, {"class", "panel"}, {"role", "status"}}, "The cases are being unpacked."); });
  PageParts parts;
  parts.title = fmt::format("Two cases compared: {}", program.name);
  parts.banner = banner.take(), parts.body = waiting(body.take());
  parts.styles = {"site.css", "compare.css"};
  parts.scripts = {"dom.js", "site_load.js", "compare.js", "site_compare.js"};
  parts.data = {page_words()};
  parts.files_at = files_at;
  return {"compare.html", page(parts)};
}

}  // namespace

std::vector<SiteFile> site_files(const vm::Program& program, const std::string& summary) {
  std::vector<SiteFile> files{case_frame(program), compare_frame(program)};
  for (const EmbeddedFile& each : page_files) files.push_back({std::string(files_at) + std::string(each.name), std::string(each.text)});
  // Last, so that there is nothing to open before everything is there.
  files.push_back(index_page(program, summary));
  return files;
}

std::string site_case_page(const vm::Trace& trace, const vm::Program& program) {
  Html around;
  // Where the neighbours and the list with its filters are, site_case.js knows from the page's address.
  around.element("nav", {{"class", "around"}, {"aria-label", "Report"}}, [&] {
    around.element("a", {{"href", "index.html"}, {"data-to", "list"}}, "All cases");
    around.element("a", {{"href", "case.html"}, {"data-to", "before"}, {"hidden", ""}}, "Previous");
    around.element("span", {{"class", "soft"}, {"data-place", ""}}, "");
    around.element("a", {{"href", "case.html"}, {"data-to", "after"}, {"hidden", ""}}, "Next");
  });
  CasePageOptions options;
  options.files_at = files_at, options.around = around.take();
  return case_page(trace, program, options);
}

}  // namespace rubric
