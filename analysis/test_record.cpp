#include "analysis/test_record.h"

#include "analysis/made_record.h"
#include "base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace rubric {
namespace {

using nlohmann::ordered_json;

// Records that build on each other are few; more is a circle.
constexpr int deepest_base = 16;

ordered_json json_of(const ast::Json& j) {
  switch (j.kind) {
    case ast::JsonKind::null: return nullptr;
    case ast::JsonKind::boolean: return j.text == "true";
    case ast::JsonKind::number: return ordered_json::parse(j.text, nullptr, false);
    case ast::JsonKind::text: return j.text;
    case ast::JsonKind::array: {
      ordered_json out = ordered_json::array();
      for (const ast::Json& i : j.items) out.push_back(json_of(i));
      return out;
    }
    case ast::JsonKind::object: {
      ordered_json out = ordered_json::object();
      for (size_t k = 0; k < j.items.size(); ++k) out[j.keys[k]] = json_of(j.items[k]);
      return out;
    }
  }
  return nullptr;
}

analysis::Steps steps(const std::vector<ast::Word>& path) {
  analysis::Steps out;
  for (const ast::Word& word : path) out.push_back(word.text);
  return out;
}

tl::expected<ordered_json, std::string> built(const ast::Record& r, const NamedRecords& named, const std::string& folder, int depth) {
  ordered_json record = ordered_json::object();
  if (depth > deepest_base) return tl::unexpected(std::string("records are made from each other in a circle"));
  if (r.file) {
    const auto text = read_file((std::filesystem::path(folder) / r.file.text).string());
    if (!text) return tl::unexpected(fmt::format("{} cannot be read", r.file.text));
    record = ordered_json::parse(*text, nullptr, false);
    if (record.is_discarded()) return tl::unexpected(fmt::format("{} is not JSON", r.file.text));
  } else if (r.value) {
    record = json_of(*r.value);
  } else if (r.base) {
    const auto at = named.find(r.base.text);
    if (at == named.end()) return tl::unexpected(fmt::format("there is no record named {}", r.base.text));
    auto base = built(*at->second, named, folder, depth + 1);
    if (!base) return base;
    record = std::move(*base);
  }
  for (const ast::Override& o : r.overrides) {
    auto at = o.remove ? analysis::take_away(record, steps(o.path)) : analysis::place(record, steps(o.path));
    if (!at) return tl::unexpected(at.error());
    if (!o.remove) **at = json_of(o.value);
  }
  return record;
}

}  // namespace

tl::expected<std::string, std::string> test_record(const ast::Record& r, const NamedRecords& named, const std::string& folder) {
  auto record = built(r, named, folder, 0);
  if (!record) return tl::unexpected(record.error());
  return record->dump();
}

}  // namespace rubric
