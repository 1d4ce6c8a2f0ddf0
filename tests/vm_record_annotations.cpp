// Annotations and assertions of a record.

#include <gtest/gtest.h>

#include "tests/record_model.h"

namespace rubric::vm {
namespace {

const Program& program() {
  static const Program made = clinical_program();
  return made;
}

Batch batch_of(const std::string& members) {
  Loader loader(program(), "");
  loader.add("{\"id\":\"c\"," + members + "}", "test");
  return loader.take();
}

// The messages, and the row that begins with these words.
std::string loaded(const std::string& members, std::string_view about) {
  const Batch batch = batch_of(members);
  const std::string all = show_messages(batch.info[0].messages) + (batch.info[0].rejected ? "" : show_case(batch, 0));
  std::string out;
  for (size_t at = 0; at < all.size();) {
    const size_t end = all.find('\n', at);
    const std::string line = all.substr(at, end - at);
    if (line.starts_with("error") || line.starts_with("warning") || line.starts_with(about)) out += line + "\n";
    at = end + 1;
  }
  return out;
}
std::string annotated(const std::string& annotations, std::string_view about, const std::string& more = "") {
  return loaded("\"annotations\":{" + annotations + "}" + more, about);
}

TEST(RecordAnnotations, EvidenceIsKept) {
  const Batch batch = batch_of(R"("lines":[{"targets":[{}]}],"annotations":{
      "/lines/0/targets/0": {"document":"exam note","date":"2025-11-03","page":2,"author":"Dr. A"},
      "/received": {"document":"fax","page":"iv"}, "": {"document":"the whole chart"} })");
  const auto& evidence = batch.info[0].evidence;
  ASSERT_EQ(evidence.size(), 3u);
  EXPECT_EQ(evidence[0].pointer, "/lines/0/targets/0");
  EXPECT_EQ(evidence[0].document, "exam note");
  EXPECT_EQ(evidence[0].date, "2025-11-03");
  EXPECT_EQ(evidence[0].page, "2");
  EXPECT_EQ(evidence[0].author, "Dr. A");
  EXPECT_EQ(evidence[1].page, "iv");
  EXPECT_TRUE(batch.info[0].messages.empty()) << show_messages(batch.info[0].messages);
}

TEST(RecordAnnotations, ADisputedFactStandsForItsClaims) {
  EXPECT_EQ(annotated(R"("/received":{"disputed":[{"by":"a","value":"2025-01-01"},{"by":"b","value":"2025-02"}]})", "cases"),
            "cases, received 2025-01-01|[2025-02-01 .. 2025-02-28] disputed\n");
  EXPECT_EQ(annotated(R"("/plan":{"disputed":[{"by":"a","value":"HMO"},{"by":"b","value":"PPO"},{"by":"c","value":"HMO"}]})", "cases"),
            "cases, plan \"HMO\"|\"PPO\" disputed\n");
  EXPECT_EQ(annotated(R"("/plan":{"disputed":[{"value":"HMO"},{"value":"HMO"}]})", "cases"), "cases, plan \"HMO\"\n");
  EXPECT_EQ(annotated(R"("/program/comprehensive":{"disputed":[{"value":true},{"value":false}]})", "cases"), "cases\n");
  EXPECT_EQ(annotated(R"("/program/comprehensive":{"disputed":[{"value":true},{"value":true}]})", "cases"),
            "cases, program/comprehensive yes\n");
  EXPECT_EQ(annotated(R"("/trials/0/start":{"disputed":[{"value":{"none":true}},{"value":"2025-01-01"}]})", "trials 0",
                      R"(,"trials":[{"start":"2025-05-05"}])"),
            "trials 0 of 0, start none|2025-01-01 disputed\n");
  EXPECT_EQ(annotated(R"("/trials/items/0/start":{"disputed":[{"value":"2025-01-01"},{"value":"2025-01-02"}]})", "trials 0",
                      R"(,"trials":{"items":[{}]})"),
            "trials 0 of 0, start 2025-01-01|2025-01-02 disputed\n");
}

TEST(RecordAnnotations, ClaimsAreKeptForTheTrace) {
  const Batch batch = batch_of(R"("annotations":{"/program/comprehensive":{"disputed":[{"by":"first","value":true},{"value":false}]}})");
  const auto& claims = batch.info[0].claims;
  ASSERT_EQ(claims.size(), 2u);
  EXPECT_EQ(claims[0].pointer, "/program/comprehensive");
  EXPECT_EQ(claims[0].by, "first");
  EXPECT_EQ(claims[0].value, "true");
  EXPECT_EQ(claims[1].value, "false");
}

TEST(RecordAnnotations, ClaimsAreFactsOfTheField) {
  EXPECT_EQ(annotated(R"("/plan":{"disputed":[{"value":12}]})", "cases"),
            "error /annotations/~1plan/disputed/0/value: expected a text, found 12\n");
  EXPECT_EQ(annotated(R"("/plan":{"disputed":[{"by":"a"}]})", "cases"),
            "error /annotations/~1plan/disputed/0: a claim needs a value; a fact that one side does not state is not disputed by it\n");
  EXPECT_EQ(annotated(R"("/plan":{"disputed":[]})", "cases"),
            "error /annotations/~1plan/disputed: expected claims, as in [{\"by\": \"...\", \"value\": true}], found none\n");
  EXPECT_EQ(annotated(R"("/plan":{"disputed":true})", "cases"),
            "error /annotations/~1plan/disputed: expected claims, as in [{\"by\": \"...\", \"value\": true}], found true\n");
  EXPECT_EQ(annotated(R"("/plan":{"disputed":["x"]})", "cases"),
            "error /annotations/~1plan/disputed/0: expected a claim with \"by\" and \"value\", found \"x\"\n");
  EXPECT_EQ(annotated(R"("/lines/0/units":{"disputed":[{"value":0},{"value":2}]})", "cases", R"(,"lines":[{}])"),
            "error /annotations/~1lines~10~1units/disputed/0/value: units 0 is less than 1\n");
  EXPECT_EQ(annotated(R"("/diagnoses/0/onset":{"disputed":[{"value":"2025-01-01"},{"value":"2025-03-01"}]})", "diagnoses",
                      R"(,"received":"2025-02-01","lines":[],"diagnoses":[{}])"),
            "diagnoses 0 of 0, onset 2025-01-01\n")
      << "what lies outside of the bounds is no completion";
}

TEST(RecordAnnotations, ADisputedBoundCutsOnlyWhatIsSurelyOutside) {
  const std::string disputed = R"("/received":{"disputed":[{"value":"2025-02-01"},{"value":"2025-04-01"}]})";
  EXPECT_EQ(annotated(disputed, "diagnoses", R"(,"lines":[],"diagnoses":[{"onset":"2025-03-01"}])"),
            "diagnoses 0 of 0, onset 2025-03-01\n");
  EXPECT_EQ(annotated(disputed, "diagnoses", R"(,"lines":[],"diagnoses":[{"onset":"2025-05-01"}])"),
            "error /diagnoses/0/onset: onset 2025-05-01 lies after received 2025-04-01\n");
}

TEST(RecordAnnotations, WhatDoesNotApplyIsNone) {
  EXPECT_EQ(annotated(R"("/plan":{"notApplicable":"no plan"})", "cases"), "cases, plan none(not applicable)\n");
  EXPECT_EQ(annotated(R"("/trials":{"notApplicable":"x"})", "trials"), "");
  EXPECT_EQ(annotated(R"("/program":{"notApplicable":"x"})", "cases"),
            "cases, program/comprehensive none, program/contact none(not applicable)\n");
  EXPECT_EQ(annotated(R"("/program":{"notApplicable":"x"})", "exercises"), "");
  EXPECT_EQ(annotated(R"("/plan":{"notApplicable":"x"})", "cases", R"(,"plan":"HMO")"),
            "error /plan: the record says that this does not apply, and yet states it\n");
  EXPECT_EQ(annotated(R"("/trials":{"notApplicable":"x"})", "cases", R"(,"trials":[{}])"),
            "error /trials: the record says that this does not apply, and yet states it\n");
  EXPECT_EQ(annotated(R"("/lines/0":{"notApplicable":"x"})", "none", R"(,"lines":[{}])"),
            "error /annotations/~1lines~10/notApplicable: only a fact, an object or a list as a whole can be not applicable\n");
  EXPECT_EQ(annotated(R"("/plan":{"notApplicable":"x","disputed":[{"value":"a"}]})", "none"),
            "error /annotations/~1plan/disputed: a fact that does not apply cannot be disputed as well\n");
  const Batch batch = batch_of(R"("annotations":{"/plan":{"notApplicable":"no plan"}})");
  ASSERT_EQ(batch.info[0].not_applicable.size(), 1u);
  EXPECT_EQ(batch.info[0].not_applicable[0].second, "no plan");
}

TEST(RecordAnnotations, PointersThatPointAtNothing) {
  const std::string lines = R"(,"lines":[{},{}],"trials":{"items":[{}]},"measurements":[{"value":1}])";
  const auto warning = [&](const std::string& pointer) {
    std::string key;
    append_to_pointer(key, pointer);
    const std::string message = annotated("\"" + pointer + R"(":{"author":"x"})", "none", lines);
    const std::string start = "warning /annotations" + key + ": ";
    return message.starts_with(start) ? message.substr(start.size()) : message;
  };
  EXPECT_EQ(warning("/lines/0/serviceDate"), "");
  EXPECT_EQ(warning("/program/comprehensive"), "");
  EXPECT_EQ(warning("/measurements/0/value"), "") << "which nobody reads";
  EXPECT_EQ(warning("/lines/0/servicedat"),
            "\"/lines/0/servicedat\" points at nothing that the model knows; did you mean \"/lines/0/serviceDate\"?\n");
  EXPECT_EQ(warning("/lnes/0/units"), "\"/lnes/0/units\" points at nothing that the model knows; did you mean \"/lines\"?\n");
  EXPECT_EQ(warning("/lines/2"), "\"/lines/2\" points at no row: the last is /lines/1\n");
  EXPECT_EQ(warning("/lines/01"), "\"/lines/01\" points at no row: the last is /lines/1\n");
  EXPECT_EQ(warning("/diagnoses/0/text"), "\"/diagnoses/0/text\" points at no row: the list has none\n");
  EXPECT_EQ(warning("/trials/0/start"), "\"/trials/0/start\" points at no row; did you mean \"/trials/items/...\"?\n");
  EXPECT_EQ(warning("/plan/x"), "\"/plan/x\" points into a fact that has no parts\n");
  EXPECT_EQ(warning("plan"), "\"plan\" is not a JSON pointer to a fact, as in \"/lines/0/code\"\n");
  EXPECT_EQ(warning("/plan~2"), "\"/plan~2\" is not a JSON pointer to a fact, as in \"/lines/0/code\"\n");
  std::string deep;
  for (int k = 0; k < 100000; ++k) deep += "/a";
  EXPECT_EQ(warning(deep).substr(0, 20), "\"/a/a/a/a/a/a/a/a/a/");
}

TEST(RecordAnnotations, OfTheWrongShape) {
  EXPECT_EQ(loaded(R"("annotations":[])", "none"),
            "error /annotations: expected an object with a JSON pointer for each key, found a list\n");
  EXPECT_EQ(annotated(R"("/plan":"x")", "none"), "error /annotations/~1plan: expected an object, found \"x\"\n");
  EXPECT_EQ(annotated(R"("/plan":{"document":5})", "none"), "error /annotations/~1plan/document: expected a text, found 5\n");
  EXPECT_EQ(annotated(R"("/plan":{"dokument":"x"})", "none"),
            "warning /annotations/~1plan/dokument: unknown key \"dokument\"; did you mean \"document\"?\n");
  EXPECT_EQ(annotated(R"("/plan":{"author":"x"},"/plan":{"author":"y"})", "none"),
            "error /annotations/~1plan: the fact has two annotations\n");
  EXPECT_EQ(annotated(R"("/plan":null)", "none"), "");
}

// ---------------------------------------------------------------- assertions

std::string asserted(const std::string& assertions, std::string_view about = "lines") {
  return loaded(
      R"("lines":[{"sequence":1,"targets":[{},{}]},{"sequence":2,"targets":[{}]}],"priorProcedures":[],"assertions":[)" + assertions + "]",
      about);
}

TEST(RecordAssertions, ForEveryLineOrOne) {
  EXPECT_EQ(asserted(R"({"criterion":"Frequency","status":"met"})"),
            "lines 0 of 0, sequence 1, # 1, Frequency yes\nlines 1 of 0, sequence 2, # 2, Frequency yes\n");
  EXPECT_EQ(
      asserted(R"({"criterion":"Frequency","status":"notMet","line":2},{"criterion":"Diagnosis1.b","status":"notApplicable","line":1})"),
      "lines 0 of 0, sequence 1, # 1, Diagnosis1.b none\nlines 1 of 0, sequence 2, # 2, Frequency no\n");
  EXPECT_EQ(asserted(R"({"criterion":"Frequency","status":"undetermined"})"),
            "lines 0 of 0, sequence 1, # 1\nlines 1 of 0, sequence 2, # 2\n");
  EXPECT_EQ(loaded(R"("lines":[{},{}],"assertions":[{"criterion":"Frequency","status":"met","line":2}])", "lines"),
            "lines 0 of 0, # 1\nlines 1 of 0, # 2, Frequency yes\n")
      << "a line without a number goes by its place";
}

TEST(RecordAssertions, ForItems) {
  EXPECT_EQ(asserted(R"({"criterion":"TargetPalpated","status":"met","line":1})", "targets"),
            "targets 0 of 0, TargetPalpated yes\ntargets 1 of 0, TargetPalpated yes\ntargets 2 of 1\n");
  EXPECT_EQ(asserted(R"({"criterion":"TargetPalpated","status":"notMet","line":1,"item":2})", "targets"),
            "targets 0 of 0\ntargets 1 of 0, TargetPalpated no\ntargets 2 of 1\n");
  EXPECT_EQ(asserted(R"({"criterion":"TargetPalpated","status":"met","item":1})", "targets"),
            "targets 0 of 0, TargetPalpated yes\ntargets 1 of 0\ntargets 2 of 1, TargetPalpated yes\n");
  EXPECT_EQ(asserted(R"({"criterion":"TargetPalpated","status":"met","line":2,"item":2})", "none"),
            "error /assertions/0: there is no item 2\n");
  EXPECT_EQ(asserted(R"({"criterion":"Frequency","status":"met","item":1})", "none"),
            "error /assertions/0: \"Frequency\" is decided for whole lines, so \"item\" has no place here\n");
}

TEST(RecordAssertions, AllAreKept) {
  const Batch batch = batch_of(R"("lines":[{"sequence":5}],"assertions":[
      {"criterion":"Group","status":"met","line":5,"by":"Dr. A","credential":"MD","date":"2025-11-12","reason":"seen"},
      {"criterion":"Grup","status":"met"}])");
  const auto& kept = batch.info[0].assertions;
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].criterion, "Group");
  EXPECT_EQ(kept[0].by, "Dr. A");
  EXPECT_EQ(kept[0].credential, "MD");
  EXPECT_EQ(kept[0].date, "2025-11-12");
  EXPECT_EQ(kept[0].reason, "seen");
  EXPECT_EQ(kept[0].line, 5u);
  EXPECT_EQ(kept[1].line, none_id);
  EXPECT_EQ(show_messages(batch.info[0].messages),
            "warning /assertions/1/criterion: the policy has no criterion \"Grup\"; did you mean \"Group\"?\n");
}

