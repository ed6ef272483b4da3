// Lanes of float32 from, and to, the types that weights are kept in.
#pragma once

#include "internal.h"

INLINE size_t type_bytes(kernels_type type) { return type == KERNELS_F32 ? 4 : 2; }

/// Exact.
INLINE f32x16 widen_bf16(const uint16_t *p) {
  u16x16 v;
  memcpy(&v, p, sizeof v);
  return floats16(__builtin_convertvector(v, i32x16) << 16);
}

/// Exact.
INLINE f32x16 widen_f16(const uint16_t *p) {
  f16x16 v;
  memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, f32x16);
}

/// Exact. p holds one element of `type`.
INLINE float widen_one(kernels_type type, const void *p) {
  if (type == KERNELS_F32) {
    float x;
    memcpy(&x, p, sizeof x);
    return x;
  }
  if (type == KERNELS_BF16) {
    uint16_t half;
    memcpy(&half, p, sizeof half);
    uint32_t bits = (uint32_t)half << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
  }
  _Float16 half;
  memcpy(&half, p, sizeof half);
  return (float)half;
}

/// Rounds to nearest, ties to even. Infinity stays; a NaN stays a quiet NaN.
INLINE void narrow_one(kernels_type type, float x, void *p) {
  if (type == KERNELS_F32) {
    memcpy(p, &x, sizeof x);
  } else if (type == KERNELS_BF16) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bool nan = (bits & 0x7fffffff) > 0x7f800000;
    uint16_t half = (uint16_t)(nan ? (bits >> 16) | 0x40 : (bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    memcpy(p, &half, sizeof half);
  } else {
    _Float16 half = (_Float16)x;
    memcpy(p, &half, sizeof half);
  }
}
