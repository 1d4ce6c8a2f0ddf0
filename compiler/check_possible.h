// What a block's rules can come to: rules and criteria evaluated over sets of answers, where some questions are open.
//
// A question (Atom) is a criterion's status, a truth that no part of can be seen (some Trial T has ...), or a value
// that clauses compare with constants (Line.code). Each has a few answers, and while it has none it stands for all of
// them. The tables are those of the semantics, lifted to sets: a result that holds one element is certain. Questions
// are taken as independent, so what is found to be possible may in rare cases not be; nothing that is possible is
// missed. Used by check_decides.cpp.
#pragma once

#include "compiler/check_policy.h"

#include <unordered_map>

namespace rubric::check {

// Sets as bits. A truth is yes, no or undetermined; a status has not applicable as well.
using Truths = uint8_t;
inline constexpr Truths yes = 1, no = 2, open = 4;
using Statuses = uint8_t;
inline constexpr Statuses met = 1, not_met = 2, undetermined = 4, not_applicable = 8;

struct Atom {
  enum class Kind : uint8_t { status, truth, value } kind = Kind::truth;
  std::string key;                   // what makes two expressions one question
  Id criterion = none_id;            // status
  std::string words;                 // of a truth or value: as the author wrote it
  std::vector<std::string> answers;  // "Diagnosis is met", "Line.code is CPT '20553'"
  std::vector<Truths> truths;        // status, truth: per answer
  // value: per answer its index among the constants and gaps, see Cell
  struct Cell {
    bool gap = false;
    size_t at = 0;
  };  // a constant of the list, or what lies before it (or behind all)
  std::vector<Cell> cells;
  std::vector<ir::Expr> constants;   // value: those that it is compared with, in order
  bool ordered = false;
  bool pair = false;                 // value: two expressions compared with each other; below, equal, above, or equal and not
  std::optional<ir::Expr> least{}, most{};  // value: the field's bounds
  std::vector<bool> ruled_out{};     // value: answers under which the block decides nothing
};

// One question answered: an index into Atom::answers, or open.
inline constexpr int no_answer = -1;
using Answers = std::vector<int>;

class Possible {
 public:
  Possible(Builder& builder, size_t block);

  const std::vector<Atom>& atoms() const { return list; }
  // The answers that the next questions are about; what was worked out for others is forgotten.
  void suppose(const Answers& answers);
  // Whether a rule stands, and whether the block decides the line (or the item).
  Truths stands(Id rule);
  Truths in_scope();
  // Takes from every value what the scope rules out: a block for two codes knows no third.
  void keep_to_scope();
  bool allowed(size_t question, size_t answer) const { return list[question].ruled_out.empty() || !list[question].ruled_out[answer]; }
  // The questions that the answer can depend on.
  std::set<size_t> questions_of(Id rule);
  std::set<size_t> questions_of_scope();

 private:
  // An expression that is no and, or, not: the question behind it, and what it is for each of that question's answers.
  struct Leaf {
    size_t atom = 0;
    std::vector<Truths> truths;
  };

  void collect(const ir::Expr& e);
  void collect_criterion(Id criterion);
  void collect_value(const ir::Expr& value, const std::vector<const ir::Expr*>& constants, bool ordered);
  void collect_pair(const ir::Expr& e);
  std::pair<std::string, std::string> sides_of(const ir::Expr& e) const;
  void close_values();
  size_t add_atom(Atom atom);
  std::string key_of(const ir::Expr& e) const;
  bool is_opaque(Id criterion) const;

  const Leaf& leaf_of(const ir::Expr& e);
  std::optional<Leaf> comparison(const ir::Expr& e) const;
  Truths answer(const Leaf& leaf);
  Truths truth(const ir::Expr& e);
  Statuses logic(const ir::Expr& e);
  Statuses group(ir::Group kind, uint32_t at_least, const std::vector<Statuses>& members) const;
  Statuses status(Id criterion);
  Truths applicable(Id criterion);

  Builder& builder;
  const BlockPlan& plan;
  std::vector<Atom> list;
  std::map<std::string, size_t, std::less<>> by_key;
  std::set<Id> named;                // criteria that rules name
  std::set<Id> read_as_recorded;     // shown, not shown, undetermined
  std::map<Id, size_t> namers;       // criterion -> how many of the named criteria hold it
  std::unordered_map<const ir::Expr*, Leaf> leaves;
  std::unordered_map<Id, Leaf> opaque, odd;  // criteria that are one question; "some item is met"
  Answers answers;
  std::unordered_map<Id, Statuses> statuses;  // worked out for these answers
  std::unordered_map<Id, Truths> standing;
  std::set<size_t>* touched = nullptr;
};

}  // namespace rubric::check
