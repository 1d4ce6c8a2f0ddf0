// Section 5 of the semantics: what a line's outcome is while facts are open, which facts matter, and what would settle it.
//
// A *variable* is something that the record leaves open and that a rule reads: a cell of the record that meets
// comparisons with known values (one value for each piece that they cut its type into), a fold or a comparison in
// which several open facts meet (over its sound range), a reviewer's judgment, another line's outcome. Completions are
// rows of one batch for the same machine, with the variables' registers pinned; nothing re-implements the decision.
#pragma once

#include "vm/cell_map.h"
#include "vm/machine.h"
#include "vm/verdict.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace rubric::vm {

constexpr uint32_t most_completions = 4096;  // a line; belongs to the language version

struct OpenFact {
  enum class Kind : uint8_t { record, judgment, line } kind = Kind::record;
  std::string fact;                     // JSON pointer; judgment: the criterion's name; line: its sequence
  Cause cause = Cause::not_documented;
  std::vector<Id> criteria;             // that read it, policy order
  OutcomeSet could_lead_to = 0;
};
struct AnswerGiven {
  std::string fact;
  Id site = none_id;
  std::string value;
};
struct EnoughAnswers {
  Outcome outcome;
  std::vector<AnswerGiven> answers;
};

struct Settlement {
  Id block = none_id;                   // that decides the line, or none_id
  Outcome outcome = Outcome::not_decided;
  bool by_when_undetermined = false;
  bool scope_open = false;              // whether the policy decides the line is itself open
  OutcomeSet possible = 0;
  std::vector<OpenFact> missing;        // the facts that matter
  std::vector<OpenFact> irrelevant;
  std::vector<EnoughAnswers> enough;
  bool exact = true;
  // Rules that are open and stand in some completion; of a line with items, with the item's number from the first.
  std::vector<std::pair<Id, Row>> may_stand;
  // Of a line that is granted: the rules that give it its contents, with items' numbers, and the items that qualify, where only some do.
  // Where it is open which rules stand, these give the contents in one completion, and others give the same in each.
  struct Giving {
    Id rule;
    Row item;
    bool as_requested;
  };
  std::vector<Giving> giving;
  std::vector<Row> items;
  Outcome recommendation = Outcome::not_decided;  // with review: the verdict that would stand; not_decided: none
  // Of an outcome alone, where it is known: what was tried, and where the open facts stand. Settlements of one line that share these
  // agree in all that reasons say.
  struct Way {
    std::shared_ptr<const void> tried;
    std::vector<Cell> facts;
    bool is_same_as(const Way& o) const { return tried && tried == o.tried && facts == o.facts; }
  } way;
};

// How much is asked. `outcome`: what lines end in, and no more. `reasons`: with what is possible, the rules that may stand and the facts
// that matter. `all`: with what only explains, too: what cannot matter, which criteria facts serve, which answers are enough.
enum class Settle : uint8_t { outcome, reasons, all };

// Some cases of a run, run again by themselves with every register that a walk may ask for.
struct CloseLook {
  std::vector<Row> cases;           // in order
  Decisions run;
};
// The cases of some lines, which stand in order; `only` and `used` as in `run`. The program that the decisions name is run.
CloseLook look_closely(const Decisions&, std::span<const Row> lines, const std::vector<bool>* only = nullptr, Decisions used = {});

// Settles lines of one run after the other. What lines have in common that end alike (open_facts.h) it tries once, and
// remembers. One thread's.
class Settler {
 public:
  explicit Settler(uint32_t most = most_completions);   // fewer, to see what comes of lines with too many
  ~Settler();
  Settler(Settler&&) noexcept;
  Settler& operator=(Settler&&) noexcept;

  // Of two members of a joined program whose blocks make the same outcomes of the same rules, block by block and rule by rule: what is
  // learnt of either is known of both.
  void share(const VerifiedProgram&, const VerifiedProgram&);

  // Lines of the run, in order; a settlement for each. Where many are open, their cases are looked at closely.
  std::vector<Settlement> settle(const Decisions&, std::span<const Row> lines, Settle = Settle::all);
  // The same, of lines whose cases have been looked at.
  std::vector<Settlement> settle(const Decisions&, CloseLook&, std::span<const Row> lines, Settle = Settle::all);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

Settlement settle(const Decisions&, Row line);

}  // namespace rubric::vm
