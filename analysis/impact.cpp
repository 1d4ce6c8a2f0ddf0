// See impact.h.
//
// Records are taken in units of at most 1,024, each of them loaded and decided by all versions at once where these can be
// joined. A unit knows all that is to be said of it before it is added up, in order.

#include "analysis/impact.h"

#include "base/diagnostic.h"
#include "base/in_order.h"
#include "compiler/compile.h"
#include "vm/each_trace.h"
#include "vm/machine.h"
#include "vm/outcomes.h"
#include "vm/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

namespace rubric::analysis {
namespace {

constexpr size_t most_records = 1024, most_bytes = size_t{8} << 20;   // of a unit
constexpr size_t examples_of_a_kind = 2;
constexpr size_t most_joined = 64;             // edits whose reversals are joined with the two versions
constexpr size_t most_versions = 512;          // other programs between the two versions that are kept at once

std::optional<vm::VerifiedProgram> program_of(std::vector<ast::Module> modules, SourceSet& sources) {
  Diagnostics diagnostics;
  Compiled compiled = compile_modules(std::move(modules), sources, diagnostics);
  if (!compiled.program) return std::nullopt;
  auto checked = vm::verify(std::move(*compiled.program));
  auto* const good = std::get_if<vm::VerifiedProgram>(&checked);
  return good ? std::optional(std::move(*good)) : std::nullopt;
}

// The older version under the newer one's names, so that traces name one thing alike.
vm::VerifiedProgram under_new_names(vm::VerifiedProgram before, const Edits& edits, SourceSet& sources) {
  if (std::none_of(edits.list.begin(), edits.list.end(), [](const Edit& e) { return e.kind == Edit::Kind::renamed; })) return before;
  return program_of(edits.before, sources).value_or(std::move(before));
}

struct Entry {
  std::string json, source;
  std::optional<std::string> refused;
};

// A line that differs, with the way in which it does.
struct Changed {
  LineImpact impact;
  LineFinding finding;
  std::string kind;
};

struct Unit {
  std::vector<Entry> entries;
  std::shared_ptr<const vm::Snapshot> snapshot;   // or a block of it
  size_t block = 0;
  std::string source;

  std::string problem;
  Impact found;                                   // without `changed` and the sums over it
  std::vector<Changed> changed;
  std::vector<std::pair<std::string, Example>> examples;   // kind
  std::vector<CaseMessage> messages;

  bool is_empty() const { return entries.empty() && !snapshot; }
};

// Units as the batches of a program. One thread's.
class Reading {
 public:
  Reading(const vm::Program& program, const std::string& as_of) : program_(program), as_of_(as_of), loader_(program, as_of) {}

  tl::expected<std::shared_ptr<const vm::Batch>, std::string> read(const Unit& unit) {
    if (!unit.snapshot) {
      for (const Entry& each : unit.entries) {
        if (each.refused) loader_.add_rejected(each.source, *each.refused);
        else loader_.add(each.json, each.source);
      }
      return std::make_shared<const vm::Batch>(loader_.take());
    }
    if (snapshot_ != unit.snapshot) {
      auto created = vm::SnapshotReader::create(*unit.snapshot, program_, as_of_);
      if (!created) return tl::unexpected(fmt::format("{}: {}", unit.source, created.error()));
      reader_ = std::make_unique<vm::SnapshotReader>(std::move(*created));
      snapshot_ = unit.snapshot;
    }
    auto batch = reader_->read(unit.block);
    if (!batch) return tl::unexpected(fmt::format("{}: {}", unit.source, batch.error()));
    return std::move(*batch);
  }

 private:
  const vm::Program& program_;
  const std::string& as_of_;
  vm::Loader loader_;
  std::shared_ptr<const vm::Snapshot> snapshot_;
  std::unique_ptr<vm::SnapshotReader> reader_;
};

// The older version and others that it is compared with.
struct Versions {
  std::vector<vm::VerifiedProgram> programs;      // the older one first
  std::optional<vm::Joined> joined;
  std::vector<Comparison> comparisons;            // joined: of each other one, with the first

