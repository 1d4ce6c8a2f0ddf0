// What the machine decides by and traces read: criteria, rules, blocks, and the sites of the source.
#include "vm/verify_parts.h"

#include "vm/verdict.h"

#include <functional>

namespace rubric::vm {
namespace {

// A bound that no policy reaches: walking an outline takes the stack.
constexpr uint32_t deepest_outline = 64;

class ClausesCheck : Check {
 public:
  explicit ClausesCheck(const Program& p) : Check(p), written_(p.registers.size(), false) {
    for (const Inst& i : p.code) written_[i.op == Op::repeat || i.op == Op::scan ? p.operands[i.args] : i.dst] = true;
  }

  std::string reason() {
    for (const auto look : {&ClausesCheck::clauses, &ClausesCheck::sites}) {
      (this->*look)();
      if (bad()) break;
    }
    return reason_;
  }

 private:
  // A register that instructions have written: of programs that are joined, one has registers that another writes.
  void reg(Id r, bool optional = true) {
    Check::reg(r, optional);
    if (!bad() && r != none_id && !written_[r]) fail("register {} is never written", r);
  }
  // A register that is read at rows of `domain`.
  void at(Id r, Id domain, bool optional, std::string_view what, Type type = Type::truth, bool typed = true) {
    if (r == none_id && optional) return;
    reg(r, false);
    if (bad()) return;
    if (p_.registers[r].domain != none_id && p_.registers[r].domain != domain) return fail("{} stands on another domain", what);
    if (typed && p_.registers[r].type != type) fail("{} has another type", what);
  }
  void filled(const Template& t, Id domain) {
    for (const Template::Piece& piece : t.pieces) {
      text(piece.text);
      at(piece.reg, domain, true, "a sentence's value", Type::truth, false);
      if (!bad() && piece.reg != none_id && p_.registers[piece.reg].type == Type::outcome) fail("a sentence's value is an outcome");
    }
  }
  void cited(const std::vector<Id>& list) {
    for (const Id c : list) in(c, p_.cites, "citation");
  }

  void clauses() {
    if (bad()) return;
    for (const Source& s : p_.sources) {
      text(s.name);
      text(s.title);
    }
    for (const Cite& c : p_.cites) {
      in(c.source, p_.sources, "source", true);
      text(c.section);
      text(c.grade);
    }
    for (const Layer& l : p_.layers) {
      text(l.name);
      text(l.overlay);
      text(l.version);
      reg(l.applies);
    }
    for (const Criterion& c : p_.criteria) criterion(c);
    outline();
    for (const Rule& r : p_.rules) rule(r);
    for (const Modification& m : p_.modifications) {
      for (const auto& [field, value] : m.fields) {
        text(field, false);
        reg(value, false);
      }
    }
    for (const Condition& c : p_.conditions) {
      text(c.name);
      text(c.after);
      for (const Template::Piece& piece : c.text.pieces) {
        text(piece.text);
        reg(piece.reg);
      }
      for (const Id d : {c.due_from, c.due_to}) {
        in(d, p_.constants, "constant", true);
        if (!bad() && d != none_id && p_.constants[d].type != Type::quantity) fail("a condition is due at no duration");
      }
      for (const auto& [name, value] : c.values) {
        text(name, false);
        reg(value, false);
      }
      cited(c.cites);
    }
    for (const Remark& r : p_.remarks) {
      within(r.kind, Remark::Kind::observe, "remark's kind");
      in(r.block, p_.blocks, "block", true);
      in(r.domain, p_.domains, "domain");
      if (bad()) return;
      at(r.when, r.domain, true, "a remark's condition");
      filled(r.text, r.domain);
      cited(r.cites);
    }
    for (Id b = 0; b < p_.blocks.size() && !bad(); ++b) block(p_.blocks[b]);
    for (const auto& [id, type] : {std::pair{p_.line_sequence, Type::integer},
                                   {p_.line_code, Type::code},
                                   {p_.line_service, Type::text},
                                   {p_.line_date, Type::date}}) {
      if (!bad() && id != none_id) at(id, p_.lines_domain, true, "what is said of a line", type);
    }
    if (!bad()) at(p_.review_type, 0, true, "the review type", Type::text);
    in(p_.lines_domain, p_.domains, "domain", true);
    if (!bad() && !p_.blocks.empty() &&
        (p_.lines_domain == none_id || p_.domains[p_.lines_domain].make != Make::rows || p_.domains[p_.lines_domain].parent != 0))
      fail("it decides no lines");
  }

  void criterion(const Criterion& c) {
    if (bad()) return;
    text(c.name, false);
    text(c.label);
    within(c.kind, CriterionKind::choice, "criterion's kind");
    in(c.block, p_.blocks, "block");
    in(c.domain, p_.domains, "domain");
    in(c.parent, p_.criteria, "criterion", true);
    for (const Id m : c.members) in(m, p_.criteria, "criterion");
    if (c.kind == CriterionKind::choice && c.members.size() != 2) fail("an amended criterion has not two versions");
    in(c.layer, p_.layers, "layer", p_.layers.empty());
    in(c.site, p_.sites, "site", true);
    in(c.applies_site, p_.sites, "site", true);
    if (bad()) return;
    for (const Id r : {c.applicable, c.value, c.computed_applicable, c.computed_value}) at(r, c.domain, false, "a criterion's register");
    at(c.asserted, c.domain, true, "a criterion's judgment");
    if (c.gate != none_id) {
      reg(c.gate);
      if (!bad() && (p_.registers[c.gate].type != Type::truth || !is_ancestor(p_.registers[c.gate].domain, c.domain)))
        fail("a criterion's layer stands elsewhere");
    }
    for (const Template* t : {&c.text, &c.met, &c.not_met, &c.undetermined, &c.member_met, &c.member_not_met, &c.member_undetermined})
      filled(*t, c.domain);
    for (const Template& t : c.asks) filled(t, c.domain);
    for (const Id n : c.notes) text(n, false);
    for (const Id r : c.defeated_by) in(r, p_.rules, "rule");
    cited(c.cites);
  }

