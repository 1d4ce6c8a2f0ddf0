// What one program has decided of cases as text, in the form that a run is asked for: case by case, for who puts the texts together.
#pragma once

#include "cli/decide_cases.h"
#include "vm/json_writer.h"
#include "vm/machine.h"
#include "vm/run_json.h"
#include "vm/settle.h"
#include "vm/trace.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::cli {

struct Determination {
  vm::Row row;
  std::string_view text;               // whole lines; of JSON the object, without an end of a line
  const vm::Trace& but_lines;
  std::span<const vm::Outcome> lines;  // what they have come to
};

// What one program after the other makes use of. One thread's.
struct Tools {
  vm::Settler settler;
  vm::JsonWriter json;
};

// One program's, one thread's; the program and what is asked for must stay.
class Determinations {
 public:
  // `most_told`: as RunJson.
  Determinations(const vm::VerifiedProgram&, const DecideOptions&, size_t most_told);

  // Of some cases of a run, in order.
  void write(const vm::Decisions&, std::span<const vm::Row> cases, Tools&, const std::function<void(const Determination&)>& take);

 private:
  const DecideOptions& options_;
  std::optional<vm::RunJson> json_;
  // Used again for each case.
  std::vector<vm::Outcome> lines_;
  std::string text_;
};

}  // namespace rubric::cli
