#include "analysis/impossible_states.h"

#include "analysis/free_truths.h"
#include "analysis/proof_size.h"
#include "analysis/record_questions.h"

#include <fmt/format.h>

#include <functional>
#include <optional>

namespace rubric::analysis {
namespace {

using vm::Id;
using vm::none_id;

constexpr unsigned most_steps = 4'000'000;   // of the solver, for a question: about a second
constexpr uint32_t few_rows = 4;         // of lists of which no number of rows is enough

z3::check_result answer(z3::solver& solver, const z3::expr& what) {
  if (what.is_false()) return z3::unsat;
  solver.push();
  solver.add(what);
  const z3::check_result out = solver.check();
  solver.pop();
  return out;
}

constexpr ProofEffort effort{ProofEffort::In::steps, most_steps};

// A status or a rule's state, as points.cpp reads it off two registers.
z3::expr status_is(Terms& t, const Symbol& applies, const Symbol& value, uint32_t state) {
  const z3::expr counts = t.is_yes(applies);
  switch (state) {
    case Points::met: return t.both(counts, t.is_yes(value));
    case Points::not_met: return t.both(counts, t.is_no(value));
    case Points::not_applicable: return t.is_no(applies);
    default: return t.both(t.negated(t.is_no(applies)), t.negated(t.both(counts, t.either(t.is_yes(value), t.is_no(value)))));
  }
}
z3::expr rule_is(Terms& t, const Symbol& fires, const Symbol& stands, uint32_t state) {
  const z3::expr stand = t.is_yes(stands), idle = t.both(t.negated(stand), t.is_no(fires));
  const z3::expr beaten = t.both(t.negated(t.either(stand, idle)), t.is_no(stands));
  switch (state) {
    case Points::stands: return stand;
    case Points::does_not_fire: return idle;
    case Points::defeated: return beaten;
    default: return t.negated(t.either(stand, t.either(idle, beaten)));
  }
}

// ---------------------------------------------------------------- whatever the conditions come to

class ByLogic {
 public:
  explicit ByLogic(const vm::Program& p)
      : p_(p), solver_(t_.c), one_(t_, solver_, p.registers.size(), true), other_(t_, solver_, p.registers.size(), true, "other ") {
    bound_effort(solver_, effort);
    one_.add(p);
    other_.add(p);
  }

  std::optional<z3::check_result> ask(const Subject& s, const Points::Reading& r, uint32_t state) {
    switch (s.kind) {
      case Subject::Kind::criterion: return asked(r, status_is(t_, now(one_, r.applicable), now(one_, r.a), state));
      case Subject::Kind::rule:
      case Subject::Kind::exception: return asked(r, rule_is(t_, now(one_, r.a), now(one_, r.b), state));
      case Subject::Kind::condition: return asked(r, decides(r, state));
      case Subject::Kind::outcome:
      case Subject::Kind::threshold:
      case Subject::Kind::codes: break;
    }
    return std::nullopt;
  }

 private:
  Symbol now(FreeTruths& truths, Id reg) { return truths.value(FreeTruths::as_it_stands, reg); }

  // On a row that the block decides.
  z3::check_result asked(const Points::Reading& r, z3::expr what) {
    if (r.block != none_id) {
      const vm::Block& block = p_.blocks[r.block];
      what = t_.both(what, t_.is_yes(now(one_, block.scope)));
      if (block.items == r.domain && block.item_scope != none_id) what = t_.both(what, t_.is_yes(now(one_, block.item_scope)));
    }
    return answer(solver_, what);
  }

  // The letter that stands for a member's truth: of what may not apply, none is as unknown.
  z3::expr letter(FreeTruths& truths, Id value, Id applicable) {
    const Symbol v = now(truths, value);
    const auto n = [&](int letter) { return t_.number(letter); };
    z3::expr out = t_.chosen(t_.is_yes(v), n(1), t_.chosen(t_.is_no(v), n(2), t_.chosen(t_.is_none(v), n(3), n(0))));
    if (applicable == none_id) return out;
    const Symbol applies = now(truths, applicable);
    return t_.chosen(t_.is_yes(applies), out, t_.chosen(t_.is_no(applies), n(4), n(0)));
  }
  // Two rows that differ in one member, in no other, and in the whole.
  z3::expr decides(const Points::Reading& r, uint32_t member) {
    z3::expr what = t_.negated(t_.same(letter(one_, r.result, r.applicable), letter(other_, r.result, r.applicable)));
    for (uint32_t k = 0; k < r.members.size(); ++k) {
      const auto& [value, applicable] = r.members[k];
      const z3::expr same = t_.same(letter(one_, value, applicable), letter(other_, value, applicable));
      what = t_.both(what, k == member ? t_.negated(same) : same);
    }
    return what;
  }

  const vm::Program& p_;
  Terms t_;
  z3::solver solver_;
  FreeTruths one_, other_;
};

// ---------------------------------------------------------------- records

class ByRecords {
 public:
  ByRecords(const vm::VerifiedProgram& program, uint32_t rows)
      : p_(*program), about_(program, proof_size(program, true, rows), effort, true) {}
  bool follows() const { return encoded_.unreached().empty(); }

