// Inside the expression checker: one function a construct, from an AST node to its Meaning.
//
// Everything here reports its own mistakes and answers an error meaning, which whoever takes it apart passes on in
// silence. Only check_expressions_*.cpp and check_names.cpp include this; the way in is check_context.h.
#pragma once

#include "compiler/check_types.h"

namespace rubric::check {

// The dispatcher. Counts nodes: inlining makes trees larger than what was written.
Meaning meaning_of(Context& context, const ast::Expr& expression, const Scope& scope);

// -- taking a meaning apart --

// A scalar (a literal null too) or a report of what it is instead.
ir::Expr as_value(Context& context, Meaning meaning);
// The same, and a Boolean.
ir::Expr as_truth(Context& context, Meaning meaning);
// Rows of the record, or a report.
std::optional<Rows> as_rows(Context& context, Meaning meaning);
ir::Expr value_of(Context& context, const ast::Expr& expression, const Scope& scope);
ir::Expr truth_of(Context& context, const ast::Expr& expression, const Scope& scope);

// The author's words in canonical form, for the trace and for messages.
std::string words(const ast::Expr& expression);

// -- names and members (check_expressions.cpp, check_expressions_names.cpp) --

Meaning check_name(Context& context, const ast::Expr& expression, const Scope& scope);
Meaning check_member(Context& context, const ast::Expr& expression, const Scope& scope);
Meaning member_of(Context& context, Meaning object, std::string_view name, Span span);
Meaning not_supported(Context& context, Span span, std::string_view construct);
// The row of a variable, with the fields of an alias' nested object.
Meaning named_meaning(Context& context, const Named& named, Span span);
Meaning parameter_meaning(Context& context, Id parameter, Span span, const Scope& scope);
Meaning rows_meaning(Context& context, Id list, Id owner, std::string name, Span span);

// A value in words: the author's, or a constant as it is written; empty if there are none.
std::string spoken(const ir::Expr& value);

// -- operators (check_expressions_operators.cpp) --

Meaning check_literal(Context& context, const ast::Expr& expression);
Meaning check_unary(Context& context, const ast::Expr& expression, const Scope& scope);
Meaning check_binary(Context& context, const ast::Expr& expression, const Scope& scope);
Meaning check_conditional(Context& context, const ast::Expr& expression, const Scope& scope);
// left `name` right, where a comparison, with a text for the trace.
ir::Expr compare(Context& context, std::string_view name, ir::Expr left, ir::Expr right, Span span, std::string text);
ir::Expr make_null_test(Context& context, ir::Expr value, Span span, std::string text);
ir::Expr make_coalesce(Context& context, std::vector<ir::Expr> values, Span span, std::string text);

// -- membership (check_expressions_sets.cpp) --

Meaning check_membership(Context& context, const ast::Expr& expression, const Scope& scope);
ir::Expr make_membership(Context& context, Meaning element, Meaning container, bool properly, Span span, const std::string& text,
                         const Scope& scope);
ir::Expr make_in_force_on(Context& context, ir::Expr code, ir::Expr date, Span span, std::string text);

// -- values of values: lists, tuples, intervals, types (check_expressions_values.cpp) --

bool is_list_value(const Meaning& meaning);            // a list that is no list of the record
bool is_value_of(const Meaning& meaning, ir::Type::Kind kind);
ir::Expr list_value(Context& context, std::vector<ir::Expr> elements, Span span);
ir::Expr tuple_value(std::vector<std::pair<std::string, ir::Expr>> elements, Span span);
ir::Expr interval_value(Context& context, const Meaning& interval);
ir::Expr nested(Context& context, Rows rows, Span span);   // the rows of a query over values as a list
Rows unnested(Context& context, ir::Expr list, std::string name, bool single);
ir::Expr member_value(Context& context, ir::Expr tuple, std::string_view name, Span span);
Meaning check_type_test(Context& context, const ast::Expr& expression, const Scope& scope);
Meaning check_instance(Context& context, const ast::Expr& expression, const Scope& scope);
Meaning check_moment_literal(Context& context, const ast::Expr& expression);
Meaning check_value_unary(Context& context, const ast::Expr& expression, const Scope& scope);
std::optional<Meaning> check_value_function(Context& context, const ast::Expr& expression, const Scope& scope);
ir::Expr null_test(ir::Expr value, Span span, std::string text);

// -- intervals and time (check_expressions_timing.cpp) --

Meaning check_between(Context& context, const ast::Expr& expression, const Scope& scope);
Meaning check_period_between(Context& context, const ast::Expr& expression, const Scope& scope);
Meaning check_interval(Context& context, const ast::Expr& expression, const Scope& scope);
Meaning check_timing(Context& context, const ast::Expr& expression, const Scope& scope);
ir::Expr point_in_interval(Context& context, ir::Expr point, const Meaning& interval, bool properly, Span span, const std::string& text);
ir::Expr low_end(Context& context, const Meaning& interval);   // `start of`, `end of`: the first and last point
ir::Expr high_end(Context& context, const Meaning& interval);

// -- queries, quantifiers and folds (check_expressions_queries.cpp, check_expressions_quantifiers.cpp, check_expressions_folds.cpp) --

Meaning check_query(Context& context, const ast::Expr& expression, const Scope& scope);
// A name for an element: its row, its value, or its parts. Nothing for what a name cannot hold.
std::optional<Named> named_element(const std::string& name, const Meaning& element);
Meaning check_has(Context& context, const ast::Expr& expression, const Scope& scope);
// The rows that a quantifier looks at, bound to its alias in `inside`, without its condition.
std::optional<Rows> quantified_rows(Context& context, const ast::Expr& has, const Scope& scope, Scope& inside);
Meaning fold_rows(Context& context, std::string_view function, Meaning list, Span span, const std::string& text);
ir::Query query_of(Rows rows);
// A picked row or value as one expression: `value` is what is taken of it.
ir::Expr picked_expression(Context& context, const Meaning& picked, ir::Expr value, Span span);

// -- functions (check_expressions_functions.cpp) --

Meaning check_invoke(Context& context, const ast::Expr& expression, const Scope& scope);
Meaning inline_definition(Context& context, Id definition, std::vector<Named> arguments, Span span, const Scope& scope);
void check_definition(Context& context, Id definition);

// -- groups without criteria (check_expressions_logic.cpp) --

Meaning check_plain_group(Context& context, const ast::Expr& expression, const Scope& scope);

// -- dates --

std::optional<vm::Constant> date_of(std::string_view text);   // 2026-01-31, 2026-01, 2026
std::string date_text(int64_t days);                          // 2026-01-31
ir::Expr on_or_after(Context& context, const ir::Expr& date, const vm::Constant& day, Span span);
ir::Expr on_or_before(Context& context, const ir::Expr& date, const vm::Constant& day, Span span);

}  // namespace rubric::check
