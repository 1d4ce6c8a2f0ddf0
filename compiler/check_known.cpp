// What is known of a value beside its type: the words that it may be, its code system, what it measures, whether there may be none.
#include "compiler/check_types.h"

#include <algorithm>

namespace rubric::check {

using vm::Type;

namespace {

// The value that stands for the elements of a picked row: First(...).outcome has the words of `outcome`.
const ir::Expr* picked_value(const ir::Expr& value) {
  if (value.kind != ir::ExprKind::fold) return nullptr;
  using enum ir::Fold;
  const bool same = value.fold == first || value.fold == last || value.fold == only || value.fold == min || value.fold == max ||
                    value.fold == sum || value.fold == avg;
  return same && !value.query[0].value.empty() ? &value.query[0].value[0] : nullptr;
}

const vm::Field& field_of(const Context& context, const ir::Expr& value) {
  return context.policy.model.nodes[value.node].fields[value.field];
}

// The operands of which the value is one, where it is one of several.
std::span<const ir::Expr> branches(const ir::Expr& value) {
  if (value.kind == ir::ExprKind::select) return std::span(value.args).subspan(1);
  if (value.kind == ir::ExprKind::coalesce) return value.args;
  return {};
}

}  // namespace

std::vector<std::string> words_of(const Context& context, const ir::Expr& value) {
  if (value.kind == ir::ExprKind::field) {
    std::vector<std::string> words;
    for (Id word : field_of(context, value).one_of) words.emplace_back(text_of(context, word));
    return words;
  }
  if (const ir::Expr* picked = picked_value(value)) return words_of(context, *picked);
  std::vector<std::string> words;
  for (const ir::Expr& branch : branches(value)) {
    if (is_null(branch)) continue;
    if (branch.kind == ir::ExprKind::constant) {
      words.push_back(branch.string);
      continue;
    }
    std::vector<std::string> more = words_of(context, branch);
    if (more.empty()) return {};
    words.insert(words.end(), more.begin(), more.end());
  }
  return words;
}

std::optional<std::string> system_of(const Context& context, const ir::Expr& value) {
  if (value.kind == ir::ExprKind::constant && !value.system.empty()) return value.system;
  if (value.kind == ir::ExprKind::field && field_of(context, value).code_system != none_id) {
    return std::string(text_of(context, field_of(context, value).code_system));
  }
  if (const ir::Expr* picked = picked_value(value)) return system_of(context, *picked);
  std::optional<std::string> system;
  for (const ir::Expr& branch : branches(value)) {
    std::optional<std::string> one = system_of(context, branch);
    if (!one || (system && *system != *one)) return std::nullopt;
    system = one;
  }
  return system;
}

std::optional<vm::Dimension> dimension_of(const Context& context, const ir::Expr& value) {
  if (value.kind == ir::ExprKind::constant) {
    if (value.value.kind != vm::Kind::value || !is_scalar(value, Type::quantity)) return std::nullopt;
    return vm::unit(value.value.unit).dimension;
  }
  if (value.kind == ir::ExprKind::field) {
    // A Duration is some length of time; which unit the record uses is its own business.
    const bool duration = std::ranges::count(context.durations, std::pair{value.node, value.field}) > 0;
    return duration ? std::optional(vm::Dimension::days) : std::nullopt;
  }
  if (const ir::Expr* picked = picked_value(value)) return dimension_of(context, *picked);
  for (const ir::Expr& branch : branches(value)) {
    if (std::optional<vm::Dimension> dimension = dimension_of(context, branch)) return dimension;
  }
  if (value.kind == ir::ExprKind::call && is_scalar(value, Type::quantity)) {
    for (const ir::Expr& argument : value.args) {
      if (std::optional<vm::Dimension> dimension = dimension_of(context, argument)) return dimension;
    }
  }
  return std::nullopt;
}

std::string_view dimension_name(vm::Dimension dimension) {
  switch (dimension) {
    case vm::Dimension::one: return "a plain number";
    case vm::Dimension::months:
    case vm::Dimension::days:
    case vm::Dimension::time: return "a time";
    case vm::Dimension::mass: return "a mass";
    case vm::Dimension::volume: return "a volume";
    case vm::Dimension::length: return "a length";
    case vm::Dimension::pressure: return "a pressure";
    case vm::Dimension::temperature: return "a temperature";
    case vm::Dimension::activity: return "an activity";
    case vm::Dimension::area: return "an area";
    case vm::Dimension::fahrenheit: return "a temperature in Fahrenheit";
    case vm::Dimension::amount: return "an amount of substance";
    case vm::Dimension::international: return "an amount in international units";
    case vm::Dimension::mass_in_volume: return "a mass in a volume";
    case vm::Dimension::amount_in_volume: return "an amount of substance in a volume";
    case vm::Dimension::rate: return "a rate";
    case vm::Dimension::mass_on_area: return "a mass on an area";
    case vm::Dimension::speed: return "a speed";
    case vm::Dimension::energy: return "an energy";
    case vm::Dimension::power: return "a power";
    case vm::Dimension::activity_in_volume: return "an activity in a volume";
    case vm::Dimension::international_in_volume: return "an amount in international units in a volume";
    case vm::Dimension::equivalents: return "an amount in equivalents";
    case vm::Dimension::equivalents_in_volume: return "an amount in equivalents in a volume";
    case vm::Dimension::flow: return "a flow";
    case vm::Dimension::dose_rate: return "a dose in a time";
    case vm::Dimension::count_in_volume: return "a count in a volume";
    case vm::Dimension::osmolality: return "an osmolality";
    case vm::Dimension::voltage: return "a voltage";
    case vm::Dimension::angle: return "an angle";
  }
  return "";
}

bool may_be_none(const Context& context, const ir::Expr& value) {
  using enum ir::ExprKind;
  switch (value.kind) {
    case constant: return value.value.kind == vm::Kind::none;
    case field: {  // where an object on the way may be stated to be none, its fields are none with it
      Id at = context.policy.variables[value.variable].node;
      for (Id step : value.path) {
        const vm::Field& on_the_way = context.policy.model.nodes[at].fields[step];
        if (on_the_way.optional) return true;
        at = on_the_way.node;
      }
      return false;
    }
    case position:
    case is_null:
    case in_set:
    case in_set_on:
    case judged:
    case approved:
    case status:
    case group: return false;
    case decided_date:
    case as_of: return false;
    case lookup: return true;
    case fold: return value.fold != ir::Fold::count && value.fold != ir::Fold::count_distinct;
    case select: return may_be_none(context, value.args[1]) || may_be_none(context, value.args[2]);
    case coalesce: return std::ranges::all_of(value.args, [&](const ir::Expr& e) { return may_be_none(context, e); });
    case truth_and:
    case truth_or:
    case truth_not: return std::ranges::any_of(value.args, [&](const ir::Expr& e) { return may_be_none(context, e); });
    case gather: return false;
    case narrow:
    case element:
    case nest:
    case aggregate:
    case accumulator: return true;
    case call: {
      // Comparisons of values are values; sums may overflow, quotients may have no value at all.
      const bool truth = is_scalar(value, Type::truth);
      const bool date = is_scalar(value, Type::date) && value.args.size() == 2 && value.args[1].kind == constant;
      return !(truth || date) || std::ranges::any_of(value.args, [&](const ir::Expr& e) { return may_be_none(context, e); });
    }
  }
  return true;
}

}  // namespace rubric::check
