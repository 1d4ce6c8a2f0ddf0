// Limits over history: how often a service may be given in a window, and how far apart.
//
// A limit becomes two queries: the rows of the case's history that count, and the request's other lines that do (emit
// adds what those were granted). Both say the same of a date, so the window is written once, for any date. `used` leaves
// the line itself out; the limit is met while used < N. Which day a line is on comes from the window's anchor, read on
// the other line in the other line's place.

#include "compiler/check_policy.h"

#include "base/text.h"

#include <fmt/format.h>

namespace rubric::check {

namespace {

class Limits {
 public:
  Limits(Builder& builder, Id criterion, const ast::Limit& limit, const Scope& scope)
      : builder(builder), context(builder.context), criterion(criterion), limit(limit), scope(scope), span(limit.span) {}

  void check() {
    Id list = case_list_of(context, "PriorProcedure");
    if (list == none_id) {
      context.report<DiagnosticId::limit_without_history>(limit.name.span, limit.name.text);
      return;
    }
    made.line = builder.line;
    made.date = line_date(builder.line, scope);
    check_amount();
    check_length();
    check_key();

    Id procedure = add_variable(context, "PriorProcedure", list, 0);
    std::vector<ir::Expr> counted = counted_status(procedure);
    if (std::optional<ir::Expr> once = not_performed_as_well(procedure, list)) counted.push_back(std::move(*once));
    made.history = rows(procedure, make_field(context, procedure, "date", span), std::move(counted));
    made.sibling = add_line_variable(context, "other Line");
    made.siblings = rows(made.sibling, sibling_date(), before_line());
    for (const ir::Expr* part : {&made.amount, &made.date}) failed = failed || is_error(*part);
    if (failed) return;

    ir::Criterion& filled = builder.criterion(criterion);
    filled.kind = vm::CriterionKind::limit;
    made.text = clause();
    if (filled.text.empty()) filled.text = sentence();
    filled.limit = std::move(made);
  }

 private:
  bool is_interval() const { return limit.kind == ast::LimitKind::at_least_between; }

  ir::Expr call(std::string_view name, ir::Expr a, ir::Expr b) { return make_call(context, name, {std::move(a), std::move(b)}, span); }

  // The day of a line: the anchor's (`up to Line.date`), read with that line as `Line`.
  ir::Expr line_date(Id line, const Scope& outer) {
    Scope inner = Scope::inner(outer);
    inner.line = line;
    if (limit.anchor) {
      ir::Expr date = check_expression(context, *limit.anchor, inner);
      if (!is_error(date) && date.type != scalar_type(vm::Type::date)) {
        context.report<DiagnosticId::limit_anchor>(limit.anchor->span, type_name(context, date.type));
        return error_expression(span);
      }
      return date;
    }
    Id node = context.policy.variables[line].node;
    return find_field(context, node, "date") != none_id ? make_field(context, line, "date", span) : make_decided_date(line, span);
  }

  // The line itself is checked first: what is wrong with the anchor is said once.
  ir::Expr sibling_date() { return is_error(made.date) ? error_expression(span) : line_date(made.sibling, scope); }

  void check_amount() {
    made.kind = is_interval()                                ? ir::Limit::Kind::interval
                : limit.kind == ast::LimitKind::at_most_days ? ir::Limit::Kind::days
                                                             : ir::Limit::Kind::procedures;
    if (is_interval()) {
      made.amount = check_period(context, limit.amount, scope);
      return;
    }
    made.amount = check_expression(context, limit.amount, scope);
    if (!is_error(made.amount) && made.amount.type != scalar_type(vm::Type::integer)) {
      context.report<DiagnosticId::limit_amount>(limit.amount.span, type_name(context, made.amount.type));
      made.amount = error_expression(span);
    }
  }

  void check_length() {
    if (limit.window != ast::WindowKind::in_up_to && limit.window != ast::WindowKind::in_any) return;
    if (is_interval() || !limit.length) return;
    made.length = check_period(context, *limit.length, scope);
    made.any_window = limit.window == ast::WindowKind::in_any;
    failed = failed || is_error(*made.length);
  }

