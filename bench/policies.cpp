// See policies.h.
#include "bench/policies.h"

#include "bench/measure.h"
#include "bench/rubric_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <iterator>
#include <thread>

namespace rubric::bench {

namespace fs = std::filesystem;

namespace {

constexpr size_t first_code = 70000;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  if (!(file << text).flush()) fail(fmt::format("cannot write {}", path.string()));
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  if (at == std::string::npos) fail(fmt::format("the policy has no {}", from));
  text.replace(at, from.size(), to);
}

// The policy for these codes, and from this age on.
std::string version(std::string text, const std::string& name, const std::vector<size_t>& codes, size_t age) {
  std::string set;
  for (const size_t code : codes) set += fmt::format("{}'{}'", set.empty() ? "" : ", ", first_code + code);
  replace(text, "policy HeadacheBenchmark", "policy " + name);
  replace(text, "Line.code in Injections", "Line.code in Mine");
  replace(text, "valueset Injections:", fmt::format("valueset Mine: CPT {{ {} }}\nvalueset Injections:", set));
  replace(text, ">= 18", fmt::format(">= {}", age));
  return text;
}

// A record with other codes on its lines.
std::string with_codes(std::string record, size_t number, size_t codes) {
  const size_t begin = record.find("\"lines\":["), list_after = record.find("\"priorProcedures\"", begin);
  for (size_t at = begin; (at = record.find("\"2055", at)) != std::string::npos && at < list_after; ++at)
    record.replace(at + 1, 5, std::to_string(first_code + (number = (number * 1103515245 + 12345) % (1u << 31)) % codes));
  return record;
}

double seconds(const timespec& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9; }

// Asleep for a while, and not because others have the processor: it waits for what comes through the pipe.
void wait_until_idle(pid_t process) {
  for (int asleep = 0; asleep < 5;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::ifstream stat(fmt::format("/proc/{}/stat", process));
    const std::string text{std::istreambuf_iterator<char>(stat), {}};
    const size_t state = text.rfind(") ");
    if (state == std::string::npos || text[state + 2] == 'Z') fail("rubric run ended before it had a case");
    asleep = text[state + 2] == 'S' ? asleep + 1 : 0;
  }
}

// The processor's time from the first case to the end: what compiling the policies took is over when the first case comes.
double run_seconds(const fs::path& policies, const std::string& cases) {
  const auto [child, in, binary] = start_rubric(policies.string(), "-", {"--threads", "1"}, true);
  wait_until_idle(child);
  clockid_t clock{};
  timespec begun{};
  if (clock_getcpuclockid(child, &clock) != 0 || clock_gettime(clock, &begun) != 0) fail("the system does not say what a process took");
  for (size_t at = 0; at < cases.size();) {
    const ssize_t wrote = ::write(in, cases.data() + at, cases.size() - at);
    if (wrote <= 0) break;
    at += static_cast<size_t>(wrote);
  }
  close(in);
  int status = 0;
  rusage used{};
  if (wait4(child, &status, 0, &used) != child || status != 0) fail(fmt::format("{} run did not decide the cases", binary));
  const auto whole = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return whole(used.ru_utime) + whole(used.ru_stime) - seconds(begun);
}

}  // namespace

ManyPolicies many_policies(const fs::path& policy, const std::vector<std::string>& records, size_t policies) {
  const fs::path folder = fs::temp_directory_path() / fmt::format("rubric-bench-policies-{}", getpid());
  const std::string text = read_text(policy);
  std::vector<size_t> all;
  for (size_t k = 0; k < policies; ++k) {
    all.push_back(k);
    write(folder / "many" / fmt::format("p{:03}", k) / "policy.rubric",
          version(text, fmt::format("P{}", k), {k, (k + policies / 2) % policies}, 16 + k % 5));
  }
  write(folder / "one" / "policy.rubric", version(text, "All", all, 18));
  std::string cases;
  for (size_t k = 0; k < records.size(); ++k) cases += with_codes(records[k], k, policies) + '\n';
  const ManyPolicies out{policies, run_seconds(folder / "many", cases), run_seconds(folder / "one", cases)};
  fs::remove_all(folder);
  return out;
}

}  // namespace rubric::bench
