// How far apart two words are. See edit_distance in text.h.

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace rubric {

namespace {

// ASCII only: names of the language are ASCII, and a locale must not change what is suggested.
char lower(char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  size_t shorter = std::min(a.size(), b.size()), longer = std::max(a.size(), b.size());
  if (longer - shorter > limit) return limit + 1;

  // Row i of the usual table holds the distances of a's first i letters to each beginning of b. A swap looks back two
  // rows, so three are kept; the words are short, so the band around the diagonal is not worth its code.
  std::vector<size_t> two_before(b.size() + 1), before(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    two_before.swap(before);
    before.swap(row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      char x = lower(a[i - 1]), y = lower(b[j - 1]);
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y)});
      bool swapped = i > 1 && j > 1 && x == lower(b[j - 2]) && y == lower(a[i - 2]);
      if (swapped) row[j] = std::min(row[j], two_before[j - 2] + 1);
    }
    if (*std::min_element(row.begin(), row.end()) > limit) return limit + 1;
  }
  return std::min(row[b.size()], limit + 1);
}

}  // namespace rubric
