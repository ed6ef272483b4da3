// exp, log, tanh and erf on sixteen lanes: our own, so that every path (and every C library) gives the same bits.
// Errors are below 2 units in the last place where it is not said otherwise; NaN stays NaN.
#pragma once

#include "internal.h"

/// exp(x) = 2^n exp(r), |r| <= ln 2 / 2, by the Taylor polynomial of degree 7 (remainder below 2^-27).
INLINE f32x16 exp16(f32x16 x) {
  // Beyond these the result is 0 or infinity anyway; inside them 2^n splits into two normal factors.
  x = x < splat(-105.0f) ? splat(-105.0f) : x;
  x = x > splat(89.0f) ? splat(89.0f) : x;
  const f32x16 shift = splat(0x1.8p23f);  // adding it rounds to an integer in the low bits
  f32x16 shifted = fma16(x, splat(0x1.715476p0f), shift);
  f32x16 n = shifted - shift;
  f32x16 r = fma16(n, splat(-0x1.62e4p-1f), x);     // ln 2 in two parts,
  r = fma16(n, splat(-0x1.7f7d1cp-20f), r);         // the first exact in a product with n
  f32x16 p = splat(1.0f / 5040);
  p = fma16(p, r, splat(1.0f / 720));
  p = fma16(p, r, splat(1.0f / 120));
  p = fma16(p, r, splat(1.0f / 24));
  p = fma16(p, r, splat(1.0f / 6));
  p = fma16(p, r, splat(0.5f));
  p = fma16(p, r, splat(1));
  p = fma16(p, r, splat(1));
  i32x16 exponent = bits16(shifted) - bits16(shift);
  i32x16 half = exponent >> 1;
  f32x16 low = floats16((half + 127) << 23);
  f32x16 high = floats16((exponent - half + 127) << 23);
  return p * low * high;
}

/// log(x) = n log 2 + 2 artanh(f / (2 + f)), x = 2^n (1 + f), by the artanh series.
INLINE f32x16 log16(f32x16 x) {
  i32x16 tiny = x < splat(0x1p-126f);  // subnormal: scale up
  f32x16 scaled = tiny ? x * splat(0x1p23f) : x;
  // Split so that 1 + f lies in [sqrt(1/2), sqrt(2)).
  i32x16 offset = bits16(scaled) - 0x3f3504f3;
  i32x16 exponent = (offset >> 23) - (tiny ? (i32x16)(23) : (i32x16)(0));
  f32x16 f = floats16((offset & 0x007fffff) + 0x3f3504f3) - splat(1);
  f32x16 n = __builtin_convertvector(exponent, f32x16);
  f32x16 s = f / (f + splat(2));
  f32x16 z = s * s;
  f32x16 p = splat(2.0f / 11);
  p = fma16(p, z, splat(2.0f / 9));
  p = fma16(p, z, splat(2.0f / 7));
  p = fma16(p, z, splat(2.0f / 5));
  p = fma16(p, z, splat(2.0f / 3));
  // 2 s = f - f s: the small terms first, the large ones last.
  f32x16 small = fma16(n, splat(0x1.7f7d1cp-20f), s * (z * p - f));
  f32x16 y = fma16(n, splat(0x1.62e4p-1f), small + f);
  y = x == splat(__builtin_inff()) ? x : y;
  y = x == splat(0) ? splat(-__builtin_inff()) : y;
  return x >= splat(0) ? y : splat(__builtin_nanf(""));
}

/// tanh(x): Lambert's continued fraction, cut after five terms, below 0.625; 1 - 2 / (exp(2|x|) + 1) above.
INLINE f32x16 tanh16(f32x16 x) {
  f32x16 a = abs16(x);
  f32x16 z = x * x;
  f32x16 above = fma16(z + splat(105), z, splat(945));
  f32x16 below = fma16(fma16(splat(15), z, splat(420)), z, splat(945));
  f32x16 inner = x * (above / below);
  f32x16 outer = splat(1) - splat(2) / (exp16(a + a) + splat(1));
  return a < splat(0.625f) ? inner : copysign16(outer, x);
}

/// erf(x): the Taylor series below 1; above, 1 - exp(-x^2) P(1 / (1 + x/2)), with P fitted by least squares over
/// 0.98 <= x <= 4 (residual below 2e-12). Absolute error below 2^-22.
INLINE f32x16 erf16(f32x16 x) {
  f32x16 a = abs16(x);
  f32x16 z = x * x;
  // 2 / sqrt(pi) * (-1)^n / (n! (2n + 1))
  const float root = 0x1.20dd76p0f;
  f32x16 p = splat(root / 76204800);
  p = fma16(p, z, splat(-root / 6894720));
  p = fma16(p, z, splat(root / 685440));
  p = fma16(p, z, splat(-root / 75600));
  p = fma16(p, z, splat(root / 9360));
  p = fma16(p, z, splat(-root / 1320));
  p = fma16(p, z, splat(root / 216));
  p = fma16(p, z, splat(-root / 42));
  p = fma16(p, z, splat(root / 10));
  p = fma16(p, z, splat(-root / 3));
  f32x16 inner = fma16(p * z, x, x * splat(root));
  f32x16 t = splat(1) / fma16(splat(0.5f), a, splat(1));
  f32x16 q = splat(0.1120184138417244f);
  q = fma16(q, t, splat(-0.44115757942199707f));
  q = fma16(q, t, splat(0.5107833743095398f));
  q = fma16(q, t, splat(-0.05294579640030861f));
  q = fma16(q, t, splat(0.31861722469329834f));
  q = fma16(q, t, splat(0.2697194218635559f));
  q = fma16(q, t, splat(0.2830074727535248f));
  f32x16 outer = splat(1) - exp16(-z) * (q * t);
  return a < splat(1) ? inner : copysign16(outer, x);
}

/// 1 / (1 + exp(-x))
INLINE f32x16 sigmoid16(f32x16 x) { return splat(1) / (splat(1) + exp16(-x)); }
