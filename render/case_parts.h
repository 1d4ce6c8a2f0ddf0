// The parts that a case's page is made of, and what they share: where each criterion and rule stands on the page, and
// which of them the outcome rests on. case_page.cpp puts the parts together.
#pragma once

#include "render/html.h"
#include "render/reasons.h"
#include "vm/program.h"
#include "vm/trace.h"

#include <map>
#include <string>
#include <vector>

namespace rubric {

// A criterion or a rule of a line, as the policy's text links to it.
struct ClauseUse {
  Span span;
  std::string id;       // of its element on the page
  std::string label;
  std::string_view mark, words;  // of its status or state
  std::string_view style;        // class of page.css
  bool decides = false;
  size_t line = 0;      // index in Trace::lines
};

class CaseParts {
 public:
  CaseParts(const vm::Trace&, const vm::Program&);

  const vm::Trace& trace;
  const vm::Program& program;

  std::string id_of(const vm::CriterionTrace& c) const { return ids.at(&c); }
  std::string id_of(const vm::RuleTrace& r) const { return ids.at(&r); }
  // Of the first criterion of that name in a line that counts, or empty.
  std::string id_of(size_t line, const std::string& criterion) const;
  // The element of the policy's text that a span begins in, or empty where the program has no text.
  std::string clause_id(Span) const;
  bool has_text(FileId) const;

  const Reasons reasons;
  bool decides(const auto& criterion_or_rule) const { return reasons.decides(criterion_or_rule); }

  std::vector<ClauseUse> uses;  // in the order of the page

 private:
  void walk(size_t line, const std::vector<vm::CriterionTrace>&);
  void walk(size_t line, const std::vector<vm::RuleTrace>&);

  std::map<const void*, std::string> ids;
  std::map<std::pair<size_t, std::string>, std::string> by_name;
};

std::string line_id(size_t line);

void add_outline(Html&, const CaseParts&, const vm::LineTrace&);              // case_outline.cpp
void add_flow(Html&, const CaseParts&, const vm::LineTrace&, size_t line);    // case_flow.cpp
void add_timeline(Html&, const CaseParts&, const vm::LineTrace&, size_t line);  // case_timeline.cpp
void add_policy_text(Html&, const CaseParts&);                                // case_policy.cpp

std::string clause_words(const std::optional<vm::Clause>&);  // "line 33", as links to it are called

// A text of the record or the policy. A long one, as a note of many pages, is folded behind its beginning.
void add_said(Html&, std::string_view text, std::string_view css = "");

// A citation with its title and grade; several in a list.
void add_cites(Html&, const std::vector<vm::CitedSource>&);

}  // namespace rubric
