// See join.h.
//
// Instructions are compared by what they do to which registers, in order: one that an earlier member has writes that
// member's register. The body of a repeat or scan is one unit, since it reads what it has not written yet.

#include "vm/join.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace rubric::vm {
namespace {

constexpr uint32_t inside = 0x80000000;   // in a key: a register that the unit itself writes

using Key = std::vector<uint32_t>;

// Where a member's own tables begin in the program that they are appended to.
struct Offsets {
  explicit Offsets(const Program& p)
      : sources(size(p.sources)),
        cites(size(p.cites)),
        layers(size(p.layers)),
        criteria(size(p.criteria)),
        rules(size(p.rules)),
        modifications(size(p.modifications)),
        conditions(size(p.conditions)),
        blocks(size(p.blocks)),
        sites(size(p.sites)),
        files(size(p.files)) {}
  Id sources, cites, layers, criteria, rules, modifications, conditions, blocks, sites, files;

 private:
  template <class T>
  static Id size(const std::vector<T>& table) {
    return static_cast<Id>(table.size());
  }
};

// What a block's decision makes of the states of its rules: blocks with the same are one instruction.
Key meaning_of(const Program& p, const Block& block) {
  Key key;
  std::map<Id, uint32_t> modifications;
  for (const Id r : block.rules) {
    const Rule& rule = p.rules[r];
    if (rule.outcome == no_outcome) continue;
    const auto number = modifications.try_emplace(rule.modification, static_cast<uint32_t>(modifications.size())).first->second;
    key.insert(key.end(), {rule.outcome, !rule.subject_to.empty(), number, rule.equals_request != none_id});
  }
  return key;
}

class Joining {
 public:
  // The program that all are joined in.
  Program whole;
  struct Member {
    const Program* program = nullptr;
    std::vector<Id> texts, codes, constants, tables, nodes, domains, columns, registers;
    std::vector<std::vector<Id>> fields;   // by the member's node and field
    std::vector<std::pair<uint32_t, uint32_t>> code;   // the whole's instruction, the member's
  };
  std::vector<Member> members;

  // False: it cannot be joined with those before it.
  bool add(const Program& program) {
    Member& m = members.emplace_back();
    m.program = &program;
    texts(m);
    constants(m);
    if (!model(m)) return false;
    domains(m);
    if (members.size() == 1) whole.lines_domain = domain(m, program.lines_domain);
    else if (whole.lines_domain != domain(m, program.lines_domain)) return false;
    columns(m);
    code(m);
    append_clauses(m, whole);
    if (members.size() == 1) heads(m, whole);
    return true;
  }

  // A member under the whole's numbers.
  Program view(const Member& m) const {
    Program out;
    const Program& p = *m.program;
    out.name = p.name, out.version = p.version, out.title = p.title, out.digest = p.digest;
    out.texts = whole.texts, out.codes = whole.codes, out.code_systems = whole.code_systems;
    out.constants = whole.constants, out.tables = whole.tables, out.nodes = whole.nodes;
    out.columns = whole.columns, out.domains = whole.domains, out.registers = whole.registers;
    // What only others read is nothing that this one could name.
    for (ColumnDef& c : out.columns) c.path = none_id, c.criterion = 0;
    for (Id c = 0; c < m.columns.size(); ++c) {
      out.columns[m.columns[c]].path = mapped(m.texts, p.columns[c].path);
      out.columns[m.columns[c]].criterion = p.columns[c].criterion;
    }
    for (const auto& [at, own] : m.code) {
      Inst inst = whole.code[at];
      inst.args = static_cast<uint32_t>(out.operands.size());
      for (uint32_t k = 0; k < inst.n; ++k) out.operands.push_back(whole.operands[whole.code[at].args + k]);
      if (inst.op == Op::decide || inst.op == Op::fold_items) inst.imm = p.code[own].imm;
      out.code.push_back(inst);
    }
    out.lines_domain = whole.lines_domain;
    append_clauses(m, out);
    heads(m, out);
    return out;
  }

 private:
  static Id mapped(const std::vector<Id>& map, Id id) { return id == none_id ? none_id : map[id]; }

  // ---------------------------------------------------------------- values

