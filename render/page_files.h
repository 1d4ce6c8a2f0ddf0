// The styles and scripts of the pages, render/*.css and render/*.js, in the order of their names.
#pragma once

#include "base/embedded_file.h"

namespace rubric {

extern const std::span<const EmbeddedFile> page_files;

// Its text. The name is one of ours: another one is a bug.
std::string_view page_file(std::string_view name);

}  // namespace rubric
