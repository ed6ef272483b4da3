// The optimiser.
#include "include/kernels_training.h"
#include "internal.h"

INLINE void kernels_adamw_step_body(const kernels_adamw *step, float *weights, const float *gradient,
                                    float *first_moment, float *second_moment, int64_t count) {
  kernels_adamw s = *step;
  for (int64_t i = 0; i < count; i += LANES) {
    int64_t n = count - i;
    f32x16 g = load_some(gradient + i, n, 0) * splat(s.gradient_scale);
    f32x16 m = fma16(load_some(first_moment + i, n, 0), splat(s.beta1), g * splat(1 - s.beta1));
    f32x16 v = fma16(load_some(second_moment + i, n, 0), splat(s.beta2), g * g * splat(1 - s.beta2));
    f32x16 w = load_some(weights + i, n, 0);
    f32x16 move = m * splat(s.correction1) / (sqrt16(v * splat(s.correction2)) + splat(s.epsilon));
    store_some(first_moment + i, m, n);
    store_some(second_moment + i, v, n);
    store_some(weights + i, fma16(fma16(w, splat(s.decay), move), splat(-s.learning_rate), w), n);
  }
}
KERNEL(void, kernels_adamw_step,
       (const kernels_adamw *step, float *weights, const float *gradient, float *first_moment, float *second_moment,
        int64_t count),
       (step, weights, gradient, first_moment, second_moment, count))
