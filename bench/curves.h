// How the cost of a case grows: with the cases, the criteria, the rows of the lists, the policies and the threads.
#pragma once

#include "bench/measure.h"

namespace rubric::bench {

// Prints a table for each, and writes all of them into options.json where that is given. False if it cannot be written.
bool draw_curves(const Options&);

}  // namespace rubric::bench
