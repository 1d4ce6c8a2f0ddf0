// See snapshot_block_cells.h.

#include "vm/snapshot_block_cells.h"

#include "vm/bits.h"
#include "vm/date.h"
#include "vm/masks.h"
#include "vm/snapshot_block_forms.h"
#include "vm/widely.h"

#include <algorithm>
#include <array>
#include <bit>
#include <type_traits>

namespace rubric::vm {

namespace {

// Which of up to 64 cells lie neither at `low` nor up to `more` beyond.
template <class Masks, class Cell>
[[gnu::always_inline]] inline uint64_t outside(Masks, const Cell* cells, uint32_t n, Cell low, std::make_unsigned_t<Cell> more) {
  using Number = std::make_unsigned_t<Cell>;
  uint8_t found[64] = {};
  if (n == 64) {
    for (uint32_t k = 0; k < 64; ++k) found[k] = static_cast<Number>(cells[k]) - static_cast<Number>(low) > more;
  } else {
    for (uint32_t k = 0; k < n; ++k) found[k] = static_cast<Number>(cells[k]) - static_cast<Number>(low) > more;
  }
  return bits_of_bytes(found);
}
#if RUBRIC_HAS_MASKS
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t outside(WithMasks, const int32_t* cells, uint32_t n, int32_t low, uint32_t more) {
  return ~masks::within(cells, n, static_cast<uint32_t>(low), more) & masks::first(n);
}
#endif

// Which of up to 64 ids have their bit; those behind the last have none.
[[gnu::always_inline]] inline uint64_t among(WithoutMasks, const std::vector<uint32_t>& known, const int32_t* ids, uint32_t n) {
  const auto none = static_cast<uint32_t>((known.size() - 1) * 32);
  uint64_t out = 0;
  for (uint32_t k = 0; k < n; ++k) {
    const uint32_t id = std::min(static_cast<uint32_t>(ids[k]), none);
    out |= uint64_t{known[id / 32] >> (id % 32) & 1} << k;
  }
  return out;
}
#if RUBRIC_HAS_MASKS
[[gnu::target(RUBRIC_AVX512)]] inline uint64_t among(WithMasks, const std::vector<uint32_t>& known, const int32_t* ids, uint32_t n) {
  return masks::among(known.data(), static_cast<uint32_t>((known.size() - 1) * 32), ids, n);
}
#endif

template <class Cell>
const std::vector<Cell>& cells_of(const Column& c) {
  if constexpr (sizeof(Cell) == 8) return c.cell8;
  else return c.cell4;
}

// Whether all plain cells lie between the two.
template <class Cell>
bool all_plain_within(const Column& c, int64_t low, int64_t high) {
  using Number = std::make_unsigned_t<Cell>;
  if (low > high) return false;
  const std::vector<Cell>& cells = cells_of<Cell>(c);
  const auto from = static_cast<Cell>(low);
  const auto more = static_cast<Number>(static_cast<uint64_t>(high) - static_cast<uint64_t>(low));
  uint64_t bad = 0;
  widely([&](auto masks) __attribute__((always_inline)) {
    for (size_t w = 0; w < c.p.size(); ++w) {
      const auto n = static_cast<uint32_t>(std::min<size_t>(64, cells.size() - w * 64));
      bad |= outside(masks, cells.data() + w * 64, n, from, more) & c.p[w] & ~c.q[w];
    }
  });
  return bad == 0;
}

// Whether what is unknown has a cause that a record knows.
template <class Cell>
bool all_unknown_have_causes(const Column& c) {
  constexpr auto first = static_cast<Cell>(first_cause_of_unknown);
  constexpr auto more = static_cast<std::make_unsigned_t<Cell>>(last_cause_of_unknown) - first;
  const std::vector<Cell>& cells = cells_of<Cell>(c);
  const Plane& odd = c.any_odd ? c.q : c.p;
  uint64_t bad = 0;
  widely([&](auto masks) __attribute__((always_inline)) {
    for (size_t w = 0; w < c.p.size(); ++w) {
      const auto n = static_cast<uint32_t>(std::min<size_t>(64, cells.size() - w * 64));
      bad |= outside(masks, cells.data() + w * 64, n, first, more) & ~c.p[w] & ~odd[w];
    }
  });
  return bad == 0;
}

// Each row of some bits of the planes, until one is not good.
template <class Bits, class Use>
bool each_row(const Column& c, Bits bits_of, Use use) {
  for (size_t w = 0; w < c.p.size(); ++w) {
    for (uint64_t left = bits_of(c.p[w], c.q[w]); left != 0; left &= left - 1) {
      if (!use(w * 64 + static_cast<size_t>(std::countr_zero(left)))) return false;
    }
  }
  return true;
}

uint64_t plain(uint64_t p, uint64_t q) { return p & ~q; }
uint64_t none(uint64_t p, uint64_t q) { return ~p & q; }
uint64_t boxed(uint64_t p, uint64_t q) { return p & q; }

// Where all cells are ids of the dictionary, or causes: 64 at once, and then the unknown ones as they were.
void rename_all(Column& c, const std::vector<Id>& ids) {
  std::array<int32_t, 64> to{};
  for (size_t w = 0; w < c.p.size(); ++w) {
    int32_t* const cells = c.cell4.data() + w * 64;
    const size_t n = std::min<size_t>(64, c.cell4.size() - w * 64);
    for (size_t k = 0; k < n; ++k) to[k] = static_cast<int32_t>(ids[static_cast<size_t>(cells[k])]);
    for (uint64_t left = ~c.p[w] & low_mask(static_cast<uint32_t>(n)); left != 0; left &= left - 1) {
      const auto k = static_cast<size_t>(std::countr_zero(left));
      to[k] = cells[k];
    }
    std::copy(to.begin(), to.begin() + static_cast<ptrdiff_t>(n), cells);
  }
}

}  // namespace

FieldCells::FieldCells(const Program& program, Type type, const FieldPlan* field) : program_(program), type_(type) {
  if (type == Type::integer) least_ = INT32_MIN, most_ = INT32_MAX;
  if (type == Type::date) least_ = first_day, most_ = last_day_of_all;
  if (!field) return;
  const auto end = [](const std::optional<Value>& bound) {
    return bound && bound->kind == Kind::value && !bound->wide ? std::optional(bound->i) : std::nullopt;
  };
  if (const auto low = end(field->low)) least_ = std::max(least_, *low);
  if (const auto high = end(field->high)) most_ = std::min(most_, *high);
  if (type != Type::text || !field->field || field->field->one_of.empty()) return;
  words_ = &field->field->one_of;
  first_word_ = *std::min_element(words_->begin(), words_->end()), last_word_ = *std::max_element(words_->begin(), words_->end());
  if (words_->size() > last_word_ - first_word_) return;
  known_words_.resize(last_word_ / 32 + 2);
  for (const Id id : *words_) known_words_[id / 32] |= uint32_t{1} << (id % 32);
}

std::string_view FieldCells::take(Column& c, Extent extent, const BlockWords& words, const Pool& pool) const {
  if (type_ == Type::text || type_ == Type::code) {
    if (const auto why = ids(c, extent, words); !why.empty()) return why;
  } else if (always_boxed(type_)) {
    if (!each_row(c, plain, [](size_t) { return false; })) return "a number where its field has a value of another form";
  } else if (!extent.within(least_, most_)) {   // causes too are numbers within most bounds
    const bool within = wide_cell(type_) ? all_plain_within<int64_t>(c, least_, most_) : all_plain_within<int32_t>(c, least_, most_);
    if (!within) return type_ == Type::date ? "a date that its field cannot have" : "a number that its field cannot have";
  }
  const bool causes = wide_cell(type_) ? all_unknown_have_causes<int64_t>(c) : all_unknown_have_causes<int32_t>(c);
  if (!causes) return "a fact that is not known for no reason";
  if (!c.any_odd) return "";
  const auto cell = [&](size_t row) { return wide_cell(type_) ? c.cell8[row] : int64_t{c.cell4[row]}; };
  if (!each_row(c, none, [&](size_t row) {
        const int64_t cause = cell(row);
        return cause >= 0 && cause < INT8_MAX && is_cause_of_none(static_cast<Cause>(cause));
      }))
    return "a fact that does not exist for no reason";
  if (!each_row(c, boxed, [&](size_t row) {
        const auto at = static_cast<uint64_t>(cell(row));
        return at < pool.size() && pool[at].type == type_ && is_alternative(pool[at]);
      }))
    return "a value that its field cannot have";
  return "";
}

std::string_view FieldCells::ids(Column& c, Extent extent, const BlockWords& words) const {
  const bool is_text = type_ == Type::text;
  const Translation& t = words.of_file;
  const std::vector<Id>& all = is_text ? t.texts : t.codes;
  const bool same = is_text ? t.same_texts : t.same_codes;
  // Causes are ids of any dictionary that is not very small.
  const bool of_dictionary =
      (is_text ? words.own_texts : words.own_codes).empty() && !c.any_odd && all.size() > static_cast<size_t>(last_cause_of_unknown);
  if (of_dictionary) {
    if (!extent.within(0, static_cast<int64_t>(all.size()) - 1)) return "a text or code that it does not have";
    if (!same) rename_all(c, all);
  } else if (!each_row(c, plain, [&](size_t row) {
               const auto id = is_text ? words.text(static_cast<uint32_t>(c.cell4[row])) : words.code(static_cast<uint32_t>(c.cell4[row]));
               if (id) c.cell4[row] = static_cast<int32_t>(*id);
               return id.has_value();
             })) {
    return "a text or code that it does not have";
  }
  const bool between = of_dictionary && same && known_words_.empty() && extent.within(first_word_, last_word_);
  return !words_ || between || all_are_words(c) ? "" : "a word that its field cannot have";
}

bool FieldCells::all_are_words(const Column& c) const {
  if (known_words_.empty() && all_plain_within<int32_t>(c, first_word_, last_word_)) return true;
  uint64_t bad = known_words_.empty();
  widely([&](auto masks) __attribute__((always_inline)) {
    for (size_t w = 0; !known_words_.empty() && w < c.p.size(); ++w) {
      const auto n = static_cast<uint32_t>(std::min<size_t>(64, c.cell4.size() - w * 64));
      bad |= ~among(masks, known_words_, c.cell4.data() + w * 64, n) & c.p[w] & ~c.q[w];
    }
  });
  return bad == 0 || each_row(c, plain, [&](size_t row) { return is_word(c.cell4[row]); });
}

// A program may have a text twice.
bool FieldCells::is_word(int64_t text) const {
  const auto id = static_cast<uint64_t>(text);
  return std::any_of(words_->begin(), words_->end(),
                     [&](Id word) { return word == id || (id < program_.texts.size() && program_.texts[word] == program_.texts[id]); });
}

// Words alone are asked for: a phantom row's date may lie beyond what its field states.
bool FieldCells::is_alternative(const Value& v) const {
  if (!words_ || v.kind == Kind::none) return true;
  if (v.kind == Kind::open) return std::all_of(v.items, v.items + v.n, [&](const Value& item) { return is_alternative(item); });
  return v.kind == Kind::value && is_word(v.i);
}

}  // namespace rubric::vm
