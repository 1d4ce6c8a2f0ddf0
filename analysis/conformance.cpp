#include "analysis/conformance.h"

#include "analysis/one_line.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/text.h"
#include "compiler/compile.h"
#include "vm/intervals.h"
#include "vm/machine.h"
#include "vm/trace.h"
#include "vm/value_words.h"
#include "vm/values.h"

namespace rubric::analysis {

namespace {

using vm::Kind;
using vm::Type;
using vm::Value;

// Versions are compared as texts: "1.3" < "1.5".
void add_test(const std::string& file, const std::string& group, const pugi::xml_node& node, std::vector<ConformanceTest>& out) {
  ConformanceTest test;
  test.file = file;
  test.group = group;
  test.name = node.attribute("name").value();
  const pugi::xml_node expression = node.child("expression");
  test.expression = expression.text().get();
  const std::string_view invalid = expression.attribute("invalid").value();
  if (invalid == "syntax" || invalid == "semantic") test.expects = Expects::refusal;
  else if (!invalid.empty() && invalid != "false") test.expects = Expects::error;
  for (const pugi::xml_node& output : node.children("output")) test.expected.emplace_back(output.text().get());
  const std::string_view last = node.attribute("versionTo").value();
  test.applies = last.empty() || last >= "1.5";
  out.push_back(std::move(test));
}

bool is_null(const Value& v) { return v.kind == Kind::none || (v.kind == Kind::unknown && !vm::is_open_fact(v.cause)); }

// One value is the other, in type and content.
bool same_value(const vm::Context& c, const Value& a, const Value& b) {
  if (is_null(a) || is_null(b)) return is_null(a) && is_null(b);
  // An uncertain value is written as the interval of what it can be.
  if (a.kind == Kind::open && a.n == 1 && a.items[0].kind == Kind::range && b.kind == Kind::value && b.type == Type::interval) {
    return same_value(c, a.items[0].items[0], vm::start_of(c, b)) && same_value(c, a.items[0].items[1], vm::end_of(c, b));
  }
  if (a.kind != Kind::value || b.kind != Kind::value) return false;
  // A date is written for the date-time of its day, to which it is converted implicitly.
  const bool dated = a.type == Type::date_time && b.type == Type::date;
  if (a.type != b.type && !dated) return false;
  if (a.type == Type::interval) {
    return same_value(c, vm::start_of(c, a), vm::start_of(c, b)) && same_value(c, vm::end_of(c, a), vm::end_of(c, b));
  }
  if (vm::has_items(a.type)) {
    return a.n == b.n && std::equal(a.items, a.items + a.n, b.items, [&](const Value& x, const Value& y) { return same_value(c, x, y); });
  }
  if (vm::is_moment(a.type)) return a.precision == b.precision && vm::order(c, a, b) == 0;
  return vm::equal(c, a, b) == vm::Truth::yes;
}

std::string in_words(const vm::Batch& batch, const Value& v) {
  if (v.kind == Kind::value || v.kind == Kind::open) {
    const std::string words = vm::words_of(batch, v);
    return v.kind == Kind::value && v.type == Type::text ? "'" + words + "'" : words;
  }
  if (vm::is_fault(v.cause)) return fmt::format("null: {}", vm::json_name(v.cause));
  return v.kind == Kind::none ? "null" : "unknown";
}

// What the language does not have, or a reader that lost its way, is no verdict on the expression.
bool finds_a_mistake(DiagnosticId id) {
  return id != DiagnosticId::not_supported && id != DiagnosticId::unknown_name && id != DiagnosticId::unexpected_text &&
         id != DiagnosticId::unexpected_end;
}

// An error at run time is none with a fault. Division by zero is none by the specification, so it is not the error wanted.
bool is_error(const Value& v) { return is_null(v) && vm::is_fault(v.cause) && v.cause != vm::Cause::division_by_zero; }

}  // namespace

tl::expected<std::vector<ConformanceTest>, std::string> read_conformance(const std::filesystem::path& path) {
  std::vector<std::filesystem::path> files;
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem)) {
    for (const auto& entry : std::filesystem::directory_iterator(path, problem)) {
      if (entry.path().extension() == ".xml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
  } else {
    files.push_back(path);
  }
  std::vector<ConformanceTest> tests;
  for (const std::filesystem::path& file : files) {
    pugi::xml_document document;
    const pugi::xml_parse_result parsed = document.load_file(file.c_str(), pugi::parse_default | pugi::parse_ws_pcdata_single);
    if (!parsed) return tl::unexpected(fmt::format("{}: {} at byte {}", file.string(), parsed.description(), parsed.offset));
    for (const pugi::xml_node& group : document.child("tests").children("group")) {
      for (const pugi::xml_node& test : group.children("test"))
        add_test(file.filename().string(), group.attribute("name").value(), test, tests);
    }
  }
  if (tests.empty()) return tl::unexpected(fmt::format("{}: no tests in XML", path.string()));
  return tests;
}

void run_conformance(ConformanceTest& test, const std::string& as_of) {
  std::vector<std::string> texts{test.expression};
  if (test.expects == Expects::value) texts.insert(texts.end(), test.expected.begin(), test.expected.end());
  test.wanted = test.expects == Expects::refusal ? "an error before it runs"
                : test.expects == Expects::error ? "an error"
                : test.expected.empty()          ? "no value"
                                                 : one_line(test.expected[0]);
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled compiled = compile_expressions(texts, false, sources, diagnostics);
  if (!compiled.program || diagnostics.has_errors()) {
    test.actual = "an error";
    for (const Diagnostic& each : diagnostics.all()) {
      if (each.severity != Severity::error) continue;
      test.actual = "error: " + one_line(each.message);
      test.passed = test.expects != Expects::value && finds_a_mistake(each.id);
      break;
    }
    return;
  }
  auto verified = vm::verify(std::move(*compiled.program));
  if (const auto* reason = std::get_if<std::string>(&verified)) {
    test.actual = "error: " + *reason;
    return;
  }
  const auto* program = std::get_if<vm::VerifiedProgram>(&verified);
  vm::Loader loader(**program, as_of);
  loader.add("{}", "");
  const auto batch = std::make_shared<const vm::Batch>(loader.take());
  const vm::Decisions decisions = vm::run(*program, batch);
  const auto& pieces = (*program)->remarks.at(0).text.pieces;
  const Value actual = decisions.value(pieces.at(0).reg, 0);
  test.actual = in_words(*batch, actual);
  if (test.expects != Expects::value) {
    test.passed = test.expects == Expects::error && is_error(actual);
    return;
  }
  const vm::Context context{batch.get(), decisions.arena.get()};
  for (size_t k = 1; k < pieces.size(); ++k) test.passed |= same_value(context, actual, decisions.value(pieces[k].reg, 0));
}

}  // namespace rubric::analysis
