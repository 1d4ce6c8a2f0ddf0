#include "analysis/policy_tests.h"

#include "analysis/test_names.h"
#include "analysis/test_record.h"
#include "compiler/print.h"
#include "vm/outcomes.h"
#include "vm/verify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tl/expected.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace rubric {
namespace {

std::string joined(const std::vector<std::string>& list) { return list.empty() ? "nothing" : fmt::format("{}", fmt::join(list, ", ")); }

void find_criteria(const std::vector<vm::CriterionTrace>& list, const std::string& name, uint32_t item,
                   std::vector<const vm::CriterionTrace*>& out) {
  for (const vm::CriterionTrace& c : list) {
    const bool this_item = item == 0 || c.item.ends_with(fmt::format(" {}", item));
    if (c.name == name && this_item) out.push_back(&c);
    find_criteria(c.criteria, name, item, out);
  }
}

class Checking {
 public:
  Checking(const ast::Expectation& e, const vm::LineTrace& line, std::vector<TestFailure>& failures)
      : e_(e), line_(line), failures_(failures) {}

  void run() {
    if (e_.outcome) e_.item == 0 ? outcome() : item_outcome();
    if (e_.criterion) criterion();
    asked();
    if (e_.requires_clinician && !line_.requires_clinician) fail("a clinician must sign it", "nobody needs to");
    if (e_.defeated) {
      const std::string wanted = e_.defeated_by ? fmt::format("{} by {}", e_.defeated.text, e_.defeated_by.text) : e_.defeated.text;
      const bool found = std::any_of(line_.defeated.begin(), line_.defeated.end(),
                                     [&](const std::string& d) { return d == wanted || d.starts_with(wanted + " "); });
      if (!found) fail(wanted + " is defeated", joined(line_.defeated));
    }
  }

 private:
  void fail(std::string expected, std::string actual) {
    failures_.push_back({e_.span, fmt::format("line {}: {}", line_.sequence, expected), std::move(actual), line_.sequence, {}, {}, &e_});
  }

  void fail(std::string expected, std::string actual, const vm::CriterionTrace& c) {
    fail(std::move(expected), std::move(actual));
    failures_.back().criterion = c.name;
    failures_.back().item = c.item;
  }

  // Of one item, where rules run for each.
  void item_outcome() {
    const auto at = std::find_if(line_.items.begin(), line_.items.end(),
                                 [&](const vm::ItemTrace& i) { return i.item.ends_with(fmt::format(" {}", e_.item)); });
    if (at == line_.items.end()) return fail(fmt::format("{} of item {}", e_.outcome.text, e_.item), "rules do not run for such an item");
    const std::string_view is = vm::outcome_row(at->outcome).json;
    if (!same_word(e_.outcome.text, is))
      fail(fmt::format("{} {}", at->item, e_.outcome.text), fmt::format("{} by {}", is, joined(at->decided_by)));
    std::vector<ast::Word> by = e_.also_by;
    if (e_.by) by.insert(by.begin(), e_.by);
    for (const ast::Word& rule : by) {
      if (std::find(at->decided_by.begin(), at->decided_by.end(), rule.text) == at->decided_by.end())
        fail(fmt::format("{} decided by {}", at->item, rule.text), joined(at->decided_by));
    }
  }

