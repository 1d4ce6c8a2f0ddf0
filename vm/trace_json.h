// A trace as JSON behind what stands in a writer already: for who writes many.
#pragma once

#include "vm/json_writer.h"
#include "vm/trace.h"

namespace rubric::vm {

void write_json(const Trace&, bool with_criteria, JsonWriter&);

// ---- the same in parts, for who does not make all of a trace (run_json.h)

// A case that is not rejected: what stands before and behind the objects of its lines.
void begin_json(const Trace&, JsonWriter&);
void end_json(const Trace&, JsonWriter&);

// A line's members, in this order; what has criteria has rules, too.
void write_request(const LineTrace&, JsonWriter&);
void write_decision(const LineTrace&, JsonWriter&);
void write_criteria(const LineTrace&, JsonWriter&);
void write_open_facts(const LineTrace&, JsonWriter&);
void write_rest(const LineTrace&, bool with_rules, JsonWriter&);

}  // namespace rubric::vm
