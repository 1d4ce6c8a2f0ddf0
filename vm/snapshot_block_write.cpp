// A batch as the bytes of a block. See snapshot_block.h.

#include "vm/snapshot_block.h"
#include "vm/snapshot_block_forms.h"

#include "vm/bits.h"
#include "vm/byte_order.h"
#include "vm/date.h"
#include "vm/enum_names.h"
#include "vm/units.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace rubric::vm {

namespace {

class Packing {
 public:
  Packing(const Program& model, const Batch& batch, const DictionaryWriter::OfBatch& ids) : model_(model), batch_(batch), ids_(ids) {}

  std::string pack() {
    w_.number(batch_.cases);
    w_.out.resize(w_.out.size() + 3 * sizeof(uint32_t) + model_.domains.size() * 9 + model_.columns.size() * 7);
    size_t at = sizeof(uint32_t);
    const auto head = [&](auto value) {
      std::memcpy(w_.out.data() + at, &value, sizeof value);
      at += sizeof value;
    };
    head(begin());
    w_.out += pack_infos(batch_);
    head(begin());
    w_.number(static_cast<uint32_t>(batch_.pool.size()));
    for (const Value& each : batch_.pool) value(each);
    head(begin());
    own_words();
    for (Id d = 0; d < model_.domains.size(); ++d) {
      const bool stored = d != 0 && !phantoms_alone(d);
      head(stored ? DomainForm::rows : DomainForm::phantoms);
      head(batch_.domains[d].rows);
      head(begin());
      if (stored) domain(d);
    }
    for (Id c = 0; c < model_.columns.size(); ++c) {
      const Column& column = batch_.columns[c];
      const auto [form, cause] = form_of(c);
      head(form);
      head(cause);
      head(static_cast<uint8_t>(column.any_odd));
      head(begin());
      if (form == ColumnForm::cells) cells(column);
    }
    return std::move(w_.out);
  }

 private:
  uint32_t begin() {
    w_.out.resize((w_.out.size() + 7) / 8 * 8);
    return static_cast<uint32_t>(w_.out.size());
  }
  template <class T>
  void array(const std::vector<T>& items) {
    begin();
    w_.array(items.data(), items.size());
  }

  // Numbers of four bytes in as few as all of them need: how many each takes (4), what is added to each (4), and they.
  template <class T>
  void numbers(const std::vector<T>& items) {
    static_assert(sizeof(T) == 4);
    const auto [least, greatest] = std::minmax_element(items.begin(), items.end());
    const auto base = items.empty() ? 0 : static_cast<uint32_t>(*least);
    const uint32_t span = items.empty() ? 0 : static_cast<uint32_t>(*greatest) - base;
    begin();
    w_.number(uint32_t{span <= 0xff ? 1U : span <= 0xffff ? 2U : 4U});
    w_.number(base);
    for (const T& item : items) {
      const uint32_t number = static_cast<uint32_t>(item) - base;
      if (span <= 0xff) w_.number(static_cast<uint8_t>(number));
      else if (span <= 0xffff) w_.number(static_cast<uint16_t>(number));
      else w_.number(number);
    }
  }

  bool phantoms_alone(Id d) const {
    const DomainRows& rows = batch_.domains[d];
    const uint32_t above = batch_.domains[model_.domains[d].parent].rows;
    bool alone = rows.rows == above && std::all_of(rows.wrapped.begin(), rows.wrapped.end(), [](uint64_t word) { return word == 0; }) &&
                 std::all_of(rows.src.begin(), rows.src.end(), [](Row src) { return src == no_row; });
    for (Row r = 0; alone && r < rows.rows; ++r) alone = rows.first[r] == r && bit(rows.phantom, r);
    return alone;
  }
  void domain(Id d) {
    const DomainRows& rows = batch_.domains[d];
    numbers(rows.first);
    array(rows.phantom);
    Plane wrapped = rows.wrapped;
    wrapped.resize(words(batch_.domains[model_.domains[d].parent].rows));
    array(wrapped);
    if (model_.domains[d].make == Make::reference) numbers(rows.src);
  }

