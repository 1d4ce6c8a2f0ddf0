// A diagnostic as data: what is wrong, where, what else is involved, and what to do.
//
// Every phase takes a Diagnostics& and reports into it; nothing is thrown and nothing is printed. The words are in
// diagnostics.def. This file renders nothing: render_diagnostics.h makes text, JSON and SARIF of the same values.
//
//   diagnostics.report<DiagnosticId::unknown_name>(span, "criterion", word).did_you_mean(nearest(word, names));

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/source.h"

namespace rubric {

enum class Severity : uint8_t { error, warning, note };

std::string_view severity_name(Severity severity);

enum class DiagnosticId : uint16_t {
#define DIAGNOSTIC(name, severity, message, help) name,
#include "base/diagnostics.def"
#undef DIAGNOSTIC
};

// A row of diagnostics.def.
struct DiagnosticRow {
  std::string_view name;
  Severity severity;
  std::string_view message;
  std::string_view help;
};

inline constexpr DiagnosticRow diagnostic_rows[] = {
#define DIAGNOSTIC(name, severity, message, help) {#name, Severity::severity, message, help},
#include "base/diagnostics.def"
#undef DIAGNOSTIC
};

constexpr const DiagnosticRow& diagnostic_row(DiagnosticId id) { return diagnostic_rows[static_cast<size_t>(id)]; }

// How many arguments a text of diagnostics.def wants: one more than the largest {n}. It runs only in the compiler,
// where reaching a throw is an error: so a text with a stray brace does not compile.
consteval size_t arguments_wanted(std::string_view text) {
  size_t wanted = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '{' && text[at] != '}') continue;
    if (text.substr(at, 2) == "{{" || text.substr(at, 2) == "}}") {
      ++at;
      continue;
    }
    if (text[at] == '}' || at + 2 >= text.size() || text[at + 1] < '0' || text[at + 1] > '9' || text[at + 2] != '}') {
      throw "a text of diagnostics.def uses {0} to {9}, and {{ for a brace";
    }
    wanted = std::max(wanted, static_cast<size_t>(text[at + 1] - '0') + 1);
    at += 2;
  }
  return wanted;
}

// Another place that has to do with the mistake, and a sentence about it.
struct Related {
  Span span;
  std::string text;

  friend bool operator==(const Related&, const Related&) = default;
};

struct Diagnostic {
  DiagnosticId id;
  Severity severity;
  Span span;
  std::string message;  // raw: may hold any text that the author wrote; the renderers make it printable
  std::string help;
  std::vector<Related> related;

  // Both return the diagnostic, so that a report reads as one sentence.
  Diagnostic& relate(Span place, std::string text);
  Diagnostic& did_you_mean(const std::optional<std::string>& name);  // replaces the help when there is a name

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

class Diagnostics {
 public:
  // The reference is good until the next report.
  template <DiagnosticId Id, class... Arguments>
  Diagnostic& report(Span span, const Arguments&... arguments) {
    constexpr const DiagnosticRow& row = diagnostic_row(Id);
    static_assert(sizeof...(Arguments) == std::max(arguments_wanted(row.message), arguments_wanted(row.help)),
                  "the row in diagnostics.def wants another number of arguments");
    auto packed = fmt::make_format_args(arguments...);
    return add({Id, row.severity, span, fmt::vformat(row.message, packed), fmt::vformat(row.help, packed), {}});
  }

  // For a diagnostic that exists already: one moved here from another set.
  Diagnostic& add(Diagnostic diagnostic);

  // A place that has to do with everything reported after the first `count`: the call of a function with mistakes.
  void relate_since(size_t count, Span place, const std::string& text);

  bool has_errors() const;
  const std::vector<Diagnostic>& all() const { return diagnostics; }

  // Into reading order (file, then place; reports about one place keep their order), each thing said once.
  void sort();

 private:
  std::vector<Diagnostic> diagnostics;
};

}  // namespace rubric
