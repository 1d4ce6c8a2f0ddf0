// A text that was written over several lines, as it is shown in one: one space for any blanks, none at the ends.
#pragma once

#include <string>
#include <string_view>

namespace rubric::analysis {

inline std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) out.push_back(c);
    else if (!out.empty() && out.back() != ' ') out.push_back(' ');
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace rubric::analysis
