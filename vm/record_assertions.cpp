// Assertions: a person's judgment on a criterion, for every line, one line, or one item of a line.
//
// They become the cells of assertion columns, which the machine lets overrule what it computes. All of them are kept
// with the case, since a trace names the person. See record_reader.h.

#include "vm/record_reader.h"

#include "base/text.h"
#include "vm/date.h"

#include <fmt/format.h>

#include <algorithm>

namespace rubric::vm {

namespace {

constexpr std::array<std::pair<std::string_view, Truth>, 4> statuses{{
    {"met", Truth::yes},
    {"notMet", Truth::no},
    {"undetermined", Truth::unknown},
    {"notApplicable", Truth::none},
}};

}  // namespace

void RecordReader::read_assertions(Token assertions) {
  if (json_.kind(assertions) != '[') {
    error(assertions, fmt::format("expected a list of assertions, found {}", shown(assertions)));
    return;
  }
  Asserted asserted;
  const Id lines = plan_.program.lines_domain;
  if (lines < plan_.program.domains.size()) {
    for (Row row = out_.first_of_case(lines); row < out_.rows(lines); ++row) {
      const uint32_t number = out_.domain(lines).number(row);
      if (number == no_row) continue;
      // A line without a documented number goes by its place in the list.
      Value sequence = Value::unknown(Cause::nothing);
      if (plan_.line_sequence != none_id) sequence = out_.cell(plan_.line_sequence, row);
      const auto [place, fresh] = asserted.lines.emplace(sequence.kind == Kind::value ? sequence.i : int64_t{number} + 1, row);
      if (!fresh) place->second = no_row;
    }
  }
  json_.each_element(assertions, [&](Token each) {
    if (!out_.charge(2)) return false;
    if (json_.kind(each) == '{') read_assertion(each, asserted);
    else error(each, fmt::format("expected an assertion with \"criterion\" and \"status\", found {}", shown(each)));
    return !out_.over_limit();
  });
}

void RecordReader::read_assertion(Token token, Asserted& asserted) {
  const auto [criterion, status, line, item, by, credential, date, reason] =
      members<8>(token, {"criterion", "status", "line", "item", "by", "credential", "date", "reason"});
  Assertion out;
  const uint32_t errors = errors_;
  string_member(criterion, out.criterion);
  string_member(status, out.status);
  string_member(by, out.by);
  string_member(credential, out.credential);
  string_member(date, out.date);
  string_member(reason, out.reason);
  if (criterion == no_token || json_.is_null(criterion)) error(token, "an assertion needs \"criterion\"");
  const auto known = std::find_if(statuses.begin(), statuses.end(), [&](const auto& s) { return s.first == out.status; });
  if (status == no_token || json_.is_null(status)) {
    error(token, "an assertion needs \"status\"");
  } else if (known == statuses.end() && json_.kind(status) == '"') {
    std::vector<std::string_view> words;
    for (const auto& [word, truth] : statuses) words.push_back(word);
    error(status,
          fmt::format("{} is none of met, notMet, undetermined, notApplicable{}", quoted(out.status), meant(nearest(out.status, words))));
  }
  if (!out.date.empty() && !parse_iso_date(out.date))
    error(date, fmt::format("expected a date, as in \"2025-03-01\", found {}", quoted(out.date)));
  out.line = assertion_number(line);
  out.item = assertion_number(item);
  if (errors_ != errors) return;

  Row line_row = no_row;
  if (out.line != none_id) {
    const auto found = asserted.lines.find(out.line);
    if (found == asserted.lines.end()) {
      error(line, fmt::format("no line has sequence {}", out.line));
      return;
    }
    if (found->second == no_row) {
      error(line, fmt::format("two lines have sequence {}", out.line));
      return;
    }
    line_row = found->second;
  }

  const size_t number = out_.info().assertions.size();
  const Asserted::Said said{known->second, number};
  const auto columns = plan_.assertions_on.find(out.criterion);
  if (!plan_.criteria.contains(out.criterion)) {
    std::vector<std::string_view> names(plan_.criteria.begin(), plan_.criteria.end());
    warn(criterion, fmt::format("the policy has no criterion {}{}", quoted(out.criterion), meant(nearest(out.criterion, names))));
  } else if (columns != plan_.assertions_on.end()) {
    for (const Id column : columns->second) assert_cells(column, line_row, out, said, token, asserted);
  }
  const auto [place, fresh] = asserted.criteria.emplace(std::tuple(out.criterion, out.line, out.item), said);
  if (!fresh && place->second.status != said.status && errors_ == errors) disagree(token, place->second.number);
  out_.info().assertions.push_back(std::move(out));
}

void RecordReader::disagree(Token token, size_t other) {
  error(token, fmt::format("this disagrees with what \"/assertions/{}\" says of the same criterion", other));
}

Id RecordReader::assertion_number(Token token) {
  if (token == no_token || json_.is_null(token)) return none_id;
  if (!json_.is_number(token)) {
    error(token, fmt::format("expected a whole number, found {}", shown(token)));
    return none_id;
  }
  const auto number = number_value(Type::integer, token);
  if (number && number->i < 1) error(token, fmt::format("expected a number from 1, found {}", number->i));
  return number && number->i >= 1 ? static_cast<Id>(number->i) : none_id;
}

// The rows of a criterion's domain that an assertion speaks of get its status.
void RecordReader::assert_cells(Id column, Row line, const Assertion& assertion, Asserted::Said said, Token token, Asserted& asserted) {
  const Program& program = plan_.program;
  const Id domain = program.columns[column].domain, lines = program.lines_domain;
  if (assertion.item != none_id && domain == lines) {
    error(token, fmt::format("{} is decided for whole lines, so \"item\" has no place here", quoted(assertion.criterion)));
    return;
  }
  bool any = false;
  for (Row row = out_.first_of_case(domain); row < out_.rows(domain); ++row) {
    if (!out_.charge(1)) return;
    if (program.domains[domain].make != Make::cases && bit(out_.domain(domain).phantom, row)) continue;
    // Up to the line; the item is the row just under it.
    Row at = row, item = no_row;
    Id above = domain;
    while (above != lines && program.domains[above].make != Make::cases) {
      item = out_.domain(above).number(at);
      at = out_.domain(above).up[at];
      above = program.domains[above].parent;
    }
    if (line != no_row && above == lines && at != line) continue;
    if (assertion.item != none_id && item + 1 != assertion.item) continue;
    any = true;
    const auto [place, fresh] = asserted.cells.emplace(std::pair(column, row), said);
    if (!fresh && place->second.status != said.status) {
      disagree(token, place->second.number);
      return;
    }
    if (said.status != Truth::unknown) out_.set_truth(column, row, said.status);
  }
  if (!any && assertion.item != none_id) error(token, fmt::format("there is no item {}", assertion.item));
}

}  // namespace rubric::vm
