// See rubric_process.h.
#include "bench/rubric_process.h"

#include "bench/measure.h"
#include "bench/programs.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace rubric::bench {

RubricProcess start_rubric(const std::string& policy, const std::string& cases, std::vector<std::string> arguments, bool mute) {
  const std::string binary = (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "rubric").string();
  arguments.insert(arguments.begin(), {"rubric", "run", policy, cases, "--format", "ndjson", "--quiet", "--as-of", as_of});
  std::vector<char*> words;
  for (std::string& each : arguments) words.push_back(each.data());
  words.push_back(nullptr);
  std::array<int, 2> in{};
  if (pipe2(in.data(), O_CLOEXEC) != 0) fail("there is no pipe");
  signal(SIGPIPE, SIG_IGN);
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(in[0], STDIN_FILENO), dup2(nowhere, STDOUT_FILENO);
    if (mute) dup2(nowhere, STDERR_FILENO);
    execv(binary.c_str(), words.data());
    _exit(127);
  }
  close(in[0]);
  return {child, in[1], binary};
}

}  // namespace rubric::bench
