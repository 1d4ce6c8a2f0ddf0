// What the rows of operators.def mean: against the reference's meanings for values, and against the law for the rest:
// whatever an open argument may be, the answer must allow for it. And each row's own example must be true.
#include "operators_values.h"

#include "tests/reference/possible.h"

#include <gtest/gtest.h>
#include <algorithm>

namespace rubric::vm {
namespace {

namespace ref = rubric::reference;

ref::Scalar to_scalar(const Value& v, const OperatorWorld& world) {
  ref::Scalar s;
  s.type = v.type;
  s.number = v.type == Type::decimal ? unbox<Decimal>(v).scaled : v.type == Type::quantity ? unbox<Quantity>(v).value.scaled : Int128{v.i};
  s.unit = v.unit;
  if (v.type == Type::date) s.precision = v.precision;
  if (v.type == Type::text) s = ref::text_scalar(std::string(world.batch.text(static_cast<Id>(v.i))));
  if (v.type == Type::code) {
    const auto [system, code] = world.batch.code(static_cast<Id>(v.i));
    s.system = world.batch.text(system);
    s.text = world.batch.text(code);
    s.number = 0;
  }
  return s;
}

ref::Possible to_possible(const Value& v, const OperatorWorld& world) {
  switch (v.kind) {
    case Kind::unknown: return ref::anything();
    case Kind::none: return is_fault(v.cause) ? ref::fault() : ref::none();
    case Kind::value: return ref::point(to_scalar(v, world));
    case Kind::range: {
      const auto end = [&](const Value& e) { return e.kind == Kind::value ? std::optional(to_scalar(e, world)) : std::nullopt; };
      return ref::range(end(v.items[0]), end(v.items[1]));
    }
    case Kind::open: break;
  }
  ref::Possible all = to_possible(v.items[0], world);
  for (uint32_t k = 1; k < v.n; ++k) all = ref::either(all, to_possible(v.items[k], world));
  return all;
}

std::string shown(const ref::Possible& p) {
  if (p.unknown) return "anything";
  std::string out;
  for (const ref::Piece& x : p.pieces) {
    if (!out.empty()) out += " or ";
    switch (x.kind) {
      case ref::Piece::Kind::none: out += "none"; break;
      case ref::Piece::Kind::fault: out += "fault"; break;
      case ref::Piece::Kind::point: out += ref::shown(*x.low); break;
      case ref::Piece::Kind::range: out += (x.low ? ref::shown(*x.low) : "") + ".." + (x.high ? ref::shown(*x.high) : ""); break;
    }
  }
  return out;
}

// Is each possibility of `one` a possibility of `all`?
bool within(const ref::Possible& one, const ref::Possible& all) {
  if (all.unknown) return true;
  if (one.unknown) return false;
  for (const ref::Piece& x : one.pieces) {
    bool found = false;
    for (const ref::Piece& y : all.pieces) {
      const bool absent = x.kind == ref::Piece::Kind::none || x.kind == ref::Piece::Kind::fault;
      if (absent || y.kind == ref::Piece::Kind::none || y.kind == ref::Piece::Kind::fault) {
        found |= x.kind == y.kind;
        continue;
      }
      const bool low = !y.low || (x.low && ref::order(*y.low, *x.low).value_or(*y.low == *x.low ? 0 : 1) <= 0);
      const bool high = !y.high || (x.high && ref::order(*x.high, *y.high).value_or(*x.high == *y.high ? 0 : 1) <= 0);
      found |= (low && high) || x == y;
    }
    if (!found) return false;
  }
  return true;
}

class OperatorMeanings : public testing::TestWithParam<uint16_t> {};

// For values: the same value, none for none, a fault for a fault. (A comparison of a fault is open, with nothing to ask.)
TEST_P(OperatorMeanings, ValuesAgree) {
  const uint16_t fn = GetParam();
  const OperatorInfo& info = operators()[fn];
  Draw draw(1000 + fn);
  OperatorWorld world;
  for (int round = 0; round < 400; ++round) {
    std::vector<Value> args;
    std::vector<ref::Scalar> scalars;
    for (const Type type : info.args) {
      args.push_back(draw_point(type, world, draw));
      scalars.push_back(to_scalar(args.back(), world));
    }
    const Value found = forms(fn).boxed(world.context(), args.data());
    const ref::Piece expected = ref::on_points(fn, scalars);
    std::string of;
    for (const ref::Scalar& s : scalars) of += " " + ref::shown(s);
    const std::string said = shown(to_possible(found, world)), should = shown({.unknown = false, .pieces = {expected}});
    // Partial dates between which no whole period can be told: CQL answers with a range, see the defects' list.
    ASSERT_EQ(said, should) << info.name << of;
  }
}

// For open arguments: the answer holds whatever they may be, and says no less than the reference.
TEST_P(OperatorMeanings, OpenArgumentsAreAllowedFor) {
  const uint16_t fn = GetParam();
  const OperatorInfo& info = operators()[fn];
  Draw draw(2000 + fn);
  OperatorWorld world;
  for (int round = 0; round < 600; ++round) {
    std::vector<Value> args;
    std::vector<ref::Possible> possible;
    for (const Type type : info.args) {
      args.push_back(draw_cell(type, world, draw));
      possible.push_back(to_possible(args.back(), world));
    }
    const Value found = forms(fn).boxed(world.context(), args.data());
    std::string of;
    for (const ref::Possible& p : possible) of += " (" + shown(p) + ")";
    const ref::Possible said = to_possible(found, world);
    // A selection of points out of every argument.
    for (int pick = 0; pick < 20; ++pick) {
      std::vector<ref::Possible> chosen;
      for (size_t k = 0; k < args.size(); ++k) {
        if (possible[k].unknown) {
          chosen.push_back(draw.one_in(6) ? ref::none() : ref::point(to_scalar(draw_point(info.args[k], world, draw), world)));
          continue;
        }
        ref::Piece p = possible[k].pieces[draw.below(static_cast<uint32_t>(possible[k].pieces.size()))];
        if (p.kind == ref::Piece::Kind::range) {
          if (p.low && (!p.high || draw.one_in(2))) p = {ref::Piece::Kind::point, p.low, p.low};
          else p = {ref::Piece::Kind::point, p.high, p.high};
        }
        chosen.push_back({.unknown = false, .pieces = {p}});
      }
      const ref::Possible one = ref::operate(fn, chosen);
      // A comparison of what has no value because of a fault is open in a column, which knows no cause.
      const bool fault = !one.unknown && one.pieces.size() == 1 && one.pieces[0].kind == ref::Piece::Kind::fault;
      if (fault && info.result == Type::truth) {
        ASSERT_TRUE(found.kind == Kind::unknown || found.kind == Kind::open || (found.kind == Kind::none && is_fault(found.cause)))
            << info.name << of;
        continue;
      }
      std::string at;
      for (const ref::Possible& p : chosen) at += " (" + shown(p) + ")";
      ASSERT_TRUE(within(one, said)) << info.name << of << "\nsays    " << shown(said) << "\nbut of " << at << "\nit is   " << shown(one);
    }
    // As a truth: where the reference is sure, so is the machine.
    if (info.result == Type::truth) {
      const ref::Truth sure = ref::truth_of(ref::operate(fn, possible));
      if (sure == ref::Truth::yes || sure == ref::Truth::no) {
        ASSERT_EQ(ref::truth_of(said), sure) << info.name << of;
      }
    }
  }
}

std::string test_name(const testing::TestParamInfo<uint16_t>& info) {
  static constexpr std::array names{
#define OPERATOR(name, ...) #name,
#include "vm/operators.def"
#undef OPERATOR
  };
  return names[info.param];
}

// The operators that policies stand on. Those over values of any type follow them in the table; what they mean is held by
// the conformance suite and expressions_meaning.cpp.
uint16_t first_of_any() {
  uint16_t fn = 0;
  while (std::ranges::count(operators()[fn].args, Type::any) == 0) ++fn;
  return fn;
}

INSTANTIATE_TEST_SUITE_P(Every, OperatorMeanings, testing::Range(uint16_t{0}, first_of_any()), test_name);

}  // namespace
}  // namespace rubric::vm
