// A trace as JSON behind what stands in a writer already: for who writes many.
#pragma once

#include "vm/json_writer.h"
#include "vm/trace.h"

namespace rubric::vm {

void write_json(const Trace&, bool with_criteria, JsonWriter&);

}  // namespace rubric::vm
