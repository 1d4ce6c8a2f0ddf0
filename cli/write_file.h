// Writing a file so that whoever reads it gets the old content or the new one, never half of it.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace rubric::cli {

// Written beside its place, and moved there by `finish`; without it nothing has happened.
class FileWriter {
 public:
  explicit FileWriter(const std::string& path);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  void write(std::string_view bytes);
  bool failed() const { return !problem.empty(); }
  std::string finish();  // empty, or why it could not be written: "no such file or directory"

 private:
  void fail();

  bool replaces = false;       // a device or a pipe (/dev/stdout, >(...)) cannot be replaced
  std::string target, beside;  // a link's target is what is meant
  std::FILE* file = nullptr;
  std::string problem;
};

std::string write_file(const std::string& path, std::string_view bytes);

}  // namespace rubric::cli