  explicit Versions(std::vector<vm::VerifiedProgram> all) : programs(std::move(all)), joined(vm::join(programs)) {
    if (!joined) return;
    for (size_t k = 1; k < programs.size(); ++k) comparisons.emplace_back(*joined, 0, k);
  }
  std::vector<bool> code(std::vector<size_t> members) const { return joined->only(members); }
};

// What one thread has to read units for the first two of some versions, and what their last run has left.
class Pair {
 public:
  Pair(const Versions& versions, const std::string& as_of) : versions_(versions) {
    if (versions.joined) {
      readings_.emplace_back(*versions.joined->whole, as_of);
      both_ = versions.code({0, 1});
    } else {
      for (const size_t k : {0, 1}) readings_.emplace_back(*versions.programs[k], as_of);
    }
  }

  // Empty, or why the unit cannot be read.
  std::string decide(const Unit& unit) {
    batches_.clear();
    for (Reading& each : readings_) {
      auto batch = each.read(unit);
      if (!batch) return batch.error();
      batches_.push_back(std::move(*batch));
    }
    if (versions_.joined) {
      old_run_ = vm::run(versions_.joined->whole, batches_[0], {}, &both_, std::move(old_run_));
    } else {
      old_run_ = vm::run(versions_.programs[0], batches_[0], {}, nullptr, std::move(old_run_));
      new_run_ = vm::run(versions_.programs[1], batches_[1], {}, nullptr, std::move(new_run_));
    }
    return "";
  }

  std::vector<LineFinding> findings() {
    if (versions_.joined) return versions_.comparisons[0].findings(old_run_, settler_);
    std::vector<LineFinding> out;
    for (vm::Row c = 0; c < batches_[0]->cases; ++c) {
      const auto [was, is] = traces(c);
      if (was.rejected || is.rejected) continue;
      for (const vm::LineTrace& line : is.lines) {
        const auto old =
            std::find_if(was.lines.begin(), was.lines.end(), [&](const vm::LineTrace& l) { return l.sequence == line.sequence; });
        if (old == was.lines.end()) continue;
        LineFinding f = compared(*old, line);
        f.case_row = c, f.line = static_cast<vm::Row>(out.size());
        out.push_back(f);
      }
    }
    return out;
  }

  std::vector<StatusChange> statuses(const LineFinding& f) {
    if (versions_.joined) return versions_.comparisons[0].statuses(old_run_, f);
    const auto [was, is] = traces(f.case_row, &f);
    return analysis::statuses(was.lines.at(0), is.lines.at(0));
  }

  // Of one line, where it is given.
  std::pair<vm::Trace, vm::Trace> traces(vm::Row row, const LineFinding* line = nullptr) {
    std::pair<vm::Trace, vm::Trace> out;
    if (versions_.joined) {
      vm::seen_as(old_run_, versions_.joined->members[0]);
      const auto only = line ? std::optional(line->line) : std::nullopt;
      out.first = vm::trace_alone(old_run_, row, only);
      vm::seen_as(old_run_, versions_.joined->members[1]);
      out.second = vm::trace_alone(old_run_, row, only);
      vm::seen_as(old_run_, versions_.joined->whole);
    } else {
      out = {vm::trace(old_run_, row), vm::trace(new_run_, row)};
    }
    for (vm::Trace* t : {&out.first, &out.second}) {
      if (line) std::erase_if(t->lines, [&](const vm::LineTrace& l) { return l.sequence != line->sequence; });
    }
    return out;
  }

  const vm::CaseInfo& info(vm::Row row) const { return batches_.back()->info[row]; }
  // What is to be said of a record, and whether it could be decided by both.
  bool is_rejected(vm::Row row, std::vector<vm::RecordMessage>& messages) const {
    bool rejected = batches_.back()->info.is_rejected(row);
    if (!batches_.back()->info.is_made_when_asked()) messages = info(row).messages;
    if (batches_.size() > 1 && batches_[0]->info.is_rejected(row) && !rejected) {
      rejected = true;
      messages.insert(messages.end(), batches_[0]->info[row].messages.begin(), batches_[0]->info[row].messages.end());
    }
    for (const vm::Decisions* d : {&old_run_, &new_run_}) {
      if (rejected || !d->batch || !(d->limited[row / 64] >> (row % 64) & 1)) continue;
      messages.push_back({"", "the case has more rows to look at than one case may have; nothing was decided", true});
      rejected = true;
    }
    return rejected;
  }
  vm::Row cases() const { return batches_.back()->cases; }
  const std::shared_ptr<const vm::Batch>& batch() const { return batches_.front(); }
  vm::Settler& settler() { return settler_; }

