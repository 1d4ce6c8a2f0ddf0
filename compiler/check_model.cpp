// Entities -> ir::Model: the record model unrolled, one node for each place in a record where an object can stand.
//
// An entity can stand at several places (a Target of a line, a Target of a prior procedure), and each is a node and, for
// lists, a domain of its own: a variable then needs to know only its domain to know everything about its row. What is
// the same for all places (does an entity hold itself? is its type known?) is said once, at the declaration. Also here:
// how fields and lists of the model are found by the names that authors use.
#include <algorithm>
#include <cctype>

#include "base/must.h"
#include "base/text.h"
#include "compiler/check_types.h"

namespace rubric::check {

namespace {

using vm::FieldKind;

std::string capitalised(std::string_view text) {
  std::string made(text);
  if (!made.empty()) made[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(made[0])));
  return made;
}

const Entity* find_entity(const Context& context, std::string_view name) {
  for (const Entity& entity : context.entities) {
    if (entity.name == name) return &entity;
  }
  return nullptr;
}

class Unroller {
 public:
  explicit Unroller(Context& c) : context(c), model(c.policy.model) {}

  void run(const Entity& root) {
    vm::DomainDef cases;
    cases.name = text_id(context, "cases");
    cases.node = 0;
    model.domains.push_back(cases);
    unroll(root, 0);
    // What a field refers to may stand behind it: only now every node exists.
    for (const Late& each : late) resolve(each);
  }

 private:
  struct Late {
    Id node, field;
    const ast::Field* written;
  };

  Context& context;
  ir::Model& model;
  std::vector<const Entity*> open;  // being unrolled, outermost first
  std::vector<Late> late;

  Id add_node(std::string_view name, Id domain) {
    vm::Node made;
    made.name = text_id(context, name);
    made.domain = domain;
    model.nodes.push_back(made);
    return static_cast<Id>(model.nodes.size() - 1);
  }

  Id unroll(const Entity& entity, Id domain) {
    const Id made = add_node(entity.name, domain);
    open.push_back(&entity);
    for (const ast::Field* field : entity.fields) add_field(made, domain, *field, entity.name);
    open.pop_back();
    return made;
  }

  void add_field(Id node, Id domain, const ast::Field& written, std::string_view owner) {
    vm::Field field;
    field.key = text_id(context, written.name.text);
    field.optional = written.optional;
    field.complete = written.complete;
    for (const std::string& word : written.one_of) field.one_of.push_back(text_id(context, word));
    const Entity* entity = find_entity(context, written.type.name);
    if (written.list) {
      if (!list_field(field, domain, written, entity)) return;
    } else if (!written.fields.empty() || written.type.name == "Tuple") {
      field.kind = FieldKind::object;
      field.node = add_node(std::string(owner) + "." + written.name.text, domain);
      for (const ast::Field& inner : written.fields) add_field(field.node, domain, inner, owner);
    } else if (entity) {
      if (recursive(*entity, written)) return;
      field.kind = FieldKind::object;
      field.node = unroll(*entity, domain);
    } else if (!scalar_field(field, written)) {
      return;
    }
    const Id index = static_cast<Id>(model.nodes[node].fields.size());
    model.nodes[node].fields.push_back(field);
    if (written.type.name == "Duration") context.durations.emplace_back(node, index);
    context.called.push_back({node, index, written.called.text});
    late.push_back({node, index, &written});
  }

  bool scalar_field(vm::Field& field, const ast::Field& written) {
    if (!written.one_of.empty()) {
      field.type = vm::Type::text;
      return true;
    }
    std::optional<ir::Type> type = type_of(context, written.type);
    if (!type) return false;
    if (type->kind != ir::Type::Kind::scalar) {
      context.report<DiagnosticId::not_a_field_type>(written.type.span, type_name(context, *type));
      return false;
    }
    field.type = type->scalar;
    if (!written.type.arguments.empty()) field.code_system = text_id(context, written.type.arguments[0].name);
    return true;
  }

