// See rubric.h. Nothing is decided here: this is the way in, in types that need no header but its own.

#include "library/rubric.h"

#include "base/diagnostic.h"
#include "base/source.h"
#include "compiler/compile.h"
#include "vm/domains.h"
#include "vm/machine.h"
#include "vm/outcomes.h"
#include "vm/save.h"
#include "vm/settled.h"
#include "vm/trace.h"
#include "vm/verify.h"

#include <fmt/format.h>

#include <atomic>
#include <mutex>
#include <utility>
#include <variant>

namespace rubric::api {

namespace {

constexpr uint32_t cases_per_batch = 1024;

Message message(Message::Severity severity, std::string text) {
  Message out;
  out.severity = severity;
  out.text = std::move(text);
  return out;
}

Message::Severity severity_of(Severity s) {
  switch (s) {
    case Severity::error: return Message::Severity::error;
    case Severity::warning: return Message::Severity::warning;
    case Severity::note: return Message::Severity::note;
  }
  return Message::Severity::error;
}

std::vector<Message> messages_of(Diagnostics& diagnostics, const SourceSet& sources) {
  diagnostics.sort();
  std::vector<Message> out;
  for (const Diagnostic& each : diagnostics.all()) {
    Message made = message(severity_of(each.severity), each.message);
    made.help = each.help;
    if (sources.contains(each.span.file)) {
      const SourceFile& file = sources.file(each.span.file);
      const Position place = file.position(each.span.begin);
      made.file = file.name;
      made.line = place.line;
      made.column = place.column;
    }
    out.push_back(std::move(made));
  }
  return out;
}

Criterion criterion_of(const vm::CriterionTrace& from) {
  Criterion out{from.name, from.text, std::string(vm::json_name(from.status)), from.cause, from.sentence, {}};
  for (const vm::CriterionTrace& each : from.criteria) out.criteria.push_back(criterion_of(each));
  return out;
}

Line line_of(const vm::LineTrace& from) {
  Line out;
  out.sequence = from.sequence;
  out.code_system = from.code_system;
  out.code = from.code;
  out.outcome = vm::outcome_row(from.outcome).json;
  out.action = from.action;
  out.decided_by = from.decided_by;
  for (const vm::Outcome each : from.possible) out.possible.emplace_back(vm::outcome_row(each).json);
  out.requires_clinician = from.requires_clinician;
  for (const vm::CriterionTrace& each : from.criteria) out.criteria.push_back(criterion_of(each));
  for (const vm::MissingFact& each : from.missing) out.missing.push_back({each.fact, each.asks, each.criteria, each.could_lead_to});
  return out;
}

}  // namespace

struct Policy::Impl {
  vm::VerifiedProgram program;
};

// One batch, decided. Registers that only a path reads are made when one is followed: one thread at a time.
struct Run {
  Policy policy;
  std::shared_ptr<vm::Batch> batch = std::make_shared<vm::Batch>();
  vm::Decisions decisions;
  std::mutex reading;
  explicit Run(Policy p) : policy(std::move(p)) {}
};

// What the classes of the header may do with each other.
struct Access {
  static Made made(vm::Program program, std::vector<Message> messages) {
    auto verified = vm::verify(std::move(program));
    if (auto* good = std::get_if<vm::VerifiedProgram>(&verified)) {
      return {Policy(std::make_shared<const Policy::Impl>(Policy::Impl{std::move(*good)})), std::move(messages)};
    }
    messages.push_back(message(Message::Severity::error, std::get<std::string>(verified)));
    return {std::nullopt, std::move(messages)};
  }
  static const vm::VerifiedProgram& program(const Policy& policy) { return policy.impl_->program; }
  static Determination determination(std::shared_ptr<Run>, vm::Row);
};

namespace {

Made finished(Compiled compiled, Diagnostics& diagnostics, const SourceSet& sources) {
  auto messages = messages_of(diagnostics, sources);
  if (!compiled.program) return {std::nullopt, std::move(messages)};
  return Access::made(std::move(*compiled.program), std::move(messages));
}

}  // namespace

std::string_view version() { return RUBRIC_VERSION; }

// ---------------------------------------------------------------- policies

Policy::Policy(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
const std::string& Policy::name() const { return impl_->program->name; }
const std::string& Policy::version() const { return impl_->program->version; }
const std::string& Policy::digest() const { return impl_->program->digest; }
std::string Policy::program() const { return vm::save(*impl_->program); }

Made compile(const std::string& path) {
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled = rubric::compile(path, sources, diagnostics);
  return finished(std::move(compiled), diagnostics, sources);
}

Made compile_text(std::string name, std::string text) {
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled = rubric::compile_text(std::move(name), std::move(text), sources, diagnostics);
  return finished(std::move(compiled), diagnostics, sources);
}

Made load(std::string_view bytes) {
  auto program = vm::load(bytes);
  if (!program) return {std::nullopt, {message(Message::Severity::error, std::move(program.error()))}};
  return Access::made(std::move(*program), {});
}

// ---------------------------------------------------------------- determinations

struct Determination::Impl {
  std::shared_ptr<Run> run;
  vm::Row row;
  std::once_flag once;
  vm::Trace trace;
  Impl(std::shared_ptr<Run> r, vm::Row at) : run(std::move(r)), row(at) {}

  const vm::CaseInfo& info() const { return run->decisions.batch->info[row]; }
  const vm::Trace& path() {
    std::call_once(once, [this] {
      const std::lock_guard lock(run->reading);
      trace = vm::trace(run->decisions, row, true);
    });
    return trace;
  }
};

Determination Access::determination(std::shared_ptr<Run> run, vm::Row row) {
  return Determination(std::make_shared<Determination::Impl>(std::move(run), row));
}

Determination::Determination(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
const std::string& Determination::case_id() const { return impl_->info().id; }
bool Determination::rejected() const {
  return impl_->info().rejected || (impl_->run->decisions.limited[impl_->row / 64] >> (impl_->row % 64) & 1);
}
std::string Determination::json() const { return vm::to_json(impl_->path(), true); }

std::vector<Message> Determination::messages() const {
  std::vector<Message> out;
  for (const vm::RecordMessage& each : impl_->path().messages) {
    out.push_back(message(each.error ? Message::Severity::error : Message::Severity::warning, each.message));
    out.back().pointer = each.pointer;
  }
  return out;
}

std::vector<Settled> Determination::settled() const {
  std::vector<Settled> out;
  const std::lock_guard lock(impl_->run->reading);
  const vm::Decisions& d = impl_->run->decisions;
  const vm::Program& program = **d.program;
  if (rejected() || program.lines_domain == vm::none_id) return out;
  const auto [begin, end] = vm::case_rows(d, program.lines_domain, impl_->row);
  for (vm::Row line = begin; line < end; ++line) {
    if (vm::bit(d.rows_of(program.lines_domain).phantom, line)) continue;
    const vm::Value sequence = program.line_sequence == vm::none_id ? vm::Value{} : d.value(program.line_sequence, line);
    const auto outcome = vm::settled_outcome(d, line);
    out.push_back({sequence.kind == vm::Kind::value ? static_cast<uint32_t>(sequence.i) : line - begin + 1,
                   outcome ? std::string_view(vm::outcome_row(*outcome).json) : std::string_view()});
  }
  return out;
}

std::vector<Line> Determination::lines() const {
  std::vector<Line> out;
  for (const vm::LineTrace& each : impl_->path().lines) out.push_back(line_of(each));
  return out;
}

// ---------------------------------------------------------------- deciding

struct Decider::Impl {
  Policy policy;
  vm::Loader loader;
  std::vector<Determination> decided;  // of batches that were full
  std::shared_ptr<Run> last;           // whose storage is used again once nobody has a determination of it

  Impl(Policy p, const std::string& as_of) : policy(std::move(p)), loader(*Access::program(policy), as_of) {}

  void add(std::string_view record, std::string source) {
    loader.add(record, std::move(source));
    if (loader.pending() == cases_per_batch) run();
  }
  void run() {
    if (!last || last.use_count() > 1) last = std::make_shared<Run>(policy);
    else std::atomic_thread_fence(std::memory_order_acquire);   // after what other threads did with them
    *last->batch = loader.take(std::move(*last->batch));
    vm::Decisions& d = last->decisions;
    d = vm::run(Access::program(policy), last->batch, {}, nullptr, std::move(d));
    for (vm::Row row = 0; row < d.batch->cases; ++row) decided.push_back(Access::determination(last, row));
  }
};

Decider::Decider(Policy policy, const std::string& as_of) : impl_(std::make_unique<Impl>(std::move(policy), as_of)) {}
Decider::~Decider() = default;
Decider::Decider(Decider&&) noexcept = default;
Decider& Decider::operator=(Decider&&) noexcept = default;

void Decider::add(std::string_view record, std::string source) { impl_->add(record, std::move(source)); }

std::vector<Determination> Decider::decide_added() {
  if (impl_->loader.pending() > 0) impl_->run();
  return std::exchange(impl_->decided, {});
}

// Others that were added keep their turn.
Determination Decider::decide(std::string_view record, std::string source) {
  std::vector<Determination> before = decide_added();
  add(record, std::move(source));
  impl_->run();
  Determination one = std::move(impl_->decided.back());
  impl_->decided = std::move(before);
  return one;
}

}  // namespace rubric::api
