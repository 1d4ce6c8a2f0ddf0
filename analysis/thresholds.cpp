#include "analysis/thresholds.h"

#include "analysis/one_line.h"

#include "vm/date.h"
#include "vm/kernels.h"
#include "vm/opcodes.h"
#include "vm/operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace rubric::analysis {
namespace {

using vm::Id;
using vm::Int128;
using vm::none_id;
using vm::Op;
using vm::Type;

constexpr size_t below = 0, at = 1, above = 2;
constexpr std::string_view codes_with_dates = "codes with dates";   // the compiler's name for those of all systems

// The order that an operator asks for, without what it reads moments to: "<" of "< at".
std::string_view order_of(const vm::Inst& i) {
  std::string_view name = vm::operators()[i.fn].name;
  if (i.n == 3 && name.ends_with(" at")) name.remove_suffix(3);
  else if (i.n != 2) return "";
  for (const std::string_view order : {"<", "<=", ">", ">=", "=", "!="}) {
    if (name == order) return order;
  }
  return "";
}
bool is_equality(std::string_view order) { return order == "=" || order == "!="; }

bool has_steps(Type t) {
  switch (t) {
    case Type::integer:
    case Type::long_integer:
    case Type::decimal:
    case Type::date:
    case Type::date_time:
    case Type::time:
    case Type::quantity:
    case Type::any: return true;
    case Type::truth:
    case Type::text:
    case Type::code:
    case Type::interval:
    case Type::list:
    case Type::tuple:
    case Type::ratio:
    case Type::code_concept:
    case Type::outcome: return false;
  }
  return false;
}

std::string without_spaces(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!std::isspace(static_cast<unsigned char>(c))) out.push_back(c);
  }
  return out;
}
class Finder {
 public:
  explicit Finder(const vm::Program& p) : p_(p), made_(p.registers.size(), nullptr), site_(p.registers.size(), nullptr) {
    for (const vm::Inst& i : p.code) {
      if (i.dst != none_id && i.op != Op::repeat && i.op != Op::scan) made_[i.dst] = &i;
    }
    for (const vm::Site& s : p.sites) {
      if (text(s.text).empty()) continue;
      if (s.value != none_id && !site_[s.value]) site_[s.value] = &s;
      // Of `in force on` what asks for the day.
      if (s.kind == vm::SiteKind::comparison && s.member != none_id && !site_[s.member]) site_[s.member] = &s;
    }
    for (Id c = 0; c < p.criteria.size(); ++c) own_sites(p.criteria[c].site, c), own_sites(p.criteria[c].applies_site, c);
    find_limits();
    find_groups();
    find_dates();
    find_named_codes();
  }

  std::vector<Threshold> all() {
    for (const vm::Inst& i : p_.code) {
      if (i.op == Op::at_least) count_members(i);
      if (i.op == Op::in_set_on) code_days(i);
      if (i.op != Op::call || i.dst == none_id) continue;
      const std::string_view order = order_of(i);
      if (order.empty() || !has_steps(p_.registers[arg(i, 0)].type) || !has_steps(p_.registers[arg(i, 1)].type)) continue;
      const bool turned = is_constant(arg(i, 0));
      if (turned && is_constant(arg(i, 1))) continue;
      Threshold t;
      t.value = arg(i, turned ? 1 : 0), t.limit = arg(i, turned ? 0 : 1), t.domain = i.domain;
      if (i.n == 3) t.component = arg(i, 2);
      t.type = p_.registers[t.limit].type;
      if (!name_it(t, i, order)) continue;
      measure(t);
      exclude(t);
      // What an amount of time is exactly, and a count, has sides too; of other equal things there is no more and less.
      const bool has_sides = is_constant(t.limit) || is_moved(t.limit) || is_moved(t.value) || !site_[i.dst];
      if (!is_equality(order) || has_sides) add(std::move(t), order, i.dst);
    }
    tell_apart();
    return std::move(found_);
  }

 private:
  using Key = uint32_t;

  // A condition on the rows of two lists is one threshold to its author, and so are a limit's days, in the chart and in the
  // request.
  void add(Threshold t, std::string_view order, Id of) {
    const auto [at, fresh] =
        known_.try_emplace({t.name, site_[of] && t.value != none_id && t.code == none_id ? key(of) : 0}, found_.size());
    if (fresh) {
      found_.push_back(std::move(t)), order_.emplace_back(order), of_.push_back(of);
      return;
    }
    Threshold& first = found_[at->second];
    for (size_t k = 0; k < first.impossible.size(); ++k) {
      if (t.impossible[k].empty()) first.impossible[k].clear();
    }
    first.also.push_back(std::move(t));
  }

