// The fewest answers, on tables of completions made by hand.
#include "vm/enough.h"

#include <gtest/gtest.h>

namespace rubric::vm {
namespace {

constexpr OutcomeSet approve = set_of(Outcome::approve), deny = set_of(Outcome::deny), pend = set_of(Outcome::pend);

// A truth behind these facts.
Variable truth(FactSet facts) {
  Variable v;
  v.values = {box(Truth::yes), box(Truth::no)};
  v.facts = std::move(facts);
  return v;
}

// "approve: 0=0 2=1; ...": variables with the number of their value.
std::string enough(const std::vector<Variable>& variables, const std::vector<OutcomeSet>& possible) {
  std::string out;
  for (const Forced& f : fewest_answers(variables, possible)) {
    out += (out.empty() ? "" : "; ") + std::string(outcome_row(f.outcome).json) + ":";
    for (const GivenAnswer& a : f.answers) out += " " + std::to_string(a.variable) + "=" + std::to_string(a.value);
  }
  return out;
}

TEST(Enough, OneFactOfTwoMayDo) { EXPECT_EQ(enough({truth({0}), truth({1})}, {approve, deny, deny, deny}), "approve: 0=0 1=0; deny: 0=1"); }

TEST(Enough, OfTwoVariablesThatShareAListOnlyTheOneThatDecides) {
  // The second decides alone; the first, of the same list, only where it is false.
  EXPECT_EQ(enough({truth({0}), truth({0})}, {approve, approve, approve, deny}), "approve: 0=0; deny: 0=1 1=1");
  EXPECT_EQ(enough({truth({0}), truth({0}), truth({1})}, {approve, approve, deny, approve, deny, deny, deny, deny}),
            "approve: 0=1 2=0; deny: 2=1");
}

TEST(Enough, FactsCountBeforeAnswers) {
  // Two answers about one list, or one comparison in which two facts meet.
  EXPECT_EQ(enough({truth({0, 1}), truth({2}), truth({2})}, {approve, approve, approve, deny, approve, deny, approve, deny}),
            "approve: 1=0 2=0; deny: 0=1 1=1");
  EXPECT_EQ(enough({truth({0, 1}), truth({2}), truth({2})}, {approve, approve, approve, deny, approve, deny, deny, deny}),
            "approve: 1=0 2=0; deny: 1=1 2=1");
}

TEST(Enough, NothingToAnswer) {
  EXPECT_EQ(enough({truth({0})}, {deny, deny}), "");
  EXPECT_EQ(enough({truth({0})}, {approve | deny, pend}), "pend: 0=1") << "what stays open after an answer is not forced by it";
}

}  // namespace
}  // namespace rubric::vm
