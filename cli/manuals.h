// The manuals that are made from the tables: the reference, man pages, and completions for shells.
//
// Nothing in them is written by hand twice: a row that is added to a table stands in its manual with the next
// `./dev docs`, and a test fails until it does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rubric::cli {

struct Manual {
  std::string path;  // in the folder that they are written to: reference/units.md, man/rubric.1
  std::string text;
};

extern const std::string_view expressions_written;   // docs/expressions.md down to its table

std::vector<Manual> reference_manuals();   // expressions.md, reference/*.md
std::vector<Manual> man_pages();           // man/rubric.1, man/rubric-run.1, ...
std::vector<Manual> shell_completions();   // completions/rubric.bash, _rubric (zsh), rubric.fish
std::vector<Manual> all_manuals();

}  // namespace rubric::cli
