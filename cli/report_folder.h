// The folder that a report is written into: nothing of anybody else's is overwritten, and an older report is replaced.
//
// A folder is a report's if report.json says so. It is written first and names what the folder holds, so that a report
// that was interrupted can be written again.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace rubric::cli {

class ReportFolder {
 public:
  // Makes the folder, or takes an older report's files out of it. The error says why the folder cannot be taken, and
  // goes on after "cannot write into FOLDER: ".
  static tl::expected<ReportFolder, std::string> open(const std::string& path, bool force);

  // A file by its name in the folder: "data/7.js".
  void write(const std::string& name, std::string_view text);
  const std::string& problem() const { return wrong; }  // "out/data/7.js: no space left on device"; empty: none

 private:
  explicit ReportFolder(std::string path) : path(std::move(path)) {}
  std::string path, wrong;
};

}  // namespace rubric::cli
