// Queries: where the rows come from, and which of them count.
//
// A query never moves rows. Its sources become variables, its conditions one `where`, its `return` an expression of the
// row, and all of it waits in Rows until a fold (Count, exists, First, some ... has) asks for it. So chained queries,
// `let` and `with` need no IR of their own: they are more sources, more conditions, other expressions.
#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "compiler/check_expressions.h"

namespace rubric::check {

using Kind = Meaning::Kind;
using AstKind = ast::ExprKind;

ir::Query query_of(Rows rows) {
  ir::Query query;
  for (Id variable : rows.sources) query.sources.push_back({variable});
  if (!rows.where.empty()) {
    const Span span = rows.where.front().span;
    query.where.push_back(make_and(std::move(rows.where), span));
  }
  query.key = std::move(rows.key);
  return query;
}

std::optional<Named> named_element(const std::string& name, const Meaning& element) {
  Named made;
  made.name = name;
  switch (element.kind) {
    case Kind::row:
      made.kind = Named::Kind::row;
      made.variable = element.variable;
      made.path = element.path;
      return made;
    case Kind::value:
      made.kind = Named::Kind::value;
      made.value.push_back(element.value);
      return made;
    case Kind::tuple:
      made.kind = Named::Kind::fields;
      for (size_t i = 0; i < element.parts.size(); ++i) {
        std::optional<Named> part = named_element(element.names[i], element.parts[i]);
        if (!part) return std::nullopt;
        made.fields.push_back(std::move(*part));
      }
      return made;
    case Kind::error:
    case Kind::rows:
    case Kind::picked:
    case Kind::list:
    case Kind::interval:
    case Kind::codes:
    case Kind::fields: return std::nullopt;
  }
  return std::nullopt;
}

namespace {

// The rows of `other` for which `condition` holds: exist, in the sense of `with ... such that`.
ir::Expr exist(Rows other, ir::Expr condition, Span span, std::string text) {
  if (is_error(condition)) return error_expression(span);
  other.key.clear();
  other.where.push_back(std::move(condition));
  return make_fold(ir::Fold::any, query_of(std::move(other)), scalar_type(vm::Type::truth), span, std::move(text));
}

// What a body reads of the row that it calls `name`: the longest paths from it. False: it takes the row itself.
bool paths_from(const ast::Expr& body, const std::string& name, std::vector<const ast::Expr*>& found) {
  const ast::Expr* root = &body;
  while (root->kind == AstKind::member) root = &root->args[0];
  if (root->kind == AstKind::name && root->name == name) {
    if (root != &body) found.push_back(&body);
    return root != &body;
  }
  const auto each = [&](const std::vector<ast::Expr>& parts) {
    return std::ranges::all_of(parts, [&](const ast::Expr& part) { return paths_from(part, name, found); });
  };
  return each(body.args) && each(body.of) && each(body.where) && each(body.count);
}

std::vector<std::string> path_words(const ast::Expr& path) {
  std::vector<std::string> words;
  for (const ast::Expr* at = &path; at->kind == AstKind::member; at = &at->args[0]) words.insert(words.begin(), at->name);
  return words;
}

// The values that stand at paths as a tuple, of tuples where the paths are longer. Empty: one path goes on behind another.
using AtPath = std::pair<std::vector<std::string>, ir::Expr>;
std::optional<ir::Expr> tuple_of_paths(const std::vector<AtPath>& values, size_t depth, Span span) {
  std::vector<std::string> names;
  for (const auto& [path, value] : values) {
    if (path.size() <= depth) return std::nullopt;
    if (std::ranges::find(names, path[depth]) == names.end()) names.push_back(path[depth]);
  }
  std::vector<std::pair<std::string, ir::Expr>> elements;
  for (const std::string& name : names) {
    std::vector<AtPath> below;
    for (const AtPath& each : values) {
      if (each.first[depth] == name) below.push_back(each);
    }
    if (below.size() == 1 && below[0].first.size() == depth + 1) {
      elements.emplace_back(name, std::move(below[0].second));
      continue;
    }
    std::optional<ir::Expr> inner = tuple_of_paths(below, depth + 1, span);
    if (!inner) return std::nullopt;
    elements.emplace_back(name, std::move(*inner));
  }
  return tuple_value(std::move(elements), span);
}

class Query {
 public:
  Query(Context& c, const ast::Expr& e, const Scope& s) : context(c), expression(e) { scopes.push_back(Scope::inner(s)); }

