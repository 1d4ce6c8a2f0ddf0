// The determination as JSON: its shape, in golden/trace/, and its escapes.

#include "tests/example_trace.h"
#include "tests/golden.h"
#include "vm/enum_names.h"

#include <gtest/gtest.h>

namespace rubric::vm {
namespace {

// The same JSON over several lines, so that a golden file's diff can be read. Nothing is checked here.
std::string spread(std::string_view json) {
  std::string out;
  size_t depth = 0;
  bool in_text = false;
  const auto line = [&] { (out += '\n').append(depth * 2, ' '); };
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    const bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
    if (!in_text && closes && json[i - 1] != '{' && json[i - 1] != '[') --depth, line();
    out += c;
    if (c == '"' && json[i - 1] != '\\') in_text = !in_text;
    if (in_text) continue;
    if (opens && json[i + 1] != '}' && json[i + 1] != ']') ++depth, line();
    if (c == ',') line();
    if (c == ':') out += ' ';
  }
  return out + "\n";
}

TEST(trace_json, determination_with_criteria) { expect_golden("trace/example.json", spread(to_json(example_trace(), true))); }

TEST(trace_json, rejected_record) {
  EXPECT_EQ(
      to_json(rejected_trace(), true),
      R"({"case":"bad","source":"cases.ndjson:7","rejected":[{"pointer":"/lines/0/code","message":"a code is wanted here, not a number"}]})");
}

TEST(trace_json, without_criteria_nothing_else_is_lost) {
  const std::string brief = to_json(example_trace(), false);
  EXPECT_EQ(brief.find("\"criteria\":[{"), std::string::npos);
  EXPECT_EQ(brief.find("\"rules\""), std::string::npos);
  for (const char* key : {"\"missing\":[{", "\"enough\":[{", "\"modified\":{\"units\":1,", "\"decidedBy\":[", "\"items\":[{"}) {
    EXPECT_NE(brief.find(key), std::string::npos) << key;
  }
}

TEST(trace_json, stands_on_one_line_whatever_the_record_holds) {
  Trace t = example_trace();
  t.case_id = "a\"b\\c\n\x1b\x7f\xff \u202e é";
  const std::string json = to_json(t, true);
  EXPECT_NE(json.find(R"("case":"a\"b\\c\n\u001b\u007f\ufffd \u202e é")"), std::string::npos) << json.substr(0, 100);
  for (char c : json) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
}

TEST(trace_json, fields_of_a_modification_keep_their_kind) {
  Trace t;
  t.lines.resize(1);
  t.lines[0].modified = {{"a", "1", "none"}, {"b", "true", "007"}, {"c", "none", ""}, {"d", "left", "-"}};
  const std::string json = to_json(t, false);
  EXPECT_NE(json.find(R"("modified":{"a":1,"b":true,"c":null,"d":"left"},"requested":{"a":null,"b":"007","c":null,"d":"-"})"),
            std::string::npos)
      << json;
}

TEST(trace_json, every_name_is_one_of_the_contract) {
  EXPECT_EQ(json_name(Status::not_met), "notMet");
  EXPECT_EQ(json_name(RuleState::does_not_fire), "doesNotFire");
  for (size_t i = 0; i < enum_count<Cause>; ++i) EXPECT_FALSE(json_name(static_cast<Cause>(i)).empty());
  EXPECT_EQ(json_name(Cause::awaits_line), "awaitsLine");
  EXPECT_EQ(json_name(Cause::no_row), "notComputable");
}

}  // namespace
}  // namespace rubric::vm
