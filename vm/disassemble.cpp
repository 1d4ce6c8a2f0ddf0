// See disassemble.h. Every index is checked where it is used: a wrong one prints as "?17".

#include "vm/disassemble.h"

#include "base/source.h"
#include "base/text.h"
#include "vm/date.h"
#include "vm/decimal.h"
#include "vm/enum_names.h"
#include "vm/kernels.h"
#include "vm/opcodes.h"
#include "vm/operators.h"
#include "vm/outcomes.h"
#include "vm/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace rubric::vm {

namespace {

std::string wrong(std::string_view letter, Id id) { return fmt::format("?{}{}", letter, id); }

class Listing {
 public:
  explicit Listing(const Program& program) : p(program) {
    for (size_t i = 0; i < p.files.size(); ++i) {
      sources.add(p.files[i], i < p.file_texts.size() ? p.file_texts[i] : "");
    }
    name_registers();
    name_domains();
  }

  std::string take() {
    line("program {}{}", printable(p.name), p.version.empty() ? "" : " version " + printable(p.version));
    if (!p.title.empty()) line("  {}", printable(p.title));
    if (!p.digest.empty()) line("  {}", printable(p.digest));
    for (size_t i = 0; i < p.files.size(); ++i) line("  file {}", printable(p.files[i]));
    domains(), columns(), code(), used_opcodes(), tables(), layers(), blocks(), conditions(), remarks();
    return std::move(out);
  }

 private:
  std::string constant(Id id) const {
    if (id >= p.constants.size()) return wrong("k", id);
    const Constant& c = p.constants[id];
    if (c.kind == Kind::none) return "null";
    switch (c.type) {
      case Type::truth: return c.low == 1 ? "true" : c.low == 2 ? "false" : "null";
      case Type::integer: return fmt::format("{}", c.low);
      case Type::long_integer: return fmt::format("{}L", c.low);
      case Type::decimal: return decimal(c);
      case Type::text: return fmt::format("'{}'", text(static_cast<Id>(c.low)));
      case Type::code: return code_words(static_cast<Id>(c.low));
      case Type::date:
        if (!in_calendar(c.low)) return wrong("date", static_cast<Id>(c.low));
        return "@" + iso_date({static_cast<int32_t>(c.low), c.precision});
      case Type::quantity: return c.unit < unit_count() ? in_source(decimal(c), unit(c.unit)) : wrong("unit", c.unit);
      case Type::ratio:
      case Type::code_concept:
      case Type::any:
      case Type::outcome:
      case Type::date_time:
      case Type::time:
      case Type::interval:
      case Type::list:
      case Type::tuple: return fmt::format("{} {}", enum_name(c.type), c.low);
    }
    return wrong("k", id);
  }

  template <class... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Arguments>(arguments)...);
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  void section(std::string_view title) { line("\n{}", title); }

  // -- words for ids --

  std::string text(Id id) const { return id == none_id ? "" : id < p.texts.size() ? printable(p.texts[id]) : wrong("text", id); }

  std::string code_words(Id id) const {
    if (id >= p.codes.size()) return wrong("code", id);
    return fmt::format("{} '{}'", text(p.codes[id].first), text(p.codes[id].second));
  }

  std::string decimal(const Constant& c) const { return to_string(Decimal{Int128{c.high} << 64 | static_cast<uint64_t>(c.low)}); }

  std::string reg(Id id) const { return id == none_id ? "-" : id < p.registers.size() ? fmt::format("r{}", id) : wrong("r", id); }

  std::string domain(Id id) const { return id == none_id ? "all rows" : id < p.domains.size() ? domain_names[id] : wrong("d", id); }

  std::string table(Id id) const {
    if (id >= p.tables.size()) return wrong("t", id);
    const std::string name = text(p.tables[id].name);
    return name.empty() ? fmt::format("t{}", id) : fmt::format("t{} ({})", id, name);
  }

