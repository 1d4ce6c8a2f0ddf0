// A policy as it stood at a revision: REV:PATH, taken out of the git repository around the working folder.
//
// The files go to a folder of their own that is gone with this object. Neither word reaches a shell, and REV is never
// read as an option.
#pragma once

#include <tl/expected.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace rubric::cli {

class GitFiles {
 public:
  // Whether an argument means a revision's file: "REV:PATH", and no file has that name.
  static bool is_one(const std::string& argument);
  // The error says what git said.
  static tl::expected<GitFiles, std::string> take_out(const std::string& argument);

  GitFiles(GitFiles&& other) noexcept
      : argument(std::move(other.argument)), folder(std::exchange(other.folder, {})), root(std::move(other.root)) {}
  GitFiles& operator=(GitFiles&&) = delete;
  ~GitFiles();

  const std::filesystem::path& path() const { return root; }   // of the file or folder that PATH names
  std::string shown(std::string_view file) const;              // a file's name for people: "HEAD~1:policies/tpi/tpi.rubric"

 private:
  explicit GitFiles(std::string argument) : argument(std::move(argument)) {}
  std::string argument;
  std::filesystem::path folder, root;
};

}  // namespace rubric::cli
