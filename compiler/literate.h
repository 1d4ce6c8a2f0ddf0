// Literate policies: a Markdown file whose ```rubric blocks are the source.
//
// The prose is blanked, not cut: offsets, lines and columns of what remains are those of the Markdown file, so nothing
// after this needs to know that a file was literate. This is not a Markdown parser: it knows fences and nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rubric {

// Where the text inside a fence stands, from its first line's first byte up to the closing fence's line.
struct Fence {
  size_t begin, end;
};

// The fences whose info string begins with the word rubric, in order. One that is not closed goes to the end.
std::vector<Fence> rubric_fences(std::string_view markdown);

// The same length; outside of the fences there are only spaces and the line breaks that were there.
std::string rubric_of_markdown(std::string_view markdown);

}  // namespace rubric
