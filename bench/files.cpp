// See files.h.
#include "bench/files.h"

#include "bench/cases.h"
#include "bench/measure.h"
#include "bench/rubric_process.h"
#include "vm/machine.h"
#include "vm/save.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace rubric::bench {

SnapshotFile::SnapshotFile(const vm::VerifiedProgram& program, const std::vector<std::string>& records) {
  write(program, "records", [&](const Records& take) { take(records); });
}

SnapshotFile::SnapshotFile(const vm::VerifiedProgram& program, uint32_t cases, uint64_t seed) {
  constexpr uint32_t part = 20'000;
  write(program, "many", [&](const Records& take) {
    for (uint32_t first = 0; first < cases; first += part) {
      const uint64_t of_part = seed + 2 * uint64_t{first / part};
      take(to_records(make_cases(std::min(part, cases - first), of_part), of_part + 1, first));
    }
  });
}

void SnapshotFile::write(const vm::VerifiedProgram& program, std::string_view name, const std::function<void(const Records&)>& give) {
  path_ = std::filesystem::temp_directory_path() / fmt::format("rubric-bench-{}-{}.rsnap", getpid(), name);
  std::ofstream file(path_, std::ios::binary);
  vm::SnapshotWriter writer(*program, {{"generated"}},
                            [&](std::string_view more) { file.write(more.data(), static_cast<std::streamsize>(more.size())); });
  give([&](const std::vector<std::string>& records) {
    for (const std::string& record : records) writer.add(record, "generated");
  });
  writer.finish();
  if (!file.flush()) fail(fmt::format("cannot write {}", path_.string()));
  if (writer.cases_as_text() > 0) fail("some of the generated records are kept as text");
}

SnapshotFile::~SnapshotFile() { std::filesystem::remove(path_); }

double SnapshotFile::bytes() const { return static_cast<double>(std::filesystem::file_size(path_)); }

void SnapshotFile::decide(const vm::VerifiedProgram& program) const {
  const auto snapshot = vm::Snapshot::open(path_.string());
  if (!snapshot) fail(snapshot.error());
  auto reader = vm::SnapshotReader::create(*snapshot, *program, "2026-03-01");
  if (!reader) fail(reader.error());
  vm::Decisions d;
  for (size_t b = 0; b < snapshot->blocks(); ++b) {
    d.batch = nullptr;   // so that its storage, which is in the cache, is taken for the next one
    auto batch = reader->read(b);
    if (!batch) fail(batch.error());
    keep((d = vm::run(program, std::move(*batch), {}, nullptr, std::move(d))).registers.size());
  }
}

namespace {

// Of a process that still runs. What wait4 says of it would include the memory of whoever started it.
double peak_mib(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;  // in KiB
  }
  fail("the system does not say how much memory a process took");
}

}  // namespace

double stream_peak_mib(const std::filesystem::path& policy, const std::vector<std::string>& records, size_t bytes) {
  const auto [child, in, binary] = start_rubric(policy.string(), "-", {}, false);
  std::string lines;
  for (const std::string& record : records) (lines += record) += '\n';
  bool taken = true;
  for (size_t sent = 0; sent < bytes && taken;) {
    // Records repeat, and are whole.
    for (size_t at = 0; at < lines.size() && taken;) {
      const ssize_t wrote = write(in, lines.data() + at, lines.size() - at);
      taken = wrote > 0;
      at += taken ? static_cast<size_t>(wrote) : 0;
    }
    sent += lines.size();
  }
  const double peak = taken ? peak_mib(child) : 0;
  close(in);
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0 || !taken) fail(fmt::format("{} run did not decide the stream", binary));
  return peak;
}

double run_seconds(const vm::VerifiedProgram& program, const std::vector<std::string>& records, int rounds) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / fmt::format("rubric-bench-run-{}", getpid());
  const std::filesystem::path policy = folder / "policy.rbc", cases = folder / "cases.ndjson";
  std::filesystem::create_directories(folder);
  if (!(std::ofstream(policy, std::ios::binary) << save(*program)).flush()) fail(fmt::format("cannot write {}", policy.string()));
  std::ofstream lines(cases, std::ios::binary);
  for (const std::string& record : records) lines << record << '\n';
  if (!lines.flush()) fail(fmt::format("cannot write {}", cases.string()));
  double best = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto [child, in, binary] = start_rubric(policy.string(), cases.string(), {"--threads", "1"}, true);
    close(in);
    int status = 0;
    rusage used{};
    if (wait4(child, &status, 0, &used) != child || status != 0) fail(fmt::format("{} run did not decide the cases", binary));
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
    const double taken = seconds(used.ru_utime) + seconds(used.ru_stime);
    if (round == 0 || taken < best) best = taken;
  }
  std::filesystem::remove_all(folder);
  return best;
}

}  // namespace rubric::bench