  Id arg(const vm::Inst& i, uint32_t k) const { return p_.operands[i.args + k]; }
  std::string text(Id id) const { return id == none_id ? std::string() : p_.texts[id]; }
  Id plain(Id reg) const {   // behind moves to other rows
    while (made_[reg] && (made_[reg]->op == Op::up || made_[reg]->op == Op::src)) reg = arg(*made_[reg], 0);
    return reg;
  }
  const vm::Inst* maker(Id reg) const { return made_[plain(reg)]; }
  const vm::Constant* constant(Id reg) const {
    const vm::Inst* const made = maker(reg);
    return made && made->op == Op::konst ? &p_.constants[made->imm] : nullptr;
  }
  bool is_constant(Id reg) const { return constant(reg) != nullptr; }
  bool is_moved(Id reg) const {
    const vm::Inst* const made = maker(reg);
    if (made && made->op == Op::select) return is_moved(arg(*made, 1)) && is_moved(arg(*made, 2));   // by one amount or another
    if (!made || made->op != Op::call) return false;
    const std::string_view name = vm::operators()[made->fn].name;
    return name.starts_with("add_") || ((name == "+" || name == "-") && p_.registers[reg].type != Type::integer);
  }

  // What a register holds, whatever rows it stands on.
  Key key(Id reg) {
    reg = plain(reg);
    if (const auto known = keys_.find(reg); known != keys_.end()) return known->second;
    const vm::Inst* const made = made_[reg];
    std::vector<uint32_t> parts;
    if (!made || (made->op != Op::call && made->op != Op::konst && made->op != Op::column)) {
      parts = {0, reg};
    } else {
      parts = {1, static_cast<uint32_t>(made->op), made->fn, made->imm};
      for (uint32_t k = 0; k < made->n; ++k) parts.push_back(key(arg(*made, k)));
    }
    const Key made_key = numbers_.try_emplace(std::move(parts), static_cast<Key>(numbers_.size())).first->second;
    return keys_[reg] = made_key;
  }

  void own_sites(Id site, Id criterion) {
    if (site == none_id) return;
    const vm::Site& s = p_.sites[site];
    if (s.value != none_id) owner_.try_emplace(s.value, criterion);
    for (const Id inner : s.sites) own_sites(inner, criterion);
  }

  // A limit's distances from the line's date have no words of their own: they are the limit's.
  void find_limits() {
    for (const vm::Criterion& c : p_.criteria) {
      if (c.kind != vm::CriterionKind::limit) continue;
      walk(c.computed_value, [&](Id reg, const vm::Inst&) { return limit_.try_emplace(reg, &c), true; });
    }
  }

  // What a limit's window asks of a day, or nothing: other lines are also put in their order.
  std::string window_words(const Threshold& t, const vm::Inst& i, const vm::Criterion& limit, std::string_view order) const {
    if (is_moved(t.value) || is_moved(t.limit)) return is_equality(order) ? "" : order.starts_with("<") ? "days ahead" : "days back";
    const vm::Site& site = p_.sites[limit.site];
    const bool is_interval = made_[site.value] && made_[site.value]->op == Op::truth_not;
    const bool of_history = i.domain == site.domain && !is_interval;
    if (!of_history || order == "!=") return "";
    if (order == "=") return t.type == Type::date ? "the day" : "the year";
    return order.starts_with("<") ? "the last day" : "the first day";
  }

  // Which clause asks for so many of a group: it has no words but the clause's name.
  void find_groups() {
    const auto name_groups = [&](Id from, const std::string& whose) {
      walk(from, [&](Id reg, const vm::Inst& i) {
        if (i.op == Op::at_least) group_.try_emplace(reg, whose);
        return i.op == Op::truth_and || i.op == Op::truth_or || i.op == Op::truth_not || i.op == Op::up || i.op == Op::keep ||
               i.op == Op::status_value;
      });
    };
    for (const vm::Criterion& c : p_.criteria) name_groups(c.computed_value, text(c.name));
    for (const vm::Rule& r : p_.rules) name_groups(r.fires, words_of_rule(r));
  }

