// Records that cannot be read: each is rejected with its reasons, and its neighbours do not notice.

#include <gtest/gtest.h>

#include "tests/record_model.h"

namespace rubric::vm {
namespace {

const Program& program() {
  static const Program made = clinical_program();
  return made;
}

std::string messages(std::string_view json, LoadLimits limits = {}) {
  Loader loader(program(), "", limits);
  loader.add(json, "test");
  const Batch batch = loader.take();
  EXPECT_EQ(batch.cases, 1u);
  return (batch.info[0].rejected ? "" : "accepted\n") + show_messages(batch.info[0].messages);
}
std::string not_json(const std::string& why) { return "error : not a JSON record: " + why + "\n"; }

TEST(BadRecords, WhatIsNotJson) {
  EXPECT_EQ(messages(""), not_json("there is nothing but white space, at byte 1"));
  EXPECT_EQ(messages(" \n"), not_json("there is nothing but white space, at byte 1"));
  EXPECT_EQ(messages("{"), not_json("a key in quotes should follow here, at byte 2"));
  EXPECT_EQ(messages("{\"id\""), not_json("':' should follow here, at byte 6"));
  EXPECT_EQ(messages("{\"id\":"), not_json("it ends where a value should follow, at byte 7"));
  EXPECT_EQ(messages("{\"id\":1"), not_json("',' or '}' should follow here, at byte 8"));
  EXPECT_EQ(messages("{\"id\":1,}"), not_json("a key in quotes should follow here, at byte 9"));
  EXPECT_EQ(messages("{\"id\":[1,]}"), not_json("a value should follow here, at byte 10"));
  EXPECT_EQ(messages("{\"id\":[1 2]}"), not_json("',' or ']' should follow here, at byte 10"));
  EXPECT_EQ(messages("{\"id\":\"x\n\"}"), not_json("a control character stands in a string, at byte 9"));
  EXPECT_EQ(messages("{\"id\":\"x}"), not_json("a string is not closed, at byte 7"));
  EXPECT_EQ(messages("{\"id\":\"x\"} {}"), not_json("more text follows the end of the JSON value, at byte 12"));
  EXPECT_EQ(messages("{\"id\":\"x\"}]"), not_json("more text follows the end of the JSON value, at byte 11"));
  EXPECT_EQ(messages("{id:1}"), not_json("a key in quotes should follow here, at byte 2"));
  EXPECT_EQ(messages("{'id':1}"), not_json("a key in quotes should follow here, at byte 2"));
  EXPECT_EQ(messages("{\"id\":NaN}"), not_json("a value should follow here, at byte 7"));
  EXPECT_EQ(messages("{\"id\":nul}"), not_json("a value should follow here, at byte 7"));
  EXPECT_EQ(messages("{\"id\":nulls}"), not_json("this is no JSON value, at byte 7"));
  EXPECT_EQ(messages("{\"id\":true\"x\"}"), not_json("this is no JSON value, at byte 7"));
  EXPECT_EQ(messages("{\"id\":01}"), not_json("a number cannot begin with a zero, at byte 7"));
  EXPECT_EQ(messages("{\"id\":1.}"), not_json("a digit should follow the point, at byte 9"));
  EXPECT_EQ(messages("{\"id\":1e}"), not_json("a digit should follow the exponent, at byte 9"));
  EXPECT_EQ(messages("{\"id\":-}"), not_json("a digit should follow, at byte 8"));
  EXPECT_EQ(messages("{\"id\":+1}"), not_json("a value should follow here, at byte 7"));
  EXPECT_EQ(messages("{\n\"id\":1,\n  ]}"), not_json("a key in quotes should follow here, at byte 3 of its line 3"));
  EXPECT_EQ(messages(std::string_view("{\"id\":\"a\0b\"}", 12)), not_json("a control character stands in a string, at byte 9"));
}

TEST(BadRecords, WhatIsNoCase) {
  EXPECT_EQ(messages("[]"), "error : a case record is an object, found a list\n");
  EXPECT_EQ(messages("12"), "error : a case record is an object, found 12\n");
  EXPECT_EQ(messages("\"x\""), "error : a case record is an object, found \"x\"\n");
  EXPECT_EQ(messages("null"), "error : a case record is an object, found null\n");
}

// The whole text is checked, also what no program reads.
TEST(BadRecords, TextThatIsNoText) {
  EXPECT_EQ(messages("{\"id\":\"\xff\"}"), not_json("not UTF-8, at byte 8"));
  EXPECT_EQ(messages("{\"id\":\"c\",\"extra\":{\"x\":\"\xc0\xaf\"}}"), not_json("not UTF-8, at byte 25"));
  EXPECT_EQ(messages("{\"id\":\"\xed\xa0\x80\"}"), not_json("not UTF-8, at byte 8"));
  EXPECT_EQ(messages(R"({"id":"\ud800"})"), not_json("half of a character is not one, at byte 8"));
  EXPECT_EQ(messages(R"({"id":"\udc00"})"), not_json("half of a character is not one, at byte 8"));
  EXPECT_EQ(messages(R"({"id":"\ud800\u0041"})"), not_json("half of a character is not one, at byte 8"));
  EXPECT_EQ(messages(R"({"id":"\ud800x"})"), not_json("half of a character is not one, at byte 8"));
  EXPECT_EQ(messages(R"({"id":"\u12"})"), not_json("\\u wants four hexadecimal digits, at byte 8"));
  EXPECT_EQ(messages(R"({"id":"\u12G4"})"), not_json("\\u wants four hexadecimal digits, at byte 8"));
  EXPECT_EQ(messages(R"({"id":"c","extra":["\x41"]})"), not_json("there is no such escape, at byte 21"));
  EXPECT_EQ(messages(R"({"\q":1})"), not_json("there is no such escape, at byte 3"));
}

TEST(BadRecords, Depth) {
  const auto nested = [](size_t depth) { return R"({"id":"c","extra":)" + std::string(depth, '[') + std::string(depth, ']') + "}"; };
  EXPECT_EQ(messages(nested(1023)), "accepted\nwarning /extra: unknown key \"extra\"\n");
  EXPECT_EQ(messages(nested(1024)), not_json("it is nested deeper than 1,024 levels, at byte 1042"));
  EXPECT_EQ(messages(nested(100'000)), not_json("it is nested deeper than 1,024 levels, at byte 1042"));
  EXPECT_EQ(messages(std::string(100'000, '[')), not_json("it is nested deeper than 1,024 levels, at byte 1025"));
  std::string objects;
  for (int k = 0; k < 100'000; ++k) objects += "{\"a\":";
  EXPECT_EQ(messages(objects), not_json("it is nested deeper than 1,024 levels, at byte 5121"));
}

TEST(BadRecords, Keys) {
  EXPECT_EQ(messages(R"({"id":"c","plan":"a","plan":"b"})"), "error /plan: the key stands twice in its object\n");
  EXPECT_EQ(messages(R"({"id":"c","plan":"a","pl\u0061n":"b"})"), "error /plan: the key stands twice in its object\n");
  EXPECT_EQ(messages(R"({"id":"c","id":"d"})"), "error /id: the key stands twice in its object\n");
  EXPECT_EQ(messages(R"({"id":"c","x":1,"x":2})"), "warning /x: unknown key \"x\"\nerror /x: the key stands twice in its object\n");
  EXPECT_EQ(messages(R"({"id":"c","lines":[{"code":{"system":"A","code":"B","code":"C"}}]})"),
            "error /lines/0/code/code: the key stands twice in its object\n");
  EXPECT_EQ(messages(R"({"id":"c","recieved":"2025-01-01"})"),
            "accepted\nwarning /recieved: unknown key \"recieved\"; did you mean \"received\"?\n");
  EXPECT_EQ(messages(R"({"id":"c","$schema":"x","lines":[]})"), "accepted\n");
  EXPECT_EQ(messages(R"({"id":"c","a/b~c":1})"), "accepted\nwarning /a~1b~0c: unknown key \"a/b~c\"\n");
}

TEST(BadRecords, EverythingFoundIsReportedTogether) {
  EXPECT_EQ(messages(R"({"id":"c","received":12,"reviewType":"x","lines":[{"units":0,"serviceDate":"2025-02-30","unit":1},7],
                         "trials":"none","program":[],"diagnoses":{"items":7}})"),
            "error /received: expected a date, found 12\n"
            "error /reviewType: \"x\" is none of \"prospective\", \"concurrent\", \"retrospective\"\n"
            "error /diagnoses/items: expected a list under \"items\", as in {\"items\": [...], \"complete\": true}\n"
            "warning /lines/0/unit: unknown key \"unit\"; did you mean \"units\"?\n"
            "error /lines/0/serviceDate: \"2025-02-30\" is not a day of the calendar\n"
            "error /lines/0/units: units 0 is less than 1\n"
            "error /lines/1: expected an object, found 7\n"
            "error /trials: expected a list, found \"none\"\n"
            "error /program: expected an object, found a list\n");
}

TEST(BadRecords, MessagesAreFitForATerminal) {
  const std::string long_text(300, 'x');
  EXPECT_EQ(messages(R"({"id":"c","received":")" + long_text + "\"}"),
            "error /received: expected a date, as in \"2025-03-01\", found \"" + std::string(60, 'x') + "...\"\n");
  EXPECT_EQ(messages(R"({"id":"c","received":"\u001b[31m\u202e"})"),
            "error /received: expected a date, as in \"2025-03-01\", found \"\\u{1b}[31m\\u{202e}\"\n");
  EXPECT_EQ(messages(R"({"id":"c","received":)" + std::string(300, '9') + "}"),
            "error /received: expected a date, found " + std::string(60, '9') + "...\n");
}

TEST(BadRecords, ManyMistakesAreCounted) {
  std::string rows;
  for (int k = 0; k < 1500; ++k) rows += std::string(k ? "," : "") + R"({"category":1,"zzz":2})";
  Loader loader(program(), "");
  loader.add(R"({"id":"c","trials":[)" + rows + "]}", "test");
  const Batch batch = loader.take();
  ASSERT_EQ(batch.info[0].messages.size(), 202u);
  EXPECT_EQ(batch.info[0].messages[200].message, "and 1,400 more errors");
  EXPECT_EQ(batch.info[0].messages[201].message, "and 1,400 more warnings");
}

// ---------------------------------------------------------------- limits

TEST(RecordLimits, Bytes) {
  LoadLimits limits;
  limits.bytes_per_record = 20;
  EXPECT_EQ(messages(R"({"id":"12345678901"})", limits), "accepted\n");
  EXPECT_EQ(messages(R"({"id":"123456789012"})", limits), "error : the record has 21 bytes, more than the 20 that a record may have\n");
}

TEST(RecordLimits, Cells) {
  LoadLimits limits;
  limits.cells_per_case = 1000;
  const auto trials = [](size_t n) {
    std::string rows;
    for (size_t k = 0; k < n; ++k) rows += k ? ",{}" : "{}";
    return R"({"id":"c","trials":[)" + rows + "]}";
  };
  EXPECT_EQ(messages(trials(900), limits), "accepted\n");
  EXPECT_EQ(messages(trials(1000), limits), "error : the case needs more than 1,000 cells (rows, and text by 16 bytes)\n");
  EXPECT_EQ(messages(R"({"id":"c","plan":")" + std::string(17'000, 'x') + "\"}", limits),
            "error : the case needs more than 1,000 cells (rows, and text by 16 bytes)\n");
  EXPECT_EQ(messages(R"({"id":"c","payer":")" + std::string(17'000, 'x') + "\"}", limits), "accepted\n") << "nobody reads it";
  std::string annotations;
  for (int k = 0; k < 1000; ++k) annotations += (k ? ",\"/" : "\"/") + std::to_string(k) + "\":{}";
  EXPECT_EQ(messages(R"({"id":"c","annotations":{)" + annotations + "}}", limits),
            "error : the case needs more than 1,000 cells (rows, and text by 16 bytes)\n");

  Loader loader(program(), "", limits);
  loader.add(trials(900), "a");
  const Batch batch = loader.take();
  EXPECT_EQ(batch.info[0].cells, 900u + 8u) << "the phantom rows of eight lists count";
}

// ---------------------------------------------------------------- neighbours

std::string good_record(int n) {
  return R"({"id":"case)" + std::to_string(n) + R"(","received":"2025-11-10","plan":"plan )" + std::to_string(n % 7) +
         R"(","lines":[{"sequence":1,"code":{"system":"CPT","code":"2055)" + std::to_string(n % 5) +
         R"("},"diagnoses":[1],"targets":[{"site":"site )" + std::to_string(n % 11) + R"("}]}],"diagnoses":[{"sequence":1,"code":"M)" +
         std::to_string(n % 13) + R"(","onset":"2025-0)" + std::to_string(n % 9 + 1) + R"("}],"trials":[{"perWeek":)" + std::to_string(n) +
         R"(.5}],"priorProcedures":{"items":[],"complete":{"to":"2025-01-01"}}})";
}
std::string bad_record(int n) {
  const std::string good = good_record(n);
  switch (n % 5) {
    case 0: return good.substr(0, good.size() - 7);
    case 1: return good.substr(0, good.size() - 1) + R"(,"reviewType":"never"})";
    case 2: return R"({"id":"x","lines":[{"targets":[{"site":"only here"},{"side":"up"}]}]})";
    case 3: return R"({"id":"x","lines":[{"diagnoses":[1,2]}],"diagnoses":[{"sequence":1,"code":"only here too"}]})";
    default: return "\xff";
  }
}

// Batches of one, of all, and of all with some others that are bad: every case reads the same, and the batch without the
// bad ones has the same texts and codes, in the same order.
TEST(RecordBatches, CasesDoNotNoticeEachOther) {
  constexpr int n = 1000;
  Loader together(program(), ""), mixed(program(), ""), alone(program(), "");
  std::vector<bool> bad;
  for (int k = 0; k < n; ++k) {
    together.add(good_record(k), "together:" + std::to_string(k));
    if (k % 100 == 50) {
      mixed.add(bad_record(k / 100), "mixed");
      bad.push_back(true);
    }
    mixed.add(good_record(k), "mixed:" + std::to_string(k));
    bad.push_back(false);
  }
  EXPECT_EQ(mixed.pending(), 1010u);
  const Batch a = together.take(), b = mixed.take();
  EXPECT_EQ(together.pending(), 0u);
  ASSERT_EQ(b.cases, bad.size());
  Row row = 0;
  for (Row k = 0; k < b.cases; ++k) {
    ASSERT_EQ(b.info[k].rejected, bad[k]) << show_messages(b.info[k].messages);
    if (bad[k]) {
      EXPECT_FALSE(b.info[k].messages.empty());
      EXPECT_EQ(show_case(b, k), "cases\n");
      continue;
    }
    if (row % 97 == 0) {
      alone.add(good_record(static_cast<int>(row)), "alone");
      const Batch one = alone.take();
      EXPECT_EQ(show_case(one, 0), show_case(a, row));
      EXPECT_EQ(show_case(one, 0), show_case(b, k));
    }
    ++row;
  }
  EXPECT_EQ(a.texts, b.texts);
  EXPECT_EQ(a.codes, b.codes);
  EXPECT_EQ(a.pool.size(), b.pool.size());
  for (Id d = 0; d < a.domains.size(); ++d) {
    const uint32_t more = program().domains[d].make == Make::cases ? 10 : 0;
    EXPECT_EQ(a.domains[d].rows + more, b.domains[d].rows);
  }
}

TEST(RecordBatches, ABatchCanBeEmpty) {
  Loader loader(program(), "");
  const Batch batch = loader.take();
  EXPECT_EQ(batch.cases, 0u);
  for (const Column& column : batch.columns) EXPECT_EQ(column.rows, 0u);
  loader.add_rejected("a:1", "the record is nowhere");
  const Batch rejected = loader.take();
  EXPECT_EQ(rejected.cases, 1u);
  EXPECT_TRUE(rejected.info[0].rejected);
  EXPECT_EQ(rejected.info[0].id, "a:1");
  for (Id d = 1; d < program().domains.size(); ++d) {
    EXPECT_EQ(rejected.domains[d].first.size(), rejected.domains[program().domains[d].parent].rows + 1);
  }
}

// ---------------------------------------------------------------- checking everything

TEST(RecordChecks, GoWhereTheLoaderDoesNot) {
  const std::string record = R"({"id":"c","received":"2025-11-10","member":{"birthDate":"2026-01-01","sex":"f"},
                                 "measurements":[{"value":"7"},{"valu":7}]})";
  EXPECT_EQ(messages(record), "accepted\n");
  EXPECT_EQ(show_messages(check_record(program(), record, "test")),
            "warning /member/sex: unknown key \"sex\"\n"
            "error /member/birthDate: birthDate 2026-01-01 lies after received 2025-11-10\n"
            "error /measurements/0/value: expected a number, found \"7\"\n"
            "warning /measurements/1/valu: unknown key \"valu\"; did you mean \"value\"?\n");
  RecordChecker checker(program());
  EXPECT_TRUE(checker.check(R"({"id":"c"})", "a").messages.empty());
  EXPECT_EQ(checker.check(R"({"id":"d","member":5})", "a").messages.size(), 1u);
  EXPECT_EQ(checker.check(R"({"id":"e"})", "a").id, "e");
}

}  // namespace
}  // namespace rubric::vm
