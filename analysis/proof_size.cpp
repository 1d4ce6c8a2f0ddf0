#include "analysis/proof_size.h"

#include "analysis/proof_program.h"

#include <algorithm>
#include <string>

namespace rubric::analysis {
namespace {

// A line that reads other lines is not told by itself.
bool lines_meet(const vm::Program& p) {
  return std::any_of(p.domains.begin(), p.domains.end(),
                     [&](const vm::DomainDef& d) { return d.make == vm::Make::cross && d.from == p.lines_domain; });
}

constexpr uint32_t most_rows = 40;       // beyond so many a list is out of reach
constexpr uint32_t most_lines = 4;
constexpr uint32_t many_rows = 4;        // of which order is worth to be fixed

}  // namespace

Asked whole_decision(const vm::VerifiedProgram& verified, bool criteria) {
  Asked out{&*verified, ProofProgram::needed(verified, criteria), {}, {}};
  // Of items the one that two determinations differ in, and one that gives what they say.
  for (const vm::Block& block : verified->blocks) {
    if (block.items != vm::none_id) out.rows.insert(out.rows.end(), {block.items, block.items});
  }
  return out;
}

ProofSize proof_size(std::span<const Asked> asked, bool joined, uint32_t rows) {
  ProofSize size{rows, 1, {}};
  for (const Asked& each : asked) {
    if (lines_meet(*each.program)) size.lines = 2;
  }
  const RowsEnough enough = rows_enough(asked, 1, joined);
  const auto alone = [&](const std::string& path) {
    uint64_t number = 0;
    for (const Asked& each : asked) {
      const RowsEnough own = rows_enough(std::span(&each, 1), 1, false);
      const auto list = own.of_list.find(path);
      if (list != own.of_list.end()) number = std::max(number, list->second.number);
    }
    return number;
  };
  for (const auto& [path, most] : enough.of_list) {
    // Where no number is enough, as many as let either program count to its numbers.
    const uint64_t number = most.endless && asked.size() > 1 ? alone(path) : most.number;
    const auto wanted = static_cast<uint32_t>(std::max<uint64_t>(number, most.endless ? rows : 1));
    if (path == lines_path) size.lines = std::max(size.lines, std::min(wanted, most_lines));
    else if (number <= most_rows) size.of_list[path] = wanted;
  }
  return size;
}

ProofSize proof_size(const vm::VerifiedProgram& program, bool criteria, uint32_t rows) {
  const Asked whole = whole_decision(program, criteria);
  return proof_size(std::span(&whole, 1), false, rows);
}

void sort_long(ProofRecord& record, const ProofSize& size, const std::vector<const vm::Program*>& programs) {
  for (const auto& [path, rows] : size.of_list) {
    if (rows <= many_rows) continue;
    if (path.find('/', 1) != std::string::npos) continue;   // of a row's lists each would have to be sorted
    std::string by;
    bool free = true;
    for (const vm::Program* p : programs) {
      const std::vector<std::string> paths = list_paths(*p);
      for (const vm::Inst& i : p->code) {
        if (i.op == vm::Op::pick) free &= paths[p->registers[p->operands[i.args]].domain] != path;
      }
      for (const vm::ColumnDef& c : p->columns) {
        if (c.kind == vm::ColumnKind::position) free &= paths[c.domain] != path;
      }
      for (const vm::Field& f : p->nodes[0].fields) {
        if ("/" + p->texts[f.key] != path || f.dated_by == vm::none_id) continue;
        const vm::Field& date = p->nodes[f.node].fields[f.dated_by];
        free &= !date.optional;
        by = p->texts[date.key];
      }
    }
    if (free && !by.empty()) record.sort(path, by);
  }
}

}  // namespace rubric::analysis
