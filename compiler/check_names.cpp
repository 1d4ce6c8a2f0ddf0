// Names: the one namespace of a policy, scopes, and the declarations that expressions read (sources, code systems, value
// sets, parameters, lookups, defines and functions).
//
// Value sets and lookups become ir tables at once, with the dates of their codes in the rows. Defines and functions stay
// as they are written: they are inlined where they are used (check_expressions_functions.cpp). What the policy layer
// declares (criteria, rules, ...) is registered by it through add_symbol.
#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "compiler/check_expressions.h"

namespace rubric::check {

Context::Context(ir::Policy& p, SourceSet& s, Diagnostics& d) : policy(p), sources(s), diagnostics(d) {}

// ---------------------------------------------------------------- symbols

std::string_view symbol_kind_name(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::code_system: return "code system";
    case SymbolKind::value_set: return "value set";
    case SymbolKind::parameter: return "parameter";
    case SymbolKind::define: return "define";
    case SymbolKind::function: return "function";
    case SymbolKind::lookup: return "lookup";
    case SymbolKind::source: return "source";
    case SymbolKind::entity: return "entity";
    case SymbolKind::criterion: return "criterion";
    case SymbolKind::rule: return "rule";
    case SymbolKind::condition: return "condition";
    case SymbolKind::block: return "block";
    case SymbolKind::table: return "table";
    case SymbolKind::record: return "record";
  }
  return "";
}

std::string a_kind(SymbolKind kind) { return (kind == SymbolKind::entity ? "an " : "a ") + std::string(symbol_kind_name(kind)); }

Span word_span(const Context& context, Span span, std::string_view word) {
  if (word.empty() || !context.sources.contains(span.file)) return span;
  const std::string_view text = context.sources.text(span);
  const auto part_of_a_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at > 0 && part_of_a_word(text[at - 1])) || (end < text.size() && part_of_a_word(text[end]))) continue;
    return {span.file, span.begin + static_cast<uint32_t>(at), span.begin + static_cast<uint32_t>(end)};
  }
  return span;
}

bool add_symbol(Context& context, SymbolKind kind, const ast::Word& name, Id index) {
  // `Trials` is the case's list wherever it stands, so nothing else can go by that name. An entity can: `program Program`.
  const bool of_record = !context.policy.model.nodes.empty() && case_field_named(context, name.text) != none_id;
  if (of_record && kind != SymbolKind::entity) {
    context.report<DiagnosticId::name_of_record>(name.span, name.text);
    return false;
  }
  auto [known, added] = context.symbols.try_emplace(name.text, Symbol{kind, name.text, name.span, index});
  if (added) return true;
  known->second.twice = true;
  context.report<DiagnosticId::declared_twice>(name.span, name.text)
      .relate(known->second.span, "it is " + a_kind(known->second.kind) + " here");
  return false;
}

const Symbol* find_symbol(const Context& context, std::string_view name) {
  auto known = context.symbols.find(name);
  return known == context.symbols.end() ? nullptr : &known->second;
}

namespace {
bool is_one_of(SymbolKind kind, std::initializer_list<SymbolKind> kinds) { return std::ranges::find(kinds, kind) != kinds.end(); }
}  // namespace

const Symbol* expect_symbol(Context& context, const ast::Word& name, std::initializer_list<SymbolKind> kinds) {
  const Symbol* found = find_symbol(context, name.text);
  if (found && is_one_of(found->kind, kinds)) return found;
  if (found && found->twice) return nullptr;
  std::string wanted;
  for (SymbolKind kind : kinds) wanted += (wanted.empty() ? "" : " or ") + std::string(symbol_kind_name(kind));
  if (found) {
    context.report<DiagnosticId::wrong_kind>(name.span, name.text, a_kind(found->kind), "a " + wanted)
        .relate(found->span, "it is declared here");
    return nullptr;
  }
  std::vector<std::string> names;
  for (const auto& [text, symbol] : context.symbols) {
    if (is_one_of(symbol.kind, kinds)) names.push_back(text);
  }
  context.report<DiagnosticId::unknown_name>(name.span, wanted, name.text).did_you_mean(nearest(name.text, names));
  return nullptr;
}

