// A trace as text that a nurse can read on a terminal or a sheet of paper.
//
// It says what stands in the trace and works nothing out: what JSON holds and what this prints cannot disagree.
#pragma once

#include "base/render_diagnostics.h"
#include "vm/trace.h"

#include <cstdint>
#include <optional>
#include <string>

namespace rubric {

// Whom the sentences address: the reviewer also reads rules, values and layers.
enum class Audience : uint8_t { reviewer, member };

struct TextOptions {
  Color color = Color::no;
  int width = 100;
  std::optional<uint32_t> line;  // only the line with this sequence number
  Audience audience = Audience::reviewer;
};

// The whole path to the determination.
std::string to_text(const vm::Trace&, const TextOptions& = {});

// One line of text for each line of the request: case, line, service, outcome, what decided it, how much is missing.
std::string to_summary(const vm::Trace&, Color = Color::no);

}  // namespace rubric
