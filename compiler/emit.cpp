// The policy layer as registers: criteria are two truth registers (applicable, value), rules are `fires` and `stands`,
// and each block ends in one register of outcomes.
#include "compiler/emit.h"

#include "compiler/emit_expressions.h"
#include "compiler/emit_finish.h"
#include "compiler/emit_repeat.h"
#include "vm/operators.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace rubric {
namespace {

using vm::Op;
using vm::Type;

class Emitter final : Expressions::Criteria {
 public:
  Emitter(const ir::Policy& policy, const SourceSet& sources) : policy_(policy), sources_(sources), expressions_(policy, b_) {
    expressions_.use(*this);
  }

  vm::Program run() {
    start();
    for (Id b = 0; b < policy_.blocks.size(); ++b) block(b);
    for (const ir::Remark& r : policy_.remarks) remark(r);
    repeat_limits();
    number_files();
    finish(b_.program);
    return std::move(b_.program);
  }

 private:
  // Spans count the files of the compilation; a program has only those that it is made of.
  void number_files() {
    const auto renumber = [&](Span& span) {
      const auto at = std::find(policy_.files.begin(), policy_.files.end(), span.file);
      span.file = at == policy_.files.end() ? no_file : static_cast<FileId>(at - policy_.files.begin());
    };
    for (vm::Site& s : b_.program.sites) renumber(s.span);
    for (vm::Criterion& c : b_.program.criteria) renumber(c.span);
    for (vm::Rule& r : b_.program.rules) renumber(r.span);
  }

  // ---------------------------------------------------------------- what the tables say already
  void start() {
    vm::Program& p = b_.program;
    p.name = policy_.name;
    p.version = policy_.version;
    p.title = policy_.title;
    p.texts = policy_.model.texts;
    p.constants = policy_.model.constants;
    p.code_systems = policy_.model.code_systems;
    p.nodes = policy_.model.nodes;
    p.domains = policy_.model.domains;
    for (const FileId f : policy_.files) {
      p.files.push_back(sources_.file(f).name);
      p.file_texts.push_back(sources_.file(f).text);
    }
    for (const ir::Source& s : policy_.sources) p.sources.push_back({b_.text(s.name), b_.text(s.title), s.unresolved});
    for (const ir::Table& t : policy_.tables) p.tables.push_back(table(t));
    for (const ir::Layer& l : policy_.layers) {
      p.layers.push_back({b_.text(l.name), b_.text(l.overlay), b_.text(l.version), l.applies ? expressions_.value(*l.applies) : none_id});
    }
    p.criteria.resize(policy_.criteria.size());
    p.rules.resize(policy_.rules.size());
    p.blocks.resize(policy_.blocks.size());
    criteria_.resize(policy_.criteria.size());
    stands_.resize(policy_.rules.size());
    granted_.assign(policy_.blocks.size(), none_id);
    for (const ir::Condition& c : policy_.conditions) p.conditions.push_back(condition(c));
    request();
  }

  vm::Table table(const ir::Table& t) {
    vm::Table out;
    out.name = b_.text(t.name);
    out.key = t.key;
    out.value = t.value;
    const bool dated = std::any_of(t.rows.begin(), t.rows.end(), [](const auto& r) { return r.from || r.to; });
    for (const ir::Table::Row& row : t.rows) {
      out.keys.push_back(b_.constant(row.key));
      if (row.value) out.values.push_back(b_.constant(*row.value));
      if (!dated) continue;
      out.from.push_back(row.from ? b_.constant(*row.from) : none_id);
      out.to.push_back(row.to ? b_.constant(*row.to) : none_id);
    }
    if (t.otherwise) out.otherwise = b_.constant(*t.otherwise);
    out.otherwise_key = t.otherwise_key;
    return out;
  }

