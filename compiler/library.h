// Finding the modules of a policy: its files, and the libraries that they include.
//
// A policy is a .rubric file, a Markdown file with ```rubric fences, or a folder: its files of these two kinds without
// cases/ and tests/. `include Name` means Name.rubric beside the file that says so, or a file of the standard library,
// which is part of the binary. An include names a library and no path, and a link that leads out of its folder is not
// followed: what a policy reads is what lies in its folder. Meaning is check's business.
#pragma once

#include "base/diagnostic.h"
#include "base/source.h"
#include "compiler/ast.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rubric {

// The module in a file or every module in a folder, and all that they include, each after what it includes itself.
std::vector<ast::Module> load_modules(const std::filesystem::path& path, SourceSet& sources, Diagnostics& diagnostics);
// A module that is a text already. Its includes are looked for in the standard library alone.
std::vector<ast::Module> load_text(std::string name, std::string text, SourceSet& sources, Diagnostics& diagnostics);
// The libraries of the standard library that these names bring in.
std::vector<ast::Module> load_standard(const std::vector<std::string>& names, SourceSet& sources, Diagnostics& diagnostics);

// What a file says that it is, by its first two words: `policy Massage`, `library Clinical`, `tests of`. Both are empty
// where it has none, as a Markdown file without fences. For choosing files without parsing them.
struct ModuleHead {
  std::string kind, name;
};
ModuleHead module_head(const std::filesystem::path& file);

}  // namespace rubric