  // A column whose unknown cells have all one cause, and nothing that is known but the rows' numbers, if that.
  std::pair<ColumnForm, Cause> form_of(Id c) const {
    const Column& column = batch_.columns[c];
    const ColumnDef& def = model_.columns[c];
    const DomainRows& rows = batch_.domains[def.domain];
    std::optional<int64_t> cause;
    bool unknown = !column.any_odd, numbers = unknown && def.kind == ColumnKind::position && def.domain != 0;
    for (Row r = 0; r < column.rows && (unknown || numbers); ++r) {
      const bool known = bit(column.p, r) || (column.type == Type::truth && bit(column.q, r));
      if (known) {
        unknown = false;
        numbers = numbers && !bit(rows.phantom, r) && column.cell4[r] == static_cast<int32_t>(rows.number(r) + 1);
        continue;
      }
      numbers = numbers && bit(rows.phantom, r);
      if (column.type == Type::truth) continue;
      const int64_t cell = wide_cell(column.type) ? column.cell8[r] : column.cell4[r];
      if (cause && *cause != cell) unknown = numbers = false;
      cause = cell;
    }
    return {unknown   ? ColumnForm::unknown
            : numbers ? ColumnForm::numbers
                      : ColumnForm::cells,
            static_cast<Cause>(unknown || numbers ? cause.value_or(undocumented) : undocumented)};
  }
  void cells(const Column& c) {
    array(c.p);
    if (c.type == Type::truth || c.any_odd) array(c.q);
    if (c.type == Type::truth) return;
    if (wide_cell(c.type)) return array(c.cell8);
    if (c.type != Type::text && c.type != Type::code) return numbers(c.cell4);
    std::vector<int32_t> renamed = c.cell4;
    for (Row r = 0; r < c.rows; ++r) {
      if (bit(c.p, r) && !bit(c.q, r)) renamed[r] = static_cast<int32_t>(file_id(c.type, static_cast<uint32_t>(c.cell4[r])));
    }
    numbers(renamed);
  }

  Id file_id(Type type, Id id) const {
    const std::vector<Id>& own = type == Type::text ? ids_.texts : ids_.codes;
    const size_t models = type == Type::text ? model_.texts.size() : model_.codes.size();
    return id < models ? id : own[id - models];
  }
  void own_words() {
    w_.number(static_cast<uint32_t>(ids_.own_texts.size()));
    for (const std::string_view each : ids_.own_texts) w_.text(each);
    w_.number(static_cast<uint32_t>(ids_.own_codes.size()));
    w_.array(ids_.own_codes.data(), ids_.own_codes.size());
  }

  void value(const Value& v) {
    w_.number(v.kind), w_.number(v.type), w_.number(v.cause), w_.number(v.precision), w_.number(v.unit),
        w_.number(static_cast<uint8_t>(v.wide));
    const uint32_t items = v.kind == Kind::range ? 2 : v.kind == Kind::open || (v.kind == Kind::value && has_items(v.type)) ? v.n : 0;
    w_.number(items);
    for (uint32_t k = 0; k < items; ++k) value(v.items[k]);
    if (v.kind != Kind::value || has_items(v.type)) return;
    if (v.wide) w_.number(*v.big);
    else if (v.type == Type::text || v.type == Type::code) w_.number(int64_t{file_id(v.type, static_cast<Id>(v.i))});
    else w_.number(v.i);
  }

  const Program& model_;
  const Batch& batch_;
  const DictionaryWriter::OfBatch& ids_;
  ByteWriter w_;
};

}  // namespace

std::string pack_block(const Program& model, const Batch& batch, const DictionaryWriter::OfBatch& ids) {
  return Packing(model, batch, ids).pack();
}

}  // namespace rubric::vm
