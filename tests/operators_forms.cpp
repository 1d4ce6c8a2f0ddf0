// An operator over columns answers what its boxed form answers, cell by cell: for every row of operators.def, over
// unknown, none, faults, ranges, alternatives and extreme values, at lengths around the borders of words, with uniform
// arguments and without. What the answers mean is operators_meanings.cpp's.
#include "operators_values.h"

#include "tests/instructions.h"

#include <gtest/gtest.h>

namespace rubric::vm {
namespace {

constexpr std::array<uint32_t, 14> lengths{0, 1, 2, 31, 63, 64, 65, 100, 127, 128, 129, 191, 199, 200};

// A column of drawn cells. Uniform ones have a single cell.
Column draw_column(Type type, uint32_t rows, bool uniform, Pool& pool, OperatorWorld& world, Draw& draw) {
  Column column;
  column.reset(type, uniform ? 1 : rows);
  column.uniform = uniform;
  // Some columns are plain throughout: they take the loop without a patched row.
  const bool plain = draw.one_in(4);
  for (Row r = 0; r < column.rows; ++r) put(column, r, plain ? draw_point(type, world, draw) : draw_cell(type, world, draw), pool);
  return column;
}

std::string shown(const Value& v) {
  std::string out = "kind " + std::to_string(static_cast<int>(v.kind)) + " cause " + std::to_string(static_cast<int>(v.cause));
  if (v.kind == Kind::value) out += " i " + std::to_string(v.wide ? static_cast<int64_t>(*v.big) : v.i) + " unit " + std::to_string(v.unit);
  for (uint32_t k = 0; k < v.n; ++k) out += " [" + shown(v.items[k]) + "]";
  return out;
}

class OperatorForms : public testing::TestWithParam<uint16_t> {};

TEST_P(OperatorForms, ColumnsAnswerAsBoxed) {
  const uint16_t fn = GetParam();
  const OperatorInfo& info = operators()[fn];
  Draw draw(fn + 1);
  for (const uint32_t rows : lengths) {
    OperatorWorld world;
    const Context context = world.context();
    Pool pool;
    std::vector<Column> columns;
    for (const Type type : info.args) columns.push_back(draw_column(type, rows, draw.one_in(5), pool, world, draw));
    // An instruction writes a uniform register only where all of its arguments are.
    const bool uniform = std::all_of(columns.begin(), columns.end(), [](const Column& c) { return c.uniform; });
    const uint32_t out_rows = uniform ? 1 : rows;
    std::vector<const Column*> args;
    for (const Column& c : columns) args.push_back(&c);
    Column out;
    out.reset(info.result, out_rows);
    out.uniform = uniform;
    forms(fn).columns(context, args.data(), pool, out, pool);
    for (Row r = 0; r < out_rows; ++r) {
      std::vector<Value> cells;
      for (const Column& c : columns) cells.push_back(get(c, r, pool));
      const Value boxed = forms(fn).boxed(context, cells.data());
      // What the cell of a column keeps of the boxed answer: a truth has no alternatives and no cause.
      Column one;
      one.reset(info.result, 1);
      put(one, 0, boxed, pool);
      const Value expected = get(one, 0, pool), found = get(out, r, pool);
      std::string of;
      for (const Value& cell : cells) of += "\n  " + shown(cell);
      ASSERT_TRUE(same(expected, found)) << info.name << " row " << r << " of " << rows << of << "\nboxed " << shown(expected)
                                         << "\ncolumn " << shown(found);
    }
    // On processors with less as well.
    for (const Instructions fewer : fewer_instructions()) {
      Column other;
      other.reset(info.result, out_rows);
      const WithInstructions guard(fewer);
      forms(fn).columns(context, args.data(), pool, other, pool);
      for (Row r = 0; r < out_rows; ++r)
        ASSERT_TRUE(same(get(out, r, pool), get(other, r, pool))) << info.name << " row " << r << " of " << rows;
    }
    for (const Plane* plane : {&out.p, &out.q}) {
      if (!plane->empty()) {
        EXPECT_EQ(plane->back() & ~tail_mask(out_rows), 0u) << "bits behind the last row";
      }
    }
    if (info.result != Type::truth && !out.any_odd) {
      for (const uint64_t word : out.q) EXPECT_EQ(word, 0u) << "any_odd promises that no row is odd";
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

INSTANTIATE_TEST_SUITE_P(Every, OperatorForms, testing::Range(uint16_t{0}, static_cast<uint16_t>(operators().size())), test_name);

// What goes into a cell comes out of it.
TEST(Cells, KeepEveryValue) {
  Draw draw(7);
  for (const Type type : {Type::integer, Type::decimal, Type::text, Type::code, Type::date, Type::quantity}) {
    OperatorWorld world;
    Pool pool;
    Column column;
    column.reset(type, 200);
    std::vector<Value> values;
    for (Row r = 0; r < 200; ++r) {
      values.push_back(draw_cell(type, world, draw));
      put(column, r, values.back(), pool);
    }
    for (Row r = 0; r < 200; ++r)
      EXPECT_TRUE(same(values[r], get(column, r, pool))) << shown(values[r]) << "\n" << shown(get(column, r, pool));
  }
}

}  // namespace
}  // namespace rubric::vm
