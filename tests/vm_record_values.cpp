// What the scalars of a record mean to the loader: each type, vague and partial values, none, bounds.

#include <gtest/gtest.h>

#include "tests/record_model.h"

namespace rubric::vm {
namespace {

class Values : public testing::Test {
 protected:
  // The cell of a case's own or first row's column, given its path and the record's text.
  std::string cell(const std::string& json, std::string_view domain, std::string_view path) {
    Loader loader(program, "");
    loader.add(json, "test");
    const Batch batch = loader.take();
    if (batch.info[0].rejected) return show_messages(batch.info[0].messages);
    for (Id c = 0; c < program.columns.size(); ++c) {
      const ColumnDef& column = program.columns[c];
      const bool here =
          program.texts[program.domains[column.domain].name] == domain && program.domains[column.domain].make != Make::reference;
      if (here && program.texts[column.path] == path) return show_cell(batch, c, 0);
    }
    return "no such column";
  }
  std::string trial(const std::string& key, const std::string& value) {
    return cell(R"({"id":"c","trials":[{")" + key + "\":" + value + "}]}", "trials", key);
  }
  std::string prior(const std::string& key, const std::string& value, const std::string& more = "") {
    return cell(R"({"id":"c")" + more + R"(,"priorProcedures":[{")" + key + "\":" + value + "}]}", "priorProcedures", key);
  }
  std::string line(const std::string& key, const std::string& value) {
    return cell(R"({"id":"c","lines":[{")" + key + "\":" + value + "}]}", "lines", key);
  }

  const Program program = clinical_program();
};

TEST_F(Values, WhatIsMissingOrNullIsNotDocumented) {
  EXPECT_EQ(cell(R"({"id":"c"})", "cases", "received"), "?");
  EXPECT_EQ(cell(R"({"id":"c","received":null})", "cases", "received"), "?");
  EXPECT_EQ(line("units", "null"), "?");
  EXPECT_EQ(cell(R"({"id":"c","program":null})", "cases", "program/comprehensive"), "unknown");
}

TEST_F(Values, Booleans) {
  const auto program_cell = [&](const std::string& value) {
    return cell(R"({"id":"c","program":{"comprehensive":)" + value + "}}", "cases", "program/comprehensive");
  };
  EXPECT_EQ(program_cell("true"), "yes");
  EXPECT_EQ(program_cell("false"), "no");
  EXPECT_EQ(program_cell("\"yes\""), "error /program/comprehensive: expected true or false, found \"yes\"\n");
  EXPECT_EQ(program_cell("0"), "error /program/comprehensive: expected true or false, found 0\n");
}

TEST_F(Values, WholeNumbersAreWrittenWhole) {
  EXPECT_EQ(line("units", "3"), "3");
  EXPECT_EQ(line("units", "2147483647"), "2147483647");
  EXPECT_EQ(line("units", "3.0"), "error /lines/0/units: expected a whole number, found 3.0\n");
  EXPECT_EQ(line("units", "1e2"), "error /lines/0/units: expected a whole number, found 1e2\n");
  EXPECT_EQ(line("units", "2147483648"), "error /lines/0/units: 2147483648 is too large for a whole number\n");
  EXPECT_EQ(line("units", "99999999999999999999999"), "error /lines/0/units: 99999999999999999999999 is too large for a whole number\n");
  EXPECT_EQ(line("units", "\"3\""), "error /lines/0/units: expected a whole number, found \"3\"\n");
  EXPECT_EQ(line("units", "[3]"), "error /lines/0/units: expected a whole number, found a list\n");
}

