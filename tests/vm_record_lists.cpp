// Lists of a record: rows, phantom rows, completeness, references, and where each stands.

#include <gtest/gtest.h>

#include "tests/record_model.h"

namespace rubric::vm {
namespace {

const Program& program() {
  static const Program made = clinical_program();
  return made;
}

// What a record is to the loader, without the lines about lists that nothing is said of.
std::string loaded(const std::string& members, std::string_view about = "", const std::string& as_of = "") {
  Loader loader(program(), as_of);
  loader.add("{\"id\":\"c\"" + (members.empty() ? "" : "," + members) + "}", "test");
  const Batch batch = loader.take();
  if (batch.info[0].rejected) return show_messages(batch.info[0].messages);
  const std::string all = show_case(batch, 0);
  std::string out;
  for (size_t at = 0; at < all.size();) {
    const size_t end = all.find('\n', at);
    if (all.substr(at, end - at).starts_with(about)) out += all.substr(at, end - at + 1);
    at = end + 1;
  }
  return out;
}

TEST(RecordLists, AMissingListIsOnePhantomRowWithPhantomRowsBelow) {
  EXPECT_EQ(loaded(""),
            "cases\n"
            "diagnoses 0 of 0 phantom\n"
            "lines 0 of 0 phantom\n"
            "diagnoses 0 of 0 phantom -> ?\n"
            "targets 0 of 0 phantom\n"
            "trials 0 of 0 phantom\n"
            "priorProcedures 0 of 0 phantom\n"
            "targets 0 of 0 phantom\n"
            "exercises 0 of 0 phantom\n");
  EXPECT_EQ(loaded("", "lines"), loaded(R"("lines":null)", "lines"));
}

TEST(RecordLists, APlainListIsWholeWhereTheModelSaysSo) {
  EXPECT_EQ(loaded(R"("diagnoses":[{"sequence":1},{"sequence":2}])", "diagnoses 0 of 0, "), "diagnoses 0 of 0, sequence 1\n");
  EXPECT_EQ(loaded(R"("diagnoses":[{"sequence":1},{"sequence":2}],"lines":[])", "diagnoses"),
            "diagnoses 0 of 0, sequence 1\ndiagnoses 1 of 0, sequence 2\n");
  EXPECT_EQ(loaded(R"("trials":[{"category":"a"}])", "trials"),
            "trials 0 of 0, category \"a\"\n"
            "trials 1 of 0 phantom, category incomplete, perWeek incomplete, start incomplete, end incomplete\n");
}

TEST(RecordLists, AnEmptyListSaysThatThereIsNone) {
  EXPECT_EQ(loaded(R"("trials":[])", "trials"), "");
  EXPECT_EQ(loaded(R"("trials":{"items":[]})", "trials"), "");
  EXPECT_EQ(loaded(R"("trials":{"items":[],"complete":true})", "trials"), "");
  EXPECT_EQ(loaded(R"("trials":{"items":[],"complete":false})", "trials").substr(0, 24), "trials 0 of 0 phantom, c");
  EXPECT_EQ(loaded(R"("trials":{"none":true})"), "error /trials: a list without rows is written []\n");
}

TEST(RecordLists, TheRecordCanSayThatAListIsComplete) {
  EXPECT_EQ(loaded(R"("trials":{"items":[{"category":"a"}],"complete":true})", "trials"), "trials 0 of 0, category \"a\"\n");
  EXPECT_EQ(loaded(R"("diagnoses":{"items":[{}],"complete":false},"lines":[])", "diagnoses"),
            "diagnoses 0 of 0\ndiagnoses 1 of 0 phantom, sequence incomplete, code incomplete, text incomplete, onset incomplete\n");
  EXPECT_EQ(loaded(R"("trials":{"complete":true})"),
            "error /trials: expected a list under \"items\", as in {\"items\": [...], \"complete\": true}\n");
  EXPECT_EQ(loaded(R"("trials":{"items":[],"complet":true})", "trials"), "") << "a warning";
  EXPECT_EQ(loaded(R"("trials":{"items":[],"complete":1})"),
            "error /trials/complete: expected true, false or {\"from\", \"to\"}, found 1\n");
}

TEST(RecordLists, CompleteForAPeriod) {
  const auto dates = [](const std::string& period, const std::string& more = "") {
    return loaded(R"("priorProcedures":{"items":[],"complete":)" + period + "}" + more, "priorProcedures");
  };
  const std::string rest = ", reliefPercent incomplete, reliefDuration incomplete\n";
  const std::string row = "priorProcedures 0 of 0 phantom, date ", before = row + "[ .. 2023-12-31] incomplete" + rest;
  const std::string after = "priorProcedures 1 of 0 phantom, date ";
  EXPECT_EQ(dates(R"({"from":"2024-01-01","to":"2025-11-01"})"), before + after + "[2025-11-02 .. ] incomplete" + rest);
  EXPECT_EQ(dates(R"({"from":"2024-01-01","to":"2025-11-01"})", R"(,"received":"2025-11-10")"),
            before + after + "[2025-11-02 .. 2025-11-10] incomplete" + rest);
  EXPECT_EQ(dates(R"({"from":"2024-01-01","to":"2025-11-09"})", R"(,"received":"2025-11-10")"), before + after + "2025-11-10" + rest);
  EXPECT_EQ(dates(R"({"from":"2024-01-01","to":"2025-11-10"})", R"(,"received":"2025-11-10")"), before);
  EXPECT_EQ(dates(R"({"from":"2024","to":"2025-10"})"), before + after + "[2025-11-01 .. ] incomplete" + rest);
  EXPECT_EQ(dates(R"({"from":"2024-01-01"})"), before);
  EXPECT_EQ(dates(R"({"to":"2025-11-10"})", R"(,"received":"2025-11-10")"), "") << "no date is left";
  EXPECT_EQ(dates(R"({"to":"2025-11-10"})", R"(,"received":"2025-11")"), row + "[2025-11-11 .. 2025-11-30] incomplete" + rest)
      << "it may have been received later";
  EXPECT_EQ(dates("{}"), "error /priorProcedures/complete: a period needs \"from\" or \"to\"\n");
  EXPECT_EQ(dates(R"({"from":"2025-01-02","to":"2025-01-01"})"), "error /priorProcedures/complete: the period ends before it begins\n");
  EXPECT_EQ(dates(R"({"from":7})"), "error /priorProcedures/complete/from: expected a date, found 7\n");
  EXPECT_EQ(loaded(R"("diagnoses":{"items":[],"complete":{"from":"2025-01-01"}})"),
            "error /diagnoses/complete: rows of this list have no date, so it cannot be complete for a period\n");
}

TEST(RecordLists, RowsLieInTheOrderOfTheirParents) {
  Loader loader(program(), "");
  loader.add(R"({"id":"a","lines":[{"targets":[{"site":"1"},{"site":"2"}]},{},{"targets":[]},{"targets":[{"site":"3"}]}]})", "a");
  loader.add(R"({"id":"b","lines":[{"targets":[{"site":"4"}]}]})", "b");
  const Batch batch = loader.take();
  for (Id d = 1; d < program().domains.size(); ++d) {
    const DomainRows& rows = batch.domains[d];
    const DomainRows& parent = batch.domains[program().domains[d].parent];
    ASSERT_EQ(rows.first.size(), parent.rows + 1);
    EXPECT_EQ(rows.first.back(), rows.rows);
    EXPECT_EQ(rows.up.size(), rows.rows);
    EXPECT_EQ(rows.phantom.size(), words(rows.rows));
    for (Row p = 0; p < parent.rows; ++p) {
      ASSERT_LE(rows.first[p], rows.first[p + 1]);
      for (Row r = rows.first[p]; r < rows.first[p + 1]; ++r) {
        EXPECT_EQ(rows.up[r], p);
        const bool last = r + 1 == rows.first[p + 1];
        EXPECT_TRUE(last || !bit(rows.phantom, r)) << "the phantom comes last";
        EXPECT_EQ(rows.number(r), bit(rows.phantom, r) ? no_row : r - rows.first[p]);
      }
    }
    for (const Column& column : batch.columns) {
      EXPECT_TRUE(column.type == Type::truth || column.cell4.size() + column.cell8.size() == column.rows);
      EXPECT_EQ(column.p.size(), words(column.rows));
      if (column.p.empty()) continue;
      EXPECT_EQ((column.p.back() | column.q.back()) & ~tail_mask(column.rows), 0u);
    }
  }
}

// ---------------------------------------------------------------- references

TEST(RecordLists, ReferencesNameRowsOfTheCase) {
  EXPECT_EQ(loaded(R"("lines":[{"diagnoses":[2,1]},{"diagnoses":[]},{}],"diagnoses":[{"sequence":1},{"sequence":2}])", "diagnoses"),
            "diagnoses 0 of 0, sequence 1\n"
            "diagnoses 1 of 0, sequence 2\n"
            "diagnoses 0 of 0 -> 1\n"
            "diagnoses 1 of 0 -> 0\n"
            "diagnoses 2 of 2 phantom -> ?\n");
  EXPECT_EQ(loaded(R"("lines":[{"diagnoses":[3]}],"diagnoses":[{"sequence":1}])"),
            "error /lines/0/diagnoses/0: none of the diagnoses has sequence 3\n");
  EXPECT_EQ(loaded(R"("lines":[{"diagnoses":[1]}])"), "error /lines/0/diagnoses/0: none of the diagnoses has sequence 1\n");
  EXPECT_EQ(loaded(R"("lines":[{"diagnoses":[1]}],"diagnoses":[{"sequence":1},{"sequence":1}])"),
            "error /lines/0/diagnoses/0: two of the diagnoses have sequence 1\n");
  EXPECT_EQ(loaded(R"("lines":[{"diagnoses":[1,1]}],"diagnoses":[{"sequence":1}])"),
            "error /lines/0/diagnoses/1: sequence 1 is named twice\n");
  EXPECT_EQ(loaded(R"("lines":[{"diagnoses":["1",1.5,null]}],"diagnoses":[{"sequence":1}])"),
            "error /lines/0/diagnoses/0: expected a row's number, found \"1\"\n"
            "error /lines/0/diagnoses/1: expected a whole number, found 1.5\n"
            "error /lines/0/diagnoses/2: expected a row's number, found null\n");
  EXPECT_EQ(loaded(R"("lines":[{"diagnoses":{"items":[1],"complete":false}}],"diagnoses":[{"sequence":1}])", "diagnoses 1"),
            "diagnoses 1 of 0 phantom -> ?\n");
}

TEST(RecordLists, ReferencesStayWithinTheirCase) {
  Loader loader(program(), "");
  loader.add(R"({"id":"a","diagnoses":[{"sequence":1}],"lines":[{"diagnoses":[1]}]})", "a");
  loader.add(R"({"id":"b","lines":[{"diagnoses":[1]}]})", "b");
  loader.add(R"({"id":"c","diagnoses":[{"sequence":2},{"sequence":1}],"lines":[{"diagnoses":[1]}]})", "c");
  const Batch batch = loader.take();
  EXPECT_TRUE(batch.info[1].rejected);
  EXPECT_NE(show_case(batch, 0).find("diagnoses 0 of 0 -> 0\n"), std::string::npos);
  EXPECT_NE(show_case(batch, 2).find("diagnoses 0 of 0 -> 1\n"), std::string::npos);
}

// ---------------------------------------------------------------- what belongs to the case

TEST(RecordLists, TheDateThatDecides) {
  EXPECT_EQ(loaded(R"("received":"2025-01-05","lines":[{"serviceDate":"2025-02-01"},{},{"serviceDate":"2025-02"}])", "lines"),
            "lines 0 of 0, serviceDate 2025-02-01, # 1, decided 2025-02-01\n"
            "lines 1 of 0, # 2, decided 2025-01-05\n"
            "lines 2 of 0, serviceDate [2025-02-01 .. 2025-02-28] vague, # 3, decided [2025-02-01 .. 2025-02-28] vague\n");
  EXPECT_EQ(loaded(R"("received":"2025-01","lines":[{}])", "lines"), "lines 0 of 0, # 1, decided [2025-01-01 .. 2025-01-31] vague\n");
  EXPECT_EQ(loaded(R"("lines":[{}])", "lines"), "lines 0 of 0, # 1\n");
  EXPECT_EQ(loaded(R"("received":"2025-01-05")", "lines"), "lines 0 of 0 phantom\n");
}

TEST(RecordLists, TheDayCalledToday) {
  EXPECT_EQ(loaded("", "cases"), "cases\n");
  EXPECT_EQ(loaded(R"("decisionDate":"2025-11-14")", "cases"), "cases, asOf 2025-11-14\n");
  EXPECT_EQ(loaded(R"("decisionDate":"2025-11-14")", "cases", "2026-01-01"), "cases, asOf 2026-01-01\n");
  EXPECT_EQ(loaded(R"("decisionDate":"2025-11")", "cases"), "cases, asOf [2025-11-01 .. 2025-11-30] vague\n");
  EXPECT_EQ(loaded(R"("decisionDate":5)"), "error /decisionDate: expected a date, found 5\n");

  Loader loader(program(), "");
  loader.add(R"({"id":"a","decisionDate":"2025-11-14"})", "a");
  loader.add(R"({"id":"b"})", "b");
  const Batch batch = loader.take();
  EXPECT_EQ(batch.info[0].as_of, "2025-11-14");
  EXPECT_EQ(batch.info[1].as_of, "");
}

TEST(RecordLists, ACaseWithoutAnIdGoesByItsPlace) {
  Loader loader(program(), "");
  loader.add(R"({"received":"2025-01-01"})", "file.ndjson:7");
  loader.add(R"({"id":""})", "file.ndjson:8");
  loader.add(R"({"id":12})", "file.ndjson:9");
  const Batch batch = loader.take();
  EXPECT_EQ(batch.info[0].id, "file.ndjson:7");
  EXPECT_EQ(show_messages(batch.info[0].messages), "warning /id: the case has no id; it goes by the place where it stands\n");
  EXPECT_EQ(batch.info[1].id, "file.ndjson:8");
  EXPECT_EQ(show_messages(batch.info[2].messages), "error /id: expected a text that names the case, found 12\n");
}

// ---------------------------------------------------------------- places

std::vector<std::string> places(const std::string& members, std::string_view column_path) {
  Loader loader(program(), "");
  loader.add(R"({"id":"before"})", "x");
  loader.add("{\"id\":\"c\"," + members + "}", "test");
  const Batch batch = loader.take();
  EXPECT_FALSE(batch.info[1].rejected) << show_messages(batch.info[1].messages);
  std::vector<std::string> out;
  for (Id c = 0; c < program().columns.size(); ++c) {
    if (program().texts[program().columns[c].path] != column_path) continue;
    for (Row row = 0; row < batch.columns[c].rows; ++row) {
      const Place place = place_of_column(batch, c, row);
      if (place.case_row == 1) out.push_back(place.pointer);
    }
  }
  return out;
}

TEST(RecordPlaces, PointAtTheRecord) {
  using Strings = std::vector<std::string>;
  EXPECT_EQ(places(R"("received":"2025-01-01")", "received"), Strings{"/received"});
  EXPECT_EQ(places(R"("program":{})", "program/comprehensive"), Strings{"/program/comprehensive"});
  EXPECT_EQ(places(R"("trials":[{},{}])", "category"), (Strings{"/trials/0/category", "/trials/1/category", "/trials/-/category"}));
  EXPECT_EQ(places(R"("trials":{"items":[{}]})", "category"), (Strings{"/trials/items/0/category", "/trials/items/-/category"}));
  EXPECT_EQ(places(R"("lines":[{"targets":[{}]},{}])", "side"), (Strings{"/lines/0/targets/0/side", "/lines/1/targets/-/side"}));
  EXPECT_EQ(places(R"("program":{"exercises":[{}]})", "name"), (Strings{"/program/exercises/0/name", "/program/exercises/-/name"}));
  EXPECT_EQ(places(R"("lines":[{},{"schedule":{}}])", "schedule/count"), (Strings{"/lines/0/schedule/count", "/lines/1/schedule/count"}));
}

TEST(RecordPlaces, OfListsAndRows) {
  Loader loader(program(), "");
  loader.add(R"({"id":"c","lines":{"items":[{"diagnoses":[1]}]},"diagnoses":[{"sequence":1}]})", "test");
  const Batch batch = loader.take();
  for (Id d = 1; d < program().domains.size(); ++d) {
    if (program().domains[d].make != Make::reference) continue;
    EXPECT_EQ(place_of_list(batch, d, 0).pointer, "/lines/items/0/diagnoses");
    EXPECT_EQ(place_of_row(batch, d, 0).pointer, "/lines/items/0/diagnoses/0");
  }
  EXPECT_EQ(place_of_row(batch, 0, 0).pointer, "");
  EXPECT_EQ(place_of_list(batch, program().lines_domain, 0).pointer, "/lines");
}

}  // namespace
}  // namespace rubric::vm