  Meaning check() {
    for (const ast::Expr& clause : expression.args) {
      if (!this->clause(clause)) wrong = true;
    }
    if (wrong || rows.item.empty()) return error_meaning(expression.span);
    if (aggregated) return value_meaning(std::move(*aggregated));
    Meaning made;
    made.kind = Kind::rows;
    made.span = expression.span;
    made.rows.push_back(std::move(rows));
    return made;
  }

 private:
  Context& context;
  const ast::Expr& expression;
  std::deque<Scope> scopes;  // one a name: what a `let` stands for is looked up where it was written
  Rows rows;
  std::optional<ir::Expr> aggregated;
  std::string first_name;    // of the first source
  bool joined = false;       // the item is the tuple of several sources
  bool wrong = false;

  const Scope& scope() const { return scopes.back(); }

  void name(Named named) {
    scopes.push_back(Scope::inner(scopes.back()));
    scopes.back().names.push_back(std::move(named));
  }

  // A name that stands for nothing: the mistake behind it was reported, its uses shall be silent.
  void name_error(const std::string& text, Span span) { name(value_named(text, error_expression(span))); }

  bool clause(const ast::Expr& written) {
    switch (written.kind) {
      case AstKind::source: return source(written);
      case AstKind::let_clause: return let(written);
      case AstKind::with_clause:
      case AstKind::without_clause: return related(written);
      case AstKind::where_clause: {
        ir::Expr condition = truth_of(context, written.args[0], scope());
        if (is_error(condition)) return false;
        rows.where.push_back(std::move(condition));
        return true;
      }
      case AstKind::return_clause: return returned(written);
      case AstKind::sort_clause: return sorted(written);
      case AstKind::aggregate_clause: return aggregate(written);
      default: break;
    }
    context.report<DiagnosticId::not_supported>(written.span, "this clause of a query");
    return false;
  }

  bool source(const ast::Expr& written) {
    Meaning list = meaning_of(context, written.args[0], scope());
    std::optional<Rows> other;
    const bool of_record = list.kind == Kind::rows && !list.rows[0].of_values;
    if (is_error(list) || of_record || list.kind == Kind::rows ||
        !(is_list_value(list) || list.kind == Kind::value || list.kind == Kind::interval || list.kind == Kind::tuple)) {
      // Rows of values that are themselves distinct, or sorted, are a list first.
      const bool settled =
          list.kind == Kind::rows && !of_record && (list.rows[0].distinct || !list.rows[0].key.empty() || list.rows[0].single);
      if (settled) {
        ir::Expr value = as_value(context, std::move(list));
        if (!is_error(value)) other = unnested(context, std::move(value), written.name, false);
      } else {
        other = as_rows(context, std::move(list));
      }
    } else {
      const bool single = !is_list_value(list) && !(list.kind == Kind::value && is_null(list.value));
      ir::Expr value = as_value(context, std::move(list));
      if (single) value = list_value(context, {std::move(value)}, written.span);
      if (!is_error(value)) other = unnested(context, std::move(value), written.name, single);
    }
    if (!other) {
      name_error(written.name, written.span);
      return false;
    }
    if (other->distinct) {
      context.report<DiagnosticId::not_supported>(written.span, "a query over distinct values");
      name_error(written.name, written.span);
      return false;
    }
    std::optional<Named> element = named_element(written.name, other->item[0]);
    if (!element) {
      context.report<DiagnosticId::not_supported>(written.span, "a query over lists of " + type_name(context, other->item[0]));
      name_error(written.name, written.span);
      return false;
    }
    if (element->kind == Named::Kind::row && element->path.empty()) {
      context.policy.variables[element->variable].name = written.name;  // rows go by the last name that they were given
    }
    name(std::move(*element));
    const bool first = rows.sources.empty();
    rows.of_values = rows.of_values || other->of_values;
    rows.single = (first || rows.single) && other->single;
    for (ir::Expr& given : other->lists) rows.lists.push_back(std::move(given));
    rows.falling = first ? other->falling : 0;
    if (!first && rows.of_values) {   // without `return`, a tuple of the sources
      Meaning tuple;
      tuple.kind = Kind::tuple;
      tuple.span = written.span;
      if (rows.item[0].kind == Kind::tuple && joined) tuple = rows.item[0];
      else tuple.parts = {rows.item[0]}, tuple.names = {first_name};
      tuple.parts.push_back(other->item[0]);
      tuple.names.push_back(written.name);
      other->item = {std::move(tuple)};
      joined = true;
    }
    if (first) first_name = written.name;
    rows.sources.insert(rows.sources.end(), other->sources.begin(), other->sources.end());
    for (ir::Expr& condition : other->where) rows.where.push_back(std::move(condition));
    rows.key = first ? std::move(other->key) : std::vector<ir::Expr>{};
    rows.descending = first && other->descending;
    rows.item = std::move(other->item);
    return true;
  }

