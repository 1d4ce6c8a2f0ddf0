// Many policies at once decide as each alone does, byte for byte: whichever of them are joined, on any number of threads and however
// many records are decided together. Random policies whose codes overlap, and the policies of the repository with their cases.

#include "cli/decide_many.h"

#include "tests/policies_of_the_repository.h"
#include "tests/reference/machine.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <sstream>

namespace rubric::reference {
namespace {

struct Run {
  std::string text, remarks, tally;
  bool operator==(const Run&) const = default;
};

template <class Decide>
Run run(const std::vector<std::string>& records, const cli::DecideOptions& options, const Decide& decide) {
  Run out;
  cli::Tally tally;
  size_t next = 0;
  decide(
      [&](cli::Record& record) {
        if (next == records.size()) return false;
        record = {records[next], "records:" + std::to_string(next + 1), std::nullopt, nullptr, 0};
        ++next;
        return true;
      },
      [&](cli::Decided&& decided) {
        if (options.form == cli::Form::json && !out.text.empty() && !decided.text.empty()) out.text += ",\n";
        out.text += decided.text;
        for (const cli::RecordRemark& each : decided.remarks)
          out.remarks += each.source + each.message.pointer + each.message.message + "\n";
        tally.add(decided.tally);
        return decided.problem.empty();
      });
  out.tally = words(tally);
  return out;
}

Run by_all(const cli::Policies& policies, const std::vector<std::string>& records, const cli::DecideOptions& options) {
  return run(records, options, [&](const cli::NextRecord& next, const auto& done) { decide_many(next, policies, options, done); });
}

cli::DecideOptions ndjson() {
  cli::DecideOptions options;
  options.form = cli::Form::ndjson;
  options.as_of = "2025-02-01";
  return options;
}

// What policies say alone is what all of them say, but for what none of them decides.
void expect_as_alone(const std::vector<vm::VerifiedProgram>& programs, const std::vector<std::string>& records, const Run& together) {
  std::map<std::pair<std::string, std::string>, std::string> found;   // by record and policy
  std::istringstream lines(together.text);
  for (std::string line; std::getline(lines, line);) {
    const Json json = Json::parse(line);
    if (json.contains("rejected") || json["policy"]["name"] == "") continue;
    EXPECT_TRUE(found.emplace(std::pair(json["source"], json["policy"]["name"]), line).second) << line;
  }
  size_t expected = 0;
  for (const vm::VerifiedProgram& each : programs) {
    const cli::DecideOptions options = ndjson();
    const Run alone =
        run(records, options, [&](const cli::NextRecord& next, const auto& done) { decide_cases(next, each, options, done); });
    std::istringstream alone_lines(alone.text);
    for (std::string line; std::getline(alone_lines, line);) {
      const Json json = Json::parse(line);
      if (json.contains("rejected")) continue;
      const auto is_decided = [](const Json& of) { return of["outcome"] != "notDecided"; };
      if (std::none_of(json["lines"].begin(), json["lines"].end(), is_decided)) continue;
      ++expected;
      ASSERT_EQ(found[std::pair(json["source"], json["policy"]["name"])], line);
    }
  }
  EXPECT_EQ(expected, found.size());
}

// As they are joined, with nothing joined, and with everything.
void compare(const std::vector<vm::VerifiedProgram>& programs, const std::vector<std::string>& records) {
  cli::Policies chosen(programs), apart(programs), all(programs);
  for (cli::Policies::Group& each : apart.groups) each.joined.reset();
  std::vector<size_t> members(programs.size());
  std::iota(members.begin(), members.end(), 0);
  all.groups.clear();
  all.groups.push_back({members, vm::join(programs)});
  ASSERT_TRUE(all.groups[0].joined);
  for (const cli::Form form : {cli::Form::ndjson, cli::Form::json, cli::Form::text}) {
    for (const bool with_criteria : {false, true}) {
      cli::DecideOptions options = ndjson();
      options.form = form, options.with_criteria = with_criteria;
      const Run expected = by_all(apart, records, options);
      for (const cli::Policies* each : {&chosen, &all}) ASSERT_EQ(by_all(*each, records, options), expected);
      if (form == cli::Form::ndjson && !with_criteria) expect_as_alone(programs, records, expected);
      for (const unsigned threads : {1, 2, 3}) {
        for (const size_t together : {1, 7, 4096}) {
          options.threads = threads, options.records_per_unit = together;
          if (threads == together || form != cli::Form::ndjson) continue;
          ASSERT_EQ(by_all(chosen, records, options), expected) << threads << " threads, " << together << " records";
        }
      }
    }
  }
}

TEST(ManyPolicies, DecideAsAloneWhereCodesOverlap) {
  size_t joined = 0;
  for (uint32_t at = 0; at < random_pairs(3); ++at) {
    Dice dice(uint64_t{61} << 32 | at);
    std::vector<vm::VerifiedProgram> programs;
    std::string source;
    for (int k = 0; k < 7; ++k) {
      if (k % 3 == 0) source = random_policy(dice, {}).source();
      std::string own = source;
      const std::string codes = dice.of({"'A1'", "'A2', 'B1'", "'A1', 'B1'", "'B1'", "'A1', 'A2'"});
      const auto replace = [&](const std::string& from, const std::string& to) {
        if (const size_t found = own.find(from); found != std::string::npos) own.replace(found, from.size(), to);
      };
      replace("policy Random", fmt::format("policy R{}", k));
      replace("valueset SetA", fmt::format("valueset Mine: CPT {{ {} }}\nvalueset SetA", codes));
      // The others decide by what the line says, and one any line.
      if (k != 5) replace("decides each Line\n", "decides each Line where Line.code in Mine\n");
      if (k != 5) replace("decides each Line,", "decides each Line where Line.code in Mine,");
      const auto machine = compiled(own);
      ASSERT_TRUE(machine) << own;
      programs.push_back(machine->program);
    }
    std::vector<std::string> records;
    for (int k = 0; k < 60; ++k) {
      Json record = random_record(dice, {});
      record["id"] = std::to_string(k);
      if (dice.one_in(20)) record["lines"] = "not a list";
      if (dice.one_in(20)) record["assertions"] = {{{"criterion", "Nobody"}, {"status", "met"}, {"by", "a reviewer"}}};
      records.push_back(dice.one_in(30) ? "{" : record.dump());
    }
    for (const cli::Policies::Group& each : cli::Policies(programs).groups) joined += each.joined.has_value();
    compare(programs, records);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(joined, 0u);
}

TEST(ManyPolicies, DecideAsAloneOnTheirOwnCases) {
  const auto [programs, records] = policies_of_the_repository();
  ASSERT_EQ(programs.size(), 5u);
  ASSERT_GT(records.size(), 10u);
  compare(programs, records);
}

}  // namespace
}  // namespace rubric::reference
