// A block's own words, and its values: what no dense cell holds, that is vague, disputed and boxed facts, each a tree. Both are
// checked while they are read, since operators look at a value as its type says.
#pragma once

#include "vm/snapshot_dictionary.h"

#include <optional>
#include <string_view>
#include <vector>

namespace rubric::vm {

// Texts and codes as a block numbers them, under the numbers of the batch.
struct BlockWords {
  const Translation& of_file;
  std::vector<Id> own_texts = {}, own_codes = {};   // the block's own

  // Empty, or what is wrong with the bytes from `at` on.
  std::string_view read(std::string_view block, size_t at, Batch&);
  std::optional<Id> text(uint64_t id) const { return found(id, of_file.texts, own_texts); }
  std::optional<Id> code(uint64_t id) const { return found(id, of_file.codes, own_codes); }

 private:
  static std::optional<Id> found(uint64_t id, const std::vector<Id>& dictionary, const std::vector<Id>& own) {
    if (id < of_block) return id < dictionary.size() ? std::optional(dictionary[id]) : std::nullopt;
    return id - of_block < own.size() ? std::optional(own[id - of_block]) : std::nullopt;
  }
};

// Into the batch's pool; empty, or what is wrong with the bytes from `at` on.
std::string_view read_values(std::string_view block, size_t at, const BlockWords&, Batch&);

}  // namespace rubric::vm
