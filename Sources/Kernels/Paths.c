#include "internal.h"

const char *kernels_contract_version(void) { return "palimpsest-kernels/1"; }

bool kernels_path_supported(kernels_path path) {
  switch (path) {
    case KERNELS_PORTABLE:
      return true;
#if defined(__x86_64__)
    case KERNELS_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    case KERNELS_AVX512:
      return kernels_path_supported(KERNELS_AVX2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq");
#endif
    default:
      return false;
  }
}

kernels_path kernels_best_path(void) {
  if (kernels_path_supported(KERNELS_AVX512)) return KERNELS_AVX512;
  if (kernels_path_supported(KERNELS_AVX2)) return KERNELS_AVX2;
  return KERNELS_PORTABLE;
}

#define UNCHOSEN (-1)
static atomic_int chosen = UNCHOSEN;

kernels_path kernels_path_now(void) {
  int path = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (path == UNCHOSEN) {
    // Racing threads write the same value.
    path = (int)kernels_best_path();
    atomic_store_explicit(&chosen, path, memory_order_relaxed);
  }
  return (kernels_path)path;
}

kernels_path kernels_current_path(void) { return kernels_path_now(); }

bool kernels_select_path(kernels_path path) {
  if (!kernels_path_supported(path)) return false;
  atomic_store_explicit(&chosen, (int)path, memory_order_relaxed);
  return true;
}
