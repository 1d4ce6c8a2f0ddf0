// Every expression of the HL7 CQL conformance suite parses, and survives being printed. Only where RUBRIC_CONFORMANCE
// names the suite's folder; the suite itself is not part of this repository.

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "ast_dump.h"
#include "base/render_diagnostics.h"
#include "base/text.h"
#include "compiler/parse.h"
#include "compiler/print.h"

namespace rubric {
namespace {

// <expression ...>text</expression>: all that is needed of XML here.
struct Element {
  std::string attributes, text;
};

std::string decoded(std::string_view xml) {
  constexpr std::pair<std::string_view, std::string_view> entities[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&#39;", "'"}, {"&amp;", "&"}};
  std::string out;
  for (size_t at = 0; at < xml.size();) {
    bool found = false;
    for (auto [entity, character] : entities) {
      if (xml.substr(at, entity.size()) != entity) continue;
      out += character;
      at += entity.size();
      found = true;
      break;
    }
    if (!found) out += xml[at++];
  }
  return out;
}

std::vector<Element> elements(std::string_view xml, const std::string& name) {
  std::vector<Element> found;
  for (size_t at = 0; (at = xml.find("<" + name, at)) != xml.npos;) {
    size_t begin = xml.find('>', at), end = xml.find("</" + name + ">", at);
    if (begin == xml.npos || end == xml.npos) break;
    size_t attributes = at + name.size() + 1;
    if (begin < end) {
      found.push_back(
          {std::string(xml.substr(attributes, begin - attributes)), decoded(xml.substr(begin + 1, end - begin - 1))});
    }
    at = end;
  }
  return found;
}

std::string without_comments(std::string xml) {
  for (size_t at; (at = xml.find("<!--")) != xml.npos;) {
    size_t end = xml.find("-->", at);
    xml.erase(at, end == xml.npos ? xml.npos : end + 3 - at);
  }
  return xml;
}

TEST(parse, reads_the_conformance_suite) {
  const char* folder = std::getenv("RUBRIC_CONFORMANCE");
  if (!folder) GTEST_SKIP() << "RUBRIC_CONFORMANCE is not set";
  size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".xml") continue;
    std::string xml = without_comments(read_file(entry.path().string()).value());
    std::vector<Element> all = elements(xml, "expression");
    for (Element& each : elements(xml, "output")) all.push_back(std::move(each));
    for (const Element& each : all) {
      if (each.attributes.find("invalid=\"true\"") != std::string::npos) continue;  // may be no expression at all
      ++count;
      SourceSet sources;
      Diagnostics diagnostics;
      auto expr = parse_expression(sources, sources.add(entry.path().filename().string(), each.text), diagnostics);
      ASSERT_TRUE(expr) << render_text(diagnostics, sources);
      auto again = parse_expression(sources, sources.add("printed", print(*expr)), diagnostics);
      ASSERT_TRUE(again) << render_text(diagnostics, sources);
      EXPECT_EQ(AstDump::of(*again), AstDump::of(*expr)) << each.text;
    }
  }
  EXPECT_GT(count, 0u) << "no test in " << folder;
}

}  // namespace
}  // namespace rubric
