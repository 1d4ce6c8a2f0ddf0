// Programs that decide nothing: they read everything, each field of a record model as a column and each list as a domain, or next to nothing.
#pragma once

#include "vm/program.h"

namespace rubric::vm {

// What the program reads, and everything else.
Program reading_everything(const Program&);

// The record model alone, with the numbers of all rows: its columns and domains stand in the order of the model, whatever
// the program reads. What only this program's policy named is left out.
Program reading_the_model(const Program&);

// The record model and what names a line: number, code, service and dates. A line of it is not decided.
Program naming_lines(const Program&);

// "sha256:...", over the model and over what is meant by the values of its fields: under one digest records become the
// same columns.
std::string model_digest(const Program&);
std::string digest_of_model(const Program& model);  // of what reading_the_model gives

}  // namespace rubric::vm
