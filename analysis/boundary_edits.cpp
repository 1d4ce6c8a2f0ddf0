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

using Words = std::pair<std::string_view, std::string_view>;
// Of a timing phrase: an amount that is in or out, and a day that is.
constexpr std::array<Words, 2> amounts = {{{"or less", "less than"}, {"or more", "more than"}}};
constexpr std::array<Words, 2> same_days = {{{"same or before", "before"}, {"same or after", "after"}}};
constexpr std::array<Words, 2> days = {{{"on or before", "before"}, {"on or after", "after"}}};

// Whole words only.
size_t find_words(std::string_view phrase, std::string_view words) {
  for (size_t at = phrase.find(words); at != std::string_view::npos; at = phrase.find(words, at + 1)) {
    const size_t end = at + words.size();
    if ((at == 0 || phrase[at - 1] == ' ') && (end == phrase.size() || phrase[end] == ' ')) return at;
  }
  return std::string_view::npos;
}
std::vector<Expr> of_timing(const Expr& e) {
  std::vector<Expr> out;
  const auto has = [&](std::string_view words) { return find_words(e.name, words) != std::string_view::npos; };
  const auto with = [&](std::string_view from, std::string_view to) {
    out.push_back(changed(e, [&](Expr& x) { x.name.replace(find_words(x.name, from), from.size(), to); }));
  };
  const bool amount = e.args.size() > 2, less = has("less"), exactly = amount && !less && !has("more");
  for (const auto& [with_it, without_it] : amounts) {
    if (has(with_it)) with(with_it, without_it);
    else if (has(without_it)) with(without_it, with_it);
  }
  bool same = has("meets") || has("overlaps");   // these have no day at their boundary
  for (const auto& [with_it, without_it] : same_days) {
    if (has(with_it)) with(with_it, without_it), same = true;
  }
  for (const auto& [with_it, without_it] : days) {
    if (same || !has(without_it)) continue;
    // Of an amount only one that reaches up to the day has it at its boundary.
    const std::string_view there = has(with_it) ? with_it : without_it;
    if (!amount || less) with(there, there == with_it ? without_it : with_it);
    if (!exactly) continue;
    for (const std::string_view word : {"or more ", "or less "}) with(there, std::string(word) + std::string(there));
  }
  for (const std::string_view word : {"during", "included in", "includes", "within"}) {
    const std::string properly = "properly " + std::string(word);
    if (has(properly)) with(properly, word);
    else if (has(word)) with(word, properly);
  }
  return out;
}

}  // namespace

std::vector<Expr> other_boundaries(const Expr& e) {
  if (e.kind == ExprKind::binary) {
    for (const auto& [from, to] : {std::pair(">=", ">"), std::pair(">", ">="), std::pair("<=", "<"), std::pair("<", "<=")}) {
      if (e.name == from) return {changed(e, [&](Expr& x) { x.name = to; })};
    }
  }
  if (e.kind == ExprKind::interval)
    return {changed(e, [](Expr& x) { x.low_closed = !x.low_closed; }), changed(e, [](Expr& x) { x.high_closed = !x.high_closed; })};
  if (e.kind == ExprKind::between && e.flag) return {compared(e, ">=", "<"), compared(e, ">", "<=")};
  if (e.kind == ExprKind::between) return {compared(e, ">", "<="), compared(e, ">=", "<")};
  if (e.kind == ExprKind::timing) return of_timing(e);
  return {};
}

}  // namespace rubric::analysis