TEST_F(Values, DecimalsKeepEveryDigit) {
  EXPECT_EQ(trial("perWeek", "0.1"), "0.1");
  EXPECT_EQ(trial("perWeek", "0.30000000"), "0.3");
  EXPECT_EQ(trial("perWeek", "9007199254740993"), "9007199254740993");  // no double has it
  EXPECT_EQ(trial("perWeek", "9999999999999999999999999999.99999999"), "9999999999999999999999999999.99999999");
  EXPECT_EQ(trial("perWeek", "125e-2"), "1.25");
  EXPECT_EQ(trial("perWeek", "1.5E+3"), "1500");
  EXPECT_EQ(trial("perWeek", "1.000000000000"), "1");
  EXPECT_EQ(trial("perWeek", "0e999999999999"), "0");
  EXPECT_EQ(trial("perWeek", "-0"), "0");
  EXPECT_EQ(trial("perWeek", "0.123456789"),
            "error /trials/0/perWeek: 0.123456789 has more digits than a decimal keeps (8 behind the point)\n");
  EXPECT_EQ(trial("perWeek", "1e-9"), "error /trials/0/perWeek: 1e-9 has more digits than a decimal keeps (8 behind the point)\n");
  EXPECT_EQ(trial("perWeek", "1e28"), "error /trials/0/perWeek: 1e28 has more digits than a decimal keeps (28 before the point)\n");
  EXPECT_EQ(trial("perWeek", "1e99999999999999999999"),
            "error /trials/0/perWeek: 1e99999999999999999999 has more digits than a decimal keeps (28 before the point)\n");
}

TEST_F(Values, Texts) {
  EXPECT_EQ(trial("category", "\"nsaid\""), "\"nsaid\"");
  EXPECT_EQ(trial("category", R"("a\"b\\\u00e9\ud83d\ude00\n")"), "\"a\"b\\\u00e9\U0001F600\n\"");
  EXPECT_EQ(trial("category", "12"), "error /trials/0/category: expected a text, found 12\n");
  EXPECT_EQ(trial("category", "{}"), "error /trials/0/category: expected a text, found an object\n");
}

TEST_F(Values, WordsOfAnEnumeration) {
  EXPECT_EQ(cell(R"({"id":"c","reviewType":"concurrent"})", "cases", "reviewType"), "\"concurrent\"");
  EXPECT_EQ(cell(R"({"id":"c","reviewType":"prospektive"})", "cases", "reviewType"),
            "error /reviewType: \"prospektive\" is none of \"prospective\", \"concurrent\", \"retrospective\"; did you mean "
            "\"prospective\"?\n");
}

TEST_F(Values, CodesAreInterned) {
  EXPECT_EQ(line("code", R"({"system":"CPT","code":"20553","display":"x","text":"y","version":"2025"})"), "CPT:20553");
  EXPECT_EQ(line("code", R"({"system":"HCPCS","code":"J1"})"), "HCPCS:J1");
  EXPECT_EQ(line("code", R"("20553")"),
            "error /lines/0/code: expected a code as {\"system\", \"code\"}, found \"20553\": the model fixes no system\n");
  EXPECT_EQ(line("code", R"({"code":"20553"})"), "error /lines/0/code: a code needs \"system\", since the model fixes none\n");
  EXPECT_EQ(line("code", R"({"system":"CPT"})"), "error /lines/0/code: a code needs \"code\"\n");
  EXPECT_EQ(line("code", R"({"system":1,"code":"x"})"), "error /lines/0/code/system: expected a text under \"system\", found 1\n");
  EXPECT_EQ(cell(R"({"id":"c","diagnoses":[{"code":"M54.2"}]})", "diagnoses", "code"), "ICD10CM:M54.2");
  EXPECT_EQ(cell(R"({"id":"c","diagnoses":[{"code":{"code":"M54.2"}}]})", "diagnoses", "code"), "ICD10CM:M54.2");

  Loader loader(program, "");
  loader.add(R"({"id":"a","lines":[{"code":{"system":"CPT","code":"20553"}},{"code":{"system":"X","code":"Y"}},
                                    {"code":{"system":"X","code":"Y"}}]})",
             "a");
  const Batch batch = loader.take();
  for (Id c = 0; c < program.columns.size(); ++c) {
    if (program.columns[c].type != Type::code || program.columns[c].domain != program.lines_domain) continue;
    EXPECT_EQ(get(batch.columns[c], 0, batch.pool).i, 0) << "the program's own";
    EXPECT_EQ(get(batch.columns[c], 1, batch.pool).i, get(batch.columns[c], 2, batch.pool).i);
  }
}