  Id text(const std::string& words) {
    const auto [at, added] = text_of_.try_emplace(words, static_cast<Id>(whole.texts.size()));
    if (added) whole.texts.push_back(words);
    return at->second;
  }

  void texts(Member& m) {
    const Program& p = *m.program;
    for (const std::string& each : p.texts) m.texts.push_back(text(each));
    for (const auto& [system, code] : p.codes) {
      const std::pair<Id, Id> both{m.texts[system], m.texts[code]};
      const auto [at, added] = code_of_.try_emplace(both, static_cast<Id>(whole.codes.size()));
      if (added) whole.codes.push_back(both);
      m.codes.push_back(at->second);
    }
    for (const Id system : p.code_systems) {
      if (std::find(whole.code_systems.begin(), whole.code_systems.end(), m.texts[system]) == whole.code_systems.end())
        whole.code_systems.push_back(m.texts[system]);
    }
  }

  void constants(Member& m) {
    const Program& p = *m.program;
    for (Constant c : p.constants) {
      if (c.kind == Kind::value && c.type == Type::text) c.low = m.texts[static_cast<Id>(c.low)];
      if (c.kind == Kind::value && c.type == Type::code) c.low = m.codes[static_cast<Id>(c.low)];
      const auto key = std::tuple(c.kind, c.type, c.precision, c.unit, c.low, c.high);
      const auto [at, added] = constant_of_.try_emplace(key, static_cast<Id>(whole.constants.size()));
      if (added) whole.constants.push_back(c);
      m.constants.push_back(at->second);
    }
    for (Table t : p.tables) {
      Key key{static_cast<uint32_t>(t.key), static_cast<uint32_t>(t.value), t.otherwise_key};
      const auto constant = [&](Id& id) { key.push_back(id = mapped(m.constants, id)); };
      key.push_back(t.name = mapped(m.texts, t.name));
      constant(t.otherwise);
      for (std::vector<Id>* list : {&t.keys, &t.values, &t.from, &t.to}) {
        key.push_back(static_cast<uint32_t>(list->size()));
        for (Id& id : *list) constant(id);
      }
      const auto [at, added] = table_of_.try_emplace(std::move(key), static_cast<Id>(whole.tables.size()));
      if (added) whole.tables.push_back(std::move(t));
      m.tables.push_back(at->second);
    }
  }

  // ---------------------------------------------------------------- the record

  // Fields are told by their keys; one that both have must mean the same in both.
  bool model(Member& m) {
    const Program& p = *m.program;
    m.nodes.assign(p.nodes.size(), none_id);
    m.fields.resize(p.nodes.size());
    if (p.nodes.empty()) return whole.nodes.empty() || members.size() == 1;
    if (whole.nodes.empty()) {
      if (members.size() > 1) return false;
      whole.nodes.emplace_back().name = mapped(m.texts, p.nodes[0].name);
    }
    std::vector<std::pair<Id, Id>> fresh;   // node and field of the whole that only this member has
    place(m, 0, 0, fresh);
    for (Id n = 0; n < p.nodes.size(); ++n) {
      if (m.nodes[n] == none_id) return false;
    }
    for (Id n = 0; n < p.nodes.size(); ++n) {
      for (Id f = 0; f < p.nodes[n].fields.size(); ++f) {
        const Field wanted = field(m, n, f);
        const std::pair<Id, Id> at{m.nodes[n], m.fields[n][f]};
        Field& there = whole.nodes[at.first].fields[at.second];
        if (std::find(fresh.begin(), fresh.end(), at) != fresh.end()) there = wanted;
        else if (!same(there, wanted)) return false;
      }
    }
    return true;
  }

  void place(Member& m, Id from, Id to, std::vector<std::pair<Id, Id>>& fresh) {
    const Program& p = *m.program;
    m.nodes[from] = to;
    for (const Field& f : p.nodes[from].fields) {
      const Id key = m.texts[f.key];
      const auto& there = whole.nodes[to].fields;
      Id at = 0;
      while (at < there.size() && there[at].key != key) ++at;
      const bool inner = f.kind == FieldKind::object || f.kind == FieldKind::list;
      if (at == there.size()) {
        Field& added = whole.nodes[to].fields.emplace_back();
        added.key = key;
        added.kind = f.kind;
        fresh.emplace_back(to, at);
        if (inner) {
          added.node = static_cast<Id>(whole.nodes.size());
          whole.nodes.emplace_back().name = mapped(m.texts, p.nodes[f.node].name);
        }
      }
      m.fields[from].push_back(at);
      if (const Id below = whole.nodes[to].fields[at].node; inner && below != none_id && whole.nodes[to].fields[at].kind == f.kind)
        place(m, f.node, below, fresh);
    }
  }

