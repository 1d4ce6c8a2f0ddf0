// Writing a file so that whoever reads it gets the old content or the new one, never half of it.
#pragma once

#include <string>
#include <string_view>

namespace rubric::cli {

// Written beside its place and moved there. Empty, or why it could not be: "no such file or directory".
std::string write_file(const std::string& path, std::string_view bytes);

}  // namespace rubric::cli
