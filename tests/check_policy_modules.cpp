// Finding modules: what a path, a folder and an include mean, and that an include stays where it is allowed to look.
//
// Each test lays out a folder of its own; what is said of it stands in tests/golden/check/policy_modules.out, all tests
// in one file, so that a person can read the messages one after the other.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/render_diagnostics.h"
#include "compiler/compile.h"
#include "compiler/library.h"
#include "golden.h"

namespace rubric {
namespace {

namespace fs = std::filesystem;

constexpr const char* policy =
    "policy P version '1'\ninclude Clinical\nsource S 'The source'\n"
    "decides each Line cite S '1'\nrule R approve cite S '2'\n";

struct Folder {
  fs::path path;

  Folder() {
    static int count = 0;
    path = fs::temp_directory_path() / ("rubric_modules_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  Folder& file(const std::string& name, const std::string& text) {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
    return *this;
  }
};

// The names of the modules that a path brings in, and what is said, without the folder's own name.
struct Result {
  std::vector<std::string> names;
  std::string messages;
};
Result load(const Folder& folder, const std::string& name = "") {
  SourceSet sources;
  Diagnostics diagnostics;
  fs::path path = name.empty() ? folder.path : folder.path / name;
  Compiled compiled = compile(path, sources, diagnostics);
  Result result;
  for (const ast::Module& module : compiled.modules) result.names.push_back(module.name.text);
  diagnostics.sort();
  result.messages = render_text(diagnostics, sources);
  for (size_t at; (at = result.messages.find(folder.path.string())) != std::string::npos;) {
    result.messages.replace(at, folder.path.string().size(), "FOLDER");
  }
  return result;
}

using Names = std::vector<std::string>;

TEST(modules, a_folder_is_its_files_without_cases_and_tests) {
  Folder folder;
  folder.file("p.rubric", policy).file("cases/x.rubric", "policy X version '1'").file("tests/y.rubric", "tests of P");
  folder.file("README.md", "# no fence").file("more/o.md", "# page\n\n```rubric\noverlay O version '1' amends P as Plan\n```\n");
  Result result = load(folder);
  EXPECT_EQ(result.messages, "");
  EXPECT_EQ(result.names.front(), "O");
  EXPECT_EQ((Names{result.names.end() - 2, result.names.end()}), (Names{"Clinical", "P"}));
}

TEST(modules, a_library_beside_the_policy_counts_only_where_it_is_included) {
  Folder folder;
  folder.file("p.rubric", std::string(policy) + "include Own\n").file("Own.rubric", "library Own version '1'\ninclude Deeper\n");
  folder.file("Deeper.rubric", "library Deeper version '1'\ninclude Own\n").file("Other.rubric", "library Other version '1'\n");
  Result result = load(folder, "p.rubric");
  EXPECT_EQ(result.messages, "");
  EXPECT_EQ((Names{result.names.end() - 3, result.names.end()}), (Names{"Deeper", "Own", "P"}));
  EXPECT_EQ(load(folder).names, result.names);
}

TEST(modules, tests_and_overlays_bring_their_policy) {
  Folder folder;
  folder.file("p.rubric", policy).file("t.rubric", "tests of P\n");
  Result result = load(folder, "t.rubric");
  EXPECT_EQ(result.messages, "");
  EXPECT_EQ((Names{result.names.end() - 2, result.names.end()}), (Names{"P", "P"}));
}

TEST(modules, a_table_lies_in_a_spreadsheet_file) {
  Folder folder;
  folder.file("p.rubric",
              "policy P version '1'\ninclude Clinical\nsource S 'The source'\ndecides each Line cite S '1'\n"
              "criterion A 'a' Program.education cite S '2'\ntable T from 'rows.csv'\nrule Rest review cite S '2'\n");
  folder.file(
      "rows.csv",
      "\xEF\xBB\xBFLine.code,if,then,else,cite\r\nCPT '20552',A,approve,deny,\"S '1, \"\"quoted\"\"'\"\r\n\r\n\"{ CPT '64400', CPT '64405' }\",,review,,S '2'\r\n");
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled = compile(folder.path, sources, diagnostics);
  ASSERT_TRUE(compiled.policy.has_value()) << render_text(diagnostics, sources);
  Names rules;
  for (const ir::Rule& rule : compiled.policy->rules) rules.push_back(rule.name);
  EXPECT_EQ(rules, (Names{"T[1]", "T[1] else", "T[2]", "Rest"}));
  EXPECT_EQ(compiled.policy->rules[0].cites.at(0).section, "1, \"quoted\"");
}

TEST(modules, a_row_of_a_table_of_tests_is_a_test) {
  Folder folder;
  folder.file("p.rubric", policy)
      .file("more.tests.csv",
            "test,case,with lines[0].code,with plan,with received,as of,expect,expect R.a on line 2\n"
            "\"one, with a comma\",cases/a.json,20552,\"'=A1\",2026-01-31,2026-02-01,\"deny by R, asks for nothing\",not met\n"
            ",Base,,,,,pend,\n"
            "three,Base,without,TRUE,2,,pend,\n");
  SourceSet sources;
  Diagnostics diagnostics;
  const Compiled compiled = compile(folder.path, sources, diagnostics);
  std::vector<ast::Test> tests;
  for (const ast::Module& m : compiled.modules) {
    for (const ast::Declaration& d : m.declarations) tests.insert(tests.end(), d.test.begin(), d.test.end());
  }
  ASSERT_EQ(tests.size(), 3u) << render_text(diagnostics, sources);
  const ast::Test& one = tests[0];
  EXPECT_EQ(one.name, "one, with a comma");
  EXPECT_EQ(one.record.file.text, "cases/a.json");
  ASSERT_EQ(one.record.overrides.size(), 3u);
  EXPECT_EQ(one.record.overrides[0].value.text, "20552");
  EXPECT_EQ(one.record.overrides[0].value.kind, ast::JsonKind::text);   // a code is no number
  EXPECT_EQ(one.record.overrides[1].value.text, "=A1");
  EXPECT_EQ(one.record.overrides[2].value.text, "2026-01-31");
  EXPECT_EQ(one.as_of, "2026-02-01");
  ASSERT_EQ(one.expectations.size(), 2u);
  EXPECT_EQ(one.expectations[0].by.text, "R");
  EXPECT_TRUE(one.expectations[0].asks_nothing);
  EXPECT_EQ(one.expectations[1].criterion.text, "R.a");
  EXPECT_EQ(one.expectations[1].lines, std::vector<uint32_t>{2});
  EXPECT_EQ(sources.text(one.expectations[1].span), "not met");
  EXPECT_TRUE(tests[2].record.overrides[0].remove);
  EXPECT_EQ(tests[2].record.overrides[1].value.kind, ast::JsonKind::boolean);
  EXPECT_EQ(tests[2].record.overrides[2].value.kind, ast::JsonKind::number);
}

TEST(modules, chosen_overlays_are_the_only_ones) {
  Folder folder;
  folder.file("p.rubric", policy).file("a.rubric", "overlay A version '1' amends P as Plan\n");
  folder.file("b.rubric", "overlay B version '1' amends P as Plan\n");
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled = compile(folder.path, sources, diagnostics, {.overlays = Names{"B"}});
  ASSERT_TRUE(compiled.policy.has_value());
  ASSERT_EQ(compiled.policy->layers.size(), 2u);
  EXPECT_EQ(compiled.policy->layers[1].overlay, "B");
}

TEST(modules, a_policy_that_is_too_large_is_one_error) {
  std::string text = "policy P version '1'\ninclude Clinical\nsource S 'x'\ndecides each Line cite S '1'\n";
  for (int i = 0; i < 10'001; ++i) text += "criterion C" + std::to_string(i) + " 'c' Line.units = 1 cite S '1'\n";
  text += "rule Covered approve when C1 cite S '1'\nrule Denied deny when C1 is not met cite S '1'\n";
  SourceSet sources;
  Diagnostics diagnostics;
  EXPECT_FALSE(compile_text("p.rubric", text, sources, diagnostics).program);
  std::vector<std::string_view> errors;
  for (const Diagnostic& each : diagnostics.all()) {
    if (each.severity == Severity::error) errors.push_back(diagnostic_row(each.id).name);
  }
  EXPECT_EQ(errors, std::vector<std::string_view>{"limit_exceeded"});
}

TEST(modules, one_expression_is_a_program) {
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled = compile_expression("@2026-01-31 + 1 month", false, sources, diagnostics);
  ASSERT_TRUE(compiled.program.has_value()) << render_text(diagnostics, sources);
  EXPECT_EQ(compiled.policy->remarks.size(), 1u);
  EXPECT_TRUE(compile_expression("Count(Trials)", true, sources, diagnostics).program.has_value()) << render_text(diagnostics, sources);
  EXPECT_FALSE(compile_expression("1 +", false, sources, diagnostics).program.has_value());
}

TEST(modules, what_is_said_of_folders) {
  std::string out;
  auto show = [&](const std::string& title, const Result& result) { out += "=== " + title + "\n" + result.messages + "\n"; };
  {
    Folder folder;
    show("an empty folder", load(folder));
    show("a file that is not there", load(folder, "none.rubric"));
    folder.file("bare.rubric", "// nothing but a comment\n");
    show("a file without a head", load(folder, "bare.rubric"));
    folder.file("only.rubric", "library Only version '1'\n");
    show("a library alone", load(folder, "only.rubric"));
  }
  {
    Folder folder;
    folder.file("p.rubric", "policy P version '1'\ninclude \"../secret\"\ninclude Clinicol\ninclude Q\n").file("Q.rubric", policy);
    show("includes that are none", load(folder, "p.rubric"));
  }
  {
    Folder outside, folder;
    outside.file("Far.rubric", "library Far version '1'\n");
    folder.file("p.rubric", "policy P version '1'\ninclude Far\n");
    fs::create_symlink(outside.path / "Far.rubric", folder.path / "Far.rubric");
    show("a link that leads away", load(folder, "p.rubric"));
  }
  {
    Folder folder;
    folder.file("p.rubric", "policy P version '1'\ntable A from '../rows.csv'\ntable B from 'none.csv'\ntable C from 'empty.csv'\n")
        .file("empty.csv", "\n");
    show("tables from files that are none", load(folder, "p.rubric"));
  }
  {
    Folder folder;
    folder.file("p.rubric", policy)
        .file("tests.csv", "test,expected\n")
        .file("a.tests.csv", "test,case,expect\nx,Base,perhaps\ny,Base,pend,too many\n");
    show("tables of tests that are none", load(folder));
  }
  {
    Folder folder;
    folder.file("p.rubric", policy);
    SourceSet sources;
    Diagnostics diagnostics;
    compile(folder.path, sources, diagnostics, {.overlays = Names{"Nobody"}});
    show("an overlay that nobody wrote", {{}, render_text(diagnostics, sources)});
  }
  expect_golden("check/policy_modules.out", out);
}

}  // namespace
}  // namespace rubric
