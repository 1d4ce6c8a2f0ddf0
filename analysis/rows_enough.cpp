#include "analysis/rows_enough.h"

#include "vm/kernels.h"
#include "vm/operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace rubric::analysis {
namespace {

using vm::Id;
using vm::Inst;
using vm::none_id;
using vm::Op;
using vm::Program;
using vm::Type;

using Rows = RowsEnough::Rows;

constexpr uint64_t many = 1'000'000;   // beyond it nothing is told apart
constexpr Rows endless{1, true};
constexpr uint32_t unshared = UINT32_MAX;

Rows plus(Rows a, Rows b) { return {std::min(a.number + b.number, many), a.endless || b.endless}; }
Rows times(Rows a, Rows b) { return {std::min(a.number * b.number, many), a.endless || b.endless}; }

bool compares(const Inst& i) {
  static constexpr std::array<std::string_view, 6> names{"=", "!=", "<", "<=", ">", ">="};
  const vm::OperatorInfo& row = vm::operators()[i.fn];
  return i.op == Op::call && row.args.size() == 2 && std::find(names.begin(), names.end(), row.name) != names.end();
}

bool counts_rows(const Inst& i) {
  return i.op == Op::count || i.op == Op::used_days || i.op == Op::fullest ||
         (i.op == Op::fold && static_cast<vm::FoldKind>(i.fn) == vm::FoldKind::distinct);
}

class Counting {
 public:
  Counting(std::span<const Asked> asked, uint32_t lines, bool joined) : asked_(asked), lines_(lines), joined_(joined) {}

  RowsEnough result() {
    for (const Asked& each : asked_) follow(each);
    for (const Asked& each : asked_) {
      const std::vector<std::string> paths = list_paths(*each.program);
      for (const std::string& path : paths) {
        if (!path.empty()) lists_.try_emplace(path);
      }
      for (const Id domain : each.rows) add(*each.program, paths, domain, none_id, {1, false});
      for (const Fold& f : folds_) {
        if (f.asked != &each) continue;
        const auto counted = count_of_.find(f.value);
        Rows rows = counted == count_of_.end() ? f.rows : counted->second;
        for (const Id child : f.children) {
          add(*each.program, paths, child, f.on, rows);
          rows = {1, false};   // what a limit counts of other lines, history can hold as well
        }
      }
      positions(each, paths);
    }
    RowsEnough out;
    out.lines_wait = lines_wait_;
    for (const auto& [path, needs] : lists_) {
      if (path != lines_path || !lines_wait_) out.of_list[path] = total(path);
    }
    return out;
  }

 private:
  // An instruction that makes one cell of several rows: how many of them it takes, for each row that it stands on.
  struct Fold {
    const Asked* asked;
    uint32_t value;              // its number, shared by what computes the same
    Id on;
    std::vector<Id> children;
    Rows rows;
  };
  // What a register of a number may be: counts of rows, and constants up to a number.
  struct Number {
    std::set<uint32_t> counts;
    std::optional<int64_t> most;   // nothing: of what is no count nothing is known
    bool plain = true;             // it is nothing but constants
  };
  // Rows of one list that are needed for each row of a domain.
  struct Need {
    const Program* program;
    Id on;                         // none: once
    Rows rows;
  };

  static Id operand(const Program& p, const Inst& i, uint32_t k) { return p.operands[i.args + k]; }

  void follow(const Asked& asked) {
    const Program& p = *asked.program;
    const auto number = static_cast<uint32_t>(&asked - asked_.data());
    std::vector<uint32_t> value(p.registers.size(), unshared - number);
    std::vector<Number> numbers(p.registers.size(), Number{{}, std::nullopt, false});
    for (uint32_t at = 0; at < p.code.size(); ++at) {
      const Inst& i = p.code[at];
      if (i.dst == none_id) continue;
      value[i.dst] = i.dst == asked.own ? unshared - number : number_of(p, number, i, value);
      if (!asked.instructions[at] && i.op != Op::konst) continue;
      lines_wait_ |= i.op == Op::granted;
      fold(asked, i, value[i.dst]);
      numbers[i.dst] = counted(p, i, value[i.dst], numbers);
    }
    for (const auto& [a, b] : asked.near) compare(numbers[a], numbers[b]);
    // What an approval quotes or a modification says is no comparison.
    const auto quoted = [&](Id reg) { use(numbers[reg]); };
    for (const vm::Condition& c : p.conditions) {
      for (const auto& [name, reg] : c.values) quoted(reg);
    }
    for (const vm::Modification& m : p.modifications) {
      for (const auto& [field, reg] : m.fields) quoted(reg);
    }
  }

  // Equal for what is computed alike of the same. Of two programs that are not joined the numbers mean nothing to each other.
  uint32_t number_of(const Program& p, uint32_t number, const Inst& i, const std::vector<uint32_t>& value) {
    const bool own = !joined_ || i.op == Op::decide || i.op == Op::fold_items;   // of a program's own blocks
    std::vector<uint32_t> key = {
        own ? number + 1 : 0,     static_cast<uint32_t>(i.op), i.fn, i.domain, i.imm, static_cast<uint32_t>(p.registers[i.dst].type),
        p.registers[i.dst].domain};
    for (uint32_t k = 0; k < i.n; ++k) key.push_back(value[operand(p, i, k)]);
    return values_.try_emplace(std::move(key), static_cast<uint32_t>(values_.size())).first->second;
  }

