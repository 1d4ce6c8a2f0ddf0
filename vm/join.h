// Several programs as one, so that what they share is loaded and computed once: two versions of a policy, or policies that
// decide the same codes.
//
// The whole runs. A member is the program that it was, under the whole's numbers: of texts, codes, constants, tables, the
// record model, columns, domains and registers; its criteria, rules, blocks and sites are its own, and so are its name and
// digest. A run of the whole is a run of each member: what reads decisions reads them as the member's once `seen_as` says so.
#pragma once

#include "vm/machine.h"
#include "vm/verify.h"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace rubric::vm {

struct Joined {
  VerifiedProgram whole;
  std::vector<VerifiedProgram> members;
  std::vector<std::vector<bool>> code;   // of each member: which of the whole's instructions are its own

  // The instructions of some members, as `run` takes them.
  std::vector<bool> only(std::span<const size_t> of) const;
};

// Nothing where their record models contradict each other, or together they are larger than a program may be.
std::optional<Joined> join(std::span<const VerifiedProgram>);

inline void seen_as(Decisions& d, const VerifiedProgram& member) { d.program = &member; }

}  // namespace rubric::vm
