// Conversions between float32 and the types that weights are kept in.
#include "types.h"

INLINE void kernels_widen_body(kernels_type type, const void *x, float *out, int64_t count) {
  if (type == KERNELS_F32) {
    memmove(out, x, (size_t)count * sizeof(float));
    return;
  }
  const uint16_t *halves = x;
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store(out + i, type == KERNELS_BF16 ? widen_bf16(halves + i) : widen_f16(halves + i));
  }
  for (; i < count; i++) out[i] = widen_one(type, halves + i);
}
KERNEL(void, kernels_widen, (kernels_type type, const void *x, float *out, int64_t count), (type, x, out, count))

INLINE void kernels_narrow_body(kernels_type type, const float *x, void *out, int64_t count) {
  size_t bytes = type_bytes(type);
  for (int64_t i = 0; i < count; i++) narrow_one(type, x[i], (char *)out + (size_t)i * bytes);
}
KERNEL(void, kernels_narrow, (kernels_type type, const float *x, void *out, int64_t count), (type, x, out, count))

// An exponent of ones only is an infinity, or no number.
INLINE bool kernels_finite_body(kernels_type type, const void *x, int64_t count) {
  const size_t size = type_bytes(type);
  int64_t i = 0;
  if (type == KERNELS_F32) {
    const i32x16 mask = (i32x16)(0x7f800000);
    i32x16 found = (i32x16)(0);
    for (; i + LANES <= count; i += LANES) found |= (bits16(load((const float *)x + i)) & mask) == mask;
    if (__builtin_reduce_or(found) != 0) return false;
  } else {
    const u16x16 mask = (u16x16)(type == KERNELS_BF16 ? 0x7f80 : 0x7c00);
    u16x16 found = (u16x16)(0);
    for (; i + LANES <= count; i += LANES) {
      u16x16 v;
      memcpy(&v, (const char *)x + (size_t)i * size, sizeof v);
      found |= (u16x16)((v & mask) == mask);
    }
    if (__builtin_reduce_or(found) != 0) return false;
  }
  for (; i < count; i++) {
    if (!__builtin_isfinite(widen_one(type, (const char *)x + (size_t)i * size))) return false;
  }
  return true;
}
KERNEL(bool, kernels_finite, (kernels_type type, const void *x, int64_t count), (type, x, count))