  // A group that counts those that do not apply as met as well is the same to its author.
  void count_members(const vm::Inst& i) {
    const auto whose = group_.find(i.dst);
    if (whose == group_.end()) return;
    Threshold t;
    t.name = fmt::format("{}: at least {} of {}", whose->second, i.imm, i.n);
    t.span = {no_file, 0, 0};
    for (const vm::Criterion& c : p_.criteria) {
      if (text(c.name) == whose->second) t.span = c.span;
    }
    for (uint32_t k = 0; k < i.n; ++k) t.members.push_back(arg(i, k));
    t.least = i.imm, t.domain = i.domain;
    if (i.imm == 0) t.impossible[below] = "a count is never less than nothing";
    if (i.imm >= i.n) t.impossible[above] = "there are no more";
    if (!known_.contains({t.name, 0})) add(std::move(t), ">=", i.dst);
  }

  // The days on which codes of a set are valid, each end by itself. The dates of a code system are asked for all of its codes:
  // those that the policy does not name are the system's affair.
  void code_days(const vm::Inst& i) {
    const vm::Table& table = p_.tables[i.imm];
    const bool of_systems = text(table.name) == codes_with_dates;
    const std::string set = site_[i.dst] ? text(site_[i.dst]->text) : of_systems ? "" : text(table.name);
    if (set.empty()) return;
    for (size_t k = 0; k < table.from.size(); ++k) {
      if (of_systems && !named_.contains(table.keys[k])) continue;
      for (const bool first : {true, false}) {
        const Id day = first ? table.from[k] : table.to[k];
        if (day == none_id) continue;
        const auto [system, code] = p_.codes[static_cast<size_t>(p_.constants[table.keys[k]].low)];
        Threshold t;
        t.name = fmt::format("{}: '{}' {} @{}", set, text(code), first ? "from" : "to", iso(day));
        t.span = site_[i.dst] ? site_[i.dst]->span : Span{no_file, 0, 0};
        t.value = arg(i, 1), t.code = arg(i, 0), t.is_code = table.keys[k], t.day = day;
        t.domain = i.domain, t.type = Type::date;
        exclude_days(t);
        if (std::none_of(t.impossible.begin(), t.impossible.end(), [](const std::string& why) { return why.empty(); })) continue;
        add(std::move(t), first ? ">=" : "<=", i.dst);
      }
    }
  }
  // Codes that stand in a set of the policy or by themselves.
  void find_named_codes() {
    for (const vm::Table& table : p_.tables) {
      if (text(table.name) != codes_with_dates) named_.insert(table.keys.begin(), table.keys.end());
    }
    for (const vm::Inst& i : p_.code) {
      if (i.op == Op::konst && p_.constants[i.imm].type == Type::code) named_.insert(i.imm);
    }
  }
  std::string iso(Id date) const { return vm::iso_date({static_cast<int32_t>(p_.constants[date].low), 3}); }

  // What is asked of the day that decides, when the policy does not decide on it.
  void exclude_days(Threshold& t) {
    const int64_t day = p_.constants[t.day].low;
    for (size_t k = 0; k < t.impossible.size(); ++k) {
      const int64_t on = day + static_cast<int64_t>(k) - 1;
      const bool decided = std::any_of(p_.blocks.begin(), p_.blocks.end(), [&](const vm::Block& b) { return may_decide(b, t.value, on); });
      if (!decided && !p_.blocks.empty()) t.impossible[k] = "the policy is not in force then";
    }
  }
  bool may_decide(const vm::Block& b, Id value, int64_t day) {
    bool out = true;
    walk(b.version_gate, [&](Id, const vm::Inst& i) {
      if (i.op == Op::call && is_day(i) && key(arg(i, 0)) == key(value)) {
        const int64_t end = constant(arg(i, 1))->low;
        out = out && (order_of(i) == ">=" ? day >= end : day <= end);
      }
      return i.op == Op::truth_and || i.op == Op::up || i.op == Op::keep;
    });
    return out;
  }

  // From a register to those that it is made of; `enter` says whether to go on below it.
  template <class Enter>
  void walk(Id from, Enter enter) const {
    std::vector<Id> waiting = {from};
    std::set<Id> reached;
    while (!waiting.empty()) {
      const Id reg = waiting.back();
      waiting.pop_back();
      if (reg == none_id || !reached.insert(reg).second || !made_[reg] || !enter(reg, *made_[reg])) continue;
      for (uint32_t k = 0; k < made_[reg]->n; ++k) waiting.push_back(arg(*made_[reg], k));
    }
  }

