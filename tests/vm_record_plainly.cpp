// The short way of reading a record gives what the careful way gives: the same rows, cells and charges.
//
// An empty "annotations" changes nothing in a record and is nothing that the short way knows, so a record with it is the
// same record, read with care.

#include <gtest/gtest.h>

#include <random>

#include "tests/record_model.h"

namespace rubric::vm {
namespace {

class Plainly : public testing::Test {
 protected:
  // Each record after others, so that rows, interned words and what was taken back are not the first.
  void compare(const std::vector<std::string>& records) {
    Loader plain(program, "2026-01-01"), careful(program, "2026-01-01");
    for (const std::string& record : records) {
      plain.add(record, "test");
      const size_t end = record.rfind('}');
      careful.add(end == std::string::npos ? record
                                           : record.substr(0, end) + (record.find(':') == std::string::npos ? "" : ",") +
                                                 R"("annotations":{}})" + record.substr(end + 1),
                  "test");
    }
    const Batch a = plain.take(), b = careful.take();
    for (Row row = 0; row < records.size(); ++row) {
      ASSERT_EQ(a.info[row].rejected, b.info[row].rejected)
          << records[row] << show_messages(a.info[row].messages) << show_messages(b.info[row].messages);
      EXPECT_EQ(a.info[row].id, b.info[row].id);
      EXPECT_EQ(a.info[row].as_of, b.info[row].as_of);
      EXPECT_EQ(a.info[row].cells, b.info[row].cells) << records[row];
      EXPECT_EQ(a.info[row].vague, b.info[row].vague);
      if (!a.info[row].rejected) {
        EXPECT_EQ(show_messages(a.info[row].messages), show_messages(b.info[row].messages)) << records[row];
      }
      EXPECT_EQ(show_case(a, row), show_case(b, row)) << records[row];
    }
    for (Id d = 0; d < program.domains.size(); ++d) {
      EXPECT_EQ(a.domains[d].first, b.domains[d].first);
      EXPECT_EQ(a.domains[d].phantom, b.domains[d].phantom);
      EXPECT_EQ(a.domains[d].wrapped, b.domains[d].wrapped);
    }
  }

  const Program program = clinical_program();
};

TEST_F(Plainly, FormsOfARecord) {
  compare({
      R"({"id":"a"})",
      R"({"received":"2025-12-01","id":"b"})",
      R"( { "id" : "c" , "trials" : [ ] , "lines" : [ { } , { "units" : 3 } ] } )",
      R"({"id":"d","trials":{"items":[{"category":"nsaid"},{"category":"rest"}],"complete":true}})",
      R"({"id":"e","trials":{"complete":false,"items":[]}})",
      R"({"id":"f","trials":{"items":[]}})",
      R"({"id":"g","trials":null,"lines":null,"program":null,"received":null})",
      R"({"id":"h","program":{"comprehensive":true}})",
      R"({"id":"i","program":{"comprehensive":null}})",
      R"({"id":"j","trials":[{"category":"a text of more than sixteen bytes"},{"category":"caf\u00e9 \"x\""}]})",
      R"({"id":"k","trials":[{"category":""},{"category":"exactlysixteen16"},{"category":"exactlyfifteen1"}]})",
      R"({"id":"l","trials":[{"start":"2025-03"},{"start":"2025-02-28"},{"start":{"none":true}}]})",
      R"({"id":"m","trials":[{"start":{"vague":{"low":"2025-01-01"},"text":"last year"}}]})",
      R"({"id":"n","lines":[{"code":{"code":"20553","system":"CPT"}},{"code":{"system":"CPT","code":"20553"}}]})",
      R"({"id":"o","lines":[{"code":{"system":"CPT","code":"20553","display":"x"}}]})",
      R"({"id":"p","$schema":"https://example.org/[x]"})",
      R"({"id":"q","priorProcedures":[{"reliefPercent":50},{"reliefPercent":50.25},{"reliefPercent":1e1},{"reliefPercent":0.00000001}]})",
      R"({"id":"r","received":"1899-12-31"})",
  });
}

