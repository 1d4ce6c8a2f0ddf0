// See decide_many.h.

#include "cli/decide_many.h"

#include "base/in_order.h"
#include "cli/case_batches.h"
#include "cli/determinations.h"
#include "vm/kept_decisions.h"
#include "vm/machine.h"
#include "vm/record.h"
#include "vm/trace_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <set>

namespace rubric::cli {

namespace {

// Of a unit: so many that each policy has some. Of determinations with criteria few are much.
constexpr size_t most_records = 4096, most_bytes = size_t{8} << 20;
size_t most_records_of(const DecideOptions& options) {
  return options.records_per_unit ? options.records_per_unit : options.with_criteria ? records_per_unit : most_records;
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

// What the policies say of the cases of a unit, text by text as they come, until it is told case by case.
class Said {
 public:
  void start(size_t cases) {
    if (of_.size() < cases) of_.resize(cases);
    for (auto& each : of_) each.clear();
    texts_.clear(), lines_.clear(), remarks_.clear();
  }
  bool is_silent(size_t c) const { return of_[c].empty(); }

  void add(size_t c, size_t policy, const Determination& d, std::string_view name) {
    Text text{policy, texts_.size(), 0, lines_.size(), d.lines.size(), remarks_.size(), d.but_lines.messages.size(), d.but_lines.rejected};
    if (name.empty()) texts_ += d.text;
    else add_named(d.text, name);
    text.size = texts_.size() - text.begin;
    lines_.insert(lines_.end(), d.lines.begin(), d.lines.end());
    for (const vm::RecordMessage& each : d.but_lines.messages) remarks_.push_back({d.but_lines.source, each});
    of_[c].push_back(text);
  }

  // In the order of the policies.
  void tell(size_t c, Form form, Decided& decided) {
    std::vector<Text>& texts = of_[c];
    std::sort(texts.begin(), texts.end(), [](const Text& a, const Text& b) { return a.policy < b.policy; });
    std::set<std::pair<std::string_view, std::string_view>> said;   // several policies remark on the same
    bool rejected = false;
    for (const Text& each : texts) {
      decided.add(std::string_view(texts_).substr(each.begin, each.size), form);
      rejected |= each.rejected;
      // A line that one policy decides is not undecided because others do not.
      for (size_t k = each.first_line; k < each.first_line + each.lines; ++k) {
        if (lines_[k] != vm::Outcome::not_decided || texts.size() == 1) decided.tally.count(lines_[k]);
      }
      for (size_t k = each.first_remark; k < each.first_remark + each.remarks; ++k) {
        if (said.emplace(remarks_[k].message.pointer, remarks_[k].message.message).second) decided.remarks.push_back(remarks_[k]);
      }
    }
    ++decided.tally.cases;
    decided.tally.rejected += rejected;
  }

 private:
  struct Text {
    size_t policy, begin, size, first_line, lines, first_remark, remarks;
    bool rejected;
  };
  // Lines of text say whose they are.
  void add_named(std::string_view lines, std::string_view name) {
    while (!lines.empty()) {
      const size_t end = std::min(lines.find('\n'), lines.size() - 1) + 1;
      texts_ += fmt::format("{:<20}  {}", name, lines.substr(0, end));
      lines.remove_prefix(end);
    }
  }

  std::vector<std::vector<Text>> of_;   // of each case
  std::string texts_;
  std::vector<vm::Outcome> lines_;
  std::vector<RecordRemark> remarks_;
};

// One thread's.
class Deciding {
 public:
  Deciding(const Policies& policies, const DecideOptions& options)
      : policies_(policies),
        options_(options),
        most_told_(std::max<size_t>(most_told / policies.programs.size(), 64)),
        nobody_{{*policies.nobody, options.as_of}, {policies.nobody, options, most_told_}},
        joined_(policies.groups.size()),
        members_(policies.programs.size()),
        alone_(policies.programs.size()),
        cases_of_(policies.programs.size()) {}

  void decide(Unit& unit) {
    if (std::string why = of(unit); !why.empty()) {
      unit.decided = {};
      unit.decided.problem = fmt::format("{}: {}", unit.block.source, why);
    }
    unit.entries.clear();
  }

 private:
  using Rows = std::vector<vm::Row>;
  static constexpr size_t most_told = 65'536;

  // Empty, or why the unit cannot be read.
  std::string of(Unit& unit) {
    unit_ = &unit;
    if (unit.block.snapshot) {
      if (std::string why = unit.block.snapshot->load(unit.block.block, block_); !why.empty()) return why;
    }
    const auto batch = nobody_.reading.read(unit, block_);
    if (!batch) return batch.error();
    const vm::Decisions none = vm::run(policies_.nobody, *batch);
    said_.start((*batch)->cases);
    dispatch(none);
    for (size_t g = 0; g < policies_.groups.size(); ++g) {
      if (std::string why = by_group(g); !why.empty()) return why;
    }
    const Rows all = vm::all_cases(none);
    Rows silent;
    std::copy_if(all.begin(), all.end(), std::back_inserter(silent), [&](vm::Row c) { return said_.is_silent(c); });
    say(none, silent, all, policies_.programs.size(), nobody_.determinations);
    for (const vm::Row c : all) said_.tell(c, options_.form, unit.decided);
    return "";
  }

  // The cases of each policy that may decide a line of theirs, in order.
  void dispatch(const vm::Decisions& d) {
    for (Rows& each : cases_of_) each.clear();
    const vm::Program& p = *policies_.nobody;
    const vm::DomainRows& lines = d.rows_of(p.lines_domain);
    const auto add = [&](size_t policy, vm::Row c) {
      if (cases_of_[policy].empty() || cases_of_[policy].back() != c) cases_of_[policy].push_back(c);
    };
    for (vm::Row c = 0; c < d.batch->cases; ++c) {
      // What is no record of the standard model may be one of a policy's own.
      if (d.batch->info.is_rejected(c)) {
        for (const size_t policy : policies_.of_other_models()) add(policy, c);
      }
      for (vm::Row line = lines.first[c]; line < lines.first[c + 1]; ++line) {
        if (vm::bit(lines.phantom, line)) continue;
        const vm::Value code = d.value(p.line_code, line);
        if (code.kind == vm::Kind::value) {
          const auto [system, text] = d.batch->code(static_cast<vm::Id>(code.i));
          for (const size_t policy : policies_.of_code(d.batch->text(system), d.batch->text(text))) add(policy, c);
        } else {
          for (size_t policy = 0; policy < cases_of_.size(); ++policy) add(policy, c);   // it may be any
        }
      }
    }
  }

  // Each returns an empty text, or why its cases cannot be read.
  std::string by_group(size_t number) {
    const Policies::Group& group = policies_.groups[number];
    if (group.joined) {
      Rows all;
      for (const size_t member : group.members) all.insert(all.end(), cases_of_[member].begin(), cases_of_[member].end());
      std::sort(all.begin(), all.end());
      all.erase(std::unique(all.begin(), all.end()), all.end());
      std::vector<Rows> apart(group.members.size());
      for (size_t at = 0; at < all.size(); at += records_per_unit) {
        const Rows some(all.begin() + at, all.begin() + std::min(at + records_per_unit, all.size()));
        if (std::string why = together(number, some, apart); !why.empty()) return why;
      }
      for (size_t k = 0; k < group.members.size(); ++k) cases_of_[group.members[k]] = std::move(apart[k]);
    }
    for (const size_t member : group.members) {
      for (size_t at = 0; at < cases_of_[member].size(); at += records_per_unit) {
        const auto first = cases_of_[member].begin() + static_cast<ptrdiff_t>(at);
        const Rows some(first, first + static_cast<ptrdiff_t>(std::min<size_t>(records_per_unit, cases_of_[member].size() - at)));
        if (std::string why = alone(member, some); !why.empty()) return why;
      }
    }
    return "";
  }
  // By the joined program. Cases that it cannot decide for a member as the member alone does are left to that.
  std::string together(size_t number, const Rows& cases, std::vector<Rows>& apart) {
    const Policies::Group& group = policies_.groups[number];
    if (!joined_[number]) joined_[number] = std::make_unique<Reading>(*group.joined->whole, options_.as_of);
    const auto batch = joined_[number]->read(*unit_, block_, &cases);
    if (!batch) return batch.error();
    used_ = vm::run(group.joined->whole, *batch, {}, nullptr, std::move(used_));
    for (size_t k = 0; k < group.members.size(); ++k) {
      const size_t member = group.members[k];
      Rows rows;
      auto own = cases_of_[member].begin();
      for (vm::Row row = 0; row < cases.size(); ++row) {
        own = std::lower_bound(own, cases_of_[member].end(), cases[row]);
        if (own == cases_of_[member].end()) break;
        if (*own != cases[row]) continue;
        const bool is_apart = is_remarked((*batch)->info[row]) || used_.limited[row / 64] >> (row % 64) & 1;
        if (is_apart) apart[k].push_back(cases[row]);
        else rows.push_back(row);
      }
      if (rows.empty()) continue;
      const vm::VerifiedProgram& program = group.joined->members[k];
      vm::seen_as(used_, program);
      if (!members_[member]) members_[member] = std::make_unique<Determinations>(program, options_, most_told_);
      say(used_, rows, cases, member, *members_[member]);
    }
    return "";
  }
  std::string alone(size_t policy, const Rows& cases) {
    const vm::VerifiedProgram& program = policies_.programs[policy];
    if (!alone_[policy]) alone_[policy].reset(new Alone{{*program, options_.as_of}, {program, options_, most_told_}});
    const auto batch = alone_[policy]->reading.read(*unit_, block_, &cases);
    if (!batch) return batch.error();
    used_ = vm::run(program, *batch, {}, nullptr, std::move(used_));
    say(used_, vm::all_cases(used_), cases, policy, alone_[policy]->determinations);
    return "";
  }

  // On what a policy remarks depends on what it reads.
  static bool is_remarked(const vm::CaseInfo& info) {
    return info.rejected || !info.messages.empty() || !info.assertions.empty() || !info.evidence.empty() || !info.claims.empty() ||
           !info.not_applicable.empty();
  }

  // What a policy says of the cases on some rows, of those of which it decides a line.
  void say(const vm::Decisions& d, const Rows& rows, const Rows& cases, size_t policy, Determinations& determinations) {
    const bool is_nobody = policy == policies_.programs.size();
    const bool is_named = options_.form == Form::text && !options_.with_criteria;
    KeptDecisions kept{policy, {}, ""};
    Rows decided;
    determinations.write(d, rows, tools_, [&](const Determination& each) {
      const bool decides = each.but_lines.rejected || std::any_of(each.lines.begin(), each.lines.end(),
                                                                  [](vm::Outcome line) { return line != vm::Outcome::not_decided; });
      if (!decides && !is_nobody) return;
      const vm::Row c = cases[each.row];
      said_.add(c, policy, each, !is_named ? "" : each.but_lines.policy.empty() ? "(no policy)" : each.but_lines.policy);
      decided.push_back(each.row), kept.cases.push_back(c);
    });
    if (!options_.keeps || decided.empty() || is_nobody) return;
    kept.planes = vm::pack_decisions(d, decided);
    unit_->decided.kept.push_back(std::move(kept));
  }

  // A program's way to read cases, and to say what it decides.
  struct Alone {
    Reading reading;
    Determinations determinations;
  };

  const Policies& policies_;
  const DecideOptions& options_;
  const size_t most_told_;
  Alone nobody_;
  // Made when first needed: of each group and its members, and of each policy by itself.
  std::vector<std::unique_ptr<Reading>> joined_;
  std::vector<std::unique_ptr<Determinations>> members_;
  std::vector<std::unique_ptr<Alone>> alone_;
  vm::SnapshotBlock block_;
  vm::Decisions used_;                  // the last run, whose storage the next one takes
  Tools tools_;
  Unit* unit_ = nullptr;
  std::vector<Rows> cases_of_;          // each policy's that are not decided yet
  Said said_;
};

}  // namespace

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
    if (unit.entries.size() >= most_records_of(options) || unit.bytes >= most_bytes) units.add(std::exchange(unit, {}));
  }
  if (more && !unit.is_empty()) units.add(std::move(unit));
  units.finish();
}

}  // namespace rubric::cli
