// See output.h.
//
// A thread of its own waits for the signals (sigwait), so that no code ever runs inside a signal handler: it takes the
// lock that every write holds, and then nothing is half written.

#include "cli/output.h"

#include "cli/console.h"

#include <fmt/format.h>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <system_error>
#include <thread>

namespace rubric::cli {

namespace {

constexpr size_t buffer_size = 1 << 18;

// One standard output, one lock. They outlive main, because the signal thread may still be waiting then.
std::mutex& writing() {
  static std::mutex* lock = new std::mutex;
  return *lock;
}
std::string& ending_text() {
  static std::string* text = new std::string;
  return *text;
}

void write_all(std::string_view bytes, std::string& problem, bool& closed) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (wrote >= 0) {
      bytes.remove_prefix(static_cast<size_t>(wrote));
    } else if (errno == EPIPE) {
      closed = true;
      return;
    } else if (errno != EINTR) {
      problem = std::generic_category().message(errno);
      return;
    }
  }
}

}  // namespace

void Output::write(std::string_view lines) {
  if (is_over()) return;
  buffer += lines;
  if (buffer.size() >= buffer_size) flush();
}

void Output::flush() {
  if (buffer.empty() || is_over()) return;
  write_out(buffer);
  buffer.clear();
}

Exit Output::finish(Console& console, Exit otherwise) {
  flush();
  if (problem_text.empty()) return otherwise;
  console.error(fmt::format("cannot write the output: {}", problem_text));
  return Exit::failed;
}

void Output::write_out(std::string_view bytes) {
  const std::lock_guard lock(writing());
  write_all(bytes, problem_text, closed);
}

void Output::set_ending(std::string ending) {
  const std::lock_guard lock(writing());
  ending_text() = std::move(ending);
}

void Output::end_lines_on_interrupt() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int each : {SIGINT, SIGTERM}) {
    struct sigaction now{};
    sigaction(each, nullptr, &now);
    if (now.sa_handler != SIG_IGN) sigaddset(&signals, each);  // nohup, and jobs in the background, stay as they are
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // inherited by every thread: only sigwait takes them
  std::thread([signals] {
    int signal = 0;
    sigwait(&signals, &signal);
    // A second Ctrl-C does not wait for a reader that has stopped reading.
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    const std::lock_guard lock(writing());
    std::string problem;
    bool closed = false;
    write_all(ending_text(), problem, closed);
    _exit(128 + signal);
  }).detach();
}

}  // namespace rubric::cli
