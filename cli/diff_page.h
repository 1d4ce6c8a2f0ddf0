// The impact of an edit as a page: one HTML file with everything in it.
#pragma once

#include "cli/diff_report.h"

#include <string>

namespace rubric::cli {

std::string diff_page(const DiffReport&);

}  // namespace rubric::cli
