#include "analysis/proof_size.h"

#include "vm/kernels.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace rubric::analysis {
namespace {

// A line that reads other lines is not told by itself.
bool lines_meet(const vm::Program& p) {
  return std::any_of(p.domains.begin(), p.domains.end(),
                     [&](const vm::DomainDef& d) { return d.make == vm::Make::cross && d.from == p.lines_domain; });
}

// Lists whose rows are counted and compared with a number need as many rows, and one more.
void add_counted(const vm::Program& p, std::map<std::string, uint32_t>& most) {
  using vm::Op;
  const std::vector<std::string> paths = list_paths(p);
  std::vector<std::set<std::string>> counts(p.registers.size());
  std::vector<int64_t> constant(p.registers.size(), -1);
  for (const vm::Inst& i : p.code) {
    if (i.dst == vm::none_id) continue;
    const auto arg = [&](uint32_t k) { return p.operands[i.args + k]; };
    const bool counting = i.op == Op::count || i.op == Op::used_days || i.op == Op::fullest ||
                          (i.op == Op::fold && static_cast<vm::FoldKind>(i.fn) == vm::FoldKind::distinct);
    if (counting) counts[i.dst].insert(paths[p.registers[arg(0)].domain]);
    if (i.op == Op::konst && p.constants[i.imm].type == vm::Type::integer) constant[i.dst] = p.constants[i.imm].low;
    if (i.op != Op::up && i.op != Op::src && i.op != Op::select && i.op != Op::coalesce && i.op != Op::call) continue;
    int64_t number = -1;
    for (uint32_t k = 0; k < i.n; ++k) {
      counts[i.dst].insert(counts[arg(k)].begin(), counts[arg(k)].end());
      number = std::max(number, constant[arg(k)]);
    }
    if (i.op != Op::call || p.registers[i.dst].type != vm::Type::truth) continue;
    for (const std::string& path : counts[i.dst]) {
      const auto rows = static_cast<uint32_t>(std::min<int64_t>(number + 1, 1'000'000));
      if (number > 0 && !path.empty()) most[path] = std::max(most[path], rows);
    }
    counts[i.dst].clear();
  }
}

}  // namespace

ProofSize proof_size(const std::vector<const vm::Program*>& programs, uint32_t rows) {
  ProofSize size{rows, 1, {}};
  for (const vm::Program* p : programs) {
    add_counted(*p, size.of_list);
    if (lines_meet(*p)) size.lines = 2;
  }
  std::erase_if(size.of_list, [&](const auto& list) { return list.second <= rows; });
  return size;
}

void sort_counted(ProofRecord& record, const ProofSize& size, const std::vector<const vm::Program*>& programs) {
  for (const auto& [path, rows] : size.of_list) {
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