  // `per Target T by MuscleOf(T.site)`: the key of the line's own target.
  void check_key() {
    if (!limit.per_entity) return;
    if (!limit.per_key) {
      context.report<DiagnosticId::limit_without_key>(limit.per_entity.span, limit.per_entity.text);
      failed = true;
      return;
    }
    key = check_expression(context, *limit.per_key, scope);
    failed = failed || is_error(*key);
  }

  // Some target of the row has the same key.
  std::optional<ir::Expr> same_key(Id row) {
    if (!key || failed) return std::nullopt;
    Id list = expect_list(context, row, limit.per_entity);
    if (list == none_id) {
      failed = true;
      return std::nullopt;
    }
    Id target = add_variable(context, limit.per_entity.text, list, row);
    Scope inner = Scope::inner(scope);
    inner.item = target;
    if (limit.per_alias) inner.names.push_back(row_named(limit.per_alias.text, target));
    ir::Query query;
    query.sources.push_back({target});
    query.value.push_back(call("=", check_expression(context, *limit.per_key, inner), *key));
    return make_fold(ir::Fold::any, std::move(query), scalar_type(vm::Type::truth), span);
  }

  // What the window says of a date. The line's own day is never too near to itself.
  ir::Expr in_window(const ir::Expr& date) {
    const ir::Expr& day = made.date;
    auto back = [&](const ir::Expr& length) { return shift_date(context, day, length, true, span); };
    auto on = [&](const ir::Expr& length) { return shift_date(context, day, length, false, span); };
    if (is_interval()) {
      return make_and({call(">", date, back(made.amount)), call("<", date, on(made.amount)), make_not(call("=", date, day), span)}, span);
    }
    switch (limit.window) {
      case ast::WindowKind::in_up_to:
        if (!made.length) return error_expression(span);
        return make_and({call(">", date, back(*made.length)), call("<=", date, day)}, span);
      case ast::WindowKind::in_any:
        if (!made.length) return error_expression(span);
        return make_and({call(">", date, back(*made.length)), call("<", date, on(*made.length))}, span);
      case ast::WindowKind::on_day_of: return call("=", date, day);
      case ast::WindowKind::in_year_of:
        return call("=", make_call(context, "year from", {date}, span), make_call(context, "year from", {day}, span));
      case ast::WindowKind::in_lifetime: return make_truth(true, span);
      case ast::WindowKind::in_interval: return in_interval(date);
    }
    return error_expression(span);
  }

  // `in Lookback`: the interval is an expression, and the row's date a name that no author can write.
  ir::Expr in_interval(const ir::Expr& date) {
    Scope inner = Scope::inner(scope);
    inner.names.push_back(value_named("the row's date", date));
    ast::Expr name, test;
    name.kind = ast::ExprKind::name;
    name.name = "the row's date";
    name.span = span;
    test.kind = ast::ExprKind::binary;
    test.name = "in";
    test.span = limit.length->span;
    test.args = {std::move(name), *limit.length};
    return check_truth(context, test, inner);
  }

  // Only what was authorized or performed counts, where the model lets a status say something else.
  std::vector<ir::Expr> counted_status(Id procedure) {
    Id node = context.policy.variables[procedure].node;
    Id field = find_field(context, node, "status");
    if (field == none_id) return {};
    bool others = context.policy.model.nodes[node].fields[field].one_of.empty();
    for (Id word : context.policy.model.nodes[node].fields[field].one_of) {
      others = others || (text_of(context, word) != "authorized" && text_of(context, word) != "performed");
    }
    if (!others) return {};
    std::vector<ir::Expr> tests;
    for (const char* word : {"authorized", "performed"})
      tests.push_back(call("=", make_field(context, procedure, "status", span), make_text(word, span)));
    return {make_or(std::move(tests), span)};
  }

  // An authorization and its performance are one session: the row of the performance counts, where there is one.
  std::optional<ir::Expr> not_performed_as_well(Id procedure, Id list) {
    Id node = context.policy.variables[procedure].node;
    if (find_field(context, node, "status") == none_id || find_field(context, node, "authorization") == none_id) return std::nullopt;
    auto status = [&](Id row, const char* word) { return call("=", make_field(context, row, "status", span), make_text(word, span)); };
    Id performed = add_variable(context, "PriorProcedure", list, 0);
    ir::Query query;
    query.sources.push_back({performed});
    query.where.push_back(
        make_and({status(procedure, "authorized"), status(performed, "performed"),
                  call("=", make_field(context, performed, "authorization", span), make_field(context, procedure, "authorization", span))},
                 span));
    query.value.push_back(make_truth(true, span));
    return make_not(make_fold(ir::Fold::any, std::move(query), scalar_type(vm::Type::truth), span), span);
  }

