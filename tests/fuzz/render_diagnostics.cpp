// Whatever stands in a source file, and wherever a span points, no form of a diagnostic lets a control character out,
// and none of them is ever ill-formed UTF-8.

#include <cstdint>
#include <cstring>
#include <string>

#include "base/must.h"
#include "base/render_diagnostics.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rubric;
  // The first four bytes choose the span, two each; the rest is the source, its message, and its file's name.
  if (size < 4) return 0;
  uint16_t begin, length;
  std::memcpy(&begin, data, 2);
  std::memcpy(&length, data + 2, 2);
  std::string text(reinterpret_cast<const char*>(data) + 4, size - 4);

  SourceSet sources;
  sources.add(text, text);
  Diagnostics diagnostics;
  diagnostics.report<DiagnosticId::unexpected_text>({0, begin, uint32_t{begin} + length}, text, text);
  for (auto render : {render_json, render_sarif, +[](const Diagnostics& d, const SourceSet& s) { return render_text(d, s); }}) {
    std::string out = render(diagnostics, sources);
    must(is_valid_utf8(out), "output is UTF-8");
    for (char c : out) must(c == '\n' || static_cast<unsigned char>(c) >= 0x20, "output has no control characters");
  }
  return 0;
}
