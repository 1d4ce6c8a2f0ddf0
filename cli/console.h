// What a command says beside its output: messages and progress, all of them to stderr.
//
// For a person they are words, for a program (--format json) they are JSON: one array of objects a message, in the shape
// of `rubric check --format json`. Output itself goes through Output.
#pragma once

#include "base/diagnostic.h"
#include "base/render_diagnostics.h"
#include "base/source.h"
#include "vm/record.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rubric::cli {

class Arguments;

class Console {
 public:
  // Before arguments are understood.
  Console();

  // --color, --quiet and a --format that is meant for programs.
  void configure(const Arguments&);

  Color color() const { return output_color; }  // of stdout
  int width() const;                            // of the page that text is laid out for
  bool is_quiet() const { return quiet; }
  bool for_machines() const { return machine; }

  void error(std::string_view message, std::string_view help = "");
  void warning(std::string_view message);
  void note(std::string_view message);  // --quiet leaves it out

  // The errors; with `warnings` the rest too.
  void diagnostics(const Diagnostics&, const SourceSet&, bool warnings);

  // What is wrong with a record, or odd: "cases.ndjson:7: error: /lines/0/code: ..."
  void record(std::string_view source, const vm::RecordMessage&);

  // One line on a terminal that is written over: "12,000 cases, 350,000 a second, 2 min left". Nothing elsewhere.
  // `share` of the whole that has been read, where the whole is known. `things` stays: other ones begin anew.
  void progress(uint64_t done, std::string_view things, std::optional<double> share);
  void end_progress();

 private:
  void say(Severity, std::string_view message, std::string_view help);

  Color output_color, message_color;
  bool quiet = false, machine = false;
  bool shows_progress, progress_stands = false;
  std::string_view progressing;                         // what the progress counts
  std::chrono::steady_clock::time_point begun, shown;
};

}  // namespace rubric::cli
