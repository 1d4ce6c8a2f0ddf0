// The determinations of a run as JSON: the bytes that `write_json` makes of each case's trace, without its trace.
//
// Of a run's lines few are told in words of their own: what decided them, what they are granted, what the policy remarks follows from
// the states of a few rules. Such a text is made from a trace once, and stands for all lines that are like it (Likeness).
// What was asked for, what is open and how the criteria come out is each line's own.
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
  // `with_criteria`: with rules, too. `most_told`: texts that it remembers.
  RunJson(const VerifiedProgram& program, bool with_criteria, size_t most_told)
      : program_(*program, Pictures::unwanted), with_criteria_(with_criteria), likeness_(*program, with_criteria), most_told_(most_told) {}

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
  const bool with_criteria_;
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
