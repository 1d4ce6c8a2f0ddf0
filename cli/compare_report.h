// What a comparison of two versions found, for people and for programs.
#pragma once

#include "analysis/edits.h"
#include "analysis/equivalence.h"
#include "base/render_diagnostics.h"
#include "base/source.h"

#include <string>
#include <vector>

namespace rubric::cli {

// The edited clauses behind a case, as `rubric diff` finds them.
struct EditsBehind {
  std::vector<const analysis::Edit*> edits;
  bool together = false;   // taking back one alone changes nothing
  bool all = false;        // none could be taken back by itself: these are all that there are
};

std::string compare_text(const analysis::Equivalence&, const EditsBehind&, const SourceSet&, int width, Color);
// One object.
std::string compare_json(const analysis::Equivalence&, const EditsBehind&, const SourceSet&);

}  // namespace rubric::cli
