// Evaluation over sets of answers. See check_possible.h.

#include "compiler/check_possible.h"

#include "compiler/ir_print.h"
#include "vm/operators.h"

#include <algorithm>

namespace rubric::check {

namespace {

using ir::ExprKind;

template <class Combine>
uint8_t combine_sets(uint8_t a, uint8_t b, Combine combine) {
  uint8_t result = 0;
  for (uint8_t x = 1; x <= 8; x <<= 1) {
    if (!(a & x)) continue;
    for (uint8_t y = 1; y <= 8; y <<= 1) {
      if (b & y) result |= combine(x, y);
    }
  }
  return result;
}

Truths and_of(Truths a, Truths b) {
  return combine_sets(a, b, [](uint8_t x, uint8_t y) { return x == no || y == no ? no : x == open || y == open ? open : yes; });
}

Truths not_of(Truths a) { return static_cast<Truths>((a & yes ? no : 0) | (a & no ? yes : 0) | (a & open)); }
Truths or_of(Truths a, Truths b) { return not_of(and_of(not_of(a), not_of(b))); }

Statuses status_of_truth(Truths t) { return t; }  // yes is met, no is not met, open is undetermined
Truths truth_of_status(Statuses s) { return static_cast<Truths>((s & (met | not_met | undetermined)) | (s & not_applicable ? no : 0)); }

Statuses both(Statuses a, Statuses b) {  // all of
  return combine_sets(a, b, [](uint8_t x, uint8_t y) -> uint8_t {
    if (x == not_applicable) return y;
    if (y == not_applicable) return x;
    return x == not_met || y == not_met ? not_met : x == undetermined || y == undetermined ? undetermined : met;
  });
}

Statuses negated(Statuses s) {
  return static_cast<Statuses>((s & met ? not_met : 0) | (s & not_met ? met : 0) | (s & (undetermined | not_applicable)));
}

std::string_view operator_of(const ir::Expr& e) { return e.kind == ExprKind::call ? vm::operators()[e.fn].name : std::string_view(); }

bool is_constant(const ir::Expr& e) { return e.kind == ExprKind::constant && e.value.kind == vm::Kind::value; }

bool has_order(const ir::Expr& e) {
  return e.type == scalar_type(vm::Type::integer) || e.type == scalar_type(vm::Type::decimal) || e.type == scalar_type(vm::Type::date);
}

bool comes_before(const ir::Expr& a, const ir::Expr& b) {
  return a.value.high != b.value.high ? a.value.high < b.value.high
                                      : static_cast<uint64_t>(a.value.low) < static_cast<uint64_t>(b.value.low);
}

bool before(const ir::Expr& a, const ir::Expr& b) {
  if (a.type == scalar_type(vm::Type::decimal)) return comes_before(a, b);
  return a.value.low < b.value.low;
}

bool same_constant(const ir::Expr& a, const ir::Expr& b) { return a.value == b.value && a.string == b.string && a.system == b.system; }

bool is_comparison(std::string_view name) {
  return name == "=" || name == "!=" || name == "<" || name == "<=" || name == ">" || name == ">=";
}

bool is_equality(std::string_view name) { return name == "=" || name == "!="; }

// Which side of a comparison is a value that is told apart by constants; neither where two values are compared.
std::optional<size_t> value_side(const ir::Expr& e) {
  for (size_t side : {0u, 1u}) {
    if (!is_constant(e.args[1 - side]) || is_constant(e.args[side])) continue;
    if (is_equality(operator_of(e)) || has_order(e.args[1 - side])) return side;
  }
  return std::nullopt;
}

// `3 < x` is `x > 3`.
std::string_view mirrored(std::string_view name) {
  if (name == "<") return ">";
  if (name == "<=") return ">=";
  if (name == ">") return "<";
  if (name == ">=") return "<=";
  return name;
}

}  // namespace

// -- the questions --

Possible::Possible(Builder& builder, size_t block) : builder(builder), plan(builder.blocks[block]) {
  const ir::Policy& policy = builder.context.policy;
  const ir::Block& made = policy.blocks[plan.id];
  std::function<void(const ir::Expr&)> names = [&](const ir::Expr& e) {
    if (e.kind == ExprKind::status) {
      named.insert(e.criterion);
      if (e.test == ir::Test::shown || e.test == ir::Test::not_shown || e.test == ir::Test::undetermined)
        read_as_recorded.insert(e.criterion);
    }
    for (const ir::Expr& arg : e.args) names(arg);
  };
  for (Id rule : made.rules) names(policy.rules[rule].when);
  for (Id root : named) {
    std::set<Id> below;
    std::function<void(Id)> walk = [&](Id id) {
      if (!below.insert(id).second) return;
      for (Id member : policy.criteria[id].members) walk(member);
    };
    walk(root);
    for (Id id : below) ++namers[id];
    if (!read_as_recorded.contains(root)) continue;
    std::set<Id> recorded = below;
    read_as_recorded.insert(recorded.begin(), recorded.end());
  }
  for (Id rule : made.rules) {
    collect(policy.rules[rule].when);
    if (policy.rules[rule].gate) collect(*policy.rules[rule].gate);
  }
  if (made.scope) collect(*made.scope);
  if (made.version_gate) collect(*made.version_gate);
  if (made.item_where) collect(*made.item_where);
  close_values();
}

// A group is one question unless something else speaks of its members: then it is what they come to.
bool Possible::is_opaque(Id id) const {
  const ir::Criterion& criterion = builder.context.policy.criteria[id];
  if (criterion.members.empty()) return true;
  std::set<Id> seen;
  std::function<bool(Id)> shared = [&](Id member) {
    if (!seen.insert(member).second) return false;
    const ir::Criterion& at = builder.context.policy.criteria[member];
    if (member != id && (named.contains(member) || !at.exceptions.empty() || namers.at(member) > namers.at(id))) return true;
    return std::any_of(at.members.begin(), at.members.end(), shared);
  };
  return !shared(id);
}

// Variables are numbered, so that the same words at two places would look different: the numbers are left out.
std::string Possible::key_of(const ir::Expr& e) const {
  std::string text = print(builder.context.policy, e), key;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '#') {
      key += text[i];
      continue;
    }
    while (i + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[i + 1]))) ++i;
  }
  return key;
}