  std::string file_line(Span span) const {
    if (!sources.contains(span.file)) return "";
    return fmt::format("{}:{}", printable(sources.file(span.file).name), sources.file(span.file).position(span.begin).line);
  }

  std::string cites(const std::vector<Id>& ids) const {
    std::string words;
    for (Id id : ids) {
      words += words.empty() ? "  cite " : ", ";
      if (id >= p.cites.size()) {
        words += wrong("cite", id);
        continue;
      }
      const Cite& c = p.cites[id];
      words += c.source < p.sources.size() ? text(p.sources[c.source].name) : wrong("source", c.source);
      if (c.section != none_id) words += fmt::format(" '{}'", text(c.section));
      if (c.grade != none_id) words += fmt::format(" grade '{}'", text(c.grade));
    }
    return words;
  }

  std::string sentence(const Template& t) const {
    std::string words;
    for (const Template::Piece& piece : t.pieces) {
      if (piece.because) words += "{because}";
      else if (piece.reg != none_id) words += fmt::format("{{{}}}", reg(piece.reg));
      else words += text(piece.text);
    }
    return words.empty() ? "" : fmt::format("  '{}'", words);
  }

  std::string names(const std::vector<Id>& rules) const {
    std::string words;
    for (Id id : rules) (words += words.empty() ? "" : ", ") += id < p.rules.size() ? text(p.rules[id].name) : wrong("rule", id);
    return words;
  }

  // Domains are called by their names where these are unique.
  void name_domains() {
    std::map<std::string, int> uses;
    for (const DomainDef& d : p.domains) ++uses[text(d.name)];
    for (size_t i = 0; i < p.domains.size(); ++i) {
      const std::string name = text(p.domains[i].name);
      domain_names.push_back(name.empty() || uses[name] > 1 ? fmt::format("d{}{}{}", i, name.empty() ? "" : " ", name) : name);
    }
  }

  void name_registers() {
    const auto name = [&](Id id, std::string words) {
      if (id < p.registers.size()) held[id].push_back(std::move(words));
    };
    for (size_t i = 0; i < p.sites.size(); ++i) {
      const Site& s = p.sites[i];
      name(s.value, text(s.text));
      if (s.value < p.registers.size()) site_of.emplace(s.value, static_cast<Id>(i));
    }
    for (const Criterion& c : p.criteria) {
      name(c.applicable, fmt::format("{} applies", text(c.name))), name(c.value, text(c.name));
      if (c.computed_applicable != c.applicable) name(c.computed_applicable, fmt::format("{} applies, before an assertion", text(c.name)));
      if (c.computed_value != c.value) name(c.computed_value, fmt::format("{}, before an assertion", text(c.name)));
      name(c.asserted, fmt::format("{} as a person judged it", text(c.name)));
    }
    for (const Rule& r : p.rules) {
      name(r.fires, fmt::format("{} fires", text(r.name)));
      if (r.stands != r.fires) name(r.stands, fmt::format("{} stands", text(r.name)));
    }
    for (const Block& b : p.blocks) {
      const std::string block = b.name == none_id ? "the block" : text(b.name);
      name(b.scope, fmt::format("{} decides the line", block)), name(b.version_gate, fmt::format("{}: version in force", block));
      name(b.item_scope, fmt::format("{} decides the item", block)), name(b.item_outcome, fmt::format("{}: outcome of the item", block));
      if (b.outcome != b.item_outcome) name(b.outcome, fmt::format("{}: outcome", block));
      name(b.granted, fmt::format("{}: granted", block));
    }
    name(p.review_type, "review type"), name(p.line_sequence, "line: sequence"), name(p.line_code, "line: code");
    name(p.line_service, "line: service"), name(p.line_date, "line: date of service");
  }

  // Expressions often are the whole of a criterion: each thing said once.
  std::string holds(Id id) const {
    const auto found = held.find(id);
    if (found == held.end()) return "";
    std::string words;
    std::set<std::string> said;
    for (const std::string& each : found->second) {
      if (!each.empty() && said.insert(each).second) (words += words.empty() ? "" : " = ") += each;
    }
    return words;
  }

