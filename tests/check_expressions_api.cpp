// The functions of check_context.h that the policy layer calls with more than an expression, and the bounds of size.
#include <gtest/gtest.h>

#include "check_expression.h"

namespace rubric::check {
namespace {

const char* const model = R"(library Model version '1'
entity Case   received Date   lines list of Line complete   diagnoses list of Diagnosis complete   trials list of Trial
entity Line   sequence Integer   code Code   serviceDate Date called date   units Integer   side one of 'left', 'right'
              diagnoses list of Diagnosis complete by sequence   targets list of Target complete   schedule { count Integer }
entity Target site String
entity Diagnosis sequence Integer   code Code
entity Trial  start Date   outcome one of 'failed', 'effective'
codesystem CPT
)";
const char* const names = R"(
valueset Blocks: CPT { '64400' }
parameter Gap default 3 months, 7 days from @2026-01-01
)";

class Api : public testing::Test {
 protected:
  Checked checked{model, names};
  Context& context = checked.context;
  ir::Policy& policy = checked.policy;
  Id line = checked.scope.line;

  ast::Expr parsed(const std::string& text) {
    return parse_expression(checked.sources, checked.sources.add("expression", text), checked.diagnostics).value();
  }
  std::string messages() { return render_text(checked.diagnostics, checked.sources); }
  std::string printed(const ir::Expr& expression) { return is_error(expression) ? "error" : print(policy, expression); }
};

TEST_F(Api, rows_become_a_query) {
  CheckedRows rows = check_rows(context, parsed("Trials T where T.outcome = 'failed' return T.start"), checked.scope);
  EXPECT_FALSE(rows.error);
  EXPECT_EQ(print(policy, rows.query), "T in trials where (T.outcome = 'failed'): T.start");
  EXPECT_EQ(rows.variable, none_id);
  rows = check_rows(context, parsed("Line.targets"), checked.scope);
  EXPECT_EQ(print(policy, rows.query), "Target in Line.targets");
  EXPECT_EQ(policy.variables[rows.variable].owner, line);
  EXPECT_TRUE(check_rows(context, parsed("Line.units"), checked.scope).error);
}

TEST_F(Api, a_code_in_what_a_limit_names) {
  const ir::Expr code = make_field(context, line, "code", Span{});
  EXPECT_EQ(printed(check_code_in(context, code, parsed("Blocks"), checked.scope)), "Line.code in Blocks");
  EXPECT_EQ(printed(check_code_in(context, code, parsed("{ CPT '1', CPT '2' }"), checked.scope)), "Line.code in {CPT '1', CPT '2'}");
  EXPECT_EQ(printed(check_code_in(context, code, parsed("Trials"), checked.scope)), "error");
}

TEST_F(Api, contents_of_a_modification) {
  const Id node = policy.variables[line].node;
  const auto content = [&](const std::string& field, const std::string& value) {
    return printed(check_field_value(context, node, {field, {}}, parsed(value), checked.scope));
  };
  EXPECT_EQ(content("units", "1"), "1");
  EXPECT_EQ(content("side", "'left'"), "'left'");
  EXPECT_EQ(content("schedule", "null"), "null");
  EXPECT_EQ(content("side", "'up'"), "error");
  EXPECT_EQ(content("units", "'many'"), "error");
  EXPECT_EQ(content("units", "Line.units"), "error");
  EXPECT_EQ(content("unit", "1"), "error");
}

TEST_F(Api, periods_shift_dates) {
  const ir::Expr date = make_field(context, line, "date", Span{});
  EXPECT_EQ(printed(shift_date(context, date, check_period(context, parsed("2 weeks"), checked.scope), true, Span{})),
            "add_days(Line.serviceDate, -14)");
  EXPECT_EQ(printed(shift_date(context, date, check_period(context, parsed("Gap"), checked.scope), false, Span{})),
            "(if (decided_date(Line) >= @2026-01-01) then add_days(Line.serviceDate, 7) else add_months(Line.serviceDate, 3))");
  EXPECT_EQ(printed(check_period(context, parsed("5 'mg'"), checked.scope)), "error");
  EXPECT_EQ(printed(check_period(context, parsed("Line.units"), checked.scope)), "error");
}

TEST_F(Api, dates_in_force_become_a_gate) {
  ast::InForce in_force;
  const ir::Expr date = make_decided_date(line, Span{});
  EXPECT_FALSE(within(context, in_force, date));
  in_force.from = parsed("@2026-01-01");
  EXPECT_EQ(printed(*within(context, in_force, date)), "(decided_date(Line) >= @2026-01-01)");
  in_force.to = parsed("@2026-12-31");
  EXPECT_EQ(printed(*within(context, in_force, date)), "((decided_date(Line) >= @2026-01-01) and (decided_date(Line) <= @2026-12-31))");
}

TEST_F(Api, lists_are_found_by_entity_and_by_name) {
  const auto name = [&](Id list) { return list == none_id ? "none" : std::string(text_of(context, policy.model.domains[list].name)); };
  EXPECT_EQ(name(expect_list(context, line, {"Target", {}})), "targets");
  EXPECT_EQ(name(expect_list(context, line, {"targets", {}})), "targets");
  EXPECT_EQ(name(expect_list(context, 0, {"Trial", {}})), "trials");
  EXPECT_EQ(name(expect_list(context, 0, {"Target", {}})), "none");
  EXPECT_EQ(name(case_list_of(context, "Diagnosis")), "diagnoses");
}

// What parse lets through must not overflow the stack here, whatever it is nested in.
TEST_F(Api, nesting_ends_in_a_message) {
  for (const auto& [open, inner, close] :
       {std::tuple{"(1 + ", "1", ")"}, std::tuple{"not (", "true", ")"}, std::tuple{"if true then 1 else (", "1", ")"},
        std::tuple{"Count(Trials T where 1 = ", "1", ")"}}) {
    std::string text;
    for (int i = 0; i < 250; ++i) text += open;
    text += inner;
    for (int i = 0; i < 250; ++i) text += close;
    checked.expression(text, false);
    checked.expression(text, true);
  }
}

TEST(size, of_functions_written_out_is_bounded) {
  std::string declarations = "define function F0(n Integer) returns Integer: n + n\n";
  for (int i = 1; i <= 40; ++i) {
    const std::string before = "F" + std::to_string(i - 1) + "(n)";
    declarations += "define function F" + std::to_string(i) + "(n Integer) returns Integer: " + before + " + " + before + "\n";
  }
  Checked checked(model, declarations);
  const std::string messages = checked.declaration_messages();
  EXPECT_NE(messages.find("too_large"), std::string::npos) << messages;
}

}  // namespace
}  // namespace rubric::check
