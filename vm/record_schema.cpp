// Writing the schema. See record_schema.h.

#include "vm/record_schema.h"

#include "base/text.h"
#include "vm/date.h"
#include "vm/record_bounds.h"
#include "vm/record_plan.h"
#include "vm/whole_record.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <vector>

namespace rubric::vm {

namespace {

// JSON text, indented; the caller opens and closes.
class Writer {
 public:
  Writer& open(char bracket) {
    item();
    out_ += bracket;
    closing_.push_back(bracket == '{' ? '}' : ']');
    first_ = true;
    return *this;
  }
  Writer& close() {
    const char bracket = closing_.back();
    closing_.pop_back();
    if (!first_) line();
    out_ += bracket;
    first_ = false;
    return *this;
  }
  Writer& key(std::string_view name) {
    item();
    out_ += quote_json(name) + ": ";
    after_key_ = true;
    return *this;
  }
  Writer& text(std::string_view value) { return raw(quote_json(value)); }
  Writer& raw(std::string_view json) {
    item();
    out_ += json;
    return *this;
  }
  Writer& pair(std::string_view name, std::string_view value) { return key(name).text(value); }
  std::string done() { return std::move(out_) + "\n"; }

 private:
  void line() { out_ += "\n" + std::string(closing_.size() * 2, ' '); }
  void item() {
    if (!after_key_ && !closing_.empty()) {
      if (!first_) out_ += ',';
      line();
    }
    after_key_ = false;
    first_ = false;
  }
  std::string out_;
  std::vector<char> closing_;
  bool first_ = true, after_key_ = false;
};

// The name of a type's definition, or nothing where the type is written in place.
std::string_view definition(Type type) {
  switch (type) {
    case Type::date: return "date";
    case Type::date_time: return "dateTime";
    case Type::time: return "time";
    case Type::quantity: return "quantity";
    case Type::code: return "code";
    case Type::truth:
    case Type::integer:
    case Type::long_integer:
    case Type::decimal:
    case Type::text:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: return {};
  }
  return {};
}

std::string_view json_type(Type type) {
  switch (type) {
    case Type::truth: return "boolean";
    case Type::integer:
    case Type::long_integer: return "integer";
    case Type::decimal: return "number";
    case Type::interval:
    case Type::tuple: return "object";
    case Type::list: return "array";
    case Type::text:
    case Type::code:
    case Type::date:
    case Type::date_time:
    case Type::time:
    case Type::quantity:
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: return "string";
  }
  return "string";
}

// The definition of the vague form, or nothing where a value cannot be vague.
std::string_view vague_definition(Type type) {
  switch (type) {
    case Type::integer:
    case Type::long_integer:
    case Type::decimal: return "vagueNumber";
    case Type::date: return "vagueDate";
    case Type::date_time: return "vagueDateTime";
    case Type::time: return "vagueTime";
    case Type::quantity: return "vagueQuantity";
    case Type::truth:
    case Type::text:
    case Type::code:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept:
    case Type::any:
    case Type::outcome: return {};
  }
  return {};
}

class Schema {
 public:
  Schema(const Program& program, SchemaScope scope) : program_(program), scope_(scope), plan_(program) {}

  std::string write() {
    out_.open('{');
    out_.pair("$schema", "https://json-schema.org/draft/2020-12/schema");
    out_.pair("title", program_.title.empty() ? (program_.name.empty() ? "Case record" : program_.name + ": case record")
                                              : program_.title + ": case record");
    out_.pair("description",
              "A key that is missing, or null, means that the fact is not documented. " +
                  std::string(scope_ == SchemaScope::read ? "These are the facts that the policy reads; a record may have more."
                                                          : "These are all facts of the record model."));
    if (!program_.nodes.empty()) object(0, true);
    definitions();
    out_.close();
    return out_.done();
  }

 private:
  bool wanted(const FieldPlan& field) const {
    if (!field.field) return false;
    return scope_ == SchemaScope::whole || (field.kind == FieldKind::scalar ? field.field->column != none_id : field.entered);
  }