// Of a hundred kilobytes, and of more than are copied: with small ones before, between and behind.
TEST_F(Plainly, LargeRecords) {
  const auto record = [](const std::string& id, int trials) {
    std::string out = R"({"id":")" + id + R"(","trials":[)";
    for (int k = 0; k < trials; ++k) out += (k ? "," : "") + std::string(R"({"category":"nsaid","start":"2025-02-03"})");
    return out + "]}";
  };
  compare({record("a", 2), record("b", 2'500), record("c", 1), record("d", 30'000), record("e", 3)});
}

TEST_F(Plainly, WhatIsWrongIsRefusedEitherWay) {
  compare({
      R"({"id":"a"})",
      R"({"id":"b","id":"c"})",
      R"({"id":"d","received":"2025-02-30"})",
      R"({"id":"e","lines":[{"units":0}]})",
      R"({"id":"f","lines":[{"units":01}]})",
      R"({"id":"g","lines":[{"units":3x}]})",
      R"({"id":"h","lines":[{"units":99999999999}]})",
      R"({"id":"i","trials":[{"category":"nsaid","category":"rest"}]})",
      R"({"id":"j","trials":[{"category":"new words"},7]})",
      R"({"id":"k","trials":{"items":[],"items":[]}})",
      R"({"id":"l","unknown":{"a":[1,2,{"b":3}]}})",
      R"({"id":"m"} {)",
      R"({"id":"n",})",
      R"({"id":"o","program":{"comprehensive":tru}})",
      R"({"id":"p","received":"2025-01-01","trials":[{"start":"2024-01-01"}]})",
      R"({"id":"q")",
  });
}

// Fields of the model in any order and number, with values right and wrong.
TEST_F(Plainly, RecordsMadeUp) {
  std::mt19937_64 random(7);
  const auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
  const auto one_of = [&](const std::vector<std::string>& all) { return all[below(all.size())]; };
  const auto scalar = [&](const Field& field) -> std::string {
    if (below(12) == 0) return "null";
    if (below(25) == 0) return one_of({R"("x")", "7", "true", "{}", "[]", R"({"none":true})", "-1", "1.5"});
    if (!field.one_of.empty()) return '"' + program.texts[field.one_of[below(field.one_of.size())]] + '"';
    switch (field.type) {
      case Type::truth: return one_of({"true", "false"});
      case Type::integer:
      case Type::long_integer: return one_of({"1", "2", "12", "30"});
      case Type::decimal: return one_of({"1", "2.5", "30.125", "5e0"});
      case Type::date: return one_of({R"("2025-01-31")", R"("2024-02-29")", R"("2025-06")", R"("2023")"});
      case Type::code: return one_of({R"({"system":"CPT","code":"20553"})", R"({"code":"1","system":"X"})"});
      case Type::quantity: return one_of({R"("3 months")", R"({"value":2,"unit":"weeks"})"});
      default: return one_of({R"("a")", R"("some words")", R"("nsaid")", R"("\u0041b")"});
    }
  };
  const auto object = [&](const auto& self, Id node, int depth) -> std::string {
    std::vector<std::string> members;
    for (const Field& field : program.nodes[node].fields) {
      if (below(3) == 0) continue;
      std::string value;
      switch (field.kind) {
        case FieldKind::scalar: value = scalar(field); break;
        case FieldKind::object: value = self(self, field.node, depth + 1); break;
        case FieldKind::reference: value = one_of({"[]", "[1]", "[1,2]"}); break;
        case FieldKind::list: {
          std::string rows;
          for (size_t n = below(depth < 2 ? 4 : 2); n > 0; --n) rows += (rows.empty() ? "" : ",") + self(self, field.node, depth + 1);
          value =
              one_of({"[" + rows + "]", R"({"items":[)" + rows + R"(],"complete":true})", R"({"complete":false,"items":[)" + rows + "]}"});
        }
      }
      members.push_back('"' + program.texts[field.key] + "\":" + value);
    }
    if (depth == 0) members.push_back(R"("id":"made up")");
    std::shuffle(members.begin(), members.end(), random);
    std::string out = "{";
    for (const std::string& member : members) out += (out.size() > 1 ? one_of({",", ", ", " ,\n"}) : "") + member;
    return out + "}";
  };
  std::vector<std::string> records;
  for (int k = 0; k < 400; ++k) records.push_back(object(object, 0, 0));
  compare(records);
}

}  // namespace
}  // namespace rubric::vm
