/* failing_io.c - preloaded into a test run: on one rank the n-th open, read, write or allocation fails as the system
 * would let it, and those after it too; so do the streams of stdio. WN_FAIL_RANK, WN_FAIL_CALL (open | read | write |
 * allocate), WN_FAIL_AT (from 1; 0: never), WN_FAIL_ONCE (only that one), WN_FAIL_PATH (only files whose path has this
 * part). Allocations are the program's own, by calloc. At its end every rank writes "CALLS LIVE" into
 * WN_FAIL_REPORT.RANK: how many calls of the kind there were, and how many of its allocations were not freed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int open(const char *path, int flags, ...);
int open64(const char *path, int flags, ...);
ssize_t pread(int descriptor, void *buffer, size_t n, off_t offset);
ssize_t pread64(int descriptor, void *buffer, size_t n, off64_t offset);
ssize_t write(int descriptor, const void *buffer, size_t n);
ssize_t pwrite(int descriptor, const void *buffer, size_t n, off_t offset);
ssize_t pwrite64(int descriptor, const void *buffer, size_t n, off64_t offset);
int fsync(int descriptor);
int rename(const char *from, const char *to);
FILE *fopen(const char *path, const char *mode);
FILE *fopen64(const char *path, const char *mode);
size_t fread(void *buffer, size_t size, size_t n, FILE *stream);
size_t fwrite(const void *buffer, size_t size, size_t n, FILE *stream);
int fflush(FILE *stream);
int fclose(FILE *stream);
void *calloc(size_t n, size_t size);
void free(void *pointer);
void *__libc_calloc(size_t n, size_t size); /* what dlsym, which allocates itself, cannot be asked for */

#define REAL(name) dlsym(RTLD_NEXT, name)

static atomic_long calls;

/* Whether this call of a kind is the one that fails. */
static bool fails(const char *call)
{
    const char *rank = getenv("OMPI_COMM_WORLD_RANK"), *wanted = getenv("WN_FAIL_RANK"), *at = getenv("WN_FAIL_AT"),
               *which = getenv("WN_FAIL_CALL");
    if (which == NULL || strcmp(which, call) != 0)
        return false;
    long number = atomic_fetch_add(&calls, 1) + 1, first = at != NULL ? atol(at) : 1;
    if (rank == NULL || wanted == NULL || strcmp(rank, wanted) != 0 || first == 0)
        return false;
    return getenv("WN_FAIL_ONCE") != NULL ? number == first : number >= first;
}

static bool has_part(const char *path)
{
    const char *part = getenv("WN_FAIL_PATH");
    return part != NULL && strstr(path, part) != NULL;
}

static bool descriptor_has_part(int descriptor)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return has_part(path);
}

static int open_as(const char *name, const char *path, int flags, mode_t mode)
{
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))REAL(name);
    if (has_part(path) && fails("open")) {
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

/* Tells -1 where the transfer fails. */
static bool transfer_fails(const char *call, int descriptor, int cause)
{
    if (!descriptor_has_part(descriptor) || !fails(call))
        return false;
    errno = cause;
    return true;
}

ssize_t pread(int descriptor, void *buffer, size_t n, off_t offset)
{
    ssize_t (*real)(int, void *, size_t, off_t) = (ssize_t(*)(int, void *, size_t, off_t))REAL("pread");
    return transfer_fails("read", descriptor, EIO) ? -1 : real(descriptor, buffer, n, offset);
}

ssize_t pread64(int descriptor, void *buffer, size_t n, off64_t offset)
{
    ssize_t (*real)(int, void *, size_t, off64_t) = (ssize_t(*)(int, void *, size_t, off64_t))REAL("pread64");
    return transfer_fails("read", descriptor, EIO) ? -1 : real(descriptor, buffer, n, offset);
}

ssize_t write(int descriptor, const void *buffer, size_t n)
{
    ssize_t (*real)(int, const void *, size_t) = (ssize_t(*)(int, const void *, size_t))REAL("write");
    return transfer_fails("write", descriptor, ENOSPC) ? -1 : real(descriptor, buffer, n);
}

ssize_t pwrite(int descriptor, const void *buffer, size_t n, off_t offset)
{
    ssize_t (*real)(int, const void *, size_t, off_t) = (ssize_t(*)(int, const void *, size_t, off_t))REAL("pwrite");
    return transfer_fails("write", descriptor, ENOSPC) ? -1 : real(descriptor, buffer, n, offset);
}

ssize_t pwrite64(int descriptor, const void *buffer, size_t n, off64_t offset)
{
    ssize_t (*real)(int, const void *, size_t, off64_t) =
        (ssize_t(*)(int, const void *, size_t, off64_t))REAL("pwrite64");
    return transfer_fails("write", descriptor, ENOSPC) ? -1 : real(descriptor, buffer, n, offset);
}

int fsync(int descriptor)
{
    int (*real)(int) = (int (*)(int))REAL("fsync");
    return transfer_fails("write", descriptor, EIO) ? -1 : real(descriptor);
}

int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = (int (*)(const char *, const char *))REAL("rename");
    if (has_part(to) && fails("write")) {
        errno = ENOSPC;
        return -1;
    }
    return real(from, to);
}

