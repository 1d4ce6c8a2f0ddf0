// `rubric eval`: one expression, with or without a case.

#include "cli/subcommands.h"

#include "cli/arguments.h"
#include "cli/case_input.h"
#include "cli/console.h"
#include "cli/dates.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "compiler/compile.h"
#include "render/words.h"
#include "vm/machine.h"
#include "vm/open_facts.h"
#include "vm/prepared.h"
#include "vm/trace.h"
#include "vm/value_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

namespace rubric::cli {

namespace {

// The value in words, and why there is none or no certain one.
std::string value_words(const vm::Batch& batch, const vm::Value& value) {
  const std::string words = vm::words_of(batch, value);
  const std::string why = value.cause == vm::Cause::nothing ? "" : cause_words(vm::json_name(value.cause));
  const auto with_why = [&](std::string_view text) { return why.empty() ? std::string(text) : fmt::format("{}: {}", text, why); };
  switch (value.kind) {
    case vm::Kind::value: return words;
    case vm::Kind::none: return with_why("null");
    case vm::Kind::unknown: return with_why("unknown");
    case vm::Kind::range:
    case vm::Kind::open: return words.empty() ? with_why("unknown") : why.empty() ? words : fmt::format("{} ({})", words, why);
  }
  return words;
}

// Without a case an expression means what CQL says to the letter. What a policy's author would be told is told all the same.
void note_for_policies(const std::string& expression, const Diagnostics& said, Console& console) {
  SourceSet sources;
  Diagnostics diagnostics;
  compile_expression(expression, true, sources, diagnostics);
  for (const Diagnostic& each : diagnostics.all()) {
    const bool known =
        std::ranges::any_of(said.all(), [&](const Diagnostic& other) { return other.id == each.id && other.span == each.span; });
    if (!known)
      console.note(fmt::format("in a policy, {}: {}{}{}", each.severity == Severity::error ? "an error" : "a warning", each.message,
                               each.help.empty() ? "" : "; ", each.help));
  }
}

// The fault that a value which is not known rests on, such as a division by zero that is compared with something.
vm::Cause fault_below(const vm::Decisions& d, const vm::Definitions& definitions, vm::Id reg) {
  const vm::Program& program = **d.program;
  std::set<vm::Id> seen{reg};
  for (std::vector<vm::Id> next{reg}; !next.empty();) {
    const vm::Inst* const made = definitions.of(next.back());
    next.pop_back();
    for (uint32_t k = 0; made && k < made->n; ++k) {
      const vm::Id below = program.operands[made->args + k], domain = program.registers[below].domain;
      if ((domain != vm::none_id && domain != 0) || !seen.insert(below).second) continue;
      const vm::Value value = d.value(below, 0);
      if (value.kind == vm::Kind::none && vm::is_fault(value.cause)) return value.cause;
      next.push_back(below);
    }
  }
  return vm::Cause::nothing;
}

// A truth that rests on no open fact and still is not known could not be computed: there is no value.
vm::Value said_value(const vm::Decisions& d, vm::Id reg) {
  const vm::Value value = d.value(reg, 0);
  if (value.kind != vm::Kind::unknown) return value;
  if (!vm::Walk(d).facts_behind(reg, 0).empty()) return value;
  const vm::Cause cause = fault_below(d, d.program->prepared().definitions, reg);
  return cause == vm::Cause::nothing ? value : vm::Value::none(cause);
}

Exit run(const Arguments& arguments, Console& console) {
  const auto as_of = as_of_moment(arguments, console);
  if (!as_of) return Exit::failed;
  const bool with_case = arguments.has("case");
  std::optional<CaseInput> input;
  if (with_case) {
    auto opened = CaseInput::open({*arguments.value("case")}, Snapshots::refused, console);
    if (!opened) return opened.error();
    input.emplace(std::move(*opened));
  }
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled = compile_expression(arguments.operand("EXPRESSION"), with_case, sources, diagnostics);
  console.diagnostics(diagnostics, sources, true);
  if (!compiled.program || diagnostics.has_errors()) return Exit::findings;
  if (!with_case) note_for_policies(arguments.operand("EXPRESSION"), diagnostics, console);
  const auto program = verified(std::move(*compiled.program), "the expression", console);
  if (!program) return program.error();

  // The expression is the only piece of the only remark.
  const vm::Id reg = (*program)->remarks.at(0).text.pieces.at(0).reg;
  Output output;
  bool rejected = false;
  const auto evaluate = [&](const Record& record) {
    vm::Loader loader(**program, *as_of);
    if (record.refused) loader.add_rejected(record.source, *record.refused);
    else loader.add(record.json, record.source);
    const auto batch = std::make_shared<const vm::Batch>(loader.take());
    const vm::CaseInfo& info = batch->info[0];
    if (with_case) {
      for (const vm::RecordMessage& each : info.messages) console.record(info.source, each);
    }
    rejected |= info.rejected;
    if (info.rejected) return;
    const vm::Decisions decisions = vm::run(*program, batch);
    output.write(value_words(*batch, said_value(decisions, reg)) + "\n");
  };
  if (!with_case) {
    evaluate({"{}", "", std::nullopt, nullptr});
  } else {
    for (Record record; input->next(record);) evaluate(record);
    if (const Exit read = input->finish(console); read != Exit::expected) return read;
  }
  return output.finish(console, rejected ? Exit::findings : Exit::expected);
}

constexpr Operand operands[] = {
    {"EXPRESSION", Operand::Count::one, Completes::nothing, "an expression of the language, in one word of the shell: quote it"},
};
constexpr Option options[] = {
    {"case", 'c', "CASE", Completes::cases, "a case record whose fields the expression may read; of several, one value each"},
    {"as-of", 0, "DATE", Completes::nothing, "the day taken as today; without it the record's decisionDate"},
    {"now", 0, "DATETIME", Completes::nothing, "the moment that Now() is, in place of --as-of; UTC where it has no offset"},
};
constexpr Example examples[] = {
    {"rubric eval \"@2026-01-31 + 1 month\"", "2026-02-28"},
    {"rubric eval \"Count(Case.lines)\" --case case.json", "how many lines the request has"},
};

}  // namespace

constexpr Command eval_command = {
    "eval",
    "evaluate one expression",
    "Prints the value. Where there is none or no certain one it says why: null is no value, unknown means that an open fact of the "
    "record lies behind it. Without a case the expression means what CQL says to the letter; what a policy's author would be told is noted.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
