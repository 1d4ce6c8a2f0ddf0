// See curves.h.
#include "bench/curves.h"

#include "bench/policies.h"
#include "bench/work.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <functional>
#include <thread>

namespace rubric::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr uint64_t seed = 20'260'101;

std::filesystem::path folder() { return std::filesystem::path(RUBRIC_SOURCE_DIR) / "bench"; }

// The criterion of a number: eight kinds in turn, none of which asks what another one does.
std::string criterion(int k) {
  switch (k % 8) {
    case 0: return fmt::format("years between Member.birthDate and Line.date >= {}", 5 + k / 8);
    case 1: return fmt::format("some Diagnosis D has D.code in Headache and D.onset <= Line.date - {} days", 30 + k);
    case 2:
      return fmt::format("Count(Trials T where T.category in Drugs and T.outcome = 'failed' and T.start > Line.date - {} days) >= 1",
                         365 + k);
    case 3:
      return fmt::format("no PriorProcedure P has P.code in Injections and P.date > Line.date - {} days and P.date < Line.date", 7 + k);
    case 4: return fmt::format("some Study S has S.kind = 'MRI' and S.result = 'normal' and S.date > Line.date - {} days", 500 + k);
    case 5: return fmt::format("Count(PriorProcedures P where P.code in Injections and P.reliefPercent < {}) < 3", 20 + k / 8);
    case 6:
      return fmt::format("some Finding F has F.type = 'triggerPoint' and F.activity = 'active' and F.date > Line.date - {} days", 90 + k);
    default: return fmt::format("Line.units <= {}", 8 + k);
  }
}

// The benchmark's policy with so many criteria of these kinds, each of which can deny.
std::string policy_of(int criteria) {
  const std::string text = read_text(folder() / "headache.rubric");
  std::string out = text.substr(0, text.find("criterion Adult")), names;
  for (int k = 0; k < criteria; ++k) {
    out += fmt::format("criterion C{0} 'Criterion {0}'\n  {1}\n  cite Text '{0}'\n\n", k, criterion(k));
    names += fmt::format("{}C{}", k ? ", " : "", k);
  }
  return out + fmt::format(
                   "rule Covered approve\n  when all of {0}\n  cite Text '1'\n\nrule NotCovered deny\n  when any of {0} is not met\n"
                   "  cite Text '1'\n",
                   names);
}

// One curve: each of its points is a number of something, and what a case costs there in each column, in nanoseconds.
class Curve {
 public:
  Curve(std::string name, std::string of, std::vector<std::string> columns)
      : name_(std::move(name)), of_(std::move(of)), columns_(std::move(columns)) {
    fmt::print("{}\n\n{:>10}", name_, of_);
    for (const std::string& column : columns_) fmt::print(" {:>16}", column);
    fmt::print("\n");
  }
  ~Curve() { fmt::print("\n"); }
  Curve(const Curve&) = delete;
  Curve& operator=(const Curve&) = delete;

  void add(size_t at, const std::vector<double>& nanoseconds) {
    fmt::print("{:>10}", at);
    Json point{{of_, at}};
    for (size_t k = 0; k < columns_.size(); ++k) {
      fmt::print(" {:>16.0f}", nanoseconds[k]);
      point[columns_[k]] = nanoseconds[k];
    }
    fmt::print("\n");
    std::fflush(stdout);
    points_.push_back(std::move(point));
  }
  // The fastest turns of these columns' names.
  void add(size_t at, const Turns& turns, double cases) {
    std::vector<double> found;
    for (const std::string& column : columns_) found.push_back(turns.best(column) * 1e9 / cases);
    add(at, found);
  }
  Json points() const { return points_; }

 private:
  std::string name_, of_;
  std::vector<std::string> columns_;
  Json points_ = Json::array();
};