size_t Possible::add_atom(Atom atom) {
  auto [at, fresh] = by_key.emplace(atom.key, list.size());
  if (fresh) list.push_back(std::move(atom));
  return at->second;
}

void Possible::collect_criterion(Id id) {
  const ir::Criterion& criterion = builder.context.policy.criteria[id];
  if (by_key.contains("criterion " + std::to_string(id))) return;
  if (criterion.applies) collect(*criterion.applies);
  for (Id exception : criterion.exceptions) collect(builder.context.policy.rules[exception].when);
  if (!is_opaque(id)) {
    if (criterion.gate) collect(*criterion.gate);
    for (Id member : criterion.members) collect_criterion(member);
    return;
  }
  Atom atom;
  atom.kind = Atom::Kind::status;
  atom.key = "criterion " + std::to_string(id);
  atom.criterion = id;
  atom.words = criterion.path;
  atom.answers = {criterion.path + " is met", criterion.path + " is not met"};
  atom.truths = {yes, no};
  if (read_as_recorded.contains(id)) {
    atom.answers.push_back(criterion.path + " is undetermined");
    atom.truths.push_back(open);
  }
  Leaf leaf{0, atom.truths};
  leaf.atom = add_atom(std::move(atom));
  opaque.emplace(id, std::move(leaf));
}

void Possible::collect_value(const ir::Expr& value, const std::vector<const ir::Expr*>& constants, bool ordered) {
  Atom atom;
  atom.kind = Atom::Kind::value;
  atom.key = "value " + key_of(value);
  atom.words = value.kind == ExprKind::decided_date ? "the date of service" : value.text.empty() ? key_of(value) : value.text;
  Atom& at = list[add_atom(std::move(atom))];
  at.ordered = at.ordered || ordered;
  for (const ir::Expr* constant : constants) {
    if (std::none_of(at.constants.begin(), at.constants.end(), [&](const ir::Expr& c) { return same_constant(c, *constant); }))
      at.constants.push_back(*constant);
  }
  // Words that the model lists leave no other: `one of 'left', 'right'`.
  if (value.kind != ExprKind::field || !at.cells.empty()) return;
  const vm::Field& field = builder.context.policy.model.nodes[value.node].fields[value.field];
  for (Id word : field.one_of) {
    ir::Expr constant = make_text(std::string(text_of(builder.context, word)), value.span);
    if (std::none_of(at.constants.begin(), at.constants.end(), [&](const ir::Expr& c) { return same_constant(c, constant); }))
      at.constants.push_back(constant);
  }
  auto bound = [&](const vm::Bound& end) -> std::optional<ir::Expr> {
    if (end.kind != vm::Bound::Kind::constant) return std::nullopt;
    return make_constant(builder.context.policy.model.constants[end.constant], value.span);
  };
  at.least = bound(field.low);
  at.most = bound(field.high);
  if (!field.one_of.empty()) at.cells.push_back({.gap = false, .at = 0});  // marks it as closed, see close_values
}

