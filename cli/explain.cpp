// `rubric explain`: the path to the decision of a case, for a person or as JSON.
//
// It decides the case again, by the same program: what it shows is what `run` decided. Of a kept run it shows what was decided.

#include "cli/subcommands.h"

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/case_batches.h"
#include "cli/console.h"
#include "cli/dates.h"
#include "cli/decide_many.h"
#include "cli/histories.h"
#include "cli/kept_run.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "render/case_page.h"
#include "render/letter.h"
#include "render/text.h"
#include "vm/kept_decisions.h"
#include "vm/machine.h"
#include "vm/trace.h"
#include "vm/whole_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace rubric::cli {

namespace {

// Where programs and records come from: a policy and a case, or a kept run that has both.
struct Subject {
  std::vector<vm::VerifiedProgram> programs;  // one, but for a kept run
  std::string as_of;
  NextRecord next;
  std::function<Exit(Console&)> finish;
  std::shared_ptr<const KeptRun> kept = nullptr;
  std::string path = "";                      // of the kept run
};

tl::expected<Subject, Exit> open_kept(const std::string& path, Console& console) {
  auto opened = KeptRun::open(path);
  if (!opened) {
    console.error(fmt::format("cannot read {}: {}", path, opened.error()));
    return tl::unexpected(Exit::failed);
  }
  Subject subject;
  for (vm::Program& each : opened->programs) {
    auto program = verified(std::move(each), path, console);
    if (!program) return tl::unexpected(program.error());
    subject.programs.push_back(std::move(*program));
  }
  subject.as_of = opened->as_of;
  subject.kept = std::make_shared<const KeptRun>(std::move(*opened));
  subject.path = path;
  return subject;
}

tl::expected<Subject, Exit> open_subject(const Arguments& arguments, const std::string& as_of, Console& console) {
  const std::string& policy = arguments.operand("POLICY");
  const bool alone = !arguments.has_operand("CASE");
  const std::string& cases = alone ? policy : arguments.operand("CASE");
  if (cases != "-" && KeptRun::is_one(cases)) {
    auto subject = open_kept(cases, console);
    if (!subject || alone) return subject;
    const auto now = open_program(policy, console);
    if (!now) return tl::unexpected(now.error());
    const auto& all = subject->programs;
    if (std::none_of(all.begin(), all.end(), [&](const vm::VerifiedProgram& each) { return each->digest == now->digest; })) {
      console.warning(fmt::format("the kept run was decided by another program ({}) than {} is now ({}): it is explained as it was decided",
                                  all[0]->digest, policy, now->digest));
    }
    return subject;
  }
  if (alone) {
    console.error(fmt::format("CASE is missing: {}", usage_line(*arguments.command)),
                  "only a kept run (rubric run --keep) can be explained alone");
    return tl::unexpected(Exit::failed);
  }
  auto opened = CaseInput::open({cases}, Snapshots::taken, console);
  const bool has_policy = policy == "-" || is_readable(policy, console);
  if (!opened || !has_policy) return tl::unexpected(Exit::failed);
  auto program = open_policy(policy, console);
  if (!program) return tl::unexpected(program.error());
  const auto input = std::make_shared<CaseInput>(std::move(*opened));
  return Subject{{std::move(*program)},
                 as_of,
                 [input](Record& record) { return input->next(record); },
                 [input](Console& messages) { return input->finish(messages); }};
}

class Explainer {
 public:
  Explainer(const Subject& subject, const Arguments& arguments, Console& console)
      : subject(subject),
        console(console),
        id(arguments.value("id")),
        batches(*subject.programs[0], subject.as_of),
        histories(*subject.programs[0], subject.as_of),
        program(subject.programs[0]) {
    const std::string wanted = arguments.value_or("format", "text");
    form = wanted == "json" ? Form::json : wanted == "html" ? Form::html : Form::text;
    options.color = console.color();
    options.width = console.width();
    if (arguments.has("line")) options.line = static_cast<uint32_t>(std::min<uint64_t>(*arguments.number("line"), UINT32_MAX));
    if (arguments.value_or("audience", "reviewer") == "member") options.audience = Audience::member;
  }

  Exit explain() {
    if (form == Form::json) output.write("[\n");
    if (subject.kept) {
      if (const std::string why = explain_kept(); !why.empty()) problem = fmt::format("{}: {}", subject.path, why);
      return finish();
    }
    for (Record record; subject.next(record) && !output.is_over();) {
      if (id && record.snapshot && !record.snapshot->may_hold(record.block, *id)) continue;
      batches.add(record);
      if (draws()) histories.add(record);
      // A look at one case should not wait for a thousand others; a search through many should not go one by one.
      if (!id || batches.is_full()) take();
      if (!batches.problem().empty()) break;
    }
    take();
    problem = batches.problem();
    return finish();
  }

