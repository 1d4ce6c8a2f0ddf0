#include "analysis/equivalence.h"

#include "analysis/clauses_reached.h"
#include "analysis/proof_program.h"
#include "analysis/proof_size.h"
#include "analysis/rules_proof.h"
#include "analysis/same_code.h"
#include "analysis/witness.h"
#include "vm/join.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace rubric::analysis {
namespace {

// What happens where facts are open and matter, and which rules look at that.
std::string when_open(const vm::Program& p) {
  std::string out;
  for (const vm::Block& b : p.blocks) {
    out += "/";
    std::vector<std::string> entries;
    for (const auto& [type, outcome] : b.when_undetermined)
      entries.push_back(fmt::format("{} {}", type == vm::none_id ? "" : p.texts[type], outcome));
    std::sort(entries.begin(), entries.end());
    for (const std::string& e : entries) out += e + ";";
  }
  return out;
}
const vm::Rule* tests_record(const vm::Program& p) {
  const auto at = std::find_if(p.rules.begin(), p.rules.end(), [](const vm::Rule& r) { return r.reads_record; });
  return at == p.rules.end() ? nullptr : &*at;
}

// The first program, for records of one size.
struct Encoded {
  Encoded(const vm::VerifiedProgram& program, const ProofSize& size, bool criteria)
      : record(t, size), code(t, record, program, vm::none_id, criteria) {
    for (size_t line = 0; line < code.lines().size(); ++line) verdicts.push_back(code.verdict(line));
  }
  Terms t;
  ProofRecord record;
  ProofProgram code;
  std::vector<ProofVerdict> verdicts;
};
using Encodings = std::map<ProofSize, std::unique_ptr<Encoded>>;

class Comparing {
 public:
  Comparing(const vm::VerifiedProgram& before, const vm::VerifiedProgram& after, const ProofLimits& limits, Alike alike,
            Encodings& encodings)
      : before_(before), after_(after), limits_(limits), statuses_(alike == Alike::statuses), encodings_(encodings) {}

  Equivalence result(const DifferenceSearch& search) {
    if (!statuses_ && same_code(*before_, *after_)) return Equivalent{Equivalent::Proof::same_code, true, 0, 0, {}, {}};
    joined_ = vm::join(std::array{before_, after_});
    for (const bool overruled : {true, false}) {
      if (joined_ && rules_alike(*joined_, statuses_, overruled, limits_.milliseconds))
        return Equivalent{overruled ? Equivalent::Proof::rules : Equivalent::Proof::unoverruled, true, 0, 0, {}, {}};
    }
    const auto tried = search ? search() : std::nullopt;
    const auto as_tried = [&] { return tried ? different(tried->json) : std::nullopt; };
    if (tried && tried->decided) {
      if (auto found = as_tried()) return std::move(*found);
    }
    Equivalence answer = by_records();
    if (std::holds_alternative<Different>(answer)) return answer;
    if (auto found = as_tried()) return std::move(*found);
    return answer;
  }

 private:
  Equivalence by_records() {
    const std::array asked{whole_decision(joined_ ? joined_->members[0] : before_, statuses_),
                           whole_decision(joined_ ? joined_->members[1] : after_, statuses_)};
    const ProofSize whole = proof_size(asked, joined_.has_value(), limits_.rows);
    // A difference is found sooner and is easier to read where there is little room.
    ProofSize few;
    for (uint32_t rows = 1; rows <= limits_.rows; ++rows) {
      few = {rows, std::min(rows, whole.lines), {}};
      if (auto found = with_rows(few)) return *found;
    }
    few.lines = whole.lines;
    Equivalence answer = NotProved{};
    for (const ProofSize& size : {whole, few}) {
      if (auto found = with_rows(size)) answer = std::move(*found);
      else answer = agreed(size, rows_enough(asked, size.lines, joined_.has_value()));
      const auto* const stopped = std::get_if<NotProved>(&answer);
      if (!stopped || !stopped->timed_out) break;   // with fewer rows it may take less time
    }
    return answer;
  }

