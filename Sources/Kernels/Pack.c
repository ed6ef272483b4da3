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

#define PACK(ELEMENT, NAME)                                                                                       \
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
    for (int64_t begin = 0; begin < inputs; begin += block) {                                                     \
      int64_t end = begin + block < inputs ? begin + block : inputs;                                              \
      for (int64_t o = 0; o < valid; o++) {                                                                       \
        const ELEMENT *from = source + o * output_stride;                                                         \
        ELEMENT *to = panel + place(type, o);                                                                     \
        for (int64_t k = begin; k < end; k++) to[k * KERNELS_PANEL] = from[k * input_stride];                     \
      }                                                                                                           \
    }                                                                                                             \
  }
PACK(uint32_t, pack_words)
PACK(uint16_t, pack_halves)

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
