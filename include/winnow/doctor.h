/* doctor.h - whether this installation, this launcher and this file system can do what a run needs. */
#ifndef WINNOW_DOCTOR_H
#define WINNOW_DOCTOR_H

#include "winnow/ranks.h"

#include <stdio.h>

/* Collective. Prints versions of Winnow, MPI, HDF5 and BLAS, the filters, the launcher, file locking in the working
 * directory, memory and cores; then every rank writes an HDF5 file in the working directory and reads it back, and
 * integers are summed over ranks. Ends with a verdict in a line. `problems` is how many the caller has found before.
 * Fails: WN_UNAVAILABLE where something is missing that a run needs, WN_IO where a file cannot be written or read back,
 * WN_INTERNAL where the sum is wrong; the largest, agreed, without a message (the lines have said it). */
WN_MUST_USE wn_status wn_doctor_run(const wn_ranks *ranks, int problems, FILE *out);

#endif
