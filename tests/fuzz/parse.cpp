// Any text ends with a tree and messages, and formatting one that is well spelled changes only its layout.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/must.h"
#include "base/render_diagnostics.h"
#include "compiler/format.h"
#include "compiler/parse.h"
#include "compiler/print.h"
#include "tests/ast_dump.h"

namespace {

using namespace rubric;

// What is printed is read again as the same tree.
void try_expression(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  auto expr = parse_expression(sources, sources.add("e", text), diagnostics);
  must(expr.has_value() || diagnostics.has_errors(), "a text that is refused is refused with a reason");
  if (!expr) return;
  auto again = parse_expression(sources, sources.add("printed", print(*expr)), diagnostics);
  must(again && AstDump::of(*again) == AstDump::of(*expr), "a printed expression is the same expression");
}

void try_file(const char* name, const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  FileId file = sources.add(name, text);
  ast::Module module = parse(sources, file, diagnostics);
  diagnostics.sort();
  render_text(diagnostics, sources);
  auto formatted = format_source(sources, file, diagnostics);
  if (!formatted) return;
  FileId again = sources.add(name, *formatted);
  must(format_source(sources, again, diagnostics) == formatted, "formatting twice is formatting once");
  must(AstDump::of(parse(sources, again, diagnostics)) == AstDump::of(module), "formatting changes no meaning");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  try_expression(text);
  try_file("p.rubric", text);
  try_file("p.md", text);
  return 0;
}
