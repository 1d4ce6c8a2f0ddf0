#include "vm/verdict.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

namespace rubric::vm {
namespace {

constexpr uint32_t outcome_count = std::size(outcome_rows);
constexpr OutcomeSet every = (OutcomeSet{1} << outcome_count) - 1;

// What rules can add to a verdict. Modifications with different contents are different verdicts.
struct Category {
  OutcomeClass kind;
  bool conditions;
  Id modification;
  bool yes = false, open = false, faulty = false;
};

// The table of section 4, for rules that all either stand or do not.
Outcome settled(std::span<const Category> categories, uint32_t standing) {
  bool approve = false, conditions = false, deny_ = false, free = false, look = false, wait = false;
  Id contents = none_id;
  uint32_t verdicts = 0;
  for (size_t k = 0; k < categories.size(); ++k) {
    if (!(standing >> k & 1)) continue;
    const Category& c = categories[k];
    switch (c.kind) {
      case OutcomeClass::favourable:
        approve = true;
        conditions |= c.conditions;
        break;
      case OutcomeClass::modify:
        if (c.modification != contents) ++verdicts;
        contents = c.modification;
        break;
      case OutcomeClass::deny: deny_ = true; break;
      case OutcomeClass::not_required: free = true; break;
      case OutcomeClass::review: look = true; break;
      case OutcomeClass::pend: wait = true; break;
      case OutcomeClass::none: break;
    }
  }
  verdicts += approve + deny_ + free;
  if (verdicts > 1) return Outcome::conflict;
  if (look) return Outcome::review;
  if (deny_) return Outcome::deny;
  if (wait) return Outcome::pend;
  if (approve) return conditions ? Outcome::approve_with_conditions : Outcome::approve;
  if (contents != none_id) return Outcome::modify;
  if (free) return Outcome::not_required;
  return Outcome::gap;
}

}  // namespace

Outcome the_one(OutcomeSet s) { return static_cast<Outcome>(std::countr_zero(s)); }

bool qualifies(Outcome o) { return outcome_row(o).outcome_class == OutcomeClass::favourable; }
bool granting(Outcome o) { return qualifies(o) || outcome_row(o).outcome_class == OutcomeClass::modify; }

OutcomeSet decide(std::span<const Standing> rules) {
  std::vector<Category> categories;
  const auto add = [&](OutcomeClass kind, bool conditions, Id modification, Truth state) {
    if (state == Truth::no) return;
    auto at = std::find_if(categories.begin(), categories.end(), [&](const Category& c) {
      return c.kind == kind && c.conditions == conditions && c.modification == modification;
    });
    if (at == categories.end()) at = categories.insert(at, Category{kind, conditions, modification});
    at->yes |= state == Truth::yes;
    at->open |= state == Truth::unknown;
    at->faulty |= state == Truth::none;
  };
  for (const Standing& s : rules) {
    const auto o = static_cast<Outcome>(s.rule->outcome);
    const bool conditions = !s.rule->subject_to.empty();
    if (outcome_row(o).outcome_class == OutcomeClass::modify) {
      // Where it is open whether the contents equal the request, it may be either.
      const Truth equal = s.equals_request;
      const Truth half = s.stands == Truth::no ? Truth::no : Truth::unknown;
      if (equal != Truth::no) add(OutcomeClass::favourable, conditions, none_id, equal == Truth::yes ? s.stands : half);
      if (equal != Truth::yes) add(OutcomeClass::modify, false, s.rule->modification, equal == Truth::no ? s.stands : half);
    } else {
      add(outcome_row(o).outcome_class, conditions || o == Outcome::approve_with_conditions, none_id, s.stands);
    }
  }
  uint32_t fixed = 0;
  std::vector<uint32_t> open, faulty;
  for (uint32_t k = 0; k < categories.size(); ++k) {
    const Category& c = categories[k];
    if (c.yes) {
      fixed |= 1u << k;
    } else if (c.open) {
      open.push_back(k);
    } else if (c.faulty) {
      faulty.push_back(k);
    }
  }
  if (open.size() + faulty.size() > 12 || categories.size() > 31) return every & ~set_of(Outcome::not_decided);
  const auto spread = [](uint32_t choice, const std::vector<uint32_t>& places) {
    uint32_t bits = 0;
    for (size_t k = 0; k < places.size(); ++k) bits |= (choice >> k & 1) << places[k];
    return bits;
  };
  OutcomeSet possible = 0;
  for (uint32_t x = 0; x < 1u << open.size(); ++x) {
    OutcomeSet answers = 0;
    for (uint32_t f = 0; f < 1u << faulty.size(); ++f) {
      answers |= set_of(settled(categories, fixed | spread(x, open) | spread(f, faulty)));
    }
    possible |= has_one(answers) ? answers : set_of(Outcome::review);
  }
  return possible;
}

bool contents_open(std::span<const Standing> rules) {
  return std::any_of(rules.begin(), rules.end(), [](const Standing& s) {
    const OutcomeClass kind = outcome_row(static_cast<Outcome>(s.rule->outcome)).outcome_class;
    if (kind == OutcomeClass::modify) return s.stands == Truth::unknown || (s.stands == Truth::yes && s.equals_request == Truth::unknown);
    return kind == OutcomeClass::favourable && s.stands == Truth::unknown && !s.rule->subject_to.empty();
  });
}

namespace {

// While folding: the best (or worst) outcome so far; when approving those that qualify, apart for these (the worst of them has all
// conditions) and the rest. 0xff: no such item yet.
struct Folded {
  uint8_t qualifying = 0xff, rest = 0xff;
  bool operator==(const Folded&) const = default;
};

Folded combine(FoldItems how, Folded s, uint8_t o) {
  const auto conflict = static_cast<uint8_t>(Outcome::conflict);
  const auto best = [&](uint8_t a, uint8_t b) {
    return a == conflict || b == conflict ? (a == 0xff ? b : b == 0xff ? a : conflict) : std::min(a, b);
  };
  const auto worst = [&](uint8_t a, uint8_t b) { return a == 0xff ? b : b == 0xff ? a : std::max(a, b); };
  if (how == FoldItems::worst) return {0xff, worst(s.rest, o)};
  if (how == FoldItems::best) return {0xff, best(s.rest, o)};
  if (qualifies(static_cast<Outcome>(o))) return {worst(s.qualifying, o), s.rest};
  return {s.qualifying, best(s.rest, o)};
}

Outcome finish(FoldItems how, Folded s) {
  if (s.qualifying == 0xff && s.rest == 0xff) return Outcome::gap;
  if (how != FoldItems::qualifying) return static_cast<Outcome>(s.rest);
  if (s.rest == static_cast<uint8_t>(Outcome::conflict)) return Outcome::conflict;
  if (s.qualifying == 0xff) return static_cast<Outcome>(s.rest);
  return s.rest == 0xff ? static_cast<Outcome>(s.qualifying) : Outcome::modify;
}

}  // namespace

OutcomeSet fold_items(FoldItems how, std::span<const Item> items) {
  std::vector<Folded> states{Folded{}};
  for (const Item& item : items) {
    if (item.included == Truth::no || item.included == Truth::none) continue;
    std::vector<Folded> next;
    const auto take = [&](Folded f) {
      if (std::find(next.begin(), next.end(), f) == next.end()) next.push_back(f);
    };
    for (const Folded s : states) {
      if (item.included == Truth::unknown) take(s);
      for (uint8_t o = 0; o < outcome_count; ++o) {
        if (item.outcomes >> o & 1) take(combine(how, s, o));
      }
    }
    states = std::move(next);
  }
  OutcomeSet result = 0;
  for (const Folded s : states) result |= set_of(finish(how, s));
  return result;
}

bool gives_contents(FoldItems how, Outcome line, bool some_qualify, Outcome item) {
  return how == FoldItems::qualifying && some_qualify ? qualifies(item) : item == line;
}

}  // namespace rubric::vm
