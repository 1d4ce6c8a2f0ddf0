// See page.h.

#include "render/page.h"

#include "render/html.h"
#include "render/page_files.h"

namespace rubric {

std::string_view page_file(std::string_view name) {
  for (const EmbeddedFile& each : page_files) {
    if (each.name == name) return each.text;
  }
  return {};
}

namespace {

// Even if a text of a record were taken for markup, nothing would be fetched or sent.
constexpr std::string_view content_policy =
    "default-src 'none'; style-src 'unsafe-inline' file: 'self'; script-src 'unsafe-inline' file: 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'";

void add_style(Html& html, std::string_view name, const std::string& files_at) {
  if (!files_at.empty()) return html.empty("link", {{"rel", "stylesheet"}, {"href", files_at + std::string(name)}});
  html.element("style", {}, [&] { html.markup(page_file(name)); });
}

void add_script(Html& html, std::string_view name, const std::string& files_at) {
  if (!files_at.empty()) return html.element("script", {{"src", files_at + std::string(name)}}, "");
  html.element("script", {}, [&] { html.markup(page_file(name)); });
}

}  // namespace

std::string page(const PageParts& parts) {
  Html html;
  html.markup("<!DOCTYPE html>\n");
  html.open("html", {{"lang", "en"}});
  html.element("head", {}, [&] {
    html.empty("meta", {{"charset", "utf-8"}});
    html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    html.empty("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", std::string(content_policy)}});
    html.element("title", parts.title);
    add_style(html, "page.css", parts.files_at);
    for (const std::string_view each : parts.styles) add_style(html, each, parts.files_at);
    // Before the body is drawn: it chooses the colours.
    add_script(html, "page.js", parts.files_at);
  });
  html.markup("\n");
  html.open("body");
  html.element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the content");
  html.element("header", {{"class", "banner"}}, [&] {
    html.element("div", {{"class", "banner-words"}}, [&] { html.markup(parts.banner); });
    html.element("div", {{"class", "banner-tools"}}, [&] {
      html.element("button", {{"type", "button"}, {"class", "tool"}, {"data-do", "print"}, {"hidden", ""}}, "Print");
      html.element("button", {{"type", "button"}, {"class", "tool"}, {"data-do", "theme"}, {"hidden", ""}}, "Dark");
    });
  });
  html.markup("\n");
  html.element("main", {{"id", "main"}, {"tabindex", "-1"}}, [&] { html.markup(parts.body); });
  html.markup("\n");
  for (const PageData& each : parts.data) {
    html.element("script", {{"type", "application/json"}, {"id", each.id}}, [&] { html.markup(embeddable_json(each.json)); });
    html.markup("\n");
  }
  for (const std::string_view each : parts.scripts) add_script(html, each, parts.files_at);
  return html.take() + "\n";
}

}  // namespace rubric
