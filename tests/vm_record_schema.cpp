// The JSON Schema of a record.

#include <gtest/gtest.h>

#include "tests/golden.h"
#include "tests/record_model.h"
#include "vm/json_text.h"
#include "vm/record_schema.h"

namespace rubric::vm {
namespace {

TEST(RecordSchema, OfTheWholeModel) {
  const Program program = clinical_program();
  const std::string schema = record_schema(program, SchemaScope::whole);
  JsonText json;
  EXPECT_TRUE(json.read(schema)) << json.problem().message;
  expect_golden("record/schema.json", schema);
}

TEST(RecordSchema, OfWhatIsRead) {
  const Program program = clinical_program();
  const std::string schema = record_schema(program, SchemaScope::read);
  JsonText json;
  EXPECT_TRUE(json.read(schema)) << json.problem().message;
  EXPECT_EQ(schema.find("payer"), std::string::npos);
  EXPECT_EQ(schema.find("measurements"), std::string::npos);
  EXPECT_NE(schema.find("comprehensive"), std::string::npos);
}

TEST(RecordSchema, OfAProgramWithoutAModel) {
  JsonText json;
  EXPECT_TRUE(json.read(record_schema({}, SchemaScope::whole))) << json.problem().message;
}

}  // namespace
}  // namespace rubric::vm
