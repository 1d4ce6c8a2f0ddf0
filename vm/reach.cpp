#include "vm/reach.h"

#include <span>

namespace rubric::vm {
namespace {

bool is_cell(const Value& v) { return v.kind == Kind::value && !v.wide && (v.type != Type::date || v.precision == 3); }
bool is_range(const Value& v) {
  const auto is_end = [](const Value& end) { return end.kind == Kind::unknown || is_cell(end); };
  return v.kind == Kind::range && is_end(v.items[0]) && is_end(v.items[1]);
}

}  // namespace

Reach reach_of(const Value& v) {
  switch (v.kind) {
    case Kind::unknown: return anywhere;
    case Kind::none: return {is_fault(v.cause) ? Reach::Kind::fault : Reach::Kind::none};
    case Kind::value: return is_cell(v) ? Reach{Reach::Kind::within, v.i, v.i} : Reach{};
    case Kind::range: return {};
    case Kind::open: break;
  }
  // Of what is only not precise, CQL's answer is none.
  if (v.cause == Cause::imprecise) return {};
  if (v.n == 1 && is_range(v.items[0])) {
    const Value &low = v.items[0].items[0], &high = v.items[0].items[1];
    return {Reach::Kind::within, low.kind == Kind::unknown ? anywhere.low : low.i, high.kind == Kind::unknown ? anywhere.high : high.i};
  }
  bool may_be_none = false, may_be_there = false;
  for (const Value& item : std::span(v.items, v.n)) {
    if (item.kind == Kind::none) may_be_none = true;
    else if (is_cell(item) || is_range(item)) may_be_there = true;
    else return {};
  }
  return may_be_none && may_be_there ? anywhere : Reach{};
}

}  // namespace rubric::vm
