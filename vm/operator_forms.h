// How the machine reaches the forms of operators.def's rows.
#pragma once

#include "vm/column.h"
#include "vm/meanings.h"
#include "vm/operators.h"

namespace rubric::vm {

struct OperatorForms {
  // `out` is reset to its type and rows; arguments are uniform or have as many rows. `out_pool` may be the arguments' own pool.
  void (*columns)(const Context&, const Column* const* args, const Pool&, Column& out, Pool& out_pool);
  Value (*boxed)(const Context&, const Value* args);
  bool inspects;             // asks whether there is a value: none is an argument like others
};
const OperatorForms& forms(uint16_t fn);

}  // namespace rubric::vm
