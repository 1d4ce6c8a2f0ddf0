// See write_file.h.

#include "cli/write_file.h"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace rubric::cli {

namespace fs = std::filesystem;

FileWriter::FileWriter(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    problem = "it is a directory";
    return;
  }
  replaces = !fs::exists(path, ignored) || fs::is_regular_file(path, ignored);
  target = fs::exists(path, ignored) ? fs::canonical(path, ignored).string() : path;
  beside = replaces ? target + ".new" : path;
  file = std::fopen(beside.c_str(), "wb");
  if (!file) fail();
}

FileWriter::~FileWriter() {
  if (!file) return;
  std::fclose(file);
  if (replaces) std::remove(beside.c_str());
}

void FileWriter::fail() { problem = std::generic_category().message(errno); }

void FileWriter::write(std::string_view bytes) {
  if (!failed() && std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) fail();
}

std::string FileWriter::finish() {
  if (failed()) return problem;
  if (std::fclose(std::exchange(file, nullptr)) != 0) fail();
  if (!replaces) return problem;
  std::error_code ignored;
  // The new file keeps who may read it.
  if (fs::exists(target, ignored)) fs::permissions(beside, fs::status(target, ignored).permissions(), ignored);
  if (!failed() && std::rename(beside.c_str(), target.c_str()) != 0) fail();
  if (failed()) std::remove(beside.c_str());
  return problem;
}

std::string write_file(const std::string& path, std::string_view bytes) {
  FileWriter file(path);
  file.write(bytes);
  return file.finish();
}

}  // namespace rubric::cli
