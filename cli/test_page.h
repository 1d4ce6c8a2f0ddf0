// The results of tests, and what they cover, as a page: one HTML file with everything in it.
#pragma once

#include <string>

namespace rubric::cli {

// From what `rubric test --format json` prints, which the page embeds: what that learns to say, the page says too.
std::string test_page(const std::string& json);

}  // namespace rubric::cli
