// Statuses and outcomes on a page: a symbol, a word and a colour, always the three together.
#pragma once

#include "render/html.h"
#include "render/layout.h"
#include "vm/outcomes.h"
#include "vm/trace.h"

namespace rubric {

void badge(Html&, vm::Status);
void badge(Html&, vm::Outcome);
void badge(Html&, vm::RuleState);

// The class of page.css that a style is.
std::string_view css_class(Style);

}  // namespace rubric
