// OLD and NEW: a version of a policy with its clauses, for commands that compare versions.
#pragma once

#include "base/source.h"
#include "cli/command.h"
#include "compiler/ast.h"
#include "vm/verify.h"

#include <tl/expected.hpp>

#include <string>
#include <vector>

namespace rubric::cli {

struct PolicyVersion {
  vm::VerifiedProgram program;
  std::vector<ast::Module> modules;  // empty: a program whose sources do not make it again; only what it decides is known
};

// What POLICY may be, or REV:PATH, a file or folder at a revision of the git repository. Its files join the sources.
tl::expected<PolicyVersion, Exit> open_version(const std::string& argument, SourceSet&, Console&);

// The records of its tests, as JSON texts; of those that can be read.
std::vector<std::string> tested_records(const PolicyVersion&, SourceSet&);

}  // namespace rubric::cli
