// The soft-max of one row, shared by attention and the loss.
#pragma once

#include "elementary.h"

/// out = exp(x - max); returns the sum of out. May be done in place.
INLINE float row_exponentials(const float *x, float max, float *out, int64_t n) {
  f32x16 top = splat(max), sum = splat(0);
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    f32x16 e = exp16(load(x + i) - top);
    store(out + i, e);
    sum += e;
  }
  if (i < n) {
    f32x16 e = exp16(load_tail(x + i, n - i, -__builtin_inff()) - top);
    store_tail(out + i, e, n - i);
    sum += e;
  }
  return sum_lanes(sum);
}

/// The sum of exp(x - max), keeping nothing.
INLINE float row_exponential_sum(const float *x, float max, int64_t n) {
  f32x16 top = splat(max), sum = splat(0);
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) sum += exp16(load(x + i) - top);
  if (i < n) sum += exp16(load_tail(x + i, n - i, -__builtin_inff()) - top);
  return sum_lanes(sum);
}

/// out = exp(x - max) / sum. Returns the sum; *max_out gets the largest element.
INLINE float row_softmax(const float *x, float *out, int64_t n, float *max_out) {
  float max = row_max(x, n);
  float sum = row_exponentials(x, max, out, n);
  f32x16 divisor = splat(sum);
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) store(out + i, load(out + i) / divisor);
  if (i < n) store_tail(out + i, load_tail(out + i, n - i, 0) / divisor, n - i);
  *max_out = max;
  return sum;
}