void Possible::collect(const ir::Expr& e) {
  switch (e.kind) {
    case ExprKind::status: {
      collect_criterion(e.criterion);
      // Of a criterion with items of its own, "every one is not met" and "some is met" are questions of their own.
      bool unusual =
          (e.items == ir::Items::every && e.test == ir::Test::not_met) || (e.items == ir::Items::some && e.test == ir::Test::met);
      if (!unusual) return;
      const std::string& path = builder.context.policy.criteria[e.criterion].path;
      size_t some = add_atom({.kind = Atom::Kind::truth,
                              .key = "some " + std::to_string(e.criterion),
                              .words = path,
                              .answers = {"some " + path + " is met", "no " + path + " is met"},
                              .truths = {yes, no},
                              .cells = {},
                              .constants = {}});
      odd.emplace(e.criterion, Leaf{some, {yes, no}});
      return;
    }
    case ExprKind::group:
    case ExprKind::truth_and:
    case ExprKind::truth_or:
    case ExprKind::truth_not:
      for (const ir::Expr& arg : e.args) collect(arg);
      return;
    case ExprKind::constant: return;
    case ExprKind::in_set: {
      std::vector<const ir::Expr*> constants;
      for (const ir::Table::Row& row : builder.context.policy.tables[e.table].rows) constants.push_back(&row.key);
      collect_value(e.args[0], constants, false);
      return;
    }
    case ExprKind::call:
      if (is_comparison(operator_of(e))) {
        if (const auto side = value_side(e)) {
          collect_value(e.args[*side], {&e.args[1 - *side]}, !is_equality(operator_of(e)));
        } else {
          collect_pair(e);
        }
        return;
      }
      break;
    default: break;
  }
  // What stands in for a truth without a value is no part of what is said.
  const std::string& said = e.kind == ExprKind::coalesce && e.text.empty() ? e.args[0].text : e.text;
  std::string words = said.empty() ? key_of(e) : said;
  add_atom({.kind = Atom::Kind::truth,
            .key = "truth " + key_of(e),
            .words = words,
            .answers = {words, "it is not so that " + words},
            .truths = {yes, no},
            .cells = {},
            .constants = {}});
}

// `units <= Most` and `units > Most` are answers to one question.
void Possible::collect_pair(const ir::Expr& e) {
  Atom atom;
  atom.kind = Atom::Kind::value;
  atom.pair = true;
  auto [a, b] = sides_of(e);
  atom.key = "pair " + a + " | " + b;
  bool turned = a != key_of(e.args[0]);
  const ir::Expr &left = e.args[turned ? 1 : 0], &right = e.args[turned ? 0 : 1];
  atom.words = left.text.empty() ? a : left.text;
  atom.answers = {right.text.empty() ? b : right.text};  // until close_values
  Atom& at = list[add_atom(std::move(atom))];
  at.ordered = at.ordered || (operator_of(e) != "=" && operator_of(e) != "!=");
}

std::pair<std::string, std::string> Possible::sides_of(const ir::Expr& e) const {
  std::pair<std::string, std::string> sides{key_of(e.args[0]), key_of(e.args[1])};
  if (sides.second < sides.first) std::swap(sides.first, sides.second);
  return sides;
}

