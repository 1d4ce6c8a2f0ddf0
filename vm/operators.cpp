// operators.def as data and as forms.
#include "vm/operators.h"

#include "vm/conversions.h"
#include "vm/forms.h"
#include "vm/intervals.h"
#include "vm/lists.h"
#include "vm/numbers.h"
#include "vm/operator_forms.h"
#include "vm/texts.h"

#include <array>

namespace rubric::vm {
namespace {

template <Type... T>
constexpr std::array<Type, sizeof...(T)> types{T...};

using enum Type;

#define ARGS(...) __VA_ARGS__
constexpr OperatorInfo infos[] = {
#define OPERATOR(name, spelling, meaning, result, args, help, example) {spelling, result, types<args>, help, example},
#include "vm/operators.def"
#undef OPERATOR
};

constexpr OperatorForms all_forms[] = {
#define OPERATOR(name, spelling, meaning, result, args, help, example) \
  {&Forms<meaning, args>::columns, &Forms<meaning, args>::boxed, meaning::inspects},
#include "vm/operators.def"
#undef OPERATOR
};

}  // namespace

std::span<const OperatorInfo> operators() { return infos; }
const OperatorForms& forms(uint16_t fn) { return all_forms[fn]; }

}  // namespace rubric::vm
