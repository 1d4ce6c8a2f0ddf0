// The words of a command line, understood by a Command's table; or why they cannot be.
#pragma once

#include "cli/command.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rubric::cli {

class Arguments {
 public:
  // Asking for a name that the command's table does not have is a bug, and stops the program.
  bool has(std::string_view option) const;
  std::optional<std::string> value(std::string_view option) const;
  std::string value_or(std::string_view option, std::string_view otherwise) const;
  std::optional<uint64_t> number(std::string_view option) const;

  const std::vector<std::string>& operands(std::string_view name) const;  // all of an operand that may stand repeatedly
  const std::string& operand(std::string_view name) const;                // the one
  bool has_operand(std::string_view name) const { return !operands(name).empty(); }

  const Command* command = nullptr;

 private:
  friend tl::expected<Arguments, std::string> parse_arguments(const Command&, const std::vector<std::string>& words);
  std::map<std::string_view, std::string> values;
  std::map<std::string_view, std::vector<std::string>> found;
};

// The words behind the command's name. The error is a message for the user that names what was meant.
tl::expected<Arguments, std::string> parse_arguments(const Command&, const std::vector<std::string>& words);

// "rubric run POLICY CASES... [--format text|json|ndjson] ..."
std::string usage_line(const Command&);

}  // namespace rubric::cli
