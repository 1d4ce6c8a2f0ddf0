// See policy_input.h.

#include "cli/policy_input.h"

#include "base/text.h"
#include "cli/console.h"
#include "cli/kept_run.h"
#include "compiler/library.h"
#include "compiler/test_table.h"
#include "vm/save.h"
#include "vm/snapshot.h"

#include <fmt/format.h>

#include <algorithm>

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace rubric::cli {

namespace {

namespace fs = std::filesystem;

// The first bytes of a file; a policy's text may come out of a pipe, from which they could not be read twice.
std::string beginning(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return "";
  std::array<char, 16> bytes{};
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) return "";
  const size_t count = std::fread(bytes.data(), 1, bytes.size(), file);
  std::fclose(file);
  return {bytes.data(), count};
}

tl::expected<vm::Program, Exit> load_file(const std::string& path, Console& console) {
  const auto bytes = read_file(path);
  auto program = bytes ? vm::load(*bytes) : tl::unexpected(bytes.error().reason);
  if (program) return std::move(*program);
  console.error(fmt::format("cannot read {}: {}", path, program.error()));
  return tl::unexpected(Exit::failed);
}

// What somebody has named in the place of a policy, if it is no policy.
std::string_view cases_in(const std::string& path) {
  if (vm::Snapshot::is_one(path)) return "a snapshot of case records";
  if (KeptRun::is_one(path)) return "a kept run";
  const auto extension = fs::path(path).extension();
  return extension == ".ndjson" || extension == ".jsonl" || extension == ".json" ? "a file of case records" : "";
}

}  // namespace

bool is_policy(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && (fs::path(path).extension() == ".rubric" || is_program(path));
}

bool is_program(const std::string& path) { return fs::path(path).extension() == ".rbc" || vm::looks_like_program(beginning(path)); }

bool is_readable(const std::string& path, Console& console) {
  std::error_code problem;
  if (!fs::exists(path, problem)) {
    console.error(fmt::format("cannot read {}: {}", path, problem ? problem.message() : "no such file or folder"));
    return false;
  }
  if (access(path.c_str(), R_OK) != 0) {
    console.error(fmt::format("cannot read {}: {}", path, std::generic_category().message(errno)));
    return false;
  }
  if (fs::is_regular_file(path, problem) && fs::file_size(path, problem) == 0 && !problem) {
    console.error(fmt::format("cannot read {}: it is empty", path));
    return false;
  }
  return true;
}

tl::expected<vm::Program, Exit> open_program(const std::string& policy, Console& console) {
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled;
  if (policy == "-") {
    auto text = read_file("/dev/stdin");
    if (!text || text->empty()) {
      console.error(fmt::format("cannot read standard input: {}", text ? "it is empty" : text.error().reason));
      return tl::unexpected(Exit::failed);
    }
    compiled = compile_text("standard input", std::move(*text), sources, diagnostics);
  } else {
    if (!is_readable(policy, console)) return tl::unexpected(Exit::failed);
    if (is_program(policy)) return load_file(policy, console);
    if (const std::string_view what = cases_in(policy); !what.empty()) {
      console.error(fmt::format("{} is {}, and a policy belongs here", policy, what),
                    "a policy is a .rubric file, a folder of them or a compiled .rbc; it stands before the cases");
      return tl::unexpected(Exit::failed);
    }
    compiled = compile(policy, sources, diagnostics);
  }
  console.diagnostics(diagnostics, sources, false);
  if (!compiled.program || diagnostics.has_errors()) return tl::unexpected(Exit::findings);
  return std::move(*compiled.program);
}

tl::expected<vm::VerifiedProgram, Exit> verified(vm::Program program, const std::string& name, Console& console) {
  auto result = vm::verify(std::move(program));
  if (auto* good = std::get_if<vm::VerifiedProgram>(&result)) return std::move(*good);
  console.error(fmt::format("{} cannot run: {}", name, std::get<std::string>(result)));
  return tl::unexpected(Exit::failed);
}

