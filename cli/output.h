// Standard output, in whole lines.
//
// Ctrl-C, a closed pipe and a full disk must never leave half a line behind: a script that reads determinations would
// take it for one. So output is handed over in whole lines, a write is finished before an interrupt ends the program,
// and a reader that has gone ends the command quietly.
#pragma once

#include "cli/command.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace rubric::cli {

class Output {
 public:
  ~Output() { flush(); }

  // Whole lines.
  void write(std::string_view lines);
  void flush();

  // Flushes. The command's status: `otherwise`, unless something could not be written, which is said.
  Exit finish(Console&, Exit otherwise = Exit::expected);

  // Nobody reads any more (a closed pipe), or nothing can be written: no reason to go on.
  bool is_over() const { return closed || !problem_text.empty(); }

  // From now on Ctrl-C and SIGTERM wait for the line that is being written, write `ending`, and end the program with 130
  // (143). Once a program, before any other thread is started.
  void end_lines_on_interrupt();
  void set_ending(std::string ending);  // what closes the output: "]" of an array

 private:
  void write_out(std::string_view bytes);

  std::string buffer;
  std::string problem_text;
  bool closed = false;
};

}  // namespace rubric::cli
