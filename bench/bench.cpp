// The benchmark: everybody first agrees, case by case; then all take turns, and of each the fastest turn counts.
//
//   rubric_bench [--cases N] [--rounds N] [--json FILE] [--only TURN,TURN] [--packages FOLDER]
//                                               `diff` takes fifty times as many cases
//   rubric_bench --curves [--rounds N] [--json FILE] [--only CURVE,CURVE]     how cost grows
//   rubric_bench [--cases N] --write FILE       the records as lines, for `rubric run bench/headache.rubric FILE`
//
// One table from one run. Turns are interleaved, so that a machine that is busy or slows down does so for everybody;
// the least of several turns is what a quiet machine would have shown. Policies and records are made before any clock runs.
#include "bench/contestants.h"
#include "bench/curves.h"
#include "bench/edit.h"
#include "bench/files.h"
#include "bench/measure.h"
#include "bench/packages.h"
#include "bench/policies.h"
#include "bench/single.h"
#include "bench/work.h"

#include "base/source.h"
#include "compiler/compile.h"
#include "vm/enum_names.h"
#include "vm/machine.h"
#include "vm/prepared.h"
#include "vm/settle.h"
#include "vm/widely.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>

namespace rubric::bench {
namespace {

constexpr uint64_t seed = 20'260'101;
constexpr std::string_view package_names[] = {"duckdb", "json-logic", "zen", "cql-execution"};
constexpr size_t stream_bytes = 1'000'000'000;
// Two versions are compared over other cases, fifty times as many: a million, usually. What comes but once in a while comes in them.
constexpr uint32_t diff_times = 50;

// Completions are tried only for lines that are open.
uint64_t settle_open_lines(const vm::Decisions& d, vm::Settler& settler) {
  const vm::Program& p = **d.program;
  const vm::Column& outcome = d.column(p.blocks[0].outcome);
  std::vector<vm::Row> open;
  for (vm::Row r = 0; r < outcome.rows; ++r) {
    if (!vm::has_one(static_cast<vm::OutcomeSet>(outcome.cell8[r]))) open.push_back(r);
  }
  for (const vm::Settlement& each : settler.settle(d, open)) keep(each.possible);
  return open.size();
}

// What Rubric's registers say of a line, in the contestants' words.
class Reading {
 public:
  explicit Reading(const vm::Program& p) : program_(p) {
    for (const std::string_view name : criterion_names) {
      const auto at = std::find_if(p.criteria.begin(), p.criteria.end(), [&](const vm::Criterion& c) { return p.texts[c.name] == name; });
      if (at == p.criteria.end()) fail(fmt::format("the policy has no criterion {}", name));
      criteria_.push_back(&*at);
    }
  }
  LineResult line(const vm::Decisions& d, vm::Row r) const {
    LineResult out{};
    const auto kleene = [&](vm::Id reg) {
      const vm::Truth t = d.truth(reg, d.column(reg).at(r));
      return t == vm::Truth::yes ? yes : t == vm::Truth::no ? no : unknown;
    };
    for (size_t k = 0; k < criteria_.size(); ++k) out.criteria[k] = kleene(criteria_[k]->value);
    out.criteria[lasted_applies] = kleene(criteria_[lasted]->applicable);
    const auto set = static_cast<vm::OutcomeSet>(d.column(program_.blocks[0].outcome).cell8[r]);
    out.decision = vm::has_one(set) ? decision(vm::the_one(set)) : Decision::open;
    return out;
  }