// Answers for values: one for each way in which the constants can be told apart, and one for everything else.
void Possible::close_values() {
  for (Atom& atom : list) {
    if (atom.kind != Atom::Kind::value) continue;
    if (atom.pair) {
      const std::string other = atom.answers[0];
      atom.answers = {atom.words + " is " + other};
      if (atom.ordered) {
        atom.answers.push_back(atom.words + " is below " + other);
        atom.answers.push_back(atom.words + " is above " + other);
      } else {
        atom.answers.push_back(atom.words + " is not " + other);
      }
      continue;
    }
    bool closed = !atom.cells.empty();
    atom.cells.clear();
    auto words = [&](size_t i) { return print(builder.context.policy, atom.constants[i]); };
    size_t count = atom.constants.size();
    if (!atom.ordered) {
      for (size_t i = 0; i < count; ++i) {
        atom.cells.push_back({.gap = false, .at = i});
        atom.answers.push_back(atom.words + " is " + words(i));
      }
      if (!closed) {
        atom.cells.push_back({.gap = true, .at = count});
        atom.answers.push_back(atom.words + " is something else");
      }
      continue;
    }
    std::sort(atom.constants.begin(), atom.constants.end(), before);
    auto comparable = [&](const std::optional<ir::Expr>& end) { return end && count > 0 && end->type == atom.constants[0].type; };
    bool least = comparable(atom.least), most = comparable(atom.most);
    for (size_t i = 0; i <= count; ++i) {
      bool whole = count > 0 && atom.constants[0].type == scalar_type(vm::Type::integer);
      bool empty = i > 0 && i < count && whole && atom.constants[i].value.low == atom.constants[i - 1].value.low + 1;
      if (least && i < count && !before(*atom.least, atom.constants[i])) empty = true;
      if (most && i > 0 && !before(atom.constants[i - 1], *atom.most)) empty = true;
      if (!empty) {
        atom.cells.push_back({.gap = true, .at = i});
        atom.answers.push_back(i == 0       ? atom.words + " is below " + words(0)
                               : i == count ? atom.words + " is above " + words(count - 1)
                                            : atom.words + " lies between " + words(i - 1) + " and " + words(i));
      }
      if (i == count) break;
      if ((least && before(atom.constants[i], *atom.least)) || (most && before(*atom.most, atom.constants[i]))) continue;
      atom.cells.push_back({.gap = false, .at = i});
      atom.answers.push_back(atom.words + " is " + words(i));
    }
  }
}

// -- evaluation --

Truths Possible::answer(const Leaf& leaf) {
  if (touched) touched->insert(leaf.atom);
  int given = answers[leaf.atom];
  if (given != no_answer) return leaf.truths[static_cast<size_t>(given)];
  Truths all = 0;
  for (size_t i = 0; i < leaf.truths.size(); ++i) {
    if (allowed(leaf.atom, i)) all |= leaf.truths[i];
  }
  return all;
}

const Possible::Leaf& Possible::leaf_of(const ir::Expr& e) {
  if (auto known = leaves.find(&e); known != leaves.end()) return known->second;
  std::optional<Leaf> leaf = comparison(e);
  if (!leaf) {
    size_t atom = by_key.at("truth " + key_of(e));
    leaf = Leaf{atom, list[atom].truths};
  }
  return leaves.emplace(&e, std::move(*leaf)).first->second;
}

