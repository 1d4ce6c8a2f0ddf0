// What the machine's cells and operators are in the solver's terms.
//
// A cell of truth has the two planes of a column; another cell has its value as an integer (numbers scaled as the machine
// scales them, days since 1970, texts and codes by a number of their own that both programs share) and says whether it is
// none or unknown. Records that are looked at have all their facts, so that unknown is rare: nobody's word on a criterion,
// a limit whose lines are not yet decided.
//
// An operator without an encoding is an unknown function: the same operands give the same result, and nothing else is known
// of it. What is proved so holds whatever the operator does; a witness that rests on it may not stand up to the machine.
#pragma once

#include "vm/program.h"

#include <z3++.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rubric::analysis {

struct Symbol {
  vm::Type type;
  z3::expr p, q;                    // truth: the planes of a column. Others: none, unknown
  z3::expr v;                       // others: the value, of any meaning where there is none
  std::optional<uint16_t> unit{};   // quantity: the scaled number is of this unit; without one its value only has an identity
  std::shared_ptr<const std::vector<z3::expr>> counted{};   // integer: how many of these are true
  std::optional<z3::expr> fault{};  // no truth: none because it could not be computed; no term: never
};

// Every operator has an encoding or is an unknown function; operators.def's rows. Quantities and days that are not whole
// are functions in every case.
bool has_encoding(uint16_t fn);
// The type by which an operator over values of any type is tried: of others that are encoded the same is true.
vm::Type stand_in(vm::Type declared);

class Terms {
 public:
  Terms();

  // ---- logic that looks at constants first
  z3::expr yes() { return c.bool_val(true); }
  z3::expr no() { return c.bool_val(false); }
  z3::expr number(int64_t n) { return c.int_val(n); }
  z3::expr both(const z3::expr& a, const z3::expr& b);
  z3::expr either(const z3::expr& a, const z3::expr& b);
  z3::expr negated(const z3::expr& a);
  z3::expr chosen(const z3::expr& condition, const z3::expr& a, const z3::expr& b);
  z3::expr same(const z3::expr& a, const z3::expr& b);

  // ---- cells
  Symbol unknown(vm::Type);
  Symbol none(vm::Type);
  Symbol truth(const z3::expr& is);                          // yes or no
  Symbol value(vm::Type, const z3::expr& v);
  Symbol count(std::vector<z3::expr> of, const z3::expr& open);
  Symbol constant(const vm::Program&, const vm::Constant&);
  z3::expr is_yes(const Symbol&);
  z3::expr is_no(const Symbol&);
  z3::expr is_none(const Symbol&);
  z3::expr is_unknown(const Symbol&);
  Symbol chosen(const z3::expr& condition, const Symbol& a, const Symbol& b);
  z3::expr identical(const Symbol& a, const Symbol& b);      // as bits would be
  Symbol as(vm::Type, const Symbol&);                        // a cell of a register of another type: a choice

  // What an opcode of logic or of statuses makes of the cells of one row; of any other opcode nothing is known.
  Symbol cell(const vm::Inst&, vm::Type result, std::span<const Symbol> args);
  Symbol call(uint16_t fn, const std::vector<Symbol>& args);
  // Unknown, but the same for the same operands.
  Symbol function(const std::string& name, vm::Type result, const std::vector<Symbol>& args);

  // ---- days
  z3::expr moved_by_months(const z3::expr& days, const z3::expr& months);
  Symbol earlier(const Symbol& day, const Symbol& amount);
  static constexpr int32_t first_year = 1902, last_year = 2098;   // of a record's dates

  // ---- texts and codes, the same for all programs
  int64_t text(std::string_view);
  int64_t code(std::string_view system, std::string_view code);
  std::string text_of(int64_t) const;                        // of one that no program names: one made up
  std::pair<std::string, std::string> code_of(int64_t) const;
  std::string code_system;                                   // of codes that no program names

  // What has been said of symbols since a mark is forgotten: the symbols of one program of many.
  struct Mark {
    size_t definitions, civils, moves, kept;
    std::set<std::string> functions;
  };
  Mark mark() const { return {definitions.size(), civils_.size(), moves_.size(), kept_.size(), functions}; }
  void forget(const Mark&);

  z3::context c;
  std::vector<z3::expr> definitions;                         // what holds of symbols that stand for a computation
  std::set<std::string> functions;                           // operators that were taken as unknown functions, by name

 private:
  struct Civil {
    z3::expr year, month, day;
  };
  Civil civil(const z3::expr& days);
  z3::expr days_of(const Civil&);
  z3::expr days_in_month(const z3::expr& year, const z3::expr& month);
  z3::expr fresh(const char* name);
  Symbol kleene_and(const Symbol& a, const Symbol& b);
  z3::expr months_between(const z3::expr& from, const z3::expr& to);
  z3::expr toward_zero(const z3::expr& a, int64_t divisor);

  Symbol strict(vm::Type, const std::vector<Symbol>& args, const z3::expr& fault, const z3::expr& v);
  Symbol compared(char how, const std::vector<Symbol>& args);
  Symbol without_zero(Symbol, const z3::expr& divisor);
  z3::expr rounded(const z3::expr& a, const z3::expr& b);
  std::optional<Symbol> of_any(uint16_t fn, const std::vector<Symbol>& args);
  std::optional<z3::expr> counted(char how, const Symbol& a, const Symbol& b);
  Symbol integer(const std::vector<Symbol>& args, const z3::expr& v);    // none where it does not fit
  Symbol decimal(const std::vector<Symbol>& args, const z3::expr& v);
  Symbol day(const std::vector<Symbol>& args, const z3::expr& v);
  Symbol moved(uint16_t fn, const std::vector<Symbol>& args, bool back);

  std::map<std::string, int64_t, std::less<>> texts_;
  std::vector<std::string> text_words_;
  std::map<std::pair<std::string, std::string>, int64_t> codes_;
  std::vector<std::pair<std::string, std::string>> code_words_;
  std::map<std::string, int64_t> others_;                    // constants of types whose values only have an identity
  std::map<unsigned, Civil> civil_of_;                       // by the term's number
  std::map<std::pair<unsigned, unsigned>, z3::expr> moved_;   // by the numbers of days and months
  std::vector<unsigned> civils_;                             // the keys of both, in the order in which they came
  std::vector<std::pair<unsigned, unsigned>> moves_;
  std::vector<z3::expr> kept_;                               // keeps these numbers from being given again
  unsigned fresh_ = 0;
};

}  // namespace rubric::analysis
