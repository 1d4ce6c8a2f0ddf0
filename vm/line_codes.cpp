// See line_codes.h.

#include "vm/line_codes.h"

#include "vm/operators.h"

#include <vector>

namespace rubric::vm {
namespace {

using Codes = std::optional<std::set<Id>>;

class Scopes {
 public:
  explicit Scopes(const Program& p) : p_(p), made_(p.registers.size()) {
    for (const Inst& i : p.code) {
      if (i.op != Op::repeat && i.op != Op::scan) made_[i.dst] = &i;
    }
  }

  // Without one of these codes the register is certainly no.
  Codes needed(Id reg) const {
    const Inst* const i = made_[reg];
    if (!i) return std::nullopt;
    switch (i->op) {
      case Op::truth_and: {
        Codes least;
        for (uint32_t k = 0; k < i->n; ++k) {
          Codes each = needed(arg(*i, k));
          if (each && (!least || each->size() < least->size())) least = std::move(each);
        }
        return least;
      }
      case Op::truth_or: {
        std::set<Id> all;
        for (uint32_t k = 0; k < i->n; ++k) {
          const Codes each = needed(arg(*i, k));
          if (!each) return std::nullopt;
          all.insert(each->begin(), each->end());
        }
        return all;
      }
      case Op::keep: return needed(arg(*i, 0));
      case Op::in_set:
      case Op::in_set_on: {
        if (!is_code(arg(*i, 0))) return std::nullopt;
        std::set<Id> all;
        for (const Id key : p_.tables[i->imm].keys) all.insert(static_cast<Id>(p_.constants[key].low));
        return all;
      }
      case Op::call: {
        if (operators()[i->fn].name != "=") return std::nullopt;
        for (const auto& [side, other] : {std::pair{0, 1}, {1, 0}}) {
          const Inst* const constant = made_[arg(*i, other)];
          if (is_code(arg(*i, side)) && constant && constant->op == Op::konst && p_.constants[constant->imm].kind == Kind::value)
            return std::set<Id>{static_cast<Id>(p_.constants[constant->imm].low)};
        }
        return std::nullopt;
      }
      default: return std::nullopt;
    }
  }

 private:
  Id arg(const Inst& i, uint32_t k) const { return p_.operands[i.args + k]; }
  bool is_code(Id reg) const {
    if (p_.line_code == none_id || !made_[reg]) return false;
    return made_[reg]->op == Op::column && made_[reg]->imm == made_[p_.line_code]->imm;
  }

  const Program& p_;
  std::vector<const Inst*> made_;
};

}  // namespace

std::optional<std::set<std::pair<std::string, std::string>>> line_codes(const Program& p) {
  const Scopes scopes(p);
  std::set<std::pair<std::string, std::string>> out;
  for (const Block& b : p.blocks) {
    const Codes codes = scopes.needed(b.scope);
    if (!codes) return std::nullopt;
    for (const Id c : *codes) out.emplace(p.texts[p.codes[c].first], p.texts[p.codes[c].second]);
  }
  return out;
}

}  // namespace rubric::vm