  void fold(const Asked& asked, const Inst& i, uint32_t value) {
    const Program& p = *asked.program;
    const auto domain = [&](uint32_t k) { return p.registers[operand(p, i, k)].domain; };
    const auto type = [&](uint32_t k) { return p.registers[operand(p, i, k)].type; };
    Rows rows{1, false};
    std::vector<Id> children;
    switch (i.op) {
      case Op::any:
      case Op::all:
      case Op::count: children = {domain(0)}; break;
      case Op::only: children = {domain(0)}, rows.number = 2; break;
      case Op::pick: {
        const Type by = type(1);
        children = {domain(0)};
        if (by != Type::integer && by != Type::decimal && by != Type::date && by != Type::long_integer) rows = endless;
        break;
      }
      case Op::fold: {
        children = {domain(0)};
        const auto kind = static_cast<vm::FoldKind>(i.fn);
        const bool ends = kind == vm::FoldKind::min || kind == vm::FoldKind::max;
        const bool ordered = type(1) == Type::integer || type(1) == Type::decimal || type(1) == Type::date;
        if (kind != vm::FoldKind::distinct && !(ends && ordered)) rows = endless;
        break;
      }
      case Op::used_days:
      case Op::fullest: children = {domain(0), domain(2)}; break;   // history, and other lines
      case Op::fold_items: children = {domain(0)}, rows.number = 2; break;   // the best of some and the worst of the others
      case Op::nest:
      case Op::final: children = {domain(0)}, rows = endless; break;
      case Op::konst:
      case Op::column:
      case Op::member:
      case Op::up:
      case Op::src:
      case Op::truth_not:
      case Op::truth_and:
      case Op::truth_or:
      case Op::keep:
      case Op::select:
      case Op::call:
      case Op::lookup:
      case Op::in_set:
      case Op::in_set_on:
      case Op::is_null:
      case Op::coalesce:
      case Op::at_least:
      case Op::shown:
      case Op::not_shown:
      case Op::undetermined:
      case Op::assert_value:
      case Op::assert_applicable:
      case Op::status_value:
      case Op::decide:
      case Op::granted:
      case Op::repeat:
      case Op::gather:
      case Op::narrow:
      case Op::unnest:
      case Op::scan: return;   // of one row
    }
    const bool known = std::any_of(folds_.begin(), folds_.end(), [&](const Fold& f) { return f.value == value; });
    if (!known) folds_.push_back({&asked, value, i.domain, std::move(children), rows});
  }

  Number counted(const Program& p, const Inst& i, uint32_t value, const std::vector<Number>& numbers) {
    const auto& of = [&](uint32_t k) -> const Number& { return numbers[operand(p, i, k)]; };
    const auto constant = [&](Id id, Number& out) {
      const vm::Constant& c = p.constants[id];
      if (c.kind == vm::Kind::none) return;
      if (c.type != Type::integer) out.plain = false;
      else out.most = std::max(out.most.value_or(c.low), c.low);
    };
    if (counts_rows(i)) {
      count_of_.try_emplace(value, Rows{1, false});
      return {{value}, std::nullopt, false};
    }
    Number out;
    if (i.op == Op::konst) {
      constant(i.imm, out);
      return out;
    }
    if (i.op == Op::lookup) {
      const vm::Table& table = p.tables[i.imm];
      use(of(0));
      if (table.otherwise_key) out.plain = false;
      for (const Id id : table.values) constant(id, out);
      if (table.otherwise != none_id) constant(table.otherwise, out);
      return out;
    }
    if (i.op == Op::up || i.op == Op::src || i.op == Op::select || i.op == Op::coalesce) {
      for (uint32_t k = i.op == Op::select ? 1 : 0; k < i.n; ++k) {
        const Number& from = of(k);
        out.counts.insert(from.counts.begin(), from.counts.end());
        out.plain &= from.plain;
        if (from.most) out.most = std::max(out.most.value_or(*from.most), *from.most);
      }
      return out;
    }
    // Of any other a count is an operand like others.
    if (compares(i)) {
      compare(of(0), of(1));
    } else {
      for (uint32_t k = 0; k < i.n; ++k) use(of(k));
    }
    return {{}, std::nullopt, false};
  }
  void compare(const Number& a, const Number& b) {
    const Number &count = a.counts.empty() ? b : a, &limit = a.counts.empty() ? a : b;
    if (limit.counts.empty() && limit.plain) return use(count, std::max<int64_t>(limit.most.value_or(0), 0));
    use(count);
    use(limit);
  }
  void use(const Number& n) {
    for (const uint32_t count : n.counts) count_of_[count].endless = true;
  }
  void use(const Number& n, int64_t most) {
    for (const uint32_t count : n.counts) {
      uint64_t& rows = count_of_[count].number;
      rows = std::max(rows, std::min<uint64_t>(static_cast<uint64_t>(most) + 1, many));
    }
  }

