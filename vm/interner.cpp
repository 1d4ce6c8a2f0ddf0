// See interner.h.

#include "vm/interner.h"

namespace rubric::vm {

namespace {

uint64_t pair_key(Id system, Id code) { return uint64_t{system} << 32 | code; }

}  // namespace

Interner::Interner(const Program& program) : own_texts_(program.texts.size()), own_codes_(program.codes.size()) {
  for (Id id = 0; id < own_texts_; ++id) texts_.add(hash_of(program.texts[id]), id);
  for (Id id = 0; id < own_codes_; ++id) codes_.add(hash_of(pair_key(program.codes[id].first, program.codes[id].second)), id);
}

Id Interner::text(std::string_view text, Batch& batch) {
  const uint64_t hash = hash_of(text);
  if (const Id id = texts_.find(hash, [&](Id other) { return batch.text(other) == text; }); id != InternTable::none) return id;
  const auto id = static_cast<Id>(texts_.size());
  batch.texts.emplace_back(text);
  texts_.add(hash, id);
  return id;
}

Id Interner::code(Id system, Id code, Batch& batch) {
  const uint64_t hash = hash_of(pair_key(system, code));
  if (const Id id = codes_.find(hash, [&](Id other) { return batch.code(other) == std::pair(system, code); }); id != InternTable::none)
    return id;
  const auto id = static_cast<Id>(codes_.size());
  batch.codes.emplace_back(system, code);
  codes_.add(hash, id);
  return id;
}

void Interner::forget(size_t texts, size_t codes) {
  while (texts_.size() > own_texts_ + texts) texts_.remove_last();
  while (codes_.size() > own_codes_ + codes) codes_.remove_last();
}

}  // namespace rubric::vm
