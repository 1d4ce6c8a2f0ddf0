// POLICY: what the argument names, as a program.
//
// A .rubric or .md file, a folder, a compiled .rbc (told by its first bytes), or - for a policy's text on standard input.
// What is wrong with it is said on the console here, so that every command says it in the same words.
#pragma once

#include "base/source.h"
#include "cli/command.h"
#include "compiler/compile.h"
#include "vm/verify.h"

#include <tl/expected.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rubric::cli {

// A program, not verified: for looking at it and keeping it. The error is the command's exit status.
tl::expected<vm::Program, Exit> open_program(const std::string& policy, Console&);

// A program that can run. One from a file always comes through load and verify.
tl::expected<vm::VerifiedProgram, Exit> open_policy(const std::string& policy, Console&);

// All the programs that can run: of a folder without policy files those of the folders below and of the .rbc in them, in order. What is
// wrong is said of each; then there are none.
tl::expected<std::vector<vm::VerifiedProgram>, Exit> open_policies(const std::string& argument, Console&);

// A program that verify accepts, or Exit::failed with its reason said.
tl::expected<vm::VerifiedProgram, Exit> verified(vm::Program, const std::string& name, Console&);

// A library that holds a record model, read by way of a policy that includes it; nothing if the word names none.
std::optional<vm::Program> record_model(const std::string& name);

// The policies that a path stands for: itself; of a folder in which policy files lie, the folder, or each file where
// they are policies of different names and nothing lies beside them that belongs to one; else the policies of the folders
// below, in order; where they are wanted, compiled ones too.
void find_policies(const std::filesystem::path&, std::vector<std::string>& found, bool compiled = false);

// Whether a file is a compiled program, by its name or its first bytes; and whether it is that or a policy's source, by its name.
bool is_program(const std::string& path);
bool is_policy(const std::string& path);

// Whether the argument can be read at all; otherwise says why.
bool is_readable(const std::string& path, Console&);

}  // namespace rubric::cli