  // What every determination says of its lines, whether or not a rule reads it.
  void request() {
    vm::Program& p = b_.program;
    const auto find = [&](Id node, std::string_view key) -> Id {
      for (Id f = 0; f < p.nodes[node].fields.size(); ++f) {
        if (p.texts[p.nodes[node].fields[f].key] == key) return f;
      }
      return none_id;
    };
    const auto read = [&](Id node, Id domain, std::string_view key) -> Id {
      const Id f = find(node, key);
      if (f == none_id || p.nodes[node].fields[f].kind != vm::FieldKind::scalar) return none_id;
      vm::ColumnDef c;
      c.type = p.nodes[node].fields[f].type;
      c.domain = domain;
      c.node = node;
      c.field = f;
      c.optional = p.nodes[node].fields[f].optional;
      c.path = b_.text(std::string(key));
      return b_.column(c);
    };
    if (policy_.blocks.empty()) return;
    const Id line = policy_.blocks[0].line;
    p.lines_domain = policy_.variables[line].list;
    const Id node = policy_.variables[line].node;
    p.review_type = read(0, 0, "reviewType");
    p.line_sequence = read(node, p.lines_domain, "sequence");
    p.line_code = read(node, p.lines_domain, "code");
    p.line_service = read(node, p.lines_domain, "service");
    p.line_date = read(node, p.lines_domain, "serviceDate");
    expressions_.bind(line, p.lines_domain);
    expressions_.decided_date(line);
  }

  std::vector<Id> cites(const std::vector<ir::Cite>& list) {
    std::vector<Id> out;
    for (const ir::Cite& c : list) {
      out.push_back(static_cast<Id>(b_.program.cites.size()));
      b_.program.cites.push_back({c.source, b_.text(c.section), c.grade.empty() ? none_id : b_.text(c.grade)});
    }
    return out;
  }
  std::vector<Id> texts(const std::vector<std::string>& list) {
    std::vector<Id> out;
    for (const std::string& s : list) out.push_back(b_.text(s));
    return out;
  }

  vm::Condition condition(const ir::Condition& c) {
    vm::Condition out;
    out.name = b_.text(c.name);
    // A condition's text quotes parameters, which depend on the line at most; it is filled in where the first block binds one.
    if (!policy_.blocks.empty()) bind_line(0);
    const Id domain = policy_.blocks.empty() ? 0 : lines_of(0);
    out.text = expressions_.filled(c.text, domain);
    if (c.due_from) out.due_from = b_.constant(*c.due_from);
    if (c.due_to) out.due_to = b_.constant(*c.due_to);
    out.after = c.after.empty() ? none_id : b_.text(c.after);
    for (const auto& [name, value] : c.values) out.values.emplace_back(b_.text(name), b_.lift(expressions_.value(value), domain));
    out.cites = cites(c.cites);
    return out;
  }

  // ---------------------------------------------------------------- blocks
  Id lines_of(Id block) const { return policy_.variables[policy_.blocks[block].line].list; }

  void bind_line(Id block) { expressions_.bind(policy_.blocks[block].line, lines_of(block)); }

  // The line and the item of the block that a clause belongs to, bound to their rows.
  void bind(Id block) {
    bind_line(block);
    if (policy_.blocks[block].item != none_id) expressions_.bind_list(policy_.blocks[block].item, lines_of(block));
  }

  Id rules_domain(Id block) {
    const ir::Block& from = policy_.blocks[block];
    return from.item == none_id ? lines_of(block) : expressions_.domain_of_variable(from.item);
  }