  // -- sections --

  void domains() {
    section("DOMAINS, sets of rows; each row belongs to one row of the parent");
    for (size_t i = 0; i < p.domains.size(); ++i) {
      const DomainDef& d = p.domains[i];
      std::string how;
      switch (d.make) {
        case Make::cases: how = "one row a case"; break;
        case Make::rows: how = fmt::format("a list of {}, and a phantom row where it may hold more", domain(d.parent)); break;
        case Make::reference: how = fmt::format("numbers of {} that name rows of {}", domain(d.parent), domain(d.from)); break;
        case Make::unnest: how = fmt::format("under each row of {}, the elements of a list", domain(d.parent)); break;
        case Make::cross:
          how = fmt::format("under each row of {}, the rows of {}{}", domain(d.parent), domain(d.from),
                            d.via == none_id ? "" : fmt::format(" that belong to the row of {}", domain(d.via)));
          break;
      }
      line("  d{:<3} {:<24} {}", i, text(d.name), how);
    }
  }

  void columns() {
    section("COLUMNS, what the loader takes from a record");
    for (size_t i = 0; i < p.columns.size(); ++i) {
      const ColumnDef& c = p.columns[i];
      line("  c{:<3} {:<24} {:<10} of {}{}", i, column(c), enum_name(c.type), domain(c.domain), c.optional ? "  (may be none)" : "");
    }
  }

  std::string column(const ColumnDef& c) const {
    switch (c.kind) {
      case ColumnKind::field: return text(c.path);
      case ColumnKind::position: return "number in its list";
      case ColumnKind::assertion:
        return fmt::format("word on {}",
                           c.criterion < p.criteria.size() ? text(p.criteria[c.criterion].name) : wrong("criterion", c.criterion));
      case ColumnKind::judgment:
        return fmt::format("judgment on {}",
                           c.criterion < p.criteria.size() ? text(p.criteria[c.criterion].name) : wrong("criterion", c.criterion));
      case ColumnKind::decided_date: return "date that decides";
      case ColumnKind::as_of: return c.type == Type::date ? "today" : "now";
    }
    return "?";
  }

  void code() {
    section("CODE, a straight line; each register is written once, on every row of its domain");
    // An instruction works for the next expression of the source whose value is ready.
    std::vector<Id> works_for(p.code.size(), none_id);
    Id site = none_id;
    for (size_t i = p.code.size(); i-- > 0;) {
      if (const auto found = site_of.find(p.code[i].dst); found != site_of.end()) site = found->second;
      works_for[i] = site;
    }
    site = none_id;
    for (size_t i = 0; i < p.code.size(); ++i) {
      if (works_for[i] != site || i == 0) heading(site = works_for[i]);
      instruction(i);
    }
  }

  void heading(Id site) {
    if (site == none_id) return line("  -- what decides --");
    const Site& s = p.sites[site];
    line("  -- {}  {}", file_line(s.span), text(s.text));
  }

  void instruction(size_t i) {
    const Inst& inst = p.code[i];
    std::string operands = immediate(inst);
    for (uint32_t k = 0; k < inst.n; ++k) {
      const uint64_t at = uint64_t{inst.args} + k;
      if (!operands.empty()) operands += ' ';
      operands += at < p.operands.size() ? reg(p.operands[at]) : wrong("operand", static_cast<Id>(at));
      if (at >= p.operands.size()) break;  // a wrong count would go on for 4 billion
    }
    const std::string type(inst.dst < p.registers.size() ? enum_name(p.registers[inst.dst].type) : "");
    const std::string what = holds(inst.dst);
    line("  {:>5}  {:<5} {:<9} {:<20} {:<12} {:<24} {}{}", i, reg(inst.dst), type, domain(inst.domain), enum_name(inst.op), operands,
         what.empty() ? "" : "; ", what);
  }

