// What annotations say of the facts that they point at. See record_reader.h.

#include "vm/record_reader.h"

namespace rubric::vm {

void RecordReader::read_annotations(Token) {}
uint32_t RecordReader::mark_below(uint32_t, std::string_view) const { return no_mark; }
std::optional<Value> RecordReader::marked_value(const FieldPlan&, uint32_t) { return std::nullopt; }

}  // namespace rubric::vm
