// See site_data.h.
//
// index.js is one object: tables of names, and for each case an array that names them by number. site.js reads it.

#include "render/site_data.h"

#include "base/text.h"
#include "render/case_page.h"
#include "render/packed.h"
#include "render/site.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace rubric {

namespace {

void append_item(std::string& list, std::string_view item) {
  if (!list.empty()) list += ",\n";
  list += item;
}

// "/trials/items/0/reason" as "/trials/items/*/reason": whichever row of the list it is.
std::string any_row(std::string_view pointer) {
  std::string out;
  for (size_t at = 0; at < pointer.size();) {
    const size_t end = std::min(pointer.find('/', at + 1), pointer.size());
    const std::string_view step = pointer.substr(at, end - at);
    const bool number =
        step.size() > 1 && step[0] == '/' && std::all_of(step.begin() + 1, step.end(), [](char c) { return c >= '0' && c <= '9'; });
    out += number ? "/*" : step;
    at = end;
  }
  return out;
}

// Where the piece that a page begins with ends: at the next element that pages have in common, or object of the JSON.
size_t piece_end(std::string_view page) {
  constexpr std::string_view elements[] = {"<li", "<tr", "<section", "<div", "<p"};
  for (size_t at = 1; at < page.size(); ++at) {
    if (page[at] == '{' && page[at - 1] == ',') return at;
    if (page[at] != '<') continue;
    for (const std::string_view each : elements) {
      const std::string_view rest = page.substr(at);
      if (rest.starts_with(each) && rest.size() > each.size() && (rest[each.size()] == ' ' || rest[each.size()] == '>')) return at;
    }
  }
  return page.size();
}

void add_bit(std::string& digits, size_t at, unsigned bit) {
  constexpr std::string_view hex = "0123456789abcdef";
  digits[at] = hex[hex.find(digits[at]) | 1u << bit];
}

}  // namespace

SiteNames::SiteNames(const vm::Program& program) {
  const auto add = [&](vm::Id text, auto& list, auto& at) {
    const std::string name = text == vm::none_id ? std::string() : program.texts[text];
    if (at.try_emplace(name, list.size()).second) list.push_back(name);
  };
  for (const vm::Block& block : program.blocks) {
    for (const vm::Id each : block.criteria) add(program.criteria[each].name, criteria, criterion_at);
    for (const vm::Id each : block.rules) add(program.rules[each].name, rules, rule_at);
  }
}

SiteParts::SiteParts(const vm::Program& program) : program(program), names(program) {}

void SiteParts::count(const std::vector<vm::CriterionTrace>& list, SiteLine& line) {
  for (const vm::CriterionTrace& each : list) {
    if (each.defeated) continue;  // with all below it: shown on the case's page, and not counted
    if (const auto at = names.criterion_at.find(each.name); at != names.criterion_at.end()) {
      add_bit(line.statuses, at->second, static_cast<unsigned>(each.status));
      part.sentences.try_emplace(at->second, each.text);
    }
    count(each.criteria, line);
  }
}

void SiteParts::count(const std::vector<vm::RuleTrace>& list, SiteLine& line) const {
  for (const vm::RuleTrace& each : list) {
    if (const auto at = names.rule_at.find(each.name); at != names.rule_at.end()) {
      add_bit(line.states, at->second, static_cast<unsigned>(each.state));
    }
  }
}

void SiteParts::add(const vm::Trace& trace) {
  SiteCase row;
  row.id = trace.case_id, row.source = trace.source, row.rejected = trace.rejected;
  if (trace.rejected) row.messages = trace.messages;
  for (const vm::LineTrace& each : trace.lines) {
    SiteLine line;
    line.sequence = each.sequence;
    line.code = each.code.empty() ? "" : fmt::format("{} {}", each.code_system, each.code);
    line.service = each.service, line.date = each.date, line.outcome = each.outcome;
    line.decided_by = fmt::format("{}", fmt::join(each.decided_by, ", "));
    line.requires_clinician = each.requires_clinician, line.requires_person = each.requires_person;
    line.statuses.assign(names.criteria.size(), '0'), line.states.assign(names.rules.size(), '0');
    count(each.criteria, line), count(each.rules, line);
    for (const vm::ItemTrace& item : each.items) count(item.criteria, line), count(item.rules, line);
    for (const vm::MissingFact& fact : each.missing) {
      line.missing.emplace_back(any_row(fact.fact), fact.asks.empty() ? std::string() : fact.asks.front());
    }
    row.lines.push_back(std::move(line));
  }
  add_page(site_case_page(trace, program));
  part.cases.push_back(std::move(row));
  if (part.cases.size() == cases_per_part) end_part();
}

