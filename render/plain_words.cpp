// See plain_words.h.

#include "render/plain_words.h"

#include "vm/date.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric {

namespace {

struct Abbreviation {
  std::string_view word, meaning;
};
constexpr Abbreviation abbreviations[] = {
    {"AMA", "American Medical Association"},
    {"ASA", "American Society of Anesthesiologists"},
    {"CBT", "a talking therapy that helps to cope with pain"},
    {"CT", "an X-ray scan in layers"},
    {"EMG", "a test of the muscles’ electrical signals"},
    {"FDA", "the U.S. Food and Drug Administration"},
    {"LCD", "a Medicare coverage rule for a region"},
    {"MRI", "a scan with magnets"},
    {"NCS", "a test of how nerves conduct"},
    {"NDI", "a questionnaire on how neck pain limits you"},
    {"NRS", "a pain score from 0 to 10"},
    {"NSAID", "a medicine against pain and inflammation, like ibuprofen"},
    {"NSAIDs", "medicines against pain and inflammation, like ibuprofen"},
    {"PT", "physical therapy"},
    {"RA", "rheumatoid arthritis"},
    {"TCA", "a kind of medicine that is also used against nerve pain"},
    {"TENS", "a mild electrical current through the skin"},
    {"VAS", "a line on which you mark how strong your pain is"},
};

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A procedure code (five digits, or a letter and four) or a diagnosis code (a letter, two digits, and what follows a dot).
bool is_code(std::string_view word) {
  const auto digits = static_cast<size_t>(std::count_if(word.begin(), word.end(), is_digit));
  if (word.size() == 5 && digits == 5) return true;
  if (word.size() == 5 && digits == 4 && word[0] >= 'A' && word[0] <= 'Z') return true;
  return word.size() >= 3 && word[0] >= 'A' && word[0] <= 'Z' && is_digit(word[1]) &&
         (is_digit(word[2]) || word[2] == 'A' || word[2] == 'B') && (word.size() == 3 || word[3] == '.');
}

bool is_code_system(std::string_view word) {
  return word == "CPT" || word == "HCPCS" || word == "ICD10CM" || word == "ICD-10-CM" || word == "ICD";
}

bool is_abbreviation(std::string_view word) {
  const std::string_view stem = word.ends_with('s') ? word.substr(0, word.size() - 1) : word;
  return stem.size() >= 2 && std::all_of(stem.begin(), stem.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

std::string PlainWords::of(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    // A dot or hyphen inside of a word is a part of it: M79.18, ICD-10-CM.
    while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]) ||
                                 ((text[end] == '.' || text[end] == '-') && end > at && end + 1 < text.size() &&
                                  (is_letter(text[end + 1]) || is_digit(text[end + 1])))))
      ++end;
    if (end == at) {
      out += text[at++];
      continue;
    }
    const std::string_view word = text.substr(at, end - at);
    at = end;
    if (is_code_system(word)) {
      // The code behind it says it all.
      while (at < text.size() && text[at] == ' ') ++at;
    } else if (is_code(word)) {
      out += "[code]";
    } else if (is_abbreviation(word)) {
      out += word;
      const auto known =
          std::find_if(std::begin(abbreviations), std::end(abbreviations), [&](const Abbreviation& a) { return a.word == word; });
      if (known == std::end(abbreviations)) unknown.insert(std::string(word));
      else if (explained.insert(std::string(word)).second) out += fmt::format(" ({})", known->meaning);
    } else {
      out += word;
    }
  }
  return out;
}

std::string date_in_words(std::string_view iso) {
  static constexpr const char* months[] = {"January", "February", "March",     "April",   "May",      "June",
                                           "July",    "August",   "September", "October", "November", "December"};
  const auto date = vm::parse_iso_date(iso);
  if (!date || date->precision != 3) return std::string(iso);
  const vm::Civil c = vm::civil(date->days);
  return fmt::format("{} {}, {}", months[c.month - 1], c.day, c.year);
}

}  // namespace rubric