  // Members form trees: walking down from any criterion ends.
  void outline() {
    std::vector<uint8_t> state(p_.criteria.size(), 0);
    const std::function<void(Id, uint32_t)> walk = [&](Id id, uint32_t depth) {
      if (bad() || state[id] == 2) return;
      if (state[id] == 1 || depth > deepest_outline) return fail("criteria are members of themselves");
      state[id] = 1;
      for (const Id m : p_.criteria[id].members) walk(m, depth + 1);
      state[id] = 2;
    };
    for (Id c = 0; c < p_.criteria.size() && !bad(); ++c) walk(c, 0);
  }

  void rule(const Rule& r) {
    if (bad()) return;
    text(r.name, false);
    in(r.block, p_.blocks, "block");
    if (r.outcome != no_outcome && r.outcome >= std::size(outcome_rows)) fail("a rule's outcome does not exist");
    in(r.domain, p_.domains, "domain");
    in(r.modification, p_.modifications, "modification", true);
    for (const Id x : r.exceptions) in(x, p_.rules, "rule");
    for (const Id c : r.subject_to) in(c, p_.conditions, "condition");
    for (const Id c : r.reads) in(c, p_.criteria, "criterion");
    in(r.site, p_.sites, "site", true);
    in(r.layer, p_.layers, "layer", p_.layers.empty());
    for (const Id n : r.notes) text(n, false);
    cited(r.cites);
    if (bad()) return;
    at(r.fires, r.domain, false, "a rule's register");
    at(r.stands, r.domain, false, "a rule's register");
    at(r.equals_request, r.domain, true, "a rule's register");
    at(r.gate, r.domain, true, "a rule's register");
    filled(r.text, r.domain);
  }

  void block(const Block& b) {
    text(b.name);
    text(b.item_name);
    text(b.version);
    in(b.lines, p_.domains, "domain");
    in(b.items, p_.domains, "domain", true);
    within(b.fold, FoldItems::qualifying, "way of folding");
    for (const Id r : b.rules) in(r, p_.rules, "rule");
    for (const Id c : b.criteria) in(c, p_.criteria, "criterion");
    for (const auto& [review, outcome] : b.when_undetermined) {
      text(review);
      if (outcome >= std::size(outcome_rows)) fail("an outcome does not exist");
    }
    cited(b.cites);
    if (bad()) return;
    if (b.lines != p_.lines_domain) return fail("a block decides other lines");
    if ((b.items != none_id) != (b.fold != FoldItems::none)) return fail("a block folds no items");
    if (b.items != none_id && p_.domains[b.items].parent != b.lines) return fail("a block's items stand elsewhere");
    const Id domain = b.items == none_id ? b.lines : b.items;
    for (const Id r : b.rules) {
      if (p_.rules[r].domain != domain) return fail("a rule stands elsewhere than its block");
    }
    for (const Id c : b.criteria) {
      if (!is_ancestor(b.lines, p_.criteria[c].domain)) return fail("a criterion stands elsewhere than its block");
      const Id d = p_.criteria[c].domain;
      if (d != b.lines && p_.domains[d].parent != b.lines) return fail("a criterion stands elsewhere than its block");
    }
    at(b.scope, b.lines, false, "a block's scope");
    at(b.version_gate, b.lines, false, "a block's dates");
    at(b.item_scope, b.items, b.items == none_id, "a block's items");
    at(b.granted, b.lines, true, "a block's grants");
    at(b.item_outcome, domain, false, "a block's outcome", Type::outcome);
    at(b.outcome, b.lines, false, "a block's outcome", Type::outcome);
    for (const Id o : {b.item_outcome, b.outcome}) {
      if (!bad() && p_.registers[o].domain == none_id) fail("a block's outcome stands on no rows");
    }
  }

  void sites() {
    if (bad()) return;
    for (Id s = 0; s < p_.sites.size() && !bad(); ++s) {
      const Site& site = p_.sites[s];
      within(site.kind, SiteKind::limit, "site's kind");
      text(site.text);
      reg(site.value);
      for (const Id r : site.operands) reg(r, false);
      in(site.domain, p_.domains, "domain", true);
      reg(site.member);
      if (bad()) return;
      const bool rows = site.kind == SiteKind::has || site.kind == SiteKind::fold;
      if (site.value == none_id || (!rows && site.kind != SiteKind::truth && p_.registers[site.value].type != Type::truth))
        return fail("a site shows no truth");
      if (rows) {
        // Its rows lie below the row that its value stands on.
        const Id above = p_.registers[site.value].domain;
        if (site.member == none_id || site.domain == none_id || above == none_id || above == site.domain ||
            !is_ancestor(above, site.domain))
          return fail("a site's rows stand elsewhere");
        if (p_.registers[site.member].type != Type::truth || p_.registers[site.member].domain != site.domain)
          return fail("a site's rows stand elsewhere");
      }
      for (const Id child : site.sites) {
        if (child >= s) return fail("sites are parts of themselves");
      }
    }
  }

  std::vector<bool> written_;   // per register
};

}  // namespace

std::string wrong_in_clauses(const Program& p) { return ClausesCheck(p).reason(); }

}  // namespace rubric::vm
