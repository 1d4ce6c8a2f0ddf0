// The generator. See cases.h. Its own random numbers, since those of the standard library differ between libraries.
#include "bench/cases.h"

#include <fmt/format.h>

#include <chrono>
#include <iterator>

namespace rubric::bench {
namespace {

class Random {  // SplitMix64
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  uint32_t below(uint32_t n) { return static_cast<uint32_t>((next() >> 32) * n >> 32); }
  int32_t between(int32_t low, int32_t high) { return low + static_cast<int32_t>(below(static_cast<uint32_t>(high - low + 1))); }
  bool chance(double share) { return static_cast<double>(next() >> 11) * 0x1p-53 < share; }

 private:
  uint64_t state_;
};

constexpr int32_t today = 20'454;  // 2026-01-01, in days since 1970-01-01

template <class T>
T or_missing(Random& r, double share, T value, T missing) {
  return r.chance(share) ? missing : value;
}
Kleene flag(Random& r, double missing, double share) { return r.chance(missing) ? unknown : r.chance(share) ? yes : no; }

std::string iso(int32_t day) {
  const std::chrono::year_month_day d{std::chrono::sys_days{std::chrono::days{day}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()), static_cast<unsigned>(d.day()));
}

// One JSON object being written; fields that are missing are left out.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  ~Object() { out_ += '}'; }
  std::string& key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    return ((out_ += '"') += name) += "\":";
  }
  void text(std::string_view name, std::string_view value) { ((key(name) += '"') += value) += '"'; }
  void number(std::string_view name, int32_t value) {
    if (value != no_number) key(name) += std::to_string(value);
  }
  void date(std::string_view name, int32_t day) {
    if (day != no_day) text(name, iso(day));
  }
  template <size_t N>
  void word(std::string_view name, const std::string_view (&table)[N], uint8_t index) {
    if (index != no_word) text(name, table[index]);
  }
  void flag(std::string_view name, Kleene value) {
    if (value != unknown) key(name) += value == yes ? "true" : "false";
  }
  void code(std::string_view name, std::string_view system, std::string_view code) {
    key(name) += fmt::format(R"({{"system":"{}","code":"{}"}})", system, code);
  }

 private:
  std::string& out_;
  bool first_ = true;
};

template <class T, class Write>
void list(Object& parent, std::string_view name, const std::vector<T>& rows, Range range, bool open, Write write) {
  std::string& out = parent.key(name);
  out += open ? "[" : R"({"items":[)";
  for (uint32_t k = range.begin; k < range.end; ++k) {
    if (k > range.begin) out += ',';
    Object row(out);
    write(row, rows[k], k - range.begin);
  }
  out += open ? "]" : R"(],"complete":true})";
}

constexpr std::string_view muscles[] = {"upper trapezius", "levator scapulae",    "splenius capitis",
                                        "temporalis",      "sternocleidomastoid", "masseter"};
constexpr std::string_view agents[] = {"naproxen 500 mg",  "tizanidine 4 mg",   "amitriptyline 25 mg",
                                       "topiramate 50 mg", "propranolol 80 mg", "ibuprofen 600 mg"};

template <size_t N>
std::string_view one_of(Random& r, const std::string_view (&table)[N]) {
  return table[r.below(N)];
}

}  // namespace

Cases make_cases(uint32_t count, uint64_t seed, uint32_t rows_each) {
  Random r(seed);
  Cases out;
  const auto rows = [&](auto& list, uint32_t n, auto make) {
    const auto begin = static_cast<uint32_t>(list.size());
    for (uint32_t k = 0; k < n; ++k) list.push_back(make());
    return Range{begin, static_cast<uint32_t>(list.size())};
  };
  const auto of = [&](uint32_t by_chance) { return rows_each ? rows_each : by_chance; };
  for (uint32_t c = 0; c < count; ++c) {
    const int32_t asked = today - r.between(0, 700);
    const auto before = [&](int32_t most) { return asked - r.between(1, most); };
    Case one{};
    one.birth = or_missing(r, 0.003, asked - r.between(15 * 365, 85 * 365), no_day);
    one.infection = flag(r, 0.02, 0.01);
    one.coagulopathy = flag(r, 0.02, 0.01);
    one.anticoagulant = flag(r, 0.02, 0.08);
    one.plan = flag(r, 0.02, 0.7);
    one.education = flag(r, 0.02, 0.9);
    one.therapy = or_missing(r, 0.02, static_cast<uint8_t>(r.chance(0.85) ? r.between(3, 4) : r.between(0, 2)), no_word);
    one.findings_open = r.chance(0.03);
    one.trials_open = r.chance(0.03);
    one.studies_open = r.chance(0.03);
    one.lines = rows(out.lines, 1 + r.chance(0.4) + r.chance(0.2), [&] {
      return Line{or_missing(r, 0.003, asked + r.between(0, 30), no_day), or_missing(r, 0.01, r.between(1, 9), no_number)};
    });
    one.diagnoses = rows(out.diagnoses, of(1 + r.below(6)), [&] {
      const bool headache = r.chance(0.5);
      const int32_t code = headache ? r.between(0, 29) : r.chance(0.02) ? r.between(30, 34) : r.between(35, 49);
      return Diagnosis{or_missing(r, 0.003, code, no_number), or_missing(r, 0.05, before(1500), no_day)};
    });
    one.findings = rows(out.findings, of(1 + r.below(4)), [&] {
      return Finding{or_missing(r, 0.02, before(250), no_day),
                     or_missing(r, 0.01, static_cast<uint8_t>(r.chance(0.75) ? 0 : r.between(1, 3)), no_word),
                     or_missing(r, 0.03, static_cast<uint8_t>(r.chance(0.2)), no_word), flag(r, 0.05, 0.6), flag(r, 0.05, 0.4)};
    });
    one.trials = rows(out.trials, of(4 + r.below(7)), [&] {
      const int32_t start = before(500);
      const auto outcome = static_cast<uint8_t>(r.chance(0.6) ? 0 : r.between(0, 4));
      return Trial{or_missing(r, 0.05, r.between(0, 14), no_number), or_missing(r, 0.02, start, no_day),
                   or_missing(r, 0.03, std::min(start + r.between(7, 120), asked), no_day),
                   or_missing(r, 0.003, static_cast<uint8_t>(r.below(std::size(categories))), no_word),
                   or_missing(r, 0.03, outcome, no_word)};
    });
    one.priors = rows(out.priors, of(r.below(4) + r.below(2)), [&] {
      return Prior{or_missing(r, 0.003, r.chance(0.7) ? r.between(0, 1) : r.between(2, 3), no_number),
                   or_missing(r, 0.01, before(900), no_day),
                   or_missing(r, 0.05, r.chance(0.8) ? r.between(500, 1000) : r.between(0, 499), no_number),
                   or_missing(r, 0.03, static_cast<uint8_t>(r.chance(0.7) ? 2 : r.between(0, 1)), no_word)};
    });
    one.priors_open = one.priors.begin < one.priors.end && r.chance(0.03);  // [] says that there is none
    one.studies = rows(out.studies, of(1 + r.below(2)), [&] {
      return Study{or_missing(r, 0.02, before(800), no_day),
                   or_missing(r, 0.003, static_cast<uint8_t>(r.chance(0.8) ? 0 : r.between(1, 2)), no_word),
                   or_missing(r, 0.02, static_cast<uint8_t>(r.chance(0.1)), no_word)};
    });
    out.cases.push_back(one);
  }
  return out;
}

