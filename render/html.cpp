// See html.h.

#include "render/html.h"

#include "base/text.h"

#include <algorithm>

namespace rubric {

namespace {

// Nothing that is written has this value: it is no valid text.
constexpr std::string_view no_value = "\xff";

void append_escaped(std::string& out, std::string_view text) {
  const auto plain = [](char c) { return c >= 0x20 && c < 0x7f && c != '&' && c != '<' && c != '>' && c != '"' && c != '\''; };
  for (size_t at = 0; at < text.size();) {
    // Nearly everything is plain ASCII, and is appended in one piece.
    size_t end = at;
    while (end < text.size() && plain(text[end])) ++end;
    out += text.substr(at, end - at);
    if ((at = end) == text.size()) return;
    const size_t bytes = first_code_point(text.substr(at)).bytes;
    switch (text[at]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\n':
      case '\t': out += text[at]; break;
      case '\r':
        if (at + 1 == text.size() || text[at + 1] != '\n') out += '\n';
        break;
      default: out += printable(text.substr(at, bytes));
    }
    at += bytes;
  }
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_escaped(out, text);
  return out;
}

std::string embeddable_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  // In JSON these characters stand only inside of texts, where an escape means the same.
  for (char c : json) {
    switch (c) {
      case '<': out += "\\u003c"; break;
      case '>': out += "\\u003e"; break;
      case '&': out += "\\u0026"; break;
      default: out += c;
    }
  }
  return out;
}

std::string absent() { return std::string(no_value); }

void Html::head(std::string_view tag, Attributes attributes) {
  (out += '<') += tag;
  for (const Attribute& each : attributes) {
    if (each.value == no_value) continue;
    ((out += ' ') += each.name) += "=\"";
    append_escaped(out, each.value);
    out += '"';
  }
  out += '>';
}

void Html::open(std::string_view tag, Attributes attributes) {
  head(tag, attributes);
  opened.emplace_back(tag);
}

void Html::close() {
  if (opened.empty()) return;
  ((out += "</") += opened.back()) += '>';
  opened.pop_back();
}

void Html::empty(std::string_view tag, Attributes attributes) { head(tag, attributes); }

void Html::text(std::string_view text) { append_escaped(out, text); }

void Html::element(std::string_view tag, Attributes attributes, std::string_view text) {
  open(tag, attributes);
  this->text(text);
  close();
}

std::string Html::take() {
  while (!opened.empty()) close();
  return std::move(out);
}

}  // namespace rubric
