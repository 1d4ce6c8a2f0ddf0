// Loops compiled several times: for any processor of the architecture, for one with AVX2 and the bit operations that came
// with it, and for one with AVX-512. Which of them this processor has is asked once.
#pragma once

#include <cstdint>
#include <type_traits>

namespace rubric::vm {

enum class Instructions : uint8_t { of_any, avx2, avx512 };

#if defined(__x86_64__) && defined(__GNUC__)

#define RUBRIC_HAS_MASKS 1
#define RUBRIC_AVX2 "avx2,bmi,bmi2,popcnt"
#define RUBRIC_AVX512 "avx512f,avx512bw,avx512dq,avx512vl," RUBRIC_AVX2

inline Instructions best_instructions() {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2")) return Instructions::of_any;
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512vl");
  return wide ? Instructions::avx512 : Instructions::avx2;
}

#else

#define RUBRIC_HAS_MASKS 0

inline Instructions best_instructions() { return Instructions::of_any; }

#endif

inline Instructions instructions = best_instructions();   // tests and the benchmark take less, to compare

// What a loop is told that has a form of its own for processors whose comparisons answer with masks, as those with AVX-512 do.
using WithMasks = std::bool_constant<true>;
using WithoutMasks = std::bool_constant<false>;

template <class Work, class Masks>
[[gnu::always_inline]] inline void call(const Work& work, Masks masks) {
  if constexpr (std::is_invocable_v<const Work&, Masks>) work(masks);
  else work();
}

#if defined(__x86_64__) && defined(__GNUC__)

template <class Work>
[[gnu::target(RUBRIC_AVX2), gnu::flatten]] void with_avx2(const Work& work) {
  call(work, WithoutMasks());
}
template <class Work>
[[gnu::target(RUBRIC_AVX512), gnu::flatten]] void with_avx512(const Work& work) {
  call(work, WithMasks());
}

// `work` holds a loop over many rows, and calls nothing that is not inlined into it. It takes nothing, or whether there
// are masks.
template <class Work>
void widely(const Work& work) {
  switch (instructions) {
    case Instructions::avx512: return with_avx512(work);
    case Instructions::avx2: return with_avx2(work);
    case Instructions::of_any: return call(work, WithoutMasks());
  }
}

#else

template <class Work>
void widely(const Work& work) {
  call(work, WithoutMasks());
}

#endif

}  // namespace rubric::vm
