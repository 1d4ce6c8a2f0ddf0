// simdjson as it is meant to be used. This file alone is compiled for AVX2, which On-Demand chooses when it is compiled;
// everything else in the benchmark chooses when it starts.
#include "bench/contestants.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

namespace rubric::bench {
namespace {

namespace od = simdjson::ondemand;

template <size_t N>
uint8_t index_of(const std::string_view (&table)[N], std::string_view word) {
  const auto at = std::find(std::begin(table), std::end(table), word);
  return at == std::end(table) ? no_word : static_cast<uint8_t>(at - std::begin(table));
}

int32_t day_of(std::string_view iso) {
  const auto digits = [&](size_t at, size_t n) {
    int v = 0;
    for (size_t k = at; k < at + n; ++k) v = v * 10 + (iso[k] - '0');
    return v;
  };
  if (iso.size() != 10) throw simdjson::simdjson_error(simdjson::INCORRECT_TYPE);
  // Days from civil, as Howard Hinnant gives it.
  int y = digits(0, 4);
  const int m = digits(5, 2), d = digits(8, 2);
  y -= m <= 2;
  const int era = y / 400, yoe = y - era * 400, doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146'097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719'468;
}

std::string_view key_of(simdjson::simdjson_result<od::field>& field) { return field.unescaped_key(); }
std::string_view text(od::value v) { return v.get_string(); }
int32_t number(od::value v) { return static_cast<int32_t>(v.get_int64()); }
Kleene flag(od::value v) { return bool(v.get_bool()) ? yes : no; }

template <size_t N>
int32_t code(const std::string_view (&table)[N], od::value v) {
  int32_t found = no_number;
  for (simdjson::simdjson_result<od::field> field : v.get_object()) {
    if (key_of(field) == "code") found = index_of(table, text(field.value()));
  }
  return found;
}

// Reads every row of a list behind `rows` and answers where they lie. `fresh`: a row of which nothing is documented.
template <class T, class Read>
Range read_rows(od::array list, std::vector<T>& rows, const T& fresh, Read read) {
  const auto begin = static_cast<uint32_t>(rows.size());
  for (auto row : list) {
    T& out = rows.emplace_back(fresh);
    for (simdjson::simdjson_result<od::field> field : row.get_object()) read(out, key_of(field), field.value());
  }
  return {begin, static_cast<uint32_t>(rows.size())};
}

struct Items {
  Range range;
  bool open;
};

// A plain list, or {"items": [...], "complete": true}.
template <class T, class Read>
Items read_items(od::value list, std::vector<T>& rows, const T& fresh, Read read) {
  if (list.type() == od::json_type::array) return {read_rows(list.get_array(), rows, fresh, read), true};
  Items out{{}, true};
  for (simdjson::simdjson_result<od::field> field : list.get_object()) {
    const std::string_view key = key_of(field);
    if (key == "items") out.range = read_rows(field.value().get_array(), rows, fresh, read);
    else if (key == "complete") out.open = !field.value().get_bool();
  }
  return out;
}

}  // namespace

struct OnDemand::Impl {
  od::parser parser;
  Cases out;

