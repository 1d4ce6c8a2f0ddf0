// Ctrl-C in the middle of a run: what has been printed are whole determinations, and an array is closed.

#include "base/text.h"
#include "tests/paths.h"

#include <gtest/gtest.h>

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <thread>

namespace rubric {
namespace {

namespace fs = std::filesystem;

struct Ended {
  std::string output;
  int status = 0;
};

// Runs on a stream of records that does not end, and interrupts once something has been printed.
Ended interrupt(const std::string& format) {
  const fs::path source(source_folder);
  const std::string binary = (fs::read_symlink("/proc/self/exe").parent_path() / "rubric").string();
  const std::string policy = (source / "tests/fixtures/tiny.rubric").string();
  const std::string records = read_file((source / "tests/fixtures/cases.ndjson").string()).value();
  std::array<int, 2> in{}, out{};
  EXPECT_EQ(pipe(in.data()), 0);
  EXPECT_EQ(pipe(out.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(in[0], 0), dup2(out[1], 1);
    // A shell's background jobs inherit that Ctrl-C is ignored, and so would the program.
    signal(SIGINT, SIG_DFL);
    alarm(60);
    for (int each : {in[0], in[1], out[0], out[1]}) close(each);
    signal(SIGINT, SIG_DFL);  // whoever starts tests in the background ignores it
    execl(binary.c_str(), "rubric", "run", policy.c_str(), "-", "--format", format.c_str(), "--quiet", static_cast<char*>(nullptr));
    _exit(99);
  }
  close(in[0]), close(out[1]);
  signal(SIGPIPE, SIG_IGN);
  std::thread writer([&] {
    const std::string good = records.substr(0, records.find('\n') + 1);
    while (write(in[1], good.data(), good.size()) > 0) {
    }
  });
  Ended ended;
  std::array<char, 4096> piece;
  bool interrupted = false;
  for (ssize_t count; (count = read(out[0], piece.data(), piece.size())) > 0;) {
    ended.output.append(piece.data(), static_cast<size_t>(count));
    if (!interrupted && ended.output.size() > 100'000) kill(child, SIGINT), interrupted = true;
  }
  int status = 0;
  waitpid(child, &status, 0);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  close(out[0]);
  writer.join();
  close(in[1]);
  return ended;
}

TEST(interrupt, leaves_whole_lines) {
  const Ended ended = interrupt("ndjson");
  EXPECT_EQ(ended.status, 130);
  EXPECT_TRUE(ended.output.ends_with("}\n"));
}

TEST(interrupt, closes_an_array) {
  const Ended ended = interrupt("json");
  EXPECT_EQ(ended.status, 130);
  EXPECT_TRUE(ended.output.starts_with("[\n{"));
  EXPECT_TRUE(ended.output.ends_with("}\n]\n")) << ended.output.substr(ended.output.size() - 50);
}

}  // namespace
}  // namespace rubric