// A comparison of a value with constants: what it is in every cell.
std::optional<Possible::Leaf> Possible::comparison(const ir::Expr& e) const {
  const ir::Expr* value = nullptr;
  std::string_view op;
  const ir::Expr* constant = nullptr;
  if (e.kind == ExprKind::in_set) {
    value = &e.args[0];
  } else {
    op = operator_of(e);
    if (!is_comparison(op)) return std::nullopt;
    if (const auto side = value_side(e)) {
      value = &e.args[*side];
      constant = &e.args[1 - *side];
      if (*side == 1) op = mirrored(op);
    }
  }
  if (!value) {
    auto [a, b] = sides_of(e);
    op = a == key_of(e.args[0]) ? operator_of(e) : mirrored(operator_of(e));
    auto pair = by_key.find("pair " + a + " | " + b);
    if (pair == by_key.end()) return std::nullopt;
    bool below = op == "<" || op == "<=" || op == "!=", above = op == ">" || op == ">=" || op == "!=";
    Leaf leaf{pair->second, {op == "=" || op == "<=" || op == ">=" ? yes : no, below ? yes : no}};
    if (list[pair->second].ordered) leaf.truths.push_back(above ? yes : no);
    return leaf;
  }
  auto at = by_key.find("value " + key_of(*value));
  if (at == by_key.end()) return std::nullopt;
  const Atom& atom = list[at->second];
  size_t index = 0;
  if (constant) {
    while (index < atom.constants.size() && !same_constant(atom.constants[index], *constant)) ++index;
    if (index == atom.constants.size()) return std::nullopt;
  }
  Leaf leaf{at->second, {}};
  for (const Atom::Cell& cell : atom.cells) {
    bool equal = !cell.gap && cell.at == index;
    bool below = cell.at < index || (cell.gap && cell.at == index);  // the gap before a constant has its number
    bool holds = false;
    if (e.kind == ExprKind::in_set) {
      const auto& rows = builder.context.policy.tables[e.table].rows;
      holds = !cell.gap && std::any_of(rows.begin(), rows.end(),
                                       [&](const ir::Table::Row& row) { return same_constant(row.key, atom.constants[cell.at]); });
    } else if (op == "=" || op == "!=") {
      holds = equal == (op == "=");
    } else if (op == "<" || op == "<=") {
      holds = below || (equal && op == "<=");
    } else {
      holds = !below && (!equal || op == ">=");
    }
    leaf.truths.push_back(holds ? yes : no);
  }
  return leaf;
}

Truths Possible::truth(const ir::Expr& e) {
  switch (e.kind) {
    case ExprKind::constant: return e.value.kind == vm::Kind::value && e.value.low ? yes : no;
    case ExprKind::truth_not: return not_of(truth(e.args[0]));
    case ExprKind::truth_and: {
      Truths all = yes;
      for (const ir::Expr& arg : e.args) all = and_of(all, truth(arg));
      return all;
    }
    case ExprKind::truth_or: {
      Truths any = no;
      for (const ir::Expr& arg : e.args) any = or_of(any, truth(arg));
      return any;
    }
    case ExprKind::status:
    case ExprKind::group: return truth_of_status(logic(e));
    default: return answer(leaf_of(e));
  }
}

Statuses Possible::group(ir::Group kind, uint32_t at_least, const std::vector<Statuses>& members) const {
  Statuses result = not_applicable;
  switch (kind) {
    case ir::Group::all:
      for (Statuses member : members) result = both(result, member);
      return result;
    case ir::Group::any:
    case ir::Group::none:
      for (Statuses member : members) result = both(result, negated(member));
      return kind == ir::Group::none ? result : negated(result);
    case ir::Group::at_least: {
      uint32_t least = 0, most = 0;
      bool some_open = false, applies = false, may_apply = false;
      for (Statuses member : members) {
        least += member == met;
        most += (member & (met | undetermined)) != 0;
        some_open = some_open || (member & undetermined);
        applies = applies || !(member & not_applicable);
        may_apply = may_apply || (member & ~not_applicable);
      }
      if (!may_apply) return not_applicable;
      result = applies ? 0 : not_applicable;
      if (least >= at_least) return result | met;
      if (most < at_least) return result | not_met;
      bool certain = std::all_of(members.begin(), members.end(), [](Statuses s) { return (s & (s - 1)) == 0; });
      return static_cast<Statuses>(result | (certain ? undetermined : met | not_met | (some_open ? undetermined : 0)));
    }
  }
  return result;
}

Statuses Possible::logic(const ir::Expr& e) {
  if (e.kind == ExprKind::group) {
    std::vector<Statuses> members;
    for (const ir::Expr& arg : e.args) members.push_back(logic(arg));
    return group(e.group, e.at_least, members);
  }
  if (e.kind != ExprKind::status) return status_of_truth(truth(e));

  Statuses s = status(e.criterion);
  if ((e.items == ir::Items::every && e.test == ir::Test::not_met) || (e.items == ir::Items::some && e.test == ir::Test::met)) {
    Truths some = answer(odd.at(e.criterion));
    Statuses result = s & not_applicable;
    if (s & ~not_applicable) result |= status_of_truth(e.test == ir::Test::met ? some : not_of(some));
    return result;
  }
  auto flag = [&](Statuses wanted) { return static_cast<Statuses>((s & wanted ? met : 0) | (s & ~wanted ? not_met : 0)); };
  switch (e.test) {
    case ir::Test::met: return s;
    case ir::Test::not_met: return negated(s);
    case ir::Test::shown: return flag(met);
    case ir::Test::not_shown: return flag(not_met | undetermined);
    case ir::Test::undetermined: return flag(undetermined);
    case ir::Test::applicable: return flag(met | not_met | undetermined);
    case ir::Test::not_applicable: return flag(not_applicable);
  }
  return s;
}