  // Keywords of the object that stands at a node, into an object that is open.
  void object(Id node, bool is_case) {
    out_.pair("type", "object").key("properties").open('{');
    if (is_case) {
      if (find_field(program_, program_.nodes[0], "id") == none_id) {
        out_.key("id").open('{').pair("type", "string").pair("description", "The name of the case.").close();
      }
      if (find_field(program_, program_.nodes[0], "decisionDate") == none_id) {
        out_.key("decisionDate").open('{').pair("$ref", "#/$defs/date");
        out_.pair("description", "The day called today, unless another one is given when the case is decided.").close();
      }
    }
    for (const FieldPlan& field : plan_.nodes[node].fields) {
      if (!wanted(field)) continue;
      out_.key(field.key).open('{');
      switch (field.kind) {
        case FieldKind::scalar: scalar(field, node); break;
        case FieldKind::object: nested(field); break;
        case FieldKind::list:
        case FieldKind::reference: list(field); break;
      }
      out_.close();
    }
    if (is_case) {
      out_.key("annotations").open('{').pair("$ref", "#/$defs/annotations").close();
      out_.key("assertions").open('{').pair("$ref", "#/$defs/assertions").close();
    }
    out_.close();
    if (is_case) out_.key("required").raw("[\"id\"]");
  }

  void reference(std::string_view name) { out_.open('{').pair("$ref", fmt::format("#/$defs/{}", name)).close(); }
  void nothing_documented() { out_.open('{').pair("type", "null").close(); }

  std::string bound_text(const Bound& bound, const std::optional<Value>& constant, Id node, std::string_view words) const {
    switch (bound.kind) {
      case Bound::Kind::unbounded: return {};
      case Bound::Kind::constant: return constant ? fmt::format("{} {}", words, value_text(*constant)) : std::string();
      case Bound::Kind::sibling: return fmt::format("{} {}", words, plan_.nodes[node].fields[bound.field].key);
      case Bound::Kind::of_case: return fmt::format("{} the case's {}", words, plan_.nodes[0].fields[bound.field].key);
    }
    return {};
  }

  void scalar(const FieldPlan& field, Id node) {
    const bool time = field.type == Type::date || field.type == Type::date_time || field.type == Type::time;
    std::string words;
    for (const std::string& part : {bound_text(field.field->low, field.low, node, time ? "not before" : "at least"),
                                    bound_text(field.field->high, field.high, node, time ? "not after" : "at most")}) {
      if (!part.empty()) words += (words.empty() ? "" : ", ") + part;
    }
    if (!words.empty()) out_.pair("description", words);
    out_.key("anyOf").open('[');
    if (const auto name = definition(field.type); !name.empty()) {
      if (field.type == Type::code && field.field->code_system != none_id) {
        out_.open('{').pair("type", "string");
        out_.pair("description", "A code of " + program_.texts[field.field->code_system]).close();
      }
      reference(name);
    } else {
      out_.open('{').pair("type", json_type(field.type));
      if (!field.field->one_of.empty()) {
        out_.key("enum").open('[');
        for (const Id word : field.field->one_of) out_.text(program_.texts[word]);
        out_.close();
      }
      const bool number = field.type == Type::integer || field.type == Type::long_integer || field.type == Type::decimal;
      if (number && field.low) out_.key("minimum").raw(value_text(*field.low));
      if (number && field.high) out_.key("maximum").raw(value_text(*field.high));
      out_.close();
    }
    if (const auto vague = vague_definition(field.type); !vague.empty()) reference(vague);
    if (field.field->optional) reference("none");
    nothing_documented();
    out_.close();
  }

  void nested(const FieldPlan& field) {
    out_.key("anyOf").open('[').open('{');
    object(field.field->node, false);
    out_.close();
    if (field.field->optional) reference("none");
    nothing_documented();
    out_.close();
  }

