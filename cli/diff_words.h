// What every form of an edit's impact says in the same way: words, places, and the lines in which a clause differs.
#pragma once

#include "analysis/impact.h"
#include "base/source.h"
#include "render/layout.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rubric::cli {

inline constexpr analysis::Difference most_first[] = {analysis::Difference::outcome, analysis::Difference::status,
                                                      analysis::Difference::reasoning, analysis::Difference::unchanged};
std::string_view words(analysis::Difference);  // "outcome changed"

std::string place(Span, const SourceSet&);     // "policy.rubric:12"; empty: it stands nowhere

// Both versions of a clause as lines. They are alike before `same`, and from the ends on.
struct ClauseDifference {
  std::vector<std::string> before, after;
  size_t same = 0, before_end = 0, after_end = 0;
};
// The part of a line that another one has otherwise: bytes that begin and end with whole characters.
std::pair<size_t, size_t> differing_part(std::string_view line, std::string_view other);
ClauseDifference clause_difference(const analysis::Edit&, const SourceSet&);
// The lines in which they differ, with signs.
void clause_lines(Layout&, size_t indent, const analysis::Edit&, const SourceSet&);

// What an approval or a modification holds, one by one.
struct Granted {
  std::string name;   // "condition Score", "units 1"
  std::string rest;   // what the condition says and quotes
  std::string words() const { return rest.empty() ? name : name + ": " + rest; }
};
std::vector<Granted> granted(const vm::LineTrace&);
// Those that one line alone is granted, with signs.
void grants_difference(Layout&, size_t indent, const vm::LineTrace& before, const vm::LineTrace& after);

}  // namespace rubric::cli
