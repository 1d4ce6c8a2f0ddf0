// The kernels that work on many rows at once give what a loop over single rows gives: any lengths, empty parents,
// segments over the borders of words, every truth value.

#include "tests/instructions.h"

#include "vm/kernels.h"
#include "vm/moves.h"
#include "vm/prepared.h"

#include <gtest/gtest.h>

#include <random>

namespace rubric::vm {
namespace {

constexpr Truth all_truths[] = {Truth::unknown, Truth::yes, Truth::no, Truth::none};

class Kernels : public testing::TestWithParam<Instructions> {
 protected:
  size_t below(size_t n) { return static_cast<size_t>(random() % n); }

  // Parents with up to `most` children each; some rows are phantoms.
  DomainRows rows_of(uint32_t parents, uint32_t most) {
    DomainRows out;
    for (Row r = 0; r < parents; ++r) {
      out.first.push_back(out.rows);
      const auto children = static_cast<uint32_t>(below(3) == 0 ? 0 : below(most + 1));
      out.up.insert(out.up.end(), children, r);
      out.rows += children;
    }
    out.first.push_back(out.rows);
    out.phantom.resize(words(out.rows));
    for (Row r = 0; r < out.rows; ++r) set_bit(out.phantom, r, below(5) == 0);
    return out;
  }
  // All four values, or mostly one of them.
  Column truths(uint32_t rows) {
    Column out;
    out.reset(Type::truth, rows);
    const Truth usual = all_truths[below(4)];
    for (Row r = 0; r < rows; ++r) out.set_truth(r, below(3) ? usual : all_truths[below(4)]);
    return out;
  }
  Column integers(uint32_t rows, int32_t most) {
    Column out;
    out.reset(Type::text, rows);
    for (Row r = 0; r < rows; ++r) {
      const Value plain = box(Text{static_cast<uint32_t>(below(static_cast<size_t>(most)))});
      const Value forms[] = {plain,
                             plain,
                             plain,
                             plain,
                             Value::unknown(Cause::not_documented),
                             Value::none(),
                             either(plain, box(Text{3}), arena),
                             either(plain, Value::none(), arena)};
      put(out, r, forms[below(std::size(forms))], pool);
    }
    return out;
  }

