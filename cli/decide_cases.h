// Records in, determinations out, printed or as the pages of a report: on one thread or several, in the order of the records, in constant memory.
//
// A unit of at most 1,024 records is the batch that the machine runs. Units are decided independently and handed over
// in order, so that the output's bytes depend neither on the number of threads nor on where units end.
#pragma once

#include "base/render_diagnostics.h"
#include "cli/case_input.h"
#include "render/site_data.h"
#include "vm/settle.h"
#include "vm/trace.h"
#include "vm/verify.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::cli {

enum class Form : uint8_t { text, json, ndjson, site };
Form form_named(std::string_view);

struct DecideOptions {
  Form form = Form::text;
  bool with_criteria = false;
  std::string as_of;
  Color color = Color::no;  // text
  int width = 100;  // text with criteria: a page for each case
  unsigned threads = 1;
  size_t records_per_unit = 0;  // that are decided together, at most; 0: as many as is best
  bool keeps = false;  // what is decided, too

  // A line of text says how many facts are missing, and no more of what is open.
  vm::Settle settled() const { return form == Form::text && !with_criteria ? vm::Settle::reasons : vm::Settle::all; }
};

// --threads, or as many as there are cores; nothing, and why, where it is no number of threads.
std::optional<unsigned> thread_count(const Arguments&, Console&);

// What a reader of stderr wants to know of a record.
struct RecordRemark {
  std::string source;
  vm::RecordMessage message;
};

struct Tally {
  uint64_t cases = 0, rejected = 0, lines = 0;
  std::array<uint64_t, 16> outcomes{};  // of lines, by vm::Outcome
  void count(vm::Outcome);
  void add(const Tally&);
};
// "12 cases, 14 lines: 9 approved, 5 pend for information"
std::string words(const Tally&);
// "1 of 12 records could not be read and was rejected"
std::string rejected_words(const Tally&);

// What one policy has decided of some cases of a unit (vm/kept_decisions.h).
struct KeptDecisions {
  size_t policy = 0;
  std::vector<uint32_t> cases;  // their numbers in the unit
  std::string planes;
};

struct Decided {
  // json: objects with ",\n" between them and no line end behind the last; else whole lines
  std::string text;
  std::vector<SitePart> parts;  // site
  Tally tally;
  std::vector<RecordRemark> remarks;
  std::vector<KeptDecisions> kept;
  std::string problem;  // behind these cases nothing can be read, and why

  // Behind what stands in `text`: whole lines, or a JSON object.
  void add(std::string_view determination, Form);
};

// `done` is called on this thread, in order; where it answers false the run stops.
void decide_cases(const NextRecord&, const vm::VerifiedProgram&, const DecideOptions&, const std::function<bool(Decided&&)>& done);

}  // namespace rubric::cli