  std::string immediate(const Inst& inst) const {
    switch (inst.op) {
      case Op::konst: return constant(inst.imm);
      case Op::column:
        return inst.imm < p.columns.size() ? fmt::format("c{} ({})", inst.imm, column(p.columns[inst.imm])) : wrong("c", inst.imm);
      case Op::call: return inst.fn < operators().size() ? std::string(operators()[inst.fn].name) : wrong("fn", inst.fn);
      case Op::lookup:
      case Op::in_set:
      case Op::in_set_on: return table(inst.imm);
      case Op::fold: return std::string(enum_name(static_cast<FoldKind>(inst.fn)));
      case Op::pick: return inst.fn == 0 ? "first" : inst.fn == 1 ? "last" : wrong("fn", inst.fn);
      case Op::at_least:
      case Op::nest:
      case Op::scan:
      case Op::repeat: return fmt::format("{}", inst.imm);
      case Op::gather: return inst.fn == 0 ? "list" : "tuple";
      case Op::decide:
      case Op::fold_items: return inst.imm < p.blocks.size() ? fmt::format("block {}", inst.imm) : wrong("block", inst.imm);
      case Op::fullest: return inst.imm == 1 ? "procedures" : "days";
      case Op::member:
      case Op::up:
      case Op::src:
      case Op::truth_not:
      case Op::truth_and:
      case Op::truth_or:
      case Op::keep:
      case Op::select:
      case Op::is_null:
      case Op::coalesce:
      case Op::any:
      case Op::all:
      case Op::count:
      case Op::only:
      case Op::shown:
      case Op::not_shown:
      case Op::undetermined:
      case Op::assert_value:
      case Op::assert_applicable:
      case Op::status_value:
      case Op::granted:
      case Op::narrow:
      case Op::unnest:
      case Op::final:
      case Op::used_days: return "";
    }
    return "";
  }

  void used_opcodes() {
    std::set<Op> used;
    std::set<uint16_t> called;
    for (const Inst& inst : p.code) {
      if (static_cast<size_t>(inst.op) < opcodes().size()) used.insert(inst.op);
      if (inst.op == Op::call && inst.fn < operators().size()) called.insert(inst.fn);
    }
    if (used.empty()) return;
    section("OPCODES that occur above");
    for (Op op : used) {
      const OpcodeInfo& info = opcodes()[static_cast<size_t>(op)];
      line("  {:<18} {}", info.name, info.help);
    }
    for (uint16_t fn : called) {
      std::string types;
      for (Type type : operators()[fn].args) (types += types.empty() ? "" : ", ") += enum_name(type);
      line("  call {:<13} {} (of {})", operators()[fn].name, operators()[fn].help, types);
    }
  }

  void tables() {
    if (p.tables.empty()) return;
    section("TABLES, constant sets and lookups");
    for (size_t i = 0; i < p.tables.size(); ++i) {
      const Table& t = p.tables[i];
      line("  {}: {}{}", table(static_cast<Id>(i)), enum_name(t.key), t.values.empty() ? "" : fmt::format(" to {}", enum_name(t.value)));
      for (size_t k = 0; k < t.keys.size(); ++k) {
        std::string row = constant(t.keys[k]);
        if (k < t.values.size()) row += " -> " + constant(t.values[k]);
        if (k < t.from.size() && t.from[k] != none_id) row += " from " + constant(t.from[k]);
        if (k < t.to.size() && t.to[k] != none_id) row += " to " + constant(t.to[k]);
        line("    {}", row);
      }
      if (t.otherwise_key) line("    otherwise the key itself");
      else if (t.otherwise != none_id) line("    otherwise {}", constant(t.otherwise));
    }
  }

  void layers() {
    if (p.layers.size() < 2) return;
    section("LAYERS that may amend clauses, the policy first");
    for (const Layer& l : p.layers) {
      line("  {:<16} {} {}{}", l.name == none_id ? "(the policy)" : text(l.name), text(l.overlay), text(l.version),
           l.applies == none_id ? "" : "  applies: " + reg(l.applies));
    }
  }

