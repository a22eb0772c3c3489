/* directories.h - run directories of the tests: paths in them, and opening them on all ranks. */
#ifndef WINNOW_TESTS_JOB_DIRECTORIES_H
#define WINNOW_TESTS_JOB_DIRECTORIES_H

#include "testing.h"
#include "winnow/run_directory.h"

#include <stdio.h>
#include <unistd.h>

/* A path below a directory of the test's; good until four others were asked for. */
static inline const char *below(const char *directory, const char *name)
{
    static char paths[4][600];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", test_path(directory), name);
    return path;
}

static inline bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static inline bool is_root(void)
{
    return test_ranks.rank == 0;
}

static inline void barrier(void)
{
    MPI_Barrier(test_ranks.comm);
}

static inline wn_status open_directory(wn_run_directory **directory, const char *name, wn_resume resume)
{
    return wn_run_directory_open(&test_ranks, directory, test_path(name), resume);
}

#endif