TEST(RecordAssertions, ThatDisagree) {
  const std::string disagree = ": this disagrees with what \"/assertions/0\" says of the same criterion\n";
  EXPECT_EQ(asserted(R"({"criterion":"Frequency","status":"met"},{"criterion":"Frequency","status":"notMet","line":2})", "none"),
            "error /assertions/1" + disagree);
  EXPECT_EQ(asserted(R"({"criterion":"Frequency","status":"met"},{"criterion":"Frequency","status":"notMet"})", "none"),
            "error /assertions/1" + disagree);
  EXPECT_EQ(asserted(R"({"criterion":"Group","status":"met","line":1},{"criterion":"Group","status":"undetermined","line":1})", "none"),
            "error /assertions/1" + disagree);
  EXPECT_EQ(asserted(R"({"criterion":"Frequency","status":"met"},{"criterion":"Frequency","status":"met","line":2})", "none"), "");
  EXPECT_EQ(asserted(R"({"criterion":"Frequency","status":"met","line":1},{"criterion":"Frequency","status":"notMet","line":2})", "none"),
            "");
}

TEST(RecordAssertions, OfTheWrongShape) {
  EXPECT_EQ(loaded(R"("assertions":{})", "none"), "error /assertions: expected a list of assertions, found an object\n");
  EXPECT_EQ(asserted("3", "none"), "error /assertions/0: expected an assertion with \"criterion\" and \"status\", found 3\n");
  EXPECT_EQ(asserted("{}", "none"),
            "error /assertions/0: an assertion needs \"criterion\"\nerror /assertions/0: an assertion needs \"status\"\n");
  EXPECT_EQ(asserted(R"({"criterion":"Frequency","status":"not met"})", "none"),
            "error /assertions/0/status: \"not met\" is none of met, notMet, undetermined, notApplicable; did you mean \"notMet\"?\n");
  EXPECT_EQ(asserted(R"({"criterion":"Frequency","status":"met","line":9})", "none"), "error /assertions/0/line: no line has sequence 9\n");
  EXPECT_EQ(asserted(R"({"criterion":"Frequency","status":"met","line":0})", "none"),
            "error /assertions/0/line: expected a number from 1, found 0\n");
  EXPECT_EQ(asserted(R"({"criterion":"Frequency","status":"met","line":"1"})", "none"),
            "error /assertions/0/line: expected a whole number, found \"1\"\n");
  EXPECT_EQ(asserted(R"({"criterion":"Frequency","status":"met","date":"12/1/2025"})", "none"),
            "error /assertions/0/date: expected a date, as in \"2025-03-01\", found \"12/1/2025\"\n");
  EXPECT_EQ(loaded(R"("lines":[{"sequence":1},{"sequence":1}],"assertions":[{"criterion":"Frequency","status":"met","line":1}])", "none"),
            "error /assertions/0/line: two lines have sequence 1\n");
}

}  // namespace
}  // namespace rubric::vm
