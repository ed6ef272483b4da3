// Order-fixed float32 kernels: the same bits on every instruction set, batch, thread count and cache.
//
// The contract, which `kernels_contract_version()` names:
//  - A product's element is one chain of fused multiply-adds over k = 0, 1, 2, ... from zero (or from the value that
//    is already there); the bias is added last.
//  - A sum across a row runs in 16 lanes: lane i takes elements i, i + 16, ...; then lanes 8 apart are added, then 4, 2
//    and 1 apart. Products inside such a sum are fused.
//  - exp, log, tanh, erf, sin and cos are polynomials given here, the same operations on every path.
//  - A masked score is never computed. A row's result depends on that row's own data only.
//
// Matrices are row-major; a stride counts elements from one row to the next. Unless a comment says otherwise an output
// may be the same memory as an input of the same shape, but must not overlap it partly. No function keeps a pointer,
// starts a thread or fails: the caller vouches for the sizes. `rows * width` loops may be split over threads by rows.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Instruction sets

typedef enum { KERNELS_PORTABLE = 0, KERNELS_AVX2 = 1, KERNELS_AVX512 = 2 } kernels_path;

/// Names the arithmetic: it changes whenever the bits of any kernel may.
const char *kernels_contract_version(void);
/// Whether this processor can run the path.
bool kernels_path_supported(kernels_path path);
/// The fastest path of this processor.
kernels_path kernels_best_path(void);
/// The path that all kernels of this process take; at first the best one.
kernels_path kernels_current_path(void);
/// Chooses the path for the whole process; false, and no change, if the processor lacks it.
bool kernels_select_path(kernels_path path);

/// Tells the processor that this thread waits in a loop for another.
static inline void kernels_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// MARK: Matrix product

typedef enum { KERNELS_F32 = 0, KERNELS_BF16 = 1, KERNELS_F16 = 2 } kernels_type;

/// Outputs in one panel of packed weights.
#define KERNELS_PANEL 32
/// Rows that are packed, and walk the weights, together at most: a multiple of every path's tile.
#define KERNELS_ROWS 132

/// Panels that hold so many outputs.
static inline int64_t kernels_panels(int64_t outputs) { return (outputs + KERNELS_PANEL - 1) / KERNELS_PANEL; }
/// Bytes of packed weights, [panels][inputs][32] in their own type. Align them to 64.
size_t kernels_packed_bytes(kernels_type type, int64_t outputs, int64_t inputs);

/// Packs panels [panel_begin, panel_end) of weights whose element (output o, input k) is
/// `source[o * output_stride + k * input_stride]`; outputs past the end become zero.
void kernels_pack(kernels_type type, const void *source, int64_t output_stride, int64_t input_stride, int64_t outputs,
                  int64_t inputs, void *packed, int64_t panel_begin, int64_t panel_end);

/// Reads one output's weights, [inputs], back from the panels, widened to float32.
void kernels_unpack_row(kernels_type type, const void *packed, int64_t inputs, int64_t output, float *row);

/// c[rows, outputs] (+)= a[rows, inputs] . weights[outputs, inputs]^T + bias[outputs]
typedef struct {
  int64_t rows, outputs, inputs;
  const float *a;  // element (r, k) is a[r * a_row_stride + k * a_column_stride]
  int64_t a_row_stride, a_column_stride;
  const void *packed;
  kernels_type type;
  bool accumulate;    // chains start from what c holds, instead of from zero
  const float *bias;  // [outputs], or NULL
  float *c;           // element (r, o) is c[r * c_row_stride + o]; overlaps nothing else
  int64_t c_row_stride;
} kernels_product;

/// Computes the rows [row_begin, row_end) of the panels [panel_begin, panel_end). Any split gives the same bits.
void kernels_multiply(const kernels_product *product, int64_t row_begin, int64_t row_end, int64_t panel_begin,
                      int64_t panel_end);

// MARK: Norms

/// out = (x / sqrt(mean(x^2) + epsilon)) * (weight + weight_offset), row by row.
/// weight may be NULL (no scale); inverse_rms [rows] may be NULL.
void kernels_rms_norm(const float *x, int64_t x_stride, const float *weight, float weight_offset, float epsilon,
                      float *out, int64_t out_stride, float *inverse_rms, int64_t rows, int64_t width);

/// out = fma((x - mean) / sqrt(variance + epsilon), weight, bias), row by row.
/// weight and bias may be NULL; mean and inverse_deviation [rows] may be NULL.
void kernels_layer_norm(const float *x, int64_t x_stride, const float *weight, const float *bias, float epsilon,
                        float *out, int64_t out_stride, float *mean, float *inverse_deviation, int64_t rows,
                        int64_t width);

/// out = fma(x, weight + weight_offset, bias): the second half of a norm that was called without weights, same bits.
void kernels_affine(const float *x, int64_t x_stride, const float *weight, float weight_offset, const float *bias,
                    float *out, int64_t out_stride, int64_t rows, int64_t width);

// MARK: Rotary positions

/// cosine and sine [count, frequencies] of (first_position + i) * inverse_frequency, times scale. Computed in double and
/// rounded once; `single_angle` first rounds frequency and angle to float32, as PyTorch models do.
void kernels_rotary_table(const double *inverse_frequencies, int64_t frequencies, int64_t first_position,
                          int64_t count, double scale, bool single_angle, float *cosine, float *sine);

