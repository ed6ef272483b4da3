// Activation functions, gated or plain.
#include "elementary.h"

INLINE f32x16 activation16(kernels_activation kind, f32x16 x) {
  switch (kind) {
    case KERNELS_SILU:
      return x / (splat(1) + exp16(-x));
    case KERNELS_GELU_ERF:
      return (x * splat(0.5f)) * (splat(1) + erf16(x * splat(0x1.6a09e6p-1f)));
    case KERNELS_GELU_TANH: {
      f32x16 cubic = fma16(x * x, x * splat(0.044715f), x);
      return (x * splat(0.5f)) * (splat(1) + tanh16(cubic * splat(0x1.988454p-1f)));
    }
    case KERNELS_RELU:
      break;
  }
  return x < splat(0) ? splat(0) : x;
}

/// The loop of one kind, so that the choice stays outside it.
INLINE void activate_rows(kernels_activation kind, const float *x, int64_t x_stride, const float *up,
                          int64_t up_stride, float *out, int64_t out_stride, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t i = 0; i < width; i += LANES) {
      int64_t n = width - i;
      f32x16 y = activation16(kind, load_some(x + r * x_stride + i, n, 0));
      if (up != NULL) y = y * load_some(up + r * up_stride + i, n, 0);
      store_some(out + r * out_stride + i, y, n);
    }
  }
}

INLINE void kernels_activate_body(kernels_activation kind, const float *x, int64_t x_stride, const float *up,
                                  int64_t up_stride, float *out, int64_t out_stride, int64_t rows, int64_t width) {
  switch (kind) {
    case KERNELS_SILU:
      activate_rows(KERNELS_SILU, x, x_stride, up, up_stride, out, out_stride, rows, width);
      break;
    case KERNELS_GELU_ERF:
      activate_rows(KERNELS_GELU_ERF, x, x_stride, up, up_stride, out, out_stride, rows, width);
      break;
    case KERNELS_GELU_TANH:
      activate_rows(KERNELS_GELU_TANH, x, x_stride, up, up_stride, out, out_stride, rows, width);
      break;
    case KERNELS_RELU:
      activate_rows(KERNELS_RELU, x, x_stride, up, up_stride, out, out_stride, rows, width);
      break;
  }
}
KERNEL(void, kernels_activate,
       (kernels_activation kind, const float *x, int64_t x_stride, const float *up, int64_t up_stride, float *out,
        int64_t out_stride, int64_t rows, int64_t width),
       (kind, x, x_stride, up, up_stride, out, out_stride, rows, width))