  // An answer, or nothing: no difference with as many rows. What then may still stay open is put by.
  std::optional<Equivalence> with_rows(const ProofSize& size) {
    open_ = z3::unsat;
    functions_.clear();
    if (!size.of_list.empty()) std::erase_if(encodings_, [&](const auto& e) { return !e.first.of_list.empty() && e.first != size; });
    std::unique_ptr<Encoded>& known = encodings_[size];
    if (!known) known = std::make_unique<Encoded>(before_, size, statuses_);
    Terms& t = known->t;
    const struct Forgetting {
      ~Forgetting() { t.forget(mark); }
      Terms& t;
      const Terms::Mark mark;
    } forgetting{t, t.mark()};
    ProofRecord record = known->record;
    const ProofProgram& a = known->code;
    ProofProgram b(t, record, after_, vm::none_id, statuses_);
    for (const ProofProgram* p : {&a, static_cast<const ProofProgram*>(&b)}) {
      if (p->unreached().empty()) continue;
      return NotProved{fmt::format("out of reach of the proof: {}", fmt::join(p->unreached(), ", ")), false};
    }
    sort_long(record, size, {&*before_, &*after_});
    z3::expr wrong = t.no(), open = t.no();
    std::vector<ProofVerdict> verdicts;
    for (size_t line = 0; line < a.lines().size(); ++line) {
      const ProofVerdict &x = known->verdicts[line], y = b.verdict(line);
      const z3::expr there = a.lines()[line].there;
      wrong = t.either(wrong, t.both(there, differ(t, x, y)));
      if (statuses_) {
        const auto unlike = a.statuses_differ(line, b);
        if (!unlike) return NotProved{"the versions judge other items", false};
        wrong = t.either(wrong, t.both(there, *unlike));
      }
      // Of several lines one may wait for another; then it does so in both versions, or they differ.
      if (size.lines == 1) open = t.either(open, t.both(there, t.either(x.outcome == -1, y.outcome == -1)));
      verdicts.push_back(x);
    }
    for (const ProofProgram* p : {&a, static_cast<const ProofProgram*>(&b)}) {
      for (const z3::expr& e : p->contested()) open = t.either(open, e);
    }
    z3::solver solver = asking(t, record);

    functions_.assign(t.functions.begin(), t.functions.end());
    if (auto found = asked(solver, wrong, record)) return found;
    if (size.rows == limits_.rows && size.of_list.empty()) {
      if (auto found = with_open_facts(solver, verdicts, record)) return found;
    }
    solver.add(open);
    open_ = solver.check();
    return std::nullopt;
  }

  // What follows from that there is no difference with as many rows.
  Equivalence agreed(const ProofSize& size, const RowsEnough& enough) const {
    // Where the encoding follows the machine no complete record stays open.
    if (open_ == z3::unknown) return NotProved{"the solver ran out of time", true};
    if (open_ == z3::sat) return NotProved{"a line may stay open or be decided by several blocks, which the proof does not follow", false};
    if (const auto ended = open_may_differ(size)) return NotProved(*ended);
    Equivalent out{Equivalent::Proof::records, enough.beyond(size).empty(), size.rows, size.lines, {}, functions_};
    if (out.any_number) return out;
    for (const auto& [path, rows] : size.of_list) {
      if (rows > size.rows) out.longer.emplace_back(path, rows);
    }
    // What no such record shows is not told of either version.
    for (const auto* p : {&before_, &after_}) {
      const std::vector<std::string> hidden = clauses_not_reached(*p, size, effort());
      if (!hidden.empty())
        return NotProved{fmt::format("no difference with {}, which decides nothing of more: with so few {}", words(size),
                                     fmt::join(hidden.begin(), hidden.begin() + std::min<ptrdiff_t>(3, std::ssize(hidden)), ", ")),
                         false};
    }
    return out;
  }

  ProofEffort effort() const { return {ProofEffort::In::milliseconds, limits_.milliseconds}; }

  std::optional<Equivalence> asked(z3::solver& solver, const z3::expr& wrong, ProofRecord& record) {
    if (wrong.is_false()) return std::nullopt;
    solver.push();
    solver.add(wrong);
    const z3::check_result result = solver.check();
    if (result == z3::unsat) {
      solver.pop();
      return std::nullopt;
    }
    if (result == z3::unknown) return NotProved{"the solver ran out of time", true};
    z3::model model = solver.get_model();
    solver.push();
    solver.add(record.ordinary());
    if (solver.check() == z3::sat) model = solver.get_model();
    solver.pop();
    const std::string json = record.json(model);
    solver.pop();
    if (auto found = different(json)) return Equivalence(std::move(*found));
    return NotProved{functions_.empty() ? "the solver's case is decided alike by the machine: the proof does not follow it"
                                        : fmt::format("out of reach of the proof: {}", fmt::join(functions_, ", ")),
                     false};
  }

  // The case made small, if the machine decides it differently.
  std::optional<Different> different(const std::string& json) {
    const auto first = told_apart(before_, after_, json, statuses_);
    if (!first) return std::nullopt;
    const auto was = first->first.outcome, now = first->second.outcome;
    const std::string small = made_small(json, [&](const std::string& less) {
      const auto still = told_apart(before_, after_, less, statuses_);
      return still && still->first.outcome == was && still->second.outcome == now;
    });
    const auto found = told_apart(before_, after_, small, statuses_);
    return found ? std::optional(Different{small, found->first, found->second}) : std::nullopt;
  }

