// Gradients of the weighted cross-entropy with respect to the logits.
#include "elementary.h"
#include "include/kernels_training.h"

INLINE void kernels_cross_entropy_backward_body(const float *logits, int64_t stride, const float *log_sum_exp,
                                                const int32_t *targets, const float *weights, float *d_logits,
                                                int64_t d_stride, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++) {
    float *d_row = d_logits + r * d_stride;
    if (targets[r] < 0 || weights[r] == 0) {
      memset(d_row, 0, (size_t)width * sizeof(float));
      continue;
    }
    const float *row = logits + r * stride;
    for (int64_t i = 0; i < width; i += LANES) {
      int64_t n = width - i;
      f32x16 p = exp16(load_some(row + i, n, 0) - splat(log_sum_exp[r]));
      store_some(d_row + i, p * splat(weights[r]), n);
    }
    d_row[targets[r]] -= weights[r];
  }
}
KERNEL(void, kernels_cross_entropy_backward,
       (const float *logits, int64_t stride, const float *log_sum_exp, const int32_t *targets, const float *weights,
        float *d_logits, int64_t d_stride, int64_t rows, int64_t width),
       (logits, stride, log_sum_exp, targets, weights, d_logits, d_stride, rows, width))
