// Matrix product: every output element is one chain of fused multiply-adds over k in increasing order.
//
// Lanes run across outputs, never across k. A tile of rows x 32 outputs keeps its chains in registers while it walks k;
// k is cut into blocks that fit the caches, and a tile reloads its chains at each block, which leaves them as they were.
// Few rows (a decoding step) read each weight once: they take several panels at a time to keep enough chains in flight.
#include "types.h"

#define HALVES (KERNELS_PANEL / LANES)

/// One tile: `rows` rows of packed a times `panels` panels, over `depth` values of k.
typedef struct {
  const float *a;     // [depth, rows]; or, to a tile that reads a in place, [rows, depth]
  int64_t a_stride;   // from one row to the next, in place
  const char *b;      // the first panel's weights from this block's first k
  size_t b_stride;    // bytes from one panel to the next
  const char *ahead;  // what to fetch meanwhile: of the next panel's block, this tile's share
  int64_t ahead_step; // bytes of it for each four k, an even number
  int64_t depth;
  float *c;           // the first row's first output
  int64_t c_stride;
  bool resume;        // chains start from c
  const float *bias;  // of the first output, on the last block only
} tile_task;

/// Sixteen outputs of a panel at one k: the first half or the second.
INLINE f32x16 weights16(const kernels_type type, const char *b, int64_t k, const int half) {
  if (type == KERNELS_F32) return load((const float *)b + k * KERNELS_PANEL + half * LANES);
  const uint16_t *pairs = (const uint16_t *)b + k * KERNELS_PANEL;
  if (type == KERNELS_BF16) {
    i32x16 v;
    memcpy(&v, pairs, sizeof v);
    return floats16(half == 0 ? v << 16 : v & (int32_t)0xffff0000);
  }
  f16x16 first, second;
  memcpy(&first, pairs, sizeof first);
  memcpy(&second, pairs + LANES, sizeof second);
  f16x16 lanes = half == 0 ? __builtin_shufflevector(first, second, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
                           : __builtin_shufflevector(first, second, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  return __builtin_convertvector(lanes, f32x16);
}

#define MAX_ROWS 12
#define MAX_PANELS 4
#define MAX_DEPTH 896

/// One value of k: a fused multiply-add to each chain.
INLINE void step(const int rows, const int panels, const int first_half, const int halves, const kernels_type type,
                 const float *a, int64_t a_stride, const char *b, size_t b_stride,
                 f32x16 chain[MAX_ROWS][MAX_PANELS][HALVES]) {
  const size_t line = KERNELS_PANEL * type_bytes(type);
  f32x16 weight[MAX_PANELS][HALVES];
  UNROLL for (int p = 0; p < panels; p++) {
    // Several panels stream from memory, one panel's block lies in the second cache.
    if (halves == HALVES) {
      const char *soon = b + p * b_stride + (panels > 1 ? 32 : 8) * line;
      __builtin_prefetch(soon);
      if (panels == 1 && line > 64) __builtin_prefetch(soon + 64);
    }
    UNROLL for (int h = 0; h < halves; h++) weight[p][h] = weights16(type, b + p * b_stride, 0, first_half + h);
  }
  if (rows > 8) __builtin_prefetch(a + 8 * rows);
  UNROLL for (int r = 0; r < rows; r++) {
    f32x16 x = splat(a[r * a_stride]);
    UNROLL for (int p = 0; p < panels; p++) {
      UNROLL for (int h = 0; h < halves; h++) chain[r][p][h] = fma16(x, weight[p][h], chain[r][p][h]);
    }
  }
}

/// Everything but the task is a constant after inlining; the chains live in registers.
INLINE void tile(const int rows, const int panels, const int first_half, const int halves, const bool in_place,
                 const kernels_type type, const tile_task *t) {
  f32x16 chain[MAX_ROWS][MAX_PANELS][HALVES];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int p = 0; p < panels; p++) {
      UNROLL for (int h = 0; h < halves; h++) {
        const float *c = t->c + r * t->c_stride + p * KERNELS_PANEL + (first_half + h) * LANES;
        chain[r][p][h] = t->resume ? load(c) : splat(0);
      }
    }
  }
  const int64_t depth = t->depth;
  const float *a = t->a;
  const char *b = t->b, *ahead = t->ahead;
  // A half fetches half of the tile's share.
  const int64_t ahead_step = halves == HALVES ? t->ahead_step : t->ahead_step / 2;
  ahead += first_half * ((depth + 3) / 4 * ahead_step);
  const size_t b_stride = t->b_stride;
  const size_t line = KERNELS_PANEL * type_bytes(type);
  const int64_t a_stride = in_place ? t->a_stride : 1, a_step = in_place ? 1 : rows;
  // Four values of k at a time: what is not arithmetic counts where a neighbour shares the core.
  for (int64_t k = 0; k < depth; k += 4) {
    if (panels == 1) {
      for (int64_t i = 0; i < ahead_step; i += 64) __builtin_prefetch(ahead + i, 0, 2);
      ahead += ahead_step;
    }
    if (k + 4 <= depth) {
      UNROLL for (int u = 0; u < 4; u++) {
        step(rows, panels, first_half, halves, type, a + u * a_step, a_stride, b + (size_t)u * line, b_stride, chain);
      }
      a += 4 * a_step;
      b += 4 * line;
    } else {
      for (int64_t last = k; last < depth; last++, a += a_step, b += line) {
        step(rows, panels, first_half, halves, type, a, a_stride, b, b_stride, chain);
      }
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int p = 0; p < panels; p++) {
      UNROLL for (int h = 0; h < halves; h++) {
        const int64_t column = p * KERNELS_PANEL + (first_half + h) * LANES;
        f32x16 y = chain[r][p][h];
        if (t->bias != NULL) y = y + load(t->bias + column);
        store(t->c + r * t->c_stride + column, y);
      }
    }
  }
}