  // The rows of a domain, and those above them and referred to by them, for each row that a fold stands on.
  void add(const Program& p, const std::vector<std::string>& paths, Id domain, Id on, Rows rows) {
    for (Id d = domain; d != on && d != none_id && p.domains[d].make != vm::Make::cases; d = p.domains[d].parent) {
      if (d == p.lines_domain && on == none_id) break;   // the line that is asked about
      add_row(p, paths, d, on, rows);
    }
  }
  void add_row(const Program& p, const std::vector<std::string>& paths, Id d, Id on, Rows rows) {
    const vm::DomainDef& def = p.domains[d];
    // A list that is made while the program runs has the rows of no list of the record.
    if (paths[d].empty() || def.make == vm::Make::unnest) beyond_ = true;
    else lists_[paths[d]].push_back({&p, on, rows});
    for (Id from = def.from; from != none_id && p.domains[from].make != vm::Make::cases; from = p.domains[from].parent) {
      if (paths[from] != paths[d]) lists_[paths[from]].push_back({&p, on, rows});
    }
  }

  // A row's number in its list is another one where rows before it are taken out.
  void positions(const Asked& asked, const std::vector<std::string>& paths) {
    const Program& p = *asked.program;
    for (uint32_t at = 0; at < p.code.size(); ++at) {
      const Inst& i = p.code[at];
      if (!asked.instructions[at] || i.op != Op::column) continue;
      const vm::ColumnDef& c = p.columns[i.imm];
      const bool number = c.kind == vm::ColumnKind::position || (c.kind == vm::ColumnKind::field && p.texts[c.path] == "sequence");
      if (number && c.domain != p.lines_domain && !paths[c.domain].empty()) lists_[paths[c.domain]].push_back({&p, none_id, endless});
    }
  }

  Rows total(const std::string& path) {
    if (beyond_) return endless;
    const auto known = totals_.find(path);
    if (known != totals_.end()) return known->second;
    // Rows that look at their own list ask for others without end.
    if (!open_.insert(path).second) return {0, true};
    // Lines that look at other lines do so for the one that is asked about.
    const bool of_lines = path == lines_path;
    Rows out{of_lines ? 1u : 0u, false};
    for (const Need& need : lists_[path]) {
      const bool once = need.on == none_id || (of_lines && need.on == need.program->lines_domain);
      out = plus(out, once ? need.rows : times(need.rows, rows_of(*need.program, need.on)));
    }
    open_.erase(path);
    if (open_.empty()) totals_[path] = out;
    return out;
  }
  Rows rows_of(const Program& p, Id domain) {
    if (p.domains[domain].make == vm::Make::cases) return {1, false};
    if (domain == p.lines_domain) return {lines_, false};
    const Rows own = total(list_paths(p)[domain]);
    return vm::made_while_running(p.domains[domain].make) ? times(own, rows_of(p, p.domains[domain].parent)) : own;
  }

  const std::span<const Asked> asked_;
  const uint32_t lines_;
  const bool joined_;
  bool beyond_ = false, lines_wait_ = false;
  std::map<std::vector<uint32_t>, uint32_t> values_;
  std::vector<Fold> folds_;
  std::map<uint32_t, Rows> count_of_;            // rows that a count needs, by its number
  std::map<std::string, std::vector<Need>> lists_;
  std::map<std::string, Rows> totals_;
  std::set<std::string> open_;
};

}  // namespace

std::vector<std::string> RowsEnough::beyond(const ProofSize& size) const {
  std::vector<std::string> out;
  for (const auto& [path, rows] : of_list) {
    const auto own = size.of_list.find(path);
    const uint32_t room = own != size.of_list.end() ? own->second : path == lines_path ? size.lines : size.rows;
    if (rows.endless || rows.number > room) out.push_back(fmt::format("{} in {}", room, path.substr(1)));
  }
  return out;
}

RowsEnough rows_enough(std::span<const Asked> asked, uint32_t lines, bool joined) { return Counting(asked, lines, joined).result(); }

std::vector<bool> rest_on(const Program& p, std::span<const Id> registers) {
  std::vector<bool> out(p.code.size(), false), read(p.registers.size(), false);
  for (const Id reg : registers) {
    if (reg != none_id) read[reg] = true;
  }
  // What a round reads of the one before it stands behind it.
  for (bool more = true; more;) {
    more = false;
    for (size_t k = p.code.size(); k-- > 0;) {
      const Inst& i = p.code[k];
      const bool wanted = i.dst != none_id ? read[i.dst] : i.op == Op::repeat && read[p.operands[i.args]];
      if (!wanted || out[k]) continue;
      out[k] = true;
      for (uint32_t a = 0; a < i.n; ++a) {
        const Id reg = p.operands[i.args + a];
        more |= !read[reg] && (i.op == Op::repeat);
        read[reg] = true;
      }
    }
  }
  return out;
}

}  // namespace rubric::analysis
