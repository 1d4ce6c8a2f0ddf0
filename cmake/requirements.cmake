# What the build needs. Everything that is missing is named at once, with the way to get it: a person should not have
# to configure five times to learn of five packages. The list of packages to install is in ./dev as well.

set(missing "")

# require(<CMake package> <Debian package> <what it is for>). A macro: what a package sets is for everyone, as ANTLR's
# include folder, which its targets do not carry.
macro(require package debian purpose)
  find_package(${package} QUIET)
  if(NOT ${package}_FOUND)
    string(APPEND missing "\n  ${package}, for ${purpose}: apt-get install ${debian}")
  endif()
endmacro()

# require_module(<name> <pkg-config module> <Debian package> <what it is for>): the target is PkgConfig::<name>.
macro(require_module name module debian purpose)
  if(PkgConfig_FOUND)
    pkg_check_modules(${name} QUIET IMPORTED_TARGET ${module})
  endif()
  if(NOT ${name}_FOUND)
    string(APPEND missing "\n  ${name}, for ${purpose}: apt-get install ${debian} pkg-config")
  endif()
endmacro()

# g++ 12 and clang 19 are tried; clang 14 (Debian 12's default) compiles neither ANTLR's headers nor consteval well.
set(compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
set(compiler_advice "install g++ (12 or later) with apt-get install g++, or clang with apt-get install clang-19, and configure "
                    "an empty build folder with CXX=g++ or CXX=clang++-19 in the environment")
string(CONCAT compiler_advice ${compiler_advice})
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(least_version 12)
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  set(least_version 17)
else()
  message(FATAL_ERROR "Rubric is not tried with the compiler ${compiler}: ${compiler_advice}")
endif()
if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS least_version)
  message(FATAL_ERROR "Rubric needs C++20, for which ${compiler} is too old: ${compiler_advice}")
endif()
if(FUZZ AND NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "FUZZ needs libFuzzer, which comes with clang: apt-get install clang-19 libclang-rt-19-dev, "
                      "and configure with CXX=clang++-19")
endif()

require(fmt libfmt-dev "formatting")
require(tl-expected libexpected-dev "results that may be errors")
require(OpenSSL libssl-dev "SHA-256")
require(simdjson libsimdjson-dev "reading JSON")
require(ZLIB zlib1g-dev "reading gzip files, packing pages")
require(Threads libc6-dev "running on several cores")
require(antlr4-runtime "libantlr4-runtime-dev uuid-dev" "the parser")
find_program(ANTLR4 antlr4)
if(NOT ANTLR4)
  string(APPEND missing "\n  antlr4, for generating the parser: apt-get install antlr4")
endif()
require(pugixml libpugixml-dev "reading XML")
find_package(PkgConfig QUIET)
require_module(re2 re2 libre2-dev "patterns in linear time")
require_module(zstd libzstd libzstd-dev "reading zstd files")
require_module(xxhash libxxhash libxxhash-dev "checksums of snapshots")
require_module(z3 z3 libz3-dev "proofs about policies")
require(nlohmann_json nlohmann-json3-dev "records of tests")
if(TESTS)
  require(GTest libgtest-dev "the tests")
endif()
if(BENCH)
  require(SQLite3 libsqlite3-dev "a contestant of the benchmark")
  require_module(luajit luajit libluajit-5.1-dev "a contestant of the benchmark")
endif()

if(missing)
  message(FATAL_ERROR "Rubric needs packages that are not installed (./dev build installs them on Debian):${missing}")
endif()