 private:
  static Decision decision(vm::Outcome o) {
    switch (o) {
      case vm::Outcome::approve: return Decision::approve;
      case vm::Outcome::deny: return Decision::deny;
      case vm::Outcome::review: return Decision::review;
      case vm::Outcome::conflict: return Decision::conflict;
      default: return Decision::gap;
    }
  }
  const vm::Program& program_;
  std::vector<const vm::Criterion*> criteria_;
};

std::string words(const LineResult& r) {
  std::string out;
  for (const Kleene k : r.criteria) out += k == yes ? 'y' : k == no ? 'n' : '?';
  return out + " " + std::to_string(static_cast<int>(r.decision));
}

void agree(std::string_view who, const std::vector<LineResult>& expected, const std::vector<LineResult>& found) {
  if (expected.size() != found.size()) fail(fmt::format("{} has {} lines of {}", who, found.size(), expected.size()));
  for (size_t k = 0; k < expected.size(); ++k) {
    if (expected[k] != found[k]) fail(fmt::format("{} disagrees on line {}: {}, not {}", who, k, words(found[k]), words(expected[k])));
  }
}

template <class T>
bool same_rows(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

// A policy of about a million bytes: the benchmark's, with many more criteria of the same kinds.
std::string large_policy(const std::string& text) {
  const size_t begin = text.find("criterion Adult"), end = text.find("rule Covered");
  const std::string criteria = text.substr(begin, end - begin);
  std::string out = text.substr(0, end);
  for (int copy = 1; out.size() < 1'000'000; ++copy) {
    std::string more = criteria;
    for (size_t at = 0; (at = more.find("\ncriterion ", at)) != std::string::npos;) {
      at += 11;
      at = more.find(' ', at);
      more.insert(at, fmt::format("_{}", copy));
    }
    more.insert(more.find(' ', 10), fmt::format("_{}", copy));
    out += more;
  }
  return out + text.substr(end);
}

// What Rubric's own loops are taken in; simdjson chooses for itself.
void take_instructions(std::string_view name) {
  for (const auto each : {vm::Instructions::of_any, vm::Instructions::avx2, vm::Instructions::avx512}) {
    if (vm::enum_name(each) != name) continue;
    if (each > vm::best_instructions()) fail(fmt::format("this processor has no {}", name));
    vm::instructions = each;
    return;
  }
  fail(fmt::format("there are no instructions {}; there are of_any, avx2 and avx512", name));
}

int run(const Options& options) {
  if (!options.instructions.empty()) take_instructions(options.instructions);
  const std::filesystem::path folder = std::filesystem::path(RUBRIC_SOURCE_DIR) / "bench";
  const vm::VerifiedProgram program = compiled(folder / "headache.rubric");
  const Cases cases = make_cases(options.cases, seed);
  std::vector<std::string> records = to_records(cases, seed + 1);
  size_t bytes = 0;
  for (std::string& record : records) {
    bytes += record.size();
    record.reserve(record.size() + 64);  // On-Demand's padding
  }
  if (!options.write.empty()) {
    std::ofstream out(options.write, std::ios::binary);
    for (const std::string& record : records) out << record << '\n';
    return out.flush() ? 0 : 1;
  }
  const auto count = static_cast<double>(cases.cases.size());
  fmt::print("{} cases, {} lines, {:.0f} bytes of JSON a case, {} instructions; {} rounds, loops for {}\n", cases.cases.size(),
             cases.lines.size(), static_cast<double>(bytes) / count, program->code.size(), options.rounds, vm::enum_name(vm::instructions));

  // ---- everybody agrees
  std::vector<LineResult> expected;
  for (const Case& c : cases.cases) {
    for (uint32_t l = c.lines.begin; l < c.lines.end; ++l) {
      expected.push_back(evaluate(cases, c, cases.lines[l]));
      if (decide(cases, c, cases.lines[l]) != expected.back().decision) fail(fmt::format("the short decision disagrees on line {}", l));
    }
  }
  const auto batches = load(program, records);
  const Reading reading(*program);
  std::vector<LineResult> ours;
  for (const auto& batch : batches) {
    for (vm::Row row = 0; row < batch->cases; ++row) {
      if (batch->info.is_rejected(row)) fail(fmt::format("{}: {}", batch->info[row].id, batch->info[row].messages[0].message));
    }
    const vm::Decisions d = vm::run(program, batch);
    for (vm::Row r = 0; r < batch->domains[program->lines_domain].rows; ++r) ours.push_back(reading.line(d, r));
  }
  agree("Rubric", expected, ours);
  const auto lua = luajit(cases), sql = sqlite(cases);
  lua->run();
  agree("LuaJIT", expected, lua->results());
  sql->run();
  agree("SQLite", expected, sql->results());
  OnDemand on_demand;
  on_demand.read(records);
  const Cases& read = on_demand.cases();
  if (!same_rows(read.lines, cases.lines) || !same_rows(read.diagnoses, cases.diagnoses) || read.trials.size() != cases.trials.size() ||
      read.priors.size() != cases.priors.size()) {
    fail("On-Demand has read other rows");
  }
  SingleCases single(folder / "headache.rubric", records);
  single.agree(expected);
  Stage1 stage1;
  std::map<std::string_view, PackageResult> packages;
  if (!options.packages.empty() && options.only.empty()) {
    const Packages process(cases, folder / "contestants", options.packages);
    for (const std::string_view name : package_names) {
      const auto found = process.decide(name, options.rounds);
      if (!found) {
        fmt::print("{} is left out: its package does not load here\n", name);
        continue;
      }
      agree(name, expected, found->lines);
      packages[name] = *found;
    }
  }
  fmt::print("all agree on {} lines\n\n", expected.size());

  // ---- turns
  Turns turns(options.rounds);
  turns.add("native_full", [&] { evaluate_natively(cases); });
  turns.add("native_decide", [&] {
    for (const Case& c : cases.cases) {
      for (uint32_t l = c.lines.begin; l < c.lines.end; ++l) keep(decide(cases, c, cases.lines[l]));
    }
  });
  turns.add("eval", [&] { evaluate_all(program, batches); });
  turns.add("eval_no_trace", [&] { evaluate_all(program, batches, &program.prepared().decisive); });
  turns.add("single", [&] { single.decide(); });
  turns.add("luajit", [&] { lua->run(); });
  turns.add("sqlite", [&] { sql->run(); }, 2);
  turns.add("load", [&] { load_all(program, records); });
  turns.add("on_demand", [&] { on_demand.read(records); });
  turns.add("stage1", [&] { keep(stage1.read(records)); });
  turns.add("ndjson", [&] {
    vm::Loader loader(*program, as_of);
    vm::Decisions d;
    for (size_t k = 0; k < records.size(); ++k) {
      loader.add(records[k], "generated");
      if (loader.pending() < batch_cases && k + 1 < records.size()) continue;
      keep((d = vm::run(program, std::make_shared<const vm::Batch>(loader.take()), {}, nullptr, std::move(d))).registers.size());
    }
  });
  const SnapshotFile snapshot(program, records);
  turns.add("snapshot", [&] { snapshot.decide(program); });
  const EditedPolicy edit(folder / "headache.rubric");
  EditedPolicy::Found edited;
  std::optional<SnapshotFile> many_cases;
  if (is_named("diff", options.only)) many_cases.emplace(program, options.cases * diff_times, seed + 2);
  turns.add_longer("diff", [&] { edited = edit.compare(many_cases->path()); }, diff_times);
  uint64_t open_lines = 0;
  turns.add(
      "settled",
      [&] {
        open_lines = 0;
        vm::Settler settler;
        vm::Decisions run;
        for (const auto& batch : batches) {
          run = vm::run(program, batch, {}, nullptr, std::move(run));
          open_lines += settle_open_lines(run, settler);
        }
      },
      1);
  turns.add_by_the_wall("threads1", [&] { decide_on_threads(program, records, 1); });
  turns.add_by_the_wall("threads2", [&] { decide_on_threads(program, records, 2); });
  const std::string policy_text = large_policy(read_text(folder / "headache.rubric"));
  turns.add(
      "compile",
      [&] {
        SourceSet sources;
        Diagnostics diagnostics;
        if (!compile_text("large.rubric", policy_text, sources, diagnostics).program)
          fail("the large policy does not compile: " + first_error(diagnostics));
      },
      1);
  turns.run(options.only);
  if (!options.only.empty()) {
    turns.print(count);
    return 0;
  }

  const SingleCases::Microseconds settled_alone = single.settled(), explained_alone = single.explained();

  // ---- the table
  const auto ns = [&](std::string_view name) { return turns.best(name) * 1e9 / count; };
  const auto rate = [&](std::string_view name) { return static_cast<double>(bytes) / turns.best(name) / 1e9; };
  fmt::print("{:<16} {:>12}\n", "", "ns a case");
  for (const std::string_view name : {"native_full", "native_decide", "eval", "eval_no_trace", "luajit", "sqlite", "load", "on_demand",
                                      "stage1", "ndjson", "snapshot", "diff", "settled"}) {
    fmt::print("{:<16} {:>12.0f}{}\n", name, ns(name),
               name == "load" || name == "on_demand" || name == "stage1" ? fmt::format("   {:.2f} GB/s", rate(name)) : "");
  }
  for (const auto& [name, result] : packages)
    fmt::print("{:<16} {:>12.0f}   the first {} cases\n", name, result.seconds * 1e9, result.timed);
  fmt::print("one case alone, with its trace and what could settle it: {:.0f} us, one in a hundred more than {:.0f} us\n",
             explained_alone.half, explained_alone.most);
  fmt::print("a case takes {:.0f} bytes in a snapshot\n", snapshot.bytes() / count);
  fmt::print("an edit of a threshold changes {} of {} lines\n", edited.changed, edited.lines);
  fmt::print("{} of {} lines are open, and settled by completions\n\n", open_lines, cases.lines.size());

  Table table;
  table.add("eval_vs_native_full", ns("eval") / ns("native_full"));
  table.add("eval_vs_native_decide", ns("eval") / ns("native_decide"));
  table.add("trace_overhead", ns("eval") / ns("eval_no_trace"));
  table.add("load_vs_ondemand", rate("load") / rate("on_demand"));
  table.add("load_vs_stage1", rate("load") / rate("stage1"));
  table.add("luajit_vs_eval", ns("luajit") / ns("eval"));
  table.add("sqlite_vs_eval", ns("sqlite") / ns("eval"));
  table.add("threads2", turns.best("threads1") / turns.best("threads2"));
  table.add("cases_per_second_ndjson", 1e9 / ns("ndjson"));
  table.add("cases_per_second_snapshot", 1e9 / ns("snapshot"));
  table.add("cases_per_second_run", count / run_seconds(program, records, options.rounds));
  table.add("single_p50_us", settled_alone.half);
  table.add("single_p99_us", settled_alone.most);
  table.add("compile_1mb_s", turns.best("compile") * 1e6 / static_cast<double>(policy_text.size()));
  table.add("diff_million_s", turns.best("diff") * 1e6 / count);
  const std::vector<std::string> some(records.begin(), records.begin() + static_cast<ptrdiff_t>(std::min<size_t>(records.size(), 8'000)));
  const ManyPolicies many = many_policies(folder / "headache.rubric", some, 500);
  table.add("policies500_vs_one", many.at_once / many.one);
  table.add("stream_peak_mib", stream_peak_mib(folder / "headache.rubric", records, stream_bytes));
  for (const auto& [name, figure] : {std::pair{"duckdb", "duckdb_vs_eval"},
                                     {"json-logic", "jsonlogic_vs_eval"},
                                     {"zen", "zen_vs_eval"},
                                     {"cql-execution", "cql_execution_vs_eval"}}) {
    if (const auto at = packages.find(name); at != packages.end()) table.add(figure, at->second.seconds * 1e9 / ns("eval"));
  }
  table.check(packages.size() == std::size(package_names));
  table.print();
  return options.json.empty() || table.write(options.json) ? 0 : 1;
}

}  // namespace
}  // namespace rubric::bench

int main(int argc, char** argv) {
  try {
    const rubric::bench::Options options = rubric::bench::parse_options(argc, argv);
    if (options.curves) return rubric::bench::draw_curves(options) ? 0 : 1;
    return rubric::bench::run(options);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "rubric_bench: %s\n", problem.what());
    return 1;
  }
}
