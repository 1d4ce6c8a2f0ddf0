// What is wrong with records, or odd, said on the console as far as anybody reads it: a file of bad records is known for
// one after some of its messages, and each stands in the output anyway.
#pragma once

#include "cli/console.h"
#include "cli/decide_cases.h"
#include "render/words.h"

#include <fmt/format.h>

namespace rubric::cli {

class RecordRemarks {
 public:
  explicit RecordRemarks(Console& console) : console(console) {}

  void say(const Decided& decided) {
    for (const RecordRemark& each : decided.remarks) {
      if (count++ < most) console.record(each.source, each.message);
    }
  }
  void finish() {
    if (count > most) console.note(fmt::format("{} more about records are not shown here", counted(count - most, "message")));
  }

 private:
  static constexpr uint64_t most = 20;
  Console& console;
  uint64_t count = 0;
};

}  // namespace rubric::cli
