// What is written piece by piece: commas, and texts that need no escapes, some, or nothing else.

#include "base/text.h"
#include "vm/json_writer.h"

#include <gtest/gtest.h>

namespace rubric::vm {
namespace {

TEST(json_writer, puts_commas_between_what_stands_side_by_side) {
  JsonWriter json;
  for (int round = 0; round < 2; ++round) {
    json.clear();
    json.object([&] {
      json.member("a", "x"), json.key("b"), json.number(0);
      json.list("c", std::vector<int>{1, 2}, [&](int n) { json.object([&] { json.flag("n", n > 1); }); });
      json.list("d", std::vector<std::string>{}), json.extra("e", ""), json.member_or_null("f", "");
      json.given_key("g\"h"), json.raw("[1,2]"), json.list("i", std::vector<std::string>{"x", "y"});
    });
    EXPECT_EQ(json.text(), R"({"a":"x","b":0,"c":[{"n":false},{"n":true}],"d":[],"f":null,"g\"h":[1,2],"i":["x","y"]})");
  }
}

TEST(json_writer, escapes_a_text_wherever_it_needs_it) {
  for (const std::string_view special : {"\"", "\\", "\n", "\x1f", "\x7f", "é", "\u202e", "😀", "\xff", "~ "}) {
    for (size_t before = 0; before < 18; ++before) {
      for (size_t behind = 0; behind < 18; ++behind) {
        std::string text(before, 'a');
        (text += special).append(behind, '!');
        for (const std::string& each : {text, text + text}) {
          JsonWriter json;
          json.text(each);
          ASSERT_EQ(json.text(), quote_json(each));
        }
      }
    }
  }
}

}  // namespace
}  // namespace rubric::vm
