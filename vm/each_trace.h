// Traces of many cases of a run, and of few.
#pragma once

#include "vm/settle.h"
#include "vm/trace.h"

#include <functional>
#include <optional>
#include <span>

namespace rubric::vm {

// Of some cases, in order; their lines are settled together, by what earlier ones have shown (settle.h). Settled by their reasons alone
// they do not say which facts cannot matter and which answers are enough, nor whom missing facts serve.
void each_trace(const Decisions&, std::span<const Row> cases, Settler&, bool with_criteria, Pictures,
                const std::function<void(Row, Trace)>& take, Settle = Settle::all);
// Of all cases.
void each_trace(const Decisions&, Settler&, bool with_criteria, Pictures, const std::function<void(Row, Trace)>& take,
                Settle = Settle::all);

// The trace of one case of a run, by a run of that case alone: where few cases of a batch are asked for, what the run has left
// for later is not made for the others.
// One line's, where one is named.
Trace trace_alone(const Decisions&, Row case_row, std::optional<Row> line = {});

}  // namespace rubric::vm
