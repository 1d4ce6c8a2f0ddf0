// See single.h.
#include "bench/single.h"

#include "bench/measure.h"
#include "bench/programs.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::bench {
namespace {

std::string_view word(Decision d) {
  switch (d) {
    case Decision::approve: return "approve";
    case Decision::deny: return "deny";
    case Decision::review: return "review";
    case Decision::conflict: return "conflict";
    case Decision::gap: return "gap";
    case Decision::open: return "";
  }
  return "";
}

}  // namespace

SingleCases::SingleCases(const std::filesystem::path& policy, const std::vector<std::string>& records)
    : records_(records), decider_(*api::compile(policy.string()).policy, as_of) {}

void SingleCases::agree(const std::vector<LineResult>& expected) {
  size_t line = 0;
  for (const std::string& record : records_) {
    for (const api::Settled& each : decider_.decide(record).settled()) {
      const std::string_view wanted = word(expected[line++].decision);
      if (each.outcome != wanted) fail(fmt::format("one case alone disagrees on line {}: '{}', not '{}'", line - 1, each.outcome, wanted));
    }
  }
  if (line != expected.size()) fail(fmt::format("cases one at a time have {} lines of {}", line, expected.size()));
}

void SingleCases::decide() {
  for (const std::string& record : records_) keep(decider_.decide(record).settled().size());
}

template <class Ask>
SingleCases::Microseconds SingleCases::sampled(size_t most, Ask ask) {
  std::vector<double> times;
  for (size_t k = 0; k < std::min(records_.size(), most); ++k) {
    const auto begin = Clock::now();
    keep(ask(decider_.decide(records_[k])));
    times.push_back(seconds_since(begin) * 1e6);
  }
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

SingleCases::Microseconds SingleCases::settled() {
  return sampled(20'000, [](const api::Determination& d) { return d.settled().size(); });
}
SingleCases::Microseconds SingleCases::explained() {
  return sampled(2'000, [](const api::Determination& d) { return d.lines().size(); });
}

}  // namespace rubric::bench
