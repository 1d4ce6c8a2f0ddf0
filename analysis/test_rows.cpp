#include "analysis/test_rows.h"

#include "compiler/parse.h"
#include "compiler/print.h"
#include "vm/date.h"
#include "vm/outcomes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

namespace rubric::analysis {
namespace {

// A rule or criterion as a test can name it: a path of plain words.
bool can_be_named(const std::string& path) {
  size_t begin = 0;
  while (begin <= path.size()) {
    const size_t end = std::min(path.find('.', begin), path.size());
    const std::string word = path.substr(begin, end - begin);
    if (word.empty() || word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != std::string::npos)
      return false;
    begin = end + 1;
  }
  return true;
}

}  // namespace

std::string_view status_word(vm::Status s) {
  switch (s) {
    case vm::Status::met: return "met";
    case vm::Status::not_met: return "not met";
    case vm::Status::undetermined: return "undetermined";
    case vm::Status::not_applicable: return "not applicable";
  }
  return "";
}

std::string outcome_words(const vm::Trace& trace) {
  std::string out;
  for (const vm::LineTrace& line : trace.lines) {
    if (!out.empty()) out += ", ";
    out += fmt::format("line {} {}", line.sequence, line.outcome == vm::Outcome::modify ? "modify" : vm::outcome_row(line.outcome).json);
    // All of the rules, or none where one has no name that a test can say.
    std::vector<std::string> by = line.decided_by;
    if (vm::is_only(by, vm::when_undetermined) || vm::is_only(by, vm::not_in_force)) by = {fmt::format("'{}'", by[0])};
    else if (!std::all_of(by.begin(), by.end(), can_be_named)) by.clear();
    if (line.outcome == vm::Outcome::modify) out += contents_words(line);
    if (!by.empty()) out += fmt::format(" by {}", fmt::join(by, ", "));
    std::vector<std::string> conditions;
    for (const vm::ConditionTrace& c : line.conditions) {
      if (can_be_named(c.name)) conditions.push_back(c.name);
    }
    if (!conditions.empty()) out += fmt::format(" subject to {}", fmt::join(conditions, ", "));
  }
  return out;
}

std::string contents_words(const vm::LineTrace& line) {
  std::string out;
  for (const vm::ModificationField& m : line.modified) {
    const bool plain = m.value == "none" || (!m.value.empty() && m.value.find_first_not_of("0123456789.") == std::string::npos);
    // As `code` is written: digits alone are no number there.
    out += fmt::format("{}{}: {}", out.empty() ? " to { " : ", ", m.field,
                       plain && !m.field.ends_with("code") ? m.value : print_text(m.value));
  }
  return out.empty() ? "" : out + " }";
}

std::string status_words(const vm::Trace& trace) { return fmt::format("{}", fmt::join(statuses(trace), ", ")); }

std::vector<std::string> statuses(const vm::Trace& trace) {
  std::vector<std::string> said;
  const bool several = trace.lines.size() > 1;
  const std::function<void(const std::vector<vm::CriterionTrace>&, uint32_t, const std::string&)> add =
      [&](const std::vector<vm::CriterionTrace>& list, uint32_t line, const std::string& item) {
        for (const vm::CriterionTrace& c : list) {
          const std::string& of = c.item.empty() ? item : c.item;
          // "target 2", "diagnosis 1": other items have no word in a test.
          const bool word = of.empty() || of.starts_with("target ") || of.starts_with("diagnosis ");
          if (!c.defeated && word && can_be_named(c.name)) {
            std::string place = several ? fmt::format(" on line {}", line) : "";
            if (!of.empty()) place += (place.empty() ? " on " : " ") + of;
            std::string words = fmt::format("{}{} {}", c.name, place, status_word(c.status));
            if (std::find(said.begin(), said.end(), words) == said.end()) said.push_back(std::move(words));
          }
          add(c.criteria, line, of);
        }
      };
  for (const vm::LineTrace& line : trace.lines) {
    add(line.criteria, line.sequence, "");
    for (const vm::ItemTrace& item : line.items) add(item.criteria, line.sequence, item.item);
  }
  return said;
}

std::string record_words(const Json& j) {
  if (j.is_object()) {
    if (j.size() == 1 && j.contains("none")) return "none";
    std::string out = "{ ";
    for (const auto& [key, value] : j.items())
      out += fmt::format("{}{}: {}", out.size() > 2 ? ", " : "", is_plain_name(key) || key == "code" ? key : print_text(key),
                         record_words(value));
    return out + (j.empty() ? "}" : " }");
  }
  if (j.is_array()) {
    std::string out = "[";
    for (const Json& each : j) out += (out.size() > 1 ? ", " : "") + record_words(each);
    return out + "]";
  }
  if (j.is_number_float()) {   // with the eight places of a decimal: the language has no powers of ten
    std::string digits = fmt::format("{:.8f}", j.get<double>());
    digits.erase(digits.find_last_not_of('0') + 1);
    return digits.ends_with('.') ? digits + "0" : digits;
  }
  if (!j.is_string()) return j.dump();
  const std::string& text = j.get_ref<const std::string&>();
  const auto day = vm::parse_iso_date(text);
  return day && day->precision == 3 ? "@" + text : print_text(text);
}

std::string change_words(const std::vector<Change>& changes) {
  std::string with, without;
  for (const Change& c : changes) {
    std::string path;
    for (const std::string& step : c.steps) {
      const bool number = !step.empty() && step.find_first_not_of("0123456789") == std::string::npos;
      path += number ? "[" + step + "]" : (path.empty() ? "" : ".") + step;
    }
    if (c.value) with += (with.empty() ? "\n  with " : ",\n    ") + path + " = " + record_words(*c.value);
    else without += (without.empty() ? "\n  without " : ", ") + path;
  }
  return with + without;
}

}  // namespace rubric::analysis
