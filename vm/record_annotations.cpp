// Annotations: evidence for a fact, claims that dispute it, the word that it does not apply.
//
// They point at places of the record, also at places where it has nothing. So they are read first, into a tree along
// their pointers, and the walk over the record takes the tree along: where a branch ends, it changes what the fact
// says. Before that, one walk over the tree finds the pointers that point at nothing the model knows.
// See record_reader.h.

#include "vm/record_reader.h"

#include "base/text.h"

#include <fmt/format.h>

#include <charconv>
#include <unordered_map>

namespace rubric::vm {

namespace {

constexpr size_t deepest_pointer = 64;

// The parts of a JSON pointer; nothing if it is none.
std::optional<std::vector<std::string>> pointer_parts(std::string_view pointer) {
  std::vector<std::string> parts;
  if (pointer.empty()) return parts;
  if (pointer[0] != '/') return std::nullopt;
  for (size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      if (parts.size() == deepest_pointer) return std::nullopt;
      parts.emplace_back();
    } else if (pointer[i] != '~') {
      parts.back() += pointer[i];
    } else {
      const char escaped = ++i < pointer.size() ? pointer[i] : '\0';
      if (escaped != '0' && escaped != '1') return std::nullopt;
      parts.back() += escaped == '0' ? '~' : '/';
    }
  }
  return parts;
}

// An index as RFC 6901 writes it, without leading zeros.
std::optional<size_t> index_of(std::string_view part) {
  if (part.empty() || (part[0] == '0' && part.size() > 1)) return std::nullopt;
  size_t index = 0;
  const auto [end, problem] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (problem != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return index;
}

}  // namespace

// ---------------------------------------------------------------- reading them

void RecordReader::read_annotations(Token annotations) {
  if (json_.kind(annotations) != '{') {
    error(annotations, fmt::format("expected an object with a JSON pointer for each key, found {}", shown(annotations)));
    return;
  }
  marks_.resize(2);
  json_.each_member(annotations, [&](Token key, Token value) {
    if (!out_.charge(2)) return false;
    if (!json_.is_null(value)) read_annotation(key, value);
    return true;
  });
  if (out_.over_limit()) return;
  check_marks(root_mark, 0, 0, "");
}

void RecordReader::read_annotation(Token key, Token value) {
  const std::string pointer(json_.string(key, scratch_));
  const auto parts = pointer_parts(pointer);
  if (!parts) {
    warn(key, fmt::format("{} is not a JSON pointer to a fact, as in \"/lines/0/code\"", quoted(pointer)));
    return;
  }
  if (json_.kind(value) != '{') {
    error(value, fmt::format("expected an object, found {}", shown(value)));
    return;
  }
  uint32_t mark = root_mark;
  for (const std::string& part : *parts) {
    const auto [place, fresh] = marks_[mark].below.emplace(part, static_cast<uint32_t>(marks_.size()));
    const uint32_t next = place->second;
    if (fresh) {
      if (!out_.charge(1)) return;
      marks_.emplace_back();
    }
    mark = next;
  }
  if (marks_[mark].at != no_token) {
    error(key, "the fact has two annotations");
    return;
  }
  marks_[mark].at = key;

  const auto [document, date, page, author, disputed, not_applicable] =
      members<6>(value, {"document", "date", "page", "author", "disputed", "notApplicable"});
  Evidence evidence{pointer, "", "", "", ""};
  string_member(document, evidence.document);
  string_member(date, evidence.date);
  string_member(author, evidence.author);
  if (page != no_token && json_.is_number(page)) evidence.page = json_.raw(page);
  else string_member(page, evidence.page);
  if (document != no_token || date != no_token || page != no_token || author != no_token) {
    out_.info().evidence.push_back(std::move(evidence));
  }

  if (not_applicable != no_token && !json_.is_null(not_applicable)) {
    std::string reason;
    if (!string_member(not_applicable, reason)) return;
    marks_[mark].not_applicable = not_applicable;
    out_.info().not_applicable.emplace_back(pointer, reason);
  }
  if (disputed == no_token || json_.is_null(disputed)) return;
  if (marks_[mark].not_applicable != no_token) {
    error(disputed, "a fact that does not apply cannot be disputed as well");
  } else if (json_.kind(disputed) != '[' || json_.kind(disputed + 1) == ']') {
    error(disputed, fmt::format("expected claims, as in [{{\"by\": \"...\", \"value\": true}}], found {}",
                                json_.kind(disputed) == '[' ? "none" : shown(disputed)));
  } else {
    read_claims(disputed, pointer, mark);
  }
}

void RecordReader::read_claims(Token claims, const std::string& pointer, uint32_t mark) {
  json_.each_element(claims, [&](Token claim) {
    if (!out_.charge(2)) return false;
    if (json_.kind(claim) != '{') {
      error(claim, fmt::format("expected a claim with \"by\" and \"value\", found {}", shown(claim)));
      return true;
    }
    const auto [by, value] = members<2>(claim, {"by", "value"});
    Claim out{pointer, "", ""};
    string_member(by, out.by);
    if (value == no_token || json_.is_null(value)) {
      error(claim, "a claim needs a value; a fact that one side does not state is not disputed by it");
      return true;
    }
    out.value = json_.kind(value) == '"' ? json_.string(value, scratch_) : json_.raw(value);
    out_.info().claims.push_back(std::move(out));
    marks_[mark].claims.push_back(value);
    return true;
  });
  marks_[mark].disputed = claims;
}

// ---------------------------------------------------------------- where they point

// A whole fact can be disputed, and a fact, an object or a list can be not applicable; a row of a list is neither.
void RecordReader::refuse_mark(uint32_t id, bool may_not_apply) {
  Mark& mark = marks_[id];
  if (mark.disputed != no_token) error(mark.disputed, "only a single fact can be disputed");
  if (mark.not_applicable != no_token && !may_not_apply) {
    error(mark.not_applicable, "only a fact, an object or a list as a whole can be not applicable");
  }
}

// Every annotation in this branch points at nothing.
void RecordReader::stray_marks(uint32_t id, const std::string& why) {
  if (marks_[id].at != no_token) {
    const std::string pointer(json_.string(marks_[id].at, scratch_));
    warn(marks_[id].at, fmt::format("{} {}", quoted(pointer), why));
  }
  for (const auto& [key, below] : marks_[id].below) stray_marks(below, why);
}

void RecordReader::check_marks(uint32_t id, Id node, Token object, const std::string& pointer) {
  const NodePlan& plan = plan_.nodes[node];
  // What a program does not read is not looked at, here as elsewhere.
  if (marks_[id].below.empty() || plan.fields.empty()) return;
  std::unordered_map<std::string, Token> values;
  if (object != no_token) {
    json_.each_member(object, [&](Token key, Token value) {
      const std::string_view name = json_.string(key, scratch_);
      if (marks_[id].below.contains(name) && !json_.is_null(value)) values.emplace(name, value);
      return true;
    });
  }
  for (const auto& [key, below] : marks_[id].below) {
    const auto found = plan.by_key.find(key);
    if (found == plan.by_key.end()) {
      std::vector<std::string_view> known;
      for (const FieldPlan& field : plan.fields) known.push_back(field.key);
      auto better = nearest(key, known);
      if (better) better = pointer + "/" + *better;
      stray_marks(below, fmt::format("points at nothing that the model knows{}", meant(better)));
      continue;
    }
    const FieldPlan& field = plan.fields[found->second];
    const auto value = values.contains(key) ? values.at(key) : no_token;
    const std::string here = pointer + "/" + key;
    switch (field.kind) {
      case FieldKind::scalar:
        // Parts of a fact may be cited, not disputed.
        for (const auto& [part, deeper] : marks_[below].below) {
          if (value == no_token || json_.kind(value) != '{') stray_marks(deeper, "points into a fact that has no parts");
          else refuse_mark(deeper, false);
        }
        break;
      case FieldKind::object:
        refuse_mark(below, true);
        check_marks(below, field.field->node, value != no_token && json_.kind(value) == '{' ? value : no_token, here);
        break;
      case FieldKind::list:
      case FieldKind::reference:
        refuse_mark(below, true);
        check_row_marks(below, field, value, here);
        break;
    }
  }
}

void RecordReader::check_row_marks(uint32_t id, const FieldPlan& field, Token list, const std::string& pointer) {
  if (marks_[id].below.empty()) return;
  if (list != no_token && json_.kind(list) == '{') {
    Token items = no_token;
    json_.each_member(list, [&](Token key, Token value) {
      if (json_.raw_string(key) == "items") items = value;
      return true;
    });
    for (const auto& [key, below] : marks_[id].below) {
      refuse_mark(below, false);
      if (key == "items" && items != no_token && json_.kind(items) == '[') check_row_marks(below, field, items, pointer + "/items");
      else if (key != "complete") stray_marks(below, fmt::format("points at no row; did you mean \"{}/items/...\"?", pointer));
    }
    return;
  }
  std::vector<Token> rows;
  if (list != no_token && json_.kind(list) == '[') {
    json_.each_element(list, [&](Token row) {
      rows.push_back(row);
      return true;
    });
  }
  for (const auto& [key, below] : marks_[id].below) {
    const auto index = index_of(key);
    if (!index || *index >= rows.size()) {
      stray_marks(below, fmt::format("points at no row: {}",
                                     rows.empty() ? "the list has none" : fmt::format("the last is {}/{}", pointer, rows.size() - 1)));
      continue;
    }
    refuse_mark(below, false);
    const Token row = rows[*index];
    if (field.kind == FieldKind::list) {
      check_marks(below, field.field->node, json_.kind(row) == '{' ? row : no_token, fmt::format("{}/{}", pointer, key));
    }
  }
}

// ---------------------------------------------------------------- what they make of a fact

uint32_t RecordReader::mark_below(uint32_t mark, std::string_view key) const {
  if (mark == no_mark) return no_mark;
  const auto found = marks_[mark].below.find(key);
  return found == marks_[mark].below.end() ? no_mark : found->second;
}

std::optional<Value> RecordReader::marked_value(const FieldPlan& field, uint32_t id) {
  if (marks_[id].not_applicable != no_token) return Value::none(Cause::not_applicable);
  std::optional<Value> all;
  bool good = true;
  for (const Token claim : marks_[id].claims) {
    const auto value = value_of(field, claim);
    good &= value.has_value();
    if (value) all = all ? either(*all, *value, out_.arena()) : *value;
  }
  if (!good || !all) return std::nullopt;
  if (all->kind == Kind::open || all->kind == Kind::unknown) all->cause = Cause::disputed;
  return all;
}

}  // namespace rubric::vm