/// A tile whose `halves` fit the registers at once, or one half after the other.
INLINE void whole_tile(const int rows, const int panels, const int halves, const bool in_place,
                       const kernels_type type, const tile_task *t) {
  if (halves == HALVES) {
    tile(rows, panels, 0, HALVES, in_place, type, t);
  } else {
    tile(rows, panels, 0, 1, in_place, type, t);
    tile(rows, panels, 1, 1, in_place, type, t);
  }
}

INLINE void typed_tile(const int rows, const int panels, const int halves, const bool in_place, kernels_type type,
                       const tile_task *t) {
  switch (type) {
    case KERNELS_F32: whole_tile(rows, panels, halves, in_place, KERNELS_F32, t); break;
    case KERNELS_BF16: whole_tile(rows, panels, halves, in_place, KERNELS_BF16, t); break;
    case KERNELS_F16: whole_tile(rows, panels, halves, in_place, KERNELS_F16, t); break;
  }
}

// MARK: The tiles of each path

typedef void tile_kernel(kernels_type type, const tile_task *t);

/// How a path fills its registers. Each tile is a function of its own, which keeps the compiler quick.
typedef struct {
  int rows;                            // of the largest tile
  int streaming;                       // up to so many rows take several panels at a time
  int depth;                           // k of a block: a panel's block and packed rows stay in the second cache
  tile_kernel *one[MAX_ROWS + 1];      // a panel, by rows
  tile_kernel *in_place;               // a panel, of so many rows that are not packed; or NULL
  tile_kernel *several[MAX_ROWS + 1];  // several panels, by rows; or NULL
  int panels[MAX_ROWS + 1];            // how many those are
} tile_set;

#define TILE(PATH, ATTRIBUTE, ROWS, PANELS, HALVES_AT_ONCE)                                   \
  ATTRIBUTE static void PATH##_##ROWS##_##PANELS(kernels_type type, const tile_task *t) {     \
    typed_tile(ROWS, PANELS, HALVES_AT_ONCE, false, type, t);                                 \
  }

#define TILE_PORTABLE(ROWS) TILE(portable, , ROWS, 1, 1)
TILE_PORTABLE(1) TILE_PORTABLE(2) TILE_PORTABLE(3) TILE_PORTABLE(4)
static const tile_set tiles_portable = {
    .rows = 4,
    .streaming = 1,
    .depth = 448,
    .one = {NULL, portable_1_1, portable_2_1, portable_3_1, portable_4_1},
};

