// Where a cell stands in its record, as a JSON pointer: worked out from rows when a trace asks, kept nowhere.
// See record.h.

#include "vm/json_text.h"
#include "vm/record.h"

#include <fmt/format.h>

namespace rubric::vm {

namespace {

// The way from an object to the list that makes `domain`, through objects in it that are no rows: "/program/exercises".
bool add_list_path(const Program& program, Id node, Id domain, std::string& path) {
  const auto& fields = program.nodes[node].fields;
  for (const Field& field : fields) {
    if (field.domain != domain || (field.kind != FieldKind::list && field.kind != FieldKind::reference)) continue;
    append_to_pointer(path, program.texts[field.key]);
    return true;
  }
  for (const Field& field : fields) {
    if (field.kind != FieldKind::object) continue;
    const size_t before = path.size();
    append_to_pointer(path, program.texts[field.key]);
    if (add_list_path(program, field.node, domain, path)) return true;
    path.resize(before);
  }
  return false;
}

}  // namespace

Place place_of_list(const Batch& batch, Id domain, Row row) {
  const DomainDef& def = batch.program->domains[domain];
  switch (def.make) {
    case Make::cases: return {row, ""};
    case Make::cross: return place_of_list(batch, def.from, batch.domains[domain].src[row]);
    case Make::unnest: return {row, ""};
    case Make::rows:
    case Make::reference: break;
  }
  const Row parent = batch.domains[domain].up[row];
  // Below a row that is not recorded, what can be asked for is the list that may hold it.
  if (def.parent != 0 && bit(batch.domains[def.parent].phantom, parent)) return place_of_list(batch, def.parent, parent);
  Place place = place_of_row(batch, def.parent, parent);
  add_list_path(*batch.program, def.parent == 0 ? 0 : batch.program->domains[def.parent].node, domain, place.pointer);
  return place;
}

Place place_of_row(const Batch& batch, Id domain, Row row) {
  const DomainDef& def = batch.program->domains[domain];
  const DomainRows& rows = batch.domains[domain];
  switch (def.make) {
    case Make::cases: return {row, ""};
    case Make::cross: return place_of_row(batch, def.from, rows.src[row]);
    case Make::unnest: return {row, ""};
    case Make::rows:
    case Make::reference: break;
  }
  Place place = place_of_list(batch, domain, row);
  if (bit(rows.wrapped, rows.up[row])) place.pointer += "/items";
  // "-" is the element behind the last one (RFC 6901): what is not recorded.
  place.pointer += '/';
  if (const uint32_t number = rows.number(row); number == no_row) place.pointer += '-';
  else place.pointer += fmt::format_int(number).c_str();
  return place;
}

Place place_of_column(const Batch& batch, Id column, Row row) {
  const ColumnDef& def = batch.program->columns[column];
  Place place = place_of_row(batch, def.domain, row);
  if (def.kind == ColumnKind::decided_date) {
    // A line that documents no date of its own is decided by the date that the case was received.
    const Id own = def.field == none_id ? none_id : batch.program->nodes[def.node].fields[def.field].column;
    const Value date = own == none_id ? Value{} : get(batch.columns[own], row, batch.pool);
    if (date.kind == Kind::none || (date.kind == Kind::unknown && date.cause == Cause::not_documented)) {
      place.pointer = "/received";
      return place;
    }
  }
  if (def.path != none_id && !batch.program->texts[def.path].empty()) {
    place.pointer += '/';
    place.pointer += batch.program->texts[def.path];
  }
  return place;
}

}  // namespace rubric::vm
