# Run at build time: writes OUT, a C++ file that holds each of FILES (stdlib/*.rubric) as an EmbeddedFile.

set(rows "")
set(count 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(APPEND rows "    {\"${name}\", R\"rubric_file(${text})rubric_file\"},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE ${OUT} "// Generated from stdlib/*.rubric by cmake/embed_stdlib.cmake.

#include \"stdlib/stdlib_files.h\"

#include <array>

namespace rubric {

namespace {

constexpr std::array<EmbeddedFile, ${count}> files{{
${rows}}};

}  // namespace

constinit const std::span<const EmbeddedFile> stdlib_files{files};

}  // namespace rubric
")
