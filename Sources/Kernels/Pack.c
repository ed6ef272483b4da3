// Weights in panels of 32 outputs: [panels][inputs][32], zero past the last output.
//
// The 16-bit types interleave the two halves of a panel: outputs 0, 16, 1, 17, ... 15, 31. A 32-bit lane then holds an
// output of either half, and bfloat16 widens with one shift or one mask for sixteen weights.
#include "types.h"

/// Where a panel keeps its output `o`, 0 ..< 32.
INLINE int64_t place(kernels_type type, int64_t o) { return type == KERNELS_F32 ? o : 2 * (o % 16) + o / 16; }

size_t kernels_packed_bytes(kernels_type type, int64_t outputs, int64_t inputs) {
  return (size_t)kernels_panels(outputs) * (size_t)inputs * KERNELS_PANEL * type_bytes(type);
}

/// Four rows of four words as four columns, each to a line of its own, `step` words apart.
INLINE void store_columns(const i32x4 x[4], uint32_t *to, int64_t step) {
  const i32x4 low0 = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5);
  const i32x4 low1 = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5);
  const i32x4 high0 = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7);
  const i32x4 high1 = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
  const i32x4 column[4] = {
      __builtin_shufflevector(low0, low1, 0, 1, 4, 5), __builtin_shufflevector(low0, low1, 2, 3, 6, 7),
      __builtin_shufflevector(high0, high1, 0, 1, 4, 5), __builtin_shufflevector(high0, high1, 2, 3, 6, 7)};
  UNROLL for (int i = 0; i < 4; i++) memcpy(to + i * step, &column[i], sizeof column[i]);
}

/// A whole panel of rows that are contiguous in k, for k up to a multiple of 8: returns how far it came.
static int64_t pack_rows_of_words(const uint32_t *source, int64_t row_stride, int64_t inputs, uint32_t *panel) {
  const int64_t whole = inputs / 8 * 8;
  for (int64_t k = 0; k < whole; k += 4) {
    for (int64_t o = 0; o < KERNELS_PANEL; o += 4) {
      i32x4 x[4];
      UNROLL for (int r = 0; r < 4; r++) memcpy(&x[r], source + (o + r) * row_stride + k, sizeof x[r]);
      store_columns(x, panel + k * KERNELS_PANEL + o, KERNELS_PANEL);
    }
  }
  return whole;
}

/// The same for halves: outputs o and o + 16 share a word, so a panel is a turned matrix of words again.
static int64_t pack_rows_of_halves(const uint16_t *source, int64_t row_stride, int64_t inputs, uint16_t *panel) {
  const int64_t whole = inputs / 8 * 8;
  for (int64_t k = 0; k < whole; k += 8) {
    for (int64_t o = 0; o < LANES; o += 4) {
      i32x4 near[4], far[4];
      UNROLL for (int r = 0; r < 4; r++) {
        u16x8 first, second;
        memcpy(&first, source + (o + r) * row_stride + k, sizeof first);
        memcpy(&second, source + (o + r + LANES) * row_stride + k, sizeof second);
        near[r] = (i32x4)__builtin_shufflevector(first, second, 0, 8, 1, 9, 2, 10, 3, 11);
        far[r] = (i32x4)__builtin_shufflevector(first, second, 4, 12, 5, 13, 6, 14, 7, 15);
      }
      uint32_t *to = (uint32_t *)panel + k * LANES + o;
      store_columns(near, to, LANES);
      store_columns(far, to + 4 * LANES, LANES);
    }
  }
  return whole;
}

#define PACK(ELEMENT, NAME, WHOLE)                                                                                       \
  static void NAME(kernels_type type, const ELEMENT *source, int64_t output_stride, int64_t input_stride,        \
                   int64_t valid, int64_t inputs, ELEMENT *panel) {                                               \
    if (valid < KERNELS_PANEL) memset(panel, 0, (size_t)inputs *KERNELS_PANEL * sizeof(ELEMENT));                 \
    if (type == KERNELS_F32 && output_stride == 1 && valid == KERNELS_PANEL) {                                    \
      for (int64_t k = 0; k < inputs; k++) {                                                                      \
        const ELEMENT *from = source + k * input_stride;                                                          \
        __builtin_prefetch(from + 8 * input_stride);                                                              \
        __builtin_prefetch(from + 8 * input_stride + LANES);                                                      \
        memcpy(panel + k * KERNELS_PANEL, from, KERNELS_PANEL * sizeof(ELEMENT));                                 \
      }                                                                                                           \
      return;                                                                                                     \
    }                                                                                                             \
    if (type == KERNELS_F32 && output_stride == 1) {                                                              \
      for (int64_t k = 0; k < inputs; k++) {                                                                      \
        memcpy(panel + k * KERNELS_PANEL, source + k * input_stride, (size_t)valid * sizeof(ELEMENT));            \
      }                                                                                                           \
      return;                                                                                                     \
    }                                                                                                             \
    /* Blocks of inputs keep both the lines that are read and those that are written in the cache. */            \
    const int64_t block = 64;                                                                                     \
    int64_t done = 0;                                                                                             \
    if (valid == KERNELS_PANEL && input_stride == 1) done = WHOLE(source, output_stride, inputs, panel);          \
    for (int64_t begin = done; begin < inputs; begin += block) {                                                     \
      int64_t end = begin + block < inputs ? begin + block : inputs;                                              \
      for (int64_t o = 0; o < valid; o++) {                                                                       \
        const ELEMENT *from = source + o * output_stride;                                                         \
        ELEMENT *to = panel + place(type, o);                                                                     \
        for (int64_t k = begin; k < end; k++) to[k * KERNELS_PANEL] = from[k * input_stride];                     \
      }                                                                                                           \
    }                                                                                                             \
  }
PACK(uint32_t, pack_words, pack_rows_of_words)
PACK(uint16_t, pack_halves, pack_rows_of_halves)

void kernels_pack(kernels_type type, const void *source, int64_t output_stride, int64_t input_stride, int64_t outputs,
                  int64_t inputs, void *packed, int64_t panel_begin, int64_t panel_end) {
  for (int64_t p = panel_begin; p < panel_end; p++) {
    int64_t first = p * KERNELS_PANEL;
    int64_t valid = outputs - first < KERNELS_PANEL ? outputs - first : KERNELS_PANEL;
    if (type == KERNELS_F32) {
      pack_words(type, (const uint32_t *)source + first * output_stride, output_stride, input_stride, valid, inputs,
                 (uint32_t *)packed + first * inputs);
    } else {
      pack_halves(type, (const uint16_t *)source + first * output_stride, output_stride, input_stride, valid, inputs,
                  (uint16_t *)packed + first * inputs);
    }
  }
}

void kernels_unpack_row(kernels_type type, const void *packed, int64_t inputs, int64_t output, float *row) {
  int64_t first = (output / KERNELS_PANEL) * KERNELS_PANEL * inputs + place(type, output % KERNELS_PANEL);
  for (int64_t k = 0; k < inputs; k++) {
    row[k] = widen_one(type, (const char *)packed + (size_t)(first + k * KERNELS_PANEL) * type_bytes(type));
  }
}
