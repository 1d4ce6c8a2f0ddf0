// Writing HTML that cannot be broken by what is written: every text and every attribute is escaped, and what was opened
// is closed. It knows the syntax of HTML, and nothing of pages or traces.
//
// What records and policies hold is text, never markup. Characters that would hide or turn around what a reader sees
// (controls, bidirectional overrides) are made visible as on a terminal; line ends and tabs stay.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace rubric {

std::string escape_html(std::string_view text);

// JSON that may stand inside a <script type="application/json">: the same value, without a character that HTML reads.
std::string embeddable_json(std::string_view json);

struct Attribute {
  std::string_view name;
  std::string value;  // an attribute is left out where its value is absent()
};
// For an attribute that stands only sometimes: {"hidden", open ? absent() : ""}.
std::string absent();

class Html {
 public:
  using Attributes = std::initializer_list<Attribute>;

  void open(std::string_view tag, Attributes attributes = {});
  void close();                                                      // what was opened last
  void empty(std::string_view tag, Attributes attributes = {});      // an element that has no inside, as <br>

  void text(std::string_view text);
  void element(std::string_view tag, Attributes attributes, std::string_view text);
  void element(std::string_view tag, std::string_view text) { element(tag, {}, text); }
  template <std::invocable Inside>
  void element(std::string_view tag, Attributes attributes, Inside inside) {
    open(tag, attributes);
    inside();
    close();
  }

  // Markup that is ours: made by another Html, or a file of the binary. Never anything from a record or policy.
  void markup(std::string_view html) { out += html; }

  // Everything, with what is still open closed.
  std::string take();

 private:
  void head(std::string_view tag, Attributes attributes);

  std::string out;
  std::vector<std::string> opened;
};

}  // namespace rubric