 private:
  const Versions& versions_;
  std::vector<bool> both_;
  std::vector<Reading> readings_;
  std::vector<std::shared_ptr<const vm::Batch>> batches_;
  vm::Decisions old_run_, new_run_;   // joined: the first alone
  vm::Settler settler_;
};

}  // namespace

struct ImpactRun::Impl {
  const Edits& edits;
  SourceSet& sources;
  const std::string as_of;
  const vm::VerifiedProgram before, after;
  std::vector<size_t> tried;             // edits that can be taken back
  std::vector<size_t> joined_edits;      // those whose reversals are versions 2, 3, ... of `versions`
  std::optional<Versions> versions;

  std::mutex compiling;                  // guards what follows, and the sources
  std::map<std::vector<bool>, std::shared_ptr<const Versions>> between;   // by the edits that are taken back; nullptr: does not compile
  std::mutex counting;
  std::map<std::string, size_t> examples_of;

  Unit pending;
  size_t pending_bytes = 0;
  std::string problem;
  std::vector<CaseMessage> messages;
  Impact out;
  std::optional<InOrder<Unit>> units;    // last: its threads use everything above

  Impl(vm::VerifiedProgram b, vm::VerifiedProgram a, const Edits& e, SourceSet& s, std::string day, unsigned threads)
      : edits(e), sources(s), as_of(std::move(day)), before(under_new_names(std::move(b), e, s)), after(std::move(a)) {
    out.by_edit.resize(edits.list.size());
    for (size_t k = 0; k < edits.list.size(); ++k) {
      if (edits.list[k].kind != Edit::Kind::renamed) tried.push_back(k);
    }
    std::vector<vm::VerifiedProgram> all{before, after};
    // An edit that is the only one need not be taken back to know that this undoes everything.
    for (size_t k = 0; tried.size() > 1 && k < tried.size() && k < most_joined; ++k) {
      auto program = program_of(taken_back(edits, only(tried[k])), sources);
      if (!program) continue;   // others need it
      all.push_back(std::move(*program));
      joined_edits.push_back(tried[k]);
    }
    versions.emplace(all);
    if (!versions->joined) {
      joined_edits.clear();
      versions.emplace(std::vector<vm::VerifiedProgram>{before, after});
    }
    std::vector<InOrder<Unit>::Work> workers;
    for (unsigned k = 0; k < threads; ++k) {
      auto pair = std::make_shared<Pair>(*versions, as_of);
      workers.emplace_back([this, pair](Unit& unit) { look_at(unit, *pair); });
    }
    units.emplace(std::move(workers), [this](Unit& unit) { add_up(unit); });
  }

  std::vector<bool> only(size_t edit) const {
    std::vector<bool> back(edits.list.size(), false);
    back[edit] = true;
    return back;
  }

  // ---------------------------------------------------------------- a unit, on any thread

  void look_at(Unit& unit, Pair& pair) {
    unit.problem = pair.decide(unit);
    if (!unit.problem.empty()) return;
    Impact& found = unit.found;
    for (vm::Row row = 0; row < pair.cases(); ++row) {
      std::vector<vm::RecordMessage> said;
      found.rejected += pair.is_rejected(row, said);
      for (vm::RecordMessage& m : said) unit.messages.push_back({pair.info(row).id, pair.info(row).source, std::move(m)});
    }
    found.cases = pair.cases();
    constexpr size_t outcomes = std::size(vm::outcome_rows);
    std::array<uint32_t, outcomes * outcomes> from_to{};
    for (const LineFinding& f : pair.findings()) {
      ++found.lines;
      ++found.counts[static_cast<size_t>(f.difference)];
      if (f.open_alike) ++found.open_alike;
      else ++from_to[static_cast<size_t>(f.before) * outcomes + static_cast<size_t>(f.after)];
      if (f.difference == Difference::unchanged) continue;
      const vm::CaseInfo& info = pair.info(f.case_row);
      unit.changed.push_back({{info.id, info.source, f.sequence, f.difference, f.before, f.after, pair.statuses(f), {}, false}, f, ""});
    }
    for (size_t k = 0; k < from_to.size(); ++k) {
      if (from_to[k]) found.matrix[{static_cast<vm::Outcome>(k / outcomes), static_cast<vm::Outcome>(k % outcomes)}] = from_to[k];
    }
    if (unit.changed.empty()) return;
    attribute(unit, pair);
    std::map<std::string, size_t> of_unit;
    for (Changed& each : unit.changed) {
      each.kind = kind_of(each.impact);
      if (of_unit[each.kind]++ < examples_of_a_kind && wants_example(each.kind)) unit.examples.emplace_back(each.kind, example(pair, each));
    }
  }

