/* lock_holder.h - who holds a lock, as its file says. */
#ifndef WINNOW_JOB_LOCK_HOLDER_H
#define WINNOW_JOB_LOCK_HOLDER_H

#include <stdbool.h>

enum { WN_LOCK_TOKEN_SIZE = 33 };

typedef struct {
    char token[WN_LOCK_TOKEN_SIZE]; /* random: no two locks are equal */
    char host[128];
    char space[128];            /* boot and name space that process numbers are of */
    char job[64];               /* Slurm's job id, "" without */
    long long restart;          /* how often Slurm had started the job again */
    long long process, started; /* started: kernel ticks, tells a number that was given again */
} wn_lock_holder;

/* Local. This process, with a new token. */
wn_lock_holder wn_lock_holder_self(void);

/* Local. Writes to an open file and syncs; reads from a path. False when that failed (a holder read is then empty). */
bool wn_lock_holder_write(const wn_lock_holder *holder, int descriptor);
bool wn_lock_holder_read(wn_lock_holder *holder, const char *path);

/* Local. Whether the holder was a process of this host that is gone, or an earlier attempt of this Slurm job, which
 * Slurm ends before it starts another. */
bool wn_lock_holder_is_gone(const wn_lock_holder *holder);

#endif
