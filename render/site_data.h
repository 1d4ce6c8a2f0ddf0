// What the pages of a report (site.h) read: for each case a row of the index, and its page, packed with those of its
// neighbours.
//
// The pages of ten thousand cases are a thousand million bytes, nearly all of them alike. So pages are cut where elements
// begin, pieces that several have stand once in a file, and what is left is packed; a browser unpacks the one file that it
// needs. See docs/decisions/report-pages-are-packed.md.
#pragma once

#include "vm/program.h"
#include "vm/trace.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rubric {

// Names that have numbers in the index: those of the policy, in the order of its outline.
struct SiteNames {
  explicit SiteNames(const vm::Program&);
  std::vector<std::string> criteria, rules;
  std::map<std::string, size_t, std::less<>> criterion_at, rule_at;
};

// A line of a request as the index has it. Of a criterion that runs for each item there are several statuses.
struct SiteLine {
  uint32_t sequence = 0;
  std::string code, service, date, decided_by;
  vm::Outcome outcome = vm::Outcome::gap;
  bool requires_clinician = false, requires_person = false;
  std::string statuses, states;  // a hexadecimal digit for each criterion and rule: a bit for each vm::Status, vm::RuleState
  std::vector<std::pair<std::string, std::string>> missing;  // the fact, for any row of its list; what to ask for
};

struct SiteCase {
  std::string id, source;
  bool rejected = false;
  std::vector<vm::RecordMessage> messages;  // of a rejected one
  std::vector<SiteLine> lines;
};

// Cases whose pages are in one file.
struct SitePart {
  std::string pages;  // packed
  std::vector<SiteCase> cases;
  std::map<size_t, std::string> sentences;  // of criteria, as the first case has them
};

inline constexpr size_t cases_per_part = 64;

// Traces to parts; one thread's.
class SiteParts {
 public:
  explicit SiteParts(const vm::Program&);
  void add(const vm::Trace&);
  // Those that are made, the last one whatever its size.
  std::vector<SitePart> take();

 private:
  void add_page(std::string_view);
  void end_part();
  void count(const std::vector<vm::CriterionTrace>&, SiteLine&);
  void count(const std::vector<vm::RuleTrace>&, SiteLine&) const;

  const vm::Program& program;
  SiteNames names;
  // Of the part that is being made: pieces of pages with their numbers, and each page as a list of them.
  std::unordered_map<std::string, size_t> pieces;
  std::string texts, pages;
  SitePart part;
  std::vector<SitePart> parts;
};

// The index, from parts in the order of the cases.
class SiteIndex {
 public:
  explicit SiteIndex(const vm::Program&);
  // The part without its pages, which are in the file with the number that it gives.
  size_t add(const SitePart&);

  std::string index_script() const;  // data/index.js: everything that the list is made of
  std::string parts_script() const;  // data/parts.js: which file has a case's page

 private:
  size_t numbered(std::map<std::string, size_t>&, std::string& list, const std::string& key, const std::string& json);

  const vm::Program& program;
  SiteNames names;
  std::vector<std::string> sentences;
  std::map<std::string, size_t> facts, services;
  std::string fact_list, service_list, cases, starts;
  size_t count = 0, parts = 0;
};

// data/7.js
std::string part_script(size_t number, const SitePart&);

}  // namespace rubric