std::vector<std::string> to_records(const Cases& all, uint64_t seed, size_t first) {
  Random r(seed);
  std::vector<std::string> records;
  for (size_t c = 0; c < all.cases.size(); ++c) {
    const Case& one = all.cases[c];
    std::string out;
    {
      Object record(out);
      record.text("id", fmt::format("case{:07}", first + c));
      record.text("reviewType", "prospective");
      record.date("received", today + 40);
      record.text("plan", "Example Choice PPO");
      {
        Object member(record.key("member"));
        member.date("birthDate", one.birth);
        member.text("sex", r.chance(0.7) ? "female" : "male");
      }
      record.key("lines") += '[';
      for (uint32_t k = one.lines.begin; k < one.lines.end; ++k) {
        if (k > one.lines.begin) out += ',';
        Object line(out);
        line.number("sequence", static_cast<int32_t>(k - one.lines.begin + 1));
        line.code("code", "CPT", procedures[k % 2]);
        line.text("service", "triggerPointInjection");
        line.date("serviceDate", all.lines[k].date);
        line.number("units", all.lines[k].units);
      }
      out += ']';
      list(record, "diagnoses", all.diagnoses, one.diagnoses, true, [&](Object& row, const Diagnosis& d, uint32_t k) {
        row.number("sequence", static_cast<int32_t>(k + 1));
        if (d.code != no_number) row.code("code", "ICD10CM", diagnoses[d.code]);
        row.date("onset", d.onset);
      });
      list(record, "findings", all.findings, one.findings, one.findings_open, [&](Object& row, const Finding& f, uint32_t) {
        row.word("type", finding_types, f.type);
        row.text("site", one_of(r, muscles));
        row.date("date", f.date);
        row.word("activity", activities, f.activity);
        row.flag("tautBand", f.taut);
        row.flag("referredPain", f.referred);
      });
      list(record, "trials", all.trials, one.trials, one.trials_open, [&](Object& row, const Trial& t, uint32_t) {
        row.word("category", categories, t.category);
        if (r.chance(0.3)) row.text("agent", one_of(r, agents));
        row.date("start", t.start);
        row.date("end", t.end);
        row.number("sessions", t.sessions);
        row.word("outcome", outcomes, t.outcome);
      });
      list(record, "priorProcedures", all.priors, one.priors, one.priors_open, [&](Object& row, const Prior& p, uint32_t k) {
        row.text("id", fmt::format("p{}", k + 1));
        if (p.code != no_number) row.code("code", "CPT", procedures[p.code]);
        row.date("date", p.date);
        row.word("response", responses, p.response);
        if (p.relief_tenths != no_number) row.key("reliefPercent") += fmt::format("{}.{}", p.relief_tenths / 10, p.relief_tenths % 10);
      });
      list(record, "studies", all.studies, one.studies, one.studies_open, [&](Object& row, const Study& s, uint32_t) {
        row.word("kind", study_kinds, s.kind);
        row.word("result", results, s.result);
        row.date("date", s.date);
      });
      {
        Object program(record.key("program"));
        program.word("physicalTherapy", therapies, one.therapy);
        program.flag("education", one.education);
      }
      {
        Object safety(record.key("safety"));
        safety.flag("infection", one.infection);
        safety.flag("coagulopathy", one.coagulopathy);
        safety.flag("anticoagulant", one.anticoagulant);
        safety.flag("anticoagulationPlan", one.plan);
      }
    }
    records.push_back(std::move(out));
  }
  return records;
}

}  // namespace rubric::bench