 private:
  Exit finish() {
    if (form == Form::json) output.write(shown ? "\n]\n" : "]\n");
    if (const Exit wrote = output.finish(console); wrote != Exit::expected) return wrote;
    if (!problem.empty()) return fail(fmt::format("cannot read {}", problem));
    if (const Exit read = subject.finish ? subject.finish(console) : Exit::expected; read != Exit::expected) return read;
    if (shown == 0 && id) {
      const auto meant = nearest(*id, seen);
      return fail(fmt::format("there is no case with the id {}", *id), meant ? fmt::format("did you mean {}?", *meant) : "");
    }
    if (form == Form::html && shown > 1) {
      return fail(fmt::format("a page shows one determination, and here are {}", shown),
                  id ? "several policies decide the case: --format text and json have all" : "name one with --id");
    }
    if (form == Form::html && shown == 1) output.write(page);
    if (const Exit wrote = output.finish(console); wrote != Exit::expected) return wrote;
    if (options.line && !line_found) return fail(fmt::format("no case has a line {}", *options.line));
    return rejected ? Exit::findings : Exit::expected;
  }

  Exit fail(std::string_view message, std::string_view help = "") {
    console.error(message, help);
    return Exit::failed;
  }

  void take() {
    const auto taken = batches.take(), beside = histories.take();
    for (size_t i = 0; i < taken.size(); ++i) explain(taken[i], i < beside.size() ? beside[i] : nullptr);
  }

  // What draws needs the history too, which the record has and the program need not read: `beside` are the same cases.
  bool draws() const { return form != Form::text || options.audience == Audience::member; }

  void explain(const std::shared_ptr<const vm::Batch>& batch, const std::shared_ptr<const vm::Batch>& beside) {
    if (id) {
      if (seen.size() < 10'000) {
        for (vm::Row row = 0; row < batch->cases; ++row) seen.push_back(batch->info[row].id);
      }
      bool here = false;
      for (vm::Row row = 0; row < batch->cases && !here; ++row) here = batch->info[row].id == *id;
      if (!here) return;
    }
    const vm::Decisions decisions = vm::run(subject.programs[0], batch);
    for (vm::Row row = 0; row < batch->cases; ++row) {
      if (id && batch->info[row].id != *id) continue;
      show(draws() ? drawn_trace(decisions, row, beside.get()) : vm::trace(decisions, row, true));
    }
  }

  // ---- a kept run

  // One policy's way to a case.
  struct Policy {
    vm::VerifiedProgram program;
    vm::SnapshotReader reader;
    std::unique_ptr<const vm::Program> everything;  // for pictures
    std::optional<vm::SnapshotReader> whole;
  };
  using Found = tl::expected<std::reference_wrapper<Policy>, std::string>;