// One point of a curve; native code takes part where it has the cases.
Turns in_turns(const vm::VerifiedProgram& program, const Records& records, int rounds, const Cases* natively = nullptr) {
  const Batches batches = load(program, records);
  Turns turns(rounds);
  if (natively) turns.add("native_full", [&] { evaluate_natively(*natively); });
  turns.add("load", [&] { load_all(program, records); });
  turns.add("eval", [&] { evaluate_all(program, batches); });
  turns.run({});
  return turns;
}

Json by_cases(const vm::VerifiedProgram& program, int rounds) {
  Curve curve("A case's cost by the number of cases", "cases", {"native_full", "load", "eval"});
  for (const uint32_t count : {100u, 1'000u, 10'000u, 100'000u}) {
    const Cases cases = make_cases(count, seed);
    const Records records = to_records(cases, seed + 1);
    const Turns turns = in_turns(program, records, rounds, &cases);
    curve.add(count, turns, count);
  }
  return curve.points();
}

Json by_criteria(int rounds) {
  Curve curve("A case's cost by the number of criteria", "criteria", {"load", "eval"});
  const Records records = to_records(make_cases(4'096, seed), seed + 1);
  for (const int count : {4, 8, 16, 32, 64, 128, 256}) {
    const vm::VerifiedProgram program = compiled_text(policy_of(count));
    const Turns turns = in_turns(program, records, rounds);
    curve.add(static_cast<size_t>(count), turns, static_cast<double>(records.size()));
  }
  return curve.points();
}

Json by_rows(const vm::VerifiedProgram& program, int rounds) {
  Curve curve("A case's cost by the rows of each of its five lists", "rows", {"native_full", "load", "eval"});
  for (const uint32_t rows : {1u, 4u, 16u, 64u, 256u}) {
    const uint32_t count = std::clamp(65'536u / rows, 256u, 4'096u);
    const Cases cases = make_cases(count, seed, rows);
    const Records records = to_records(cases, seed + 1);
    const Turns turns = in_turns(program, records, rounds, &cases);
    curve.add(rows, turns, count);
  }
  return curve.points();
}

Json by_policies() {
  Curve curve("A case's cost by the number of policies that one run decides by, with its output", "policies", {"run"});
  const Records records = to_records(make_cases(4'000, seed), seed + 1);
  const auto nanoseconds = [&](double seconds) { return std::vector{seconds * 1e9 / static_cast<double>(records.size())}; };
  for (const size_t count : {10, 100, 500}) {
    const ManyPolicies many = many_policies(folder() / "headache.rubric", records, count);
    if (count == 10) curve.add(1, nanoseconds(many.one));
    curve.add(count, nanoseconds(many.at_once));
  }
  return curve.points();
}

Json by_threads(const vm::VerifiedProgram& program, int rounds) {
  Curve curve("A case's cost by the number of threads, from its record to its trace, by the wall", "threads", {"ndjson"});
  const Records records = to_records(make_cases(20'000, seed), seed + 1);
  for (unsigned threads = 1; threads <= std::max(2u, std::thread::hardware_concurrency()); ++threads) {
    Turns turns(rounds);
    turns.add_by_the_wall("ndjson", [&] { decide_on_threads(program, records, threads); });
    turns.run({});
    curve.add(threads, turns, static_cast<double>(records.size()));
  }
  return curve.points();
}

}  // namespace

bool draw_curves(const Options& options) {
  const vm::VerifiedProgram program = compiled(folder() / "headache.rubric");
  Json all;
  const auto draw = [&](const char* name, const std::function<Json()>& curve) {
    if (is_named(name, options.only)) all[name] = curve();
  };
  draw("cases", [&] { return by_cases(program, options.rounds); });
  draw("criteria", [&] { return by_criteria(options.rounds); });
  draw("rows", [&] { return by_rows(program, options.rounds); });
  draw("policies", [&] { return by_policies(); });
  draw("threads", [&] { return by_threads(program, options.rounds); });
  if (options.json.empty()) return true;
  std::ofstream file(options.json);
  file << all.dump(2) << '\n';
  return static_cast<bool>(file.flush());
}

}  // namespace rubric::bench
