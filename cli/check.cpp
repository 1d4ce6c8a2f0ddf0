// `rubric check`: what is wrong or odd in policies and records, without deciding anything.
//
// Here messages are the output: they go to stdout, in the form that was asked for.

#include "cli/subcommands.h"

#include "analysis/proofs.h"
#include "analysis/test_names.h"
#include "base/text.h"
#include "cli/arguments.h"
#include "cli/case_input.h"
#include "cli/console.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "compiler/compile.h"
#include "vm/record.h"
#include "vm/save.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

namespace rubric::cli {

namespace {

namespace fs = std::filesystem;

class Checker {
 public:
  Checker(const Arguments& arguments, Console& console) : arguments(arguments), console(console) {}

  Exit check() {
    std::vector<std::string> policies;
    for (const std::string& each : arguments.operands("FILE|DIR")) {
      const size_t before = policies.size();
      if (each == "-") policies.push_back(each);
      else if (!is_readable(each, console)) return Exit::failed;
      else find_policies(each, policies);
      if (policies.size() == before) {
        console.error(fmt::format("there is no policy in {}", each), "a policy is a .rubric file, or a .md file with a rubric fence");
        return Exit::failed;
      }
    }
    for (const std::string& each : policies) {
      if (const Exit exit = policy(each); exit == Exit::failed) return exit;
    }
    if (const Exit exit = print(); exit != Exit::expected) return exit;
    const auto count = [&](Severity severity) {
      return std::count_if(diagnostics.all().begin(), diagnostics.all().end(), [&](const Diagnostic& d) { return d.severity == severity; });
    };
    const auto errors = count(Severity::error), warnings = count(Severity::warning);
    if (!console.for_machines()) {
      console.note(fmt::format("{} {} checked: {} error{}, {} warning{}", policies.size(), policies.size() == 1 ? "policy" : "policies",
                               errors, errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s"));
    }
    return errors > 0 || (arguments.has("strict") && (warnings > 0 || !proved.empty())) ? Exit::findings : Exit::expected;
  }

 private:
  Exit policy(const std::string& path) {
    std::optional<vm::Program> program;
    const bool from_text = path == "-";
    if (fs::path(path).extension() == ".rbc") {
      auto opened = open_policy(path, console);
      if (!opened) return opened.error();
      program = **opened;
    } else {
      auto text = from_text ? read_file("/dev/stdin") : tl::expected<std::string, FileProblem>("");
      if (!text) return console.error("cannot read standard input: " + text.error().reason), Exit::failed;
      Diagnostics found;
      Compiled compiled = from_text ? compile_text("standard input", std::move(*text), sources, found) : compile(path, sources, found);
      check_test_names(compiled, found);
      const bool library = std::any_of(compiled.modules.begin(), compiled.modules.end(),
                                       [](const ast::Module& m) { return m.kind == ast::ModuleKind::library; });
      for (const Diagnostic& each : found.all()) {
        // A library on its own decides nothing, and is none the worse for it.
        if (!(library && each.id == DiagnosticId::no_policy)) diagnostics.add(each);
      }
      program = std::move(compiled.program);
    }
    if (program && arguments.has("prove") && !diagnostics.has_errors()) prove(*program, fs::path(path).extension() != ".rbc");
    return program && arguments.has("cases") ? cases(*program) : Exit::expected;
  }

  // A program numbers its own files; among those that were read there are others, such as tables of tests.
  Span in_sources(const vm::Program& program, Span span) const {
    for (FileId file = 0; span.file < program.files.size() && sources.contains(file); ++file) {
      if (sources.file(file).name == program.files[span.file]) return {file, span.begin, span.end};
    }
    return {no_file, 0, 0};
  }

  // What a solver finds, each with a case that the machine has decided. The clauses of a compiled program stand in no source that
  // is at hand.
  void prove(const vm::Program& program, bool has_sources) {
    using Kind = analysis::Finding::Kind;
    auto checked = vm::verify(program);
    const auto* verified = std::get_if<vm::VerifiedProgram>(&checked);
    if (!verified) return;
    constexpr uint64_t most_seconds = 86'400;
    const uint64_t seconds = std::clamp<uint64_t>(arguments.number("timeout").value_or(20), 1, most_seconds);
    const analysis::Proofs proofs = analysis::prove(
        *verified, {.rows = 4, .milliseconds = static_cast<uint32_t>(seconds * 1000)},
        [&](size_t done, size_t of) { console.progress(done, "clauses proved", static_cast<double>(done) / static_cast<double>(of)); });
    console.end_progress();
    Diagnostics found;
    const auto at = [&](Span span) { return has_sources ? in_sources(program, span) : Span{no_file, 0, 0}; };
    const auto add = [&](const Diagnostic& d, const std::string& record) { proved.push_back({d, record}); };
    for (const analysis::Finding& f : proofs.found) {
      const std::string subject = f.within.empty() ? f.subject : fmt::format("{},{},", f.subject, f.within);
      switch (f.kind) {
        case Kind::gap: add(found.report<DiagnosticId::proved_gap>(at(f.span), f.subject), f.record); break;
        case Kind::conflict: add(found.report<DiagnosticId::proved_conflict>(at(f.span), f.subject, f.others), f.record); break;
        case Kind::never_fires: add(found.report<DiagnosticId::never_fires>(at(f.span), subject), f.record); break;
        case Kind::never_stands: add(found.report<DiagnosticId::never_stands>(at(f.span), subject), f.record); break;
        case Kind::never_matters: add(found.report<DiagnosticId::never_matters>(at(f.span), subject), f.record); break;
        case Kind::never_differs: add(found.report<DiagnosticId::never_differs>(at(f.span), subject, f.others), f.record); break;
        case Kind::implied: add(found.report<DiagnosticId::implied>(at(f.span), subject, f.others), f.record); break;
      }
    }
    for (const analysis::Unproved& u : proofs.unfinished) {
      const std::string help = u.timed_out ? "give it more time with --timeout" : "";
      add(found.report<DiagnosticId::not_proved>(at(u.span), u.subject, u.reason, help), "");
    }
    if (!console.for_machines()) {
      console.note(fmt::format("{}: {} found by proof, {} not proved", program.name, proofs.found.size(), proofs.unfinished.size()));
    }
  }

  Exit cases(const vm::Program& program) {
    auto input = CaseInput::open({*arguments.value("cases")}, Snapshots::refused, console);
    if (!input) return input.error();
    vm::RecordChecker checker(program);
    uint64_t count = 0;
    for (Record record; input->next(record);) {
      if (record.refused) add(record.source, {"", *record.refused, true});
      else {
        for (const vm::RecordMessage& each : checker.check(record.json, record.source).messages) add(record.source, each);
      }
      console.progress(++count, "records", input->share_read());
    }
    console.end_progress();
    return input->finish(console);
  }

  void add(const std::string& source, const vm::RecordMessage& message) { records.push_back({source, message}); }

  // Messages about records become diagnostics like any other: a file that has as many lines as are spoken of, so that the
  // line of a record can be pointed to without keeping the records.
  void add_records() {
    struct Place {
      std::string file;
      uint32_t line;
    };
    const auto place_of = [](const std::string& source) {
      Place place{source, 1};
      const size_t colon = source.rfind(':');
      if (colon == std::string::npos) return place;
      const char *first = source.data() + colon + 1, *last = source.data() + source.size();
      if (std::from_chars(first, last, place.line).ptr == last && place.line > 0) place.file = source.substr(0, colon);
      else place.line = 1;
      return place;
    };
    std::map<std::string, uint32_t> lines;
    for (const Found& each : records) {
      const Place place = place_of(each.source);
      lines[place.file] = std::max(lines[place.file], place.line);
    }
    std::map<std::string, FileId> files;
    for (const auto& [file, last] : lines) files[file] = sources.add(file, std::string(last, '\n'));
    for (const Found& each : records) {
      const Place place = place_of(each.source);
      const Span span{files[place.file], place.line - 1, place.line - 1};
      const std::string pointer = each.message.pointer.empty() ? "the record" : each.message.pointer;
      if (each.message.error) diagnostics.report<DiagnosticId::record_wrong>(span, pointer, each.message.message);
      else diagnostics.report<DiagnosticId::record_odd>(span, pointer, each.message.message);
    }
  }

  Exit print() {
    const std::string format = arguments.value_or("format", "text");
    diagnostics.sort();
    Output output;
    if (format == "text") {
      output.write(render_text(diagnostics, sources, console.color()));
      // Records have no line worth showing below the message.
      for (const Found& each : records) {
        output.write(fmt::format("{}: {}: {}: {}\n", printable(each.source), each.message.error ? "error" : "warning",
                                 each.message.pointer.empty() ? "the record" : printable(each.message.pointer),
                                 printable(each.message.message)));
      }
    }
    if (format == "text") output.write(proved_text());
    add_records();
    diagnostics.sort();
    if (format == "json") output.write(with_proved(render_json(diagnostics, sources)));
    if (format == "sarif") output.write(render_sarif(all_with_cases(), sources));
    return output.finish(console);
  }

  struct Found {
    std::string source;
    vm::RecordMessage message;
  };
  // What a solver found, with a case beside it.
  struct Proved {
    Diagnostic found;
    std::string record;
  };

  std::string proved_text() const {
    std::string out;
    for (const auto& [d, record] : proved) {
      std::string place;
      if (sources.contains(d.span.file)) {
        const Position at = sources.file(d.span.file).position(d.span.begin);
        place = fmt::format("{}:{}:{}: ", printable(sources.file(d.span.file).name), at.line, at.column);
      }
      out += fmt::format("{}{}: {} [{}]\n", place, severity_name(d.severity), printable(d.message), diagnostic_row(d.id).name);
      if (!d.help.empty()) out += fmt::format("  help: {}\n", d.help);
      if (!record.empty()) out += fmt::format("  case: {}\n", printable(record));
    }
    return out;
  }

  // The array of messages, and behind them what was proved: objects of the same members, and the case as `record`.
  std::string with_proved(std::string array) const {
    for (const auto& [d, record] : proved) {
      std::string place;
      if (sources.contains(d.span.file)) {
        const SourceFile& file = sources.file(d.span.file);
        const Position begin = file.position(d.span.begin), end = file.position(d.span.end);
        place = fmt::format(R"("file": {}, "line": {}, "column": {}, "endLine": {}, "endColumn": {}, )", quote_json(file.name), begin.line,
                            begin.column, end.line, end.column);
      }
      array.resize(array.find_last_not_of("]\n") + 1);
      array += fmt::format("{}\n  {{\"name\": \"{}\", \"severity\": \"{}\", {}\"message\": {}, \"help\": {}, \"related\": []{}}}\n]\n",
                           array.ends_with('[') ? "" : ",", diagnostic_row(d.id).name, severity_name(d.severity), place,
                           quote_json(d.message), quote_json(d.help), record.empty() ? "" : ", \"record\": " + record);
    }
    return array;
  }

  // A code host shows words: the case stands behind the help.
  Diagnostics all_with_cases() const {
    Diagnostics out = diagnostics;
    for (const auto& [d, record] : proved) {
      Diagnostic& added = out.add(d);
      if (!record.empty()) added.help += fmt::format("{}case: {}", added.help.empty() ? "" : "; ", record);
    }
    out.sort();
    return out;
  }

  const Arguments& arguments;
  Console& console;
  SourceSet sources;
  Diagnostics diagnostics;
  std::vector<Found> records;
  std::vector<Proved> proved;
};

Exit run(const Arguments& arguments, Console& console) { return Checker(arguments, console).check(); }

constexpr Operand operands[] = {
    {"FILE|DIR", Operand::Count::some, Completes::policy,
     "policies, libraries, or folders of them; - for a policy's text on standard input"},
};
constexpr Option options[] = {
    {"cases", 'c', "CASES", Completes::cases, "check these records too, everything in them: .json, .ndjson, a folder or -"},
    {"prove", 'p', "", Completes::nothing,
     "ask a solver for cases that no rule decides or rules decide differently, and for clauses that cannot matter, each with a case"},
    {"timeout", 't', "SECONDS", Completes::nothing, "for each question to the solver, 20 where nothing is said"},
    {"strict", 's', "", Completes::nothing,
     "exit with 1 for warnings too: a clause without a citation, rules that conflict, a case that no rule decides"},
    {"format", 'f', "text|json|sarif", Completes::nothing, "text for people; json: one array; sarif: for code hosts"},
};
constexpr Example examples[] = {
    {"rubric check policies", "every policy below the folder"},
    {"rubric check policy.rubric --prove", "and what can be proved of it: gaps, conflicts, clauses that never matter"},
    {"rubric check policy.rubric --cases cases/ --format json", "the policy and its records, for a program"},
};

}  // namespace

constexpr Command check_command = {
    "check",
    "say what is wrong or odd in policies and records",
    "Parses, types and lints. Messages have a name in brackets, by which the reference lists them; the exit status is 1 where one "
    "is an error, with --strict where there is one.\n\n"
    "--prove adds warnings from a solver: proved_gap, proved_conflict, never_fires, never_stands, never_matters, never_differs, implied, and "
    "not_proved where it found no answer in time, or something is out of its reach: also where only few rows of a list cannot show it, and "
    "no number of rows stands for all. Each has a case that has been run (\"record\" in JSON), and speaks of records with all facts "
    "documented.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