TEST_F(Values, DatesAndPartialDates) {
  EXPECT_EQ(line("serviceDate", "\"2024-02-29\""), "2024-02-29");
  EXPECT_EQ(line("serviceDate", "\"2025-03\""), "[2025-03-01 .. 2025-03-31] vague");
  EXPECT_EQ(line("serviceDate", "\"2025\""), "[2025-01-01 .. 2025-12-31] vague");
  EXPECT_EQ(line("serviceDate", "\"2025-02-30\""), "error /lines/0/serviceDate: \"2025-02-30\" is not a day of the calendar\n");
  EXPECT_EQ(line("serviceDate", "\"2025-13\""), "error /lines/0/serviceDate: \"2025-13\" is not a day of the calendar\n");
  EXPECT_EQ(line("serviceDate", "\"3/1/2025\""), "error /lines/0/serviceDate: expected a date, as in \"2025-03-01\", found \"3/1/2025\"\n");
  EXPECT_EQ(line("serviceDate", "20250301"), "error /lines/0/serviceDate: expected a date, found 20250301\n");
}

TEST_F(Values, DatesWithTimes) {
  const auto contact = [&](const std::string& value) {
    return cell(R"({"id":"c","program":{"contact":")" + value + "\"}}", "cases", "program/contact");
  };
  EXPECT_EQ(contact("2025-03-01T10:30:00Z"), "2025-03-01T10:30:00.000Z");
  EXPECT_EQ(contact("2025-03-01T10:30:15.25+02:00"), "2025-03-01T10:30:15.250+02:00");
  EXPECT_EQ(contact("1969-12-31T23:59"), "1969-12-31T23:59:00.000");
  EXPECT_EQ(contact("2025-03-01"), "[2025-03-01T00:00:00.000 .. 2025-03-01T23:59:59.999] vague");
  for (const char* bad : {"2025-03-01T", "2025-03-01T24:00", "2025-03-01T10:60", "2025-03-01T10:30:00+2", "2025-02-30T10:00", "10:30"}) {
    EXPECT_EQ(contact(bad),
              std::string("error /program/contact: \"") + bad + "\" is not a date and time, as in \"2025-03-01T10:30:00Z\"\n");
  }
}

TEST_F(Values, Quantities) {
  EXPECT_EQ(prior("reliefDuration", "\"3 months\""), "3 months");
  EXPECT_EQ(prior("reliefDuration", "\"1.50 week\""), "1.5 weeks");
  EXPECT_EQ(prior("reliefDuration", "\"2 'mg'\""), "2 mg");
  EXPECT_EQ(prior("reliefDuration", R"({"value": 3, "unit": "months"})"), "3 months");
  EXPECT_EQ(prior("reliefDuration", R"({"value": 3})"), "3");
  EXPECT_EQ(prior("reliefDuration", R"({"vague":{"low":"1 month","high":{"value":3,"unit":"months"}}})"), "[1 month .. 3 months] vague");
  EXPECT_EQ(prior("reliefDuration", "\"3 monts\""),
            "error /priorProcedures/0/reliefDuration: unknown unit \"monts\"; did you mean \"month\"?\n");
  EXPECT_EQ(prior("reliefDuration", "\"soon\""),
            "error /priorProcedures/0/reliefDuration: expected a quantity, as in \"3 months\", found \"soon\"\n");
  EXPECT_EQ(prior("reliefDuration", "3"), "error /priorProcedures/0/reliefDuration: expected a quantity, as in \"3 months\", found 3\n");
  EXPECT_EQ(prior("reliefDuration", R"({"unit":"days"})"),
            "error /priorProcedures/0/reliefDuration: expected a quantity, as in \"3 months\", found an object without \"value\"\n");
  EXPECT_EQ(prior("reliefDuration", R"({"vague":{"low":"1 month","high":"3 mg"}})"),
            "error /priorProcedures/0/reliefDuration/vague: low \"1 month\" and high \"3 mg\" cannot be compared\n");
}