  void block(Id id) {
    const ir::Block& from = policy_.blocks[id];
    vm::Program& p = b_.program;
    first_.push_back(static_cast<uint32_t>(p.code.size()));
    bind(id);
    const Id lines = lines_of(id);
    const bool limited =
        std::any_of(from.criteria.begin(), from.criteria.end(), [&](Id c) { return policy_.criteria[c].limit.has_value(); });
    accumulators_.push_back(limited ? b_.fresh(lines, Type::truth) : none_id);
    const auto on_lines = [&](const std::optional<ir::Expr>& e) { return b_.lift(e ? expressions_.noted(*e) : b_.truth(true), lines); };
    const Id scope = on_lines(from.scope), gate = on_lines(from.version_gate);
    scopes_.push_back(b_.lift(b_.all({scope, gate}), lines));
    for (const Id c : from.criteria) of_criterion(c);
    std::vector<Id> operands, equals;
    const Id domain = rules_domain(id);
    for (const Id r : from.rules) {
      const Id stands = b_.lift(stands_of(r), domain);
      if (policy_.rules[r].outcome == vm::no_outcome) continue;
      operands.push_back(stands);
      if (p.rules[r].equals_request != none_id) equals.push_back(b_.lift(p.rules[r].equals_request, domain));
    }
    operands.insert(operands.end(), equals.begin(), equals.end());
    vm::Block out;
    out.name = b_.text(from.name);
    out.version = b_.text(from.version);
    out.lines = lines;
    out.scope = scope;
    out.version_gate = gate;
    out.fold = from.fold;
    out.rules = from.rules;
    out.criteria = from.criteria;
    out.item_outcome = out.outcome = b_.emit(Op::decide, domain, Type::outcome, operands, id);
    if (from.item != none_id) {
      out.items = domain;
      out.item_name = b_.text(from.item_name);
      std::vector<Id> scope_parts{b_.emit(Op::member, domain, Type::truth, {})};
      if (from.item_where) {
        const Id where = expressions_.noted(*from.item_where);
        scope_parts.push_back(b_.emit(Op::keep, b_.domain_of(where), Type::truth, {where}));
      }
      out.item_scope = b_.lift(b_.all(scope_parts), domain);
      out.outcome = b_.emit(Op::fold_items, lines, Type::outcome, {out.item_outcome, out.item_scope}, id);
    }
    for (const auto& [review, outcome] : from.when_undetermined)
      out.when_undetermined.emplace_back(review.empty() ? none_id : b_.text(review), outcome);
    out.cites = cites(from.cites);
    granted_[id] = b_.emit(Op::granted, lines, Type::truth, {out.outcome, scopes_[id]});
    out.granted = granted_[id];
    p.blocks[id] = out;
  }

  void repeat_limits() {
    uint32_t inserted = 0;
    for (Id b = 0; b < policy_.blocks.size(); ++b) {
      if (accumulators_[b] == none_id) continue;
      const uint32_t end = b + 1 < first_.size() ? first_[b + 1] + inserted : static_cast<uint32_t>(b_.program.code.size());
      inserted += move_behind_repeat(b_.program, first_[b] + inserted, end, {lines_of(b), accumulators_[b], granted_[b]});
    }
  }

  // ---------------------------------------------------------------- criteria
  Logic of_criterion(Id id) override {
    if (criteria_[id]) return *criteria_[id];
    const ir::Criterion& from = policy_.criteria[id];
    vm::Criterion& out = b_.program.criteria[id];
    bind(from.block);
    const Id domain = criterion_domain(id);
    vm::Criterion c;
    c.domain = domain;
    const Logic computed = from.limit ? limit(from, c) : condition_of(id, from, c);
    Id applicable = computed.applicable;
    if (from.applies) {
      bind_item(from);
      const Id site_before = c.site;
      Id reg = none_id;
      const bool plain = from.applies->kind != ir::ExprKind::group && from.applies->kind != ir::ExprKind::status;
      if (plain) {
        c.applies_site = expressions_.with_site(*from.applies, reg);
      } else {
        reg = expressions_.truth(*from.applies);
      }
      c.site = site_before;
      applicable = b_.all({applicable, reg});
    }
    if (!from.exceptions.empty()) {
      std::vector<Id> standing;
      for (const Id r : from.exceptions) standing.push_back(stands_of(r));
      applicable = b_.all({applicable, b_.negate(b_.any(standing))});
    }
    c.computed_applicable = b_.lift(applicable, domain);
    c.computed_value = b_.lift(computed.value, domain);
    c.asserted = said_of(id, vm::ColumnKind::assertion);
    const auto asserted = [&](Op op, Id reg) { return b_.emit(op, domain, Type::truth, {c.asserted, b_.lift(reg, domain)}); };
    c.value = asserted(Op::assert_value, c.computed_value);
    c.applicable = asserted(Op::assert_applicable, c.computed_applicable);
    criteria_[id] = Logic{c.applicable, c.value};
    bind_item(from);
    describe(from, c);
    out = c;
    return *criteria_[id];
  }

  Id criterion_domain(Id id) {
    const ir::Criterion& c = policy_.criteria[id];
    if (!c.per_item) return lines_of(c.block);
    bind_item(c);
    return expressions_.domain_of_variable(c.item);
  }

