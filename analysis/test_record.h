// A test's record as JSON text: a named or inline record or a file, with overrides by path.
#pragma once

#include "compiler/ast.h"

#include <tl/expected.hpp>

#include <map>
#include <string>

namespace rubric {

using NamedRecords = std::map<std::string, const ast::Record*>;

// The JSON text, or the reason why there is none. File names are relative to `folder`.
tl::expected<std::string, std::string> test_record(const ast::Record&, const NamedRecords&, const std::string& folder);

}  // namespace rubric
