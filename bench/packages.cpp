// See packages.h.
#include "bench/packages.h"

#include "bench/measure.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace rubric::bench {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr int no_package = 3, no_node = 127;  // run.mjs says the one, a process that could not begin the other

Json number(int32_t v) { return v == no_number ? Json() : Json(v); }  // no_day is the same
Json word(uint8_t v) { return v == no_word ? Json() : Json(v); }
Json flag(Kleene v) { return v == unknown ? Json() : Json(v == yes); }

template <class T, class Plain>
Json list(const std::vector<T>& rows, Range range, Plain plain) {
  Json out = Json::array();
  for (uint32_t k = range.begin; k < range.end; ++k) out.push_back(plain(rows[k]));
  return out;
}

// What native code has in its structures.
Json plain(const Cases& all, const Case& c) {
  return {
      {"birth", number(c.birth)},
      {"infection", flag(c.infection)},
      {"coagulopathy", flag(c.coagulopathy)},
      {"anticoagulant", flag(c.anticoagulant)},
      {"plan", flag(c.plan)},
      {"education", flag(c.education)},
      {"therapy", word(c.therapy)},
      {"findingsOpen", c.findings_open},
      {"trialsOpen", c.trials_open},
      {"priorsOpen", c.priors_open},
      {"studiesOpen", c.studies_open},
      {"lines", list(all.lines, c.lines, [](const Line& l) { return Json{{"date", number(l.date)}, {"units", number(l.units)}}; })},
      {"diagnoses",
       list(all.diagnoses, c.diagnoses, [](const Diagnosis& d) { return Json{{"code", number(d.code)}, {"onset", number(d.onset)}}; })},
      {"findings", list(all.findings, c.findings,
                        [](const Finding& f) {
                          return Json{{"date", number(f.date)},
                                      {"type", word(f.type)},
                                      {"activity", word(f.activity)},
                                      {"taut", flag(f.taut)},
                                      {"referred", flag(f.referred)}};
                        })},
      {"trials", list(all.trials, c.trials,
                      [](const Trial& t) {
                        return Json{{"start", number(t.start)},
                                    {"ending", number(t.end)},
                                    {"sessions", number(t.sessions)},
                                    {"category", word(t.category)},
                                    {"outcome", word(t.outcome)}};
                      })},
      {"priors",
       list(all.priors, c.priors,
            [](const Prior& p) {
              return Json{
                  {"code", number(p.code)}, {"date", number(p.date)}, {"relief", number(p.relief_tenths)}, {"response", word(p.response)}};
            })},
      {"studies", list(all.studies, c.studies,
                       [](const Study& s) { return Json{{"date", number(s.date)}, {"kind", word(s.kind)}, {"result", word(s.result)}}; })},
  };
}

LineResult parse_answer(std::string_view who, const std::string& text) {
  LineResult out{};
  if (text.size() != criterion_count + 2) fail(fmt::format("{} answers '{}'", who, text));
  for (size_t k = 0; k < criterion_count; ++k) out.criteria[k] = text[k] == 'y' ? yes : text[k] == 'n' ? no : unknown;
  out.decision = static_cast<Decision>(text.back() - '0');
  return out;
}

}  // namespace

Packages::Packages(const Cases& all, fs::path scripts, const fs::path& installed)
    : scripts_(std::move(scripts)),
      installed_(fs::absolute(installed)),
      folder_(fs::temp_directory_path() / fmt::format("rubric-bench-packages-{}", getpid())) {
  fs::create_directories(folder_);
  std::ofstream cases(folder_ / "cases.ndjson", std::ios::binary);
  for (const Case& c : all.cases) cases << plain(all, c).dump() << '\n';
  if (!cases.flush()) fail(fmt::format("cannot write {}", (folder_ / "cases.ndjson").string()));
}

Packages::~Packages() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::optional<PackageResult> Packages::decide(std::string_view contestant, int rounds) const {
  const std::string name(contestant), script = (scripts_ / "run.mjs").string(), installed = installed_.string(),
                                      cases = (folder_ / "cases.ndjson").string(), answers = (folder_ / (name + ".answers")).string(),
                                      times = (folder_ / (name + ".json")).string(), turns = std::to_string(rounds);
  std::fflush(nullptr);  // or the child would print it once more
  const pid_t child = fork();
  if (child == 0) {
    if (!freopen(times.c_str(), "w", stdout)) _exit(127);
    execlp("node", "node", script.c_str(), name.c_str(), installed.c_str(), cases.c_str(), answers.c_str(), turns.c_str(),
           static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child) fail("a contestant is lost");
  if (WIFEXITED(status) && (WEXITSTATUS(status) == no_package || WEXITSTATUS(status) == no_node)) return std::nullopt;
  if (status != 0) fail(fmt::format("{} ended before it had decided the cases", contestant));
  const Json time = Json::parse(read_text(times));
  PackageResult out{{}, time.at("microseconds_a_case").get<double>() / 1e6, time.at("cases").get<size_t>()};
  std::ifstream lines(answers);
  for (std::string line; std::getline(lines, line);) out.lines.push_back(parse_answer(contestant, line));
  return out;
}

}  // namespace rubric::bench