  // Days on which something comes into force or leaves it: comparisons without words of their own.
  void find_dates() {
    const auto name_dates = [&](Id from, const std::string& what) {
      walk(from, [&](Id reg, const vm::Inst& i) {
        if (i.op == Op::call && !site_[reg] && is_day(i)) dates_.try_emplace(reg, what);
        return i.op == Op::truth_and || i.op == Op::truth_or || i.op == Op::truth_not || i.op == Op::up || i.op == Op::keep;
      });
    };
    for (const vm::Block& b : p_.blocks) name_dates(b.version_gate, p_.name), scopes_.push_back(b.scope);
    for (const vm::Rule& r : p_.rules) name_dates(r.gate, r.layer == 0 ? words_of_rule(r) : text(p_.layers[r.layer].overlay));
    for (const vm::Criterion& c : p_.criteria) {
      name_dates(c.gate, c.layer == 0 ? text(c.name) : text(p_.layers[c.layer].overlay));
      name_dates(c.computed_applicable, c.layer == 0 ? text(c.name) : text(p_.layers[c.layer].overlay));
    }
    // Values that change with the day.
    const auto name_values = [&](Id from, const std::string& whose) {
      walk(from, [&](Id reg, const vm::Inst& i) {
        if (i.op == Op::select && !site_[reg]) name_dates(arg(i, 0), whose + ": a value");
        return true;
      });
    };
    for (const vm::Criterion& c : p_.criteria) {
      for (const Id reg : {c.computed_value, c.computed_applicable}) name_values(reg, text(c.name));
    }
    for (const vm::Rule& r : p_.rules) {
      name_values(r.fires, words_of_rule(r));
      if (r.modification == none_id) continue;
      for (const auto& [field, value] : p_.modifications[r.modification].fields) name_values(value, words_of_rule(r));
    }
    for (const vm::Block& b : p_.blocks) {
      for (const Id reg : {b.scope, b.item_scope}) name_values(reg, text(b.name));
    }
    for (const vm::Remark& r : p_.remarks) name_values(r.when, "a remark");
  }
  std::string words_of_rule(const vm::Rule& r) const { return (r.is_exception ? "exception " : "rule ") + text(r.name); }
  bool is_day(const vm::Inst& i) const {
    const std::string_view order = order_of(i);
    return (order == ">=" || order == "<=") && p_.registers[arg(i, 0)].type == Type::date && is_constant(arg(i, 1)) &&
           !is_constant(arg(i, 0));
  }

  // Whether it has words, and which.
  bool name_it(Threshold& t, const vm::Inst& i, std::string_view order) {
    if (const vm::Site* const site = site_[i.dst]) {
      t.name = text(site->text), t.span = site->span;
      // Of a phrase the author's words, and the one comparison of those that it stands for.
      if (site->span.file < p_.file_texts.size() && site->span.end <= p_.file_texts[site->span.file].size()) {
        const std::string said =
            one_line(std::string_view(p_.file_texts[site->span.file]).substr(site->span.begin, site->span.end - site->span.begin));
        const bool as_said = without_spaces(said) == without_spaces(t.name) || said.find(order) != std::string::npos;
        if (!as_said && !said.empty()) t.name = said + ": " + t.name;
      }
      // A library's words say nothing of whom they are for.
      const auto owner = owner_.find(i.dst);
      if (owner != owner_.end() && p_.criteria[owner->second].span.file != site->span.file)
        t.name += " in " + text(p_.criteria[owner->second].name);
      return true;
    }
    if (const auto date = dates_.find(i.dst); date != dates_.end()) {
      t.name = fmt::format("{} in force {} @{}", date->second, order == ">=" ? "from" : "to", iso(maker(t.limit)->imm));
      t.span = {no_file, 0, 0};
      for (const Id scope : scopes_) t.scopes.push_back(scope);
      return true;
    }
    if (const auto limit = limit_.find(i.dst); limit != limit_.end()) {
      const std::string asked = window_words(t, i, *limit->second, order);
      t.name = fmt::format("{}: {}", text(limit->second->name), asked);
      t.span = limit->second->span;
      return !asked.empty();
    }
    return false;
  }

  // One step: in the last place of the limit as it is written.
  void measure(Threshold& t) const {
    const vm::Constant* const c = constant(t.limit);
    if (t.type == Type::decimal || t.type == Type::quantity) {
      t.step = vm::Decimal::scale;
      while (c && t.step > 1 && c->low % t.step != 0) t.step /= 10;
    }
    if (t.type == Type::quantity && c) t.unit = c->unit;
  }