#if defined(__x86_64__)
// Sixteen registers of eight lanes: twelve hold chains, two weights, one an element of a.
#define TILE_AVX2(ROWS, PANELS, HALVES_AT_ONCE) TILE(avx2, KERNEL_AVX2, ROWS, PANELS, HALVES_AT_ONCE)
TILE_AVX2(1, 1, 2) TILE_AVX2(2, 1, 2) TILE_AVX2(3, 1, 2) TILE_AVX2(4, 1, 1) TILE_AVX2(5, 1, 1) TILE_AVX2(6, 1, 1)
TILE_AVX2(1, 2, 2)
KERNEL_AVX2 static void avx2_in_place(kernels_type type, const tile_task *t) { typed_tile(6, 1, 1, true, type, t); }
static const tile_set tiles_avx2 = {
    .rows = 6,
    .streaming = 3,
    .depth = 448,
    .one = {NULL, avx2_1_1, avx2_2_1, avx2_3_1, avx2_4_1, avx2_5_1, avx2_6_1},
    .in_place = avx2_in_place,
    .several = {NULL, avx2_1_2},
    .panels = {0, 2},
};

// Thirty-two registers of sixteen lanes: at most twenty-four hold chains.
#define TILE_AVX512(ROWS, PANELS) TILE(avx512, KERNEL_AVX512, ROWS, PANELS, 2)
TILE_AVX512(1, 1) TILE_AVX512(2, 1) TILE_AVX512(3, 1) TILE_AVX512(4, 1) TILE_AVX512(5, 1) TILE_AVX512(6, 1)
TILE_AVX512(7, 1) TILE_AVX512(8, 1) TILE_AVX512(9, 1) TILE_AVX512(10, 1) TILE_AVX512(11, 1) TILE_AVX512(12, 1)
TILE_AVX512(1, 4) TILE_AVX512(2, 4) TILE_AVX512(3, 2) TILE_AVX512(4, 2) TILE_AVX512(5, 2) TILE_AVX512(6, 2)
static const tile_set tiles_avx512 = {
    .rows = 12,
    .streaming = 8,
    .depth = MAX_DEPTH,  // these processors have a second cache of 1 MB or more
    .one = {NULL, avx512_1_1, avx512_2_1, avx512_3_1, avx512_4_1, avx512_5_1, avx512_6_1, avx512_7_1, avx512_8_1,
            avx512_9_1, avx512_10_1, avx512_11_1, avx512_12_1},
    .several = {NULL, avx512_1_4, avx512_2_4, avx512_3_2, avx512_4_2, avx512_5_2, avx512_6_2},
    .panels = {0, 4, 4, 2, 2, 2, 2},
};
#endif

static const tile_set *current_tiles(void) {
  switch (kernels_path_now()) {
#if defined(__x86_64__)
    case KERNELS_AVX512: return &tiles_avx512;
    case KERNELS_AVX2: return &tiles_avx2;
#endif
    default: return &tiles_portable;
  }
}

// MARK: The product

/// The last panel when outputs do not fill it: computed beside c, and the outputs that exist copied.
static void run_partial_tile(tile_kernel *tile, int64_t rows, int64_t outputs, kernels_type type,
                             const tile_task *task) {
  float c[MAX_ROWS * KERNELS_PANEL], bias[KERNELS_PANEL] = {0};
  tile_task t = *task;
  t.c = c;
  t.c_stride = KERNELS_PANEL;
  memset(c, 0, sizeof c);
  if (t.resume) {
    for (int64_t r = 0; r < rows; r++) {
      memcpy(c + r * KERNELS_PANEL, task->c + r * task->c_stride, (size_t)outputs * sizeof(float));
    }
  }
  if (t.bias != NULL) {
    memcpy(bias, task->bias, (size_t)outputs * sizeof(float));
    t.bias = bias;
  }
  tile(type, &t);
  for (int64_t r = 0; r < rows; r++) {
    memcpy(task->c + r * task->c_stride, c + r * KERNELS_PANEL, (size_t)outputs * sizeof(float));
  }
}

/// Four rows of a, each contiguous in k, as four columns of the packed tile: turned four by four in registers.
INLINE void pack_four_rows(const float *a, int64_t row_stride, int64_t rows, int64_t depth, float *packed) {
  int64_t k = 0;
  for (; k + 4 <= depth; k += 4, a += 4, packed += 4 * rows) {
    f32x4 x[4];
    UNROLL for (int r = 0; r < 4; r++) memcpy(&x[r], a + r * row_stride, sizeof x[r]);
    const f32x4 low0 = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5);
    const f32x4 low1 = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5);
    const f32x4 high0 = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7);
    const f32x4 high1 = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
    x[0] = __builtin_shufflevector(low0, low1, 0, 1, 4, 5);
    x[1] = __builtin_shufflevector(low0, low1, 2, 3, 6, 7);
    x[2] = __builtin_shufflevector(high0, high1, 0, 1, 4, 5);
    x[3] = __builtin_shufflevector(high0, high1, 2, 3, 6, 7);
    UNROLL for (int i = 0; i < 4; i++) memcpy(packed + i * rows, &x[i], sizeof x[i]);
  }
  for (; k < depth; k++, a++, packed += rows) {
    UNROLL for (int r = 0; r < 4; r++) packed[r] = a[r * row_stride];
  }
}