  bool list_field(vm::Field& field, Id domain, const ast::Field& written, const Entity* entity) {
    if (!entity) {
      if (type_of(context, written.type)) context.report<DiagnosticId::list_of_values>(written.type.span, written.type.name);
      return false;
    }
    field.kind = written.by ? FieldKind::reference : FieldKind::list;
    vm::DomainDef rows;
    rows.make = written.by ? vm::Make::reference : vm::Make::rows;
    rows.parent = domain;
    rows.name = field.key;
    if (!written.by && recursive(*entity, written)) return false;
    field.domain = static_cast<Id>(model.domains.size());
    model.domains.push_back(rows);
    if (!written.by) {
      field.node = unroll(*entity, field.domain);
      model.domains[field.domain].node = field.node;
    }
    return true;
  }

  bool recursive(const Entity& entity, const ast::Field& written) {
    auto again = std::ranges::find(open, &entity);
    if (again == open.end()) return false;
    std::string way;
    for (; again != open.end(); ++again) way += (*again)->name + " -> ";
    context.report<DiagnosticId::recursive_entity>(written.span, way + entity.name);
    return true;
  }

  // -- what refers to other fields --

  void resolve(const Late& each) {
    if (model.nodes[each.node].fields[each.field].kind == FieldKind::reference) reference(each);
    dated_by(each);
    bound(each, each.written->low, &vm::Field::low);
    bound(each, each.written->high, &vm::Field::high);
  }

  void reference(const Late& each) {
    const std::string& entity = each.written->type.name;
    const Id list = case_list_of(context, entity);
    if (list == none_id) {
      context.report<DiagnosticId::reference_without_list>(each.written->span, each.written->name.text, entity);
      return;
    }
    vm::Field& field = model.nodes[each.node].fields[each.field];
    for (Id f = 0; f < model.nodes[0].fields.size(); ++f) {
      if (model.nodes[0].fields[f].domain == list) field.refers_to = f;
    }
    field.node = model.domains[list].node;
    field.refers_by = find_field(context, field.node, each.written->by.text);
    if (field.refers_by == none_id) missing(each.written->by, field.node);
    model.domains[field.domain].from = list;
    model.domains[field.domain].node = field.node;
  }

  void dated_by(const Late& each) {
    const ast::Word& by = each.written->dated_by;
    if (!by) return;
    vm::Field& field = model.nodes[each.node].fields[each.field];
    if (field.node == none_id) return;
    field.dated_by = find_field(context, field.node, by.text);
    if (field.dated_by == none_id) return missing(by, field.node);
    const vm::Field& date = model.nodes[field.node].fields[field.dated_by];
    if (date.kind != FieldKind::scalar || date.type != vm::Type::date) {
      context.report<DiagnosticId::not_a_date_field>(by.span, by.text);
    }
  }

  void missing(const ast::Word& word, Id node) {
    context.report<DiagnosticId::no_member>(word.span, entity_name(context, node), word.text)
        .did_you_mean(nearest(word.text, field_names(context, node)));
  }