  // A number of a record field or of a constant, in one scale.
  std::optional<Int128> number(const vm::Constant& c) const {
    if (c.kind != vm::Kind::value) return std::nullopt;
    if (c.type == Type::decimal) return c.low;
    if (c.type == Type::integer || c.type == Type::date) return Int128{c.low} * vm::Decimal::scale;
    return std::nullopt;
  }

  // What no record can show.
  void exclude(Threshold& t) const {
    const vm::Constant* const limit = constant(t.limit);
    const vm::Inst* made = maker(t.value);
    if (!limit || !made) return;
    if ((limit->type == Type::date_time || limit->type == Type::time) && limit->precision < 7 && t.component == none_id)
      t.impossible[at] = "a moment inside of it is neither before nor after it";
    const auto most = number(*limit);
    if (!most) return;
    const bool counts = made->op == Op::count || made->op == Op::fold || made->op == Op::used_days || made->op == Op::fullest;
    const bool counted = made->op != Op::fold || static_cast<vm::FoldKind>(made->fn) == vm::FoldKind::distinct;
    if (counts && counted && p_.registers[t.limit].type == Type::integer && *most <= 0) {
      t.impossible[below] = "a count is never less than nothing";
      if (*most < 0) t.impossible[at] = t.impossible[below];
    }
    if (made->op == Op::call && vm::operators()[made->fn].name == "ToDecimal") made = maker(arg(*made, 0));
    if (!made || made->op != Op::column || p_.columns[made->imm].kind != vm::ColumnKind::field) return;
    const vm::ColumnDef& column = p_.columns[made->imm];
    const vm::Field& field = p_.nodes[column.node].fields[column.field];
    const auto bound = [&](const vm::Bound& b) -> std::optional<Int128> {
      return b.kind == vm::Bound::Kind::constant ? number(p_.constants[b.constant]) : std::nullopt;
    };
    const auto why = [&](std::string_view word, const vm::Bound& b) {
      const vm::Constant& c = p_.constants[b.constant];
      return fmt::format(
          "{} is {} {}", text(field.key), word,
          c.type == Type::date ? "@" + vm::iso_date({static_cast<int32_t>(c.low), 3}) : vm::to_string(vm::Decimal{*number(c)}));
    };
    if (const auto low = bound(field.low); low && *most <= *low) {
      t.impossible[below] = why("at least", field.low);
      if (*most < *low) t.impossible[at] = t.impossible[below];
    }
    if (const auto high = bound(field.high); high && *most >= *high) {
      t.impossible[above] = why("at most", field.high);
      if (*most > *high) t.impossible[at] = t.impossible[above];
    }
  }

  // Two that are called alike and are not the same go by the criterion that looks at them, then by what they ask.
  void tell_apart() {
    const auto alike = [&] {
      std::map<std::string, std::vector<size_t>> by_name;
      for (size_t k = 0; k < found_.size(); ++k) by_name[found_[k].name].push_back(k);
      std::erase_if(by_name, [](const auto& each) { return each.second.size() < 2; });
      return by_name;
    };
    for (const auto& [name, those] : alike()) {
      for (const size_t k : those) {
        const auto owner = owner_.find(of_[k]);
        const std::string more = owner == owner_.end() ? "" : " in " + text(p_.criteria[owner->second].name);
        if (!name.ends_with(more)) found_[k].name += more;
      }
    }
    for (const auto& [name, those] : alike()) {
      for (const size_t k : those) found_[k].name += fmt::format(" ({})", order_[k]);
    }
    for (const auto& [name, those] : alike()) {
      for (size_t n = 1; n < those.size(); ++n) found_[those[n]].name += fmt::format(" #{}", n + 1);
    }
  }

  const vm::Program& p_;
  std::vector<const vm::Inst*> made_;
  std::vector<const vm::Site*> site_;                   // of a register
  std::map<Id, Id> owner_;                              // of a site's register: the first criterion that shows it
  std::map<Id, const vm::Criterion*> limit_;
  std::map<Id, std::string> group_;                     // whose count it is
  std::map<Id, std::string> dates_;                     // what comes into force
  std::vector<Id> scopes_;
  std::set<Id> named_;                                  // constants: codes
  std::map<Id, Key> keys_;
  std::map<std::vector<uint32_t>, Key> numbers_;
  std::map<std::pair<std::string, Key>, size_t> known_; // of those found
  std::vector<Threshold> found_;
  std::vector<std::string> order_;                      // parallel
  std::vector<Id> of_;
};

}  // namespace

std::vector<Threshold> thresholds_of(const vm::Program& p) { return Finder(p).all(); }

}  // namespace rubric::analysis
