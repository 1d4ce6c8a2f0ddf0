// Long texts in little room, for pages that unpack them (unpack.js): deflated, then written in base64, so that a script
// of plain ASCII can hold them.
#pragma once

#include <string>
#include <string_view>

namespace rubric {

std::string packed(std::string_view text);

}  // namespace rubric
