// What persons assert of criteria. See record_reader.h.

#include "vm/record_reader.h"

namespace rubric::vm {

void RecordReader::read_assertions(Token) {}

}  // namespace rubric::vm
