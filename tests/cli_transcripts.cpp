// The commands as a shell sees them: each file of golden/cli/ is a session whose commands are run and whose output,
// messages and exit status are compared.
//
//   $ rubric chek policies           a command, for bash; lines that begin with "> " continue it
//   rubric: error: ...               what it printed, stdout and stderr as they came
//   [2]                              its exit status, where that is not 0
//
// A session runs in an empty folder of its own; RUBRIC_UPDATE=1 writes what came out back into the file.

#include "base/text.h"
#include "tests/paths.h"

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace rubric {
namespace {

namespace fs = std::filesystem;

const fs::path sessions = fs::path(source_folder) / "tests" / "golden" / "cli";

struct Step {
  std::string command;  // with line ends
  std::string expected;
};
struct Session {
  std::string head;  // a comment before the first command
  std::vector<Step> steps;
};

Session read_session(const fs::path& path) {
  Session session;
  std::istringstream lines(read_file(path.string()).value());
  bool in_command = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("$ ")) {
      session.steps.push_back({line.substr(2), ""});
      in_command = true;
    } else if (in_command && (line.starts_with("> ") || line == ">")) {
      session.steps.back().command += "\n" + line.substr(std::min<size_t>(2, line.size()));
    } else {
      in_command = false;
      (session.steps.empty() ? session.head : session.steps.back().expected) += line + "\n";
    }
  }
  return session;
}

std::string write_session(const Session& session) {
  std::string out = session.head;
  for (const Step& each : session.steps) {
    std::string command = each.command;
    for (size_t at = 0; (at = command.find('\n', at)) != std::string::npos; at += 3) command.insert(at + 1, "> ");
    out += "$ " + command + "\n" + each.expected;
  }
  return out;
}

// The program under test stands beside this one.
fs::path binary_folder() { return fs::read_symlink("/proc/self/exe").parent_path(); }

std::string run(const std::string& command, const fs::path& folder) {
  const fs::path script = folder.string() + ".sh";
  std::ofstream(script) << "cd '" << folder.string() << "'\nexport PATH='" << binary_folder().string()
                        << "':$PATH TERM=dumb LC_ALL=C.UTF-8 SOURCE='" << source_folder << "'\nunset NO_COLOR\n"
                        << command << "\n";
  std::FILE* pipe = popen(("timeout 400 bash '" + script.string() + "' 2>&1 < /dev/null").c_str(), "r");
  if (!pipe) return "it did not start\n";
  std::string out;
  std::array<char, 4096> piece;
  while (const size_t count = std::fread(piece.data(), 1, piece.size(), pipe)) out.append(piece.data(), count);
  const int status = pclose(pipe);
  if (!out.empty() && !out.ends_with('\n')) out += "\n[no line end]\n";
  if (!WIFEXITED(status)) out += "[it crashed]\n";
  else if (WEXITSTATUS(status) != 0) out += "[" + std::to_string(WEXITSTATUS(status)) + "]\n";
  return out;
}

class Sessions : public testing::TestWithParam<std::string> {};

TEST_P(Sessions, go_as_written) {
  const fs::path path = sessions / (GetParam() + ".txt");
  std::string pattern = (fs::temp_directory_path() / "rubric-session-XXXXXX").string();
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  const fs::path folder = pattern;
  const Session session = read_session(path);
  Session now = session;
  for (Step& each : now.steps) {
    each.expected = run(each.command, folder);
    if (&each != &now.steps.back()) each.expected += "\n";  // an empty line between commands
  }
  fs::remove_all(folder);
  fs::remove(folder.string() + ".sh");
  if (std::getenv("RUBRIC_UPDATE")) {
    std::ofstream(path, std::ios::binary) << write_session(now);
    return;
  }
  for (size_t i = 0; i < now.steps.size(); ++i) {
    EXPECT_EQ(session.steps[i].expected, now.steps[i].expected) << path.filename() << ": $ " << session.steps[i].command;
  }
}

std::vector<std::string> session_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(sessions)) names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(cli, Sessions, testing::ValuesIn(session_names()), [](const auto& test) { return test.param; });

}  // namespace
}  // namespace rubric
