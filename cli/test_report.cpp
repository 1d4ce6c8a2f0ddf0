#include "cli/test_report.h"

#include "analysis/test_rows.h"
#include "base/text.h"
#include "compiler/print.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

namespace rubric::cli {
namespace {

using analysis::Covered;
using analysis::CoveredState;
using analysis::Fate;
using analysis::Subject;

constexpr size_t left_column = 46;        // what was expected, where it fits
constexpr size_t most_statuses = 6;       // of a killing test

std::string place(const SourceSet& sources, Span span) {
  if (span.file == no_file) return "";
  const SourceFile& file = sources.file(span.file);
  return fmt::format("{}:{}", file.name, file.position(span.begin).line);
}

std::string_view status_words(vm::Status s) { return analysis::status_word(s); }

void criterion_words(const vm::CriterionTrace& c, size_t indent, std::string& out) {
  out += fmt::format("{:{}}{} {}: {}\n", "", indent, printable(c.name), status_words(c.status), printable(c.sentence));
  for (const vm::ObservedValue& v : c.values)
    out += fmt::format("{:{}}{} {}\n", "", indent + 2, printable(v.expression), printable(vm::observed_words(v)));
  for (const vm::CriterionTrace& inner : c.criteria) criterion_words(inner, indent + 2, out);
}

// The part of a trace that explains a failure: the criterion, or of an outcome the rules that bear on it and the criteria
// that are not met.
std::string explanation(const TestFailure& f, const vm::Trace& trace) {
  std::string out;
  const std::function<void(const std::vector<vm::CriterionTrace>&)> find = [&](const std::vector<vm::CriterionTrace>& list) {
    for (const vm::CriterionTrace& c : list) {
      if (c.name == f.criterion && c.item == f.item) criterion_words(c, 6, out);
      else find(c.criteria);
    }
  };
  for (const vm::LineTrace& line : trace.lines) {
    if (line.sequence != f.line) continue;
    if (!f.criterion.empty()) {
      find(line.criteria);
      for (const vm::ItemTrace& i : line.items) find(i.criteria);
      continue;
    }
    const auto rules = [&](const std::vector<vm::RuleTrace>& list) {
      for (const vm::RuleTrace& r : list) {
        if (r.state == vm::RuleState::does_not_fire) continue;
        out += fmt::format("      rule {} {}", printable(r.name), json_name(r.state));
        if (!r.defeated_by.empty()) out += fmt::format(" by {}", fmt::join(r.defeated_by, ", "));
        out += '\n';
      }
    };
    const auto criteria = [&](const std::vector<vm::CriterionTrace>& list) {
      for (const vm::CriterionTrace& c : list) {
        const bool said = c.status == vm::Status::not_met || c.status == vm::Status::undetermined;
        if (said)
          out += fmt::format("      {}{} {}: {}\n", printable(c.name), c.item.empty() ? "" : " on " + printable(c.item),
                             status_words(c.status), printable(c.sentence));
      }
    };
    rules(line.rules);
    criteria(line.criteria);
    for (const vm::ItemTrace& i : line.items) rules(i.rules), criteria(i.criteria);
  }
  return out;
}

std::string xml(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string figure_json(const analysis::Coverage::Figure& f) {
  return fmt::format(R"("percent": {}, "seen": {}, "wanted": {})", percent(f.seen, f.wanted), f.seen, f.wanted);
}

std::string coverage_json(const Suite& suite) {
  std::string clauses;
  for (const Covered& clause : suite.coverage->clauses()) {
    std::string states;
    for (const CoveredState& s : clause.states) {
      std::string more;
      if (!s.impossible.empty()) more += ", \"impossible\": " + quote_json(s.impossible);
      if (!s.why.empty()) more += ", \"why\": " + quote_json(s.why);
      if (!s.pair.first.empty()) more += fmt::format(R"(, "pair": ["{}", "{}"])", s.pair.first, s.pair.second);
      states += fmt::format(R"({}{{"state": {}, "seen": {}{}}})", states.empty() ? "" : ", ", quote_json(s.name), s.seen, more);
    }
    clauses += fmt::format("{}\n  {{\"kind\": \"{}\", \"name\": {}{}, \"states\": [{}]}}", clauses.empty() ? "" : ",", words(clause.kind),
                           quote_json(clause.name), clause.place.empty() ? "" : ", \"place\": " + quote_json(clause.place), states);
  }
  return fmt::format(R"( {{"policy": {}, "coverage": {{{}, "conditions": {{{}}}, "clauses": [{}]}}}})", quote_json(suite.policy),
                     figure_json(suite.coverage->states()), figure_json(suite.coverage->conditions()), clauses);
}

std::string list_json(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& each : list) out += (out.empty() ? "" : ", ") + quote_json(each);
  return "[" + out + "]";
}

std::string mutants_json(const Suite& suite) {
  const analysis::MutationReport& m = *suite.mutants;
  std::string list;
  for (const analysis::MutantResult& r : m.mutants) {
    list += fmt::format("{}\n  {{\"fate\": \"{}\", \"kind\": \"{}\", \"clause\": {}, \"place\": {}, \"before\": {}, \"after\": {}{}",
                        list.empty() ? "" : ",", json_name(r.fate), r.mutant.kind, quote_json(r.mutant.clause),
                        quote_json(place(suite.sources, r.mutant.span)), quote_json(r.mutant.before), quote_json(r.mutant.after),
                        r.by.empty() ? "" : ", \"by\": " + quote_json(r.by));
    if (r.killer) {
      list += fmt::format(R"(, "killer": {{"record": {}, "expect": {}, "instead": {}}})", r.killer->record.dump(),
                          list_json(r.killer->expect), list_json(r.killer->instead));
    }
    list += "}";
  }
  return fmt::format(
      R"( {{"policy": {}, "mutation": {{"percent": {}, "killed": {}, "relevant": {}, "accepted": {}, "equivalent": {}, "open": {}, "killable": {}, "undecided": {}, "idle": {}, "mutants": [{}]}}}})",
      quote_json(suite.policy), percent(m.noticed(), m.relevant()), m.noticed(), m.relevant(), m.count(Fate::accepted),
      m.count(Fate::same) + m.count(Fate::proved), m.open(), m.count(Fate::killable), m.count(Fate::undecided), list_json(m.unused), list);
}

}  // namespace

std::string percent(uint64_t part, uint64_t whole) {
  const uint64_t tenths = whole == 0 ? 1000 : 1000 * part / whole;
  return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

std::string test_text(const Suite& suite, const TestResult& r) {
  std::string out = fmt::format("{} {}: {}\n", r.failures.empty() ? "passed" : "FAILED", suite.policy, printable(r.name));
  for (const TestFailure& f : r.failures) {
    out += fmt::format("  {}\n", place(suite.sources, f.span));
    const std::string expected = printable(f.expected), actual = printable(f.actual);
    out += expected.size() <= left_column
               ? fmt::format("    {:<{}}  is\n    {:<{}}  {}\n", "expected", left_column, expected, left_column, actual)
               : fmt::format("    expected  {}\n    is        {}\n", expected, actual);
    if (r.trace) out += explanation(f, *r.trace);
  }
  for (const std::string& note : r.notes) out += fmt::format("  {}\n", printable(note));
  return out;
}

std::string coverage_text(const Suite& suite) {
  const auto states = suite.coverage->states(), conditions = suite.coverage->conditions();
  const std::vector<Covered> clauses = suite.coverage->clauses();
  std::string out = fmt::format("coverage {}: {} % ({} of {} states); members of conditions: {} % ({} of {})\n", suite.policy,
                                percent(states.seen, states.wanted), states.seen, states.wanted,
                                percent(conditions.seen, conditions.wanted), conditions.seen, conditions.wanted);
  for (const Covered& c : clauses) {
    // States that were not seen for one reason stand together.
    std::vector<std::pair<std::vector<std::string>, std::string>> never;
    for (const CoveredState& s : c.states) {
      if (s.seen > 0 || !s.impossible.empty()) continue;
      if (never.empty() || never.back().second != s.why) never.push_back({{}, s.why});
      never.back().first.push_back(printable(s.name));
    }
    if (never.empty()) continue;
    out +=
        fmt::format("  {:<9} {}: {} ", words(c.kind), printable(c.name), c.kind == Subject::Kind::condition ? "not decided by" : "never");
    for (size_t k = 0; k < never.size(); ++k)
      out += fmt::format("{}{} ({})", k == 0 ? "" : ", ", fmt::join(never[k].first, ", "), never[k].second);
    out += '\n';
  }
  for (const Covered& c : clauses) {
    for (const CoveredState& s : c.states) {
      if (!s.impossible.empty())
        out += fmt::format("  not wanted: {} {} {}: {}\n", words(c.kind), printable(c.name), printable(s.name), s.impossible);
    }
  }
  return out;
}

std::string mutants_text(const Suite& suite) {
  const analysis::MutationReport& m = *suite.mutants;
  std::string out =
      fmt::format("mutants {}: {} of {} killed ({} %)", suite.policy, m.noticed(), m.relevant(), percent(m.noticed(), m.relevant()));
  if (m.count(Fate::accepted) > 0) out += fmt::format(", {} accepted by name", m.count(Fate::accepted));
  if (m.open() > 0)
    out += fmt::format(", {} survive ({} with a case that tells, {} that nothing decides)", m.open(), m.count(Fate::killable),
                       m.count(Fate::undecided));
  out +=
      fmt::format("; beside them {} that change nothing ({} the same program, {} proved) and {} that are no program\n",
                  m.count(Fate::same) + m.count(Fate::proved), m.count(Fate::same), m.count(Fate::proved), m.count(Fate::does_not_compile));
  for (const analysis::MutantResult& r : m.mutants) {
    const bool survivor = r.fate == Fate::killable || r.fate == Fate::undecided || r.fate == Fate::accepted || r.fate == Fate::proved;
    if (!survivor) continue;
    const std::string_view word = r.fate == Fate::accepted ? "accepted" : r.fate == Fate::proved ? "equivalent" : "SURVIVED";
    out += fmt::format("  {} {}  {}\n      - {}\n      + {}\n", word, place(suite.sources, r.mutant.span), printable(r.mutant.clause),
                       printable(r.mutant.before), printable(r.mutant.after));
    if (!r.by.empty() && r.fate != Fate::undecided) out += fmt::format("      because {}\n", printable(r.by));
    if (r.killer) {
      out += fmt::format("      it gives {}, where the policy gives\n", printable(fmt::format("{}", fmt::join(r.killer->instead, ", "))));
      std::string test = killing_test(r);
      for (size_t at = 0; at < test.size();) {
        const size_t end = std::min(test.find('\n', at), test.size());
        out += "        " + printable(test.substr(at, end - at)) + "\n";
        at = end + 1;
      }
    } else if (r.fate == Fate::undecided) {
      out += fmt::format("      no case was found that tells it from the policy, and no proof that there is none{}\n",
                         r.by.empty() ? "" : ": " + printable(r.by));
    }
  }
  for (const std::string& name : m.unused) out += fmt::format("  accepted, but killed or not there: {}\n", printable(name));
  return out;
}

std::string killing_test(const analysis::MutantResult& r) {
  const analysis::Killer& k = *r.killer;
  std::string out = fmt::format("test {} case ", print_text("not " + r.mutant.name()));
  out += k.base.empty() ? analysis::record_words(k.record) : k.base + analysis::change_words(k.changes);
  out += fmt::format("\n  expect {}", k.expect[0]);
  for (size_t n = 1; n < k.expect.size() && n <= most_statuses; ++n) out += (n == 1 ? "\n  expect " : ", ") + k.expect[n];
  return out + "\n";
}

std::string suites_json(const std::vector<Suite>& suites) {
  std::string out = "[";
  bool first = true;
  const auto add = [&](const std::string& object) {
    out += (first ? "\n" : ",\n") + object;
    first = false;
  };
  for (const Suite& suite : suites) {
    for (const TestResult& r : suite.results) {
      std::string failures;
      for (const TestFailure& f : r.failures) {
        const std::string trace = r.trace ? explanation(f, *r.trace) : "";
        failures += fmt::format(R"({}{{"expected": {}, "actual": {}, "place": {}{}}})", failures.empty() ? "" : ", ",
                                quote_json(f.expected), quote_json(f.actual), quote_json(place(suite.sources, f.span)),
                                trace.empty() ? "" : ", \"trace\": " + quote_json(trace));
      }
      add(fmt::format(R"( {{"policy": {}, "test": {}, "passed": {}, "failures": [{}], "notes": {}}})", quote_json(suite.policy),
                      quote_json(r.name), r.failures.empty(), failures, list_json(r.notes)));
    }
    if (suite.coverage) add(coverage_json(suite));
    if (suite.mutants) add(mutants_json(suite));
  }
  return out + "\n]\n";
}

std::string suites_junit(const std::vector<Suite>& suites) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const Suite& suite : suites) {
    size_t failed = 0;
    for (const TestResult& r : suite.results) failed += !r.failures.empty();
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n", xml(suite.policy), suite.results.size(), failed);
    for (const TestResult& r : suite.results) {
      out += fmt::format("    <testcase name=\"{}\" classname=\"{}\"", xml(r.name), xml(suite.policy));
      if (r.failures.empty()) {
        out += "/>\n";
        continue;
      }
      out += ">\n";
      for (const TestFailure& f : r.failures) {
        out += fmt::format("      <failure message=\"expected {}; is {}\">{}</failure>\n", xml(f.expected), xml(f.actual),
                           xml(place(suite.sources, f.span)));
      }
      out += "    </testcase>\n";
    }
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace rubric::cli