  // A bound is a literal, a field beside this one, or a field of the case.
  void bound(const Late& each, const std::optional<ast::Expr>& written, vm::Bound vm::Field::* end) {
    if (!written) return;
    const vm::Type type = model.nodes[each.node].fields[each.field].type;
    vm::Bound made;
    const bool of_case =
        written->kind == ast::ExprKind::member && written->args[0].kind == ast::ExprKind::name && written->args[0].name == "Case";
    if (written->kind == ast::ExprKind::name || of_case) {
      const Id node = of_case ? 0 : each.node;
      made.kind = of_case ? vm::Bound::Kind::of_case : vm::Bound::Kind::sibling;
      made.field = find_field(context, node, written->name);
      if (made.field == none_id) return missing({written->name, written->span}, node);
      const vm::Field& other = model.nodes[node].fields[made.field];
      if (other.kind != FieldKind::scalar || other.type != type) {
        context.report<DiagnosticId::bound_type>(
            written->span, other.kind == FieldKind::scalar ? scalar_name(other.type) : "a list or object", scalar_name(type));
        return;
      }
    } else {
      Scope nothing;
      ir::Expr value = check_expression(context, *written, nothing);
      if (is_error(value)) return;
      if (value.kind != ir::ExprKind::constant || !conversion_cost(value.type.scalar, type)) {
        context.report<DiagnosticId::bound_type>(written->span, type_name(context, value.type), scalar_name(type));
        return;
      }
      value = converted(context, std::move(value), type);
      made.kind = vm::Bound::Kind::constant;
      auto known = std::ranges::find(model.constants, value.value);
      made.constant = static_cast<Id>(known - model.constants.begin());
      if (known == model.constants.end()) model.constants.push_back(value.value);
    }
    model.nodes[each.node].fields[each.field].*end = made;
  }
};

// The entities of all modules, each with the fields that others add to it.
void gather(Context& context, const Modules& modules) {
  for (const bool extends : {false, true}) {
    for (const ast::Module* module : modules) {
      for (const ast::Declaration& declaration : module->declarations) {
        for (const ast::Entity& written : declaration.entity) {
          if (written.extends != extends) continue;
          auto known = std::ranges::find(context.entities, written.name.text, &Entity::name);
          if (!extends) {
            if (!add_symbol(context, SymbolKind::entity, written.name, static_cast<Id>(context.entities.size()))) continue;
            context.entities.push_back({written.name.text, {}, written.name.span});
            known = context.entities.end() - 1;
          } else if (known == context.entities.end()) {
            std::vector<std::string> names;
            for (const Entity& entity : context.entities) names.push_back(entity.name);
            context.report<DiagnosticId::unknown_name>(written.name.span, "entity", written.name.text)
                .did_you_mean(nearest(written.name.text, names));
            continue;
          }
          for (const ast::Field& field : written.fields) {
            const auto same = [&](const ast::Field* other) { return other->name.text == field.name.text; };
            if (auto first = std::ranges::find_if(known->fields, same); first != known->fields.end()) {
              context.report<DiagnosticId::declared_twice>(field.name.span, field.name.text)
                  .relate((*first)->name.span, "it was declared here");
            } else {
              known->fields.push_back(&field);
            }
          }
        }
      }
    }
  }
}

}  // namespace

void declare_model(Context& context, const Modules& modules) {
  gather(context, modules);
  const Span whole = modules.empty() ? Span{} : modules.back()->name.span;
  const Entity* root = find_entity(context, "Case");
  const Entity empty{"Case", {}, whole};
  Unroller(context).run(root ? *root : empty);
  ir::Variable the_case;
  the_case.name = "Case";
  the_case.node = 0;
  the_case.list = 0;
  context.policy.variables.insert(context.policy.variables.begin(), the_case);
  // An expression on its own reads no record.
  const Id lines = lines_domain(context);
  if (lines == none_id && !modules.empty()) context.report<DiagnosticId::no_lines>(root ? root->span : whole);
}

// ---------------------------------------------------------------- variables

Id add_variable(Context& context, std::string name, Id list, Id owner) {
  must(list < context.policy.model.domains.size(), "a variable runs over a list of the model");
  ir::Variable made;
  made.name = std::move(name);
  made.list = list;
  made.owner = owner;
  made.node = context.policy.model.domains[list].node;
  context.policy.variables.push_back(std::move(made));
  return static_cast<Id>(context.policy.variables.size() - 1);
}

Id add_line_variable(Context& context, std::string name) { return add_variable(context, std::move(name), lines_domain(context), 0); }

// ---------------------------------------------------------------- names in the model

Id text_id(Context& context, std::string_view text) {
  std::vector<std::string>& texts = context.policy.model.texts;
  if (auto known = context.text_ids.find(text); known != context.text_ids.end()) return known->second;
  texts.emplace_back(text);
  const Id made = static_cast<Id>(texts.size() - 1);
  context.text_ids.emplace(text, made);
  return made;
}

std::string_view text_of(const Context& context, Id text) { return context.policy.model.texts[text]; }

std::string_view entity_name(const Context& context, Id node) { return text_of(context, context.policy.model.nodes[node].name); }

