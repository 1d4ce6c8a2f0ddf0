// See decide_many.h.

#include "cli/decide_many.h"

#include "base/in_order.h"
#include "compiler/compile.h"
#include "vm/each_trace.h"
#include "vm/kept_decisions.h"
#include "vm/line_codes.h"
#include "vm/machine.h"
#include "vm/record.h"
#include "vm/whole_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <set>

namespace rubric::cli {

namespace {

constexpr size_t most_records = 4096, most_bytes = size_t{8} << 20;   // of a unit: so many that each policy has some
constexpr size_t most_joined = 16;

constexpr const char* codes_policy = R"(policy None version '1'
include Record
decides each Line where false
criterion Never 'never' judged by the reviewer
rule Never_ approve when Never
)";

vm::VerifiedProgram compiled_codes() {
  SourceSet sources;
  Diagnostics ignored;
  return std::get<vm::VerifiedProgram>(vm::verify(std::move(*compile_text("none", codes_policy, sources, ignored).program)));
}

struct Entry {
  std::string json, source;
  std::optional<std::string> refused;
};

// Records, or a block of a snapshot.
struct Unit {
  std::vector<Entry> entries;
  size_t bytes = 0;
  Record block;  // `snapshot`: it is one
  Decided decided;

  bool is_empty() const { return entries.empty() && !block.snapshot; }
};

// One program's way to read cases. One thread's.
class Reading {
 public:
  Reading(const vm::Program& program, const std::string& as_of) : program_(program), as_of_(as_of) {}

  // Some cases of the unit, or all; its block is loaded. The error says why they cannot be read.
  tl::expected<std::shared_ptr<const vm::Batch>, std::string> read(const Unit& unit, vm::SnapshotBlock& block,
                                                                   const std::vector<vm::Row>* cases = nullptr) {
    if (!unit.block.snapshot) {
      if (!loader_) loader_.emplace(program_, as_of_);
      const auto add = [&](const Entry& entry) {
        if (entry.refused) loader_->add_rejected(entry.source, *entry.refused);
        else loader_->add(entry.json, entry.source);
      };
      if (!cases) std::for_each(unit.entries.begin(), unit.entries.end(), add);
      else std::for_each(cases->begin(), cases->end(), [&](vm::Row c) { add(unit.entries[c]); });
      return std::make_shared<const vm::Batch>(loader_->take());
    }
    if (snapshot_ != unit.block.snapshot) {
      auto created = vm::SnapshotReader::create(*unit.block.snapshot, program_, as_of_);
      if (!created) return tl::unexpected(created.error());
      reader_.emplace(std::move(*created));
      snapshot_ = unit.block.snapshot;
    }
    if (!cases) return reader_->read(block);
    return reader_->read(block, *cases);
  }

 private:
  const vm::Program& program_;
  const std::string& as_of_;
  std::optional<vm::Loader> loader_;
  std::shared_ptr<const vm::Snapshot> snapshot_;
  std::optional<vm::SnapshotReader> reader_;
};

// One thread's.
class Deciding {
 public:
  Deciding(const Policies& policies, const DecideOptions& options)
      : policies_(policies),
        options_(options),
        codes_(*policies.codes, options.as_of),
        groups_(policies.groups.size()),
        alone_(policies.programs.size()) {}

  void decide(Unit& unit) {
    std::string why = of(unit);
    for (auto& each : found_) each.clear();
    if (!why.empty()) {
      unit.decided = {};
      unit.decided.problem = fmt::format("{}: {}", unit.block.source, why);
    }
    unit.entries.clear();
  }

