// Gradients through the root-mean-square norm.
#include "include/kernels_training.h"
#include "internal.h"

// With n = x * inverse_rms and g = d_out * weight: d_x = inverse_rms * (g - n * mean(g * n)).
INLINE void kernels_rms_norm_backward_body(const float *x, int64_t x_stride, const float *weight,
                                           const float *inverse_rms, const float *d_out, int64_t d_out_stride,
                                           float *d_x, int64_t d_x_stride, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++) {
    const float *x_row = x + r * x_stride;
    const float *d_out_row = d_out + r * d_out_stride;
    float *d_x_row = d_x + r * d_x_stride;
    f32x16 sum = splat(0);
    for (int64_t i = 0; i < width; i += LANES) {
      int64_t n = width - i;
      f32x16 g = load_some(d_out_row + i, n, 0) * load_some(weight + i, n, 0);
      sum = fma16(g, load_some(x_row + i, n, 0), sum);
    }
    float inverse = inverse_rms[r];
    f32x16 slope = splat(sum_lanes(sum) / (float)width * inverse * inverse);
    for (int64_t i = 0; i < width; i += LANES) {
      int64_t n = width - i;
      f32x16 g = load_some(d_out_row + i, n, 0) * load_some(weight + i, n, 0);
      f32x16 d = g - load_some(x_row + i, n, 0) * slope;
      store_some(d_x_row + i, fma16(splat(inverse), d, load_some(d_x_row + i, n, 0)), n);
    }
  }
}
KERNEL(void, kernels_rms_norm_backward,
       (const float *x, int64_t x_stride, const float *weight, const float *inverse_rms, const float *d_out,
        int64_t d_out_stride, float *d_x, int64_t d_x_stride, int64_t rows, int64_t width),
       (x, x_stride, weight, inverse_rms, d_out, d_out_stride, d_x, d_x_stride, rows, width))

// As many columns at once as make a row's visit worth its cache lines.
#define COLUMN_VECTORS 8

INLINE void kernels_rms_norm_weight_backward_body(const float *x, int64_t x_stride, const float *inverse_rms,
                                                  const float *d_out, int64_t d_out_stride, float *d_weight,
                                                  int64_t rows, int64_t column_begin, int64_t column_end) {
  for (int64_t first = column_begin; first < column_end; first += COLUMN_VECTORS * LANES) {
    f32x16 sums[COLUMN_VECTORS];
    UNROLL for (int v = 0; v < COLUMN_VECTORS; v++) sums[v] = splat(0);
    for (int64_t r = 0; r < rows; r++) {
      UNROLL for (int v = 0; v < COLUMN_VECTORS; v++) {
        int64_t c = first + v * LANES, n = column_end - c;
        if (n <= 0) continue;
        f32x16 normalised = load_some(x + r * x_stride + c, n, 0) * splat(inverse_rms[r]);
        sums[v] = fma16(load_some(d_out + r * d_out_stride + c, n, 0), normalised, sums[v]);
      }
    }
    UNROLL for (int v = 0; v < COLUMN_VECTORS; v++) {
      int64_t c = first + v * LANES;
      if (c < column_end) store_some(d_weight + c, sums[v], column_end - c);
    }
  }
}
KERNEL(void, kernels_rms_norm_weight_backward,
       (const float *x, int64_t x_stride, const float *inverse_rms, const float *d_out, int64_t d_out_stride,
        float *d_weight, int64_t rows, int64_t column_begin, int64_t column_end),
       (x, x_stride, inverse_rms, d_out, d_out_stride, d_weight, rows, column_begin, column_end))
