// Collecting and ordering diagnostics. See diagnostic.h.

#include "base/diagnostic.h"

#include <tuple>

namespace rubric {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::note: return "note";
  }
  return "";
}

Diagnostic& Diagnostic::relate(Span place, std::string text) {
  related.push_back({place, std::move(text)});
  return *this;
}

Diagnostic& Diagnostic::did_you_mean(const std::optional<std::string>& name) {
  if (name) help = fmt::format("did you mean {}?", *name);
  return *this;
}

Diagnostic& Diagnostics::add(Diagnostic diagnostic) { return diagnostics.emplace_back(std::move(diagnostic)); }

void Diagnostics::relate_since(size_t count, Span place, const std::string& text) {
  for (size_t i = count; i < diagnostics.size(); ++i) diagnostics[i].relate(place, text);
}

bool Diagnostics::has_errors() const {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) { return d.severity == Severity::error; });
}

void Diagnostics::sort() {
  auto place = [](const Diagnostic& d) { return std::tuple(d.span.file, d.span.begin, d.span.end); };
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });

  // Two phases may find the same mistake with something else between their reports, so a repeat is looked for among
  // all that stand at the same place, not only next to it. Few do: the search stays short.
  std::vector<Diagnostic> once;
  once.reserve(diagnostics.size());
  size_t place_begin = 0;
  for (Diagnostic& d : diagnostics) {
    if (!once.empty() && place(once.back()) != place(d)) place_begin = once.size();
    auto same_place = once.begin() + static_cast<std::ptrdiff_t>(place_begin);
    if (std::find(same_place, once.end(), d) == once.end()) once.push_back(std::move(d));
  }
  diagnostics = std::move(once);
}

}  // namespace rubric
