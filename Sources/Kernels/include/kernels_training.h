// The backward halves of the kernels in kernels.h, and the optimiser, under the same contract: the same bits on every
// instruction set and for any split over rows, columns or heads. `d_x` is the gradient of the loss with respect to x.
#pragma once

#include "kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// d_x += the gradient through out = x * inverse_rms * weight (kernels_rms_norm without offset), row by row.
void kernels_rms_norm_backward(const float *x, int64_t x_stride, const float *weight, const float *inverse_rms,
                               const float *d_out, int64_t d_out_stride, float *d_x, int64_t d_x_stride, int64_t rows,
                               int64_t width);

/// d_weight[c] = sum over rows of d_out * x * inverse_rms, rows in increasing order, for c in [column_begin, column_end).
void kernels_rms_norm_weight_backward(const float *x, int64_t x_stride, const float *inverse_rms, const float *d_out,
                                      int64_t d_out_stride, float *d_weight, int64_t rows, int64_t column_begin,
                                      int64_t column_end);

/// Of out = silu(gate) * up: d_gate and d_up, and out once more, which the weight gradient after it needs.
/// d_gate and d_up may not overlap gate and up; out may be NULL.
void kernels_gated_silu_backward(const float *gate, const float *up, int64_t stride, const float *d_out,
                                 int64_t d_out_stride, float *d_gate, float *d_up, int64_t d_stride, float *out,
                                 int64_t out_stride, int64_t rows, int64_t width);

/// d_logits[r] = weights[r] * (soft-max(logits[r]) - one-hot(targets[r])); rows of weight 0 or negative target are zero.
/// d_logits may be logits.
void kernels_cross_entropy_backward(const float *logits, int64_t stride, const float *log_sum_exp,
                                    const int32_t *targets, const float *weights, float *d_logits, int64_t d_stride,
                                    int64_t rows, int64_t width);

/// Of one row of a pattern: d_scores = pattern * (d_scores - sum(pattern * d_scores)) * scale over the first `visible`
/// keys, where d_scores held the gradient of the pattern; zero from there to width.
void kernels_softmax_backward(const float *pattern, float *d_scores, float scale, int64_t visible, int64_t width);

/// Floats of scratch memory that kernels_attention_backward needs for one call.
size_t kernels_attention_backward_scratch(const kernels_attention *attention);

/// Backward through causal attention of one sequence without prefix, window or soft cap (queries = keys), for the kv
/// heads [begin, end) and all the query heads that they serve, added up in the order of heads. `pattern` is what
/// kernels_attention_softmax gave, [heads, queries, keys]. d_q, d_k and d_v are overwritten; scratch: align it to 64.
void kernels_attention_backward(const kernels_attention *attention, const float *pattern, const float *d_out,
                                int64_t d_out_stride, float *d_q, int64_t d_q_stride, float *d_k, float *d_v,
                                int64_t d_kv_stride, int64_t kv_head_begin, int64_t kv_head_end, float *scratch);

/// One AdamW step (Loshchilov and Hutter 2019) with decoupled decay.
typedef struct {
  float gradient_scale;  // what clipping multiplies the gradient by
  float beta1, beta2;
  float correction1, correction2;  // 1 / (1 - beta^t)
  float epsilon;
  float learning_rate;
  float decay;  // 0 for what is not a matrix
} kernels_adamw;

/// weights -= learning_rate * (m_hat / (sqrt(v_hat) + epsilon) + decay * weights), moments updated in place.
void kernels_adamw_step(const kernels_adamw *step, float *weights, const float *gradient, float *first_moment,
                        float *second_moment, int64_t count);

#ifdef __cplusplus
}
#endif
