// Diagnostics for people (text), scripts (JSON) and code hosts (SARIF 2.1.0).
//
// One function a form; all three print the same diagnostics in the order in which they stand, so sort() first. Control
// characters that stand in a source, a file name or a message never reach the output as they are.

#pragma once

#include <cstdint>
#include <string>

#include "base/diagnostic.h"
#include "base/source.h"

namespace rubric {

enum class Color : uint8_t { no, yes };

// Each diagnostic as `file:line:column: error: message [name]`, its source line with carets, the related places
// likewise as notes, and `help: ...`.
std::string render_text(const Diagnostics& diagnostics, const SourceSet& sources, Color color = Color::no);

// One array, an object each: name, severity, file, line, column, endLine, endColumn, message, help, related.
std::string render_json(const Diagnostics& diagnostics, const SourceSet& sources);

// One run; each diagnostic name is a rule.
std::string render_sarif(const Diagnostics& diagnostics, const SourceSet& sources);

}  // namespace rubric
