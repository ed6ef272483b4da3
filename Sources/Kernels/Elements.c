// Elementwise operations and sums of one row.
#include "elementary.h"

/// out[i] = EXPRESSION of the lanes `a` (and `b`).
#define EACH(EXPRESSION)                          \
  for (int64_t i = 0; i < count; i += LANES) {    \
    int64_t n = count - i;                        \
    f32x16 a = load_some(x + i, n, 0);            \
    f32x16 b = load_some(y + i, n, 0);            \
    store_some(out + i, EXPRESSION, n);           \
  }

INLINE void kernels_add_body(const float *x, const float *y, float *out, int64_t count) { EACH(a + b) }
KERNEL(void, kernels_add, (const float *x, const float *y, float *out, int64_t count), (x, y, out, count))

INLINE void kernels_subtract_body(const float *x, const float *y, float *out, int64_t count) { EACH(a - b) }
KERNEL(void, kernels_subtract, (const float *x, const float *y, float *out, int64_t count), (x, y, out, count))

INLINE void kernels_multiply_elements_body(const float *x, const float *y, float *out, int64_t count) { EACH(a *b) }
KERNEL(void, kernels_multiply_elements, (const float *x, const float *y, float *out, int64_t count),
       (x, y, out, count))

INLINE void kernels_add_scaled_body(const float *x, float factor, const float *y, float *out, int64_t count) {
  EACH(fma16(splat(factor), b, a))
}
KERNEL(void, kernels_add_scaled, (const float *x, float factor, const float *y, float *out, int64_t count),
       (x, factor, y, out, count))

/// out[i] = EXPRESSION of the lanes `a`.
#define EACH_ONE(EXPRESSION)                      \
  for (int64_t i = 0; i < count; i += LANES) {    \
    int64_t n = count - i;                        \
    f32x16 a = load_some(x + i, n, 0);            \
    store_some(out + i, EXPRESSION, n);           \
  }

INLINE void kernels_scale_body(const float *x, float factor, float *out, int64_t count) { EACH_ONE(a *splat(factor)) }
KERNEL(void, kernels_scale, (const float *x, float factor, float *out, int64_t count), (x, factor, out, count))

INLINE void kernels_exp_body(const float *x, float *out, int64_t count) { EACH_ONE(exp16(a)) }
KERNEL(void, kernels_exp, (const float *x, float *out, int64_t count), (x, out, count))

INLINE void kernels_log_body(const float *x, float *out, int64_t count) { EACH_ONE(log16(a)) }
KERNEL(void, kernels_log, (const float *x, float *out, int64_t count), (x, out, count))

INLINE void kernels_tanh_body(const float *x, float *out, int64_t count) { EACH_ONE(tanh16(a)) }
KERNEL(void, kernels_tanh, (const float *x, float *out, int64_t count), (x, out, count))

INLINE void kernels_erf_body(const float *x, float *out, int64_t count) { EACH_ONE(erf16(a)) }
KERNEL(void, kernels_erf, (const float *x, float *out, int64_t count), (x, out, count))

INLINE float kernels_sum_body(const float *x, int64_t count) { return row_sum(x, count); }
KERNEL(float, kernels_sum, (const float *x, int64_t count), (x, count))

INLINE float kernels_dot_body(const float *x, const float *y, int64_t count) { return row_dot(x, y, count); }
KERNEL(float, kernels_dot, (const float *x, const float *y, int64_t count), (x, y, count))

int64_t kernels_argmax(const float *x, int64_t count) {
  int64_t best = 0;
  for (int64_t i = 1; i < count; i++) {
    if (x[i] > x[best]) best = i;
  }
  return best;
}
