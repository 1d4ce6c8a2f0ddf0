// See policies.h.
#include "bench/policies.h"

#include "bench/measure.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

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

// The processor's time of a run, in seconds.
double run_seconds(const fs::path& policies, const fs::path& cases) {
  const std::string binary = (fs::read_symlink("/proc/self/exe").parent_path() / "rubric").string();
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO), dup2(nowhere, STDERR_FILENO);
    execl(binary.c_str(), "rubric", "run", policies.c_str(), cases.c_str(), "--format", "ndjson", "--quiet", "--as-of", "2026-03-01",
          "--threads", "1", static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  rusage used{};
  if (wait4(child, &status, 0, &used) != child || status != 0) fail(fmt::format("{} run did not decide {}", binary, cases.string()));
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
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
  std::string cases, single;
  for (size_t k = 0; k < records.size(); ++k) cases += with_codes(records[k], k, policies) + '\n';
  single = cases.substr(0, cases.find('\n') + 1);
  write(folder / "cases.ndjson", cases);
  write(folder / "single.ndjson", single);
  const auto time = [&](const char* which) {
    return run_seconds(folder / which, folder / "cases.ndjson") - run_seconds(folder / which, folder / "single.ndjson");
  };
  const ManyPolicies out{policies, time("many"), time("one")};
  fs::remove_all(folder);
  return out;
}

}  // namespace rubric::bench