Id find_criterion(const Context& context, std::string_view path, Id block) {
  for (Id id = 0; id < context.policy.criteria.size(); ++id) {
    const ir::Criterion& criterion = context.policy.criteria[id];
    if (criterion.path == path && (block == none_id || criterion.block == block)) return id;
  }
  return none_id;
}

Id expect_criterion(Context& context, std::string_view path, Span span, Id block) {
  if (Id found = find_criterion(context, path, block); found != none_id) return found;
  const std::string text(path);
  if (Id other = find_criterion(context, path, none_id); other != none_id) {
    const ir::Criterion& criterion = context.policy.criteria[other];
    const std::string home = criterion.block < context.policy.blocks.size() ? context.policy.blocks[criterion.block].name : "";
    context.report<DiagnosticId::criterion_of_other_block>(span, text, home).relate(criterion.span, "it stands here");
    return none_id;
  }
  if (path.find('.') == std::string_view::npos) {
    expect_symbol(context, {text, span}, {SymbolKind::criterion});
    return none_id;
  }
  std::vector<std::string> paths;
  for (const ir::Criterion& criterion : context.policy.criteria) {
    if (block == none_id || criterion.block == block) paths.push_back(criterion.path);
  }
  context.report<DiagnosticId::unknown_name>(span, "criterion", text).did_you_mean(nearest(path, paths));
  return none_id;
}

// ---------------------------------------------------------------- scopes

Scope Scope::inner(const Scope& outer) {
  Scope made = outer;
  made.parent = &outer;
  made.names.clear();
  return made;
}

const Named* Scope::find(std::string_view name) const {
  for (const Scope* scope = this; scope; scope = scope->parent) {
    for (auto named = scope->names.rbegin(); named != scope->names.rend(); ++named) {
      if (named->name == name) return &*named;
    }
  }
  return nullptr;
}

Named row_named(std::string name, Id variable) {
  Named made;
  made.name = std::move(name);
  made.kind = Named::Kind::row;
  made.variable = variable;
  return made;
}

Named value_named(std::string name, ir::Expr value) {
  Named made;
  made.name = std::move(name);
  made.value.push_back(std::move(value));
  return made;
}

// ---------------------------------------------------------------- dates

std::optional<vm::Constant> date_constant(Context& context, const ast::Expr& literal) {
  if (literal.kind == ast::ExprKind::date_literal) {
    if (std::optional<vm::Constant> date = date_of(literal.text)) return date;
  }
  context.report<DiagnosticId::impossible_date>(literal.span, context.sources.text(literal.span));
  return std::nullopt;
}

Dates check_dates(Context& context, const ast::InForce& in_force) {
  Dates dates;
  const auto whole_day = [&](const std::optional<ast::Expr>& written) -> std::optional<vm::Constant> {
    if (!written) return std::nullopt;
    std::optional<vm::Constant> date = date_constant(context, *written);
    if (date && date->precision < 3) {
      context.report<DiagnosticId::in_force_needs_a_day>(written->span, written->text);
      return std::nullopt;
    }
    return date;
  };
  dates.from = whole_day(in_force.from);
  dates.to = whole_day(in_force.to);
  if (dates.from && dates.to && dates.from->low > dates.to->low) {
    context.report<DiagnosticId::ends_before_it_begins>(in_force.to->span, in_force.from->text, in_force.to->text);
  }
  return dates;
}

ir::Expr on_or_after(Context& context, const ir::Expr& date, const vm::Constant& day, Span span) {
  return make_call(context, ">=", {date, make_constant(day, span)}, span);
}

ir::Expr on_or_before(Context& context, const ir::Expr& date, const vm::Constant& day, Span span) {
  return make_call(context, "<=", {date, make_constant(day, span)}, span);
}

