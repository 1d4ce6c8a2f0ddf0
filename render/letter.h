// A line's determination as a letter to the member, in words that need no training: what was decided, the reason, what would
// change it, and how to appeal.
//
// It names no criterion that the trace does not contain and invents no fact: what a letter needs and the trace does not
// have (names, addresses, the plan's deadlines) is a blank in brackets for whoever sends it. Codes stand nowhere;
// abbreviations are explained once. A letter is plain data; text.cpp and letter_page.cpp lay it out.
#pragma once

#include "render/layout.h"
#include "vm/program.h"
#include "vm/trace.h"

#include <string>
#include <utility>
#include <vector>

namespace rubric {

struct LetterPart {
  std::string heading;
  std::vector<std::string> paragraphs, points;  // points: a list behind the paragraphs
};

struct Letter {
  std::vector<std::pair<std::string, std::string>> head;  // "Member": "[name]", ...
  std::string subject, decision;  // decision: one sentence
  vm::Outcome outcome = vm::Outcome::gap;
  bool draft = false;             // a clinician must sign it before it is sent
  std::vector<LetterPart> parts;
  std::vector<std::string> signature;  // names of the blanks to fill in; empty: nobody has to sign
  std::vector<std::string> to_explain;  // abbreviations that nobody has explained: to be done before it is sent
};

// One letter for each line.
std::vector<Letter> letters(const vm::Trace&);

// The letters as one HTML file, each on a page of its own.
std::string letter_page(const vm::Trace&);

}  // namespace rubric
