// Where the repository lies that these tests were built from. In a file of its own, so that no other test's object
// depends on the place.
#pragma once

namespace rubric {

extern const char* const source_folder;   // without a slash at its end
extern const char* const sanitizers;      // that the tests are built with, as -fsanitize takes them; may be empty

}  // namespace rubric
