// Rotary position embeddings (Su et al. 2021), half-split: element i turns with element i + rotary_width / 2.
#include <math.h>

#include "internal.h"

/// Taylor polynomials on |r| <= pi / 4, after taking off a multiple of pi / 2 in three parts.
void kernels_sine_cosine(double x, double *sine, double *cosine) {
  const double shift = 0x1.8p52;
  const double turns = fma(x, 0x1.45f306dc9c883p-1, shift) - shift;
  double r = fma(-turns, 0x1.921fb54442d18p0, x);
  r = fma(-turns, 0x1.1a62633145c07p-54, r);
  r = fma(-turns, -0x1.f1976b7ed8fbcp-110, r);
  const double z = r * r;
  double s = -1.0 / 1307674368000;
  s = fma(s, z, 1.0 / 6227020800);
  s = fma(s, z, -1.0 / 39916800);
  s = fma(s, z, 1.0 / 362880);
  s = fma(s, z, -1.0 / 5040);
  s = fma(s, z, 1.0 / 120);
  s = fma(s, z, -1.0 / 6);
  s = fma(s * z, r, r);
  double c = 1.0 / 20922789888000;
  c = fma(c, z, -1.0 / 87178291200);
  c = fma(c, z, 1.0 / 479001600);
  c = fma(c, z, -1.0 / 3628800);
  c = fma(c, z, 1.0 / 40320);
  c = fma(c, z, -1.0 / 720);
  c = fma(c, z, 1.0 / 24);
  c = fma(c, z, -0.5);
  c = fma(c, z, 1);
  switch ((int64_t)turns & 3) {
    case 0: *sine = s; *cosine = c; break;
    case 1: *sine = c; *cosine = -s; break;
    case 2: *sine = -s; *cosine = -c; break;
    default: *sine = -c; *cosine = s; break;
  }
}

void kernels_rotary_table(const double *inverse_frequencies, int64_t frequencies, int64_t first_position,
                          int64_t count, double scale, bool single_angle, float *cosine, float *sine) {
  for (int64_t i = 0; i < count; i++) {
    for (int64_t f = 0; f < frequencies; f++) {
      const double position = (double)(first_position + i);
      const double angle = single_angle ? (double)((float)position * (float)inverse_frequencies[f])
                                        : position * inverse_frequencies[f];
      double s, c;
      kernels_sine_cosine(angle, &s, &c);
      cosine[i * frequencies + f] = (float)(c * scale);
      sine[i * frequencies + f] = (float)(s * scale);
    }
  }
}

INLINE void kernels_rotary_body(const float *x, int64_t x_stride, const int32_t *positions, const float *cosine,
                                const float *sine, bool inverse, float *out, int64_t out_stride, int64_t rows,
                                int64_t heads, int64_t head_width, int64_t rotary_width) {
  const int64_t half = rotary_width / 2;
  for (int64_t r = 0; r < rows; r++) {
    const float *cos_row = cosine + positions[r] * half, *sin_row = sine + positions[r] * half;
    for (int64_t h = 0; h < heads; h++) {
      const float *from = x + r * x_stride + h * head_width;
      float *to = out + r * out_stride + h * head_width;
      for (int64_t i = 0; i < half; i += LANES) {
        const int64_t n = half - i;
        f32x16 c = load_some(cos_row + i, n, 0), s = load_some(sin_row + i, n, 0);
        if (inverse) s = -s;
        f32x16 a = load_some(from + i, n, 0), b = load_some(from + half + i, n, 0);
        store_some(to + i, fma16(a, c, -(b * s)), n);
        store_some(to + half + i, fma16(b, c, a * s), n);
      }
      if (to != from) {
        memmove(to + rotary_width, from + rotary_width, (size_t)(head_width - rotary_width) * sizeof(float));
      }
    }
  }
}
KERNEL(void, kernels_rotary,
       (const float *x, int64_t x_stride, const int32_t *positions, const float *cosine, const float *sine,
        bool inverse, float *out, int64_t out_stride, int64_t rows, int64_t heads, int64_t head_width,
        int64_t rotary_width),
       (x, x_stride, positions, cosine, sine, inverse, out, out_stride, rows, heads, head_width, rotary_width))
