// See snapshot_dictionary.h.

#include "vm/snapshot_dictionary.h"

#include "base/text.h"

#include <algorithm>

namespace rubric::vm {

namespace {

uint64_t pair_key(std::pair<Id, Id> code) { return uint64_t{code.first} << 32 | code.second; }

}  // namespace

// ---------------------------------------------------------------- writing

DictionaryWriter::DictionaryWriter(const Program& model)
    : model_(model), most_texts_(model.texts.size() + most_words), most_codes_(model.codes.size() + most_words) {
  for (Id id = 0; id < model.texts.size(); ++id) text_ids_.add(hash_of(model.texts[id]), id);
  for (Id id = 0; id < model.codes.size(); ++id) code_ids_.add(hash_of(pair_key(model.codes[id])), id);
}

DictionaryWriter::OfBatch DictionaryWriter::add(const Batch& batch) {
  OfBatch out;
  const size_t texts = model_.texts.size(), codes = model_.codes.size();
  for (auto id = static_cast<Id>(texts); id < batch.text_count(); ++id) {
    const std::string_view text = batch.text(id);
    const uint64_t hash = hash_of(text);
    Id known = text_ids_.find(hash, [&](Id other) { return other < texts ? model_.texts[other] == text : texts_[other - texts] == text; });
    if (known == InternTable::none && text_ids_.size() < most_texts_) {
      known = static_cast<Id>(text_ids_.size());
      texts_.emplace_back(text);
      text_ids_.add(hash, known);
    } else if (known == InternTable::none) {
      known = static_cast<Id>(of_block + out.own_texts.size());
      out.own_texts.push_back(text);
    }
    out.texts.push_back(known);
  }
  const auto file_text = [&](Id id) { return id < texts ? id : out.texts[id - texts]; };
  for (auto id = static_cast<Id>(codes); id < batch.code_count(); ++id) {
    const auto [system, word] = batch.code(id);
    const std::pair code(file_text(system), file_text(word));
    const uint64_t hash = hash_of(pair_key(code));
    Id known = code_ids_.find(hash, [&](Id other) { return (other < codes ? model_.codes[other] : codes_[other - codes]) == code; });
    const bool fits = code_ids_.size() < most_codes_ && code.first < of_block && code.second < of_block;
    if (known == InternTable::none && fits) {
      known = static_cast<Id>(code_ids_.size());
      codes_.push_back(code);
      code_ids_.add(hash, known);
    } else if (known == InternTable::none || code.first >= of_block || code.second >= of_block) {
      known = static_cast<Id>(of_block + out.own_codes.size());
      out.own_codes.push_back(code);
    }
    out.codes.push_back(known);
  }
  return out;
}

std::string DictionaryWriter::bytes() const {
  ByteWriter w;
  w.number(static_cast<uint32_t>(text_ids_.size()));
  for (const std::string& each : model_.texts) w.text(each);
  for (const std::string& each : texts_) w.text(each);
  w.number(static_cast<uint32_t>(code_ids_.size()));
  w.array(model_.codes.data(), model_.codes.size());
  w.array(codes_.data(), codes_.size());
  return std::move(w.out);
}

// ---------------------------------------------------------------- reading

Dictionary Dictionary::read(ByteReader& r) {
  Dictionary out;
  out.texts.resize(r.count(sizeof(uint32_t)));
  for (std::string& each : out.texts) {
    each = r.text();
    if (!is_valid_utf8(each)) r.fail();
  }
  r.array(out.codes, r.count(sizeof(out.codes[0])));
  for (const auto& [system, code] : out.codes) {
    if (system >= out.texts.size() || code >= out.texts.size()) r.fail();
  }
  return out;
}

Translation::Translation(const Dictionary& dictionary, const Program& program) : program_(program) {
  auto words = std::make_shared<Vocabulary>();
  for (Id id = 0; id < program.texts.size(); ++id) words->known.add(hash_of(program.texts[id]), id);
  for (Id id = 0; id < program.codes.size(); ++id) code_ids_.add(hash_of(pair_key(program.codes[id])), id);
  const size_t own_texts = program.texts.size(), own_codes = program.codes.size();
  texts.reserve(dictionary.texts.size());
  for (const std::string& text : dictionary.texts) {
    const uint64_t hash = hash_of(text);
    // One that is there twice, as a program may have it, means itself.
    const auto next = static_cast<Id>(texts.size());
    Id id = next < own_texts && program.texts[next] == text
                ? next
                : words->known.find(
                      hash,
                      [&](Id other) { return other < own_texts ? program.texts[other] == text : words->texts[other - own_texts] == text; });
    if (id == InternTable::none) {
      id = static_cast<Id>(own_texts + words->texts.size());
      words->texts.push_back(text);
      words->known.add(hash, id);
    }
    same_texts = same_texts && id == next;
    texts.push_back(id);
  }
  codes.reserve(dictionary.codes.size());
  for (const auto& [system, word] : dictionary.codes) {
    const std::pair code(texts[system], texts[word]);
    const uint64_t hash = hash_of(pair_key(code));
    Id id = code_ids_.find(hash,
                           [&](Id other) { return (other < own_codes ? program.codes[other] : words->codes[other - own_codes]) == code; });
    if (id == InternTable::none) {
      id = static_cast<Id>(own_codes + words->codes.size());
      words->codes.push_back(code);
      code_ids_.add(hash, id);
    }
    same_codes = same_codes && id == codes.size();
    codes.push_back(id);
  }
  vocabulary = std::move(words);
}

// Blocks have few of their own, if any: they are not looked for among each other.
Id Translation::own_text(std::string_view text, Batch& batch) const {
  const Id known = vocabulary->known.find(hash_of(text), [&](Id other) { return batch.text(other) == text; });
  if (known != InternTable::none) return known;
  batch.texts.emplace_back(text);
  return static_cast<Id>(batch.text_count() - 1);
}

Id Translation::own_code(Id system, Id code, Batch& batch) const {
  const std::pair both(system, code);
  const Id known = code_ids_.find(hash_of(pair_key(both)), [&](Id other) { return batch.code(other) == both; });
  if (known != InternTable::none) return known;
  batch.codes.push_back(both);
  return static_cast<Id>(batch.code_count() - 1);
}

}  // namespace rubric::vm