  // A field under the whole's numbers, without rows and columns.
  Field field(const Member& m, Id node, Id number) const {
    const Program& p = *m.program;
    Field f = p.nodes[node].fields[number];
    const auto bound = [&](Bound& b) {
      b.constant = mapped(m.constants, b.constant);
      if (b.kind == Bound::Kind::sibling) b.field = m.fields[node][b.field];
      if (b.kind == Bound::Kind::of_case) b.field = m.fields[0][b.field];
    };
    bound(f.low);
    bound(f.high);
    if (f.refers_by != none_id) f.refers_by = m.fields[p.nodes[0].fields[f.refers_to].node][f.refers_by];
    if (f.refers_to != none_id) f.refers_to = m.fields[0][f.refers_to];
    if (f.dated_by != none_id) f.dated_by = m.fields[f.node][f.dated_by];
    f.key = m.texts[f.key];
    for (Id& word : f.one_of) word = m.texts[word];
    f.code_system = mapped(m.texts, f.code_system);
    f.node = mapped(m.nodes, f.node);
    f.domain = f.column = none_id;
    return f;
  }

  static bool same(const Field& a, const Field& b) {
    const auto bound = [](const Bound& x, const Bound& y) { return x.kind == y.kind && x.constant == y.constant && x.field == y.field; };
    return a.kind == b.kind && a.type == b.type && a.optional == b.optional && a.complete == b.complete && a.one_of == b.one_of &&
           bound(a.low, b.low) && bound(a.high, b.high) && a.code_system == b.code_system && a.node == b.node && a.dated_by == b.dated_by &&
           a.refers_to == b.refers_to && a.refers_by == b.refers_by;
  }

  void domains(Member& m) {
    const Program& p = *m.program;
    m.domains.assign(p.domains.size(), none_id);
    std::map<Id, std::pair<Id, Id>> owners;   // node and field of the list whose rows they are
    for (Id n = 0; n < p.nodes.size(); ++n) {
      for (Id f = 0; f < p.nodes[n].fields.size(); ++f) {
        if (const Id d = p.nodes[n].fields[f].domain; d != none_id) owners[d] = {m.nodes[n], m.fields[n][f]};
      }
    }
    if (whole.domains.empty()) whole.domains.push_back(renumbered(m, 0));
    m.domains[0] = 0;
    // References name rows of lists that may come behind them.
    for (const Make make : {Make::rows, Make::reference}) {
      for (const auto& [d, owner] : owners) {
        if (p.domains[d].make != make) continue;
        Id& there = whole.nodes[owner.first].fields[owner.second].domain;
        if (there == none_id) {
          const DomainDef def = renumbered(m, d);
          there = static_cast<Id>(whole.domains.size());
          whole.domains.push_back(def);
        }
        m.domains[d] = there;
      }
    }
    for (Id n = 0; n < p.nodes.size(); ++n) {
      if (p.nodes[n].domain != none_id) whole.nodes[m.nodes[n]].domain = domain(m, p.nodes[n].domain);
    }
  }

  DomainDef renumbered(Member& m, Id id) {
    DomainDef d = m.program->domains[id];
    d.parent = domain(m, d.parent);
    d.from = domain(m, d.from);
    d.via = domain(m, d.via);
    d.node = mapped(m.nodes, d.node);
    d.name = mapped(m.texts, d.name);
    return d;
  }

  // Crosses are told by what they cross; lists that are unnested are placed where their instruction is met (one()).
  Id domain(Member& m, Id id) {
    if (id == none_id) return none_id;
    if (m.domains[id] != none_id) return m.domains[id];
    const DomainDef d = renumbered(m, id);
    const auto fresh = static_cast<Id>(whole.domains.size());
    const Id at = d.make == Make::cross ? cross_of_.try_emplace({d.parent, d.from, d.via}, fresh).first->second : fresh;
    if (at == fresh) whole.domains.push_back(d);
    return m.domains[id] = at;
  }

