// A case record as the reference evaluator sees it: the JSON itself, read along the model whenever somebody asks.
//
// No columns, no batch: a row is a pointer into the JSON, and what stands in a field is worked out each time it is read.
// Which open facts were read is written down: completions.h fills them in. A value that is none of its type throws: that
// the loader refuses such records is not what this is for.
#pragma once

#include "compiler/ir.h"
#include "tests/reference/possible.h"

#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace rubric::reference {

using Json = nlohmann::json;

// One row of a list, or the case (variable 0).
struct Row {
  Id node = 0;                       // of the model: what its fields are
  const Json* object = nullptr;      // nullptr: nothing is documented
  std::string pointer;               // of the object; a phantom's ends in "/-"
  std::string list;                  // phantom: the pointer of its list, which is the open fact
  bool phantom = false;              // any number of rows that the record does not have
  uint32_t position = 0;             // in its list, from 1; of a phantom: not known
  Id dated = none_id;                // phantom: the field that cannot lie in the period for which the list is complete
  Possible outside;
};

// Something that the record leaves open.
struct OpenFact {
  enum class Kind : uint8_t { scalar, list, judgment, line } kind = Kind::scalar;
  const vm::Field* field = nullptr;         // scalar, list
  Possible stands_for;                      // scalar
  std::map<std::string, std::pair<const vm::Field*, Possible>> of_rows;  // list: what was read of rows that it may hold
  std::string criterion;                    // judgment
  std::set<std::pair<uint32_t, uint32_t>> on;  // judgment: lines by sequence, each with the item from 1, or 0
};
using OpenFacts = std::map<std::string, OpenFact>;  // by JSON pointer, "judgment:<criterion>", "line:<sequence>"

class Record {
 public:
  Record(const ir::Model&, const Json&);

  Row the_case() const;
  std::vector<Row> rows(const Row& owner, Id domain) const;
  // The scalar at the end of a path of fields, from a row's own object through objects inside it.
  Possible scalar(const Row&, const std::vector<Id>& path) const;

  const ir::Model& model() const { return model_; }
  const Json& json() const { return json_; }
  mutable OpenFacts open;            // that were read
  mutable bool invalid = false;      // a value outside its bounds was read

 private:
  struct Place {
    const Json* value;
    std::string pointer;
    bool not_applicable;
  };
  Place at(const Place& object, std::string_view key) const;
  const Json* annotation(const std::string& pointer) const;
  Possible read(const vm::Field&, Id node, const Place&, const Row&, const Json* object) const;
  Possible plain(const vm::Field&, const Json&) const;
  Possible undocumented(const vm::Field&, const Row&, const Json* object) const;
  Possible cut(const vm::Field&, Possible, const Row&, const Json* object) const;
  std::optional<Scalar> bound(const vm::Field&, const vm::Bound&, const Row&, const Json* object, bool upper) const;
  Possible outside(const vm::Field& dated, const Json& period) const;

  const ir::Model& model_;
  const Json& json_;
};

Scalar scalar_of(const vm::Constant&);  // of types other than text and code

}  // namespace rubric::reference
