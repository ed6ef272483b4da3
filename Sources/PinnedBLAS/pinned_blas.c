#define _GNU_SOURCE
#include "pinned_blas.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *pinned_blas_core_type(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? "Haswell" : NULL;
#else
  return NULL;
#endif
}

static void set(const char *name, const char *value) {
  const char *now = getenv(name);
  if (now == NULL || strcmp(now, value) != 0) setenv(name, value, 1);
}

void pinned_blas_set_environment(void) {
  const char *core_type = pinned_blas_core_type();
  if (core_type != NULL) set("OPENBLAS_CORETYPE", core_type);
  set("OPENBLAS_NUM_THREADS", "1");
}

int pinned_blas_load(PinnedBLAS *library, const char **why) {
  pinned_blas_set_environment();
  void *file = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  const struct {
    const char *name;
    size_t place;
  } functions[] = {
      {"cblas_dgemm", offsetof(PinnedBLAS, dgemm)},
      {"cblas_dsyrk", offsetof(PinnedBLAS, dsyrk)},
      {"cblas_dtrsm", offsetof(PinnedBLAS, dtrsm)},
      {"dposv_", offsetof(PinnedBLAS, dposv)},
      {"dsyevd_", offsetof(PinnedBLAS, dsyevd)},
      {"openblas_get_corename", offsetof(PinnedBLAS, corename)},
      {"openblas_get_config", offsetof(PinnedBLAS, config)},
      {"openblas_get_num_threads", offsetof(PinnedBLAS, threads)},
  };
  for (size_t index = 0; index < sizeof functions / sizeof functions[0]; index++) {
    void *function = file == NULL ? NULL : dlsym(file, functions[index].name);
    if (function == NULL) {
      *why = dlerror();
      return 0;
    }
    memcpy((char *)library + functions[index].place, &function, sizeof function);
  }
  return 1;
}
