// What people write who come from a spreadsheet, a letter or another language, and what to write instead. Only the help
// of a message is decided here; where the mistake is and that it is one, parse_errors.cpp has seen already.

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "base/text.h"
#include "compiler/parse.h"
#include "compiler/parse_builder.h"
#include "grammar/RubricLexer.h"

namespace rubric::parsing {

using grammar::RubricLexer;

namespace {

constexpr std::array periods{"years", "months", "weeks", "days", "hours", "minutes"};

bool is_name(const Token* token) {
  return token && (token->getType() == RubricLexer::IDENTIFIER || token->getType() == RubricLexer::QUOTED);
}

bool is_value(const Token* token) { return token && (token->getType() == RubricLexer::STRING || token->getType() == RubricLexer::NUMBER); }

// AND for and.
std::string in_small_letters(std::string_view word) {
  std::string small(word);
  std::transform(small.begin(), small.end(), small.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return small;
}

class Slip {
 public:
  Slip(const Text& text, std::span<Token* const> before, Token* token, Token* after, bool comma)
      : text(text), token(token), after(after), comma(comma) {
    for (size_t i = 0; i < this->before.size() && i < before.size(); ++i) this->before[i] = before[i];
  }

  std::string meant() const {
    for (const auto look : {&Slip::sign, &Slip::capitals, &Slip::unit, &Slip::list, &Slip::word, &Slip::two_names}) {
      if (std::string help = (this->*look)(); !help.empty()) return help;
    }
    return "";
  }

 private:
  std::string_view said(const Token* at) const { return at ? text.view(at) : std::string_view(); }
  bool adjacent(const Token* a, const Token* b) const { return text.span(a).end == text.span(b).begin; }
  bool same_line(const Token* a, const Token* b) const { return a->getLine() == b->getLine(); }

  // An operator in capitals is read as a name, so the mistake shows up behind it.
  std::string capitals() const {
    for (const Token* at : std::array<const Token*, 2>{before[0], token}) {
      if (!at || at->getType() != RubricLexer::IDENTIFIER) continue;
      std::string_view word = said(at);
      std::string small = in_small_letters(word);
      bool all_capitals = std::none_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c); });
      if (all_capitals && small != word && !is_plain_name(small)) return "words of the language have small letters: " + small;
    }
    return "";
  }

  std::string unit() const {
    const Token* number = is_name(token) ? before[0] : before[1];
    const Token* name = is_name(token) ? token : before[0];
    if (!number || !name || number->getType() != RubricLexer::NUMBER || name->getType() != RubricLexer::IDENTIFIER) return "";
    std::string known = nearest(said(name), std::vector<std::string>(periods.begin(), periods.end())).value_or("");
    if (said(name).starts_with('w')) known = "weeks";  // wks, wk
    if (known.empty()) return fmt::format("a unit stands in quotes: {} '{}'", said(number), said(name));
    return fmt::format("write {} {}", said(number), known);
  }

  std::string sign() const {
    std::string_view sign = said(token);
    if (sign == ";") return "nothing is needed at the end of a sentence: leave it out";
    if (sign == ":" && is_name(before[0])) return "the sentence follows the name without a colon";
    if (sign == "=" && said(before[0]) == "=") return "equality is written with one =";
    if (sign == ">" && said(before[0]) == "<") return "unequal is written !=";
    if (sign == "&" && said(before[0]) == "&") return "write: and";
    if (sign == "|" && said(before[0]) == "|") return "write: or";
    if (sign == "-" && is_name(before[0]) && is_name(after) && adjacent(before[0], token) && adjacent(token, after)) {
      return fmt::format("a name with other signs stands in double quotes: \"{}-{}\"", said(before[0]), said(after));
    }
    return "";
  }

  std::string list() const {
    if (is_value(token) && said(before[0]) == "is") return "equality is written with =: = " + std::string(said(token));
    if (said(token) == "to" && is_value(before[0]) && said(before[1]) == "between") return "write: between low and high";
    bool compared = said(before[1]) == "=" || said(before[1]) == "in";
    if ((said(token) == "," || said(token) == "or") && is_value(before[0]) && compared && is_value(after)) {
      return fmt::format("one of several is written: in {{ {}, {} }}", said(before[0]), said(after));
    }
    if (token->getType() == RubricLexer::NUMBER && is_name(before[0]) && said(before[1]) == "cite") {
      return fmt::format("the section is text: '{}'", said(token));
    }
    return "";
  }

  std::string word() const {
    static constexpr std::array operands{"any", "all", "some", "every", "no", "not", "none", "at", "exists"};
    static constexpr std::array outcomes{"approve", "deny", "pend", "review", "required"};
    std::string_view word = said(token);
    if ((word == "=" || word == "is") && said(before[1]) == "parameter")
      return fmt::format("write: parameter {} default {}", said(before[0]), said(after));
    if (word == "policy" && is_name(after)) return "a file holds one policy: move this one to a file of its own";
    if (word == "no" && said(after) == "more") return "write: at most";
    if (word == "and" && is_name(before[0]) && is_name(after)) return "the names of a list are separated by commas";
    if (said(before[0]) == "decides" && (word == "every" || word == "all")) return "write: decides each Line";
    if (said(before[0]) == "for" && said(before[1]) == "asks") return fmt::format("a fact is where it stands in the record: /{}", word);
    if (said(before[0]) == "{" && token->getType() == RubricLexer::IDENTIFIER) return "codes and other texts stand in 'single quotes'";
    if (word == "if" || word == "because") return "the condition of a rule begins with when";
    if (word == "then" || word == "else") return "leave it out: the outcome stands behind the rule's name, before when";
    bool operand = std::find(operands.begin(), operands.end(), word) != operands.end();
    bool outcome = std::find(outcomes.begin(), outcomes.end(), said(before[0])) != outcomes.end();
    return operand && outcome ? "the condition of a rule begins with when" : "";
  }

  std::string two_names() const {
    if (!is_name(token) || !is_name(before[0]) || !same_line(before[0], token)) return "";
    static constexpr std::array declared{"criterion", "rule",   "limit",     "condition", "exception",
                                         "section",   "policy", "parameter", "source"};
    if (std::find(declared.begin(), declared.end(), said(before[1])) != declared.end()) {
      if (!after || after->getType() != RubricLexer::STRING) return "";
      return fmt::format("a name of several words stands in double quotes: \"{} {}\"", said(before[0]), said(token));
    }
    if (!comma) return "";
    return fmt::format("between {} and {} goes a comma, or a word such as and", said(before[0]), said(token));
  }

  const Text& text;
  std::array<Token*, 2> before{};  // the nearest first
  Token* token;
  Token* after;
  bool comma;  // one could stand here
};

}  // namespace

std::string meant_instead(const Text& text, std::span<Token* const> before, Token* token, Token* after, bool comma) {
  return Slip(text, before, token, after, comma).meant();
}

std::string character_meant(std::string_view character) {
  if (character == "#") return "a remark that is no part of the policy begins with //";
  if (character == "%") return "percent is a unit, and units stand in quotes: 50 '%'";
  if (character == "≥") return "write >=";
  if (character == "≤") return "write <=";
  if (character == "≠") return "write !=";
  if (character == "!") return "write not; unequal is written !=";
  return "";
}

}  // namespace rubric::parsing