  // Lines are taken by date and sequence; a minimum interval counts both ways.
  std::vector<ir::Expr> before_line() {
    ir::Expr date = sibling_date();
    if (is_interval()) return {call("!=", make_position(made.sibling, span), make_position(builder.line, span))};
    Id node = context.policy.variables[builder.line].node;
    bool numbered = find_field(context, node, "sequence") != none_id;
    auto number = [&](Id line) { return numbered ? make_field(context, line, "sequence", span) : make_position(line, span); };
    ir::Expr same_day = make_and({call("=", date, made.date), call("<", number(made.sibling), number(builder.line))}, span);
    return {make_or({call("<", date, made.date), std::move(same_day)}, span)};
  }

  ir::Query rows(Id row, ir::Expr date, std::vector<ir::Expr> tests) {
    Scope inner = Scope::inner(scope);
    tests.insert(tests.begin(), check_code_in(context, make_field(context, row, "code", span), limit.codes, inner));
    tests.push_back(in_window(date));
    if (std::optional<ir::Expr> same = same_key(row)) tests.push_back(std::move(*same));
    ir::Query query;
    query.sources.push_back({row});
    query.where.push_back(make_and(std::move(tests), span));
    failed = failed || is_error(query.where[0]) || is_error(date);
    query.value.push_back(std::move(date));
    return query;
  }

  // 'at most MaxSessions days of TriggerPointCodes in the 12 months up to Line.date', as traces quote the clause.
  std::string clause() {
    std::string out;
    say([&](const std::string& text) { out += text; }, [&](const ast::Expr& written, const ir::Expr&) { out += words(written); });
    return out;
  }

  // The same with its values filled in, for authors who wrote no sentence.
  ir::Template sentence() {
    ir::Template out;
    say([&](const std::string& text) { out.push_back({.text = text, .expr = {}, .because = false}); },
        [&](const ast::Expr&, const ir::Expr& value) { out.push_back({.text = "", .expr = {value}, .because = false}); });
    out[0].text[0] = 'A';
    return out;
  }

  std::string words(const ast::Expr& e) const { return std::string(context.sources.text(e.span)); }

  template <class Literal, class Value>
  void say(Literal literal, Value value) {
    literal(is_interval() ? "at least " : "at most ");
    value(limit.amount, made.amount);
    if (is_interval()) return literal(" between days of " + words(limit.codes));
    literal(fmt::format(" {} of {}", made.kind == ir::Limit::Kind::days ? "days" : "procedures", words(limit.codes)));
    switch (limit.window) {
      case ast::WindowKind::in_up_to:
        literal(" in the ");
        value(*limit.length, *made.length);
        if (limit.anchor) literal(" up to " + words(*limit.anchor));
        break;
      case ast::WindowKind::in_any:
        literal(" in any ");
        value(*limit.length, *made.length);
        break;
      case ast::WindowKind::on_day_of: literal(" on one day"); break;
      case ast::WindowKind::in_year_of: literal(" in a calendar year"); break;
      case ast::WindowKind::in_lifetime: literal(" in a lifetime"); break;
      case ast::WindowKind::in_interval: literal(" in " + words(*limit.length)); break;
    }
    if (limit.per_entity) literal(" per " + limit.per_entity.text);
  }

  Builder& builder;
  Context& context;
  Id criterion;
  const ast::Limit& limit;
  const Scope& scope;
  Span span;
  ir::Limit made;
  std::optional<ir::Expr> key;
  bool failed = false;
};

}  // namespace

void check_limit(Builder& builder, size_t, Id criterion, const ast::Limit& limit, const Scope& scope) {
  builder.criterion(criterion).kind = vm::CriterionKind::limit;
  Limits(builder, criterion, limit, scope).check();
}

}  // namespace rubric::check
