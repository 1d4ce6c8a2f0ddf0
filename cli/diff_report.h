// The impact of an edit for people and for programs.
#pragma once

#include "analysis/impact.h"
#include "base/render_diagnostics.h"
#include "base/source.h"

#include <string>

namespace rubric::cli {

struct DiffReport {
  const std::string &before, &after;   // as the arguments name them
  const analysis::Edits& edits;
  const analysis::Impact& impact;
  const std::vector<analysis::CaseMessage>& rejections;   // why records were rejected, in their order
  const SourceSet& sources;
};

std::string diff_text(const DiffReport&, int width, Color);
// One object: edits, counts, matrix, every line that differs, and examples with both determinations.
std::string diff_json(const DiffReport&);

}  // namespace rubric::cli
