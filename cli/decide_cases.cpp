// See decide_cases.h.
//
// This thread reads and writes, the workers decide (base/in_order.h).

#include "cli/decide_cases.h"

#include "base/in_order.h"
#include "base/must.h"
#include "cli/arguments.h"
#include "cli/case_batches.h"
#include "cli/console.h"
#include "cli/determinations.h"
#include "cli/histories.h"
#include "render/words.h"
#include "vm/each_trace.h"
#include "vm/kept_decisions.h"
#include "vm/machine.h"
#include "vm/trace_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

namespace rubric::cli {

namespace {

// What counts of a case.
void count(const vm::Trace& but_lines, std::span<const vm::Outcome> lines, Decided& decided) {
  ++decided.tally.cases;
  decided.tally.rejected += but_lines.rejected;
  for (const vm::RecordMessage& each : but_lines.messages) decided.remarks.push_back({but_lines.source, each});
  for (const vm::Outcome each : lines) decided.tally.count(each);
}

class Decider {
 public:
  Decider(const vm::VerifiedProgram& program, const DecideOptions& options)
      : program(program), options(options), batches(*program, options.as_of) {
    if (options.form != Form::site) {
      determinations.emplace(program, options, most_told);
      return;
    }
    pages.emplace(*program);
    histories.emplace(*program, options.as_of);
  }

  void add(const Record& record) {
    batches.add(record);
    if (histories) histories->add(record);
  }

  Decided take() {
    Decided decided;
    const auto taken = batches.take(), beside = histories ? histories->take() : std::vector<std::shared_ptr<const vm::Batch>>();
    for (size_t i = 0; i < taken.size(); ++i) {
      decisions = vm::run(program, taken[i], {}, nullptr, std::move(decisions));
      if (options.keeps) keep(decisions, decided);
      if (pages) draw(i < beside.size() ? beside[i].get() : nullptr, decided);
      else write(decided);
    }
    if (pages) decided.parts = pages->take();
    decided.problem = batches.problem();
    return decided;
  }

 private:
  static void keep(const vm::Decisions& decisions, Decided& decided) {
    KeptDecisions kept;
    const std::vector<vm::Row> rows = vm::all_cases(decisions);
    for (const vm::Row row : rows) kept.cases.push_back(static_cast<uint32_t>(decided.tally.cases) + row);
    kept.planes = vm::pack_decisions(decisions, rows);
    decided.kept.push_back(std::move(kept));
  }
  void write(Decided& decided) {
    determinations->write(decisions, vm::all_cases(decisions), tools, [&](const Determination& each) {
      decided.add(each.text, options.form);
      count(each.but_lines, each.lines, decided);
    });
  }
  void draw(const vm::Batch* beside, Decided& decided) {
    const auto take = [&](vm::Row row, vm::Trace trace) {
      add_history(trace, row, beside);
      std::vector<vm::Outcome> lines;
      for (const vm::LineTrace& each : trace.lines) lines.push_back(each.outcome);
      count(trace, lines, decided);
      pages->add(trace);
    };
    vm::each_trace(decisions, tools.settler, true, vm::Pictures::wanted, take);
  }

  static constexpr size_t most_told = 16'384;
  const vm::VerifiedProgram& program;
  const DecideOptions& options;
  CaseBatches batches;
  vm::Decisions decisions;      // the last run, whose storage the next one takes
  Tools tools;
  std::optional<Determinations> determinations;
  std::optional<SiteParts> pages;
  std::optional<Histories> histories;  // of pages
};

// Records that have been read and wait for a worker: their texts one behind the other.
struct Unit {
  struct Part {
    size_t begin, size;
    Record record;  // without its text
  };
  std::string texts;
  std::vector<Part> parts;
  Decided decided;

  void add(const Record& record) {
    parts.push_back({texts.size(), record.json.size(), record});
    texts += record.json;
  }
  bool is_full(const DecideOptions& options) const {
    const size_t most = options.records_per_unit ? options.records_per_unit : records_per_unit;
    return parts.size() >= most || texts.size() >= bytes_per_unit || (!parts.empty() && parts.back().record.snapshot);
  }

  void decide(Decider& decider) {
    for (Part& part : parts) {
      part.record.json = std::string_view(texts).substr(part.begin, part.size);
      decider.add(part.record);
    }
    decided = decider.take();
    texts = {}, parts = {};
  }
};

}  // namespace

Form form_named(std::string_view name) { return name == "json" ? Form::json : name == "ndjson" ? Form::ndjson : Form::text; }

void Tally::count(vm::Outcome outcome) {
  ++lines;
  ++outcomes[static_cast<size_t>(outcome)];
}

void Tally::add(const Tally& other) {
  cases += other.cases, rejected += other.rejected, lines += other.lines;
  for (size_t i = 0; i < outcomes.size(); ++i) outcomes[i] += other.outcomes[i];
}

std::optional<unsigned> thread_count(const Arguments& arguments, Console& console) {
  const uint64_t count = arguments.number("threads").value_or(std::max(1u, std::thread::hardware_concurrency()));
  if (count >= 1 && count <= 1024) return static_cast<unsigned>(count);
  console.error("--threads takes a number from 1 to 1024");
  return std::nullopt;
}

namespace {

// Without commas between the digits: scripts read these numbers.
std::string plainly(uint64_t n, std::string_view thing) { return fmt::format("{} {}{}", n, thing, n == 1 ? "" : "s"); }

}  // namespace

std::string words(const Tally& tally) {
  std::string out = fmt::format("{}, {}", plainly(tally.cases, "case"), plainly(tally.lines, "line"));
  bool first = true;
  for (size_t i = 0; i < std::size(vm::outcome_rows); ++i) {
    if (tally.outcomes[i] == 0) continue;
    out += fmt::format("{}{} {}", first ? ": " : ", ", tally.outcomes[i], rubric::words(static_cast<vm::Outcome>(i)));
    first = false;
  }
  return out;
}

std::string rejected_words(const Tally& tally) {
  return fmt::format("{} of {} could not be read and {} rejected", tally.rejected, plainly(tally.cases, "record"),
                     tally.rejected == 1 ? "was" : "were");
}

void Decided::add(std::string_view determination, Form form) {
  if (form == Form::json && !text.empty()) text += ",\n";
  text += determination;
  if (form == Form::ndjson) text += '\n';
}

void decide_cases(const NextRecord& next, const vm::VerifiedProgram& program, const DecideOptions& options,
                  const std::function<bool(Decided&&)>& done) {
  must(options.threads > 0, "somebody works");
  std::vector<InOrder<Unit>::Work> workers;
  for (unsigned k = 0; k < options.threads; ++k) {
    const auto decider = std::make_shared<Decider>(program, options);
    workers.emplace_back([decider](Unit& unit) { unit.decide(*decider); });
  }
  bool more = true;
  InOrder<Unit> units(std::move(workers), [&](Unit& unit) { more = more && done(std::move(unit.decided)); });
  Unit unit;
  for (Record record; more && next(record);) {
    unit.add(record);
    if (unit.is_full(options)) units.add(std::exchange(unit, {}));
  }
  if (more && !unit.parts.empty()) units.add(std::move(unit));
  units.finish();
}

}  // namespace rubric::cli
