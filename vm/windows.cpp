// Finding windows: from a fold upwards through the conjunctions that its members are made by. What is not of the one
// shape is left alone.
#include "vm/windows.h"

#include "vm/makers.h"
#include "vm/operators.h"

#include <algorithm>
#include <optional>

namespace rubric::vm {
namespace {

class Finder {
 public:
  explicit Finder(const Program& p) : p_(p), maker_(makers_of(p)), in_scan_(p.code.size(), false) {
    for (Id k = 0; k < p.code.size(); ++k) {
      if (p.code[k].op != Op::scan) continue;
      for (Id b = k + 1; b <= k + p.code[k].imm; ++b) in_scan_[b] = true;
    }
  }

  std::vector<Window> all() {
    std::vector<Window> out;
    for (uint32_t k = 0; k < p_.code.size(); ++k) {
      const Inst& i = p_.code[k];
      if ((i.op != Op::any && i.op != Op::count) || in_scan_[k]) continue;
      if (auto found = window(k)) out.push_back(std::move(*found));
    }
    return out;
  }

 private:
  const Inst* made_by(Id reg) const { return maker_[reg] == none_id || in_scan_[maker_[reg]] ? nullptr : &p_.code[maker_[reg]]; }
  Id arg(const Inst& i, uint32_t k) const { return p_.operands[i.args + k]; }
  Id domain(Id reg) const { return p_.registers[reg].domain; }

  bool of_the_record(Id d) const {
    for (; d != 0; d = p_.domains[d].parent) {
      if (p_.domains[d].make == Make::unnest) return false;
    }
    return true;
  }

  std::optional<Window> window(uint32_t k) {
    const Inst& fold = p_.code[k];
    Window w;
    w.inst = k;
    keeps_ = 0;
    w.cross = domain(arg(fold, 0));
    if (w.cross == none_id) return std::nullopt;
    const DomainDef& d = p_.domains[w.cross];
    if (d.make != Make::cross || d.via != none_id || d.parent != fold.domain) return std::nullopt;
    if (made_while_running(p_.domains[d.parent].make) || !of_the_record(d.parent) || p_.domains[d.from].parent != 0) return std::nullopt;
    w.list = d.from;
    w.parent = d.parent;
    if (!members(arg(fold, 0), w) || w.bounds.empty()) return std::nullopt;
    return w;
  }

  // Outside of `keep`.
  bool members(Id reg, Window& w) {
    const Inst* i = made_by(reg);
    if (!i || i->domain != w.cross) return false;
    if (i->op == Op::member) return w.only_members = true;
    if (i->op == Op::truth_and) {
      for (uint32_t k = 0; k < i->n; ++k) {
        if (!members(arg(*i, k), w)) return false;
      }
      return true;
    }
    if (i->op == Op::src) {
      if (!never_none(arg(*i, 0))) return false;
      w.sure.push_back(arg(*i, 0));
      return true;
    }
    // Under two of them, a truth that is none could stand beside a bound that is unknown.
    return i->op == Op::keep && kept(arg(*i, 0), w) && (++keeps_ == 1 || w.truth == none_id);
  }

  bool never_none(Id reg) const {
    const Inst* i = made_by(reg);
    if (!i) return false;
    if (i->op == Op::keep || i->op == Op::member || i->op == Op::is_null) return true;
    if (i->op != Op::truth_and && i->op != Op::truth_or && i->op != Op::truth_not) return false;
    const auto* first = p_.operands.data() + i->args;
    return std::all_of(first, first + i->n, [&](Id operand) { return never_none(operand); });
  }

  // Under `keep`.
  bool kept(Id reg, Window& w) {
    const Inst* i = made_by(reg);
    if (!i || i->domain != w.cross) return false;
    if (i->op == Op::truth_and) {
      for (uint32_t k = 0; k < i->n; ++k) {
        if (!kept(arg(*i, k), w)) return false;
      }
      return true;
    }
    if (i->op == Op::src && p_.registers[reg].type == Type::truth) {
      if (w.truth != none_id) return false;
      w.truth = arg(*i, 0);
      return true;
    }
    return i->op == Op::call && bound(*i, w);
  }

  bool bound(const Inst& i, Window& w) {
    const OperatorInfo& info = operators()[i.fn];
    if (i.n != 2 || info.result != Type::truth || info.args.size() != 2 || info.args[0] != info.args[1]) return false;
    const Type type = info.args[0];
    const bool ordered = type == Type::integer || type == Type::date;
    if (!ordered && !((type == Type::text || type == Type::code) && info.name == "=")) return false;
    const Inst *a = made_by(arg(i, 0)), *b = made_by(arg(i, 1));
    if (!a || !b) return false;
    WindowBound out;
    out.key_first = a->op == Op::src;
    const Inst &key = out.key_first ? *a : *b, &limit = out.key_first ? *b : *a;
    if (key.op != Op::src || limit.op != Op::up || domain(arg(limit, 0)) != w.parent) return false;
    if (w.key != none_id && w.key != arg(key, 0)) return false;
    w.key = arg(key, 0);
    out.limit = arg(limit, 0);
    out.fn = i.fn;
    std::string_view name = info.name;
    if (!out.key_first) name = name == "<" ? ">" : name == "<=" ? ">=" : name == ">" ? "<" : name == ">=" ? "<=" : name;
    out.has_low = name == ">" || name == ">=" || name == "=";
    out.has_high = name == "<" || name == "<=" || name == "=";
    out.above = name == ">" ? 1 : 0;
    out.below = name == "<" ? -1 : 0;
    if (!out.has_low && !out.has_high) return false;
    w.bounds.push_back(out);
    return true;
  }

  const Program& p_;
  std::vector<Id> maker_;                // register -> instruction
  std::vector<bool> in_scan_;
  uint32_t keeps_ = 0;                   // of the fold that is looked at
};

}  // namespace

std::vector<Window> find_windows(const Program& p) { return Finder(p).all(); }

}  // namespace rubric::vm