  void blocks() {
    for (size_t i = 0; i < p.blocks.size(); ++i) {
      const Block& b = p.blocks[i];
      section(fmt::format(
          "BLOCK {}{} decides {}{}", i, b.name == none_id ? "" : " " + text(b.name), domain(b.lines),
          b.items == none_id ? "" : fmt::format(" for each {} ({}, {})", text(b.item_name), domain(b.items), enum_name(b.fold))));
      line("  scope {}  outcome {}", reg(b.scope), reg(b.outcome));
      for (const auto& [type, outcome] : b.when_undetermined) {
        line("  when undetermined{} {}", type == none_id ? "" : fmt::format(" in {} review", text(type)), outcome_name(outcome));
      }
      for (Id id : b.criteria) id < p.criteria.size() ? criterion(p.criteria[id]) : line("  {}", wrong("criterion", id));
      for (Id id : b.rules) id < p.rules.size() ? rule(p.rules[id]) : line("  {}", wrong("rule", id));
    }
  }

  static std::string outcome_name(uint8_t outcome) {
    if (outcome == no_outcome) return "no outcome of its own";
    return outcome < std::size(outcome_rows) ? std::string(outcome_rows[outcome].name) : wrong("outcome", outcome);
  }

  void criterion(const Criterion& c) {
    // Parents stand before their members; a wrong file may hold a circle.
    size_t depth = 1;
    for (Id up = c.parent; up < p.criteria.size() && depth < 20; up = p.criteria[up].parent) ++depth;
    std::string kind(enum_name(c.kind));
    if (c.kind == CriterionKind::at_least) kind += fmt::format(" {}", c.at_least);
    if (c.section) kind = "section";
    line("{:{}}criterion {}  {}  value {}{}{}{}{}{}", "", depth * 2, text(c.name), kind, reg(c.value),
         c.applicable == none_id ? "" : "  applies " + reg(c.applicable), c.asserted == none_id ? "" : "  judged " + reg(c.asserted),
         c.defeated_by.empty() ? "" : "  except " + names(c.defeated_by), sentence(c.text), cites(c.cites));
  }

  void rule(const Rule& r) {
    line("  rule {}  {}  fires {}  stands {}{}{}{}", text(r.name), outcome_name(r.outcome), reg(r.fires), reg(r.stands),
         r.exceptions.empty() ? "" : "  except " + names(r.exceptions), modification(r.modification), cites(r.cites));
  }

  std::string modification(Id id) const {
    if (id == none_id) return "";
    if (id >= p.modifications.size()) return wrong("modification", id);
    std::string words;
    for (const auto& [field, value] : p.modifications[id].fields) {
      words += fmt::format("{}{}: {}", words.empty() ? "  to { " : ", ", text(field), reg(value));
    }
    return words + " }";
  }

  void conditions() {
    if (p.conditions.empty()) return;
    section("CONDITIONS of approvals");
    for (const Condition& c : p.conditions) {
      std::string due;
      if (c.due_from != none_id) due += "  from " + constant(c.due_from);
      if (c.due_to != none_id) due += "  to " + constant(c.due_to);
      if (c.after != none_id) due += "  after " + text(c.after);
      line("  {}{}{}{}", text(c.name), sentence(c.text), due, cites(c.cites));
    }
  }

  void remarks() {
    if (p.remarks.empty()) return;
    section("REMARKS, said beside the decision");
    for (const Remark& r : p.remarks) {
      line("  {}{}{}{}", enum_name(r.kind), sentence(r.text), r.when == none_id ? "" : "  when " + reg(r.when), cites(r.cites));
    }
  }

  const Program& p;
  SourceSet sources;
  std::vector<std::string> domain_names;
  std::map<Id, std::vector<std::string>> held;
  std::map<Id, Id> site_of;
  std::string out;
};

}  // namespace

std::string disassemble(const Program& program) { return Listing(program).take(); }

}  // namespace rubric::vm
