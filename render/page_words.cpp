// See page_words.h.

#include "render/page_words.h"

#include "base/text.h"
#include "render/badges.h"
#include "render/words.h"

#include <fmt/format.h>

namespace rubric {

namespace {

void add(std::string& list, std::string_view name, std::string_view words, std::string_view mark, Style style) {
  list += fmt::format(R"({}{{"name":"{}","words":{},"mark":{},"style":"{}"}})", list.empty() ? "" : ",", name, quote_json(words),
                      quote_json(mark), css_class(style));
}

}  // namespace

PageData page_words() {
  std::string outcomes, statuses, states;
  for (size_t i = 0; i < std::size(vm::outcome_rows); ++i) {
    const auto each = static_cast<vm::Outcome>(i);
    add(outcomes, vm::outcome_row(each).json, words(each), mark(each), style(each));
  }
  for (const vm::Status each : {vm::Status::met, vm::Status::not_met, vm::Status::undetermined, vm::Status::not_applicable}) {
    add(statuses, json_name(each), words(each), mark(each), style(each));
  }
  for (const vm::RuleState each : {vm::RuleState::stands, vm::RuleState::defeated, vm::RuleState::does_not_fire, vm::RuleState::open}) {
    add(states, json_name(each), words(each), mark(each), style(each));
  }
  return {"words", fmt::format(R"({{"outcomes":[{}],"statuses":[{}],"states":[{}]}})", outcomes, statuses, states)};
}

}  // namespace rubric