  WithInstructions guard{GetParam()};
  std::mt19937_64 random{11};
  Arena arena;
  Batch batch;
  Context context{&batch, &arena};
  Pool pool;
};

TEST_P(Kernels, FoldsOverSegments) {
  for (int round = 0; round < 300; ++round) {
    const DomainRows rows = rows_of(static_cast<uint32_t>(below(130)), static_cast<uint32_t>(round % 4 == 0 ? 200 : 9));
    const auto parents = static_cast<uint32_t>(rows.first.size() - 1);
    const Column child = truths(rows.rows);
    Column some, every, number;
    some.reset(Type::truth, parents);
    every.reset(Type::truth, parents);
    number.reset(Type::integer, parents);
    any(rows, child, some);
    all(rows, child, every);
    count(context, rows, child, number, pool);
    if (can_carry()) {
      Segments segments;
      make_segments(rows, segments);
      Column some_carried, every_carried;
      some_carried.reset(Type::truth, parents);
      every_carried.reset(Type::truth, parents);
      any_by_carry(segments, child, some_carried);
      all_by_carry(segments, child, every_carried);
      EXPECT_EQ(some.p, some_carried.p);
      EXPECT_EQ(some.q, some_carried.q);
      EXPECT_EQ(every.p, every_carried.p);
      EXPECT_EQ(every.q, every_carried.q);
    }
    for (Row r = 0; r < parents; ++r) {
      uint32_t yes = 0, no = 0, unknown = 0, none = 0;
      bool more = false;
      for (Row k = rows.first[r]; k < rows.first[r + 1]; ++k) {
        const Truth t = child.truth(k);
        yes += t == Truth::yes, no += t == Truth::no, unknown += t == Truth::unknown, none += t == Truth::none;
        more |= t == Truth::unknown && bit(rows.phantom, k);
      }
      EXPECT_EQ(some.truth(r), yes ? Truth::yes : unknown ? Truth::unknown : none ? Truth::none : Truth::no);
      EXPECT_EQ(every.truth(r), no ? Truth::no : unknown ? Truth::unknown : none ? Truth::none : Truth::yes);
      const Value n = get(number, r, pool);
      if (unknown == 0) {
        ASSERT_EQ(n.kind, Kind::value);
        EXPECT_EQ(n.i, yes);
      } else {
        ASSERT_EQ(n.kind, Kind::open);
        EXPECT_EQ(n.items[0].items[0].i, yes);
        if (more) EXPECT_EQ(n.items[0].items[1].kind, Kind::unknown);
        else EXPECT_EQ(n.items[0].items[1].i, yes + unknown);
      }
    }
  }
}

TEST_P(Kernels, RowsFromElsewhere) {
  for (int round = 0; round < 100; ++round) {
    const auto rows = static_cast<uint32_t>(1 + below(200)), wanted = static_cast<uint32_t>(below(300));
    const Column from = integers(rows, 50), truth = truths(rows);
    std::vector<Row> sources;
    for (Row r = 0; r < wanted; ++r) sources.push_back(below(9) == 0 ? no_row : static_cast<Row>(below(rows)));
    Column cells, planes;
    cells.reset(Type::text, wanted);
    planes.reset(Type::truth, wanted);
    gather(from, sources, cells);
    gather(truth, sources, planes);
    for (Row r = 0; r < wanted; ++r) {
      if (sources[r] == no_row) {
        EXPECT_TRUE(same(get(cells, r, pool), Value::unknown(Cause::not_documented)));
        EXPECT_EQ(planes.truth(r), Truth::unknown);
      } else {
        EXPECT_TRUE(same(get(cells, r, pool), get(from, sources[r], pool)));
        EXPECT_EQ(planes.truth(r), truth.truth(sources[r]));
      }
    }
  }
}

// Rows known by their segments are moved as rows known one by one.
TEST_P(Kernels, RowsBySegments) {
  for (int round = 0; round < 200; ++round) {
    DomainRows made = rows_of(static_cast<uint32_t>(below(130)), static_cast<uint32_t>(round % 4 == 0 ? 200 : 9));
    const auto parents = static_cast<uint32_t>(made.first.size() - 1), rows = static_cast<uint32_t>(300 + below(200));
    made.src.resize(made.rows);
    for (Row parent = 0; parent < parents; ++parent) {
      const auto source = static_cast<Row>(below(100));
      const bool unknown = made.first[parent + 1] - made.first[parent] == 1 && below(2);
      for (Row k = made.first[parent]; k < made.first[parent + 1]; ++k) made.src[k] = unknown ? no_row : source + k - made.first[parent];
    }
    const auto moved = [&](const Column& from, const std::vector<Row>& sources, auto by_segments) {
      Column expected, found;
      expected.reset(from.type, made.rows);
      found.reset(from.type, made.rows);
      gather(from, sources, expected);
      by_segments(from, made, found);
      EXPECT_EQ(expected.p, found.p);
      EXPECT_EQ(expected.q, found.q);
      EXPECT_EQ(expected.cell4, found.cell4);
      EXPECT_EQ(expected.any_odd, found.any_odd);
    };
    const auto one_by_one = [](const Column& from, const DomainRows& to, Column& out) { spread(from, to, out); };
    const auto by_carry = [](const Column& from, const DomainRows& to, Column& out) {
      Segments segments;
      make_segments(to, segments);
      spread(from, to, segments, out);
    };
    moved(integers(parents, 50), made.up, one_by_one);
    moved(truths(parents), made.up, one_by_one);
    if (can_carry()) {
      moved(integers(parents, 50), made.up, by_carry);
      moved(truths(parents), made.up, by_carry);
    }
    moved(integers(rows, 50), made.src, copy_slices);
    moved(truths(rows), made.src, copy_slices);
  }
}

// A set asked by runs of neighbours, or by bits where there are many runs, and the same set asked value by value: a key
// that is no small number makes the difference.
TEST_P(Kernels, SetsByRunsAndByBits) {
  Program program;
  const auto constant = [&](int64_t id) {
    Constant c;
    c.type = Type::text;
    c.low = id;
    program.constants.push_back(c);
    return static_cast<Id>(program.constants.size() - 1);
  };
  Constant day;
  day.type = Type::date;
  day.precision = 3;
  day.low = 20'000;
  program.constants.push_back(day);
  const auto add = [&](Table& table, int64_t id, bool dated) {
    table.keys.push_back(constant(id));
    table.from.push_back(dated ? 0 : none_id);
    table.to.push_back(none_id);
  };
  for (const std::vector<int64_t>& ids : {std::vector<int64_t>{0, 3, 17, 63, 64, 65, 99}, {3, 17, 18, 62, 63, 64, 65}}) {
    Table fast;
    fast.key = Type::text;
    for (const int64_t id : ids) add(fast, id, id == 17 || id == 64);
    Table slow = fast;
    add(slow, int64_t{1} << 40, false);
    program.tables.insert(program.tables.end(), {fast, slow});
  }
  const auto prepared = prepare(program);
  EXPECT_TRUE(prepared->tables[0].all_small && prepared->tables[0].runs.empty());
  EXPECT_EQ(prepared->tables[2].runs.size(), 3u);
  EXPECT_FALSE(prepared->tables[1].all_small || prepared->tables[3].all_small);
  for (int round = 0; round < 100; ++round) {
    const PreparedTable &by_many = prepared->tables[round % 2 * 2], &one_by_one = prepared->tables[round % 2 * 2 + 1];
    const auto rows = static_cast<uint32_t>(1 + below(200));
    const Column value = integers(rows, 130);
    Column date;
    date.reset(Type::date, rows);
    for (Row r = 0; r < rows; ++r) {
      put(date, r, below(5) == 0 ? Value::unknown(Cause::not_documented) : box(Date{19'995 + static_cast<int32_t>(below(10))}), pool);
    }
    for (const Column* on : {static_cast<const Column*>(nullptr), static_cast<const Column*>(&date)}) {
      Column fast, slow;
      fast.reset(Type::truth, rows);
      slow.reset(Type::truth, rows);
      in_set(by_many, value, on, pool, fast);
      in_set(one_by_one, value, on, pool, slow);
      EXPECT_EQ(fast.p, slow.p);
      EXPECT_EQ(fast.q, slow.q);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(OfEachProcessor, Kernels, testing::ValuesIn(all_instructions()));

}  // namespace
}  // namespace rubric::vm