TEST_F(Values, NoneIsForOptionalFacts) {
  EXPECT_EQ(trial("start", R"({"none":true})"), "none");
  EXPECT_EQ(trial("start", R"({"none":true,"text":"never begun"})"), "none");
  EXPECT_EQ(trial("category", R"({"none":true})"),
            "error /trials/0/category: the model does not allow that there is none; a fact that is not documented is left out\n");
  EXPECT_EQ(trial("start", R"({"none":false})"),
            "error /trials/0/start/none: expected true, found false: a fact that is not documented is left out\n");
  EXPECT_EQ(trial("start", R"({"none":true,"vague":{}})"), "error /trials/0/start/none: \"none\" stands alone, as in {\"none\": true}\n");
  EXPECT_EQ(cell(R"({"id":"c","lines":[{"schedule":{"none":true}}]})", "lines", "schedule/count"), "none");
  EXPECT_EQ(cell(R"({"id":"c","program":{"none":true}})", "cases", "program/comprehensive"),
            "error /program: the model does not allow that there is none\n");
}

TEST_F(Values, VagueFacts) {
  EXPECT_EQ(trial("perWeek", R"({"vague":{"low":1,"high":2.5}})"), "[1 .. 2.5] vague");
  EXPECT_EQ(trial("perWeek", R"({"vague":{"low":2,"high":2}})"), "2");
  EXPECT_EQ(trial("perWeek", R"({"vague":{"high":2}})"), "[0 .. 2] vague") << "cut at the field's own bound";
  EXPECT_EQ(line("serviceDate", R"({"vague":{"low":"2025-01-01"}})"), "[2025-01-01 .. ] vague");
  EXPECT_EQ(line("serviceDate", R"({"vague":{"low":"2025-01","high":"2025-02"}})"), "[2025-01-01 .. 2025-02-28] vague");
  EXPECT_EQ(line("serviceDate", R"({"vague":{}})"), "vague");
  EXPECT_EQ(line("serviceDate", R"({"vague":{"low":"2025-02-01","high":"2025-01-01"}})"),
            "error /lines/0/serviceDate/vague: low \"2025-02-01\" is later than high \"2025-01-01\"\n");
  EXPECT_EQ(trial("perWeek", R"({"vague":{"low":3,"high":2}})"), "error /trials/0/perWeek/vague: low 3 is more than high 2\n");
  EXPECT_EQ(trial("perWeek", R"({"vague":{"low":"3"}})"), "error /trials/0/perWeek/vague/low: expected a number, found \"3\"\n");
  EXPECT_EQ(trial("perWeek", R"({"vague":3})"), "error /trials/0/perWeek/vague: expected {\"low\", \"high\"}, found 3\n");
  EXPECT_EQ(trial("category", R"({"vague":{"low":"a","high":"b"}})"),
            "error /trials/0/category: expected a text; only a date, number, quantity or duration can be vague\n");
}

TEST_F(Values, TheRecordsOwnWordsAreKept) {
  Loader loader(program, "");
  loader.add(R"({"id":"c","diagnoses":[{"onset":{"vague":{"low":"2025-01-01","high":"2025-03-01"},"text":"a couple of months","txt":1}}]})",
             "c");
  const Batch batch = loader.take();
  ASSERT_EQ(batch.info[0].vague.size(), 1u);
  EXPECT_EQ(batch.info[0].vague[0].first, "/diagnoses/0/onset");
  EXPECT_EQ(batch.info[0].vague[0].second, "a couple of months");
  EXPECT_EQ(show_messages(batch.info[0].messages), "warning /diagnoses/0/onset/txt: unknown key \"txt\"; did you mean \"text\"?\n");
}