  void bind_item(const ir::Criterion& c) {
    if (!c.per_item || c.item == none_id) return;
    bind_line(c.block);
    expressions_.bind_list(c.item, lines_of(c.block));
  }

  Id item_scope(Id id) override {
    const ir::Criterion& c = policy_.criteria[id];
    bind_item(c);
    const Id domain = expressions_.domain_of_variable(c.item);
    std::vector<Id> parts{b_.emit(Op::member, domain, Type::truth, {})};
    if (c.item_where) {
      const Id where = expressions_.noted(*c.item_where);
      parts.push_back(b_.emit(Op::keep, b_.domain_of(where), Type::truth, {where}));
    }
    return b_.lift(b_.all(parts), domain);
  }

  Id judgment(Id id) override { return said_of(id, vm::ColumnKind::judgment); }

  Id said_of(Id id, vm::ColumnKind kind) {
    vm::ColumnDef c;
    c.kind = kind;
    c.type = Type::truth;
    c.domain = criterion_domain(id);
    c.criterion = id;
    c.path = b_.text(policy_.criteria[id].path);
    return b_.column(c);
  }

  Id granted(Id block) override { return granted_[block]; }

  // The status of a member as its group reads it: a criterion of items under a line is all of its items'.
  ir::Expr as_member(const ir::Criterion& group, Id member) const {
    ir::Expr e;
    e.kind = ir::ExprKind::status;
    e.criterion = member;
    e.test = ir::Test::met;
    e.items = policy_.criteria[member].per_item && !(group.per_item && group.item == policy_.criteria[member].item) ? ir::Items::every
                                                                                                                    : ir::Items::same;
    return e;
  }

  Logic condition_of(Id id, const ir::Criterion& from, vm::Criterion& out) {
    switch (from.kind) {
      case vm::CriterionKind::leaf: {
        bind_item(from);
        Id reg = none_id;
        out.site = expressions_.with_site(*from.condition, reg);
        return {b_.truth(true), reg};
      }
      case vm::CriterionKind::judged: return {b_.truth(true), judgment(id)};
      case vm::CriterionKind::limit: return limit(from, out);
      case vm::CriterionKind::choice: {
        const Logic amended = of_criterion(from.members[0]), defeated = of_criterion(from.members[1]);
        bind(from.block);
        bind_item(from);
        const Id gate = expressions_.value(*from.gate);
        out.gate = b_.lift(gate, lines_of(from.block));
        return {b_.select(gate, amended.applicable, defeated.applicable), b_.select(gate, amended.value, defeated.value)};
      }
      case vm::CriterionKind::all:
      case vm::CriterionKind::any:
      case vm::CriterionKind::none:
      case vm::CriterionKind::at_least: {
        ir::Expr group;
        group.kind = ir::ExprKind::group;
        group.at_least = from.at_least;
        group.group = from.kind == vm::CriterionKind::all    ? ir::Group::all
                      : from.kind == vm::CriterionKind::any  ? ir::Group::any
                      : from.kind == vm::CriterionKind::none ? ir::Group::none
                                                             : ir::Group::at_least;
        for (const Id m : from.members) group.args.push_back(as_member(from, m));
        return expressions_.group(group);
      }
    }
    return {b_.truth(true), b_.truth(true)};
  }

