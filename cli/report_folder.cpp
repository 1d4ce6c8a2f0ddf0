// See report_folder.h.

#include "cli/report_folder.h"

#include "base/text.h"
#include "cli/write_file.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace rubric::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view mark_name = "report.json", mark = "{\"rubric\": \"report\"}\n";

// What a report consists of: nothing else is ever taken away.
constexpr std::string_view pages[] = {"index.html", "case.html", "compare.html"}, folders[] = {"data", "files"};

bool is_ours(const fs::path& file) { return file.extension() == ".js" || file.extension() == ".css"; }

std::string take_out(const fs::path& root) {
  std::error_code error;
  for (const std::string_view each : pages) fs::remove(root / each, error);
  for (const std::string_view each : folders) {
    if (!fs::is_directory(root / each, error)) continue;
    for (fs::directory_iterator at(root / each, error), end; !error && at != end; at.increment(error)) {
      std::error_code ignored;
      if (is_ours(at->path())) fs::remove(at->path(), ignored);
    }
  }
  return error ? error.message() : "";
}

}  // namespace

tl::expected<ReportFolder, std::string> ReportFolder::open(const std::string& path, bool force) {
  std::error_code error;
  if (path.empty()) return tl::unexpected<std::string>("it has no name");
  const fs::path root = path;
  if (fs::exists(root, error)) {
    if (!fs::is_directory(root, error)) return tl::unexpected<std::string>("it is no folder");
    const bool empty = fs::is_empty(root, error);
    if (error) return tl::unexpected(error.message());
    const bool report = read_file((root / mark_name).string()).value_or("") == mark;
    if (!empty && !report && !force) return tl::unexpected<std::string>("it holds something else than a report");
    if (report) {
      if (const std::string problem = take_out(root); !problem.empty()) return tl::unexpected(problem);
    }
  }
  for (const std::string_view each : folders) {
    fs::create_directories(root / each, error);
    if (error) return tl::unexpected(error.message());
  }
  ReportFolder folder(path);
  folder.write(std::string(mark_name), mark);
  if (!folder.wrong.empty()) return tl::unexpected(folder.wrong);
  return folder;
}

void ReportFolder::write(const std::string& name, std::string_view text) {
  if (!wrong.empty()) return;
  const std::string file = (fs::path(path) / name).string();
  if (const std::string problem = write_file(file, text); !problem.empty()) wrong = file + ": " + problem;
}

}  // namespace rubric::cli
