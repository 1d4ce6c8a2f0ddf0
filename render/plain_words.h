// Words of policies and records as a member can read them: no codes, and no abbreviation that is not explained.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace rubric {

class PlainWords {
 public:
  // The text with codes taken out ("[code]") and abbreviations explained where they first stand. What nobody has explained
  // is noted in unexplained().
  std::string of(std::string_view text);

  const std::set<std::string>& unexplained() const { return unknown; }

 private:
  std::set<std::string> explained, unknown;
};

// "2025-11-14" -> "November 14, 2025"; another text stays.
std::string date_in_words(std::string_view iso);

}  // namespace rubric