  // Nothing: it is not a question about complete records. `lines`: of requests of how many lines it is told, where that matters.
  // Not possible is only what no number of rows makes possible.
  std::optional<z3::check_result> ask(const Subject& s, const Points::Reading& r, const Threshold* threshold, uint32_t state,
                                      std::string& lines) {
    const auto of = [&](std::vector<Id> registers, const std::function<z3::expr(size_t)>& what) {
      return asked(r, std::move(registers), what, threshold != nullptr, lines);
    };
    switch (s.kind) {
      case Subject::Kind::criterion:
        if (state == Points::undetermined || !reads(r.a) || !reads(r.applicable)) break;
        return of({r.applicable, r.a},
                  [&](size_t row) { return status_is(t_, encoded_.cell(r.applicable, row), encoded_.cell(r.a, row), state); });
      case Subject::Kind::rule:
      case Subject::Kind::exception:
        if (state == Points::open || tests_record(s.name) || !reads(r.a) || !reads(r.b)) break;
        return of({r.a, r.b}, [&](size_t row) { return rule_is(t_, encoded_.cell(r.a, row), encoded_.cell(r.b, row), state); });
      case Subject::Kind::codes:
        if (!reads(r.a)) break;
        return of({r.a}, [&](size_t row) {
          const Symbol in = encoded_.cell(r.a, row);
          return state == Points::within ? t_.is_yes(in) : t_.is_no(in);
        });
      case Subject::Kind::threshold: {
        const auto whole = [](vm::Type type) { return type == vm::Type::integer || type == vm::Type::decimal || type == vm::Type::date; };
        if (threshold->value == none_id || threshold->limit == none_id || !threshold->also.empty()) break;
        const vm::Type type = p_.registers[threshold->value].type;
        if (!whole(type) || p_.registers[threshold->limit].type != type || threshold->component != none_id || !threshold->scopes.empty() ||
            !reads(threshold->value) || !reads(threshold->limit))
          break;
        return of({threshold->value, threshold->limit}, [&](size_t row) { return near(*threshold, row, state); });
      }
      case Subject::Kind::condition:
      case Subject::Kind::outcome: break;
    }
    return std::nullopt;
  }

 private:
  bool reads(Id reg) const { return reg != none_id && encoded_.reads(reg); }
  bool tests_record(const std::string& rule) const {
    for (const vm::Rule& r : p_.rules) {
      if (p_.texts[r.name] != rule) continue;
      if (r.reads_record) return true;
      for (const Id x : r.exceptions) {
        if (p_.rules[x].reads_record || !p_.rules[x].exceptions.empty()) return true;
      }
    }
    return false;
  }
  z3::expr near(const Threshold& t, size_t row, uint32_t state) {
    const Symbol value = encoded_.cell(t.value, row), limit = encoded_.cell(t.limit, row);
    const auto known = [&](const Symbol& s) { return t_.negated(t_.either(t_.is_none(s), t_.is_unknown(s))); };
    const z3::expr from = value.v - limit.v, step = t_.number(t.step);
    const z3::expr there = state == Points::at ? from == 0 : state == Points::below ? from < 0 && from >= -step : from > 0 && from <= step;
    return t_.both(t_.both(known(value), known(limit)), there);
  }
  z3::check_result asked(const Points::Reading& r, std::vector<Id> registers, const std::function<z3::expr(size_t)>& what, bool near_to,
                         std::string& lines) {
    const vm::Block* const block = r.block == none_id ? nullptr : &p_.blocks[r.block];
    const z3::check_result found = about_.ask(about_.somewhere(block, r.domain, what, RecordQuestions::Where::in_scope));
    if (found != z3::unsat) return found;
    const RowsEnough enough = about_.enough(block, r.domain, std::move(registers), near_to);
    lines = about_.of_lines(enough);
    return enough.beyond(about_.size).empty() ? found : z3::unknown;
  }

  const vm::Program& p_;
  RecordQuestions about_;
  Terms& t_ = about_.t;
  ProofProgram& encoded_ = about_.encoded;
};

}  // namespace

struct ImpossibleStates::State {
  const vm::VerifiedProgram& program;
  const Points& points;
  std::unique_ptr<ByLogic> logic;
  std::unique_ptr<ByRecords> records;

  StateProof ask(uint32_t subject, uint32_t state) {
    const Subject& s = points.subjects()[subject];
    const Points::Reading& r = points.reading(subject);
    if (s.kind == Subject::Kind::outcome) return {};
    if (!logic) logic = std::make_unique<ByLogic>(*program);
    const auto by_logic = logic->ask(s, r, state);
    if (by_logic == z3::unsat)
      return {StateProof::Answer::impossible, "proved: its logic does not allow it, whatever the conditions come to"};
    bool gave_up = by_logic == z3::unknown;
    if (!records) records = std::make_unique<ByRecords>(program, few_rows);
    if (records->follows()) {
      std::string lines;
      const auto found = records->ask(s, r, points.threshold(subject), state, lines);
      if (found == z3::unsat)
        return {StateProof::Answer::impossible, fmt::format("proved: no record shows it{}, unless a person overrules a criterion", lines)};
      gave_up |= found == z3::unknown;
    }
    return {gave_up ? StateProof::Answer::gave_up : StateProof::Answer::unknown, ""};
  }
};

ImpossibleStates::ImpossibleStates(const vm::VerifiedProgram& program, const Points& points) : state_(new State{program, points, {}, {}}) {}
ImpossibleStates::~ImpossibleStates() = default;

StateProof ImpossibleStates::ask(uint32_t subject, uint32_t state) {
  try {
    return state_->ask(subject, state);
  } catch (const z3::exception&) {
    state_ = std::unique_ptr<State>(new State{state_->program, state_->points, {}, {}});
    return {StateProof::Answer::gave_up, ""};
  }
}

}  // namespace rubric::analysis
