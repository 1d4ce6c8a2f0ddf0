#include "analysis/boundary_edits.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace rubric::analysis {
namespace {

using ast::Expr;
using ast::ExprKind;

template <class Change>
Expr changed(const Expr& e, Change change) {
  Expr out = e;
  change(out);
  return out;
}

// `x between a and b` with one end left out can only be written as two comparisons.
Expr compared(const Expr& e, std::string_view low, std::string_view high) {
  const auto side = [&](std::string_view name, size_t end) {
    Expr out;
    out.kind = ExprKind::binary;
    out.span = e.span;
    out.name = name;
    out.args = {e.args[0], e.args[end]};
    return out;
  };
  Expr out;
  out.kind = ExprKind::binary;
  out.span = e.span;
  out.name = "and";
  out.args = {side(low, 1), side(high, 2)};
  return out;
}

// The words of a timing phrase, and what stands for them where the day itself is in or out.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> swaps = {{{"or less", "less than"},
                                                                                 {"or more", "more than"},
                                                                                 {"on or before", "before"},
                                                                                 {"on or after", "after"},
                                                                                 {"same or before", "before"},
                                                                                 {"same or after", "after"}}};

// Whole words only.
size_t find_words(std::string_view phrase, std::string_view words) {
  for (size_t at = phrase.find(words); at != std::string_view::npos; at = phrase.find(words, at + 1)) {
    const size_t end = at + words.size();
    if ((at == 0 || phrase[at - 1] == ' ') && (end == phrase.size() || phrase[end] == ' ')) return at;
  }
  return std::string_view::npos;
}
bool has_words(std::string_view phrase, std::string_view words) { return find_words(phrase, words) != std::string_view::npos; }

std::vector<Expr> of_timing(const Expr& e) {
  std::vector<Expr> out;
  const auto with = [&](std::string_view from, std::string_view to) {
    out.push_back(changed(e, [&](Expr& x) { x.name.replace(find_words(x.name, from), from.size(), to); }));
  };
  const bool related = has_words(e.name, "meets") || has_words(e.name, "overlaps");
  const bool offset = e.args.size() > 2;
  for (const auto& [with_day, without_day] : swaps) {
    if (has_words(e.name, with_day)) {
      with(with_day, without_day);
    } else if (has_words(e.name, without_day) && !related && !has_words(e.name, "or before") && !has_words(e.name, "or after")) {
      // Only a phrase without an amount, or with one that reaches up to the day, has the day itself at its boundary.
      const bool day = without_day == "before" || without_day == "after";
      const bool reaches = !offset || has_words(e.name, "less");
      if (day ? reaches && !with_day.starts_with("same") : true) with(without_day, with_day);
    }
  }
  // An amount that is meant exactly.
  if (offset && !has_words(e.name, "less") && !has_words(e.name, "more")) {
    for (const std::string_view side : {"before", "after"}) {
      if (!has_words(e.name, side)) continue;
      for (const std::string_view word : {"or more ", "or less "}) with(side, std::string(word) + std::string(side));
    }
  }
  if (has_words(e.name, "properly")) with("properly ", "");
  for (const std::string_view word : {"during", "included in", "includes", "within"}) {
    if (has_words(e.name, word) && !has_words(e.name, "properly")) with(word, "properly " + std::string(word));
  }
  return out;
}

}  // namespace

std::vector<Expr> other_boundaries(const Expr& e) {
  switch (e.kind) {
    case ExprKind::binary:
      for (const auto& [from, to] : {std::pair(">=", ">"), std::pair(">", ">="), std::pair("<=", "<"), std::pair("<", "<=")}) {
        if (e.name == from) return {changed(e, [&](Expr& x) { x.name = to; })};
      }
      return {};
    case ExprKind::interval:
      return {changed(e, [](Expr& x) { x.low_closed = !x.low_closed; }), changed(e, [](Expr& x) { x.high_closed = !x.high_closed; })};
    case ExprKind::between:
      if (e.flag) return {compared(e, ">=", "<"), compared(e, ">", "<=")};
      return {compared(e, ">", "<="), compared(e, ">=", "<")};
    case ExprKind::timing: return of_timing(e);
    default: return {};
  }
}

}  // namespace rubric::analysis