  bool let(const ast::Expr& written) {
    Meaning value = meaning_of(context, written.args[0], scope());
    if (is_error(value)) {
      name_error(written.name, written.span);
      return false;
    }
    if (std::optional<Named> named = named_element(written.name, value)) {
      name(std::move(*named));
      return true;
    }
    if (rows.of_values && (value.kind == Kind::interval || is_list_value(value))) {
      name(value_named(written.name, as_value(context, std::move(value))));
      return true;
    }
    Named later;
    later.name = written.name;
    later.kind = Named::Kind::argument;
    later.argument = &written.args[0];
    later.argument_scope = &scopes.back();
    name(std::move(later));
    return true;
  }

  bool related(const ast::Expr& written) {
    std::optional<Rows> other = as_rows(context, meaning_of(context, written.args[0], scope()));
    if (!other) return false;
    Scope inside = Scope::inner(scope());
    std::optional<Named> element = named_element(written.name, other->item[0]);
    if (!element) return false;
    inside.names.push_back(std::move(*element));
    ir::Expr condition = truth_of(context, written.args[1], inside);
    ir::Expr exists = exist(std::move(*other), std::move(condition), written.span, words(written.args[1]));
    if (is_error(exists)) return false;
    const bool without = written.kind == AstKind::without_clause;
    rows.where.push_back(without ? make_not(std::move(exists), written.span) : std::move(exists));
    return true;
  }

  bool returned(const ast::Expr& written) {
    Meaning item = meaning_of(context, written.args[0], scope());
    if (is_error(item)) return false;
    if (item.kind == Kind::picked) item = value_meaning(as_value(context, std::move(item)));
    if (rows.of_values && item.kind != Kind::tuple) item = value_meaning(as_value(context, std::move(item)));
    if (is_error(item)) return false;
    if (!named_element("", item)) {
      if (!is_error(item)) context.report<DiagnosticId::not_supported>(written.span, "return of " + type_name(context, item));
      return false;
    }
    // Rows of the record are kept apart; of values each is returned once, as CQL says.
    rows.distinct = (written.name == "distinct" || (rows.of_values && written.name.empty())) && item.kind != Kind::row;
    rows.item = {std::move(item)};
    return true;
  }

  bool sorted_values(const ast::Expr& written) {
    // Distinct values are made before they are sorted.
    if (rows.distinct) {
      const bool single = rows.single;
      rows.single = false;
      ir::Expr list = nested(context, std::move(rows), written.span);
      if (is_error(list)) return false;
      rows = unnested(context, std::move(list), "", single);
    }
    rows.key.clear();
    rows.falling = 0;
    const Meaning item = rows.item[0];
    const auto key = [&](ir::Expr value, bool falls) {
      if (is_error(value)) return false;
      if (falls) rows.falling |= uint32_t{1} << rows.key.size();
      rows.key.push_back(std::move(value));
      return true;
    };
    if (written.args.empty()) return key(as_value(context, item), written.name == "desc");
    Scope inside = Scope::inner(scope());
    std::optional<Named> element = named_element("$this", item);
    if (!element) element = value_named("$this", as_value(context, item));
    for (const Named& field : element->fields) inside.names.push_back(field);
    inside.names.push_back(std::move(*element));
    for (const ast::Expr& each : written.args) {
      if (!key(value_of(context, each.args[0], inside), each.name == "desc")) return false;
    }
    return rows.key.size() <= 32;
  }

  // A row of the record as the body sees it: a tuple of what the body reads. What it does not read stays open without harm.
  std::optional<ir::Expr> what_is_read(const ast::Expr& body, const std::string& name) {
    std::vector<const ast::Expr*> paths;
    std::vector<AtPath> values;
    bool known = paths_from(body, name, paths);
    for (const ast::Expr* path : paths) {
      const std::vector<std::string> words = path_words(*path);
      if (std::ranges::find(values, words, &AtPath::first) != values.end()) continue;
      values.emplace_back(words, value_of(context, *path, scope()));
      if (is_error(values.back().second)) return std::nullopt;
    }
    if (values.empty()) values.push_back({{"counts"}, make_truth(true, body.span)});  // only that it is there
    std::optional<ir::Expr> tuple = known ? tuple_of_paths(values, 0, body.span) : std::nullopt;
    if (!tuple) context.report<DiagnosticId::not_supported>(body.span, "aggregate over rows that are read as a whole; read their fields");
    return tuple;
  }

