#ifndef PINNED_BLAS_H
#define PINNED_BLAS_H

#include <cblas.h>

/* OpenBLAS reads its core type and its threads from the environment in a constructor, which runs before main in a
 * program that is linked with it. So it is loaded here, after they were set. */

/* What is used of it, by its name without prefix. The two of Fortran's LAPACK have no header of their own in Debian. */
typedef struct {
  __typeof__(cblas_dgemm) *_Nonnull dgemm;
  __typeof__(cblas_dsyrk) *_Nonnull dsyrk;
  __typeof__(cblas_dtrsm) *_Nonnull dtrsm;
  void (*_Nonnull dposv)(const char *_Nonnull uplo, const int *_Nonnull n, const int *_Nonnull nrhs,
                         double *_Nullable a, const int *_Nonnull lda, double *_Nonnull b, const int *_Nonnull ldb,
                         int *_Nonnull info);
  void (*_Nonnull dsyevd)(const char *_Nonnull jobz, const char *_Nonnull uplo, const int *_Nonnull n,
                          double *_Nullable a, const int *_Nonnull lda, double *_Nonnull w, double *_Nonnull work,
                          const int *_Nonnull lwork, int *_Nonnull iwork, const int *_Nonnull liwork,
                          int *_Nonnull info);
  char *_Nonnull (*_Nonnull corename)(void);
  char *_Nonnull (*_Nonnull config)(void);
  int (*_Nonnull threads)(void);
} PinnedBLAS;

/* The core type that every machine with AVX2 and FMA can run; NULL where this one cannot, and nothing is chosen. */
const char *_Nullable pinned_blas_core_type(void);

/* Sets the environment that OpenBLAS will read. To be called while the process has one thread. */
void pinned_blas_set_environment(void);

/* Loads OpenBLAS; 0 if it is not on this machine, with the reason in `why`. */
int pinned_blas_load(PinnedBLAS *_Nonnull library, const char *_Nullable *_Nonnull why);

#endif
