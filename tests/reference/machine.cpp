// Running the machine for the tests, and comparing what it says with the reference. See machine.h.
#include "tests/reference/machine.h"

#include "vm/each_trace.h"
#include "vm/outcomes.h"
#include "vm/record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace rubric::reference {

uint32_t random_pairs(uint32_t usually) {
  const char* said = std::getenv("RUBRIC_RANDOM");
  return said ? static_cast<uint32_t>(std::strtoul(said, nullptr, 10)) : usually;
}

std::optional<Machine> compiled(const std::string& source, std::string* why) {
  // A failed check ends the process, and with it the message: RUBRIC_KEEP=FILE has the last policy before that.
  if (const char* file = std::getenv("RUBRIC_KEEP")) std::ofstream(file) << source;
  SourceSet sources;
  Diagnostics diagnostics;
  Compiled made = compile_text("random.rubric", source, sources, diagnostics);
  if (!made.program || !made.policy) {
    if (why) {
      for (const Diagnostic& d : diagnostics.all()) {
        if (d.severity != Severity::error) continue;
        const std::string& text = sources.file(d.span.file).text;
        const size_t from = d.span.begin > 60 ? d.span.begin - 60 : 0;
        *why += d.message + " behind " + text.substr(from, d.span.begin - from) + "\n";
      }
    }
    return std::nullopt;
  }
  auto verified = vm::verify(std::move(*made.program));
  if (const auto* reason = std::get_if<std::string>(&verified)) {
    if (why) *why = "verify: " + *reason;
    return std::nullopt;
  }
  return Machine{std::move(*made.policy), std::get<vm::VerifiedProgram>(std::move(verified))};
}

vm::Decisions decided(const Machine& machine, const std::vector<std::string>& records, const std::string& as_of) {
  vm::Loader loader(*machine.program, as_of);
  for (size_t k = 0; k < records.size(); ++k) loader.add(records[k], "test:" + std::to_string(k + 1));
  return vm::run(machine.program, std::make_shared<const vm::Batch>(loader.take()));
}

std::vector<vm::Trace> traces(const Machine& machine, const std::vector<std::string>& records, uint32_t batch, uint32_t most) {
  std::vector<vm::Trace> out;
  vm::Settler settler(most);
  for (size_t from = 0; from < records.size(); from += batch) {
    const size_t to = std::min<size_t>(records.size(), from + batch);
    const vm::Decisions d =
        decided(machine, {records.begin() + static_cast<ptrdiff_t>(from), records.begin() + static_cast<ptrdiff_t>(to)});
    const auto take = [&](vm::Row, vm::Trace t) {
      out.push_back(std::move(t));
      out.back().source.clear();  // says where in the batch it stood
    };
    if (batch == 1 && most == vm::most_completions) take(0, vm::trace(d, 0));
    else vm::each_trace(d, settler, true, vm::Pictures::unwanted, take);
  }
  return out;
}

vm::Trace trace_of(const Machine& machine, const Json& record, uint32_t most) { return traces(machine, {record.dump()}, 1, most)[0]; }

namespace {

// "target 2" -> "2"
std::string number_of(const std::string& item) { return item.substr(item.rfind(' ') + 1); }

void collect(const std::vector<vm::CriterionTrace>& list,
             std::map<std::pair<std::string, std::string>, std::pair<std::string, std::string>>& out) {
  for (const vm::CriterionTrace& c : list) {
    out[{c.name, number_of(c.item)}] = {std::string(json_name(c.status)), std::string(json_name(c.computed))};
    collect(c.criteria, out);
  }
}

std::string words(const std::set<vm::Outcome>& outcomes) {
  std::string out;
  for (const vm::Outcome o : outcomes) out += (out.empty() ? "" : ", ") + std::string(vm::outcome_row(o).json);
  return out;
}

std::set<vm::Outcome> outcomes_of(const Decisions& decisions) {
  std::set<vm::Outcome> out;
  for (const Decision& d : decisions) out.insert(d.outcome);
  return out;
}

// What a determination says that a line is given.
Decision said_by(const vm::LineTrace& line) {
  Decision out;
  out.outcome = line.outcome;
  for (const vm::ConditionTrace& c : line.conditions) out.conditions.insert(c.name);
  for (const vm::ModificationField& f : line.modified) out.contents += f.field + ": " + f.value + "; ";
  for (const std::string& item : line.approved_items) out.items.insert(number_of(item));
  return out;
}
std::string words(const Decision& d) {
  return fmt::format("{} {{{}}} subject to {{{}}} for {{{}}}", vm::outcome_row(d.outcome).json, d.contents, fmt::join(d.conditions, ", "),
                     fmt::join(d.items, ", "));
}

// A member of a criterion of items is shown with each item, though it may speak of the line.
bool under_items(const ir::Policy& policy, const std::string& path) {
  return std::any_of(policy.criteria.begin(), policy.criteria.end(), [&](const ir::Criterion& c) {
    return c.path == path && c.parent != ir::none_id &&
           (policy.criteria[c.parent].per_item || under_items(policy, policy.criteria[c.parent].path));
  });
}

// What an answer must never be; a pair that is made smaller stays one of these.
constexpr std::string_view too_little = "too little: ";

bool includes(const auto& all, const auto& some) { return std::includes(all.begin(), all.end(), some.begin(), some.end()); }

}  // namespace

