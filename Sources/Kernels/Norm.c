// Root-mean-square and layer norms.
#include "internal.h"

/// out = fma(x * factor, weight + offset, bias), the normalised row first rounded by itself: so a caller who looks at
/// that row, or changes it, and then applies the weights gets the same bits.
INLINE void scale_row(const float *x, f32x16 center, f32x16 factor, const float *weight, f32x16 offset,
                      const float *bias, float *out, int64_t width) {
  for (int64_t i = 0; i < width; i += LANES) {
    int64_t n = width - i;
    f32x16 y = (load_some(x + i, n, 0) - center) * factor;
    if (weight != NULL) {
      f32x16 w = load_some(weight + i, n, 0) + offset;
      y = bias != NULL ? fma16(y, w, load_some(bias + i, n, 0)) : y * w;
    } else if (bias != NULL) {
      y = y + load_some(bias + i, n, 0);
    }
    store_some(out + i, y, n);
  }
}

INLINE void kernels_rms_norm_body(const float *x, int64_t x_stride, const float *weight, float weight_offset,
                                  float epsilon, float *out, int64_t out_stride, float *inverse_rms, int64_t rows,
                                  int64_t width) {
  for (int64_t r = 0; r < rows; r++) {
    const float *row = x + r * x_stride;
    float mean_square = row_dot(row, row, width) / (float)width;
    float inverse = 1.0f / __builtin_sqrtf(mean_square + epsilon);
    if (inverse_rms != NULL) inverse_rms[r] = inverse;
    scale_row(row, splat(0), splat(inverse), weight, splat(weight_offset), NULL, out + r * out_stride, width);
  }
}
KERNEL(void, kernels_rms_norm,
       (const float *x, int64_t x_stride, const float *weight, float weight_offset, float epsilon, float *out,
        int64_t out_stride, float *inverse_rms, int64_t rows, int64_t width),
       (x, x_stride, weight, weight_offset, epsilon, out, out_stride, inverse_rms, rows, width))

INLINE float centered_square_sum(const float *x, f32x16 mean, int64_t width) {
  f32x16 sum = splat(0);
  int64_t i = 0;
  for (; i + LANES <= width; i += LANES) {
    f32x16 d = load(x + i) - mean;
    sum = fma16(d, d, sum);
  }
  if (i < width) {
    f32x16 d = load_tail(x + i, width - i, mean[0]) - mean;
    sum = fma16(d, d, sum);
  }
  return sum_lanes(sum);
}

INLINE void kernels_layer_norm_body(const float *x, int64_t x_stride, const float *weight, const float *bias,
                                    float epsilon, float *out, int64_t out_stride, float *mean,
                                    float *inverse_deviation, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++) {
    const float *row = x + r * x_stride;
    float center = row_sum(row, width) / (float)width;
    float variance = centered_square_sum(row, splat(center), width) / (float)width;
    float inverse = 1.0f / __builtin_sqrtf(variance + epsilon);
    if (mean != NULL) mean[r] = center;
    if (inverse_deviation != NULL) inverse_deviation[r] = inverse;
    scale_row(row, splat(center), splat(inverse), weight, splat(0), bias, out + r * out_stride, width);
  }
}
KERNEL(void, kernels_layer_norm,
       (const float *x, int64_t x_stride, const float *weight, const float *bias, float epsilon, float *out,
        int64_t out_stride, float *mean, float *inverse_deviation, int64_t rows, int64_t width),
       (x, x_stride, weight, bias, epsilon, out, out_stride, mean, inverse_deviation, rows, width))

INLINE void kernels_affine_body(const float *x, int64_t x_stride, const float *weight, float weight_offset,
                                const float *bias, float *out, int64_t out_stride, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++) {
    scale_row(x + r * x_stride, splat(0), splat(1), weight, splat(weight_offset), bias, out + r * out_stride, width);
  }
}
KERNEL(void, kernels_affine,
       (const float *x, int64_t x_stride, const float *weight, float weight_offset, const float *bias, float *out,
        int64_t out_stride, int64_t rows, int64_t width),
       (x, x_stride, weight, weight_offset, bias, out, out_stride, rows, width))