void SiteParts::add_page(std::string_view page) {
  std::string numbers;
  while (!page.empty()) {
    const std::string piece(page.substr(0, piece_end(page)));
    const auto [at, added] = pieces.try_emplace(piece, pieces.size());
    if (added) append_item(texts, quote_json(piece));
    numbers += fmt::format("{}{}", numbers.empty() ? "" : ",", at->second);
    page.remove_prefix(piece.size());
  }
  append_item(pages, fmt::format("[{}]", numbers));
}

void SiteParts::end_part() {
  if (part.cases.empty()) return;
  part.pages = packed(fmt::format("{{\"texts\":[{}],\"pages\":[{}]}}", texts, pages));
  parts.push_back(std::move(part));
  part = {}, pieces.clear(), texts.clear(), pages.clear();
}

std::vector<SitePart> SiteParts::take() {
  end_part();
  return std::exchange(parts, {});
}

SiteIndex::SiteIndex(const vm::Program& program) : program(program), names(program), sentences(names.criteria.size()) {}

size_t SiteIndex::numbered(std::map<std::string, size_t>& numbers, std::string& list, const std::string& key, const std::string& json) {
  const auto [at, added] = numbers.try_emplace(key, numbers.size());
  if (added) append_item(list, json);
  return at->second;
}

size_t SiteIndex::add(const SitePart& part) {
  starts += fmt::format("{}{}", starts.empty() ? "" : ",", count);
  for (const auto& [criterion, sentence] : part.sentences) {
    if (sentences[criterion].empty()) sentences[criterion] = sentence;
  }
  for (const SiteCase& each : part.cases) {
    std::string lines;
    for (const SiteLine& line : each.lines) {
      std::vector<size_t> missing;
      for (const auto& [fact, ask] : line.missing) {
        const size_t number = numbered(facts, fact_list, fact, fmt::format(R"({{"fact":{},"ask":{}}})", quote_json(fact), quote_json(ask)));
        if (std::find(missing.begin(), missing.end(), number) == missing.end()) missing.push_back(number);
      }
      const std::string service = fmt::format(R"({{"code":{},"service":{}}})", quote_json(line.code), quote_json(line.service));
      const size_t code = numbered(services, service_list, service, service);
      lines += fmt::format(R"({}[{},{},{},{},"{}","{}",[{}],{},{}])", lines.empty() ? "" : ",", line.sequence, code, quote_json(line.date),
                           static_cast<unsigned>(line.outcome), line.statuses, line.states, fmt::join(missing, ","),
                           quote_json(line.decided_by), (line.requires_clinician ? 1 : 0) | (line.requires_person ? 2 : 0));
    }
    std::string rejected;
    for (const vm::RecordMessage& message : each.messages) {
      if (message.error)
        rejected += fmt::format("{}[{},{}]", rejected.empty() ? "" : ",", quote_json(message.pointer), quote_json(message.message));
    }
    append_item(cases, fmt::format("[{},{},[{}]{}]", quote_json(each.id), quote_json(each.source), lines,
                                   each.rejected ? fmt::format(",[{}]", rejected) : ""));
    ++count;
  }
  return parts++;
}

std::string SiteIndex::index_script() const {
  std::string criteria, rules;
  for (size_t i = 0; i < names.criteria.size(); ++i) {
    append_item(criteria, fmt::format(R"({{"name":{},"sentence":{}}})", quote_json(names.criteria[i]), quote_json(sentences[i])));
  }
  for (const std::string& each : names.rules) append_item(rules, quote_json(each));
  return fmt::format(
      "rubric_index({{\"policy\":{},\"version\":{},\"digest\":{},\n"
      "\"criteria\":[{}],\n\"rules\":[{}],\n\"facts\":[{}],\n\"services\":[{}],\n\"cases\":[\n{}\n]}});\n",
      quote_json(program.name), quote_json(program.version), quote_json(program.digest), criteria, rules, fact_list, service_list, cases);
}

std::string SiteIndex::parts_script() const { return fmt::format("rubric_parts({{\"cases\":{},\"starts\":[{}]}});\n", count, starts); }

std::string part_script(size_t number, const SitePart& part) { return fmt::format("rubric_part({},\"{}\");\n", number, part.pages); }

}  // namespace rubric