static FILE *stream_open_as(const char *name, const char *path, const char *mode)
{
    FILE *(*real)(const char *, const char *) = (FILE * (*)(const char *, const char *)) REAL(name);
    if (has_part(path) && fails("open")) {
        errno = EIO;
        return NULL;
    }
    return real(path, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    return stream_open_as("fopen", path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
    return stream_open_as("fopen64", path, mode);
}

/* Tells -1 where the stream's transfer fails, which the stream then remembers: ferror. */
static bool stream_fails(const char *call, FILE *stream, int cause)
{
    enum { ERROR_SEEN = 0x20 }; /* of the C library's flags */
    if (stream == NULL || !transfer_fails(call, fileno(stream), cause))
        return false;
    stream->_flags |= ERROR_SEEN;
    return true;
}

size_t fread(void *buffer, size_t size, size_t n, FILE *stream)
{
    size_t (*real)(void *, size_t, size_t, FILE *) = (size_t(*)(void *, size_t, size_t, FILE *))REAL("fread");
    return stream_fails("read", stream, EIO) ? 0 : real(buffer, size, n, stream);
}

size_t fwrite(const void *buffer, size_t size, size_t n, FILE *stream)
{
    size_t (*real)(const void *, size_t, size_t, FILE *) =
        (size_t(*)(const void *, size_t, size_t, FILE *))REAL("fwrite");
    return stream_fails("write", stream, ENOSPC) ? 0 : real(buffer, size, n, stream);
}

int fflush(FILE *stream)
{
    int (*real)(FILE *) = (int (*)(FILE *))REAL("fflush");
    return stream_fails("write", stream, ENOSPC) ? EOF : real(stream);
}

/* It is closed all the same. Where it was only read from, closing has nothing that can fail. */
int fclose(FILE *stream)
{
    int (*real)(FILE *) = (int (*)(FILE *))REAL("fclose");
    bool writes = (fcntl(fileno(stream), F_GETFL) & O_ACCMODE) != O_RDONLY;
    bool is_failing = writes && stream_fails("write", stream, ENOSPC);
    int result = real(stream);
    if (!is_failing)
        return result;
    errno = ENOSPC;
    return EOF;
}

/* The program's own blocks that are in use, by address. */
enum { SLOTS = 1 << 16 };

static void *live[SLOTS];
static long n_live;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t slot_of(const void *pointer)
{
    return ((uintptr_t)pointer >> 6) * 2654435761u % SLOTS;
}

static void enter(void *pointer)
{
    pthread_mutex_lock(&lock);
    size_t slot = slot_of(pointer);
    while (live[slot] != NULL && live[slot] != (void *)&live)
        slot = (slot + 1) % SLOTS;
    live[slot] = pointer;
    n_live++;
    pthread_mutex_unlock(&lock);
}

/* A place that was left stays marked, by an address that no block has. */
static void leave(const void *pointer)
{
    pthread_mutex_lock(&lock);
    size_t slot = slot_of(pointer);
    for (size_t i = 0; i < SLOTS && live[slot] != NULL && live[slot] != pointer; i++)
        slot = (slot + 1) % SLOTS;
    if (live[slot] == pointer) {
        live[slot] = (void *)&live;
        n_live--;
    }
    pthread_mutex_unlock(&lock);
}

/* Where the program itself lies, without its libraries. */
static uintptr_t program_first, program_last;

static int find_program(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        uintptr_t first = info->dlpi_addr + part->p_vaddr, last = first + part->p_memsz;
        if (part->p_type != PT_LOAD)
            continue;
        program_first = program_first == 0 || first < program_first ? first : program_first;
        program_last = last > program_last ? last : program_last;
    }
    return 1; /* the program comes first */
}

static __attribute__((constructor)) void find(void)
{
    dl_iterate_phdr(find_program, NULL);
}

void *calloc(size_t n, size_t size)
{
    uintptr_t caller = (uintptr_t)__builtin_return_address(0);
    bool is_ours = caller >= program_first && caller < program_last;
    if (is_ours && fails("allocate"))
        return NULL;
    void *pointer = __libc_calloc(n, size);
    if (is_ours && pointer != NULL)
        enter(pointer);
    return pointer;
}

void free(void *pointer)
{
    static void (*real)(void *);
    if (real == NULL)
        real = (void (*)(void *))REAL("free");
    if (pointer != NULL && n_live > 0)
        leave(pointer);
    real(pointer);
}

static __attribute__((destructor)) void report(void)
{
    char path[4096];
    const char *rank = getenv("OMPI_COMM_WORLD_RANK"), *name = getenv("WN_FAIL_REPORT");
    if (rank == NULL || name == NULL)
        return;
    snprintf(path, sizeof path, "%s.%s", name, rank);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return;
    fprintf(file, "%ld %ld\n", atomic_load(&calls), n_live);
    fclose(file);
}
