/* hanging_io.c - preloaded into a test run: on rank WN_HANG_RANK ("all": on every rank) the first access to a file
 * whose path has WN_HANG_PATH, a read of a table or a write, after WN_HANG_AFTER such ones, does not end. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t pread(int descriptor, void *buffer, size_t n, off_t offset);
ssize_t pread64(int descriptor, void *buffer, size_t n, off64_t offset);

static atomic_long accesses;

static void hang_when_wanted(int descriptor)
{
    char link[64], path[4096];
    const char *rank = getenv("OMPI_COMM_WORLD_RANK"), *wanted = getenv("WN_HANG_RANK"), *part = getenv("WN_HANG_PATH"),
               *after = getenv("WN_HANG_AFTER");
    if (rank == NULL || wanted == NULL || part == NULL || (strcmp(wanted, "all") != 0 && strcmp(rank, wanted) != 0))
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    if (strstr(path, part) == NULL || atomic_fetch_add(&accesses, 1) < (after != NULL ? atol(after) : 0))
        return;
    for (;;)
        pause();
}

ssize_t pread(int descriptor, void *buffer, size_t n, off_t offset)
{
    ssize_t (*real)(int, void *, size_t, off_t) = (ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread");
    hang_when_wanted(descriptor);
    return real(descriptor, buffer, n, offset);
}

ssize_t pread64(int descriptor, void *buffer, size_t n, off64_t offset)
{
    ssize_t (*real)(int, void *, size_t, off64_t) =
        (ssize_t(*)(int, void *, size_t, off64_t))dlsym(RTLD_NEXT, "pread64");
    hang_when_wanted(descriptor);
    return real(descriptor, buffer, n, offset);
}

ssize_t write(int descriptor, const void *buffer, size_t n)
{
    ssize_t (*real)(int, const void *, size_t) = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    hang_when_wanted(descriptor);
    return real(descriptor, buffer, n);
}