std::optional<ir::Expr> within(Context& context, const ast::InForce& in_force, const ir::Expr& date) {
  const Dates dates = check_dates(context, in_force);
  std::vector<ir::Expr> ends;
  if (dates.from) ends.push_back(on_or_after(context, date, *dates.from, in_force.from->span));
  if (dates.to) ends.push_back(on_or_before(context, date, *dates.to, in_force.to->span));
  if (ends.empty()) return std::nullopt;
  const Span span = ends.front().span;
  return make_and(std::move(ends), span);
}

// ---------------------------------------------------------------- codes

namespace {

// The days on which both hold; nothing if there is none.
std::optional<Dates> both(const Dates& a, const Dates& b) {
  Dates made = a;
  if (b.from && (!made.from || b.from->low > made.from->low)) made.from = b.from;
  if (b.to && (!made.to || b.to->low < made.to->low)) made.to = b.to;
  if (made.from && made.to && made.from->low > made.to->low) return std::nullopt;
  return made;
}

void add_code_row(ir::Table& table, std::string_view system, const std::string& code, const Dates& dates, Span span) {
  ir::Table::Row row;
  row.key = make_code(std::string(system), code, span);
  row.from = dates.from;
  row.to = dates.to;
  table.rows.push_back(std::move(row));
}

void declare_code_system(Context& context, const ast::CodeSystem& written) {
  // A library and a policy may both name a system: it is one and the same, with the dates of both.
  const Symbol* known = find_symbol(context, written.name.text);
  Id index = known && known->kind == SymbolKind::code_system ? known->index : none_id;
  if (index == none_id) {
    index = static_cast<Id>(context.code_systems.size());
    if (!add_symbol(context, SymbolKind::code_system, written.name, index)) return;
    context.code_systems.push_back({written.name.text, {}});
    context.policy.model.code_systems.push_back(text_id(context, written.name.text));
  }
  for (const ast::CodeEntry& entry : written.codes) {
    const Dates dates = check_dates(context, entry.in_force);
    if (!dates.from && !dates.to) continue;
    context.code_systems[index].codes.emplace_back(entry.code, dates);
    if (context.validity == none_id) {
      ir::Table table;
      table.name = "codes with dates";
      table.key = vm::Type::code;
      context.policy.tables.push_back(std::move(table));
      context.validity = static_cast<Id>(context.policy.tables.size() - 1);
    }
    add_code_row(context.policy.tables[context.validity], written.name.text, entry.code, dates, entry.span);
  }
}

// One member, on the days on which it is listed and its system knows it.
void add_member(Context& context, ValueSet& set, const std::string& system, const ast::CodeEntry& entry) {
  ir::Table& table = context.policy.tables[set.table];
  const Dates listed = check_dates(context, entry.in_force);
  for (const ir::Table::Row& row : table.rows) {
    const auto same = [](const auto& a, const auto& b) { return a.has_value() == b.has_value() && (!a || a->low == b->low); };
    if (row.key.string == entry.code && row.key.system == system && same(row.from, listed.from) && same(row.to, listed.to)) {
      context.report<DiagnosticId::code_listed_twice>(entry.span, entry.code).relate(row.key.span, "it is listed here");
      return;
    }
  }
  bool dated = false;
  for (const CodeSystem& known : context.code_systems) {
    if (known.name != system) continue;
    for (const auto& [code, valid] : known.codes) {
      if (code != entry.code) continue;
      dated = set.dated = true;
      if (std::optional<Dates> dates = both(listed, valid)) add_code_row(table, system, entry.code, *dates, entry.span);
    }
  }
  if (dated) return;
  set.dated = set.dated || listed.from || listed.to;
  add_code_row(table, system, entry.code, listed, entry.span);
}

class ValueSets {
 public:
  explicit ValueSets(Context& c) : context(c) {}