  // The steps are the elements of one list, each with all that the sources and lets before call by a name.
  bool aggregate(const ast::Expr& written) {
    const Span span = written.span;
    std::vector<std::pair<std::string, ir::Expr>> fields;
    for (size_t i = 1; i < scopes.size(); ++i) {
      for (const Named& named : scopes[i].names) {
        if (named.kind == Named::Kind::value) fields.emplace_back(named.name, named.value[0]);
        if (named.kind != Named::Kind::row) continue;
        std::optional<ir::Expr> row = what_is_read(written.args[0], named.name);
        if (!row) return false;
        fields.emplace_back(named.name, std::move(*row));
      }
    }
    if (fields.empty()) {
      context.report<DiagnosticId::not_supported>(span, "aggregate over rows of the record; return what it looks at");
      return false;
    }
    Rows given = std::move(rows);
    given.single = false;
    given.distinct = false;
    if (!given.of_values) given.falling = given.descending ? 1 : 0;
    given.item = {value_meaning(fields.size() == 1 ? fields[0].second : tuple_value(fields, span))};
    ir::Expr list = nested(context, std::move(given), span);
    if (written.text == "distinct") list = make_call(context, "distinct", {std::move(list)}, span);
    if (is_error(list)) return false;
    rows = unnested(context, std::move(list), "", false);
    const ir::Expr element = rows.item[0].value;
    Scope inside = Scope::inner(scope());
    for (const auto& [called, value] : fields) {
      inside.names.push_back(value_named(called, fields.size() == 1 ? element : member_value(context, element, called, span)));
    }
    ir::Expr start = written.args.size() > 1 ? value_of(context, written.args[1], scope()) : make_null(span);
    if (is_error(start)) return false;
    const auto accumulator = static_cast<Id>(context.policy.variables.size());
    context.policy.variables.push_back({.name = written.name, .elements = {}});
    ir::Expr seen;
    seen.kind = ir::ExprKind::accumulator;
    seen.span = span;
    seen.variable = accumulator;
    seen.type = is_null(start) ? any_type() : start.type;
    Scope body_scope = Scope::inner(inside);
    body_scope.names.push_back(value_named(written.name, seen));
    ir::Expr body = value_of(context, written.args[0], body_scope);
    if (is_error(body)) return false;
    if (body.type != seen.type) {   // the steps differ in type: a choice
      seen.type = any_type();
      body_scope.names.back() = value_named(written.name, seen);
      body = value_of(context, written.args[0], body_scope);
      if (is_error(body)) return false;
    }
    ir::Expr made;
    made.kind = ir::ExprKind::aggregate;
    made.span = span;
    made.type = any_type();
    made.variable = accumulator;
    const ir::Type type = common({start.type, body.type});
    ir::Query query;
    query.sources.push_back({rows.sources[0]});
    made.query.push_back(std::move(query));
    made.args = {std::move(start), std::move(body)};
    aggregated = narrowed(std::move(made), type);
    return true;
  }

  bool sorted(const ast::Expr& written) {
    if (rows.item.empty()) return false;
    const Meaning& item = rows.item[0];
    if (rows.of_values) return sorted_values(written);
    if (written.args.size() > 1) {
      context.report<DiagnosticId::not_supported>(written.args[1].span, "sorting by several keys");
      return false;
    }
    ir::Expr key;
    if (written.args.empty()) {
      key = as_value(context, item);
      rows.descending = written.name == "desc";
    } else {
      Scope inside = Scope::inner(scope());
      std::optional<Named> element = named_element("$this", item);
      if (element) {
        for (const Named& field : element->fields) inside.names.push_back(field);
        inside.names.push_back(std::move(*element));
      }
      key = value_of(context, written.args[0].args[0], inside);
      rows.descending = written.args[0].name == "desc";
    }
    if (is_error(key)) return false;
    static constexpr vm::Type ordered[] = {vm::Type::integer, vm::Type::decimal, vm::Type::date, vm::Type::text, vm::Type::quantity};
    if (key.type.kind != ir::Type::Kind::scalar || std::ranges::find(ordered, key.type.scalar) == std::ranges::end(ordered)) {
      context.report<DiagnosticId::not_an_order>(written.span, type_name(context, key.type));
      return false;
    }
    rows.key = {std::move(key)};
    return true;
  }
};

}  // namespace

Meaning check_query(Context& context, const ast::Expr& expression, const Scope& scope) { return Query(context, expression, scope).check(); }

}  // namespace rubric::check