  // Lines that differ in one way for one reason.
  static std::string kind_of(const LineImpact& line) {
    std::string kind{static_cast<char>(line.difference), static_cast<char>(line.before), static_cast<char>(line.after)};
    for (const size_t e : line.causes) kind.append(reinterpret_cast<const char*>(&e), sizeof e);
    return kind;
  }

  // What has been added up comes before any unit that is looked at.
  bool wants_example(const std::string& kind) {
    const std::lock_guard lock(counting);
    const auto at = examples_of.find(kind);
    return at == examples_of.end() || at->second < examples_of_a_kind;
  }

  static Example example(Pair& pair, const Changed& line) {
    auto [was, is] = pair.traces(line.finding.case_row, &line.finding);
    Example out{line.impact, std::move(was), std::move(is)};
    out.impact.statuses = statuses(out.before.lines.at(0), out.after.lines.at(0));
    return out;
  }

  // ---------------------------------------------------------------- causes

  void attribute(Unit& unit, Pair& pair) {
    if (tried.size() == 1) {
      for (Changed& line : unit.changed) line.impact.causes = {tried[0]};
    }
    if (tried.size() < 2) return;
    if (!joined_edits.empty()) by_joined_versions(unit, pair);
    std::map<std::vector<bool>, std::vector<LineFinding>> known;   // of the unit, by what is taken back
    for (const size_t e : tried) {
      if (std::find(joined_edits.begin(), joined_edits.end(), e) != joined_edits.end()) continue;
      for (Changed& line : unit.changed) {
        if (undoes(unit, only(e), line, known)) line.impact.causes.push_back(e);
      }
    }
    for (Changed& line : unit.changed) {
      std::sort(line.impact.causes.begin(), line.impact.causes.end());
      if (line.impact.causes.empty()) interaction(unit, line, known);
    }
  }

  void by_joined_versions(Unit& unit, Pair& pair) {
    std::vector<size_t> members{0};
    for (size_t k = 0; k < joined_edits.size(); ++k) members.push_back(k + 2);
    const std::vector<bool> code = versions->code(members);
    vm::Decisions d = vm::run(versions->joined->whole, pair.batch(), {}, &code);
    std::vector<bool> wanted(d.rows_of((*versions->joined->whole).lines_domain).rows, false);
    for (const Changed& line : unit.changed) wanted[line.finding.line] = true;
    for (size_t k = 0; k < joined_edits.size(); ++k) {
      const std::vector<LineFinding> found = versions->comparisons[k + 1].findings(d, pair.settler(), &wanted);
      size_t n = 0;
      for (Changed& line : unit.changed) {
        while (n < found.size() && found[n].line < line.finding.line) ++n;
        if (n < found.size() && found[n].line == line.finding.line && found[n].difference < line.impact.difference)
          line.impact.causes.push_back(joined_edits[k]);
      }
    }
  }

  // Whether a version with these edits taken back decides a line as the older one did: as far as the line differs.
  bool undoes(const Unit& unit, const std::vector<bool>& back, const Changed& line,
              std::map<std::vector<bool>, std::vector<LineFinding>>& known) {
    auto [at, added] = known.try_emplace(back);
    if (added) {
      if (const auto both = version(back)) {
        Pair pair(*both, as_of);
        if (pair.decide(unit).empty()) at->second = pair.findings();
      }
    }
    for (const LineFinding& f : at->second) {
      if (f.case_row == line.finding.case_row && f.sequence == line.finding.sequence) return f.difference < line.impact.difference;
    }
    return false;
  }