Id find_field(const Context& context, Id node, std::string_view name) {
  const std::vector<vm::Field>& fields = context.policy.model.nodes[node].fields;
  for (Id field = 0; field < fields.size(); ++field) {
    if (text_of(context, fields[field].key) == name) return field;
  }
  for (const Called& each : context.called) {
    if (each.node == node && !each.name.empty() && each.name == name) return each.field;
  }
  return none_id;
}

std::vector<std::string> field_names(const Context& context, Id node) {
  std::vector<std::string> names;
  for (const Called& each : context.called) {
    if (each.node != node) continue;
    names.emplace_back(each.name.empty() ? text_of(context, context.policy.model.nodes[node].fields[each.field].key)
                                         : std::string_view(each.name));
  }
  return names;
}

Id lines_domain(const Context& context) {
  for (const vm::Field& field : context.policy.model.nodes[0].fields) {
    if (field.kind == FieldKind::list && text_of(context, field.key) == "lines" && entity_name(context, field.node) == "Line") {
      return field.domain;
    }
  }
  return none_id;
}

Id case_list_of(const Context& context, std::string_view entity) {
  for (const vm::Field& field : context.policy.model.nodes[0].fields) {
    if (field.kind == FieldKind::list && entity_name(context, field.node) == entity) return field.domain;
  }
  return none_id;
}

Id case_field_named(const Context& context, std::string_view name) {
  const std::vector<vm::Field>& fields = context.policy.model.nodes[0].fields;
  for (Id field = 0; field < fields.size(); ++field) {
    if (fields[field].kind != FieldKind::scalar && capitalised(text_of(context, fields[field].key)) == name) return field;
  }
  // An object goes by its entity too: `Program` for the case's `program Program`.
  for (Id field = 0; field < fields.size(); ++field) {
    if (fields[field].kind == FieldKind::object && entity_name(context, fields[field].node) == name) return field;
  }
  return none_id;
}

std::vector<std::string> case_names(const Context& context) {
  std::vector<std::string> names;
  for (const vm::Field& field : context.policy.model.nodes[0].fields) {
    if (field.kind != FieldKind::scalar) names.push_back(capitalised(text_of(context, field.key)));
  }
  return names;
}

// The lists of an object at a node, through the objects inside of it.
std::vector<Id> lists_in(const Context& context, Id node) {
  std::vector<Id> lists;
  for (const vm::Field& field : context.policy.model.nodes[node].fields) {
    if (field.kind == FieldKind::object) {
      for (Id inner : lists_in(context, field.node)) lists.push_back(inner);
    } else if (field.kind != FieldKind::scalar && field.node != none_id) {
      lists.push_back(field.domain);
    }
  }
  return lists;
}

Id expect_list(Context& context, Id owner, const ast::Word& entity) {
  const Id node = context.policy.variables[owner].node;
  std::vector<Id> found;
  std::vector<std::string> names;
  for (Id list : lists_in(context, node)) {
    const vm::DomainDef& domain = context.policy.model.domains[list];
    names.emplace_back(entity_name(context, domain.node));
    const std::string_view key = text_of(context, domain.name);
    if (names.back() == entity.text || key == entity.text || capitalised(key) == entity.text) found.push_back(list);
  }
  if (found.size() == 1) return found[0];
  if (found.size() > 1) {
    std::string keys;
    for (Id list : found) keys += (keys.empty() ? "" : ", ") + std::string(text_of(context, context.policy.model.domains[list].name));
    context.report<DiagnosticId::several_lists>(entity.span, entity.text, entity_name(context, node), keys);
    return none_id;
  }
  // The entity stands elsewhere in a record: say where.
  for (const vm::DomainDef& domain : context.policy.model.domains) {
    if (domain.node == none_id || domain.node == 0 || entity_name(context, domain.node) != entity.text) continue;
    const Id parent = context.policy.model.domains[domain.parent].node;
    const std::string_view holder = entity_name(context, parent);
    context.report<DiagnosticId::list_elsewhere>(entity.span, entity.text, entity_name(context, node), holder);
    return none_id;
  }
  context.report<DiagnosticId::unknown_name>(entity.span, "list of " + std::string(entity_name(context, node)), entity.text)
      .did_you_mean(nearest(entity.text, names));
  return none_id;
}

}  // namespace rubric::check