  void declare(const ast::ValueSet& written) {
    const Id index = static_cast<Id>(context.value_sets.size());
    if (!add_symbol(context, SymbolKind::value_set, written.name, index)) return;
    ir::Table table;
    table.name = written.name.text;
    table.key = vm::Type::code;
    context.policy.tables.push_back(std::move(table));
    ValueSet set;
    set.name = written.name.text;
    set.span = written.name.span;
    set.table = static_cast<Id>(context.policy.tables.size() - 1);
    context.value_sets.push_back(std::move(set));
    sets.push_back(&written);
    state.push_back(State::waiting);
    parts.emplace_back();
  }

  // Unions may name sets that stand behind them, so the members come when all sets are known.
  void fill() {
    for (Id index = 0; index < sets.size(); ++index) fill(index);
  }

 private:
  enum class State : uint8_t { waiting, open, done };
  Context& context;
  std::vector<const ast::ValueSet*> sets;
  std::vector<State> state;
  std::vector<std::vector<Id>> parts;  // the sets with codes of their own that a set is made of
  size_t depth = 0;

  void fill(Id index) {
    if (state[index] == State::done) return;
    const ast::ValueSet& written = *sets[index];
    state[index] = State::open;
    std::vector<ast::Word> unions = written.unions;
    const Symbol* system = written.system ? find_symbol(context, written.system.text) : nullptr;
    if (system && system->kind == SymbolKind::value_set) {
      unions.insert(unions.begin(), written.system);
    } else if (written.system && !expect_symbol(context, written.system, {SymbolKind::code_system})) {
      state[index] = State::done;
      return;
    } else if (written.system) {
      context.value_sets[index].systems = {written.system.text};
      for (const ast::CodeEntry& entry : written.codes) {
        add_member(context, context.value_sets[index], written.system.text, entry);
      }
    }
    if (unions.empty()) parts[index] = {index};
    for (const ast::Word& name : unions) take(index, name);
    ValueSet& set = context.value_sets[index];
    if (set.systems.size() == 1) set.system = set.systems[0];
    if (context.policy.tables[set.table].rows.empty() && unions.empty() && system) {
      context.report<DiagnosticId::empty_value_set>(written.name.span, written.name.text);
    }
    state[index] = State::done;
  }

