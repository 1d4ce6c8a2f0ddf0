// See write_file.h.

#include "cli/write_file.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace rubric::cli {

namespace fs = std::filesystem;

std::string write_file(const std::string& path, std::string_view bytes) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return "it is a directory";
  // A device or a pipe (/dev/stdout, >(...)) cannot be replaced, and a link's target is what is meant.
  const bool replace = !fs::exists(path, ignored) || fs::is_regular_file(path, ignored);
  const fs::path target = fs::exists(path, ignored) ? fs::canonical(path, ignored) : fs::path(path);
  const std::string beside = replace ? target.string() + ".new" : path;
  const auto failed = [&] {
    std::string reason = std::generic_category().message(errno);
    if (replace) std::remove(beside.c_str());
    return reason;
  };
  std::FILE* file = std::fopen(beside.c_str(), "wb");
  if (!file) return std::generic_category().message(errno);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  if (std::fclose(file) != 0 || !written) return failed();
  if (!replace) return "";
  // The new file keeps who may read it.
  if (fs::exists(target, ignored)) fs::permissions(beside, fs::status(target, ignored).permissions(), ignored);
  if (std::rename(beside.c_str(), target.c_str()) != 0) return failed();
  return "";
}

}  // namespace rubric::cli
