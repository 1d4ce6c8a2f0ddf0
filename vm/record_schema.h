// The JSON Schema (draft 2020-12) of a case record, from the model that a program carries.
//
// For the editors and systems that write records. It says what a record may look like, and less than the loader checks:
// bounds between fields, dates of the calendar and references are beyond it.
#pragma once

#include "vm/program.h"

#include <string>

namespace rubric::vm {

enum class SchemaScope : uint8_t {
  read,   // what this program reads
  whole,  // the whole model
};
std::string record_schema(const Program&, SchemaScope);

}  // namespace rubric::vm
