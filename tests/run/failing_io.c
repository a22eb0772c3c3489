/* failing_io.c - preloaded into a test run: on one rank the n-th open, read or large allocation fails as the system
 * would let it. WN_FAIL_RANK, WN_FAIL_CALL (open | read | allocate), WN_FAIL_AT (from 1), WN_FAIL_PATH (only files
 * whose path has this part). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int open(const char *path, int flags, ...);
int open64(const char *path, int flags, ...);
ssize_t pread(int descriptor, void *buffer, size_t n, off_t offset);
ssize_t pread64(int descriptor, void *buffer, size_t n, off64_t offset);
void *aligned_alloc(size_t alignment, size_t size);

enum { LARGE = 1 << 16 }; /* bytes: MPI's own small pieces are let through */

static atomic_int calls;

static bool is_wanted(const char *call)
{
    const char *rank = getenv("OMPI_COMM_WORLD_RANK"), *wanted = getenv("WN_FAIL_RANK"),
               *which = getenv("WN_FAIL_CALL");
    return rank != NULL && wanted != NULL && which != NULL && strcmp(rank, wanted) == 0 && strcmp(which, call) == 0;
}

static bool fails_now(void)
{
    const char *at = getenv("WN_FAIL_AT");
    return atomic_fetch_add(&calls, 1) + 1 >= (at != NULL ? atoi(at) : 1);
}

static bool has_part(const char *path)
{
    const char *part = getenv("WN_FAIL_PATH");
    return part != NULL && strstr(path, part) != NULL;
}

static int open_as(const char *name, const char *path, int flags, mode_t mode)
{
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name);
    if (has_part(path) && is_wanted("open") && fails_now()) {
        errno = EIO;
        return -1;
    }
    return real(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_as("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_as("open64", path, flags, mode);
}

static bool read_fails(int descriptor)
{
    char link[64], path[4096];
    if (!is_wanted("read"))
        return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0)
        return false;
    path[n] = '\0';
    return has_part(path) && fails_now();
}

ssize_t pread(int descriptor, void *buffer, size_t n, off_t offset)
{
    ssize_t (*real)(int, void *, size_t, off_t) = (ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread");
    if (read_fails(descriptor)) {
        errno = EIO;
        return -1;
    }
    return real(descriptor, buffer, n, offset);
}

ssize_t pread64(int descriptor, void *buffer, size_t n, off64_t offset)
{
    ssize_t (*real)(int, void *, size_t, off64_t) =
        (ssize_t(*)(int, void *, size_t, off64_t))dlsym(RTLD_NEXT, "pread64");
    if (read_fails(descriptor)) {
        errno = EIO;
        return -1;
    }
    return real(descriptor, buffer, n, offset);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    void *(*real)(size_t, size_t) = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "aligned_alloc");
    if (size >= LARGE && is_wanted("allocate") && fails_now())
        return NULL;
    return real(alignment, size);
}
