#include "tests/paths.h"

namespace rubric {

constinit const char* const source_folder = RUBRIC_SOURCE_DIR;
constinit const char* const sanitizers = RUBRIC_SANITIZE;

}  // namespace rubric
