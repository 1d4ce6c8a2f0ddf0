// What could be otherwise in a case record: for each fact that can change the values that the policy tells apart.
//
// Which facts can change is read off the record model:
//
//   cannot change   the case's own circumstances (its scalar fields: when it came in, from whom, how it is reviewed); who the
//                   member is (an object that is no row and is dated in the past, so the birth date and what stands beside
//                   it); a day that lies in the past (the model: "at most Case.received"); what a line asks for, and the
//                   numbers by which rows are known: another service is another request
//   can change      every other recorded value; what is not documented can be documented, a day of the past too; a further
//                   row in a list that is not known to be complete, or that is the request's own; a row less in a list that
//                   is the request's own: what the chart records stays; that a list is complete; a judgment
//
// A caller can narrow this, and free what is held. Whether a change leads anywhere is not known here: see what_if.h.
#pragma once

#include "analysis/record_space.h"

#include <optional>
#include <string>
#include <vector>

namespace rubric::analysis {

// One change of one fact.
struct Move {
  enum class Kind : uint8_t { set, add_row, take_row, complete, refer, judge } kind = Kind::set;
  std::string fact;     // JSON pointer: of the value, the list, or "judgment:NAME"
  Steps steps;          // set, take_row: the place; the others: the list
  Json value;           // set, add_row: what stands there; complete: nothing; refer: the whole list; judge: "met" or "notMet"
  const vm::Field* field = nullptr;   // set: of the model
  bool operator==(const Move& other) const { return fact == other.fact && kind == other.kind && value == other.value; }
};

struct Changeable {
  // JSON pointers or the words of a policy: "/trials/0/end", "trials.end", "trials". A part stands for all inside of it.
  std::vector<std::string> only, fixed, free;
};

class Moves {
 public:
  Moves(const vm::Program&, RecordSpace&, Json record, Changeable);

  // Every change of a single value, list or judgment, fact by fact. Rows that are added are the caller's: see row_move.
  const std::vector<Move>& all() const { return all_; }
  // A row that another record has in a list, as a further one here; nothing where it may not be added.
  std::vector<Move> rows_of(const Json& other) const;
  // The facts that were held, with the reason.
  struct Held {
    std::string fact, why;
  };
  const std::vector<Held>& held() const { return held_; }

  Json made(const std::vector<Move>&) const;
  const Json& record() const { return record_; }
  // What stands there, in words; "not documented" where nothing does.
  std::string before(const Move&) const;
  std::string after(const Move&) const;
  static std::string words(const Json&);

 private:
  struct List {
    std::string pointer;
    Steps steps;
    vm::Id node;
    bool open;            // rows may be added
  };
  void object(const Json* at, vm::Id node, const Steps&, bool chart, bool who);
  void scalar(const Json* at, vm::Id node, const vm::Field&, const Steps&, bool who);
  void list(const Json* at, const vm::Field&, const Steps&, bool chart);
  void reference(const Json* at, const vm::Field&, const Steps&);
  void judgments();
  bool is_free(const std::string& pointer, const std::string& why);   // notes what is held
  bool wanted(const std::string& pointer) const;
  std::vector<Json> days() const;
  std::string text(vm::Id id) const { return p_.texts[id]; }

  const vm::Program& p_;
  RecordSpace& space_;
  const Json record_;
  const Changeable changeable_;
  std::vector<Json> days_;          // at the policy's distances from those of the record
  const vm::Field* line_code_ = nullptr;
  std::vector<Move> all_;
  std::vector<List> lists_;
  std::vector<Held> held_;
};

}  // namespace rubric::analysis