  Logic limit(const ir::Criterion& from, vm::Criterion& out) {
    const ir::Limit& l = *from.limit;
    bind_item(from);
    const Id parent = criterion_domain_or_lines(from);
    const auto parts = [](const ir::Query& q) {
      std::vector<const ir::Expr*> body;
      for (const auto* part : {&q.where, &q.value}) {
        for (const ir::Expr& x : *part) body.push_back(&x);
      }
      return body;
    };
    // Both lists stand under each row of the limit, whatever their conditions read.
    const auto open = [&](const ir::Query& q) {
      std::vector<const ir::Expr*> body = parts(q);
      body.push_back(&anchor(from));
      return expressions_.open(q, body);
    };
    const auto history = open(l.history);
    const Id history_date = l.history.value.empty() ? none_id : b_.lift(expressions_.value(l.history.value[0]), history.domain);
    expressions_.close(history);
    const auto other = open(l.siblings);
    const Id other_date = l.siblings.value.empty() ? none_id : b_.lift(expressions_.value(l.siblings.value[0]), other.domain);
    const Id given = b_.source(accumulators_[from.block], other.domain);
    const Id other_granted = b_.lift(b_.all({other.member, given}), other.domain);
    expressions_.close(other);
    must(history.parent == parent && other.parent == parent, "a limit's rows stand under its own");

    vm::Site site;
    site.kind = vm::SiteKind::limit;
    site.span = from.span;
    site.text = b_.text(l.text);
    Id value = none_id;
    if (l.kind == ir::Limit::Kind::interval) {
      const Id near_history = b_.emit(Op::any, parent, Type::truth, {history.member});
      const Id near_line = b_.emit(Op::any, parent, Type::truth, {other_granted});
      value = b_.negate(b_.any({near_history, near_line}));
      site.operands = {b_.lift(value, parent), b_.lift(expressions_.value(l.amount), parent)};
    } else {
      Id used = none_id;
      const Id own = b_.lift(expressions_.value(l.date), parent);
      const std::vector<Id> operands{history.member, history_date, other.member, other_date, given, own};
      if (l.any_window) {
        std::vector<Id> with_length = operands;
        with_length.push_back(b_.lift(expressions_.value(*l.length), parent));
        used = b_.emit(Op::fullest, parent, Type::integer, with_length, l.kind == ir::Limit::Kind::procedures);
      } else if (l.kind == ir::Limit::Kind::days) {
        used = b_.emit(Op::used_days, parent, Type::integer, operands);
      } else {
        const Id before = b_.emit(Op::count, parent, Type::integer, {history.member});
        const Id beside = b_.emit(Op::count, parent, Type::integer, {other_granted});
        used = b_.emit(Op::call, parent, Type::integer, {before, beside}, 0, integer_operator("+"));
      }
      const Id allowed = b_.lift(expressions_.value(l.amount), parent);
      value = b_.emit(Op::call, parent, Type::truth, {used, allowed}, 0, integer_operator("<"));
      site.operands = {used, allowed};
    }
    site.value = value;
    site.domain = history.domain;
    site.member = history.member;
    b_.program.sites.push_back(site);
    out.site = static_cast<Id>(b_.program.sites.size() - 1);
    return {b_.truth(true), value};
  }

  Id criterion_domain_or_lines(const ir::Criterion& c) { return c.per_item ? expressions_.domain_of_variable(c.item) : lines_of(c.block); }

  // An expression that reads the limit's own row, so that its lists are opened under it.
  const ir::Expr& anchor(const ir::Criterion& c) {
    ir::Expr e;
    e.kind = ir::ExprKind::position;
    e.variable = c.per_item ? c.item : policy_.blocks[c.block].line;
    anchors_.push_back(std::make_unique<ir::Expr>(e));
    return *anchors_.back();
  }

  static uint16_t integer_operator(std::string_view name) {
    const auto table = vm::operators();
    for (uint16_t fn = 0; fn < table.size(); ++fn) {
      if (table[fn].name == name && table[fn].args.size() == 2 && table[fn].args[0] == Type::integer) return fn;
    }
    must(false, "the operators that limits need are in the table");
    return 0;
  }

  void describe(const ir::Criterion& from, vm::Criterion& out) {
    out.name = b_.text(from.path);
    out.label = b_.text(from.label);
    out.kind = from.kind;
    out.at_least = from.at_least;
    out.block = from.block;
    out.parent = from.parent;
    out.members = from.members;
    out.section = from.section;
    out.top = from.top;
    out.layer = from.layer;
    out.text = expressions_.filled(from.text, out.domain);
    out.met = expressions_.filled(from.met, out.domain);
    out.not_met = expressions_.filled(from.not_met, out.domain);
    out.undetermined = expressions_.filled(from.undetermined, out.domain);
    out.member_met = expressions_.filled(from.member_met, out.domain);
    out.member_not_met = expressions_.filled(from.member_not_met, out.domain);
    out.member_undetermined = expressions_.filled(from.member_undetermined, out.domain);
    out.cites = cites(from.cites);
    for (const ir::Template& a : from.asks) out.asks.push_back(expressions_.filled(a, out.domain));
    out.notes = texts(from.notes);
    out.defeated_by = from.exceptions;
    out.span = from.span;
  }

