// The texts and codes of all blocks of a snapshot under one numbering, so that a program's ids for them are found once for
// the whole file. The first ids are those of the model's program.
//
// It is kept in memory while the file is written, and by whoever reads it, and so holds no more than so many. What comes
// when it is full belongs to its block alone.
#pragma once

#include "vm/byte_order.h"
#include "vm/record.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rubric::vm {

constexpr size_t most_words = size_t{1} << 16;      // texts, and codes, beside the model's
constexpr Id of_block = 0x80000000;                 // ids from here on are a block's own

class DictionaryWriter {
 public:
  explicit DictionaryWriter(const Program& model);

  // What a batch has beside the model's, under the file's numbers; and those that are the block's own.
  struct OfBatch {
    std::vector<Id> texts, codes;
    std::vector<std::string_view> own_texts;
    std::vector<std::pair<Id, Id>> own_codes;
  };
  OfBatch add(const Batch&);
  std::string bytes() const;

 private:
  const Program& model_;
  size_t most_texts_, most_codes_;
  std::deque<std::string> texts_;                   // behind the model's
  std::vector<std::pair<Id, Id>> codes_;
  InternTable text_ids_, code_ids_;
};

struct Dictionary {
  std::vector<std::string> texts;
  std::vector<std::pair<Id, Id>> codes;             // system and code among the texts
  static Dictionary read(ByteReader&);              // which fails where it is none
};

// A dictionary under a program's numbers.
class Translation {
 public:
  Translation(const Dictionary&, const Program&);

  std::vector<Id> texts, codes;                     // the dictionary's ids -> those of the program's batches
  bool same_texts = true, same_codes = true;        // each is itself
  std::shared_ptr<const Vocabulary> vocabulary;

  // The batch's id for a text or code that is a block's own.
  Id own_text(std::string_view, Batch&) const;
  Id own_code(Id system, Id code, Batch&) const;    // of the batch's texts

 private:
  const Program& program_;
  InternTable code_ids_;                            // of the program and the vocabulary
};

}  // namespace rubric::vm
