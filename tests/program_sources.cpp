// A program carries its sources, and its spans point into them: whatever else lay in the policy's folder.
#include "base/render_diagnostics.h"
#include "compiler/compile.h"
#include "tests/paths.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace rubric {
namespace {

TEST(ProgramSources, ASpanOfAClauseIsThatClause) {
  for (const auto& folder : std::filesystem::directory_iterator(std::string(source_folder) + "/policies")) {
    SourceSet sources;
    Diagnostics diagnostics;
    const Compiled compiled = compile(folder.path(), sources, diagnostics);
    ASSERT_TRUE(compiled.program) << render_text(diagnostics, sources);
    const vm::Program& p = *compiled.program;
    for (const vm::Rule& rule : p.rules) {
      ASSERT_LT(rule.span.file, p.files.size());
      const std::string& text = p.file_texts[rule.span.file];
      ASSERT_LE(rule.span.end, text.size());
      const std::string &name = p.texts[rule.name], clause = text.substr(rule.span.begin, rule.span.end - rule.span.begin);
      // A rule of a table is a row: Matrix[2].
      const bool row = name.ends_with(']') || name.ends_with("else");
      EXPECT_TRUE(row ? clause.find('|') != std::string::npos
                      : clause.starts_with("rule " + name) || clause.starts_with("exception " + name))
          << name << ":\n"
          << clause;
    }
    ASSERT_FALSE(p.sites.empty());
    for (const vm::Site& site : p.sites) EXPECT_TRUE(site.span.file == no_file || site.span.end <= p.file_texts[site.span.file].size());
  }
}

}  // namespace
}  // namespace rubric
