// Functions of texts. Positions count characters, not bytes; patterns are matched in linear time.
#pragma once

#include "vm/values.h"

namespace rubric::vm {

Value text_length(const Context&, const Value&);
Value concatenate(const Context&, const Value&, const Value&);         // none if either is
Value join_texts(const Context&, const Value&, const Value&);          // &: none counts as empty
Value combine(const Context&, const Value& list, const Value& separator);
Value split(const Context&, const Value& text, const Value& separator);
Value split_on_matches(const Context&, const Value& text, const Value& pattern);
Value upper(const Context&, const Value&);
Value lower(const Context&, const Value&);
Value character(const Context&, const Value& text, const Value& position);
Value substring(const Context&, const Value& text, const Value& start, const Value& length);
Value position_of(const Context&, const Value& pattern, const Value& text);
Value last_position_of(const Context&, const Value& pattern, const Value& text);
Truth starts_with(const Context&, const Value& text, const Value& prefix);
Truth ends_with(const Context&, const Value& text, const Value& suffix);
Value matches(const Context&, const Value& text, const Value& pattern);
Value replace_matches(const Context&, const Value& text, const Value& pattern, const Value& replacement);

}  // namespace rubric::vm
