// The smallest changes of a case's facts that would change what its lines come to.
//
// Fewest facts first, then the smallest step. Which facts can change is what_if_moves.h's; that a change leads where it is
// said to, that each of its facts is needed, and that one step short of it does not, has been run on the machine before it
// is shown.
//
// The search is bounded: values are those that the policy tells apart and their neighbours, rows those that a search for
// what the policy can notice makes, and so many records are run. Two facts are changed in every combination where one fills no
// list. Where that leads nowhere it goes step by step, each the change that brings the line nearest (nearness.h), until it is
// there; what turns out not to be needed is taken back, so that no fewer of these facts do. A day on which no version of the policy is in force changes nothing of interest.
// What was not found may exist: no proof is claimed (equivalence.h makes those).
#pragma once

#include "analysis/what_if_moves.h"
#include "vm/trace.h"
#include "vm/verify.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rubric::analysis {

struct WhatIfOptions {
  std::optional<uint32_t> line{};     // by its sequence; all where nothing is said
  std::vector<vm::Outcome> to{};      // wanted; empty: any other than what is
  Changeable changeable{};
  size_t limit = 5;                   // changes shown of a line
  size_t facts = 12;                  // in a change
  size_t tries = 10'000;              // records run
  std::string as_of{};
  std::function<void(size_t tried)> progress{};
};

struct FactChange {
  std::string fact;                   // JSON pointer, or judgment:NAME
  std::string from, to;               // in words
  Json value;                         // what stands there then; of a list that is complete nothing
  Move::Kind kind;
  // One step short, in words: with it the line does not come to this; of a further row "value 5 or start 2026-01-31", each by
  // itself. Empty: there is no such step.
  std::string short_of;
};
struct CriterionFlip {
  std::string name, text;
  vm::Status before, after;
  std::vector<vm::CitedSource> cites;
};
struct WhatIf {
  vm::Outcome outcome;
  std::vector<std::string> decided_by;
  std::vector<FactChange> facts;
  std::vector<CriterionFlip> criteria;   // without members, those that turn
  Json record;
};
struct WhatIfLine {
  vm::LineTrace is;
  std::vector<WhatIf> changes;        // the smallest first
};
struct WhatIfs {
  vm::Trace is;                       // of the case; rejected: nothing was tried
  std::vector<WhatIfLine> lines;
  std::vector<Moves::Held> held;
  size_t tried = 0;
  bool bounded = false;               // not every combination was tried
};

WhatIfs what_if(const vm::VerifiedProgram&, const Json& record, const WhatIfOptions& = {});

}  // namespace rubric::analysis
