#include "vm/case_reading.h"

#include <algorithm>

namespace rubric::vm {

ProgramReading::ProgramReading(const Program& p, Pictures pictures) : descriptions(p.domains.size()) {
  for (const Inst& i : p.code) {
    if (i.op != Op::column && i.op != Op::src) continue;
    const Type type = p.registers[i.dst].type;
    if (i.domain != none_id && (type == Type::code || type == Type::text)) descriptions[i.domain].push_back(i.dst);
    const bool of_line = i.op == Op::column && i.domain == p.lines_domain;
    if (of_line && p.columns[i.imm].kind == ColumnKind::decided_date) decided_date = i.dst;
  }
  if (pictures == Pictures::unwanted) return;
  for (const std::string& text : p.file_texts) {
    std::vector<uint32_t>& starts = line_starts.emplace_back(1, 0);
    for (uint32_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') starts.push_back(at + 1);
    }
  }
}

CaseReading::CaseReading(const Decisions& run, Row row, Pictures pictures, const ProgramReading& program)
    : d(run),
      p(**run.program),
      case_row(row),
      info(run.batch->info[row]),
      pictures(pictures),
      program(program),
      values(run, info, pictures) {}

const std::string& CaseReading::name(Id text) const {
  static const std::string none;
  return text == none_id ? none : p.texts[text];
}

const std::string& CaseReading::layer(Id id) const { return name(id == 0 || id >= p.layers.size() ? none_id : p.layers[id].overlay); }

std::vector<CitedSource> CaseReading::cited(const std::vector<Id>& cites) const {
  std::vector<CitedSource> out;
  out.reserve(cites.size());
  for (const Id c : cites) {
    const Cite& cite = p.cites[c];
    CitedSource s;
    if (cite.source != none_id) {
      s.source = name(p.sources[cite.source].name);
      s.title = name(p.sources[cite.source].title);
      s.unresolved = p.sources[cite.source].unresolved;
    }
    s.section = name(cite.section);
    s.grade = name(cite.grade);
    out.push_back(std::move(s));
  }
  return out;
}

std::optional<Clause> CaseReading::clause(Span span) const {
  if (span.file >= program.line_starts.size() || span.file >= p.files.size() || p.file_texts[span.file].empty()) return std::nullopt;
  const std::vector<uint32_t>& starts = program.line_starts[span.file];
  const auto line = [&](uint32_t at) { return static_cast<uint32_t>(std::upper_bound(starts.begin(), starts.end(), at) - starts.begin()); };
  return Clause{p.files[span.file], line(span.begin), line(std::max(span.begin + 1, span.end) - 1)};
}

Status CaseReading::status(Id applicable, Id value, Row r) const {
  const Truth a = d.truth(applicable, r), v = d.truth(value, r);
  if (a == Truth::no) return Status::not_applicable;
  if (a != Truth::yes) return Status::undetermined;
  return v == Truth::yes ? Status::met : v == Truth::no ? Status::not_met : Status::undetermined;
}

bool CaseReading::left_out(const Criterion& choice, Id member, Row r) const {
  if (choice.gate == none_id || choice.members.size() != 2) return false;
  const Id domain = p.registers[choice.gate].domain;
  const Row at = domain == none_id ? 0 : d.ancestor(choice.domain, r, domain);
  return d.truth(choice.gate, at) == (member == choice.members[0] ? Truth::no : Truth::yes);
}

}  // namespace rubric::vm
