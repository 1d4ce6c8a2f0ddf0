// A small set of made-up cases that shows what a policy can show: found by search, chosen so that none is superfluous, and
// cut down to what each one is for.
//
// Every case was run before it is handed over. What no case was found for is listed with the reason, as far as there is one.
#pragma once

#include "analysis/made_record.h"
#include "analysis/points.h"
#include "vm/trace.h"

#include <string>
#include <vector>

namespace rubric::analysis {

struct GeneratedCase {
  std::string name;                 // "repeat-block-stands": for a file
  std::vector<std::string> shows;   // in words: what no case before it shows, what says most first
  std::vector<std::string> expect;  // statuses that it is for, as a test writes them
  Json record;
  vm::Trace trace;
};

// What no case was found for, in words, and why.
struct MissingState {
  std::string what, why;
  bool impossible = false;          // by proof: it is not wanted then
};

struct Generated {
  std::vector<GeneratedCase> cases;
  uint64_t shown = 0, wanted = 0;   // states and members, without what is impossible
  std::vector<MissingState> missing;
};

struct GenerateOptions {
  size_t candidates = 150'000;      // records that are tried at most
};
Generated generate_cases(const vm::VerifiedProgram&, const std::vector<Json>& seeds, const GenerateOptions& = {});

// "Covered stands; ListedCode is met; and 4 more"
std::string words(const GeneratedCase&);

}  // namespace rubric::analysis
