#include "fused.h"

#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// Twelve chains keep every unit busy: each takes four cycles, and no processor has more than two units.
#define CHAINS 12
#define RATE(NAME, TARGET, LANES)                                                                       \
  __attribute__((target(TARGET))) static double NAME(double seconds) {                                  \
    typedef float lanes __attribute__((vector_size(4 * LANES)));                                        \
    lanes chain[CHAINS] = {0};                                                                          \
    const lanes a = (lanes){0} + 0.999f, b = (lanes){0} + 0.5f;                                         \
    const double start = now();                                                                         \
    double rounds = 0, taken;                                                                           \
    do {                                                                                                \
      for (int k = 0; k < 100000; k++) {                                                                \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) {                           \
          chain[i] = __builtin_elementwise_fma(chain[i], a, b);                                         \
        }                                                                                               \
        __asm__ volatile("");                                                                           \
      }                                                                                                 \
      rounds += 100000;                                                                                 \
      taken = now() - start;                                                                            \
    } while (taken < seconds);                                                                          \
    volatile float sum = 0;                                                                             \
    for (int i = 0; i < CHAINS; i++) sum = sum + chain[i][0];                                           \
    return rounds * CHAINS * LANES * 2 / taken / 1e9;                                                   \
  }

#if defined(__x86_64__)
RATE(rate_avx512, "avx512f", 16)
RATE(rate_avx2, "avx2,fma", 8)
double fused_rate(double seconds) {
  if (__builtin_cpu_supports("avx512f")) return rate_avx512(seconds);
  return __builtin_cpu_supports("fma") ? rate_avx2(seconds) : 0;
}
#else
double fused_rate(double seconds) { return 0; }
#endif
