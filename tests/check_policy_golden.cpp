// What check makes of whole policies: tests/golden/check/policy_*.txt, one test a file.
//
// A file is a sequence of cases. A case is a line `=== what it shows`, the policy, and below `---` what a person reads:
// the messages, and where the title ends in (ir) the blocks of the IR. `+++ name` inside a case begins another file of the
// same folder (an overlay, a library, another version). The record model is policy_model.rubric; a case's text stands
// below `include`-less heads: the model is there without being included. A case with a file `model.rubric` brings its own.
#include <filesystem>
#include <sstream>

#include <gtest/gtest.h>

#include "base/render_diagnostics.h"
#include "compiler/check.h"
#include "compiler/ir_print.h"
#include "compiler/parse.h"
#include "golden.h"
#include "tests/paths.h"

namespace rubric {
namespace {

const std::filesystem::path folder = std::filesystem::path(source_folder) / "tests" / "golden" / "check";

// The IR from the first block on: layers, tables and model have tests of their own.
std::string blocks_of(const ir::Policy& policy) {
  std::string text = print(policy);
  size_t at = text.find("\nblock ");
  return at == std::string::npos ? "" : text.substr(at + 1);
}

std::string result_of(const std::string& model, const std::string& title, const std::string& input) {
  SourceSet sources;
  Diagnostics diagnostics;
  std::vector<ast::Module> modules;
  bool own_model = input.find("+++ model.rubric\n") != std::string::npos;
  if (!own_model) modules.push_back(parse(sources, sources.add("model.rubric", model), diagnostics));
  std::istringstream lines(input);
  std::string name = "p.rubric", text;
  auto end_file = [&] {
    if (!text.empty()) modules.push_back(parse(sources, sources.add(name, std::exchange(text, "")), diagnostics));
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("+++ ")) {
      end_file();
      name = line.substr(4);
    } else {
      text += line + "\n";
    }
  }
  end_file();
  std::vector<const ast::Module*> all;
  for (const ast::Module& module : modules) all.push_back(&module);
  std::optional<ir::Policy> policy;
  if (!diagnostics.has_errors()) policy = check_policy(all, sources, diagnostics);
  diagnostics.sort();
  std::string out = render_text(diagnostics, sources);
  if (policy && title.ends_with("(ir)")) out += blocks_of(*policy);
  return out.empty() ? "nothing to say\n" : out;
}

std::string rerun(const std::string& model, const std::string& golden) {
  std::istringstream lines(golden);
  std::string out, title, input;
  bool in_result = false;
  auto end_case = [&] {
    if (!title.empty()) out += "=== " + title + "\n" + input + "---\n" + result_of(model, title, input) + "\n";
    input.clear();
    in_result = false;
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("=== ")) {
      end_case();
      title = line.substr(4);
    } else if (line == "---") {
      in_result = true;
    } else if (!in_result && !title.empty()) {
      input += line + "\n";
    } else if (title.empty()) {
      out += line + "\n";
    }
  }
  end_case();
  return out;
}

std::vector<std::string> golden_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("policy_") && name.ends_with(".txt")) names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Policies : public testing::TestWithParam<std::string> {};

TEST_P(Policies, mean_what_the_file_says) {
  const std::string model = read_file((folder / "policy_model.rubric").string()).value();
  const std::string golden = read_file((folder / (GetParam() + ".txt")).string()).value();
  expect_golden("check/" + GetParam() + ".txt", rerun(model, golden));
}

INSTANTIATE_TEST_SUITE_P(check, Policies, testing::ValuesIn(golden_files()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace rubric
