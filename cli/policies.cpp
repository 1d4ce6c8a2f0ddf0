// See policies.h.

#include "cli/policies.h"

#include "compiler/compile.h"
#include "vm/code_digests.h"
#include "vm/line_codes.h"
#include "vm/whole_record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <string_view>

namespace rubric::cli {

namespace {

constexpr const char* codes_policy = R"(policy None version '1'
include Record
decides each Line where false
criterion Never 'never' judged by the reviewer
rule Never_ approve when Never
)";

using Set = std::vector<uint64_t>;   // in order, each once

Set both(const Set& a, const Set& b) {
  Set out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

size_t size_of_both(const Set& a, const Set& b) {
  size_t size = 0;
  for (auto at = a.begin(), to = b.begin(); at != a.end() || to != b.end(); ++size) {
    const bool left = to == b.end() || (at != a.end() && *at <= *to), right = at == a.end() || (to != b.end() && *to <= *at);
    at += left, to += right;
  }
  return size;
}

// What matters of a policy, or of several that are joined.
struct Weighed {
  std::string reads;     // only what reads records in the same way is joined
  bool any_code = false;
  Set codes, instructions;
  size_t alone = 0;      // instructions of the members, each counted by itself
  std::vector<size_t> members;
};

// What deciding by a program costs for a unit of cases, in instructions on a case. What it rests on is rough: that lines are spread
// evenly over the codes; what an instruction costs by itself, in cases; and what a case costs that is loaded.
class Cost {
 public:
  explicit Cost(size_t all_codes) : all_codes_(static_cast<double>(std::max<size_t>(all_codes, 1))) {}

  double of(const Weighed& w) const { return of(w.any_code, w.codes.size(), w.instructions.size()); }
  double of_both(const Weighed& a, const Weighed& b) const {
    return of(a.any_code || b.any_code, size_of_both(a.codes, b.codes), size_of_both(a.instructions, b.instructions));
  }

 private:
  static constexpr double cases_per_unit = 4096, lines_per_case = 1.5, instruction_itself = 100, load_of_case = 2000;

  double of(bool any_code, size_t codes, size_t instructions) const {
    const double share = any_code ? 1 : std::min(1.0, lines_per_case * static_cast<double>(codes) / all_codes_);
    const double cases = cases_per_unit * share;
    return static_cast<double>(instructions) * (instruction_itself + cases) + load_of_case * cases;
  }

  double all_codes_;
};

// A member is kept under the whole's numbers, with its tables: all members together are not to take many times what they take alone.
bool is_small(const Weighed& a, const Weighed& b) {
  constexpr size_t most_times = 16, most_members = 64;
  const size_t members = a.members.size() + b.members.size();
  return members <= most_members && members * size_of_both(a.instructions, b.instructions) <= most_times * (a.alone + b.alone);
}

// Policies that have their codes in common come one after the other, and each goes where it adds least.
std::vector<std::vector<size_t>> grouped(std::vector<Weighed> policies, size_t all_codes) {
  const Cost cost(all_codes);
  std::stable_sort(policies.begin(), policies.end(), [](const Weighed& a, const Weighed& b) { return a.codes < b.codes; });
  std::vector<Weighed> groups;
  for (Weighed& own : policies) {
    double least = cost.of(own);
    Weighed* best = nullptr;
    for (Weighed& each : groups) {
      if (each.reads != own.reads) continue;
      const double more = cost.of_both(each, own) - cost.of(each);
      if (more < least && is_small(each, own)) least = more, best = &each;
    }
    if (!best) {
      groups.push_back(std::move(own));
      continue;
    }
    best->any_code |= own.any_code;
    best->codes = both(best->codes, own.codes);
    best->instructions = both(best->instructions, own.instructions);
    best->alone += own.alone;
    best->members.push_back(own.members[0]);
  }
  std::vector<std::vector<size_t>> out;
  for (Weighed& each : groups) out.push_back(std::move(each.members));
  return out;
}

// The record model, and the code systems that are known: others are remarked on.
std::string reads(const vm::Program& p, const std::string& model) {
  std::set<std::string_view> systems;
  for (const vm::Id id : p.code_systems) systems.insert(p.texts[id]);
  return fmt::format("{} {}", model, fmt::join(systems, " "));
}

}  // namespace

vm::VerifiedProgram no_policy(std::span<const vm::VerifiedProgram> programs) {
  SourceSet sources;
  Diagnostics ignored;
  vm::Program program = std::move(*compile_text("none", codes_policy, sources, ignored).program);
  const std::string standard = vm::model_digest(program), first = vm::model_digest(*programs[0]);
  const auto is_first = [&](const vm::VerifiedProgram& each) { return vm::model_digest(*each) == first; };
  if (first != standard && std::all_of(programs.begin(), programs.end(), is_first)) program = vm::naming_lines(*programs[0]);
  program.name = program.version = program.digest = "";
  return std::get<vm::VerifiedProgram>(vm::verify(std::move(program)));
}

Policies::Policies(std::vector<vm::VerifiedProgram> all) : programs(std::move(all)), nobody(no_policy(programs)) {
  const std::string of_nobody = vm::model_digest(*nobody);
  std::vector<Weighed> weighed;
  for (size_t k = 0; k < programs.size(); ++k) {
    const std::string model = vm::model_digest(*programs[k]);
    if (model != of_nobody) other_models_.push_back(k);
    const auto codes = vm::line_codes(*programs[k]);
    if (!codes) {
      every_.push_back(k);
    } else {
      for (const auto& code : *codes) by_code_[code].push_back(k);
    }
    weighed.push_back({reads(*programs[k], model), !codes, {}, vm::code_digests(*programs[k]), 0, {k}});
    weighed[k].alone = weighed[k].instructions.size();
  }
  uint64_t number = 0;
  for (const auto& [code, of] : by_code_) {
    for (const size_t k : of) weighed[k].codes.push_back(number);
    ++number;
  }
  for (std::vector<size_t>& members : grouped(std::move(weighed), by_code_.size())) {
    Group group{std::move(members), std::nullopt};
    std::vector<vm::VerifiedProgram> together;
    for (const size_t k : group.members) together.push_back(programs[k]);
    if (together.size() > 1) group.joined = vm::join(together);
    groups.push_back(std::move(group));
  }
}

std::vector<size_t> Policies::of_code(std::string_view system, std::string_view code) const {
  const auto at = by_code_.find(std::pair(std::string(system), std::string(code)));
  if (at == by_code_.end()) return every_;
  std::vector<size_t> out;
  std::merge(every_.begin(), every_.end(), at->second.begin(), at->second.end(), std::back_inserter(out));
  return out;
}

}  // namespace rubric::cli