  void take(Id index, const ast::Word& name) {
    const Symbol* symbol = expect_symbol(context, name, {SymbolKind::value_set});
    if (!symbol) return;
    if (state[symbol->index] == State::open) {
      context.report<DiagnosticId::recursive>(name.span, "the value set " + sets[index]->name.text,
                                              "a union takes in sets that stand by themselves");
      return;
    }
    if (depth == deepest_chain) {
      context.report<DiagnosticId::limit_exceeded>(name.span, depth + 1, "value sets within one another", deepest_chain);
      return;
    }
    ++depth;
    fill(symbol->index);
    --depth;
    ValueSet& set = context.value_sets[index];
    const ValueSet& other = context.value_sets[symbol->index];
    set.dated = set.dated || other.dated;
    for (const std::string& system : other.systems) {
      if (!std::ranges::count(set.systems, system)) set.systems.push_back(system);
    }
    // A set that is reached on two ways is taken once.
    ir::Table& table = context.policy.tables[set.table];
    for (const Id part : parts[symbol->index]) {
      if (std::ranges::count(parts[index], part)) continue;
      parts[index].push_back(part);
      const std::vector<ir::Table::Row>& rows = context.policy.tables[context.value_sets[part].table].rows;
      table.rows.insert(table.rows.end(), rows.begin(), rows.end());
    }
  }
};

// ---------------------------------------------------------------- parameters and lookups

// A literal, or what is as good as one; otherwise an error is reported.
ir::Expr check_constant(Context& context, const ast::Expr& written) {
  Scope nothing;
  ir::Expr value = check_expression(context, written, nothing);
  if (!is_error(value) && value.kind != ir::ExprKind::constant) {
    context.report<DiagnosticId::not_constant>(written.span);
    return error_expression(written.span);
  }
  return value;
}

void check_parameter_dates(Context& context, const Parameter& parameter) {
  // Days of the policy on which no value is in force. Values may overlap: the one that begins last holds.
  std::vector<Dates> dates = parameter.dates;
  std::ranges::stable_sort(dates, {}, [](const Dates& d) { return d.from ? d.from->low : INT64_MIN; });
  int64_t covered = context.in_force.from ? context.in_force.from->low : INT64_MIN;
  const int64_t end = context.in_force.to ? context.in_force.to->low : INT64_MAX;
  const auto gap = [&](const std::string& when) {
    context.report<DiagnosticId::parameter_without_value>(parameter.span, parameter.name, when);
  };
  const auto day = [](int64_t days) { return "@" + date_text(days); };
  for (const Dates& each : dates) {
    const int64_t from = each.from ? each.from->low : INT64_MIN;
    if (from > covered && from <= end) {
      gap(covered == INT64_MIN ? "before " + day(from) : "from " + day(covered) + " to " + day(from - 1));
    }
    if (!each.to) return;
    covered = std::max(covered, each.to->low + 1);
  }
  if (covered <= end && !dates.empty()) gap("from " + day(covered));
}

void declare_parameter(Context& context, const ast::Parameter& written) {
  if (!add_symbol(context, SymbolKind::parameter, written.name, static_cast<Id>(context.parameters.size()))) return;
  Parameter made;
  made.name = written.name.text;
  made.span = written.name.span;
  std::optional<vm::Type> type;
  bool broken = false;
  if (!written.type.name.empty()) {
    std::optional<ir::Type> declared = type_of(context, written.type);
    broken = !declared;
    if (declared && declared->kind == ir::Type::Kind::scalar) {
      type = declared->scalar;
    } else if (declared) {
      context.report<DiagnosticId::not_a_parameter_type>(written.type.span, type_name(context, *declared));
      broken = true;
    }
  }
  for (const ast::DatedValue& dated : written.values) {
    made.values.push_back(check_constant(context, dated.value));
    made.dates.push_back(check_dates(context, dated.in_force));
    if (is_error(made.values.back())) broken = true;
  }
  if (!broken && !type) {
    std::vector<const ir::Expr*> values;
    for (const ir::Expr& value : made.values) values.push_back(&value);
    type = common_type(values);
    if (!type) {
      if (made.values.size() > 1) {
        context.report<DiagnosticId::parameter_of_two_types>(written.name.span, made.name);
      } else {
        context.report<DiagnosticId::parameter_needs_a_value>(written.name.span, made.name);
      }
      broken = true;
    }
  }
  if (!broken && made.values.empty()) {
    context.report<DiagnosticId::parameter_needs_a_value>(written.name.span, made.name);
    broken = true;
  }
  for (ir::Expr& value : made.values) {
    if (broken) break;
    if (!is_null(value) && !conversion_cost(value.type.scalar, *type)) {
      context.report<DiagnosticId::wrong_type>(value.span, type_name(context, value.type), scalar_name(*type));
      broken = true;
    } else {
      value = converted(context, std::move(value), *type);
    }
  }
  if (broken) {
    made.values.clear();  // uses of it are silent
  } else {
    made.type = scalar_type(*type);
    check_parameter_dates(context, made);
  }
  context.parameters.push_back(std::move(made));
}

void declare_lookup(Context& context, const ast::Lookup& written) {
  if (!add_symbol(context, SymbolKind::lookup, written.name, static_cast<Id>(context.lookups.size()))) return;
  Lookup made;
  made.name = written.name.text;
  std::optional<ir::Type> from = type_of(context, written.from), to = type_of(context, written.to);
  for (auto* type : {&from, &to}) {
    if (*type && (*type)->kind != ir::Type::Kind::scalar) {
      context.report<DiagnosticId::not_a_lookup_type>(type == &from ? written.from.span : written.to.span, type_name(context, **type));
      type->reset();
    }
  }
  if (from && to) {
    ir::Table table;
    table.name = made.name;
    table.key = from->scalar;
    table.value = to->scalar;
    const auto typed = [&](const ast::Expr& expression, vm::Type type) {
      ir::Expr value = check_constant(context, expression);
      if (is_error(value) || is_null(value) || conversion_cost(value.type.scalar, type)) {
        return converted(context, std::move(value), type);
      }
      context.report<DiagnosticId::wrong_type>(value.span, type_name(context, value.type), scalar_name(type));
      return error_expression(value.span);
    };
    for (const auto& [key, value] : written.rows) {
      ir::Table::Row row;
      row.key = typed(key, table.key);
      row.value = typed(value, table.value);
      if (is_error(row.key) || is_error(*row.value)) continue;
      auto same = std::ranges::find_if(table.rows, [&](const ir::Table::Row& r) { return same_expression(r.key, row.key); });
      if (same != table.rows.end()) {
        context.report<DiagnosticId::key_listed_twice>(key.span, context.sources.text(key.span))
            .relate(same->key.span, "it is listed here");
        continue;
      }
      table.rows.push_back(std::move(row));
    }
    table.otherwise_key = written.otherwise_key;
    if (written.otherwise_key && from != to) {
      context.report<DiagnosticId::wrong_type>(written.name.span, type_name(context, *from), type_name(context, *to));
    }
    if (written.otherwise) {
      ir::Expr otherwise = typed(*written.otherwise, table.value);
      if (!is_error(otherwise)) table.otherwise = std::move(otherwise);
    }
    context.policy.tables.push_back(std::move(table));
    made.table = static_cast<Id>(context.policy.tables.size() - 1);
    made.from = *from;
    made.to = *to;
  }
  context.lookups.push_back(std::move(made));
}

template <class Written, class Declare>
void each(const Modules& modules, std::vector<Written> ast::Declaration::* member, Declare declare) {
  for (const ast::Module* module : modules) {
    for (const ast::Declaration& declaration : module->declarations) {
      for (const Written& written : declaration.*member) declare(written);
    }
  }
}

}  // namespace

