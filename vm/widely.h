// Loops compiled twice: for any processor of the architecture, and for one with AVX2 and the bit operations that came
// with it, which is asked for once.
#pragma once

namespace rubric::vm {

#if defined(__x86_64__) && defined(__GNUC__)
inline bool use_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");   // a test turns it off, to compare

template <class Work>
[[gnu::target("avx2,bmi,bmi2,popcnt"), gnu::flatten]] void with_avx2(const Work& work) {
  work();
}

// `work` holds a loop over many rows, and calls nothing that is not inlined into it.
template <class Work>
void widely(const Work& work) {
  if (use_avx2) with_avx2(work);
  else work();
}
#else
inline bool use_avx2 = false;
template <class Work>
void widely(const Work& work) {
  work();
}
#endif

}  // namespace rubric::vm
