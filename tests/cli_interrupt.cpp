// A run that somebody waits for: how far it is, and Ctrl-C in the middle of it: what has been printed are whole determinations,
// and an array is closed.

#include "base/text.h"
#include "tests/paths.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <thread>
#include <vector>

namespace rubric {
namespace {

namespace fs = std::filesystem;

const fs::path fixtures = fs::path(source_folder) / "tests/fixtures";

// A folder with what is decided: many good cases as a snapshot, and two policies.
class Interrupted : public testing::Test {
 protected:
  const fs::path folder = fs::temp_directory_path() / ("rubric-interrupt-" + std::to_string(getpid()));
  const std::string binary = (fs::read_symlink("/proc/self/exe").parent_path() / "rubric").string();
  const std::string policy = (fixtures / "tiny.rubric").string();
  std::string good;  // a line

  void SetUp() override {
    signal(SIGPIPE, SIG_IGN);
    const std::string records = read_file((fixtures / "cases.ndjson").string()).value();
    good = records.substr(0, records.find('\n') + 1);
    for (const char* each : {"one", "two"}) {
      fs::create_directories(folder / "book" / each);
      fs::copy_file(policy, folder / "book" / each / "tiny.rubric");
    }
  }
  void TearDown() override { fs::remove_all(folder); }

  // The same snapshot so often that nobody sees the end of it.
  std::vector<std::string> columns() const {
    const std::string lines = (folder / "cases.ndjson").string(), snapshot = (folder / "cases.rsnap").string();
    {
      std::ofstream out(lines);
      for (int k = 0; k < 3000; ++k) out << good;
    }
    const pid_t child = fork();
    if (child == 0) {
      execl(binary.c_str(), "rubric", "snapshot", lines.c_str(), "-o", snapshot.c_str(), "-q", static_cast<char*>(nullptr));
      _exit(99);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    return std::vector<std::string>(2000, snapshot);
  }

  struct Ended {
    std::string output;
    int status = 0;
  };
  // Reads `rubric run` until enough has come, and interrupts it: from `to`, which is its standard output or its terminal.
  template <class Enough>
  Ended interrupt(std::vector<std::string> arguments, int output, int input, std::array<int, 2> out, Enough enough) {
    const pid_t child = fork();
    if (child == 0) {
      dup2(out[1], output);
      if (input >= 0) dup2(input, 0);
      if (output == 2) dup2(open("/dev/null", O_WRONLY), 1);
      for (int each = 3; each < 100; ++each) close(each);
      alarm(60);
      signal(SIGINT, SIG_DFL);  // a shell's background jobs inherit that Ctrl-C is ignored, and so would the program
      std::vector<char*> all;
      for (std::string& each : arguments) all.push_back(each.data());
      all.push_back(nullptr);
      execv(binary.c_str(), all.data());
      _exit(99);
    }
    close(out[1]);
    if (input >= 0) close(input);
    Ended ended;
    std::array<char, 4096> piece;
    bool interrupted = false;
    for (ssize_t count; (count = read(out[0], piece.data(), piece.size())) > 0;) {
      ended.output.append(piece.data(), static_cast<size_t>(count));
      if (!interrupted && enough(ended.output)) kill(child, SIGINT), interrupted = true;
    }
    int status = 0;
    waitpid(child, &status, 0);
    ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    close(out[0]);
    return ended;
  }
  Ended interrupt(const std::string& policies, const std::vector<std::string>& cases, const std::string& format) {
    std::vector<std::string> arguments = {"rubric", "run", policies};
    arguments.insert(arguments.end(), cases.begin(), cases.end());
    for (const std::string& each : {std::string("--format"), format, std::string("--quiet")}) arguments.push_back(each);
    std::array<int, 2> in{-1, -1}, out{};
    EXPECT_EQ(pipe2(out.data(), O_CLOEXEC), 0);
    std::thread writer;
    if (cases[0] == "-") {
      EXPECT_EQ(pipe2(in.data(), O_CLOEXEC), 0);
      writer = std::thread([&, to = in[1]] {
        while (write(to, good.data(), good.size()) > 0) {
        }
      });
    }
    const Ended ended = interrupt(arguments, 1, in[0], out, [](const std::string& so_far) { return so_far.size() > 100'000; });
    if (writer.joinable()) writer.join(), close(in[1]);
    return ended;
  }
};

TEST_F(Interrupted, LeavesWholeLines) {
  const Ended ended = interrupt(policy, {"-"}, "ndjson");
  EXPECT_EQ(ended.status, 130);
  EXPECT_TRUE(ended.output.ends_with("}\n"));
}

TEST_F(Interrupted, LeavesWholeLinesOfASnapshot) {
  const Ended ended = interrupt(policy, columns(), "ndjson");
  EXPECT_EQ(ended.status, 130);
  EXPECT_TRUE(ended.output.ends_with("}\n"));
}

TEST_F(Interrupted, LeavesWholeLinesOfManyPolicies) {
  for (const auto& cases : {std::vector<std::string>{"-"}, columns()}) {
    const Ended ended = interrupt((folder / "book").string(), cases, "ndjson");
    EXPECT_EQ(ended.status, 130);
    EXPECT_TRUE(ended.output.ends_with("}\n"));
  }
}

TEST_F(Interrupted, ClosesAnArray) {
  for (const auto& cases : {std::vector<std::string>{"-"}, columns()}) {
    const Ended ended = interrupt(policy, cases, "json");
    EXPECT_EQ(ended.status, 130);
    EXPECT_TRUE(ended.output.starts_with("[\n{"));
    EXPECT_TRUE(ended.output.ends_with("}\n]\n")) << ended.output.substr(ended.output.size() - 50);
  }
}

TEST_F(Interrupted, SaysOnATerminalHowFarItIs) {
  for (const std::string& policies : {policy, (folder / "book").string()}) {
    std::vector<std::string> arguments = columns();
    arguments.insert(arguments.begin(), {"rubric", "run", policies});
    std::array<int, 2> terminal{};
    ASSERT_EQ(openpty(&terminal[0], &terminal[1], nullptr, nullptr, nullptr), 0);
    const Ended ended =
        interrupt(arguments, 2, -1, terminal, [](const std::string& so_far) { return so_far.find(" left") != std::string::npos; });
    EXPECT_TRUE(std::regex_search(ended.output, std::regex("\r[0-9,]+ cases, [0-9,]+ a second, [^\r]+ left\x1b\\[K"))) << ended.output;
  }
}

}  // namespace
}  // namespace rubric