Truths Possible::applicable(Id id) {
  const ir::Criterion& criterion = builder.context.policy.criteria[id];
  Truths applies = criterion.applies ? truth(*criterion.applies) : yes;
  for (Id exception : criterion.exceptions) applies = and_of(applies, not_of(stands(exception)));
  return applies;
}

Statuses Possible::status(Id id) {
  if (auto known = statuses.find(id); known != statuses.end()) return known->second;
  const ir::Criterion& criterion = builder.context.policy.criteria[id];
  Statuses value = 0;
  if (auto question = opaque.find(id); question != opaque.end()) {
    value = status_of_truth(answer(question->second));
  } else if (criterion.kind == vm::CriterionKind::choice) {
    Truths gate = criterion.gate ? truth(*criterion.gate) : yes;
    Statuses amended = status(criterion.members[0]), defeated = status(criterion.members[1]);
    value = static_cast<Statuses>((gate & yes ? amended : 0) | (gate & no ? defeated : 0) | (gate & open ? undetermined : 0));
  } else {
    std::vector<Statuses> members;
    for (Id member : criterion.members) members.push_back(status(member));
    ir::Group kind = criterion.kind == vm::CriterionKind::any        ? ir::Group::any
                     : criterion.kind == vm::CriterionKind::none     ? ir::Group::none
                     : criterion.kind == vm::CriterionKind::at_least ? ir::Group::at_least
                                                                     : ir::Group::all;
    value = group(kind, criterion.at_least, members);
  }
  Statuses result = combine_sets(applicable(id), value, [](uint8_t applies, uint8_t v) -> uint8_t {
    return applies == no ? not_applicable : applies == open && v != not_applicable ? undetermined : v;
  });
  statuses[id] = result;
  return result;
}

void Possible::suppose(const Answers& given) {
  answers = given;
  statuses.clear();
  standing.clear();
}

Truths Possible::stands(Id id) {
  if (auto known = standing.find(id); known != standing.end()) return known->second;
  const ir::Rule& rule = builder.context.policy.rules[id];
  Truths stands_so = truth(rule.when);
  if (rule.gate) stands_so = and_of(stands_so, truth(*rule.gate));
  for (Id exception : rule.exceptions) stands_so = and_of(stands_so, not_of(stands(exception)));
  standing[id] = stands_so;
  return stands_so;
}

Truths Possible::in_scope() {
  const ir::Block& block = builder.context.policy.blocks[plan.id];
  Truths scope = yes;
  if (block.scope) scope = and_of(scope, truth(*block.scope));
  if (block.version_gate) scope = and_of(scope, truth(*block.version_gate));
  if (block.item_where) scope = and_of(scope, truth(*block.item_where));
  return scope;
}

void Possible::keep_to_scope() {
  for (size_t question : questions_of_scope()) {
    if (list[question].kind != Atom::Kind::value) continue;
    Answers one(list.size(), no_answer);
    std::vector<bool> ruled_out;
    for (size_t i = 0; i < list[question].answers.size(); ++i) {
      one[question] = static_cast<int>(i);
      suppose(one);
      ruled_out.push_back(!(in_scope() & yes));
    }
    bool none_left = std::find(ruled_out.begin(), ruled_out.end(), false) == ruled_out.end();
    if (!none_left) list[question].ruled_out = std::move(ruled_out);
  }
}

std::set<size_t> Possible::questions_of(Id rule) {
  suppose(Answers(list.size(), no_answer));
  std::set<size_t> found;
  touched = &found;
  stands(rule);
  touched = nullptr;
  return found;
}

std::set<size_t> Possible::questions_of_scope() {
  suppose(Answers(list.size(), no_answer));
  std::set<size_t> found;
  touched = &found;
  in_scope();
  touched = nullptr;
  return found;
}

}  // namespace rubric::check
