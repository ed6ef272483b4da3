// Soft-max, log-sum-exp and cross-entropy of rows.
#include "softmax.h"

INLINE void kernels_softmax_body(const float *x, int64_t x_stride, float *out, int64_t out_stride,
                                 float *log_sum_exp, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++) {
    float max;
    float sum = row_softmax(x + r * x_stride, out + r * out_stride, width, &max);
    if (log_sum_exp != NULL) log_sum_exp[r] = max + log16(splat(sum))[0];
  }
}
KERNEL(void, kernels_softmax,
       (const float *x, int64_t x_stride, float *out, int64_t out_stride, float *log_sum_exp, int64_t rows,
        int64_t width),
       (x, x_stride, out, out_stride, log_sum_exp, rows, width))

INLINE float row_log_sum_exp(const float *x, int64_t width) {
  float max = row_max(x, width);
  return max + log16(splat(row_exponential_sum(x, max, width)))[0];
}

INLINE void kernels_log_sum_exp_body(const float *x, int64_t x_stride, float *out, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++) out[r] = row_log_sum_exp(x + r * x_stride, width);
}
KERNEL(void, kernels_log_sum_exp, (const float *x, int64_t x_stride, float *out, int64_t rows, int64_t width),
       (x, x_stride, out, rows, width))

INLINE void kernels_cross_entropy_body(const float *logits, int64_t stride, const int32_t *targets, float *loss,
                                       float *log_sum_exp, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++) {
    const float *row = logits + r * stride;
    // A row without a target is not summed unless the caller wants the sum.
    bool wanted = targets[r] >= 0 || log_sum_exp != NULL;
    float total = wanted ? row_log_sum_exp(row, width) : 0;
    loss[r] = targets[r] >= 0 ? total - row[targets[r]] : 0;
    if (log_sum_exp != NULL) log_sum_exp[r] = total;
  }
}
KERNEL(void, kernels_cross_entropy,
       (const float *logits, int64_t stride, const int32_t *targets, float *loss, float *log_sum_exp, int64_t rows,
        int64_t width),
       (logits, stride, targets, loss, log_sum_exp, rows, width))