/// [rows, depth] of a as [depth, rows].
INLINE void pack_rows(const float *a, int64_t row_stride, int64_t column_stride, int64_t rows, int64_t depth,
                      float *packed) {
  int64_t r = 0;
  if (column_stride == 1) {
    for (; r + 4 <= rows; r += 4) pack_four_rows(a + r * row_stride, row_stride, rows, depth, packed + r);
  }
  for (; r < rows; r++) {
    const float *from = a + r * row_stride;
    for (int64_t k = 0; k < depth; k++) packed[k * rows + r] = from[k * column_stride];
  }
}

/// The same for rows that lie side by side, as in a transposed matrix, tile after tile: each line of a is read once.
INLINE void pack_adjacent_rows(const float *a, int64_t column_stride, int64_t rows, const int tile, int64_t depth,
                               float *packed) {
  const int64_t whole = rows / tile * tile, rest = rows - whole;
  for (int64_t k = 0; k < depth; k++, a += column_stride) {
    // Each k is far from the one before it: no processor guesses that.
    for (int64_t r = 0; r < rows; r += LANES) __builtin_prefetch(a + 8 * column_stride + r);
    for (int64_t r = 0; r < whole; r += tile) {
      memcpy(packed + r * depth + k * tile, a + r, (size_t)tile * sizeof(float));
    }
    for (int64_t r = 0; r < rest; r++) packed[whole * depth + k * rest + r] = a[whole + r];
  }
}

/// Rows [top, bottom) of a over `depth` values of k from `begin`, as the tiles of a path want them.
static void pack_tiles(const kernels_product *m, int tile, int64_t top, int64_t bottom, int64_t begin, int64_t depth,
                       float *packed) {
  const float *a = m->a + top * m->a_row_stride + begin * m->a_column_stride;
  if (m->a_row_stride == 1 && m->a_column_stride != 1) {
    switch (tile) {
      case 12: pack_adjacent_rows(a, m->a_column_stride, bottom - top, 12, depth, packed); return;
      case 6: pack_adjacent_rows(a, m->a_column_stride, bottom - top, 6, depth, packed); return;
      default: pack_adjacent_rows(a, m->a_column_stride, bottom - top, tile, depth, packed); return;
    }
  }
  for (int64_t r = 0; r < bottom - top; r += tile) {
    const int64_t rows = bottom - top - r < tile ? bottom - top - r : tile;
    pack_rows(a + r * m->a_row_stride, m->a_row_stride, m->a_column_stride, rows, depth, packed + r * depth);
  }
}

/// Asks for the part of c that the next tile will start from or write.
INLINE void prefetch_tile(const kernels_product *m, int64_t row, int64_t rows, int64_t output) {
  if (output >= m->outputs) return;
  for (int64_t r = row; r < row + rows; r++) {
    __builtin_prefetch(m->c + r * m->c_row_stride + output, 1);
    __builtin_prefetch(m->c + r * m->c_row_stride + output + LANES, 1);
  }
}

/// A block of one panel in float32: several tiles then need not widen the same weights each.
INLINE void widen_block_body(kernels_type type, const char *b, int64_t depth, float *wide) {
  const size_t line = KERNELS_PANEL * type_bytes(type);
  for (int64_t k = 0; k < depth; k++, b += line, wide += KERNELS_PANEL) {
    UNROLL for (int h = 0; h < HALVES; h++) {
      store(wide + h * LANES, type == KERNELS_BF16 ? weights16(KERNELS_BF16, b, 0, h) : weights16(KERNELS_F16, b, 0, h));
    }
  }
}
LOCAL_KERNEL(void, widen_block, (kernels_type type, const char *b, int64_t depth, float *wide), (type, b, depth, wide))

#define STREAM_DEPTH 4480  // k of a block when rows are few
#define WIDEN_TILES 7      // from so many tiles on, 16-bit weights are widened once for all
#define FEW_PANELS 40      // up to so many panels do not repay packing a for them
#define A_FLOATS (MAX_DEPTH * KERNELS_ROWS)  // 473 kB of stack, and no less than STREAM_DEPTH * MAX_ROWS