std::map<std::pair<std::string, std::string>, std::pair<std::string, std::string>> statuses(const vm::LineTrace& line) {
  std::map<std::pair<std::string, std::string>, std::pair<std::string, std::string>> out;
  collect(line.criteria, out);
  for (const vm::ItemTrace& item : line.items) collect(item.criteria, out);
  return out;
}

std::map<std::pair<std::string, std::string>, std::string> rule_states(const vm::LineTrace& line) {
  std::map<std::pair<std::string, std::string>, std::string> out;
  for (const vm::RuleTrace& r : line.rules) out[{r.name, ""}] = json_name(r.state);
  for (const vm::ItemTrace& item : line.items) {
    for (const vm::RuleTrace& r : item.rules) out[{r.name, number_of(item.item)}] = json_name(r.state);
  }
  return out;
}

std::string difference(const Machine& machine, const Json& record, const vm::Trace& trace) {
  if (trace.rejected) {
    std::string why;
    for (const auto& m : trace.messages) why += m.pointer + ": " + m.message + "\n";
    return "rejected: " + why;
  }
  const Evaluation expected = evaluate(machine.policy, record);
  if (trace.lines.size() != expected.lines.size()) return "another number of lines";
  std::string out;
  for (size_t l = 0; l < expected.lines.size(); ++l) {
    const LineResult& s = expected.lines[l];
    if (s.decided == Truth::no || s.decided == Truth::none) continue;  // the trace of a line outside says little
    const auto found = statuses(trace.lines[l]);
    for (size_t k = 0; k < s.criteria.size(); ++k) {
      const CriterionResult& x = s.criteria[k];
      const std::string where = fmt::format("line {} {}{}{}", l + 1, x.name, x.item.empty() ? "" : " on item ", x.item);
      const auto at = found.find({x.name, x.item});
      if (at == found.end()) {
        if (trace.lines[l].items.empty() && under_items(machine.policy, x.name)) continue;
        out += where + ": not in the trace\n";
        continue;
      }
      const auto agree = [&](const char* what, const std::string& said, Statuses statuses) {
        if (said != status_name(statuses)) out += fmt::format("{}: {} {}, reference {}\n", where, what, said, status_name(statuses));
      };
      agree("status", at->second.first, x.status);
      agree("computed", at->second.second, x.computed);
    }
    const auto states = rule_states(trace.lines[l]);
    for (size_t k = 0; k < s.rules.size(); ++k) {
      const RuleResult& x = s.rules[k];
      if (x.item == "-") continue;
      const auto at = states.find({x.name, x.item});
      const std::string said = at == states.end() ? "nothing" : at->second;
      if (said == x.state) continue;
      out +=
          fmt::format("line {} rule {}{}{}: {}, reference {}\n", l + 1, x.name, x.item.empty() ? "" : " on item ", x.item, said, x.state);
    }
  }
  return out;
}