  void outcome() {
    const vm::OutcomeRow& row = vm::outcome_row(line_.outcome);
    // An approval subject to conditions may be expected as plain "approve" with "subject to".
    const bool same = same_word(e_.outcome.text, row.json) ||
                      (e_.outcome.text == "approve" && !e_.subject_to.empty() && line_.outcome == vm::Outcome::approve_with_conditions);
    if (!same) fail(e_.outcome.text, fmt::format("{} by {}", row.json, joined(line_.decided_by)));
    std::vector<std::string> by;
    if (e_.by) by.push_back(e_.by.text);
    for (const ast::Word& rule : e_.also_by) by.push_back(rule.text);
    exactly("decided by ", by, line_.decided_by);
    std::vector<std::string> wanted, conditions;
    for (const ast::Word& c : e_.subject_to) wanted.push_back(c.text);
    for (const vm::ConditionTrace& c : line_.conditions) conditions.push_back(c.name);
    exactly("subject to ", wanted, conditions);
    if (!e_.contents) return;
    for (const auto& [field, value] : e_.contents->fields) {
      const auto at =
          std::find_if(line_.modified.begin(), line_.modified.end(), [&](const vm::ModificationField& m) { return m.field == field.text; });
      const std::string wanted =
          value.kind == ast::ExprKind::none_literal || value.kind == ast::ExprKind::null_literal ? "none" : value.text;
      if (at == line_.modified.end() || at->value != wanted)
        fail(fmt::format("modified to {}: {}", field.text, wanted), at == line_.modified.end() ? "not modified" : at->value);
    }
  }

  // Names that an expectation gives are all that there are: another rule that stands as well is a difference.
  void exactly(std::string_view words, const std::vector<std::string>& wanted, const std::vector<std::string>& is) {
    if (!wanted.empty() && std::set(wanted.begin(), wanted.end()) != std::set(is.begin(), is.end()))
      fail(std::string(words) + joined(wanted), joined(is));
  }

  void criterion() {
    std::vector<const vm::CriterionTrace*> found;
    find_criteria(line_.criteria, e_.criterion.text, e_.item, found);
    // A criterion of a block's items may be shown under the items only.
    for (const vm::ItemTrace& i : line_.items) find_criteria(i.criteria, e_.criterion.text, e_.item, found);
    if (found.empty()) return fail(fmt::format("{} {}", e_.criterion.text, e_.status.text), "the trace has no such criterion");
    const bool applies_only = e_.status.text == "applicable";
    for (const vm::CriterionTrace* c : found) {
      const std::string_view status = vm::json_name(c->status);
      if (!(applies_only ? c->status != vm::Status::not_applicable : same_word(status, e_.status.text))) {
        fail(fmt::format("{}{} {}", c->name, c->item.empty() ? "" : " on " + c->item, e_.status.text),
             fmt::format("{}: {}", status, c->sentence), *c);
      } else if (e_.cause && !same_word(e_.cause.text, c->cause)) {
        fail(fmt::format("{} {} because {}", c->name, e_.status.text, e_.cause.text), "because " + c->cause, *c);
      }
    }
  }

  void asked() {
    std::vector<std::string> facts;
    for (const vm::MissingFact& m : line_.missing) facts.push_back(m.fact);
    const auto has = [&](const std::string& f) { return std::find(facts.begin(), facts.end(), f) != facts.end(); };
    if (e_.asks_nothing && !facts.empty()) fail("asks for nothing", joined(facts));
    std::vector<std::string> wanted;
    for (const std::string& f : e_.asks) wanted.push_back(f);
    for (const std::string& j : e_.judgments) wanted.push_back("judgment:" + j);
    const bool all = std::all_of(wanted.begin(), wanted.end(), has);
    // "asks for" lists everything that is asked for; "waits for judgment" and "could change with" name some of it.
    if (!all || (!e_.asks.empty() && wanted.size() != facts.size())) {
      if (!wanted.empty()) fail("asks for " + joined(wanted), joined(facts));
    }
    for (const std::string& f : e_.could_change) {
      if (!has(f)) fail("could change with " + f, joined(facts));
    }
  }

  const ast::Expectation& e_;
  const vm::LineTrace& line_;
  std::vector<TestFailure>& failures_;
};

// A program, or why there is none.
using Verified = tl::expected<vm::VerifiedProgram, std::string>;

}  // namespace