  // The older version, and the newer one with some edits taken back; nothing where that does not compile: an edit that
  // others need.
  std::shared_ptr<const Versions> version(const std::vector<bool>& back) {
    const std::lock_guard lock(compiling);
    if (between.size() > most_versions) between.clear();
    auto [at, added] = between.try_emplace(back);
    if (added) {
      if (auto program = program_of(taken_back(edits, back), sources))
        at->second = std::make_shared<const Versions>(std::vector<vm::VerifiedProgram>{before, std::move(*program)});
    }
    return at->second;
  }

  // From all edits taken back, which undoes everything, each is tried in again.
  void interaction(const Unit& unit, Changed& line, std::map<std::vector<bool>, std::vector<LineFinding>>& known) {
    std::vector<bool> back;
    for (const Edit& e : edits.list) back.push_back(e.kind != Edit::Kind::renamed);
    if (!undoes(unit, back, line, known)) return;
    for (size_t e = 0; e < back.size(); ++e) {
      if (!back[e]) continue;
      back[e] = false;
      if (!undoes(unit, back, line, known)) back[e] = true;
    }
    for (size_t e = 0; e < back.size(); ++e) {
      if (back[e]) line.impact.causes.push_back(e);
    }
    line.impact.together = true;
  }

  // ---------------------------------------------------------------- sums

  void add_up(Unit& unit) {
    if (!problem.empty()) return;
    problem = unit.problem;
    out.cases += unit.found.cases, out.rejected += unit.found.rejected, out.lines += unit.found.lines;
    out.open_alike += unit.found.open_alike;
    for (size_t k = 0; k < differences; ++k) out.counts[k] += unit.found.counts[k];
    for (const auto& [pair, count] : unit.found.matrix) out.matrix[pair] += count;
    std::move(unit.messages.begin(), unit.messages.end(), std::back_inserter(messages));
    for (Changed& each : unit.changed) {
      count(each.impact);
      out.changed.push_back(std::move(each.impact));
    }
    const std::lock_guard lock(counting);
    for (auto& [kind, example] : unit.examples) {
      if (examples_of[kind]++ < examples_of_a_kind) out.examples.push_back(std::move(example));
    }
  }

  void count(const LineImpact& line) {
    const auto at = static_cast<size_t>(line.difference);
    if (line.together) ++out.together;
    if (line.causes.empty()) ++out.unattributed;
    for (const size_t e : line.causes) ++out.by_edit[e][at];
  }

  void take(Entry entry) {
    pending_bytes += entry.json.size();
    pending.entries.push_back(std::move(entry));
    if (pending.entries.size() >= most_records || pending_bytes >= most_bytes) flush();
  }
  void flush() {
    if (!pending.is_empty()) units->add(std::exchange(pending, {}));
    pending_bytes = 0;
  }
};

ImpactRun::ImpactRun(vm::VerifiedProgram before, vm::VerifiedProgram after, const Edits& edits, SourceSet& sources, std::string as_of,
                     unsigned threads)
    : impl_(std::make_unique<Impl>(std::move(before), std::move(after), edits, sources, std::move(as_of), threads)) {}
ImpactRun::~ImpactRun() = default;

void ImpactRun::add(std::string_view json, std::string source) { impl_->take({std::string(json), std::move(source), std::nullopt}); }
void ImpactRun::add_rejected(std::string source, std::string message) { impl_->take({"", std::move(source), std::move(message)}); }
void ImpactRun::add_block(std::shared_ptr<const vm::Snapshot> snapshot, size_t block, std::string source) {
  impl_->flush();
  impl_->pending.snapshot = std::move(snapshot);
  impl_->pending.block = block;
  impl_->pending.source = std::move(source);
  impl_->flush();
}

std::vector<CaseMessage> ImpactRun::take_messages() { return std::exchange(impl_->messages, {}); }
uint64_t ImpactRun::cases() const { return impl_->out.cases; }
const std::string& ImpactRun::problem() const { return impl_->problem; }

Impact ImpactRun::finish() {
  impl_->flush();
  impl_->units->finish();
  return std::move(impl_->out);
}

}  // namespace rubric::analysis
