#include "compiler/emit_expressions.h"

#include "vm/kernels.h"
#include "vm/operators.h"

#include <algorithm>

namespace rubric {

using ir::ExprKind;
using vm::Op;
using vm::Type;

Expressions::Expressions(const ir::Policy& policy, Builder& b) : policy_(policy), b_(b) { domains_[0] = 0; }

Id Expressions::base_domain(Id variable) const {
  const Id list = policy_.variables[variable].list;
  if (list == none_id) return 0;
  const vm::DomainDef& d = b_.program.domains[list];
  return d.make == vm::Make::reference ? d.from : list;
}

Id Expressions::move(Id reg, Id variable) {
  // From the rows of the record list to those that stand for them: through a reference, a cross, or both.
  const Id bound = domains_.at(variable);
  if (b_.domain_of(reg) == none_id || b_.domain_of(reg) == bound) return reg;
  const vm::DomainDef& d = b_.program.domains[bound];
  if (d.from != b_.domain_of(reg)) reg = b_.source(reg, d.from);
  return b_.source(reg, bound);
}

Id Expressions::field(const ir::Expr& e) {
  vm::ColumnDef c;
  c.kind = vm::ColumnKind::field;
  c.type = e.type.scalar;
  c.domain = base_domain(e.variable);
  c.node = e.node;
  c.field = e.field;
  const vm::Field& f = b_.program.nodes[e.node].fields[e.field];
  c.optional = f.optional;
  // The way from the row's own object, through nested ones.
  std::string path;
  Id node = e.variable == 0 ? 0 : policy_.variables[e.variable].node;
  for (const Id step : e.path) {
    const vm::Field& s = b_.program.nodes[node].fields[step];
    if (!path.empty()) path += '/';
    path += b_.program.texts[s.key];
    c.optional |= s.optional;
    node = s.node;
  }
  if (e.path.empty()) path = b_.program.texts[f.key];
  c.path = b_.text(path);
  return move(b_.column(c), e.variable);
}

Id Expressions::decided_date(Id line) {
  vm::ColumnDef c;
  c.kind = vm::ColumnKind::decided_date;
  c.type = Type::date;
  c.domain = base_domain(line);
  c.node = policy_.variables[line].node;
  c.path = b_.text("serviceDate");
  const vm::Node& node = b_.program.nodes[c.node];
  for (Id f = 0; f < node.fields.size(); ++f) {
    if (b_.program.texts[node.fields[f].key] == "serviceDate") c.field = f;
  }
  return move(b_.column(c), line);
}

Id Expressions::bind_list(Id variable, Id context) {
  const ir::Variable& v = policy_.variables[variable];
  if (!v.elements.empty()) {
    const Id made = value(v.elements[0]);
    Id above = b_.deeper(context, b_.domain_of(made));
    if (above == none_id) above = 0;
    const Id lists = b_.lift(made, above);
    const Id domain = b_.unnested(above, lists);
    elements_[variable] = b_.emit(Op::unnest, domain, Type::any, {lists});
    domains_[variable] = domain;
    return domain;
  }
  const vm::DomainDef& list = b_.program.domains[v.list];
  const Id owner = domains_.at(v.owner);
  const Id parent = b_.deeper(owner, context);
  Id domain = v.list;
  if (parent != list.parent) domain = b_.cross(parent, v.list, list.parent == 0 ? none_id : owner);
  domains_[variable] = domain;
  return domain;
}

// The domains of the variables that an expression uses and that are bound outside it.
void Expressions::free_domains(const ir::Expr& e, const std::vector<Id>& inner, std::vector<Id>& out) const {
  const auto use = [&](Id variable) {
    if (variable == none_id || variable == 0 || std::find(inner.begin(), inner.end(), variable) != inner.end()) return;
    if (const auto at = domains_.find(variable); at != domains_.end()) out.push_back(at->second);
  };
  switch (e.kind) {
    case ExprKind::field:
    case ExprKind::position:
    case ExprKind::decided_date:
    case ExprKind::approved:
    case ExprKind::element:
    case ExprKind::accumulator: use(e.variable); break;
    case ExprKind::judged:
    case ExprKind::status: {
      const ir::Criterion& c = policy_.criteria[e.criterion];
      use(policy_.blocks[c.block].line);
      break;
    }
    default: break;
  }
  for (const ir::Expr& a : e.args) free_domains(a, inner, out);
  for (const ir::Query& q : e.query) {
    std::vector<Id> deeper = inner;
    for (const auto& s : q.sources) {
      use(policy_.variables[s.variable].owner);
      for (const ir::Expr& x : policy_.variables[s.variable].elements) free_domains(x, deeper, out);
      deeper.push_back(s.variable);
    }
    for (const auto* part : {&q.where, &q.value, &q.key}) {
      for (const ir::Expr& x : *part) free_domains(x, deeper, out);
    }
  }
}

Expressions::Rows Expressions::open(const ir::Query& q, const std::vector<const ir::Expr*>& body) {
  Rows rows{};
  std::vector<Id> own, used;
  for (const auto& s : q.sources) {
    own.push_back(s.variable);
    const auto at = domains_.find(s.variable);
    rows.restore.emplace_back(s.variable, at == domains_.end() ? none_id : at->second);
  }
  for (const ir::Expr* e : body) free_domains(*e, own, used);
  for (const auto& s : q.sources) {
    const Id owner = policy_.variables[s.variable].owner;
    for (const ir::Expr& x : policy_.variables[s.variable].elements) free_domains(x, own, used);
    if (!policy_.variables[s.variable].elements.empty()) continue;
    if (std::find(own.begin(), own.end(), owner) == own.end()) used.push_back(domains_.at(owner));
  }
  Id context = 0;
  for (const Id d : used) context = b_.deeper(context, d);
  std::vector<Id> members;
  for (const auto& s : q.sources) {
    const Id domain = bind_list(s.variable, context);
    if (rows.domain == 0) rows.parent = b_.program.domains[domain].parent;
    members.push_back(b_.emit(Op::member, domain, Type::truth, {}));
    context = rows.domain = domain;
  }
  for (const ir::Expr& w : q.where) {
    const Id condition = as_condition(w);
    members.push_back(b_.emit(Op::keep, b_.domain_of(condition), Type::truth, {condition}));
  }
  rows.member = b_.lift(b_.all(members), rows.domain);
  return rows;
}

void Expressions::close(const Rows& rows) {
  for (const auto& [variable, domain] : rows.restore) {
    if (domain == none_id) {
      domains_.erase(variable);
    } else {
      domains_[variable] = domain;
    }
  }
}

Id Expressions::fold(const ir::Expr& e) {
  const ir::Query& q = e.query[0];
  std::vector<const ir::Expr*> body;
  for (const auto* part : {&q.where, &q.value, &q.key}) {
    for (const ir::Expr& x : *part) body.push_back(&x);
  }
  std::vector<Id> below;
  std::vector<Id>* const outside = std::exchange(sink_, sink_ ? &below : nullptr);
  const Rows rows = open(q, body);
  Id member = rows.member, result = none_id;
  const auto on_rows = [&](Id reg) {
    // A uniform value of a row still needs a cell a row: `and` with the members gives it one.
    return b_.lift(reg, rows.domain);
  };
  const Type type = e.type.scalar;
  switch (e.fold) {
    case ir::Fold::any:
    case ir::Fold::all: {
      Id condition = q.value.empty() ? b_.truth(true) : as_condition(q.value[0]);
      if (e.fold == ir::Fold::any) {
        condition = b_.emit(Op::keep, b_.domain_of(condition), Type::truth, {condition});
        member = b_.lift(b_.all({rows.member, condition}), rows.domain);
        result = b_.emit(Op::any, rows.parent, Type::truth, {member});
      } else {
        const Id held = b_.lift(b_.any({b_.negate(rows.member), condition}), rows.domain);
        result = b_.emit(Op::all, rows.parent, Type::truth, {held});
      }
      break;
    }
    case ir::Fold::count: result = b_.emit(Op::count, rows.parent, Type::integer, {member}); break;
    case ir::Fold::first:
    case ir::Fold::last: {
      const Id key = on_rows(as_value(q.key[0])), v = on_rows(as_value(q.value[0]));
      result = b_.emit(Op::pick, rows.parent, b_.type_of(v), {member, key, v}, 0, e.fold == ir::Fold::last);
      break;
    }
    case ir::Fold::only: {
      const Id v = on_rows(as_value(q.value[0]));
      result = b_.emit(Op::only, rows.parent, b_.type_of(v), {member, v});
      break;
    }
    case ir::Fold::count_distinct:
    case ir::Fold::sum:
    case ir::Fold::min:
    case ir::Fold::max:
    case ir::Fold::avg: {
      using vm::FoldKind;
      const FoldKind kind = e.fold == ir::Fold::sum   ? FoldKind::sum
                            : e.fold == ir::Fold::min ? FoldKind::min
                            : e.fold == ir::Fold::max ? FoldKind::max
                            : e.fold == ir::Fold::avg ? FoldKind::avg
                                                      : FoldKind::distinct;
      const Id v = on_rows(as_value(q.value[0]));
      result = b_.emit(Op::fold, rows.parent, e.fold == ir::Fold::count_distinct ? Type::integer : type, {member, v}, 0,
                       static_cast<uint16_t>(kind));
      break;
    }
  }
  sink_ = outside;
  if (sink_) {
    vm::Site site;
    const bool truth = e.fold == ir::Fold::any || e.fold == ir::Fold::all;
    site.kind = truth ? vm::SiteKind::has : vm::SiteKind::fold;
    site.span = e.span;
    site.text = b_.text(e.text);
    site.value = result;
    site.domain = rows.domain;
    site.member = member;
    site.sites = std::move(below);
    b_.program.sites.push_back(std::move(site));
    sink_->push_back(static_cast<Id>(b_.program.sites.size() - 1));
  }
  close(rows);
  return result;
}

Id Expressions::gather(const ir::Expr& e) {
  const bool tuple = e.type.kind == ir::Type::Kind::tuple;
  std::vector<Id> parts;
  for (size_t k = 0; k < e.args.size(); ++k) {
    if (tuple) parts.push_back(b_.text_register(e.type.names[k]));
    parts.push_back(as_value(e.args[k]));
  }
  const Id domain = b_.deepest(parts);
  for (Id& p : parts) p = b_.lift(p, domain);
  return b_.emit(Op::gather, domain, tuple ? Type::tuple : Type::list, parts, 0, tuple);
}

Id Expressions::nest(const ir::Expr& e) {
  const ir::Query& q = e.query[0];
  std::vector<const ir::Expr*> body;
  for (const auto* part : {&q.where, &q.value, &q.key}) {
    for (const ir::Expr& x : *part) body.push_back(&x);
  }
  std::vector<Id>* const outside = std::exchange(sink_, nullptr);
  const Rows rows = open(q, body);
  std::vector<Id> parts{rows.member, b_.lift(as_value(q.value[0]), rows.domain)};
  for (const ir::Expr& key : q.key) parts.push_back(b_.lift(as_value(key), rows.domain));
  const Id made = b_.emit(Op::nest, rows.parent, Type::list, parts, e.falling);
  sink_ = outside;
  close(rows);
  return made;
}

// The body is what stands between the scan and the register of its next step: it is run once per element.
Id Expressions::aggregate(const ir::Expr& e) {
  if (const auto known = aggregates_.find(&e); known != aggregates_.end()) return known->second;
  std::vector<Id>* const outside = std::exchange(sink_, nullptr);
  const ir::Query& q = e.query[0];
  const Rows rows = open(q, {&e.args[1]});
  const Id start_value = as_value(e.args[0]);
  const Id start = b_.lift(b_.emit(Op::narrow, b_.domain_of(start_value), Type::any, {start_value}), rows.parent);
  const Id seen = b_.fresh(rows.domain, Type::any);
  elements_[e.variable] = seen;
  domains_[e.variable] = rows.domain;
  const size_t scan = b_.begin_scan(rows.domain);
  const Id body = b_.lift(as_value(e.args[1]), rows.domain);
  const Id made = b_.emit_again(Op::narrow, rows.domain, Type::any, {body});
  b_.end_scan(scan, {seen, start, made});
  const Id last = b_.emit(Op::final, rows.parent, Type::any, {start, made});
  domains_.erase(e.variable);
  sink_ = outside;
  close(rows);
  aggregates_.emplace(&e, last);
  return last;
}

Id Expressions::note_site(vm::SiteKind kind, const ir::Expr& e, Id reg, std::vector<Id> operands) {
  vm::Site site;
  site.kind = kind;
  site.span = e.span;
  site.text = b_.text(e.text);
  site.value = reg;
  site.operands = std::move(operands);
  site.domain = b_.domain_of(reg);
  b_.program.sites.push_back(std::move(site));
  return static_cast<Id>(b_.program.sites.size() - 1);
}

// What the author wrote as one condition and means more than one: `D.code in force on Line.date`, which is true of a
// code without dates as well, and `x is not null`. Gives the part that reads the fact.
const ir::Expr* Expressions::single_condition(const ir::Expr& e) {
  const ir::Expr* meant = e.args.empty() ? nullptr : &e.args.back();
  const bool in_force = e.kind == ExprKind::truth_or && !e.text.empty() && meant->kind == ExprKind::in_set_on && meant->text.empty();
  const bool not_null = e.kind == ExprKind::truth_not && meant->kind == ExprKind::is_null && e.text.ends_with("is not null");
  return in_force || not_null ? meant : nullptr;
}

Id Expressions::value(const ir::Expr& e) {
  if (!sink_) return compute(e);
  if (const ir::Expr* meant = single_condition(e)) {
    std::vector<Id>* const outside = std::exchange(sink_, nullptr);
    const Id reg = compute(e), observed = value(meant->args[0]), inner = compute(*meant);
    sink_ = outside;
    const Id site = note_site(vm::SiteKind::comparison, e, reg, {observed});
    b_.program.sites[site].member = inner;
    sink_->push_back(site);
    return reg;
  }
  // Connectives pass their members' sites on; a comparison is a site of its own, behind those of the folds it reads.
  switch (e.kind) {
    case ExprKind::truth_and:
    case ExprKind::truth_or:
    case ExprKind::truth_not:
    case ExprKind::fold:
    case ExprKind::constant: return compute(e);
    default: break;
  }
  const bool truth = e.type.kind == ir::Type::Kind::scalar && e.type.scalar == Type::truth;
  if (!truth) return compute(e);
  std::vector<Id> below;
  std::vector<Id>* const outside = std::exchange(sink_, &below);
  const Id reg = compute(e);
  sink_ = outside;
  // What the author did not write is not shown as a value of its own.
  if (e.kind == ExprKind::select || e.kind == ExprKind::group || e.kind == ExprKind::status || e.text.empty()) {
    sink_->insert(sink_->end(), below.begin(), below.end());
    return reg;
  }
  std::vector<Id> operands;
  for (const ir::Expr& a : e.args) {
    std::vector<Id>* const here = std::exchange(sink_, nullptr);
    operands.push_back(compute(a));
    sink_ = here;
  }
  const bool fact = e.kind == ExprKind::field || e.kind == ExprKind::is_null || e.kind == ExprKind::judged || e.kind == ExprKind::approved;
  const Id site = note_site(fact ? vm::SiteKind::fact : vm::SiteKind::comparison, e, reg, std::move(operands));
  b_.program.sites[site].sites = std::move(below);
  sink_->push_back(site);
  return reg;
}

namespace {

bool is_truth(const ir::Expr& e) { return e.type.kind == ir::Type::Kind::scalar && e.type.scalar == Type::truth; }

// Whether it may be none because it could not be computed.
bool may_fault(const ir::Expr& e) {
  switch (e.kind) {
    case ExprKind::constant:
    case ExprKind::field:
    case ExprKind::position:
    case ExprKind::decided_date:
    case ExprKind::as_of: return false;
    default: return true;
  }
}

ir::Expr none_of(const ir::Expr& e) {
  ir::Expr none;
  none.kind = ExprKind::constant;
  none.type = e.type;
  none.value.kind = vm::Kind::none;
  none.value.type = e.type.scalar;
  return none;
}

}  // namespace

Id Expressions::as_condition(const ir::Expr& e) {
  const bool outside = std::exchange(faults_are_none_, false);
  const Id reg = value(e);
  faults_are_none_ = outside;
  return reg;
}

Id Expressions::as_value(const ir::Expr& e) {
  const bool outside = std::exchange(faults_are_none_, true);
  const Id reg = value(e);
  faults_are_none_ = outside;
  return reg;
}

Id Expressions::operand(const ir::Expr& of, const ir::Expr& e) {
  switch (of.kind) {
    case ExprKind::truth_and:
    case ExprKind::truth_or:
    case ExprKind::truth_not: return value(e);
    default: break;
  }
  if (is_truth(e)) {
    const std::string_view name = of.kind == ExprKind::call ? vm::operators()[of.fn].name : "";
    return name == "=" || name == "!=" ? value(e) : as_value(e);
  }
  const Id reg = value(e);
  if (!faults_are_none_ || !is_truth(of) || !may_fault(e)) return reg;
  const Id none = b_.constant_register(none_of(e));
  return b_.emit(Op::coalesce, b_.domain_of(reg), b_.type_of(reg), {reg, none});
}

Id Expressions::compute(const ir::Expr& e) {
  const auto operands = [&] {
    std::vector<Id> regs;
    for (const ir::Expr& a : e.args) regs.push_back(operand(e, a));
    return regs;
  };
  const auto on_deepest = [&](Op op, Type type, std::vector<Id> regs, uint32_t imm = 0, uint16_t fn = 0) {
    const Id domain = b_.deepest(regs);
    for (Id& r : regs) r = b_.lift(r, domain);
    return b_.emit(op, domain, type, regs, imm, fn);
  };
  const Type type = e.type.scalar;
  switch (e.kind) {
    case ExprKind::constant: return b_.constant_register(e);
    case ExprKind::field: return field(e);
    case ExprKind::position: {
      vm::ColumnDef c;
      c.kind = vm::ColumnKind::position;
      c.type = Type::integer;
      c.domain = base_domain(e.variable);
      c.path = b_.text("position");
      return move(b_.column(c), e.variable);
    }
    case ExprKind::decided_date: return decided_date(e.variable);
    case ExprKind::as_of: {
      vm::ColumnDef c;
      c.kind = vm::ColumnKind::as_of;
      c.type = type;
      c.domain = 0;
      c.path = b_.text(type == Type::date ? "as of" : "now");
      return b_.column(c);
    }
    case ExprKind::call: return on_deepest(Op::call, vm::operators()[e.fn].result, operands(), 0, e.fn);
    case ExprKind::truth_and: return b_.all(operands());
    case ExprKind::truth_or: return b_.any(operands());
    case ExprKind::truth_not: return b_.negate(value(e.args[0]));
    case ExprKind::select: {
      const Id c = as_value(e.args[0]), x = value(e.args[1]), y = value(e.args[2]);
      return b_.select(c, x, y);
    }
    case ExprKind::is_null: return on_deepest(Op::is_null, Type::truth, operands());
    case ExprKind::coalesce: return type == Type::truth ? first_truth(e.args) : on_deepest(Op::coalesce, type, operands());
    case ExprKind::lookup: return on_deepest(Op::lookup, b_.program.tables[e.table].value, operands(), e.table);
    case ExprKind::in_set: return on_deepest(Op::in_set, Type::truth, operands(), e.table);
    case ExprKind::in_set_on: return on_deepest(Op::in_set_on, Type::truth, operands(), e.table);
    case ExprKind::fold: return fold(e);
    case ExprKind::gather: return gather(e);
    case ExprKind::narrow: {
      const Id whole = value(e.args[0]);
      return b_.emit(Op::narrow, b_.domain_of(whole), type, {whole});
    }
    case ExprKind::element:
    case ExprKind::accumulator: {
      const Id whole = elements_.at(e.variable);
      return type == Type::any ? whole : b_.emit(Op::narrow, b_.domain_of(whole), type, {whole});
    }
    case ExprKind::nest: return nest(e);
    case ExprKind::aggregate: return aggregate(e);
    case ExprKind::judged: return criteria_->judgment(e.criterion);
    case ExprKind::approved: return move(criteria_->granted(e.block), e.variable);
    case ExprKind::status:
    case ExprKind::group: return truth(e);
  }
  return none_id;
}

// The first truth that is not none. A register of truth has no cells to choose among, so each stands in by `select`.
Id Expressions::first_truth(const std::vector<ir::Expr>& truths) {
  Id result = as_value(truths.back());
  for (size_t i = truths.size() - 1; i-- > 0;) {
    const Id truth = as_value(truths[i]);
    result = b_.select(b_.emit(Op::is_null, b_.domain_of(truth), Type::truth, {truth}), result, truth);
  }
  return result;
}

Status Expressions::status(const ir::Expr& e) {
  using ir::Test;
  const Logic c = criteria_->of_criterion(e.criterion);
  const auto test = [&]() -> Status {
    const Id domain = b_.deeper(b_.domain_of(c.applicable), b_.domain_of(c.value));
    const Id a = b_.lift(c.applicable, domain), v = b_.lift(c.value, domain);
    const auto met = [&](Id value) -> Status { return {a, b_.all({a, value}), b_.any({b_.negate(a), value})}; };
    switch (e.test) {
      case Test::met: return met(v);
      case Test::not_met: return met(b_.negate(v));
      case Test::shown: return of_truth(b_.emit(Op::shown, domain, Type::truth, {a, v}));
      case Test::not_shown: return of_truth(b_.emit(Op::not_shown, domain, Type::truth, {a, v}));
      case Test::undetermined: return of_truth(b_.emit(Op::undetermined, domain, Type::truth, {a, v}));
      case Test::applicable: return of_truth(a);
      case Test::not_applicable: return of_truth(b_.negate(a));
    }
    return met(v);
  };
  const Status tested = test();
  if (e.items == ir::Items::same) return tested;
  // Over the items of the line: each item that counts is a member of an `all of` (every) or an `any of` (some).
  const Id scope = criteria_->item_scope(e.criterion);
  const Id items = b_.domain_of(scope), lines = b_.program.domains[items].parent;
  const auto over = [&](Op op, Id reg) { return b_.emit(op, lines, Type::truth, {b_.lift(reg, items)}); };
  const Id applicable = over(Op::any, b_.all({scope, tested.applicable}));
  const Id some_met = over(Op::any, b_.all({scope, tested.met})), all_held = over(Op::all, b_.any({b_.negate(scope), tested.held}));
  if (e.items == ir::Items::every) return {applicable, b_.all({some_met, all_held}), all_held};
  return {applicable, some_met, b_.any({some_met, all_held})};
}

Status Expressions::logic(const ir::Expr& e) {
  if (e.kind == ExprKind::status) return status(e);
  if (e.kind == ExprKind::truth_and || e.kind == ExprKind::truth_or || e.kind == ExprKind::truth_not) {
    std::vector<Id> regs;
    for (const ir::Expr& a : e.args) regs.push_back(truth(a));
    return of_truth(e.kind == ExprKind::truth_and ? b_.all(regs) : e.kind == ExprKind::truth_or ? b_.any(regs) : b_.negate(regs[0]));
  }
  if (e.kind != ExprKind::group) return of_truth(value(e));
  std::vector<Id> applicable, met, held;
  for (const ir::Expr& a : e.args) {
    const Status s = logic(a);
    applicable.push_back(s.applicable);
    met.push_back(s.met);
    held.push_back(s.held);
  }
  const Id applies = b_.any(applicable);
  // Where a member surely applies, "all of those that apply" cannot be empty.
  const bool sure = applies == b_.truth(true);
  const auto all = [&]() -> Status { return {applies, sure ? b_.all(held) : b_.all({b_.all(held), b_.any(met)}), b_.all(held)}; };
  const auto any = [&]() -> Status { return {applies, b_.any(met), sure ? b_.any(met) : b_.any({b_.any(met), b_.all(held)})}; };
  switch (e.group) {
    case ir::Group::all: return all();
    case ir::Group::any: return any();
    case ir::Group::none: return {applies, b_.negate(any().held), b_.negate(any().met)};
    case ir::Group::at_least: {
      const Id domain = b_.deepest(met);
      for (Id& m : met) m = b_.lift(m, domain);
      const Id enough = b_.emit(Op::at_least, domain, Type::truth, met, e.at_least);
      return {applies, enough, b_.any({b_.negate(applies), enough})};
    }
  }
  return all();
}

Logic Expressions::group(const ir::Expr& e) {
  const Status s = logic(e);
  if (s.met == s.held) return {s.applicable, s.met};
  const Id domain = b_.deeper(b_.domain_of(s.met), b_.domain_of(s.held));
  return {s.applicable, b_.emit(Op::status_value, domain, Type::truth, {b_.lift(s.met, domain), b_.lift(s.held, domain)})};
}

Id Expressions::truth(const ir::Expr& e) { return logic(e).met; }

Id Expressions::with_site(const ir::Expr& e, Id& reg) {
  std::vector<Id> sites;
  std::vector<Id>* const outside = std::exchange(sink_, &sites);
  reg = value(e);
  sink_ = outside;
  if (sites.size() == 1 && (e.text.empty() || b_.program.sites[sites[0]].text == b_.text(e.text))) return sites[0];
  const Id top = note_site(vm::SiteKind::truth, e, reg, {});
  b_.program.sites[top].sites = std::move(sites);
  return top;
}

namespace {

// Numbers, amounts and days: a code or a word among others is shown by the set that it stands in.
bool compares_values(const ir::Expr& e) {
  const auto any = [](const std::vector<ir::Expr>& list) { return std::any_of(list.begin(), list.end(), compares_values); };
  const auto is = [](const ir::Type& t, Type type) { return t.kind == ir::Type::Kind::scalar && t.scalar == type; };
  if (e.kind == ExprKind::call && !e.args.empty() && is(e.type, Type::truth)) {
    const ir::Type& of = e.args[0].type;
    if (!is(of, Type::text) && !is(of, Type::code) && !is(of, Type::truth)) return true;
  }
  return any(e.args) || std::any_of(e.query.begin(), e.query.end(), [&](const ir::Query& q) { return any(q.where) || any(q.value); });
}

}  // namespace

Id Expressions::noted(const ir::Expr& e) {
  std::vector<Id> sites;
  std::vector<Id>* const outside = std::exchange(sink_, compares_values(e) ? &sites : nullptr);
  const bool of_criteria = e.kind == ExprKind::group || e.kind == ExprKind::status;
  const Id reg = of_criteria ? truth(e) : value(e);
  sink_ = outside;
  return reg;
}

vm::Template Expressions::filled(const ir::Template& t, Id domain) {
  vm::Template out;
  for (const ir::Piece& p : t) {
    vm::Template::Piece piece;
    if (p.because) {
      piece.because = true;
    } else if (!p.expr.empty()) {
      piece.reg = b_.lift(value(p.expr[0]), domain);
    } else {
      piece.text = b_.text(p.text);
    }
    out.pieces.push_back(piece);
  }
  return out;
}

}  // namespace rubric