  void columns(Member& m) {
    const Program& p = *m.program;
    const auto criteria = static_cast<Id>(whole.criteria.size());
    for (ColumnDef c : p.columns) {
      c.domain = domain(m, c.domain);
      if (c.field != none_id) c.field = m.fields[c.node][c.field];
      c.node = mapped(m.nodes, c.node);
      c.path = mapped(m.texts, c.path);
      const Id name = c.criterion == none_id ? none_id : m.texts[p.criteria[c.criterion].name];
      const auto key = std::tuple(c.kind, c.type, c.domain, c.node, c.field, c.path, name);
      const auto [at, added] = column_of_.try_emplace(key, static_cast<Id>(whole.columns.size()));
      m.columns.push_back(at->second);
      if (!added) continue;
      if (c.criterion != none_id) c.criterion += criteria;
      if (c.kind == ColumnKind::field) whole.nodes[c.node].fields[c.field].column = at->second;
      whole.columns.push_back(c);
    }
  }

  // ---------------------------------------------------------------- code

  void code(Member& m) {
    const Program& p = *m.program;
    m.registers.assign(p.registers.size(), none_id);
    for (uint32_t at = 0; at < p.code.size(); ++at) {
      const bool loops = p.code[at].op == Op::repeat || p.code[at].op == Op::scan;
      const uint32_t end = at + 1 + (loops ? p.code[at].imm : 0);
      unit(m, at, end);
      at = end - 1;
    }
  }

  // Instructions [from, to), which stand in the whole together or not at all.
  void unit(Member& m, uint32_t from, uint32_t to) {
    const Program& p = *m.program;
    std::map<Id, uint32_t> own;   // registers that the unit writes
    Key key;
    for (uint32_t at = from; at < to; ++at) {
      const Inst& i = p.code[at];
      const bool loops = i.op == Op::repeat || i.op == Op::scan;
      own.try_emplace(loops ? p.operands[i.args] : i.dst, static_cast<uint32_t>(own.size()));
    }
    for (uint32_t at = from; at < to; ++at) {
      const Inst& i = p.code[at];
      if (i.op == Op::unnest) place_unnested(m, i);
      const auto reg = [&](Id id) {
        const auto here = own.find(id);
        return here == own.end() ? m.registers[id] : inside | here->second;
      };
      key.insert(key.end(), {static_cast<uint32_t>(i.op), i.fn, domain(m, i.domain), i.n});
      if (i.op == Op::decide) {
        const Key meaning = meaning_of(p, p.blocks[i.imm]);
        key.insert(key.end(), meaning.begin(), meaning.end());
      } else {
        key.push_back(i.op == Op::fold_items ? static_cast<uint32_t>(p.blocks[i.imm].fold) : imm(m, i, 0));
      }
      if (i.dst != none_id && i.op != Op::repeat && i.op != Op::scan)
        key.insert(key.end(), {reg(i.dst), static_cast<uint32_t>(p.registers[i.dst].type)});
      for (uint32_t k = 0; k < i.n; ++k) key.push_back(reg(p.operands[i.args + k]));
    }
    const auto [known, added] = unit_of_.try_emplace(std::move(key), static_cast<uint32_t>(whole.code.size()));
    const uint32_t first = known->second;
    if (added) {
      for (const auto& [id, number] : own) {
        m.registers[id] = static_cast<Id>(whole.registers.size());
        whole.registers.push_back({domain(m, p.registers[id].domain), p.registers[id].type});
      }
      for (uint32_t at = from; at < to; ++at) whole.code.push_back(renumbered(m, p.code[at]));
    }
    for (uint32_t at = from; at < to; ++at) {
      const Inst &mine = p.code[at], &there = whole.code[first + at - from];
      const bool loops = mine.op == Op::repeat || mine.op == Op::scan;
      if (loops) m.registers[p.operands[mine.args]] = whole.operands[there.args];
      else m.registers[mine.dst] = there.dst;
      if (const auto has = std::pair(first + at - from, at); seen_.insert({members.size(), has.first}).second) m.code.push_back(has);
    }
  }

