// What the kernels share: sixteen lanes, and one body compiled for three instruction sets.
//
// A kernel is written once, as a `NAME_body` function on f32x16, marked INLINE. KERNEL(NAME, ...) then defines NAME and
// three copies of the body, compiled for portable, AVX2 and AVX-512 processors. Each operation on f32x16 is one IEEE
// operation per lane, in the order that the source says, so the copies give equal bits by construction.
#pragma once

#include <stdatomic.h>
#include <string.h>

#include "include/kernels.h"

#ifdef __FAST_MATH__
#error "The kernels promise bits: do not build them with fast-math."
#endif
// A product and a sum are fused where the source says so, and nowhere else.
#pragma STDC FP_CONTRACT OFF
// Vectors are passed between inlined functions only: there is no calling convention to warn about.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// MARK: One body, three paths

kernels_path kernels_path_now(void);

#if defined(__x86_64__)
#define KERNEL_AVX2 __attribute__((target("avx2,fma,f16c"), noinline))
#define KERNEL_AVX512                                                                                             \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"), min_vector_width(512), noinline))

/// Defines `RESULT NAME PARAMETERS` as NAME_body ARGUMENTS on the current path:
///     KERNEL(void, kernels_add, (const float *a, ...), (a, ...))
#define KERNEL(RESULT, NAME, PARAMETERS, ARGUMENTS) KERNEL_OF(, RESULT, NAME, PARAMETERS, ARGUMENTS)
/// The same for a function that only this file calls.
#define LOCAL_KERNEL(RESULT, NAME, PARAMETERS, ARGUMENTS) KERNEL_OF(static, RESULT, NAME, PARAMETERS, ARGUMENTS)

#define KERNEL_OF(LINKAGE, RESULT, NAME, PARAMETERS, ARGUMENTS)                        \
  static RESULT NAME##_portable PARAMETERS { return NAME##_body ARGUMENTS; }           \
  KERNEL_AVX2 static RESULT NAME##_avx2 PARAMETERS { return NAME##_body ARGUMENTS; }   \
  KERNEL_AVX512 static RESULT NAME##_avx512 PARAMETERS { return NAME##_body ARGUMENTS; } \
  LINKAGE RESULT NAME PARAMETERS {                                                     \
    switch (kernels_path_now()) {                                                      \
      case KERNELS_AVX512: return NAME##_avx512 ARGUMENTS;                             \
      case KERNELS_AVX2: return NAME##_avx2 ARGUMENTS;                                 \
      case KERNELS_PORTABLE: break;                                                    \
    }                                                                                  \
    return NAME##_portable ARGUMENTS;                                                  \
  }
#else
#define KERNEL(RESULT, NAME, PARAMETERS, ARGUMENTS) \
  RESULT NAME PARAMETERS { return NAME##_body ARGUMENTS; }
#define LOCAL_KERNEL(RESULT, NAME, PARAMETERS, ARGUMENTS) \
  static RESULT NAME PARAMETERS { return NAME##_body ARGUMENTS; }
#endif

// MARK: Sixteen lanes

#define LANES 16

typedef float f32x16 __attribute__((ext_vector_type(16)));
typedef float f32x8 __attribute__((ext_vector_type(8)));
typedef float f32x4 __attribute__((ext_vector_type(4)));
typedef float f32x2 __attribute__((ext_vector_type(2)));
typedef int32_t i32x16 __attribute__((ext_vector_type(16)));
typedef int32_t i32x4 __attribute__((ext_vector_type(4)));
typedef uint16_t u16x8 __attribute__((ext_vector_type(8)));
typedef uint32_t u32x16 __attribute__((ext_vector_type(16)));
typedef uint16_t u16x16 __attribute__((ext_vector_type(16)));
typedef _Float16 f16x16 __attribute__((ext_vector_type(16)));

INLINE f32x16 splat(float x) { return (f32x16)(x); }

INLINE f32x16 load(const float *p) {
  f32x16 v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE void store(float *p, f32x16 v) { memcpy(p, &v, sizeof v); }

/// The first n < 16 lanes from memory, `fill` in the others.
INLINE f32x16 load_tail(const float *p, int64_t n, float fill) {
  float lanes[LANES];
  UNROLL for (int i = 0; i < LANES; i++) lanes[i] = i < n ? p[i] : fill;
  return load(lanes);
}

/// The first n < 16 lanes to memory.
INLINE void store_tail(float *p, f32x16 v, int64_t n) {
  UNROLL for (int i = 0; i < LANES; i++) {
    if (i < n) p[i] = v[i];
  }
}

/// `load` where 16 elements are left, `load_tail` where fewer are.
INLINE f32x16 load_some(const float *p, int64_t n, float fill) {
  return n >= LANES ? load(p) : load_tail(p, n, fill);
}

INLINE void store_some(float *p, f32x16 v, int64_t n) {
  if (n >= LANES) {
    store(p, v);
  } else {
    store_tail(p, v, n);
  }
}

/// a * b + c, rounded once.
INLINE f32x16 fma16(f32x16 a, f32x16 b, f32x16 c) { return __builtin_elementwise_fma(a, b, c); }

INLINE f32x16 max16(f32x16 a, f32x16 b) { return a > b ? a : b; }
INLINE f32x16 min16(f32x16 a, f32x16 b) { return a < b ? a : b; }
INLINE f32x16 abs16(f32x16 a) { return __builtin_elementwise_abs(a); }
INLINE f32x16 sqrt16(f32x16 a) { return __builtin_elementwise_sqrt(a); }
INLINE i32x16 bits16(f32x16 a) { return (i32x16)a; }
INLINE f32x16 floats16(i32x16 a) { return (f32x16)a; }
/// |magnitude| with the sign of `sign`.
INLINE f32x16 copysign16(f32x16 magnitude, f32x16 sign) {
  return floats16((bits16(magnitude) & 0x7fffffff) | (bits16(sign) & (int32_t)0x80000000));
}

/// The contract's tree: lanes 8 apart, then 4, 2 and 1 apart.
INLINE float sum_lanes(f32x16 v) {
  f32x8 a = v.lo + v.hi;
  f32x4 b = a.lo + a.hi;
  f32x2 c = b.lo + b.hi;
  return c.x + c.y;
}

INLINE float max_lanes(f32x16 v) {
  f32x8 a = v.lo > v.hi ? v.lo : v.hi;
  f32x4 b = a.lo > a.hi ? a.lo : a.hi;
  f32x2 c = b.lo > b.hi ? b.lo : b.hi;
  return c.x > c.y ? c.x : c.y;
}

// MARK: Reductions over a row

INLINE float row_sum(const float *x, int64_t n) {
  f32x16 sum = splat(0);
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) sum += load(x + i);
  if (i < n) sum += load_tail(x + i, n - i, 0);
  return sum_lanes(sum);
}

INLINE float row_dot(const float *a, const float *b, int64_t n) {
  f32x16 sum = splat(0);
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) sum = fma16(load(a + i), load(b + i), sum);
  if (i < n) sum = fma16(load_tail(a + i, n - i, 0), load_tail(b + i, n - i, 0), sum);
  return sum_lanes(sum);
}

/// The largest element; -infinity of none.
INLINE float row_max(const float *x, int64_t n) {
  f32x16 best = splat(-__builtin_inff());
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) best = max16(load(x + i), best);
  if (i < n) best = max16(load_tail(x + i, n - i, -__builtin_inff()), best);
  return max_lanes(best);
}
