/* memory_limit.h - how much memory the processes of this node may use together. */
#ifndef WINNOW_JOB_MEMORY_LIMIT_H
#define WINNOW_JOB_MEMORY_LIMIT_H

#include <stdint.h>

/* Local. Bytes by SLURM_MEM_PER_NODE, or SLURM_MEM_PER_CPU x SLURM_CPUS_ON_NODE; 0 without a limit. */
int64_t wn_memory_limit_slurm(void);

/* Local. Bytes by the least limit of this process's control group (version 1 or 2) and those around it; 0 without one.
 * `root` is put before /proc and /sys ("" but in tests). */
int64_t wn_memory_limit_group(const char *root);

#endif
