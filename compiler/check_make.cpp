// Making IR: the small nodes, and calls of operators by overload with the messages of what does not fit.
//
// Everything that is worth saying about two operands before an operator takes them (a text beside a code, a word that a
// field does not know, milligrams beside millilitres) is said in make_call, so that the policy layer and every phrase
// that becomes a comparison get the same messages.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "compiler/check_types.h"

namespace rubric::check {

using vm::Type;
using Node = ir::ExprKind;

namespace {

ir::Expr node(ir::ExprKind kind, Type type, Span span) {
  ir::Expr made;
  made.kind = kind;
  made.type = scalar_type(type);
  made.span = span;
  return made;
}

bool any_error(const std::vector<ir::Expr>& args) {
  return std::ranges::any_of(args, [](const ir::Expr& each) { return is_error(each); });
}

}  // namespace

ir::Type scalar_type(Type type) {
  if (type == Type::list) return list_type(any_type());
  if (type == Type::interval) return interval_type(any_type());
  ir::Type made;
  made.scalar = type == Type::tuple ? Type::any : type;
  return made;
}

// The tuple without elements is no type that an author can write.
bool is_error(const ir::Expr& expression) { return expression.type.kind == ir::Type::Kind::tuple && expression.type.of.empty(); }

ir::Expr error_expression(Span span) {
  ir::Expr made;
  made.type.kind = ir::Type::Kind::tuple;
  made.type.scalar = Type::tuple;
  made.span = span;
  return made;
}

// ---------------------------------------------------------------- constants

ir::Expr make_constant(vm::Constant value, Span span) {
  ir::Expr made = node(Node::constant, value.type, span);
  made.value = value;
  return made;
}

ir::Expr make_truth(bool value, Span span) {
  vm::Constant truth;
  truth.type = Type::truth;
  truth.low = value;
  return make_constant(truth, span);
}

ir::Expr make_integer(int64_t value, Span span) {
  return make_constant(integer_constant(value).value_or(vm::Constant{.kind = vm::Kind::none}), span);
}

ir::Expr make_text(std::string text, Span span) {
  ir::Expr made = make_constant({.type = Type::text}, span);
  made.string = std::move(text);
  return made;
}

ir::Expr make_code(std::string system, std::string code, Span span) {
  ir::Expr made = make_constant({.type = Type::code}, span);
  made.system = std::move(system);
  made.string = std::move(code);
  return made;
}

// ---------------------------------------------------------------- leaves

ir::Expr make_field(const Context& context, Id variable, std::vector<Id> path, Span span) {
  ir::Expr made = node(Node::field, Type::text, span);
  made.variable = variable;
  made.node = context.policy.variables[variable].node;
  for (size_t step = 0; step + 1 < path.size(); ++step) {
    made.node = context.policy.model.nodes[made.node].fields[path[step]].node;
  }
  made.field = path.back();
  made.type = scalar_type(context.policy.model.nodes[made.node].fields[made.field].type);
  made.path = std::move(path);
  return made;
}

ir::Expr make_field(Context& context, Id variable, std::string_view name, Span span) {
  const Id in = context.policy.variables[variable].node;
  const Id found = find_field(context, in, name);
  if (found == none_id || context.policy.model.nodes[in].fields[found].kind != vm::FieldKind::scalar) {
    context.report<DiagnosticId::no_member>(span, entity_name(context, in), name).did_you_mean(nearest(name, field_names(context, in)));
    return error_expression(span);
  }
  return make_field(context, variable, std::vector<Id>{found}, span);
}

ir::Expr make_position(Id variable, Span span) {
  ir::Expr made = node(Node::position, Type::integer, span);
  made.variable = variable;
  return made;
}

ir::Expr make_decided_date(Id line, Span span) {
  ir::Expr made = node(Node::decided_date, Type::date, span);
  made.variable = line;
  made.text = "date of service";
  return made;
}

// ---------------------------------------------------------------- logic

namespace {

// One node for `a and b and c`: members of the same kind that carry no text of their own are taken in.
ir::Expr joined(ir::ExprKind kind, std::vector<ir::Expr> args, Span span) {
  for (const ir::Expr& each : args) {
    if (is_error(each)) return error_expression(span);
  }
  if (args.empty()) return make_truth(kind == Node::truth_and, span);
  ir::Expr made = node(kind, Type::truth, span);
  for (ir::Expr& each : args) {
    if (each.kind == kind && each.text.empty()) {
      for (ir::Expr& inner : each.args) made.args.push_back(std::move(inner));
    } else {
      made.args.push_back(std::move(each));
    }
  }
  if (made.args.size() == 1) return std::move(made.args[0]);
  return made;
}

}  // namespace

ir::Expr make_and(std::vector<ir::Expr> args, Span span) { return joined(Node::truth_and, std::move(args), span); }
ir::Expr make_or(std::vector<ir::Expr> args, Span span) { return joined(Node::truth_or, std::move(args), span); }

ir::Expr make_not(ir::Expr arg, Span span) {
  if (is_error(arg)) return arg;
  if (arg.kind == Node::truth_not) {  // Kleene's not undoes itself, for none too
    ir::Expr inner = std::move(arg.args[0]);
    return inner;
  }
  ir::Expr made = node(Node::truth_not, Type::truth, span);
  made.args.push_back(std::move(arg));
  return made;
}

ir::Expr make_select(ir::Expr condition, ir::Expr then, ir::Expr otherwise, Span span) {
  if (is_error(condition) || is_error(then) || is_error(otherwise)) return error_expression(span);
  ir::Expr made;
  made.kind = Node::select;
  made.type = is_null(then) ? otherwise.type : then.type;
  made.span = span;
  if (is_null(then)) then.type = made.type;  // a literal null takes the other's type
  if (is_null(otherwise)) otherwise.type = made.type;
  then = narrowed(std::move(then), made.type);
  otherwise = narrowed(std::move(otherwise), made.type);
  made.args = {std::move(condition), std::move(then), std::move(otherwise)};
  return made;
}

// ---------------------------------------------------------------- policy nodes

ir::Expr make_status(Context& context, Id criterion, ir::Test test, Span span, const Scope& scope) {
  ir::Expr made = node(Node::status, Type::truth, span);
  made.criterion = criterion;
  made.test = test;
  const ir::Criterion& named = context.policy.criteria[criterion];
  if (named.per_item && named.item != scope.item) {
    // Read from the line, or from another item, what is said of all items is said of each: met is every item's, not met is some item's.
    const bool favourable = test == ir::Test::met || test == ir::Test::shown;
    made.items = favourable ? ir::Items::every : ir::Items::some;
  }
  return made;
}

ir::Expr make_group(ir::Group group, uint32_t at_least, std::vector<ir::Expr> members, Span span) {
  if (any_error(members)) return error_expression(span);
  ir::Expr made = node(Node::group, Type::truth, span);
  made.group = group;
  made.at_least = at_least;
  made.args = std::move(members);
  return made;
}

ir::Expr make_fold(ir::Fold fold, ir::Query query, ir::Type type, Span span, std::string text) {
  for (const auto* part : {&query.where, &query.value, &query.key}) {
    if (any_error(*part)) return error_expression(span);
  }
  ir::Expr made;
  made.kind = Node::fold;
  made.type = std::move(type);
  made.span = span;
  made.text = std::move(text);
  made.fold = fold;
  made.query.push_back(std::move(query));
  return made;
}

// ---------------------------------------------------------------- calls

namespace {

bool is_equality(std::string_view name) { return name == "=" || name == "!="; }
bool is_order(std::string_view name) { return name == "<" || name == "<=" || name == ">" || name == ">="; }

// The system in which the author has this code, for "write CPT '20552'": the one of the other side, or of a value set.
std::string system_for(const Context& context, const ir::Expr& code, const std::string& text) {
  if (std::optional<std::string> system = system_of(context, code)) return *system;
  for (const ValueSet& set : context.value_sets) {
    if (set.table == none_id) continue;
    for (const ir::Table::Row& row : context.policy.tables[set.table].rows) {
      if (row.key.string == text) return row.key.system;
    }
  }
  return context.code_systems.size() == 1 ? context.code_systems[0].name : "SYSTEM";
}

// What can be said better than "these types do not fit". True if something was reported.
bool explain_mismatch(Context& context, const ir::Expr& a, const ir::Expr& b, Span span) {
  const ir::Expr* code = is_scalar(a, Type::code) ? &a : is_scalar(b, Type::code) ? &b : nullptr;
  const ir::Expr* text = is_scalar(a, Type::text) ? &a : is_scalar(b, Type::text) ? &b : nullptr;
  if (!code || !text) return false;
  if (text->kind == Node::constant) {
    context.report<DiagnosticId::code_and_text>(text->span, text->string, system_for(context, *code, text->string));
  } else {
    context.report<DiagnosticId::code_and_text_value>(span);
  }
  return true;
}

// Mistakes that types do not see. True if the comparison makes no sense.
bool wrong_comparison(Context& context, std::string_view name, const ir::Expr& a, const ir::Expr& b, Span span) {
  if (is_scalar(a, Type::code) && is_scalar(b, Type::code)) {
    const std::optional<std::string> left = system_of(context, a), right = system_of(context, b);
    if (left && right && *left != *right) {
      context.report<DiagnosticId::other_code_system>(b.kind == Node::constant ? b.span : span, *left, *right);
      return true;
    }
  }
  if (is_scalar(a, Type::text) && is_scalar(b, Type::text) && is_equality(name)) {
    const ir::Expr& word = a.kind == Node::constant ? a : b;
    const ir::Expr& other = a.kind == Node::constant ? b : a;
    if (word.kind == Node::constant && other.kind != Node::constant && word.value.kind == vm::Kind::value) {
      return !check_word(context, other, word);
    }
  }
  if (is_scalar(a, Type::quantity) && is_scalar(b, Type::quantity)) return !check_dimensions(context, a, b, span);
  return false;
}

std::string sides(const std::vector<ir::Expr>& args, const Context& context) {
  std::string text;
  for (size_t i = 0; i < args.size(); ++i) {
    if (i > 0) text += i + 1 == args.size() ? " and " : ", ";
    text += type_name(context, args[i].type);
  }
  return text;
}

// "Integer and Integer; Decimal and Decimal": what the operator takes, for help. Those that fit one of the operands are
// what the author can have meant; all where none does.
std::string overloads(std::string_view name, const std::vector<ir::Expr>& args, bool near = true) {
  std::string text;
  for (const vm::OperatorInfo& row : vm::operators()) {
    if (row.name != name || row.args.size() != args.size()) continue;
    bool fits = !near;
    for (size_t i = 0; i < args.size(); ++i) fits = fits || is_scalar(args[i], row.args[i]);
    if (!fits) continue;
    if (!text.empty()) text += "; ";
    for (size_t i = 0; i < row.args.size(); ++i) {
      if (i > 0) text += i + 1 == row.args.size() ? " and " : ", ";
      text += scalar_name(row.args[i]);
    }
  }
  if (text.empty() && near) return overloads(name, args, false);
  return text;
}

}  // namespace

bool check_word(Context& context, const ir::Expr& field, const ir::Expr& word) {
  const std::vector<std::string> words = words_of(context, field);
  if (words.empty() || std::ranges::count(words, word.string) > 0) return true;
  std::string list;
  for (const std::string& each : words) list += (list.empty() ? "'" : ", '") + each + "'";
  Diagnostic& report = context.report<DiagnosticId::not_one_of>(word.span, word.string, list);
  if (std::optional<std::string> meant = nearest(word.string, words)) report.help = "did you mean '" + *meant + "'?";
  return false;
}

bool check_dimensions(Context& context, const ir::Expr& a, const ir::Expr& b, Span span) {
  const std::optional<vm::Dimension> left = dimension_of(context, a), right = dimension_of(context, b);
  if (!left || !right || dimension_name(*left) == dimension_name(*right)) return true;
  context.report<DiagnosticId::other_dimension>(span, dimension_name(*left), dimension_name(*right));
  return false;
}

namespace {

// What a value of type `from` costs as an operand of type `to`. A choice takes anything, so that it must not take what an
// operator over scalars is meant to refuse: `1 = 'a'` is a mistake, and no comparison of choices.
std::optional<int> operand_cost(const ir::Expr& arg, Type to, bool choices) {
  if (is_null(arg)) return 0;
  if (to == Type::any && !choices && arg.type.scalar != Type::any) return std::nullopt;
  return conversion_cost(arg.type.scalar, to);
}

bool is_arithmetic(std::string_view name) {
  static constexpr std::string_view names[] = {"+", "-", "*", "/", "div", "mod", "negate", "Abs"};
  return std::ranges::count(names, name) > 0;
}

// A number beside an amount of something is a dimension error, as milligrams beside millilitres are.
bool number_beside_unit(const Context& context, const ir::Expr& number, const ir::Expr& amount) {
  return number.type.kind == ir::Type::Kind::scalar && is_number(number.type.scalar) && is_scalar(amount, Type::quantity) &&
         dimension_of(context, amount).value_or(vm::Dimension::one) != vm::Dimension::one;
}

bool is_amount(const ir::Expr& e) {
  return e.type.kind == ir::Type::Kind::scalar && (is_number(e.type.scalar) || e.type.scalar == Type::quantity);
}

// Whether boxed values may meet in this operator: nothing dense knows one of them, or two kinds of amounts meet.
bool takes_choices(const Context& context, std::string_view name, const std::vector<ir::Expr>& args) {
  if (!is_equality(name) && !is_order(name) && !is_arithmetic(name)) return true;
  if (std::ranges::any_of(args, [](const ir::Expr& e) { return is_general(e.type); })) return true;
  const bool sums = is_equality(name) || is_order(name) || name == "+" || name == "-";
  if (!context.plain && sums && args.size() == 2 &&
      (number_beside_unit(context, args[0], args[1]) || number_beside_unit(context, args[1], args[0])))
    return false;
  return std::ranges::all_of(args, is_amount) || std::ranges::all_of(args, [](const ir::Expr& e) { return is_null(e); });
}

}  // namespace

ir::Expr make_call(Context& context, std::string_view name, std::vector<ir::Expr> args, Span span, std::string text) {
  if (any_error(args)) return error_expression(span);
  for (const ir::Expr& each : args) {
    if (each.type.kind == ir::Type::Kind::row) {
      context.report<DiagnosticId::operator_types>(span, name, sides(args, context), overloads(name, args));
      return error_expression(span);
    }
  }
  const bool compares = args.size() == 2 && (is_equality(name) || is_order(name));
  if (compares && wrong_comparison(context, name, args[0], args[1], span)) return error_expression(span);
  using enum ir::Type::Kind;
  if (args.size() == 2 && args[0].type.kind == tuple && args[1].type.kind == tuple && args[0].type.names != args[1].type.names) {
    context.report<DiagnosticId::operator_types>(span, name, sides(args, context), "tuples of the same elements");
    return error_expression(span);
  }

  // The overload whose implicit conversions cost least; rows stand in operators.def in the order of preference.
  const std::span<const vm::OperatorInfo> rows = vm::operators();
  const bool choices = takes_choices(context, name, args);
  std::optional<size_t> best;
  int best_cost = 0;
  for (size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].name != name || rows[row].args.size() != args.size()) continue;
    int cost = 0;
    for (size_t i = 0; i < args.size() && cost >= 0; ++i) {
      const std::optional<int> one = operand_cost(args[i], rows[row].args[i], choices);
      cost = one ? cost + *one : -1;
    }
    if (cost >= 0 && (!best || cost < best_cost)) best = row, best_cost = cost;
  }
  if (!best) {
    if (!operator_exists(name)) {
      context.report<DiagnosticId::not_supported>(span, name);
    } else if (!compares || !explain_mismatch(context, args[0], args[1], span)) {
      context.report<DiagnosticId::operator_types>(span, name, sides(args, context), overloads(name, args));
    }
    return error_expression(span);
  }
  ir::Expr made = node(Node::call, rows[*best].result, span);
  const ir::Type type = result_type(rows[*best], args);
  made.fn = static_cast<uint16_t>(*best);
  made.text = std::move(text);
  for (size_t i = 0; i < args.size(); ++i) made.args.push_back(converted(context, std::move(args[i]), rows[*best].args[i]));
  return any_error(made.args) ? error_expression(span) : narrowed(std::move(made), type);
}

}  // namespace rubric::check