  void list(const FieldPlan& field) {
    out_.pair("description", field.field->complete ? "A plain list is the whole list. [] says that there is none."
                                                   : "A plain list is what is recorded: there may be more. [] says that there is none.");
    const auto items = [&] {
      out_.pair("type", "array").key("items").open('{');
      if (field.kind == FieldKind::reference) {
        out_.pair("type", "integer");
        out_.pair("description", fmt::format("{} of one of the case's {}", key(program_.nodes[field.field->node], field.field->refers_by),
                                             key(program_.nodes[0], field.field->refers_to)));
      } else {
        out_.pair("$ref", "#/$defs/" + row_definition(field.field->node));
      }
      out_.close();
    };
    out_.key("anyOf").open('[').open('{');
    items();
    out_.close().open('{').pair("type", "object").key("properties").open('{').key("items").open('{');
    items();
    out_.close().key("complete").open('{').pair("$ref", "#/$defs/complete").close();
    out_.close().key("required").raw("[\"items\"]").key("additionalProperties").raw("false").close();
    nothing_documented();
    out_.close();
  }

  std::string_view key(const Node& node, Id field) const { return program_.texts[node.fields[field].key]; }

  // Rows are said once, under the entity's name, since a list has two forms.
  std::string row_definition(Id node) {
    const auto [place, fresh] = row_names_.emplace(node, std::string());
    if (!fresh) return place->second;
    const Id name = program_.nodes[node].name;
    const std::string base = name < program_.texts.size() ? program_.texts[name] : "row";
    std::string& out = place->second = base;
    for (int n = 2; !names_.insert(out).second; ++n) out = fmt::format("{}{}", base, n);
    rows_.push_back(node);
    return out;
  }

  void vague(std::string_view name, std::string_view end) {
    out_.key(name).open('{').pair(
        "description", "It lies between low and high, both included; a missing end is open. The text keeps the chart's own words.");
    out_.pair("type", "object").key("properties").open('{');
    out_.key("vague").open('{').pair("type", "object").key("properties").open('{');
    for (const char* side : {"low", "high"}) out_.key(side).raw(end);
    out_.close().key("additionalProperties").raw("false").close();
    out_.key("text").raw("{ \"type\": \"string\" }");
    out_.close().key("required").raw("[\"vague\"]").key("additionalProperties").raw("false").close();
  }