void declare_names(Context& context, const Modules& modules) {
  for (const ast::Module* module : modules) {
    if (module->kind != ast::ModuleKind::policy) continue;
    for (const ast::Declaration& declaration : module->declarations) {
      if (declaration.kind == ast::DeclarationKind::in_force) context.in_force = check_dates(context, declaration.in_force);
    }
  }
  each(modules, &ast::Declaration::source, [&](const ast::Source& written) {
    if (add_symbol(context, SymbolKind::source, written.name, static_cast<Id>(context.policy.sources.size()))) {
      context.policy.sources.push_back({written.name.text, written.title, written.unresolved});
    }
  });
  // In the order in which they need each other; within a module they may stand in any.
  each(modules, &ast::Declaration::code_system, [&](const ast::CodeSystem& w) { declare_code_system(context, w); });
  ValueSets sets(context);
  each(modules, &ast::Declaration::value_set, [&](const ast::ValueSet& written) { sets.declare(written); });
  sets.fill();
  each(modules, &ast::Declaration::define, [&](const ast::Define& written) {
    const SymbolKind kind = written.function ? SymbolKind::function : SymbolKind::define;
    if (add_symbol(context, kind, written.name, static_cast<Id>(context.definitions.size()))) {
      context.definitions.push_back({&written, false});
    }
  });
  each(modules, &ast::Declaration::parameter, [&](const ast::Parameter& w) { declare_parameter(context, w); });
  each(modules, &ast::Declaration::lookup, [&](const ast::Lookup& written) { declare_lookup(context, written); });
}

void check_definitions(Context& context) {
  for (Id id = 0; id < context.definitions.size(); ++id) {
    const size_t variables = context.policy.variables.size(), tables = context.policy.tables.size();
    const size_t before = context.diagnostics.all().size(), nodes = context.nodes;
    check_definition(context, id);
    for (size_t at = before; at < context.diagnostics.all().size(); ++at) {
      if (context.diagnostics.all()[at].severity == Severity::error) context.definitions[id].broken = true;
    }
    context.policy.variables.resize(variables);
    context.policy.tables.resize(tables);
    context.nodes = nodes;
  }
}

}  // namespace rubric::check
