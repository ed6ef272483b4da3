// Gradients through causal attention.
#include "include/kernels_training.h"
#include "internal.h"

// Per query head, with P the pattern [queries, keys]:
//   dP = dO V^T    dS = P (dP - rowsum(P dP)) scale    dQ = dS K    dV = P^T dO    dK = dS^T Q
// Each is a chain over increasing queries or keys that begins or ends at the diagonal, worked in blocks of one panel.

enum { BLOCK = KERNELS_PANEL };

static int64_t minimum(int64_t a, int64_t b) { return a < b ? a : b; }

// [length, width] packed so that its columns are outputs and its rows are inputs.
static void pack_columns(const float *source, int64_t stride, int64_t length, int64_t width, float *packed) {
  kernels_pack(KERNELS_F32, source, 1, stride, width, length, packed, 0, kernels_panels(width));
}

// c[r, :] (+)= sum over t >= first of a[t, r] * packed[t, :], for rows [row_begin, row_end) of c.
static void multiply_transposed(const float *a, int64_t length, const float *packed, int64_t width, int64_t row_begin,
                                int64_t row_end, bool accumulate, float *c, int64_t c_stride) {
  for (int64_t column = 0, panel = 0; column < width; column += BLOCK, panel++) {
    kernels_product product = {.rows = row_end - row_begin,
                               .outputs = minimum(BLOCK, width - column),
                               .inputs = length - row_begin,
                               .a = a + row_begin * length + row_begin,
                               .a_row_stride = 1,
                               .a_column_stride = length,
                               .packed = packed + (panel * length + row_begin) * BLOCK,
                               .type = KERNELS_F32,
                               .accumulate = accumulate,
                               .c = c + row_begin * c_stride + column,
                               .c_row_stride = c_stride};
    kernels_multiply(&product, 0, product.rows, 0, 1);
  }
}

// c[r, :] = sum over t < row_end of a[r, t] * packed[t, :], for rows [row_begin, row_end).
static void multiply_visible(const float *a, int64_t length, const float *packed, int64_t width, int64_t row_begin,
                             int64_t row_end, float *c, int64_t c_stride) {
  for (int64_t column = 0, panel = 0; column < width; column += BLOCK, panel++) {
    kernels_product product = {.rows = row_end - row_begin,
                               .outputs = minimum(BLOCK, width - column),
                               .inputs = row_end,
                               .a = a + row_begin * length,
                               .a_row_stride = length,
                               .a_column_stride = 1,
                               .packed = packed + panel * length * BLOCK,
                               .type = KERNELS_F32,
                               .c = c + row_begin * c_stride + column,
                               .c_row_stride = c_stride};
    kernels_multiply(&product, 0, product.rows, 0, 1);
  }
}

INLINE void kernels_softmax_backward_body(const float *pattern, float *d_scores, float scale, int64_t visible,
                                          int64_t width) {
  f32x16 mean = splat(row_dot(pattern, d_scores, visible));
  for (int64_t i = 0; i < visible; i += LANES) {
    int64_t n = visible - i;
    f32x16 d = load_some(pattern + i, n, 0) * (load_some(d_scores + i, n, 0) - mean) * splat(scale);
    store_some(d_scores + i, d, n);
  }
  for (int64_t i = visible; i < width; i++) d_scores[i] = 0;
}
KERNEL(void, kernels_softmax_backward,
       (const float *pattern, float *d_scores, float scale, int64_t visible, int64_t width),
       (pattern, d_scores, scale, visible, width))

static size_t panel_floats(int64_t outputs, int64_t inputs) {
  return (size_t)(kernels_panels(outputs) * BLOCK * inputs);
}

size_t kernels_attention_backward_scratch(const kernels_attention *attention) {
  int64_t length = attention->queries, width = attention->head_width;
  return panel_floats(length, width) + 3 * panel_floats(width, length) + (size_t)(length * length);
}

void kernels_attention_backward(const kernels_attention *attention, const float *pattern, const float *d_out,
                                int64_t d_out_stride, float *d_q, int64_t d_q_stride, float *d_k, float *d_v,
                                int64_t d_kv_stride, int64_t kv_head_begin, int64_t kv_head_end, float *scratch) {
  int64_t length = attention->queries, width = attention->head_width;
  int64_t group = attention->heads / attention->kv_heads;
  float *values = scratch;  // V packed with keys as outputs
  float *keys = values + panel_floats(length, width);
  float *rows = keys + panel_floats(width, length);  // dO, then Q
  float *d_scores = rows + panel_floats(width, length);

  for (int64_t kv = kv_head_begin; kv < kv_head_end; kv++) {
    const float *v = attention->v + kv * width;
    kernels_pack(KERNELS_F32, v, attention->v_stride, 1, length, width, values, 0, kernels_panels(length));
    pack_columns(attention->k + kv * width, attention->k_stride, length, width, keys);
    for (int64_t head = kv * group; head < (kv + 1) * group; head++) {
      const float *p = pattern + head * length * length;
      const float *d_head = d_out + head * width;
      bool accumulate = head > kv * group;
      kernels_product d_pattern = {.rows = length,
                                   .outputs = length,
                                   .inputs = width,
                                   .a = d_head,
                                   .a_row_stride = d_out_stride,
                                   .a_column_stride = 1,
                                   .packed = values,
                                   .type = KERNELS_F32,
                                   .c = d_scores,
                                   .c_row_stride = length};
      pack_columns(d_head, d_out_stride, length, width, rows);
      for (int64_t begin = 0; begin < length; begin += BLOCK) {
        int64_t end = minimum(begin + BLOCK, length);
        multiply_transposed(p, length, rows, width, begin, end, accumulate, d_v + kv * width, d_kv_stride);
        kernels_multiply(&d_pattern, begin, end, 0, begin / BLOCK + 1);
        for (int64_t r = begin; r < end; r++)
          kernels_softmax_backward(p + r * length, d_scores + r * length, attention->scale, r + 1, end);
        multiply_visible(d_scores, length, keys, width, begin, end, d_q + head * width, d_q_stride);
      }
      pack_columns(attention->q + head * width, attention->q_stride, length, width, rows);
      for (int64_t begin = 0; begin < length; begin += BLOCK)
        multiply_transposed(d_scores, length, rows, width, begin, minimum(begin + BLOCK, length), accumulate,
                            d_k + kv * width, d_kv_stride);
    }
  }
}
