// See decide_cases.h.
//
// This thread reads and writes, the workers decide (base/in_order.h).

#include "cli/decide_cases.h"

#include "base/in_order.h"
#include "base/must.h"
#include "cli/arguments.h"
#include "cli/case_batches.h"
#include "cli/console.h"
#include "cli/histories.h"
#include "render/text.h"
#include "render/words.h"
#include "vm/each_trace.h"
#include "vm/kept_decisions.h"
#include "vm/machine.h"
#include "vm/run_json.h"
#include "vm/trace_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

namespace rubric::cli {

namespace {

void count(vm::Outcome outcome, Tally& tally) {
  ++tally.lines;
  ++tally.outcomes[static_cast<size_t>(outcome)];
}

// What counts of a case beside its lines.
void count(const vm::Trace& trace, Decided& decided) {
  ++decided.tally.cases;
  decided.tally.rejected += trace.rejected;
  for (const vm::RecordMessage& each : trace.messages) decided.remarks.push_back({trace.source, each});
}

class Decider {
 public:
  Decider(const vm::VerifiedProgram& program, const DecideOptions& options)
      : program(program), options(options), batches(*program, options.as_of) {
    if ((options.form == Form::ndjson || options.form == Form::json) && !options.with_criteria) determinations.emplace(program);
    if (options.form != Form::site) return;
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
      if (determinations) {
        write(decided);
        continue;
      }
      const vm::Batch* const whole = i < beside.size() ? beside[i].get() : nullptr;
      const auto pictures = histories ? vm::Pictures::wanted : vm::Pictures::unwanted;
      const auto take = [&](vm::Row row, vm::Trace trace) {
        if (histories) add_history(trace, row, whole);
        add_case(trace, decided);
      };
      vm::each_trace(decisions, settler, histories || options.with_criteria, pictures, take, options.settled());
    }
    if (pages) decided.parts = pages->take();
    decided.problem = batches.problem();
    return decided;
  }

 private:
  static void keep(const vm::Decisions& decisions, Decided& decided) {
    KeptDecisions kept;
    std::vector<vm::Row> rows(decisions.batch->cases);
    std::iota(rows.begin(), rows.end(), 0);
    for (const vm::Row row : rows) kept.cases.push_back(static_cast<uint32_t>(decided.tally.cases) + row);
    kept.planes = vm::pack_decisions(decisions, rows);
    decided.kept.push_back(std::move(kept));
  }
  void write(Decided& decided) {
    json.clear();
    const std::string_view behind = options.form == Form::json ? ",\n" : "\n";
    if (options.form == Form::json && !decided.text.empty()) decided.text += behind;
    determinations->write(decisions, settler, json, [&](const vm::Trace& but_lines, std::span<const vm::Settlement> lines) {
      json.between(behind);
      count(but_lines, decided);
      for (const vm::Settlement& each : lines) count(each.outcome, decided.tally);
    });
    std::string_view text = json.text();
    if (options.form == Form::json && !text.empty()) text.remove_suffix(behind.size());
    decided.text += text;
  }
  void add_case(const vm::Trace& trace, Decided& decided) {
    add_determination(trace, options, json, decided);
    if (pages) pages->add(trace);
  }

  const vm::VerifiedProgram& program;
  const DecideOptions& options;
  CaseBatches batches;
  vm::Decisions decisions;      // the last run, whose storage the next one takes
  vm::Settler settler;
  vm::JsonWriter json;
  std::optional<vm::RunJson> determinations;  // JSON without criteria
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
  bool is_full() const {
    return parts.size() >= records_per_unit || texts.size() >= bytes_per_unit || (!parts.empty() && parts.back().record.snapshot);
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

void add_determination(const vm::Trace& trace, const DecideOptions& options, vm::JsonWriter& json, Decided& decided) {
  count(trace, decided);
  for (const vm::LineTrace& each : trace.lines) count(each.outcome, decided.tally);
  switch (options.form) {
    case Form::text:
      if (options.with_criteria) (decided.text += to_text(trace, {options.color, options.width, {}, Audience::reviewer})) += '\n';
      else decided.text += to_summary(trace, options.color);
      break;
    case Form::ndjson:
    case Form::json:
      if (options.form == Form::json && !decided.text.empty()) decided.text += ",\n";
      json.clear();
      write_json(trace, options.with_criteria, json);
      decided.text += json.text();
      if (options.form == Form::ndjson) decided.text += '\n';
      break;
    case Form::site: break;
  }
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
    if (unit.is_full()) units.add(std::exchange(unit, {}));
  }
  if (more && !unit.parts.empty()) units.add(std::move(unit));
  units.finish();
}

}  // namespace rubric::cli
