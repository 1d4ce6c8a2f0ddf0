// Every check that fails is a reason in words; nothing is repaired.
#include "vm/verify.h"

#include "vm/prepared.h"
#include "vm/verify_parts.h"

namespace rubric::vm {

std::variant<VerifiedProgram, std::string> verify(Program program) {
  for (const auto wrong : {wrong_in_tables, wrong_in_code, wrong_in_clauses}) {
    if (std::string reason = wrong(program); !reason.empty()) return reason;
  }
  auto shared = std::make_shared<const Program>(std::move(program));
  auto prepared = prepare(*shared);
  return VerifiedProgram(std::move(shared), std::move(prepared));
}

}  // namespace rubric::vm