// ---------------------------------------------------------------- bounds

TEST_F(Values, ConstantBounds) {
  EXPECT_EQ(line("units", "0"), "error /lines/0/units: units 0 is less than 1\n");
  EXPECT_EQ(prior("reliefPercent", "100"), "100");
  EXPECT_EQ(prior("reliefPercent", "100.00000001"),
            "error /priorProcedures/0/reliefPercent: reliefPercent 100.00000001 is more than 100\n");
  EXPECT_EQ(prior("reliefPercent", "-1"), "error /priorProcedures/0/reliefPercent: reliefPercent -1 is less than 0\n");
  EXPECT_EQ(prior("reliefPercent", R"({"vague":{"low":50,"high":200}})"), "[50 .. 100] vague");
  EXPECT_EQ(prior("reliefPercent", R"({"vague":{"low":100,"high":200}})"), "100") << "one value is left";
  EXPECT_EQ(prior("reliefPercent", R"({"vague":{"low":101,"high":200}})"),
            "error /priorProcedures/0/reliefPercent: reliefPercent 101 is more than 100\n");
}

TEST_F(Values, BoundsByAFactOfTheCase) {
  const std::string received = R"(,"received":"2025-11-10")";
  EXPECT_EQ(prior("date", "\"2025-11-10\"", received), "2025-11-10");
  EXPECT_EQ(prior("date", "\"2030-01-01\"", received), "error /priorProcedures/0/date: date 2030-01-01 lies after received 2025-11-10\n");
  EXPECT_EQ(prior("date", "\"2025\"", received), "[2025-01-01 .. 2025-11-10] vague");
  EXPECT_EQ(prior("date", "\"2030-01-01\""), "2030-01-01") << "nothing is known of the bound";
  EXPECT_EQ(prior("date", "\"2025-11-20\"", R"(,"received":"2025-11")"), "2025-11-20") << "it may be received later";
  EXPECT_EQ(prior("date", "\"2025-12-01\"", R"(,"received":"2025-11")"),
            "error /priorProcedures/0/date: date 2025-12-01 lies after received 2025-11-30\n");
  // The bound may stand behind what it bounds.
  EXPECT_EQ(cell(R"({"id":"c","priorProcedures":[{"date":"2030-01-01"}],"received":"2025-11-10"})", "priorProcedures", "date"),
            "error /priorProcedures/0/date: date 2030-01-01 lies after received 2025-11-10\n");
  // Fields that no program reads are checked where the loader comes by.
  EXPECT_EQ(cell(R"({"id":"c","payer":1})", "cases", "received"), "error /payer: expected a text, found 1\n");
}

TEST_F(Values, BoundsByASibling) {
  const auto end = [&](const std::string& start, const std::string& end) {
    return cell(R"({"id":"c","trials":[{"end":)" + end + R"(,"start":)" + start + "}]}", "trials", "end");
  };
  EXPECT_EQ(end("\"2025-03-01\"", "\"2025-03-01\""), "2025-03-01");
  EXPECT_EQ(end("\"2025-03-01\"", "\"2025-02-28\""), "error /trials/0/end: end 2025-02-28 lies before start 2025-03-01\n");
  EXPECT_EQ(end("\"2025-03\"", "\"2025\""), "[2025-03-01 .. 2025-12-31] vague");
  EXPECT_EQ(end("{\"none\":true}", "\"2025-02-28\""), "2025-02-28");
  EXPECT_EQ(end("null", "\"2025-02-28\""), "2025-02-28");
  EXPECT_EQ(end("\"2025-03-01\"", "{\"none\":true}"), "none");
}

}  // namespace
}  // namespace rubric::vm