/// Turns x [rows, heads, head_width]: the first `rotary_width` elements of each head, as halves (a, b) ->
/// (a cos - b sin, b cos + a sin) by row positions[r] of the tables [positions, rotary_width / 2]. `inverse` turns back.
void kernels_rotary(const float *x, int64_t x_stride, const int32_t *positions, const float *cosine, const float *sine,
                    bool inverse, float *out, int64_t out_stride, int64_t rows, int64_t heads, int64_t head_width,
                    int64_t rotary_width);

// MARK: Attention

/// Causal attention of one sequence. Keys are numbered 0 ..< keys; the first `prefix` of them lie in prefix_k/prefix_v,
/// the others in k/v. Query i stands at position keys - queries + i and sees the keys up to there.
/// Heads lie side by side in a row: head h of a row begins at h * head_width (k/v: of its kv head).
typedef struct {
  int64_t queries, keys, prefix;
  int64_t heads, kv_heads, head_width;
  const float *q;  // [queries, heads, head_width]
  int64_t q_stride;
  const float *prefix_k, *prefix_v;  // [prefix, kv_heads, head_width], or NULL when prefix = 0
  int64_t prefix_k_stride, prefix_v_stride;
  const float *k, *v;  // [keys - prefix, kv_heads, head_width]
  int64_t k_stride, v_stride;
  float scale;     // scores = (q . k) * scale
  float soft_cap;  // then soft_cap * tanh(score / soft_cap); 0 for none
  int64_t window;  // a query at p sees the keys > p - window; 0 for all
  float *out;      // [queries, heads, head_width]
  int64_t out_stride;
} kernels_attention;

/// scores [heads, queries, keys] of the given heads and queries; -infinity where the mask hides.
void kernels_attention_scores(const kernels_attention *attention, float *scores, int64_t head_begin, int64_t head_end,
                              int64_t query_begin, int64_t query_end);
/// pattern [heads, queries, keys] = soft-max of the visible scores, zero elsewhere; may be done in place.
void kernels_attention_softmax(const kernels_attention *attention, const float *scores, float *pattern,
                               int64_t head_begin, int64_t head_end, int64_t query_begin, int64_t query_end);
/// out = pattern . v over the visible keys, a chain over increasing key numbers.
void kernels_attention_mix(const kernels_attention *attention, const float *pattern, int64_t head_begin,
                           int64_t head_end, int64_t query_begin, int64_t query_end);
/// The three steps at once, with no [heads, queries, keys] buffer: the same bits.
void kernels_attention_fused(const kernels_attention *attention, int64_t head_begin, int64_t head_end,
                             int64_t query_begin, int64_t query_end);

// MARK: Activations

typedef enum {
  KERNELS_SILU = 0,       // x / (1 + exp(-x))
  KERNELS_GELU_ERF = 1,   // x (1 + erf(x / sqrt 2)) / 2
  KERNELS_GELU_TANH = 2,  // x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
  KERNELS_RELU = 3,
} kernels_activation;

/// out = f(x), or f(x) * up when up is not NULL (gated feed-forward).
void kernels_activate(kernels_activation kind, const float *x, int64_t x_stride, const float *up, int64_t up_stride,
                      float *out, int64_t out_stride, int64_t rows, int64_t width);

// MARK: Soft-max and loss

/// out = exp(x - max) / sum exp(x - max), row by row. log_sum_exp [rows] may be NULL.
void kernels_softmax(const float *x, int64_t x_stride, float *out, int64_t out_stride, float *log_sum_exp,
                     int64_t rows, int64_t width);
/// max + log(sum exp(x - max)), row by row.
void kernels_log_sum_exp(const float *x, int64_t x_stride, float *out, int64_t rows, int64_t width);
/// loss[r] = log_sum_exp(logits[r]) - logits[r][targets[r]]; 0 where the target is negative. log_sum_exp may be NULL.
void kernels_cross_entropy(const float *logits, int64_t stride, const int32_t *targets, float *loss,
                           float *log_sum_exp, int64_t rows, int64_t width);

// MARK: Elements and rows

void kernels_add(const float *a, const float *b, float *out, int64_t count);
void kernels_subtract(const float *a, const float *b, float *out, int64_t count);
void kernels_multiply_elements(const float *a, const float *b, float *out, int64_t count);
void kernels_scale(const float *x, float factor, float *out, int64_t count);
/// out = fma(factor, b, a)
void kernels_add_scaled(const float *a, float factor, const float *b, float *out, int64_t count);
/// Sum in the 16-lane order.
float kernels_sum(const float *x, int64_t count);
/// a . b in the 16-lane order.
float kernels_dot(const float *a, const float *b, int64_t count);
/// The first index of the largest element; count > 0.
int64_t kernels_argmax(const float *x, int64_t count);

void kernels_exp(const float *x, float *out, int64_t count);
void kernels_log(const float *x, float *out, int64_t count);
void kernels_tanh(const float *x, float *out, int64_t count);
void kernels_erf(const float *x, float *out, int64_t count);
/// Sine and cosine in double, for |x| < 2^30.
void kernels_sine_cosine(double x, double *sine, double *cosine);

// MARK: Types

/// Widening is exact; narrowing rounds to nearest, ties to even.
void kernels_widen(kernels_type type, const void *x, float *out, int64_t count);
void kernels_narrow(kernels_type type, const float *x, void *out, int64_t count);
/// Whether every element is a finite number; x at any alignment.
bool kernels_finite(kernels_type type, const void *x, int64_t count);

#ifdef __cplusplus
}
#endif