struct PolicyTests::Impl {
  Impl(const Compiled& compiled, SourceSet& sources, Diagnostics& diagnostics)
      : compiled_(compiled), sources_(sources), diagnostics_(diagnostics) {
    for (const ast::Module& m : compiled_.modules) {
      for (const ast::Declaration& d : m.declarations) {
        for (const ast::Record& r : d.record) records_[r.name.text] = &r;
        for (const ast::Test& t : d.test) tests_.emplace_back(&t, m.file);
      }
    }
  }

  TestResult one(size_t k) { return one(*tests_[k].first, tests_[k].second); }

  std::string folder(FileId file) const { return std::filesystem::path(sources_.file(file).name).parent_path().string(); }

  static TestFailure nothing_decided(const ast::Test& t, std::string why) {
    return {t.span, "a decision", std::move(why), 0, {}, {}, nullptr};
  }

  TestResult one(const ast::Test& t, FileId file) {
    const auto stop = [&](std::string why) { return TestResult{t.name, t.span, {nothing_decided(t, std::move(why))}, {}, std::nullopt}; };
    const auto record = test_record(t.record, records_, folder(file));
    if (!record) return stop(record.error());
    const auto& program = this->program(t);
    if (!program) return stop(program.error());
    vm::Loader loader(**program, t.as_of);
    loader.add(*record, t.name);
    const auto decisions = vm::run(*program, std::make_shared<const vm::Batch>(loader.take()));
    return judged(t, vm::trace(decisions, 0));
  }

  static TestResult judged(const ast::Test& t, vm::Trace trace) {
    TestResult result{t.name, t.span, {}, {}, std::move(trace)};
    if (result.trace->rejected) {
      std::string why = "the record was rejected";
      for (const auto& m : result.trace->messages) {
        if (m.error) why += fmt::format("; {}: {}", m.pointer, m.message);
      }
      result.failures.push_back(nothing_decided(t, std::move(why)));
      return result;
    }
    // A misspelt key of the record is not read, which no expectation may notice. Records of tests need no id.
    for (const vm::RecordMessage& m : result.trace->messages) {
      if (m.pointer != "/id") result.notes.push_back(fmt::format("{}: {}", m.pointer, m.message));
    }
    // Of a record without lines, as `rubric generate` makes them, nothing can be expected.
    if (t.expectations.empty() && t.concludes.empty() && !result.trace->lines.empty())
      result.failures.push_back({t.span, "an expectation", "none is written", 0, {}, {}, nullptr});
    for (const ast::Expectation& e : t.expectations) {
      for (const vm::LineTrace* line : lines(e.lines, e.span, result)) Checking(e, *line, result.failures).run();
    }
    for (const ast::Concludes& c : t.concludes) conclude(t, c, result);
    return result;
  }

  static std::vector<const vm::LineTrace*> lines(const std::vector<uint32_t>& wanted, Span span, TestResult& result) {
    std::vector<const vm::LineTrace*> out;
    for (const vm::LineTrace& l : result.trace->lines) {
      if (wanted.empty() || std::find(wanted.begin(), wanted.end(), l.sequence) != wanted.end()) out.push_back(&l);
    }
    if (out.empty() || (!wanted.empty() && out.size() != wanted.size()))
      result.failures.push_back({span, "a line of that number", fmt::format("{} lines", result.trace->lines.size()), 0, {}, {}, nullptr});
    return out;
  }

  // The source's own conclusion is kept beside the literal reading; where they part, the author must have said why.
  static void conclude(const ast::Test& t, const ast::Concludes& c, TestResult& result) {
    for (const vm::LineTrace* line : lines(c.lines, c.span, result)) {
      const std::string_view literal = vm::outcome_row(line->outcome).json;
      if (same_word(literal, c.outcome.text)) continue;
      if (t.because.empty()) {
        result.failures.push_back({c.span,
                                   fmt::format("line {}: the source concludes {}", line->sequence, c.outcome.text),
                                   fmt::format("{}; say because what, if the two are meant to part", literal),
                                   line->sequence,
                                   {},
                                   {},
                                   nullptr});
      } else {
        result.notes.push_back(fmt::format("line {}: the source concludes {}, the literal reading {}: {}", line->sequence, c.outcome.text,
                                           literal, t.because));
      }
    }
  }