INLINE int64_t min64(int64_t a, int64_t b) { return a < b ? a : b; }

void kernels_multiply(const kernels_product *m, int64_t row_begin, int64_t row_end, int64_t panel_begin,
                      int64_t panel_end) {
  const tile_set *tiles = current_tiles();
  const bool stream = row_end - row_begin <= tiles->streaming;
  const bool in_place = tiles->in_place != NULL && m->a_column_stride == 1 && panel_end - panel_begin <= FEW_PANELS;
  const int64_t most = stream ? STREAM_DEPTH : tiles->depth;
  const int64_t blocks = m->inputs > most ? (m->inputs + most - 1) / most : 1;
  const int64_t block = (m->inputs + blocks - 1) / blocks;
  const size_t line = KERNELS_PANEL * type_bytes(m->type);
  // Every group of rows walks all weights once: groups of one size, so that none walks them for a few rows.
  const int64_t groups = (row_end - row_begin + KERNELS_ROWS - 1) / KERNELS_ROWS;
  const int64_t even = groups > 0 ? (row_end - row_begin + groups - 1) / groups : 0;
  const int64_t group = (even + tiles->rows - 1) / tiles->rows * tiles->rows;
  _Alignas(64) float a[A_FLOATS];
  _Alignas(64) float wide[MAX_DEPTH * KERNELS_PANEL];

  for (int64_t begin = 0; begin < m->inputs || begin == 0; begin += block) {
    const int64_t depth = min64(block, m->inputs - begin);
    const bool last = begin + depth >= m->inputs;
    for (int64_t top = row_begin; top < row_end; top += group) {
      const int64_t bottom = min64(top + group, row_end);
      const int64_t packed_from = in_place ? bottom - (bottom - top) % tiles->rows : top;
      pack_tiles(m, tiles->rows, packed_from, bottom, begin, depth, a + (packed_from - top) * depth);
      // While it works on a panel's block, which its first tile would otherwise wait for, a group fetches the next one.
      const int64_t group_tiles = (bottom - top + tiles->rows - 1) / tiles->rows;
      const bool widens = m->type != KERNELS_F32 && group_tiles >= WIDEN_TILES;
      const kernels_type type = widens ? KERNELS_F32 : m->type;
      const int64_t share = (2 * (int64_t)line + group_tiles - 1) / group_tiles * 2;
      int64_t panels;
      for (int64_t p = panel_begin; p < panel_end; p += panels) {
        const int64_t output = p * KERNELS_PANEL;
        const int64_t outputs = m->outputs - output;
        const char *block_of_p = (const char *)m->packed + (size_t)(p * m->inputs + begin) * line;
        panels = stream && tiles->several[bottom - top] != NULL ? tiles->panels[bottom - top] : 1;
        if (widens) widen_block(m->type, block_of_p, depth, wide);
        if (p + panels > panel_end || panels * KERNELS_PANEL > outputs) panels = 1;
        for (int64_t r = top; r < bottom; r += tiles->rows) {
          const int64_t rows = min64(tiles->rows, bottom - r);
          const tile_task task = {
              .a = r < packed_from ? m->a + r * m->a_row_stride + begin : a + (r - top) * depth,
              .a_stride = m->a_row_stride,
              .b = widens ? (const char *)wide : block_of_p,
              .b_stride = (size_t)m->inputs * line,
              .ahead = stream ? block_of_p + 32 * line
                              : block_of_p + (size_t)m->inputs * line
                                    + (size_t)((r - top) / tiles->rows * share * ((depth + 3) / 4)),
              .ahead_step = stream ? 4 * (int64_t)line : share,
              .depth = depth,
              .c = m->c + r * m->c_row_stride + output,
              .c_stride = m->c_row_stride,
              .resume = m->accumulate || begin > 0,
              .bias = last && m->bias != NULL ? m->bias + output : NULL,
          };
          const bool below = r + rows < bottom;
          const int64_t next = below ? r + rows : top;
          prefetch_tile(m, next, min64(tiles->rows, bottom - next), below ? output : output + KERNELS_PANEL);
          tile_kernel *run = r < packed_from ? tiles->in_place : (panels > 1 ? tiles->several : tiles->one)[rows];
          if (outputs >= KERNELS_PANEL) {
            run(type, &task);
          } else {
            run_partial_tile(run, rows, outputs, type, &task);
          }
        }
      }
    }
    if (block == 0) break;
  }
}