std::string settlement_difference(const Machine& machine, const Json& record, const vm::Trace& trace, uint64_t most, bool with_enough,
                                  bool* compared) {
  std::string out;
  for (size_t l = 0; l < trace.lines.size(); ++l) {
    const vm::LineTrace& line = trace.lines[l];
    const auto settled = settle(machine.policy, record, l, most);
    // A row that a completion adds may ask for a judgment of its own: then these were not all completions.
    if (!settled || !settled->complete) continue;
    if (compared) *compared = true;
    const auto say = [&](const std::string& what) { out += fmt::format("line {}: {}\n", l + 1, what); };
    const std::set<vm::Outcome> expected = outcomes_of(settled->possible), possible(line.possible.begin(), line.possible.end());
    std::map<std::string, std::set<vm::Outcome>> missing;
    for (const vm::MissingFact& m : line.missing) {
      for (const std::string& o : m.could_lead_to)
        missing[m.fact].insert(static_cast<vm::Outcome>(vm::outcome_named(o) - vm::outcome_rows));
    }
    // Never too little, whatever meets.
    const auto say_little = [&](const std::string& what) { say(std::string(too_little) + what); };
    if (!includes(possible, expected)) say_little(fmt::format("possible {}, but completions give {}", words(possible), words(expected)));
    for (const auto& [fact, leads_to] : settled->missing) {
      const auto at = missing.find(fact);
      if (at == missing.end()) say_little(fmt::format("{} matters and is not listed", fact));
      else if (!includes(at->second, leads_to))
        say_little(fmt::format("{} could lead to {}, listed {}", fact, words(leads_to), words(at->second)));
    }
    for (const std::string& fact : line.irrelevant) {
      if (settled->missing.contains(fact)) say_little(fmt::format("{} is said to be irrelevant and matters", fact));
    }
    // A sure outcome is that of every completion.
    const bool sure = possible.size() == 1 && line.exact;
    if (sure && expected.size() == 1 && line.outcome != settled->outcome) {
      say(fmt::format("outcome {}, every completion gives {}", vm::outcome_row(line.outcome).json, vm::outcome_row(settled->outcome).json));
    }
    // So are its conditions, what is modified and which items qualify.
    if (sure && settled->possible.size() == 1 && line.outcome == settled->outcome) {
      const Decision& d = *settled->possible.begin();
      if (const Decision said = said_by(line); said != d) say(fmt::format("gives {}, every completion {}", words(said), words(d)));
    }
    // Where it is open which rules stand, those that decide stand in some completion, if no two open facts meet.
    for (const std::string& rule : line.decided_by) {
      if (settled->alone && line.exact && rule != "when undetermined" && !settled->stand.contains(rule))
        say(fmt::format("decided by {}, which stands in no completion", rule));
    }
    // Where no two open facts meet, neither too much.
    if (!settled->alone || !line.exact) continue;
    if (possible != expected) say(fmt::format("possible {}, completions give only {}", words(possible), words(expected)));
    for (const auto& [fact, leads_to] : missing) {
      const auto at = settled->missing.find(fact);
      if (at == settled->missing.end()) say(fmt::format("{} is listed and does not matter", fact));
      else if (at->second != leads_to)
        say(fmt::format("{} is said to lead to {}, and could to {}", fact, words(leads_to), words(at->second)));
    }
    std::map<vm::Outcome, size_t> enough;
    for (const vm::Enough& e : line.enough) {
      std::set<std::string> facts;
      for (const vm::Answer& a : e.answers) facts.insert(a.fact);
      enough[static_cast<vm::Outcome>(vm::outcome_named(e.outcome) - vm::outcome_rows)] = facts.size();
    }
    for (const auto& [outcome, facts] : settled->enough) {
      if (!with_enough) break;
      const size_t said = enough.contains(outcome) ? enough[outcome] : 0;
      if (said != facts) say(fmt::format("{} facts are enough for {}, and {} are listed", facts, vm::outcome_row(outcome).json, said));
    }
    if (line.outcome != settled->outcome)
      say(fmt::format("outcome {}, reference {}", vm::outcome_row(line.outcome).json, vm::outcome_row(settled->outcome).json));
  }
  return out;
}

std::string compile_report(const RandomPolicy& policy) {
  // The message up to the first number: places and names change as the policy shrinks.
  const auto message = [](const Pair& p) {
    std::string why;
    compiled(p.policy.source(), &why);
    return why.substr(0, why.find_first_of("0123456789"));
  };
  const std::string first = message({policy, {}});
  const Pair small = shrunk({policy, Json::object()}, [&](const Pair& p) { return message(p) == first; });
  std::string why;
  compiled(small.policy.source(), &why);
  return why + "\n" + small.policy.source();
}

std::string report(const Pair& pair, const std::function<std::string(const Pair&)>& failure) {
  // A record made smaller than one can be is rejected, or breaks the reference: that is another failure. So is one that says too much
  // where the first said too little.
  const auto kind = [](const std::string& wrong) {
    return std::pair(wrong.starts_with("rejected"), wrong.find(too_little) != std::string::npos);
  };
  const auto from_the_start = kind(failure(pair));
  const auto safely = [&](const Pair& p) -> std::string {
    try {
      const std::string wrong = failure(p);
      return kind(wrong) == from_the_start ? wrong : "";
    } catch (const std::exception&) {
      return "";
    }
  };
  const Pair small = shrunk(pair, [&](const Pair& p) { return !safely(p).empty(); });
  return safely(small) + "\n" + small.policy.source() + "\n" + small.record.dump(1) + "\n";
}

}  // namespace rubric::reference
