// See decide_cases.h.
//
// This thread reads and writes, the workers decide. Units wait in a queue whose length bounds the memory: when it is
// full, the reader waits for the oldest unit and writes it.

#include "cli/decide_cases.h"

#include "base/must.h"
#include "cli/arguments.h"
#include "cli/case_batches.h"
#include "cli/console.h"
#include "cli/histories.h"
#include "render/text.h"
#include "render/words.h"
#include "vm/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace rubric::cli {

namespace {

class Decider {
 public:
  Decider(const vm::VerifiedProgram& program, const DecideOptions& options)
      : program(program), options(options), batches(*program, options.as_of) {
    if (options.form != Form::site) return;
    pages.emplace(*program);
    histories.emplace(*program, options.as_of);
  }

  void add(const Record& record) {
    batches.add(record);
    if (histories) histories->add(record);
  }
  bool is_full() const { return batches.is_full(); }
  bool is_empty() const { return batches.is_empty(); }

  Decided take() {
    Decided decided;
    const auto taken = batches.take(), beside = histories ? histories->take() : std::vector<std::shared_ptr<const vm::Batch>>();
    for (size_t i = 0; i < taken.size(); ++i) {
      const vm::Decisions decisions = vm::run(program, taken[i]);
      const vm::Batch* const whole = i < beside.size() ? beside[i].get() : nullptr;
      for (vm::Row row = 0; row < taken[i]->cases; ++row) {
        add_case(histories ? drawn_trace(decisions, row, whole) : vm::trace(decisions, row, options.with_criteria), decided);
      }
    }
    if (pages) decided.parts = pages->take();
    decided.problem = batches.problem();
    return decided;
  }

 private:
  void add_case(const vm::Trace& trace, Decided& decided) {
    add_determination(trace, options, decided);
    if (pages) pages->add(trace);
  }

  const vm::VerifiedProgram& program;
  const DecideOptions& options;
  CaseBatches batches;
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
  bool is_done = false;

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

class Workers {
 public:
  Workers(const vm::VerifiedProgram& program, const DecideOptions& options) {
    for (unsigned i = 0; i < options.threads; ++i) threads.emplace_back([this, &program, &options] { work(program, options); });
  }
  ~Workers() {
    {
      const std::lock_guard lock(mutex);
      ended = true;
      waiting.clear();  // a run that stops early throws away what nobody will read
    }
    changed.notify_all();
    for (std::thread& each : threads) each.join();
  }

  void start(const std::shared_ptr<Unit>& unit) {
    {
      const std::lock_guard lock(mutex);
      waiting.push_back(unit);
    }
    changed.notify_all();
  }
  void wait_for(const Unit& unit) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return unit.is_done; });
  }
  bool is_done(const Unit& unit) {
    const std::lock_guard lock(mutex);
    return unit.is_done;
  }

 private:
  void work(const vm::VerifiedProgram& program, const DecideOptions& options) {
    Decider decider(program, options);
    for (;;) {
      std::shared_ptr<Unit> unit;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return ended || !waiting.empty(); });
        if (waiting.empty()) return;
        unit = std::move(waiting.front());
        waiting.pop_front();
      }
      unit->decide(decider);
      {
        const std::lock_guard lock(mutex);
        unit->is_done = true;
      }
      changed.notify_all();
    }
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::shared_ptr<Unit>> waiting;
  std::vector<std::thread> threads;
  bool ended = false;
};

using Done = std::function<bool(Decided&&)>;

void decide_here(const NextRecord& next, const vm::VerifiedProgram& program, const DecideOptions& options, const Done& done) {
  Decider decider(program, options);
  for (Record record; next(record);) {
    decider.add(record);
    if (decider.is_full() && !done(decider.take())) return;
  }
  if (!decider.is_empty()) done(decider.take());
}

void decide_on_threads(const NextRecord& next, const vm::VerifiedProgram& program, const DecideOptions& options, const Done& done) {
  // Enough that no worker waits while this thread writes.
  const size_t most = 2 * size_t{options.threads} + 1;
  std::deque<std::shared_ptr<Unit>> in_order;
  Workers workers(program, options);
  const auto finish_oldest = [&] {
    workers.wait_for(*in_order.front());
    const bool go_on = done(std::move(in_order.front()->decided));
    in_order.pop_front();
    return go_on;
  };
  bool more = true;
  while (more) {
    auto unit = std::make_shared<Unit>();
    Record record;
    while (!unit->is_full() && (more = next(record))) unit->add(record);
    if (!unit->parts.empty()) {
      workers.start(unit);
      in_order.push_back(std::move(unit));
    }
    while (!in_order.empty() && (in_order.size() >= most || workers.is_done(*in_order.front()))) {
      if (!finish_oldest()) return;
    }
  }
  while (!in_order.empty()) {
    if (!finish_oldest()) return;
  }
}

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

void add_determination(const vm::Trace& trace, const DecideOptions& options, Decided& decided) {
  Tally& tally = decided.tally;
  ++tally.cases;
  tally.rejected += trace.rejected;
  tally.lines += trace.lines.size();
  for (const vm::LineTrace& each : trace.lines) ++tally.outcomes[static_cast<size_t>(each.outcome)];
  for (const vm::RecordMessage& each : trace.messages) decided.remarks.push_back({trace.source, each});
  switch (options.form) {
    case Form::text:
      if (options.with_criteria) (decided.text += to_text(trace, {options.color, options.width, {}, Audience::reviewer})) += '\n';
      else decided.text += to_summary(trace, options.color);
      break;
    case Form::ndjson: (decided.text += to_json(trace, options.with_criteria)) += '\n'; break;
    case Form::json:
      if (!decided.text.empty()) decided.text += ",\n";
      decided.text += to_json(trace, options.with_criteria);
      break;
    case Form::site: break;
  }
}

void decide_cases(const NextRecord& next, const vm::VerifiedProgram& program, const DecideOptions& options, const Done& done) {
  must(options.threads > 0, "somebody works");
  if (options.threads == 1) decide_here(next, program, options, done);
  else decide_on_threads(next, program, options, done);
}

}  // namespace rubric::cli
