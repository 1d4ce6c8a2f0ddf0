// The record that programs are compared on: one symbol for each fact that one of them reads, the same for all.
//
// Every list has room for a few rows, each of which may be there; the first rows are filled first. Every fact of a row that
// is there is documented, every list complete, every judgment given, and no other word of a person overrules a criterion.
// Lines and what is referred to by number are numbered in order.
#pragma once

#include "analysis/proof_terms.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rubric::analysis {

struct ProofRow {
  std::string path;                 // "", "/lines/0", "/lines/0/targets/1"
  uint32_t number = 0;              // in its list
  z3::expr there;
};

// How many rows there is room for in each list, and in lists of their own: by path, of a list of every row without the
// row's number ("/lines/targets").
struct ProofSize {
  uint32_t rows = 2, lines = 1;
  std::map<std::string, uint32_t> of_list;
  auto operator<=>(const ProofSize&) const = default;
};

inline constexpr std::string_view lines_path = "/lines";

// The paths of a program's lists, by domain; of one that is made while it runs the list that its rows are of.
std::vector<std::string> list_paths(const vm::Program&);

// Whether an object tells of what has happened: the model dates it no later than the day of receipt.
bool tells_of_past(const vm::Node&);

class ProofRecord {
 public:
  struct List {
    std::string path;               // of the list
    std::string parent;
    bool complete = false;          // the request itself says all of it
    bool past = false;              // its rows tell of the past
    std::map<std::string, z3::expr> references;   // by row: what it refers to
    std::vector<ProofRow> rows;
  };
  struct Fact {
    std::string row, key;
    vm::Field field;
    bool past;                      // it tells of the past: see tells_of_past
    Symbol symbol;
  };

  ProofRecord(Terms&, ProofSize);

  // The rows of a list under a row: as many as there is room for.
  std::vector<ProofRow> list(const vm::Program&, const ProofRow& parent, const vm::Field&, const std::string& key);
  // The number in the case's list, from 0, that a row of references names.
  z3::expr reference(const ProofRow&, const std::vector<ProofRow>& to);
  Symbol field(const vm::Program&, const ProofRow&, const std::string& key, vm::Id node, const vm::Field&);
  Symbol case_field(const vm::Program&, const std::string& key);   // unknown where the model has none
  Symbol judgment(const ProofRow&, const std::string& criterion);

  const std::vector<List>& lists() const { return lists_; }   // parents first
  const std::vector<Fact>& facts() const { return facts_; }
  const std::vector<z3::expr>& constraints() const { return constraints_; }
  // The record of a model, as JSON.
  std::string json(z3::model&) const;
  // In a list whose order nobody looks at, the rows in the order of their dates: no record is lost.
  void sort(const std::string& path, const std::string& by);
  // Days that a reader takes for ordinary ones, and decimals that a record writes in full.
  z3::expr ordinary();

 private:
  Symbol symbol_of(const vm::Field&, const std::string& name, const ProofRow&);
  void bound(const vm::Program&, const ProofRow&, const std::string& key, vm::Id node, const vm::Field&, const Symbol&);

  Terms& t_;
  const ProofSize size_;
  std::vector<z3::expr> constraints_;
  std::vector<List> lists_;
  std::map<std::string, size_t> list_of_;
  std::vector<Fact> facts_;
  std::map<std::string, size_t> fact_of_;
  std::map<std::pair<std::string, const vm::Program*>, bool> bounded_;
  struct Judgment {
    std::string row, criterion;
    Symbol symbol;
  };
  std::vector<Judgment> judgments_;
};

}  // namespace rubric::analysis