  void definitions() {
    out_.key("$defs").open('{');
    out_.key("none").open('{').pair("description", "There is no value, and the record says so.").pair("type", "object");
    out_.key("properties").open('{').key("none").raw("{ \"const\": true }").key("text").raw("{ \"type\": \"string\" }").close();
    out_.key("required").raw("[\"none\"]").key("additionalProperties").raw("false").close();

    out_.key("date").open('{').pair("description", "A day, or as much of it as is known: 2025-03-01, 2025-03, 2025.");
    out_.pair("type", "string").pair("pattern", "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$").close();
    out_.key("dateTime").open('{').pair("description", "A date and time, in UTC where no offset is given, or a date as above.");
    out_.pair("type", "string")
        .pair("pattern", "^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?$")
        .close();
    out_.key("time").open('{').pair("type", "string").pair("pattern", "^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?$").close();
    out_.key("quantity").open('{').pair("description", "A number with a unit: \"3 months\", or its two parts.").key("anyOf").open('[');
    out_.raw("{ \"type\": \"string\" }").open('{').pair("type", "object").key("properties").open('{');
    out_.key("value").raw("{ \"type\": \"number\" }").key("unit").raw("{ \"type\": \"string\" }").close();
    out_.key("required").raw("[\"value\"]").key("additionalProperties").raw("false").close().close().close();
    out_.key("code").open('{').pair("type", "object").key("properties").open('{');
    for (const char* part : {"system", "code", "display", "text", "version"}) out_.key(part).raw("{ \"type\": \"string\" }");
    out_.close().key("required").raw("[\"code\"]").close();

    vague("vagueNumber", "{ \"type\": \"number\" }");
    vague("vagueDate", "{ \"$ref\": \"#/$defs/date\" }");
    vague("vagueDateTime", "{ \"$ref\": \"#/$defs/dateTime\" }");
    vague("vagueTime", "{ \"$ref\": \"#/$defs/time\" }");
    vague("vagueQuantity", "{ \"$ref\": \"#/$defs/quantity\" }");

    out_.key("complete").open('{').pair("description", "true: the list is whole. from, to: every row dated in that period is listed.");
    out_.key("anyOf").open('[').raw("{ \"type\": \"boolean\" }").open('{').pair("type", "object").key("properties").open('{');
    for (const char* side : {"from", "to"}) out_.key(side).raw("{ \"$ref\": \"#/$defs/date\" }");
    out_.close().key("additionalProperties").raw("false").close().close().close();

    out_.key("annotations")
        .open('{')
        .pair(
            "description",
            "What is to be said of a fact, by its JSON pointer (\"/lines/0/code\"): where it is documented, who disputes it, that it does not apply.");
    out_.pair("type", "object").key("additionalProperties").open('{').pair("type", "object").key("properties").open('{');
    for (const char* part : {"document", "date", "author"}) out_.key(part).raw("{ \"type\": \"string\" }");
    out_.key("page").raw("{ \"type\": [\"string\", \"number\"] }");
    out_.key("notApplicable").open('{').pair("type", "string").pair("description", "The reason.").close();
    out_.key("disputed").open('{').pair("type", "array").key("items").open('{').pair("type", "object").key("properties").open('{');
    out_.key("by").raw("{ \"type\": \"string\" }").key("value").raw("{}").close();
    out_.key("required").raw("[\"value\"]").close().key("minItems").raw("1").close();
    out_.close().close().close();

    out_.key("assertions").open('{').pair("description", "A person's judgment on a criterion.").pair("type", "array");
    out_.key("items").open('{').pair("type", "object").key("properties").open('{');
    out_.key("criterion").open('{').pair("type", "string");
    if (!plan_.criteria.empty()) {
      out_.key("enum").open('[');
      for (const std::string_view name : plan_.criteria) out_.text(name);
      out_.close();
    }
    out_.close();
    out_.key("status").raw("{ \"enum\": [\"met\", \"notMet\", \"undetermined\", \"notApplicable\"] }");
    out_.key("line").open('{').pair("type", "integer").pair("description", "The line's sequence; every line where it is missing.").close();
    out_.key("item").open('{').pair("type", "integer").pair("description", "The diagnosis or target of the line, from 1.").close();
    for (const char* part : {"by", "credential", "reason"}) out_.key(part).raw("{ \"type\": \"string\" }");
    out_.key("date").raw("{ \"$ref\": \"#/$defs/date\" }").close();
    out_.key("required").raw("[\"criterion\", \"status\"]").close().close();

    // Writing a row may ask for further ones.
    for (size_t k = 0; k < rows_.size(); ++k) {
      const Id node = rows_[k];
      out_.key(row_definition(node)).open('{');
      object(node, false);
      out_.close();
    }
    out_.close();
  }

  const Program& program_;
  SchemaScope scope_;
  RecordPlan plan_;
  Writer out_;
  std::map<Id, std::string> row_names_;
  std::set<std::string> names_{"none",        "date",       "dateTime",    "time",      "quantity",      "code",      "complete",
                               "annotations", "assertions", "vagueNumber", "vagueDate", "vagueDateTime", "vagueTime", "vagueQuantity"};
  std::vector<Id> rows_;  // in the order in which they were asked for
};

}  // namespace

std::string record_schema(const Program& program, SchemaScope scope) {
  if (scope == SchemaScope::read) return Schema(program, scope).write();
  const Program whole = reading_everything(program);  // else lists that nobody reads would have no plan
  return Schema(whole, scope).write();
}

}  // namespace rubric::vm
