// The determinations of a run as JSON, without criteria: the bytes that `write_json` makes of each case's trace, without its trace.
//
// Of a run's lines few are told in words of their own: what decided them, what they are granted, what the policy remarks follows from
// the states of a few rules. Such a text is made from a trace once, and stands for all lines that are like it (Likeness).
// What was asked for and what is open is each line's own.
#pragma once

#include "vm/trace_json.h"
#include "vm/trace_lines.h"
#include "vm/trace_rules.h"

#include <functional>
#include <span>
#include <string>
#include <unordered_map>

namespace rubric::vm {

// One program's, one thread's; the program must stay.
class RunJson {
 public:
  // `most_told`: texts that it remembers.
  explicit RunJson(const VerifiedProgram& program, size_t most_told = 16'384)
      : program_(*program, Pictures::unwanted), likeness_(*program), most_told_(most_told) {}

  // Of some cases, in order. `written` is called behind each, with its trace but for the lines, and what these have come to.
  using Written = std::function<void(Row, const Trace& but_lines, std::span<const Settlement> lines)>;
  void write(const Decisions&, std::span<const Row> cases, Settler&, JsonWriter&, const Written& written);

 private:
  struct Told {
    std::string decision, rest;
  };
  void line(const CaseReading&, Row line, const Settlement&, JsonWriter&);
  const Told& told(const CaseReading&, Row line, const Settlement&);

  const ProgramReading program_;
  const Likeness likeness_;
  const size_t most_told_;
  std::unordered_map<std::string, Told> told_;
  // Used again for each case, line and text.
  Trace trace_;
  LineTrace line_;
  std::string key_;
  JsonWriter part_;
};

}  // namespace rubric::vm
