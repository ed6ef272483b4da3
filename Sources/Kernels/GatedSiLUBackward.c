// Gradients through the gate of a SwiGLU feed-forward layer.
#include "elementary.h"
#include "include/kernels_training.h"

// silu(g) = g s with s = 1 / (1 + exp(-g)), and silu'(g) = s (1 + g (1 - s)).
INLINE void kernels_gated_silu_backward_body(const float *gate, const float *up, int64_t stride, const float *d_out,
                                             int64_t d_out_stride, float *d_gate, float *d_up, int64_t d_stride,
                                             float *out, int64_t out_stride, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t i = 0; i < width; i += LANES) {
      int64_t n = width - i;
      f32x16 g = load_some(gate + r * stride + i, n, 0);
      f32x16 u = load_some(up + r * stride + i, n, 0);
      f32x16 d = load_some(d_out + r * d_out_stride + i, n, 0);
      f32x16 s = splat(1) / (splat(1) + exp16(-g));
      f32x16 silu = g * s;
      f32x16 slope = s * fma16(g, splat(1) - s, splat(1));
      store_some(d_gate + r * d_stride + i, d * u * slope, n);
      store_some(d_up + r * d_stride + i, d * silu, n);
      if (out != NULL) store_some(out + r * out_stride + i, silu * u, n);
    }
  }
}
KERNEL(void, kernels_gated_silu_backward,
       (const float *gate, const float *up, int64_t stride, const float *d_out, int64_t d_out_stride, float *d_gate,
        float *d_up, int64_t d_stride, float *out, int64_t out_stride, int64_t rows, int64_t width),
       (gate, up, stride, d_out, d_out_stride, d_gate, d_up, d_stride, out, out_stride, rows, width))