  // Empty, or why it cannot be read.
  std::string explain_kept() {
    const vm::Snapshot& cases = *subject.kept->cases;
    uint64_t before = 0;
    vm::SnapshotBlock block;
    for (size_t b = 0; b < cases.blocks() && !output.is_over(); before += cases.cases_in(b++)) {
      if (id && !cases.may_hold(b, *id)) continue;
      if (std::string why = cases.load(b, block); !why.empty()) return why;
      auto first = policy(0);
      if (!first) return first.error();
      const auto all = first->get().reader.read(block);
      if (!all) return all.error();
      const std::shared_ptr<const vm::Batch> batch = *all;
      for (vm::Row row = 0; row < batch->cases; ++row) {
        if (id && seen.size() < 10'000) seen.push_back(batch->info[row].id);
        if (id && batch->info[row].id != *id) continue;
        if (std::string why = explain_kept(block, row, before + row); !why.empty()) return why;
      }
    }
    return "";
  }
  std::string explain_kept(vm::SnapshotBlock& block, vm::Row row, uint64_t number) {
    auto decided = subject.kept->decided(number);
    if (!decided) return decided.error();
    for (const KeptRun::Kept& kept : *decided) {
      auto found = policy(kept.policy);
      if (!found) return found.error();
      if (std::string why = explain_kept(*found, block, row, &kept); !why.empty()) return why;
    }
    if (!decided->empty()) return "";
    auto nobody = policy(subject.programs.size());
    if (!nobody) return nobody.error();
    return explain_kept(*nobody, block, row, nullptr);
  }
  std::string explain_kept(Policy& by, vm::SnapshotBlock& block, vm::Row row, const KeptRun::Kept* kept) {
    const auto batch = by.reader.read(block, std::span(&row, 1));
    if (!batch) return batch.error();
    vm::Decisions decisions = vm::run(by.program, *batch);
    if (kept) {
      switch (vm::restore_decisions(kept->decisions, kept->cases, kept->number, decisions, 0)) {
        case vm::Restored::as_computed: break;
        case vm::Restored::damaged: return "what was decided does not belong to its cases";
        case vm::Restored::otherwise:
          console.warning(
              fmt::format("this version of rubric decides {} otherwise: it is explained as it was decided", (*batch)->info[0].id));
      }
    }
    std::shared_ptr<const vm::Batch> beside;
    if (draws() && by.whole) {
      auto whole = by.whole->read(block, std::span(&row, 1));
      if (!whole) return whole.error();
      beside = *whole;
    }
    program = by.program;
    show(draws() ? drawn_trace(decisions, 0, beside.get()) : vm::trace(decisions, 0, true));
    return "";
  }
  // The number behind the last: nobody's.
  Found policy(size_t number) {
    policies.resize(subject.programs.size() + 1);
    if (policies[number]) return std::ref(*policies[number]);
    const vm::VerifiedProgram own = number < subject.programs.size() ? subject.programs[number] : no_policy(subject.programs);
    auto reader = vm::SnapshotReader::create(*subject.kept->cases, *own, subject.as_of);
    if (!reader) return tl::unexpected(reader.error());
    policies[number] = std::make_unique<Policy>(Policy{own, std::move(*reader), nullptr, std::nullopt});
    if (draws()) {
      policies[number]->everything = std::make_unique<const vm::Program>(vm::reading_everything(*own));
      auto whole = vm::SnapshotReader::create(*subject.kept->cases, *policies[number]->everything, subject.as_of);
      if (!whole) return tl::unexpected(whole.error());
      policies[number]->whole.emplace(std::move(*whole));
    }
    return std::ref(*policies[number]);
  }

  void show(vm::Trace trace) {
    rejected |= trace.rejected;
    if (options.line) {
      std::erase_if(trace.lines, [&](const vm::LineTrace& line) { return line.sequence != *options.line; });
      if (trace.lines.empty() && !trace.rejected) return;
      line_found = true;
    }
    const bool first = shown++ == 0;
    switch (form) {
      case Form::text: return output.write((first ? "" : "\n") + to_text(trace, options));
      case Form::json: return output.write((first ? "" : ",\n") + to_json(trace, true));
      case Form::html:
        if (first) page = options.audience == Audience::member ? letter_page(trace) : case_page(trace, *program);
    }
  }

  const Subject& subject;
  Console& console;
  Output output;
  std::optional<std::string> id;
  CaseBatches batches;
  Histories histories;
  TextOptions options;
  std::vector<std::string> seen;
  std::vector<std::unique_ptr<Policy>> policies;  // of a kept run, made when first needed
  vm::VerifiedProgram program;                    // of what is shown
  std::string problem;
  enum class Form : uint8_t { text, json, html } form = Form::text;
  std::string page;
  bool rejected = false, line_found = false;
  uint64_t shown = 0;
};

Exit run(const Arguments& arguments, Console& console) {
  const auto as_of = as_of_moment(arguments, console);
  if (!as_of) return Exit::failed;
  const auto subject = open_subject(arguments, *as_of, console);
  if (!subject) return subject.error();
  return Explainer(*subject, arguments, console).explain();
}

constexpr Operand operands[] = {
    {"POLICY", Operand::Count::one, Completes::policy, "a .rubric or .md file, a folder (base and overlays), or a compiled .rbc"},
    {"CASE", Operand::Count::optional, Completes::cases,
     "a case record, a file or folder of several, a snapshot, - for standard input, or a run that rubric run --keep has kept; a kept run needs no POLICY"},
};
constexpr Option options[] = {
    {"id", 0, "CASE-ID", Completes::nothing, "only the case with this id"},
    {"line", 'l', "N", Completes::nothing, "only the request's line with this sequence number"},
    {"as-of", 0, "DATE", Completes::nothing, "the day taken as today; without it each record's decisionDate"},
    {"now", 0, "DATETIME", Completes::nothing, "the moment that Now() is, in place of --as-of; UTC where it has no offset"},
    {"format", 'f', "text|json|html", Completes::nothing,
     "text for people; json: one array, with all that run --trace has; html: a page, of one case"},
    {"audience", 0, "reviewer|member", Completes::nothing,
     "whom it addresses: the reviewer reads everything, the member a letter without codes and rules"},
};
constexpr Example examples[] = {
    {"rubric explain policies/trigger-point-injections case.json", "decide one case and show the path to each line's decision"},
    {"rubric explain policies/trigger-point-injections case.json --format html > case.html",
     "the same as a page to look at, with the history and the policy's text"},
    {"rubric explain policies/trigger-point-injections case.json --line 2 --audience member", "a letter to the member about one line"},
    {"rubric explain yesterday.run --id 4711 --line 2", "why a case was decided as it was in a run that was kept"},
};

}  // namespace

constexpr Command explain_command = {
    "explain",
    "show the path to a case's decision",
    "Decides the case and shows, for each line of the request: the outcome and who must sign it, every criterion with its "
    "status, the values that were compared and where the record has them, the rules and what defeated them, what is missing "
    "and what each answer could lead to, and what would be enough to settle it.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
