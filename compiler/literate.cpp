// Finding fences. See literate.h.

#include "compiler/literate.h"

namespace rubric {

namespace {

// The fence that a line opens or closes: three or more of ` or ~, after at most three spaces (CommonMark, 4.5).
struct Marker {
  char sign = 0;  // 0: the line is no fence
  size_t count = 0;
  std::string_view info;
};

Marker marker_of(std::string_view line) {
  size_t at = 0;
  while (at < line.size() && line[at] == ' ') ++at;
  if (at > 3 || at == line.size() || (line[at] != '`' && line[at] != '~')) return {};
  Marker marker{line[at], 0, {}};
  while (at < line.size() && line[at] == marker.sign) ++at, ++marker.count;
  if (marker.count < 3) return {};
  line.remove_prefix(at);
  size_t first = line.find_first_not_of(" \t\r\n"), last = line.find_last_not_of(" \t\r\n");
  if (first != line.npos) marker.info = line.substr(first, last + 1 - first);
  if (marker.sign == '`' && marker.info.find('`') != marker.info.npos) return {};  // `code` in a sentence
  return marker;
}

bool names_rubric(std::string_view info) {
  return info.starts_with("rubric") && (info.size() == 6 || info[6] == ' ' || info[6] == '\t' || info[6] == '{');
}

}  // namespace

std::vector<Fence> rubric_fences(std::string_view markdown) {
  std::vector<Fence> fences;
  Marker open;
  size_t begin = 0;
  for (size_t at = 0; at < markdown.size();) {
    size_t line_end = markdown.find('\n', at);
    size_t next = line_end == markdown.npos ? markdown.size() : line_end + 1;
    Marker marker = marker_of(markdown.substr(at, next - at));
    if (!open.sign && marker.sign) {
      open = marker;
      begin = next;
    } else if (open.sign && marker.sign == open.sign && marker.count >= open.count && marker.info.empty()) {
      if (names_rubric(open.info)) fences.push_back({begin, at});
      open = {};
    }
    at = next;
  }
  if (open.sign && names_rubric(open.info)) fences.push_back({begin, markdown.size()});
  return fences;
}

std::string rubric_of_markdown(std::string_view markdown) {
  std::string result(markdown.size(), ' ');
  for (size_t at = 0; at < markdown.size(); ++at) {
    if (markdown[at] == '\n' || markdown[at] == '\r') result[at] = markdown[at];
  }
  for (Fence fence : rubric_fences(markdown)) {
    result.replace(fence.begin, fence.end - fence.begin, markdown.substr(fence.begin, fence.end - fence.begin));
  }
  return result;
}

}  // namespace rubric