tl::expected<vm::VerifiedProgram, Exit> open_policy(const std::string& policy, Console& console) {
  auto program = open_program(policy, console);
  if (!program) return tl::unexpected(program.error());
  return verified(std::move(*program), policy, console);
}

namespace {

// Determinations name their policy.
void warn_of_the_same(const std::vector<std::string>& names, const std::vector<vm::VerifiedProgram>& programs, Console& console) {
  std::map<std::pair<std::string_view, std::string_view>, size_t> first;   // by name and version
  for (size_t k = 0; k < programs.size(); ++k) {
    const vm::Program& p = *programs[k];
    const auto [at, added] = first.try_emplace({p.name, p.version}, k);
    if (added) continue;
    const bool is_same = programs[at->second]->digest == p.digest;
    console.warning(fmt::format("{} and {} are both {}, version {}: {}", names[at->second], names[k], p.name, p.version,
                                is_same ? "their cases are decided twice" : "only the digest tells their determinations apart"));
  }
}

}  // namespace

tl::expected<std::vector<vm::VerifiedProgram>, Exit> open_policies(const std::string& argument, Console& console) {
  std::vector<std::string> names;
  if (argument != "-") find_policies(argument, names, true);
  // A single one is named as the argument names it.
  if (names.empty() || (names.size() == 1 && !is_program(names[0]))) names = {argument};
  std::vector<vm::VerifiedProgram> programs;
  Exit worst = Exit::expected;
  for (const std::string& name : names) {
    if (auto program = open_policy(name, console)) programs.push_back(std::move(*program));
    else worst = std::max(worst, program.error());
    if (names.size() > 1)
      console.progress(programs.size(), "policies", static_cast<double>(programs.size()) / static_cast<double>(names.size()));
  }
  console.end_progress();
  if (worst != Exit::expected) {
    if (names.size() > 1) {
      console.error(fmt::format("{} of {} policies cannot be read, and no case is decided without them", names.size() - programs.size(),
                                names.size()));
    }
    return tl::unexpected(worst);
  }
  warn_of_the_same(names, programs, console);
  return programs;
}

std::optional<vm::Program> record_model(const std::string& name) {
  const bool is_name = name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == std::string::npos;
  if (!is_name || std::filesystem::exists(name)) return std::nullopt;
  SourceSet sources;
  Diagnostics ignored;
  std::string policy = fmt::format("policy {0} version '1'\ninclude {0}\n", name);
  policy += "decides each Line\ncriterion Any 'any' judged by the reviewer\nrule All approve when Any\n";
  return compile_text(name, std::move(policy), sources, ignored).program;
}

void find_policies(const fs::path& path, std::vector<std::string>& found, bool compiled) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return found.push_back(path.string());
  std::vector<fs::path> below, policies;
  std::set<std::string> names;
  bool is_folder_of_one = false;
  for (fs::directory_iterator entry(path, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    const fs::path& each = entry->path();
    if (entry->is_directory(ignored) || (compiled && each.extension() == ".rbc")) below.push_back(each);
    else if (is_test_table(each.filename().string())) is_folder_of_one = true;
    if (each.extension() != ".rubric" && each.extension() != ".md") continue;
    const ModuleHead head = module_head(each);  // one that says nothing of itself is for the parser to complain of
    if (head.kind == "policy") policies.push_back(each), names.insert(head.name);
    else is_folder_of_one |= head.kind != "library" && (!head.kind.empty() || each.extension() == ".rubric");
  }
  std::sort(policies.begin(), policies.end());
  std::sort(below.begin(), below.end());
  if (names.size() > 1 && names.size() == policies.size() && !is_folder_of_one) {
    for (const fs::path& each : policies) found.push_back(each.string());
  } else if (!policies.empty() || is_folder_of_one) {
    return found.push_back(path.string());
  }
  for (const fs::path& each : below) find_policies(each, found, compiled);
}

}  // namespace rubric::cli