  const Verified& program(const ast::Test& t) {
    std::vector<std::string> overlays;
    for (const ast::Word& o : t.overlays) overlays.push_back(o.text);
    auto [at, added] = programs_.try_emplace(overlays, tl::unexpected<std::string>("the policy does not compile with these overlays"));
    if (!added) return at->second;
    std::optional<vm::Program> made = compiled_.program;
    if (!overlays.empty()) {
      CompileOptions options;
      options.overlays = overlays;
      made = compile_modules(compiled_.modules, sources_, diagnostics_, options).program;
    }
    if (!made) return at->second;
    auto verified = vm::verify(std::move(*made));
    if (auto* ok = std::get_if<vm::VerifiedProgram>(&verified)) {
      at->second = *ok;
    } else {
      at->second = tl::unexpected<std::string>("the compiled policy cannot run: " + std::get<std::string>(verified));
    }
    return at->second;
  }

  const Compiled& compiled_;
  SourceSet& sources_;
  Diagnostics& diagnostics_;
  NamedRecords records_;
  std::vector<std::pair<const ast::Test*, FileId>> tests_;
  std::map<std::vector<std::string>, Verified> programs_;
};

PolicyTests::PolicyTests(const Compiled& compiled, SourceSet& sources, Diagnostics& diagnostics)
    : impl_(std::make_unique<Impl>(compiled, sources, diagnostics)) {}
PolicyTests::~PolicyTests() = default;
PolicyTests::PolicyTests(PolicyTests&&) noexcept = default;

size_t PolicyTests::size() const { return impl_->tests_.size(); }
const ast::Test& PolicyTests::test(size_t k) const { return *impl_->tests_[k].first; }
TestResult PolicyTests::result(size_t k) { return impl_->one(k); }
TestResult PolicyTests::judged(size_t k, vm::Trace trace) const { return Impl::judged(test(k), std::move(trace)); }

std::optional<std::string> PolicyTests::record(size_t k) const {
  const auto& [test, file] = impl_->tests_[k];
  auto record = test_record(test->record, impl_->records_, impl_->folder(file));
  return record ? std::optional(std::move(*record)) : std::nullopt;
}

std::vector<std::pair<std::string, std::string>> PolicyTests::bases() const {
  std::vector<std::pair<std::string, std::string>> out;
  const auto add = [&](const std::string& words, const ast::Record& r, FileId file) {
    const bool there = std::any_of(out.begin(), out.end(), [&](const auto& each) { return each.first == words; });
    auto record = there ? tl::unexpected(std::string()) : test_record(r, impl_->records_, impl_->folder(file));
    if (record) out.emplace_back(words, std::move(*record));
  };
  for (const auto& [test, file] : impl_->tests_) {
    ast::Record bare;
    bare.base = test->record.base;
    bare.file = test->record.file;
    if (bare.base) add(bare.base.text, bare, file);
    else if (bare.file) add(print_text(bare.file.text), bare, file);
  }
  return out;
}

std::optional<vm::Decisions> PolicyTests::decisions(size_t k) {
  const auto record = this->record(k);
  const auto& program = impl_->program(test(k));
  if (!record || !program) return std::nullopt;
  vm::Loader loader(**program, test(k).as_of);
  loader.add(*record, test(k).name);
  return vm::run(*program, std::make_shared<const vm::Batch>(loader.take()));
}

TestRun run_policy_tests(const Compiled& compiled, SourceSet& sources, Diagnostics& diagnostics, const std::string& filter) {
  PolicyTests tests(compiled, sources, diagnostics);
  TestRun out;
  out.found_any = tests.size() > 0;
  for (size_t k = 0; k < tests.size(); ++k) {
    if (tests.test(k).name.find(filter) != std::string::npos) out.results.push_back(tests.result(k));
  }
  return out;
}

}  // namespace rubric