  // Elements of the same list under the same rows are the same rows.
  void place_unnested(Member& m, const Inst& i) {
    if (m.domains[i.domain] != none_id) return;
    const Id list = m.registers[m.program->operands[i.args]], above = domain(m, m.program->domains[i.domain].parent);
    if (list == none_id) return;   // made in the same unit: rows of its own
    const auto known = unnested_of_.find({above, list});
    if (known != unnested_of_.end()) m.domains[i.domain] = known->second;
    else unnested_of_[{above, list}] = domain(m, i.domain);
  }

  uint32_t imm(const Member& m, const Inst& i, Id blocks) const {
    switch (i.op) {
      case Op::konst: return m.constants[i.imm];
      case Op::column: return m.columns[i.imm];
      case Op::lookup:
      case Op::in_set:
      case Op::in_set_on: return m.tables[i.imm];
      case Op::decide:
      case Op::fold_items: return i.imm + blocks;
      default: return i.imm;   // a number
    }
  }

  Inst renumbered(Member& m, const Inst& from) {
    Inst i = from;
    i.domain = domain(m, i.domain);
    i.dst = mapped(m.registers, i.dst);
    i.imm = imm(m, i, static_cast<Id>(whole.blocks.size()));
    i.args = static_cast<uint32_t>(whole.operands.size());
    for (uint32_t k = 0; k < i.n; ++k) whole.operands.push_back(m.registers[m.program->operands[from.args + k]]);
    return i;
  }

  // ---------------------------------------------------------------- clauses

  void heads(const Member& m, Program& out) const {
    const Program& p = *m.program;
    out.review_type = mapped(m.registers, p.review_type);
    out.line_sequence = mapped(m.registers, p.line_sequence);
    out.line_code = mapped(m.registers, p.line_code);
    out.line_service = mapped(m.registers, p.line_service);
    out.line_date = mapped(m.registers, p.line_date);
  }

  // What a member decides and explains by, behind what the program has already.
  static void append_clauses(const Member& m, Program& out) {
    const Program& p = *m.program;
    const Offsets base(out);
    const auto text = [&](Id& id) { id = mapped(m.texts, id); };
    const auto texts = [&](std::vector<Id>& list) {
      for (Id& id : list) id = m.texts[id];
    };
    const auto reg = [&](Id& id) { id = mapped(m.registers, id); };
    const auto rows = [&](Id& id) { id = mapped(m.domains, id); };
    const auto by = [](Id& id, Id offset) { id = id == none_id ? none_id : id + offset; };
    const auto all_by = [](std::vector<Id>& list, Id offset) {
      for (Id& id : list) id += offset;
    };
    const auto span = [&](Span& s) {
      if (s.file < p.files.size()) s.file += base.files;
    };
    const auto filled = [&](Template& t) {
      for (Template::Piece& piece : t.pieces) text(piece.text), reg(piece.reg);
    };

    out.files.insert(out.files.end(), p.files.begin(), p.files.end());
    out.file_texts.insert(out.file_texts.end(), p.file_texts.begin(), p.file_texts.end());
    for (Source s : p.sources) {
      text(s.name), text(s.title);
      out.sources.push_back(s);
    }
    for (Cite c : p.cites) {
      by(c.source, base.sources), text(c.section), text(c.grade);
      out.cites.push_back(c);
    }
    for (Layer l : p.layers) {
      text(l.name), text(l.overlay), text(l.version), reg(l.applies);
      out.layers.push_back(l);
    }
    for (Site s : p.sites) {
      span(s.span), text(s.text), reg(s.value), rows(s.domain), reg(s.member);
      for (Id& id : s.operands) reg(id);
      all_by(s.sites, base.sites);
      out.sites.push_back(std::move(s));
    }
    for (Criterion c : p.criteria) {
      text(c.name), text(c.label), by(c.block, base.blocks), rows(c.domain), by(c.parent, base.criteria);
      all_by(c.members, base.criteria);
      for (Id* id : {&c.applicable, &c.value, &c.computed_applicable, &c.computed_value, &c.asserted, &c.gate}) reg(*id);
      by(c.layer, base.layers), by(c.site, base.sites), by(c.applies_site, base.sites);
      for (Template* t : {&c.text, &c.met, &c.not_met, &c.undetermined, &c.member_met, &c.member_not_met, &c.member_undetermined})
        filled(*t);
      for (Template& t : c.asks) filled(t);
      all_by(c.cites, base.cites), texts(c.notes), all_by(c.defeated_by, base.rules), span(c.span);
      out.criteria.push_back(std::move(c));
    }
    for (Rule r : p.rules) {
      text(r.name), by(r.block, base.blocks), rows(r.domain), reg(r.fires), reg(r.stands), reg(r.equals_request);
      by(r.modification, base.modifications), all_by(r.exceptions, base.rules), all_by(r.subject_to, base.conditions);
      all_by(r.cites, base.cites), all_by(r.reads, base.criteria), by(r.site, base.sites), by(r.layer, base.layers), reg(r.gate);
      filled(r.text), texts(r.notes), span(r.span);
      out.rules.push_back(std::move(r));
    }
    for (Modification mod : p.modifications) {
      for (auto& [field, value] : mod.fields) text(field), reg(value);
      out.modifications.push_back(std::move(mod));
    }
    for (Condition c : p.conditions) {
      text(c.name), filled(c.text), text(c.after), all_by(c.cites, base.cites);
      c.due_from = mapped(m.constants, c.due_from), c.due_to = mapped(m.constants, c.due_to);
      for (auto& [parameter, value] : c.values) text(parameter), reg(value);
      out.conditions.push_back(std::move(c));
    }
    for (Remark r : p.remarks) {
      filled(r.text), by(r.block, base.blocks), rows(r.domain), reg(r.when), all_by(r.cites, base.cites);
      out.remarks.push_back(std::move(r));
    }
    for (Block b : p.blocks) {
      text(b.name), rows(b.lines), rows(b.items), text(b.item_name);
      for (Id* id : {&b.scope, &b.version_gate, &b.item_scope, &b.item_outcome, &b.outcome, &b.granted}) reg(*id);
      all_by(b.rules, base.rules), all_by(b.criteria, base.criteria), all_by(b.cites, base.cites), text(b.version);
      for (auto& [review, outcome] : b.when_undetermined) text(review);
      out.blocks.push_back(std::move(b));
    }
  }

