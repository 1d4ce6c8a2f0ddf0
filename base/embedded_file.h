// A file of the repository that is part of the binary (cmake/embed_files.cmake).
#pragma once

#include <span>
#include <string_view>

namespace rubric {

struct EmbeddedFile {
  std::string_view name;  // without its folder: "clinical.rubric"
  std::string_view text;
};

}  // namespace rubric
