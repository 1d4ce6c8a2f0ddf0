// `rubric test`: the tests of policies, what they leave unseen, and whether they would notice a mistake.

#include "cli/subcommands.h"

#include "analysis/test_update.h"
#include "base/csv.h"
#include "base/text.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/output.h"
#include "cli/policy_input.h"
#include "cli/test_page.h"
#include "cli/test_report.h"
#include "cli/write_file.h"
#include "compiler/format.h"
#include "render/words.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <optional>

namespace rubric::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view columns = "the columns are mutant, uncovered and reason; of the first two one is enough";

fs::path folder_of(const std::string& policy) {
  std::error_code problem;
  if (fs::is_directory(policy, problem)) return policy;
  const fs::path parent = fs::path(policy).parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

// What survives or stays unseen and may: accepted.csv beside the policy. Each row names a mutant or a state, and why.
struct Accepted {
  std::map<std::string, std::string> mutants, uncovered;
};

std::optional<Accepted> accepted_of(const std::string& policy, Console& console) {
  Accepted out;
  const std::string path = (folder_of(policy) / "accepted.csv").string();
  const auto text = read_file(path);
  if (!text) return out;
  const auto rows = split_csv(*text);
  const auto stop = [&](const std::string& message, std::string_view help) {
    console.error(message, std::string(help));
    return std::nullopt;
  };
  if (unclosed_field(rows)) return stop(fmt::format("row {} of {} has a quote without an end", rows.size(), path), close_the_quote);
  std::map<std::string, size_t> column;
  for (size_t k = 0; !rows.empty() && k < rows[0].size(); ++k) {
    const std::string& head = rows[0][k].text;
    if (head != "mutant" && head != "uncovered" && head != "reason")
      return stop(fmt::format("{} has a column {}", path, printable(head)), columns);
    column[head] = k;
  }
  if (!column.contains("reason") || column.size() < 2) return stop(fmt::format("{} does not begin with its columns' names", path), columns);
  for (size_t k = 1; k < rows.size(); ++k) {
    const auto cell = [&](const std::string& head) {
      const auto at = column.find(head);
      return at == column.end() || at->second >= rows[k].size() ? std::string() : unguarded_cell(rows[k][at->second].text);
    };
    const std::string mutant = cell("mutant"), uncovered = cell("uncovered"), reason = cell("reason");
    if (reason.empty()) return stop(fmt::format("row {} of {} gives no reason", k + 1, path), "what is accepted is named with a reason");
    if (mutant.empty() == uncovered.empty())
      return stop(fmt::format("row {} of {} names {}", k + 1, path, mutant.empty() ? "nothing" : "a mutant and a state"),
                  "a row accepts one mutant or one state, by its name");
    if (!(mutant.empty() ? out.uncovered : out.mutants).emplace(mutant.empty() ? uncovered : mutant, reason).second)
      return stop(fmt::format("row {} of {} accepts what a row before it accepts", k + 1, path), "take one of them away");
  }
  return out;
}

// The tests that kill what survived, behind the policy's own: in the file of tests that it has, or a new one.
bool write_killers(const Suite& suite, const Compiled& compiled, Console& console) {
  std::string tests;
  for (const analysis::MutantResult& r : suite.mutants->mutants) {
    if (r.fate == analysis::Fate::killable) tests += "\n" + killing_test(r);
  }
  if (tests.empty()) return true;
  std::string path = (folder_of(suite.policy) / "tests.rubric").string(), text, name;
  for (const ast::Module& m : compiled.modules) {
    if (m.kind == ast::ModuleKind::policy) name = m.name.text;
    if (m.kind != ast::ModuleKind::tests || !m.name) continue;
    path = suite.sources.file(m.file).name;
    text = suite.sources.file(m.file).text;
  }
  if (text.empty()) text = fmt::format("tests of {}\n", name);
  text += tests;
  SourceSet scratch;
  Diagnostics problems;
  if (const auto laid_out = format_source(scratch, scratch.add(path, text), problems)) text = *laid_out;
  const std::string problem = write_file(path, text);
  if (!problem.empty()) console.error(fmt::format("cannot write {}: {}", path, problem));
  return problem.empty();
}

class Run {
 public:
  Run(const Arguments& arguments, Console& console)
      : arguments_(arguments), console_(console), format_(arguments.value_or("format", "text")), least_(arguments.number("fail-under")) {}

  Exit all(const std::vector<std::string>& policies) {
    for (const std::string& path : policies) {
      if (const auto stopped = one(path)) return *stopped;
    }
    if (const auto file = arguments_.value("junit")) {
      const std::string problem = write_file(*file, suites_junit(suites_));
      if (!problem.empty()) return console_.error(fmt::format("cannot write {}: {}", *file, problem)), Exit::failed;
    }
    if (format_ == "json") output_.write(suites_json(suites_));
    if (format_ == "html") output_.write(test_page(suites_json(suites_)));
    if (format_ == "text") output_.write(fmt::format("{} passed, {} failed\n", passed_, failed_));
    if (const Exit wrote = output_.finish(console_); wrote != Exit::expected) return wrote;
    const std::string filter = arguments_.value_or("filter", "");
    if (passed_ + failed_ == 0 && !broken_) {
      console_.error(filter.empty() ? "there is no test" : fmt::format("no test's name contains \"{}\"", filter),
                     "a test is a `test` block or a row of a tests.csv beside its policy");
      return Exit::findings;
    }
    if (uncovered_) console_.error(fmt::format("less than {} % of a policy is covered", *least_), "--coverage names what no test has seen");
    if (survived_) console_.error("mutants survive that nobody accepted", "add a test (--write), or accept them by name in accepted.csv");
    if (stale_) console_.error("accepted.csv names mutants that tests kill, or that are not there", "take their rows out");
    return failed_ > 0 || broken_ || uncovered_ || survived_ || idle_ || stale_ ? Exit::findings : Exit::expected;
  }

 private:
  std::optional<Exit> one(const std::string& path) {
    if (path.ends_with(".rbc")) {
      console_.error(fmt::format("cannot test {}: it is compiled, and tests are read with the policy", path),
                     "name the policy that it was compiled from");
      return Exit::failed;
    }
    Suite suite;
    suite.policy = path;
    Diagnostics diagnostics;
    const Compiled compiled = compile(path, suite.sources, diagnostics);
    console_.diagnostics(diagnostics, suite.sources, false);
    if (!compiled.program) {
      broken_ = true;
      return std::nullopt;
    }
    const bool measures = least_ || arguments_.has("coverage"), mutates = arguments_.has("mutate") || arguments_.has("write");
    if (measures) suite.coverage.emplace(*compiled.program);
    PolicyTests tests(compiled, suite.sources, diagnostics);
    const std::string filter = arguments_.value_or("filter", "");
    for (size_t k = 0; k < tests.size(); ++k) {
      if (tests.test(k).name.find(filter) == std::string::npos) continue;
      suite.results.push_back(tests.result(k));
      const TestResult& r = suite.results.back();
      (r.failures.empty() ? passed_ : failed_) += 1;
      if (format_ == "text" && (!r.failures.empty() || !r.notes.empty())) output_.write(test_text(suite, r));
      if (!suite.coverage || !r.trace) continue;
      if (const auto d = tests.decisions(k)) suite.coverage->add(*d, *r.trace);
    }
    auto accepted = measures || mutates ? accepted_of(path, console_) : std::optional<Accepted>(Accepted());
    if (!accepted) return Exit::failed;
    if (suite.coverage && filter.empty()) {
      auto verified = vm::verify(*compiled.program);
      if (const auto* program = std::get_if<vm::VerifiedProgram>(&verified)) suite.coverage->prove(*program);
    }
    if (suite.coverage) {
      // A filter leaves out tests that may see what is accepted, or what is not.
      for (const std::string& name : suite.coverage->accept(accepted->uncovered)) {
        if (!filter.empty()) continue;
        console_.error(fmt::format("accepted as uncovered, but seen or not there: {}", printable(name)),
                       fmt::format("take its row out of the accepted.csv beside {}", path));
        idle_ = true;
      }
      const auto figure = suite.coverage->states();
      uncovered_ |= least_ && figure.percent() < static_cast<double>(*least_);
      if (format_ == "text") coverage(suite);
    }
    if (arguments_.has("update")) {
      if (const auto stopped = update(suite)) return stopped;
    }
    if (mutates) {
      if (const auto stopped = mutants(suite, compiled, std::move(accepted->mutants))) return stopped;
    }
    suites_.push_back(std::move(suite));
    return std::nullopt;
  }

  void coverage(const Suite& suite) {
    output_.write(coverage_text(suite));
    const auto figure = suite.coverage->states();
    if (figure.seen < figure.wanted) output_.write(fmt::format("  cases for what is missing: rubric generate {} -o DIR\n", suite.policy));
  }

  std::optional<Exit> update(const Suite& suite) {
    const analysis::Updates updates = analysis::updated_expectations(suite.results, suite.sources);
    for (const auto& [file, text] : updates.texts) {
      const std::string& name = suite.sources.file(file).name;
      const std::string problem = write_file(name, text);
      if (!problem.empty()) return console_.error(fmt::format("cannot write {}: {}", name, problem)), Exit::failed;
    }
    if (format_ == "text" && updates.rewritten > 0)
      output_.write(fmt::format("rewritten: {} of {}; read the difference before you keep it\n", counted(updates.rewritten, "expectation"),
                                suite.policy));
    for (const std::string& each : updates.left) output_.write(fmt::format("  left as it is: {}\n", printable(each)));
    return std::nullopt;
  }

  std::optional<Exit> mutants(Suite& suite, const Compiled& compiled, std::map<std::string, std::string> accepted) {
    const bool failing = std::any_of(suite.results.begin(), suite.results.end(), [](const TestResult& r) { return !r.failures.empty(); });
    if (failing) {
      console_.error(fmt::format("the tests of {} fail, so they can notice no mistake", suite.policy), "mend them first, or see --update");
      return std::nullopt;
    }
    analysis::MutationOptions options;
    options.accepted = std::move(accepted);
    options.progress = [&](size_t done, size_t of) {
      console_.progress(done, "mutants", static_cast<double>(done) / static_cast<double>(of));
    };
    suite.mutants = analysis::run_mutants(compiled, suite.sources, options);
    console_.end_progress();
    if (suite.mutants->relevant() == 0) {
      console_.error(fmt::format("{} has nothing in which a mistake could be made", suite.policy), "no mutant of it is another policy");
      survived_ = true;
    }
    survived_ |= suite.mutants->open() > 0;
    stale_ |= !suite.mutants->unused.empty();
    if (format_ == "text") output_.write(mutants_text(suite));
    if (arguments_.has("write") && !write_killers(suite, compiled, console_)) return Exit::failed;
    return std::nullopt;
  }

  const Arguments& arguments_;
  Console& console_;
  Output output_;
  std::string format_;
  std::optional<uint64_t> least_;
  std::vector<Suite> suites_;
  size_t passed_ = 0, failed_ = 0;
  bool broken_ = false, uncovered_ = false, survived_ = false, idle_ = false, stale_ = false;
};

Exit run(const Arguments& arguments, Console& console) {
  std::vector<std::string> paths = arguments.operands("FILE|DIR"), policies;
  if (paths.empty()) paths.emplace_back(".");
  for (const std::string& each : paths) {
    if (!is_readable(each, console)) return Exit::failed;
    find_policies(each, policies);
  }
  return Run(arguments, console).all(policies);
}

constexpr Operand operands[] = {
    {"FILE|DIR", Operand::Count::any, Completes::policy, "policies, or folders of them; without one, those below this folder"},
};
constexpr Option options[] = {
    {"filter", 0, "NAME", Completes::nothing, "only tests whose name contains this"},
    {"coverage", 0, "", Completes::nothing,
     "say what no test has seen: statuses, states of rules, outcomes, sides of thresholds and of days in force, members of sets and of conditions"},
    {"fail-under", 0, "PERCENT", Completes::nothing, "exit with 1 where a policy's coverage is less (conditions aside)"},
    {"mutate", 0, "", Completes::nothing, "say which small mistakes in the policy no test would notice"},
    {"write", 0, "", Completes::nothing, "with --mutate: add a test for each mistake that a case was found for"},
    {"update", 0, "", Completes::nothing, "rewrite expectations that fail to what is, in place"},
    {"junit", 0, "FILE", Completes::file, "write the results as JUnit XML too"},
    {"format", 'f', "text|json|html", Completes::nothing,
     "text for people; html: a page that opens from the disk; json: one array, an object a test"},
};
constexpr Example examples[] = {
    {"rubric test policies", "the tests of every policy below the folder"},
    {"rubric test policies --coverage --fail-under 80", "what the tests leave out, and a failure where that is much"},
    {"rubric test policies/headache-injections --mutate", "the mistakes that its tests would not notice"},
    {"rubric test policies/headache-injections --filter block", "only those that speak of blocks"},
};

}  // namespace

constexpr Command test_command = {
    "test",
    "run the tests that live beside policies",
    "Runs the `test` blocks and the rows of tests.csv and *.tests.csv. A failure shows what was expected beside what is, and the part of the "
    "trace that explains it. Where the literal reading and the source's own conclusion part, and the test says why, the reason is printed. "
    "--mutate makes small mistakes in the policy, one at a time, and says which of them the tests notice: a number, a day or a boundary one "
    "step off, a criterion, an exception or a code gone or one too many, another outcome. Of each survivor it shows the edit and, where one "
    "is found, a case that tells it from the policy. What may survive, or stay unseen, is named in accepted.csv "
    "(mutant,uncovered,reason). "
    "Exits with 1 if a test fails, if there is none, if a mutant survives that nobody accepted, or if what was accepted is not there.",
    operands,
    options,
    examples,
    run,
};

}  // namespace rubric::cli
