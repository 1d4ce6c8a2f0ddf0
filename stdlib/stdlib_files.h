// The standard library's source texts, as embedded at build time from stdlib/*.rubric (cmake/embed_stdlib.cmake).
//
// Texts only, in the order of their names: what they mean is the compiler's to say.

#pragma once

#include <span>
#include <string_view>

namespace rubric {

struct EmbeddedFile {
  std::string_view name;  // without folder and ending: "Clinical"
  std::string_view text;
};

extern const std::span<const EmbeddedFile> stdlib_files;

}  // namespace rubric