  // Records with open facts follow from their completions where nothing looks at what is open. A few are tried all the same.
  std::optional<Equivalence> with_open_facts(z3::solver& solver, const std::vector<ProofVerdict>& verdicts, ProofRecord& record) {
    for (const vm::OutcomeRow& row : vm::outcome_rows) {
      solver.push();
      solver.add(verdicts[0].outcome == static_cast<int>(&row - vm::outcome_rows));
      const bool some = solver.check() == z3::sat;
      std::string json;
      if (some) {
        z3::model model = solver.get_model();
        json = record.json(model);
      }
      solver.pop();
      if (!some) continue;
      for (const std::string& less : less_by_one(json)) {
        if (auto found = different(less)) return Equivalence(std::move(*found));
      }
    }
    return std::nullopt;
  }

  // Why agreement on complete records says nothing of the others.
  std::optional<NotProved> open_may_differ(const ProofSize& size) const {
    if (when_open(*before_) != when_open(*after_))
      return NotProved{"the versions agree wherever all facts are documented; what they do `when undetermined` differs", false};
    for (const auto* p : {&before_, &after_}) {
      const vm::Rule* const rule = tests_record(**p);
      if (!rule) continue;
      const z3::check_result differs = differ_in_tests(size);
      if (differs == z3::unsat) return std::nullopt;
      return NotProved{fmt::format("the versions agree wherever all facts are documented; of a record that leaves facts open nothing is "
                                   "proved, since rule {} tests what the record shows",
                                   (*p)->texts[rule->name]),
                       differs == z3::unknown};
    }
    return std::nullopt;
  }

  // A solver that knows the records and what was said of symbols.
  z3::solver asking(Terms& t, const ProofRecord& record) const {
    z3::solver solver(t.c);
    bound_effort(solver, effort());
    for (const z3::expr& e : t.definitions) solver.add(e);
    for (const z3::expr& e : record.constraints()) solver.add(e);
    return solver;
  }

  // Of a record with open facts what it shows is held, and completions decide the rest. Tests that are the same register of both
  // versions joined say the same of every record: where the versions agree whatever these say, they agree on all records.
  z3::check_result differ_in_tests(const ProofSize& size) const {
    if (!joined_) return z3::sat;
    Terms t;
    ProofRecord record(t, size);
    ProofProgram a(t, record, joined_->members[0], vm::none_id, false, true), b(t, record, joined_->members[1], vm::none_id, false, true);
    z3::expr wrong = t.no();
    for (size_t line = 0; line < a.lines().size(); ++line) {
      const ProofVerdict x = a.verdict(line), y = b.verdict(line);
      z3::expr here = differ(t, x, y);
      if (size.lines == 1) here = t.either(here, x.outcome == -1);
      wrong = t.either(wrong, t.both(a.lines()[line].there, here));
    }
    for (const ProofProgram* p : {&a, &b}) {
      for (const z3::expr& e : p->contested()) wrong = t.either(wrong, e);
    }
    if (wrong.is_false()) return z3::unsat;
    z3::solver solver = asking(t, record);
    solver.add(wrong);
    return solver.check();
  }

  const vm::VerifiedProgram &before_, &after_;
  const ProofLimits limits_;
  const bool statuses_;
  Encodings& encodings_;
  std::optional<vm::Joined> joined_;
  // Of the last records that were looked at.
  z3::check_result open_ = z3::unsat;
  std::vector<std::string> functions_;   // operators that are not told in themselves
};

}  // namespace

struct EquivalenceProver::State {
  vm::VerifiedProgram before;
  ProofLimits limits;
  Alike alike;
  Encodings encodings;
};

EquivalenceProver::EquivalenceProver(vm::VerifiedProgram before, const ProofLimits& limits, Alike alike)
    : state_(new State{std::move(before), limits, alike, {}}) {}
EquivalenceProver::EquivalenceProver(EquivalenceProver&&) noexcept = default;
EquivalenceProver::~EquivalenceProver() = default;

Equivalence EquivalenceProver::compare(const vm::VerifiedProgram& after, const DifferenceSearch& search) {
  try {
    return Comparing(state_->before, after, state_->limits, state_->alike, state_->encodings).result(search);
  } catch (const z3::exception& e) {
    state_->encodings.clear();
    return NotProved{fmt::format("the solver gave up: {}", e.msg()), false};
  }
}

Equivalence compare_programs(const vm::VerifiedProgram& before, const vm::VerifiedProgram& after, const ProofLimits& limits,
                             const DifferenceSearch& search) {
  return EquivalenceProver(before, limits).compare(after, search);
}

}  // namespace rubric::analysis