  std::unordered_map<std::string, Id> text_of_;
  std::map<std::pair<Id, Id>, Id> code_of_;
  std::map<std::tuple<Kind, Type, uint8_t, uint16_t, int64_t, int64_t>, Id> constant_of_;
  std::map<Key, Id> table_of_;
  std::map<std::tuple<Id, Id, Id>, Id> cross_of_;            // parent, from, via
  std::map<std::pair<Id, Id>, Id> unnested_of_;              // parent, list
  std::map<std::tuple<ColumnKind, Type, Id, Id, Id, Id, Id>, Id> column_of_;
  std::map<Key, uint32_t> unit_of_;                          // its first instruction
  std::set<std::pair<size_t, uint32_t>> seen_;               // instructions that a member has already
};

}  // namespace

std::vector<bool> Joined::only(std::span<const size_t> of) const {
  std::vector<bool> out(whole->code.size(), false);
  for (const size_t member : of) {
    for (size_t at = 0; at < out.size(); ++at) out[at] = out[at] || code[member][at];
  }
  return out;
}

std::optional<Joined> join(std::span<const VerifiedProgram> programs) {
  Joining joining;
  for (const VerifiedProgram& each : programs) {
    if (!joining.add(*each)) return std::nullopt;
  }
  std::vector<VerifiedProgram> members;
  std::vector<std::vector<bool>> code;
  for (const Joining::Member& m : joining.members) {
    auto view = verify(joining.view(m));
    auto* const good = std::get_if<VerifiedProgram>(&view);
    if (!good) return std::nullopt;
    members.push_back(std::move(*good));
    std::vector<bool>& own = code.emplace_back(joining.whole.code.size(), false);
    for (const auto& [at, mine] : m.code) own[at] = true;
  }
  auto whole = verify(std::move(joining.whole));
  auto* const good = std::get_if<VerifiedProgram>(&whole);
  if (!good) return std::nullopt;
  return Joined{std::move(*good), std::move(members), std::move(code)};
}

}  // namespace rubric::vm
