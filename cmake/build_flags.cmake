# The flags of every target. No -march: a digest names a program whose bytes and answers are the same on any machine.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

# What one clone has compiled serves the others as well: names of files count from the clone's folder.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_IGNOREOPTIONS=-fmacro-prefix-map=* ${CCACHE})
endif()

# Checks that find a bug in Rubric (must, base/must.h) name a file as the repository does, wherever it was built.
add_compile_options(-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)

# A switch over one of our enums handles all of it: adding a row to a .def table stops the build until it does.
add_compile_options(-Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Werror=switch -Werror=return-type -Werror=unused-result)

if(SANITIZE)
  add_compile_options(-fsanitize=${SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SANITIZE})
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()
if(FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