  void record(const std::string& json) {
    Case one{no_day, unknown, unknown, unknown, unknown, unknown, no_word, true, true, true, true, {}, {}, {}, {}, {}, {}};
    auto document = parser.iterate(json, json.capacity());
    for (simdjson::simdjson_result<od::field> field : document.get_object()) {
      const std::string_view key = key_of(field);
      if (key == "member") {
        for (simdjson::simdjson_result<od::field> f : field.value().get_object()) {
          if (key_of(f) == "birthDate") one.birth = day_of(text(f.value()));
        }
      } else if (key == "lines") {
        one.lines =
            read_rows<Line>(field.value().get_array(), out.lines, {no_day, no_number}, [&](Line& row, std::string_view k, od::value v) {
              if (k == "serviceDate") row.date = day_of(text(v));
              else if (k == "units") row.units = number(v);
              else if (k == "code") code(procedures, v);
            });
      } else if (key == "diagnoses") {
        one.diagnoses =
            read_items<Diagnosis>(field.value(), out.diagnoses, {no_number, no_day}, [&](Diagnosis& row, std::string_view k, od::value v) {
              if (k == "code") row.code = code(diagnoses, v);
              else if (k == "onset") row.onset = day_of(text(v));
            }).range;
      } else if (key == "findings") {
        const auto [range, open] = read_items<Finding>(field.value(), out.findings, {no_day, no_word, no_word, unknown, unknown},
                                                       [&](Finding& row, std::string_view k, od::value v) {
                                                         if (k == "type") row.type = index_of(finding_types, text(v));
                                                         else if (k == "activity") row.activity = index_of(activities, text(v));
                                                         else if (k == "date") row.date = day_of(text(v));
                                                         else if (k == "tautBand") row.taut = flag(v);
                                                         else if (k == "referredPain") row.referred = flag(v);
                                                       });
        one.findings = range, one.findings_open = open;
      } else if (key == "trials") {
        const auto [range, open] = read_items<Trial>(field.value(), out.trials, {no_number, no_day, no_day, no_word, no_word},
                                                     [&](Trial& row, std::string_view k, od::value v) {
                                                       if (k == "category") row.category = index_of(categories, text(v));
                                                       else if (k == "start") row.start = day_of(text(v));
                                                       else if (k == "end") row.end = day_of(text(v));
                                                       else if (k == "sessions") row.sessions = number(v);
                                                       else if (k == "outcome") row.outcome = index_of(outcomes, text(v));
                                                     });
        one.trials = range, one.trials_open = open;
      } else if (key == "priorProcedures") {
        const auto [range, open] = read_items<Prior>(field.value(), out.priors, {no_number, no_day, no_number, no_word},
                                                     [&](Prior& row, std::string_view k, od::value v) {
                                                       if (k == "code") row.code = code(procedures, v);
                                                       else if (k == "date") row.date = day_of(text(v));
                                                       else if (k == "response") row.response = index_of(responses, text(v));
                                                       else if (k == "reliefPercent")
                                                         row.relief_tenths = static_cast<int32_t>(double(v.get_double()) * 10 + 0.5);
                                                     });
        one.priors = range, one.priors_open = open;
      } else if (key == "studies") {
        const auto [range, open] =
            read_items<Study>(field.value(), out.studies, {no_day, no_word, no_word}, [&](Study& row, std::string_view k, od::value v) {
              if (k == "kind") row.kind = index_of(study_kinds, text(v));
              else if (k == "result") row.result = index_of(results, text(v));
              else if (k == "date") row.date = day_of(text(v));
            });
        one.studies = range, one.studies_open = open;
      } else if (key == "program") {
        for (simdjson::simdjson_result<od::field> f : field.value().get_object()) {
          const std::string_view k = key_of(f);
          if (k == "physicalTherapy") one.therapy = index_of(therapies, text(f.value()));
          else if (k == "education") one.education = flag(f.value());
        }
      } else if (key == "safety") {
        for (simdjson::simdjson_result<od::field> f : field.value().get_object()) {
          const std::string_view k = key_of(f);
          if (k == "infection") one.infection = flag(f.value());
          else if (k == "coagulopathy") one.coagulopathy = flag(f.value());
          else if (k == "anticoagulant") one.anticoagulant = flag(f.value());
          else if (k == "anticoagulationPlan") one.plan = flag(f.value());
        }
      }
    }
    out.cases.push_back(one);
  }
};

OnDemand::OnDemand() : impl_(std::make_unique<Impl>()) {}
OnDemand::~OnDemand() = default;
void OnDemand::read(const std::vector<std::string>& records) {
  Cases& out = impl_->out;
  out.cases.clear(), out.lines.clear(), out.diagnoses.clear(), out.findings.clear(), out.trials.clear(), out.priors.clear(),
      out.studies.clear();
  for (const std::string& record : records) impl_->record(record);
}
const Cases& OnDemand::cases() const { return impl_->out; }

struct Stage1::Impl {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
};
Stage1::Stage1() : impl_(std::make_unique<Impl>()) {
  if (simdjson::get_active_implementation()->create_dom_parser_implementation(1 << 20, 1, impl_->parser)) throw std::bad_alloc();
}
Stage1::~Stage1() = default;
size_t Stage1::read(const std::vector<std::string>& records) {
  size_t tokens = 0;
  for (const std::string& record : records) {
    if (impl_->parser->stage1(reinterpret_cast<const uint8_t*>(record.data()), record.size(), simdjson::stage1_mode::regular)) return 0;
    tokens += impl_->parser->n_structural_indexes;
  }
  return tokens;
}

}  // namespace rubric::bench
