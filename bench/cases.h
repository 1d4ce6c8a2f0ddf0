// Case records of one shape, made up from a seed: as the plain structures that a hand-written program would use, and as
// the JSON that says the same. The sizes and shares are those of requests for injections: 1.6 lines, 3.5 diagnoses,
// 6.9 treatments and 1.9 earlier procedures a case, 0.3 to 5 % of a field's values missing, 3 % of the lists not complete.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::bench {

enum Kleene : uint8_t { no, unknown, yes };  // so that and is the least, or the greatest
constexpr int32_t no_day = INT32_MIN, no_number = INT32_MIN;
constexpr uint8_t no_word = 255;

// Words and codes are indexes of these tables.
inline constexpr std::string_view categories[] = {"nsaid",     "muscleRelaxant", "tca",      "anticonvulsant",  "preventive",
                                                  "analgesic", "topical",        "abortive", "physicalTherapy", "homeExercise",
                                                  "stretch",   "chiropractic",   "heatCold", "massage"};
inline constexpr std::string_view outcomes[] = {"failed", "partial", "effective", "notTolerated", "contraindicated"};
inline constexpr std::string_view finding_types[] = {"triggerPoint", "scalpSensitivity", "painPattern", "mechanicalBlock"};
inline constexpr std::string_view activities[] = {"active", "latent"};
inline constexpr std::string_view responses[] = {"none", "shortLasting", "lasting"};
inline constexpr std::string_view study_kinds[] = {"MRI", "EMG/NCS", "CT"};
inline constexpr std::string_view results[] = {"normal", "abnormal"};
inline constexpr std::string_view therapies[] = {"none", "recommended", "referred", "active", "completed"};
inline constexpr std::string_view procedures[] = {"20552", "20553", "64405", "97124"};
// 0 to 29 are headache, 30 to 34 exclude it, the others are neither.
inline constexpr std::string_view diagnoses[] = {
    "G43.001", "G43.009", "G43.011", "G43.019", "G43.101", "G43.109", "G43.111", "G43.119", "G43.701", "G43.709",
    "G43.711", "G43.719", "G43.901", "G43.909", "G43.911", "G43.919", "G44.201", "G44.209", "G44.211", "G44.219",
    "G44.221", "G44.229", "G44.301", "G44.309", "G44.311", "G44.319", "G44.86",  "M54.81",  "R51.0",   "R51.9",
    "C71.9",   "G00.9",   "I60.9",   "I61.9",   "M31.6",   "I10",     "E11.9",   "E78.5",   "F32.9",   "F41.1",
    "J45.909", "K21.9",   "M25.511", "M47.812", "N39.0",   "Z79.899", "G47.00",  "E03.9",   "M19.90",  "H52.4"};

struct Line {
  int32_t date, units;
};
struct Diagnosis {
  int32_t code, onset;
};
struct Trial {
  int32_t sessions, start, end;
  uint8_t category, outcome;
};
struct Prior {
  int32_t code, date, relief_tenths;
  uint8_t response;
};
struct Finding {
  int32_t date;
  uint8_t type, activity;
  Kleene taut, referred;
};
struct Study {
  int32_t date;
  uint8_t kind, result;
};
struct Range {
  uint32_t begin, end;
};

struct Case {
  int32_t birth;
  Kleene infection, coagulopathy, anticoagulant, plan, education;
  uint8_t therapy;
  bool findings_open, trials_open, priors_open, studies_open;  // more may exist than is recorded
  Range lines, diagnoses, findings, trials, priors, studies;
};

struct Cases {
  std::vector<Case> cases;
  std::vector<Line> lines;
  std::vector<Diagnosis> diagnoses;
  std::vector<Trial> trials;
  std::vector<Prior> priors;
  std::vector<Finding> findings;
  std::vector<Study> studies;
};

// `rows` is how many each list has, but that of the lines; 0 leaves it to chance.
Cases make_cases(uint32_t count, uint64_t seed, uint32_t rows = 0);
// One line of JSON a case; `first` is the number in the id of the first one.
std::vector<std::string> to_records(const Cases&, uint64_t seed, size_t first = 0);

}  // namespace rubric::bench
