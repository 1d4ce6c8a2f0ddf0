// The forms for programs: JSON, and SARIF 2.1.0 for code hosts. See render_diagnostics.h.
//
// Written out by hand: both are a fixed shape around strings that quote_json makes safe.

#include <iterator>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "base/render_diagnostics.h"
#include "base/text.h"

namespace rubric {

namespace {

template <class... Arguments>
void append(std::string& out, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Arguments>(arguments)...);
}

// -- JSON --

// Members that say where; a span that points nowhere has none of them.
std::string json_place(Span span, const SourceSet& sources) {
  if (!sources.contains(span.file)) return "";
  const SourceFile& file = sources.file(span.file);
  Position begin = file.position(span.begin), end = file.position(span.end);
  return fmt::format(R"("file": {}, "line": {}, "column": {}, "endLine": {}, "endColumn": {}, )", quote_json(file.name), begin.line,
                     begin.column, end.line, end.column);
}

std::string json_object(const Diagnostic& d, const SourceSet& sources) {
  std::string related;
  for (const Related& each : d.related) {
    append(related, R"({}{{{}"message": {}}})", related.empty() ? "" : ", ", json_place(each.span, sources), quote_json(each.text));
  }
  return fmt::format(R"({{"name": "{}", "severity": "{}", {}"message": {}, "help": {}, "related": [{}]}})", diagnostic_row(d.id).name,
                     severity_name(d.severity), json_place(d.span, sources), quote_json(d.message), quote_json(d.help), related);
}

// -- SARIF --

// File names go out as relative URI references.
std::string uri(std::string_view name) {
  std::string out;
  for (char c : name) {
    bool plain = ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') ||
                 std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      append(out, "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// A location object; `message` is a member of its own there, with which related places say what they are.
std::string sarif_location(Span span, const SourceSet& sources, std::string_view message_member) {
  if (!sources.contains(span.file)) return fmt::format("{{{}}}", message_member);
  const SourceFile& file = sources.file(span.file);
  Position begin = file.position(span.begin), end = file.position(span.end);
  return fmt::format(R"({{{}{}"physicalLocation": {{"artifactLocation": {{"uri": "{}"}}, )"
                     R"("region": {{"startLine": {}, "startColumn": {}, "endLine": {}, "endColumn": {}}}}}}})",
                     message_member, message_member.empty() ? "" : ", ", uri(file.name), begin.line, begin.column, end.line, end.column);
}

std::string sarif_result(const Diagnostic& d, const SourceSet& sources, size_t rule) {
  std::string locations, related;
  if (sources.contains(d.span.file)) locations = sarif_location(d.span, sources, "");
  for (const Related& each : d.related) {
    auto message = fmt::format(R"("message": {{"text": {}}})", quote_json(each.text));
    append(related, "{}{}", related.empty() ? "" : ", ", sarif_location(each.span, sources, message));
  }
  // A result has no member for advice, so it follows the message.
  std::string words = d.help.empty() ? d.message : fmt::format("{}\nhelp: {}", d.message, d.help);
  return fmt::format(R"({{"ruleId": "{}", "ruleIndex": {}, "level": "{}", "message": {{"text": {}}}, )"
                     R"("locations": [{}], "relatedLocations": [{}]}})",
                     diagnostic_row(d.id).name, rule, severity_name(d.severity), quote_json(words), locations, related);
}

}  // namespace

std::string render_json(const Diagnostics& diagnostics, const SourceSet& sources) {
  std::string objects;
  for (const Diagnostic& each : diagnostics.all()) {
    append(objects, "{}\n  {}", objects.empty() ? "" : ",", json_object(each, sources));
  }
  return fmt::format("[{}{}]\n", objects, objects.empty() ? "" : "\n");
}

std::string render_sarif(const Diagnostics& diagnostics, const SourceSet& sources) {
  // The rules are those that occur, numbered as they first do.
  std::map<DiagnosticId, size_t> rule_numbers;
  std::string rules, results;
  for (const Diagnostic& each : diagnostics.all()) {
    auto [rule, is_new] = rule_numbers.try_emplace(each.id, rule_numbers.size());
    if (is_new) append(rules, R"({}{{"id": "{}"}})", rules.empty() ? "" : ", ", diagnostic_row(each.id).name);
    append(results, "{}\n      {}", results.empty() ? "" : ",", sarif_result(each, sources, rule->second));
  }
  return fmt::format(R"({{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "version": "2.1.0",
  "runs": [{{
    "tool": {{"driver": {{"name": "rubric", "rules": [{}]}}}},
    "columnKind": "unicodeCodePoints",
    "results": [{}{}]
  }}]
}}
)",
                     rules, results, results.empty() ? "" : "\n    ");
}

}  // namespace rubric
