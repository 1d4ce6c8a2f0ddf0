// The standard library's source texts, stdlib/*.rubric.
//
// Texts only, in the order of their names: what they mean is the compiler's to say.

#pragma once

#include "base/embedded_file.h"

namespace rubric {

extern const std::span<const EmbeddedFile> stdlib_files;

}  // namespace rubric
