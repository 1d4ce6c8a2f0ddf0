// The records that a policy could tell apart: for each field that its program reads the values that it is compared with
// and their neighbours, days around a fixed one at the distances that the policy speaks of, lists of a few rows.
//
// It makes records from records, one small change at a time; the choices come from a counter, so that the same program
// gives the same records. What a record shows is not its business: see record_search.h.
#pragma once

#include "analysis/made_record.h"
#include "vm/program.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::analysis {

// Numbers that look random and are the same every time.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  uint64_t roll();
  size_t below(size_t n) { return static_cast<size_t>(roll() % n); }
  bool one_in(size_t n) { return below(n) == 0; }

 private:
  uint64_t state_;
};

// When what a made record asks for is done.
inline constexpr std::string_view service_day = "2026-06-15";

class RecordSpace {
 public:
  explicit RecordSpace(const vm::Program&);
  // Another version of the same policy: what it compares with counts as well.
  void widen(const vm::Program&);

  // A value that the policy does not name: "some agent", or a code of the system that stands in none of its lists. No value
  // of the field's where every one is named.
  Json unnamed(const vm::Field&, const std::string& system = "") const;
  // The same record, its keys as the model has them.
  Json in_order(const Json& record) const { return in_order(record, 0); }
  // People's words on criteria that nobody is asked to judge come into question too.
  void let_words_overrule() { words_overrule_ = true; }

  // The part of the records that some registers of the program are computed from.
  class Part;
  Part part(const std::set<vm::Id>& registers) const;

  // The least record: a line, received and served on one day.
  Json blank() const;
  // One change that the policy might notice; or that a part of it might.
  void change(Json& record, Dice& dice) const { change(record, dice, whole()); }
  void change(Json& record, Dice&, const Part&) const;
  // Parts of another record in their places.
  void mix(Json& record, const Json& other, Dice&) const;

  // Values that a reader would rather see in the places of a record, the plainest of a place first: days near the one of
  // service, small round numbers.
  struct Plainer {
    Json::json_pointer at;
    Json value;
  };
  std::vector<Plainer> plainer(const Json& record) const;

  // What a field is compared with, and values beside it; of a field that takes one of several words, these.
  std::vector<Json> values_of(const vm::Field&) const;
  // Distances between days of which the policy speaks, as months and days, and days that it names.
  const std::set<std::pair<int32_t, int32_t>>& periods() const { return periods_; }
  const std::set<int32_t>& named_days() const { return days_; }
  const std::vector<std::string>& judged() const { return whole_.judged; }   // criteria

 private:
  struct ListField {
    std::string key;
    vm::Id node;
    bool complete, reference;
    std::string refers_to, refers_by;   // reference: the list of the case, and the number of its rows
    vm::Id domain;
    const vm::Field* day;               // by which its rows are dated, or none
  };
  struct NodeFields {
    std::vector<const vm::Field*> scalars;
    std::vector<std::pair<std::string, vm::Id>> objects;
    std::vector<ListField> lists;
    bool read = false;                  // anything in it
  };

 public:
  class Part {
    friend class RecordSpace;
    std::vector<NodeFields> nodes;      // as those of the space, without what is not read
    std::vector<std::string> judged, criteria;
  };

 private:
  struct Spot {
    Json* object;
    vm::Id node;
  };

  void learn(const vm::Program&);
  Json in_order(const Json& object, vm::Id node) const;
  Json another_code(Json code) const;
  void find_plainer(const Json& object, vm::Id node, const Json::json_pointer& at, bool chart, std::vector<Plainer>& out) const;
  static void find_spots(const Part&, Json& object, vm::Id node, std::vector<Spot>& out);
  void set_scalar(Json& record, Json& object, const vm::Field&, Dice&) const;
  Json value(const Json& record, const vm::Field&, Dice&) const;
  std::vector<Json> compared_with(const vm::Field&) const;
  Json day(const Json& record, Dice&) const;
  void change_list(Json& record, Json& object, const ListField&, Dice&, const Part&) const;
  void judge(Json& record, Dice&, const std::vector<std::string>& criteria) const;
  const Part& whole() const { return whole_; }
  std::string text(vm::Id id) const { return program_.texts[id]; }

  const vm::Program& program_;
  Part whole_;
  std::map<std::string, std::vector<Json>> values_;     // by node and key
  std::map<std::string, std::set<std::string>> same_;   // fields that are compared with each other
  std::set<std::pair<int32_t, int32_t>> periods_;       // months, days
  std::set<int32_t> days_;                              // that the policy names
  bool words_overrule_ = false;
};

}  // namespace rubric::analysis