 private:
  // Empty, or why the unit cannot be read.
  std::string of(Unit& unit) {
    unit_ = &unit;
    if (unit.block.snapshot) {
      if (std::string why = unit.block.snapshot->load(unit.block.block, block_); !why.empty()) return why;
    }
    const auto batch = codes_.read(unit, block_);
    if (!batch) return batch.error();
    found_.assign((*batch)->cases, {});
    const vm::Decisions none = vm::run(policies_.codes, *batch);
    const std::vector<std::vector<vm::Row>> cases = dispatched(none);
    for (size_t g = 0; g < cases.size(); ++g) {
      if (cases[g].empty()) continue;
      if (std::string why = by_group(g, cases[g]); !why.empty()) return why;
    }
    for (size_t c = 0; c < found_.size(); ++c) {
      if (found_[c].empty()) {
        vm::Trace trace = vm::trace(none, static_cast<vm::Row>(c), options_.with_criteria);
        found_[c].emplace_back(0, of_no_policy(std::move(trace)));
      }
      std::stable_sort(found_[c].begin(), found_[c].end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      say(c, unit.decided);
    }
    return "";
  }
  static Reading& reading(std::unique_ptr<Reading>& made, const vm::Program& program, const std::string& as_of) {
    if (!made) made = std::make_unique<Reading>(program, as_of);
    return *made;
  }

  // The cases of each group.
  std::vector<std::vector<vm::Row>> dispatched(const vm::Decisions& d) const {
    std::vector<std::vector<vm::Row>> out(policies_.groups.size());
    const vm::Program& p = *policies_.codes;
    const vm::DomainRows& lines = d.rows_of(p.lines_domain);
    std::vector<size_t> groups;
    for (vm::Row c = 0; c < d.batch->cases; ++c) {
      groups.clear();
      // What is no record of the standard model may be one of a policy's own.
      for (size_t g = 0; d.batch->info.is_rejected(c) && g < out.size(); ++g) {
        if (policies_.groups[g].other_model) groups.push_back(g);
      }
      for (vm::Row line = lines.first[c]; line < lines.first[c + 1]; ++line) {
        if (vm::bit(lines.phantom, line)) continue;
        const vm::Value code = d.value(p.line_code, line);
        if (code.kind != vm::Kind::value) {
          groups.resize(out.size());   // it may be any
          for (size_t g = 0; g < groups.size(); ++g) groups[g] = g;
          break;
        }
        const auto [system, text] = d.batch->code(static_cast<vm::Id>(code.i));
        const std::vector<size_t> more = policies_.of_code(d.batch->text(system), d.batch->text(text));
        groups.insert(groups.end(), more.begin(), more.end());
      }
      std::sort(groups.begin(), groups.end());
      groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
      for (const size_t g : groups) out[g].push_back(c);
    }
    return out;
  }

  // Empty, or why its cases cannot be read.
  std::string by_group(size_t number, std::vector<vm::Row> cases) {
    const Policies::Group& group = policies_.groups[number];
    if (group.joined) {
      const auto batch = reading(groups_[number], *group.joined->whole, options_.as_of).read(*unit_, block_, &cases);
      if (!batch) return batch.error();
      vm::Decisions d = vm::run(group.joined->whole, *batch);
      std::vector<vm::Row> alone, together;
      for (vm::Row row = 0; row < cases.size(); ++row) {
        const bool apart = is_remarked(d.batch->info[row]) || d.limited[row / 64] >> (row % 64) & 1;
        (apart ? alone : together).push_back(apart ? cases[row] : row);
      }
      for (size_t k = 0; k < group.members.size(); ++k) {
        vm::seen_as(d, group.joined->members[k]);
        keep(d, together, cases, group.members[k]);
      }
      cases = std::move(alone);
    }
    if (cases.empty()) return "";
    std::vector<vm::Row> rows(cases.size());
    std::iota(rows.begin(), rows.end(), 0);
    for (const size_t member : group.members) {
      const auto batch = reading(alone_[member], *policies_.programs[member], options_.as_of).read(*unit_, block_, &cases);
      if (!batch) return batch.error();
      keep(vm::run(policies_.programs[member], *batch), rows, cases, member);
    }
    return "";
  }

  static bool is_remarked(const vm::CaseInfo& info) {
    return info.rejected || !info.messages.empty() || !info.assertions.empty() || !info.evidence.empty() || !info.claims.empty() ||
           !info.not_applicable.empty();
  }

  // What a policy says of the cases on some rows, of those of which it decides a line.
  void keep(const vm::Decisions& d, const std::vector<vm::Row>& rows, const std::vector<vm::Row>& cases, size_t policy) {
    std::vector<vm::Row> decided;
    KeptDecisions kept{policy, {}, ""};
    auto wanted = rows.begin();            // in order, as the traces are
    const auto take = [&](vm::Row row, vm::Trace trace) {
      if (wanted == rows.end() || *wanted != row) return;
      ++wanted;
      const bool decides = trace.rejected || std::any_of(trace.lines.begin(), trace.lines.end(), [](const vm::LineTrace& line) {
                             return line.outcome != vm::Outcome::not_decided;
                           });
      if (!decides) return;
      found_[cases[row]].emplace_back(policy, std::move(trace));
      decided.push_back(row);
      kept.cases.push_back(cases[row]);
    };
    vm::each_trace(d, settler_, options_.with_criteria, vm::Pictures::unwanted, take, options_.settled());
    if (!options_.keeps || decided.empty()) return;
    kept.planes = vm::pack_decisions(d, decided);
    unit_->decided.kept.push_back(std::move(kept));
  }

  void say(size_t c, Decided& decided) {
    const Tally before = decided.tally;
    std::set<std::pair<std::string, std::string>> said;   // several policies remark on the same
    const size_t remarks = decided.remarks.size();
    for (const auto& [policy, trace] : found_[c]) {
      const size_t begin = decided.text.size();
      add_determination(trace, options_, json_, decided);
      if (options_.form == Form::text && !options_.with_criteria) name_policy(trace.policy, begin, decided.text);
    }
    auto kept = decided.remarks.begin() + static_cast<ptrdiff_t>(remarks);
    for (auto each = kept; each != decided.remarks.end(); ++each) {
      if (said.emplace(each->message.pointer, each->message.message).second) std::iter_swap(kept++, each);
    }
    decided.remarks.erase(kept, decided.remarks.end());
    // A case is one case, and a line that one policy decides is not undecided because others do not.
    Tally& tally = decided.tally;
    tally.cases = before.cases + 1;
    tally.rejected = before.rejected + (tally.rejected > before.rejected);
    if (found_[c].size() > 1) {
      auto& undecided = tally.outcomes[static_cast<size_t>(vm::Outcome::not_decided)];
      const uint64_t more = undecided - before.outcomes[static_cast<size_t>(vm::Outcome::not_decided)];
      undecided -= more, tally.lines -= more;
    }
    found_[c].clear();
  }

  // Lines of text say whose they are.
  static void name_policy(const std::string& policy, size_t begin, std::string& text) {
    const std::string name = fmt::format("{:<20}  ", policy.empty() ? "(no policy)" : policy);
    for (size_t at = begin; at < text.size(); at = text.find('\n', at) + 1) {
      text.insert(at, name);
      at += name.size();
    }
  }

  const Policies& policies_;
  const DecideOptions& options_;
  Reading codes_;
  std::vector<std::unique_ptr<Reading>> groups_, alone_;   // made when first needed
  vm::SnapshotBlock block_;
  vm::Settler settler_;
  vm::JsonWriter json_;
  Unit* unit_ = nullptr;
  std::vector<std::vector<std::pair<size_t, vm::Trace>>> found_;   // of each case: policy, what it says
};

}  // namespace

vm::VerifiedProgram no_policy() { return compiled_codes(); }

vm::Trace of_no_policy(vm::Trace trace) {
  trace.policy = trace.policy_version = trace.digest = "";
  return trace;
}

Policies::Policies(std::vector<vm::VerifiedProgram> all) : programs(std::move(all)), codes(compiled_codes()) {
  using Codes = std::optional<std::set<std::pair<std::string, std::string>>>;
  std::map<std::pair<Codes, size_t>, std::vector<size_t>> same;   // by codes; the number bounds how many are joined
  std::map<Codes, size_t> count;
  const std::string standard = vm::model_digest(*codes);
  for (size_t k = 0; k < programs.size(); ++k) {
    const Codes each = vm::line_codes(*programs[k]);
    same[{each, count[each]++ / most_joined}].push_back(k);
  }
  for (auto& [key, members] : same) {
    Group group{std::move(members), std::nullopt, false};
    for (const size_t k : group.members) group.other_model |= vm::model_digest(*programs[k]) != standard;
    if (group.members.size() > 1) {
      std::vector<vm::VerifiedProgram> together;
      bool same_systems = true;   // else one would warn of codes that another knows
      for (const size_t k : group.members) {
        together.push_back(programs[k]);
        const auto systems = [](const vm::Program& p) {
          std::set<std::string> out;
          for (const vm::Id id : p.code_systems) out.insert(p.texts[id]);
          return out;
        };
        same_systems &= systems(*together[0]) == systems(*programs[k]);
      }
      if (same_systems) group.joined = vm::join(together);
    }
    const size_t number = groups.size();
    groups.push_back(std::move(group));
    if (!key.first) every_.push_back(number);
    else
      for (const auto& code : *key.first) by_code_[code].push_back(number);
  }
}

std::vector<size_t> Policies::of_code(std::string_view system, std::string_view code) const {
  std::vector<size_t> out = every_;
  const auto at = by_code_.find(std::pair(std::string(system), std::string(code)));
  if (at != by_code_.end()) out.insert(out.end(), at->second.begin(), at->second.end());
  return out;
}

void decide_many(const NextRecord& next, const Policies& policies, const DecideOptions& options,
                 const std::function<bool(Decided&&)>& done) {
  std::vector<InOrder<Unit>::Work> workers;
  for (unsigned k = 0; k < options.threads; ++k) {
    const auto deciding = std::make_shared<Deciding>(policies, options);
    workers.emplace_back([deciding](Unit& unit) { deciding->decide(unit); });
  }
  bool more = true;
  InOrder<Unit> units(std::move(workers), [&](Unit& unit) { more = more && done(std::move(unit.decided)); });
  Unit unit;
  for (Record record; more && next(record);) {
    if (record.snapshot) {
      if (!unit.is_empty()) units.add(std::exchange(unit, {}));
      unit.block = record;
      units.add(std::exchange(unit, {}));
      continue;
    }
    unit.bytes += record.json.size();
    unit.entries.push_back({std::string(record.json), record.source, record.refused});
    if (unit.entries.size() >= most_records || unit.bytes >= most_bytes) units.add(std::exchange(unit, {}));
  }
  if (more && !unit.is_empty()) units.add(std::move(unit));
  units.finish();
}

}  // namespace rubric::cli
