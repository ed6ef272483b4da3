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
