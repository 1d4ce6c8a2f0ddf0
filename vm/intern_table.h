// From something interned to its id: ids by hash, in one array. The things themselves lie with whoever asks.
//
// Ids are given in the order 0, 1, 2, ... and taken back from the last on, so that taking back leaves the array as it
// was: with linear probing the last one in stands in nobody's way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace rubric::vm {

// Cheap, and good enough for the words of a record.
inline uint64_t hash_of(std::string_view text) {
  const auto load = [](const char* at, auto v) {
    std::memcpy(&v, at, sizeof v);
    return uint64_t{v};
  };
  constexpr uint64_t odd = 0x9e3779b97f4a7c15;
  uint64_t h = text.size() * odd;
  const auto mix = [&](uint64_t v) { h = (h ^ v) * odd, h ^= h >> 32; };
  const char* at = text.data();
  size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) mix(load(at, uint64_t{}));
  if (left >= 4) mix(load(at, uint32_t{}) << 32 | load(at + left - 4, uint32_t{}));
  else if (left > 0) mix(load(at, uint8_t{}) << 16 | load(at + left / 2, uint8_t{}) << 8 | load(at + left - 1, uint8_t{}));
  return h;
}
inline uint64_t hash_of(uint64_t key) {
  key *= 0x9e3779b97f4a7c15;
  return key ^ key >> 32;
}

class InternTable {
 public:
  static constexpr uint32_t none = 0xffffffff;

  // The id for which is(id) holds among those with this hash, or none.
  template <class Is>
  uint32_t find(uint64_t hash, Is is) const {
    for (size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.id == none) return none;
      if (slot.hash == static_cast<uint32_t>(hash >> 32) && is(slot.id)) return slot.id;
    }
  }
  void add(uint64_t hash, uint32_t id) {
    hashes_.push_back(hash);
    if (hashes_.size() * 2 > slots_.size()) return grow();
    place(hash, id);
  }
  void remove_last() {
    const auto id = static_cast<uint32_t>(hashes_.size() - 1);
    size_t at = hashes_.back() & mask_;
    while (slots_[at].id != id) at = (at + 1) & mask_;
    slots_[at].id = none;
    hashes_.pop_back();
  }
  size_t size() const { return hashes_.size(); }

 private:
  struct Slot {
    uint32_t hash = 0, id = none;
  };
  void place(uint64_t hash, uint32_t id) {
    size_t at = hash & mask_;
    while (slots_[at].id != none) at = (at + 1) & mask_;
    slots_[at] = {static_cast<uint32_t>(hash >> 32), id};
  }
  void grow() {
    slots_.assign(slots_.size() * 2, {});
    mask_ = slots_.size() - 1;
    for (uint32_t id = 0; id < hashes_.size(); ++id) place(hashes_[id], id);
  }

  std::vector<Slot> slots_ = std::vector<Slot>(256);
  std::vector<uint64_t> hashes_;  // by id
  size_t mask_ = 255;
};

}  // namespace rubric::vm
