// A case's determination as a page for the reviewer: one HTML file that says why.
//
// Everything on it comes from the one Trace, which is embedded as the JSON that `--format json` gives; what the trace
// points at in the policy is shown beside it from the program's own texts. It works nothing out.
#pragma once

#include "vm/program.h"
#include "vm/trace.h"

#include <optional>
#include <string>

namespace rubric {

struct CasePageOptions {
  std::string files_at;        // as of PageParts
  std::string around;          // markup at the head of the page: the way back to a list of cases, to the next one
};

std::string case_page(const vm::Trace&, const vm::Program&, const CasePageOptions& = {});

}  // namespace rubric
