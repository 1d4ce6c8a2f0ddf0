#include "vm/run_json.h"

#include "vm/trace_criteria.h"
#include "vm/trace_open.h"

namespace rubric::vm {

void RunJson::write(const Decisions& d, std::span<const Row> cases, Settler& settler, JsonWriter& json, const Written& written) {
  const SettledLines settled(d, cases, settler);
  for (size_t c = 0; c < cases.size(); ++c) {
    const CaseReading at(d, cases[c], Pictures::unwanted, program_);
    const auto lines = settled.lines(c);
    const auto settlements = settled.settled(c);
    read_case(at, trace_);
    if (trace_.rejected) {
      write_json(trace_, with_criteria_, json);
    } else {
      begin_json(trace_, json);
      for (size_t k = 0; k < lines.size(); ++k) line(at, lines[k], settlements[k], json);
      end_json(trace_, json);
    }
    written(cases[c], trace_, settlements);
  }
}

void RunJson::line(const CaseReading& at, Row line, const Settlement& s, JsonWriter& json) {
  read_request(at, line, line_);
  read_open_facts(at, s, line, line_);
  const Told& text = told(at, line, s);
  json.object([&] {
    write_request(line_, json);
    json.raw(text.decision);
    if (with_criteria_) {
      line_.criteria = s.block == none_id ? std::vector<CriterionTrace>() : outline(at, at.p.blocks[s.block], line);
      write_criteria(line_, json);
    }
    write_open_facts(line_, json);
    json.raw(text.rest);
  });
}

const RunJson::Told& RunJson::told(const CaseReading& at, Row line, const Settlement& s) {
  likeness_.read(at, s, line, key_);
  if (const auto known = told_.find(key_); known != told_.end()) return known->second;
  LineTrace whole;
  read_outcome(at, s, line, with_criteria_, whole);
  const auto text = [&](const auto& write) {
    part_.clear();
    write(whole, part_);
    return std::string(part_.text());
  };
  const auto rest = [&](const LineTrace& of, JsonWriter& to) { write_rest(of, with_criteria_, to); };
  if (told_.size() >= most_told_) told_.clear();
  return told_.emplace(key_, Told{text(write_decision), text(rest)}).first->second;
}

}  // namespace rubric::vm
