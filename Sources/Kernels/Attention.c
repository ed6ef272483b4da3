// Causal attention of one sequence over its keys, cached or new.
//
// A score is a dot product in the 16-lane order; a mixed value is a chain over increasing key numbers. So nothing
// depends on how many queries, keys or sequences are computed together, nor on which keys came from the cache.
#include <stdlib.h>

#include "softmax.h"

/// The keys [first, past) that a query sees.
typedef struct {
  int64_t first, past;
} key_range;

INLINE key_range visible_keys(const kernels_attention *t, int64_t query) {
  const int64_t past = t->keys - t->queries + query + 1;
  const int64_t first = t->window > 0 && past > t->window ? past - t->window : 0;
  return (key_range){first, past};
}

INLINE int64_t kv_head(const kernels_attention *t, int64_t head) { return head / (t->heads / t->kv_heads); }

INLINE const float *key_row(const kernels_attention *t, int64_t key, int64_t head) {
  const float *row =
      key < t->prefix ? t->prefix_k + key * t->prefix_k_stride : t->k + (key - t->prefix) * t->k_stride;
  return row + kv_head(t, head) * t->head_width;
}

INLINE const float *value_row(const kernels_attention *t, int64_t key, int64_t head) {
  const float *row =
      key < t->prefix ? t->prefix_v + key * t->prefix_v_stride : t->v + (key - t->prefix) * t->v_stride;
  return row + kv_head(t, head) * t->head_width;
}

INLINE const float *query_row(const kernels_attention *t, int64_t query, int64_t head) {
  return t->q + query * t->q_stride + head * t->head_width;
}

/// The lanes of q . k before the tree.
INLINE f32x16 dot_lanes(const float *q, const float *k, int64_t n) {
  f32x16 sum = splat(0);
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) sum = fma16(load(q + i), load(k + i), sum);
  if (i < n) sum = fma16(load_tail(q + i, n - i, 0), load_tail(k + i, n - i, 0), sum);
  return sum;
}

// The tree of `sum_lanes` for sixteen vectors together: each step adds the same pairs, and halves what is left.
INLINE f32x16 fold8(f32x16 a, f32x16 b) {
  return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
         __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}
INLINE f32x16 fold4(f32x16 a, f32x16 b) {
  return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
         __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}
INLINE f32x16 fold2(f32x16 a, f32x16 b) {
  return __builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29) +
         __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31);
}
INLINE f32x16 fold1(f32x16 a, f32x16 b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30) +
         __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

/// Scores of sixteen keys from `key` on.
INLINE f32x16 scores16(const kernels_attention *t, const float *q, int64_t key, int64_t head) {
  f32x16 four[4];
  for (int g = 0; g < 4; g++) {
    f32x16 lanes[4];
    UNROLL for (int i = 0; i < 4; i++) lanes[i] = dot_lanes(q, key_row(t, key + 4 * g + i, head), t->head_width);
    four[g] = fold4(fold8(lanes[0], lanes[1]), fold8(lanes[2], lanes[3]));
  }
  return fold1(fold2(four[0], four[1]), fold2(four[2], four[3]));
}

/// raw * scale, capped.
INLINE f32x16 finish_scores(const kernels_attention *t, f32x16 raw) {
  f32x16 s = raw * splat(t->scale);
  if (t->soft_cap > 0) s = splat(t->soft_cap) * tanh16(s / splat(t->soft_cap));
  return s;
}

/// Scores of the visible keys, at their own numbers in `row` [keys].
INLINE void score_row(const kernels_attention *t, int64_t query, int64_t head, key_range seen, float *row) {
  const float *q = query_row(t, query, head);
  int64_t key = seen.first;
  for (; key + LANES <= seen.past; key += LANES) store(row + key, finish_scores(t, scores16(t, q, key, head)));
  if (key < seen.past) {
    float raw[LANES] = {0};
    for (int64_t i = key; i < seen.past; i++) {
      raw[i - key] = sum_lanes(dot_lanes(q, key_row(t, i, head), t->head_width));
    }
    store_tail(row + key, finish_scores(t, load(raw)), seen.past - key);
  }
}

/// `vectors` x 16 elements of the mixed value, from element `at` on; `width` of them exist.
INLINE void mix_block(const kernels_attention *t, int64_t head, key_range seen, const float *pattern, int64_t at,
                      const int vectors, int64_t width, float *out) {
  f32x16 sum[4];
  UNROLL for (int i = 0; i < vectors; i++) sum[i] = splat(0);
  for (int64_t key = seen.first; key < seen.past; key++) {
    const f32x16 weight = splat(pattern[key]);
    const float *v = value_row(t, key, head) + at;
    UNROLL for (int i = 0; i < vectors; i++) {
      f32x16 lanes = vectors == 1 ? load_some(v, width, 0) : load(v + i * LANES);
      sum[i] = fma16(weight, lanes, sum[i]);
    }
  }
  UNROLL for (int i = 0; i < vectors; i++) {
    if (vectors == 1) {
      store_some(out + at, sum[i], width);
    } else {
      store(out + at + i * LANES, sum[i]);
    }
  }
}

