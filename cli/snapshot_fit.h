// Whether a snapshot serves the two versions of a comparison, and what to do where it does not: it has the columns of one record
// model, and texts for what one set of code systems does not know.
#pragma once

#include "vm/snapshot.h"

#include <optional>
#include <string>

namespace rubric::cli {

// A policy as a command line names it.
struct NamedProgram {
  const std::string& name;
  const vm::Program& program;
};

struct Misfit {
  std::string message, help;
};
std::optional<Misfit> misfit(const std::string& file, const vm::Snapshot&, NamedProgram before, NamedProgram after);

}  // namespace rubric::cli