  // ---------------------------------------------------------------- rules
  Id stands_of(Id id) {
    if (stands_[id]) return *stands_[id];
    const ir::Rule& from = policy_.rules[id];
    bind(from.block);
    const Id domain = rules_domain(from.block);
    vm::Rule out;
    Id fires = none_id;
    // A condition of criteria alone is shown by them; anything else by the sites of its own.
    if (from.when.kind != ir::ExprKind::group && from.when.kind != ir::ExprKind::status) {
      out.site = expressions_.with_site(from.when, fires);
    } else {
      fires = expressions_.noted(from.when);
    }
    if (from.gate) {
      const Id gate = expressions_.value(*from.gate);
      out.gate = b_.lift(gate, domain);
      fires = b_.all({gate, fires});
    }
    out.fires = b_.lift(fires, domain);
    std::vector<Id> defeats;
    for (const Id x : from.exceptions) defeats.push_back(stands_of(x));
    bind(from.block);
    out.stands = b_.lift(defeats.empty() ? fires : b_.all({fires, b_.negate(b_.any(defeats))}), domain);
    stands_[id] = out.stands;
    out.name = b_.text(from.name);
    out.block = from.block;
    out.outcome = from.outcome;
    out.is_exception = from.is_exception;
    out.domain = domain;
    if (from.equals_request) out.equals_request = b_.lift(expressions_.value(*from.equals_request), domain);
    if (!from.modification.empty()) {
      vm::Modification m;
      for (const auto& [field, value] : from.modification)
        m.fields.emplace_back(b_.text(field), b_.lift(expressions_.value(value), domain));
      // Equal contents are one modification, so that two rules that ask for the same do not conflict.
      auto& all = b_.program.modifications;
      const auto at = std::find_if(all.begin(), all.end(), [&](const vm::Modification& x) { return x.fields == m.fields; });
      out.modification = static_cast<Id>(at - all.begin());
      if (at == all.end()) all.push_back(m);
    }
    out.exceptions = from.exceptions;
    out.subject_to = from.subject_to;
    out.cites = cites(from.cites);
    collect(from.when, out);
    out.layer = from.layer;
    out.text = expressions_.filled(from.text, domain);
    out.notes = texts(from.notes);
    out.span = from.span;
    b_.program.rules[id] = out;
    return out.stands;
  }

  static void collect(const ir::Expr& e, vm::Rule& rule) {
    if (e.kind == ir::ExprKind::status) {
      if (std::find(rule.reads.begin(), rule.reads.end(), e.criterion) == rule.reads.end()) rule.reads.push_back(e.criterion);
      rule.reads_record |= e.test == ir::Test::shown || e.test == ir::Test::not_shown || e.test == ir::Test::undetermined;
    }
    for (const ir::Expr& a : e.args) collect(a, rule);
  }

  void remark(const ir::Remark& from) {
    vm::Remark out;
    out.kind = from.kind;
    out.block = from.block;
    out.domain = 0;
    if (from.block != none_id) {
      bind(from.block);
      out.domain = lines_of(from.block);
    } else if (!policy_.blocks.empty()) {
      bind(0);
      out.domain = lines_of(0);
    }
    if (from.when) {
      out.when = expressions_.noted(*from.when);
      const Id stands_on = b_.domain_of(out.when);
      if (b_.is_ancestor(stands_on, out.domain)) {
        out.when = b_.lift(out.when, out.domain);
      } else {
        out.domain = stands_on;  // a remark on items
      }
    }
    out.text = expressions_.filled(from.text, out.domain);
    out.cites = cites(from.cites);
    b_.program.remarks.push_back(out);
  }

  const ir::Policy& policy_;
  const SourceSet& sources_;
  Builder b_;
  Expressions expressions_;
  std::vector<std::optional<Logic>> criteria_;
  std::vector<std::optional<Id>> stands_;
  std::vector<Id> granted_, accumulators_, scopes_;
  std::vector<uint32_t> first_;          // block -> its first instruction
  std::vector<std::unique_ptr<ir::Expr>> anchors_;
};

}  // namespace

vm::Program emit(const ir::Policy& policy, const SourceSet& sources) { return Emitter(policy, sources).run(); }

}  // namespace rubric