INLINE void mix_row(const kernels_attention *t, int64_t query, int64_t head, key_range seen, const float *pattern) {
  float *out = t->out + query * t->out_stride + head * t->head_width;
  int64_t at = 0;
  for (; at + 4 * LANES <= t->head_width; at += 4 * LANES) mix_block(t, head, seen, pattern, at, 4, 4 * LANES, out);
  if (at + 2 * LANES <= t->head_width) {
    mix_block(t, head, seen, pattern, at, 2, 2 * LANES, out);
    at += 2 * LANES;
  }
  for (; at < t->head_width; at += LANES) mix_block(t, head, seen, pattern, at, 1, t->head_width - at, out);
}

INLINE void fill(float *row, int64_t begin, int64_t end, float value) {
  for (int64_t i = begin; i < end; i++) row[i] = value;
}

/// The loop over (head, query) that every step makes; `row` is the offset of its [keys].
#define EACH_ROW(STATEMENT)                                         \
  for (int64_t head = head_begin; head < head_end; head++) {        \
    for (int64_t query = query_begin; query < query_end; query++) { \
      const key_range seen = visible_keys(t, query);                \
      const int64_t row = (head * t->queries + query) * t->keys;    \
      STATEMENT                                                     \
    }                                                               \
  }

INLINE void kernels_attention_scores_body(const kernels_attention *t, float *scores, int64_t head_begin,
                                          int64_t head_end, int64_t query_begin, int64_t query_end) {
  EACH_ROW({
    fill(scores + row, 0, seen.first, -__builtin_inff());
    score_row(t, query, head, seen, scores + row);
    fill(scores + row, seen.past, t->keys, -__builtin_inff());
  })
}
KERNEL(void, kernels_attention_scores,
       (const kernels_attention *t, float *scores, int64_t head_begin, int64_t head_end, int64_t query_begin,
        int64_t query_end),
       (t, scores, head_begin, head_end, query_begin, query_end))

INLINE void kernels_attention_softmax_body(const kernels_attention *t, const float *scores, float *pattern,
                                           int64_t head_begin, int64_t head_end, int64_t query_begin,
                                           int64_t query_end) {
  EACH_ROW({
    float max;
    fill(pattern + row, 0, seen.first, 0);
    row_softmax(scores + row + seen.first, pattern + row + seen.first, seen.past - seen.first, &max);
    fill(pattern + row, seen.past, t->keys, 0);
  })
}
KERNEL(void, kernels_attention_softmax,
       (const kernels_attention *t, const float *scores, float *pattern, int64_t head_begin, int64_t head_end,
        int64_t query_begin, int64_t query_end),
       (t, scores, pattern, head_begin, head_end, query_begin, query_end))

INLINE void kernels_attention_mix_body(const kernels_attention *t, const float *pattern, int64_t head_begin,
                                       int64_t head_end, int64_t query_begin, int64_t query_end) {
  EACH_ROW({ mix_row(t, query, head, seen, pattern + row); })
}
KERNEL(void, kernels_attention_mix,
       (const kernels_attention *t, const float *pattern, int64_t head_begin, int64_t head_end, int64_t query_begin,
        int64_t query_end),
       (t, pattern, head_begin, head_end, query_begin, query_end))

/// One row of scores at a time, in `weights` [keys].
INLINE void attention_rows_body(const kernels_attention *t, float *weights, int64_t head_begin, int64_t head_end,
                                int64_t query_begin, int64_t query_end) {
  EACH_ROW({
    (void)row;
    float max;
    score_row(t, query, head, seen, weights);
    row_softmax(weights + seen.first, weights + seen.first, seen.past - seen.first, &max);
    mix_row(t, query, head, seen, weights);
  })
}
LOCAL_KERNEL(void, attention_rows,
             (const kernels_attention *t, float *weights, int64_t head_begin, int64_t head_end, int64_t query_begin,
              int64_t query_end),
             (t, weights, head_begin, head_end, query_begin, query_end))

/// Keys whose scores fit the stack.
#define STACK_KEYS 8192

void kernels_attention_fused(const kernels_attention *t, int64_t head_begin, int64_t head_end, int64_t query_begin,
                             int64_t query_end) {
  if (t->keys <= STACK_KEYS) {
    float weights[STACK_KEYS];
    attention_rows(t, weights, head_begin, head_end, query_begin, query_end);
    return;
  }
  float *weights = malloc((size_t)t->keys * sizeof(float));
  if (weights == NULL) abort();
  attention_rows(t, weights, head_begin, head_end, query_begin, query_end);
  free(weights);
}
