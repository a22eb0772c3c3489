#include "winnow/memory.h"

#include "large_pages.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A header of one alignment unit lies before what the caller gets. */
typedef struct {
    size_t n_bytes;
    void *memory;    /* as calloc gave it, or the system: fresh pages are zero already, and not touched before they are
                        used */
    size_t n_mapped; /* by the system at `memory`; 0 where calloc gave it */
} header;

/* With sanitizers all memory is malloc's, whose bounds they watch. */
#ifdef WN_SANITIZE
static const size_t LEAST_MAPPED = SIZE_MAX;
#else
static const size_t LEAST_MAPPED = WN_LARGE_PAGE;
#endif

static atomic_size_t used, peak, limit;
static atomic_llong calls, fail_at;

static header *header_of(void *pointer)
{
    return (header *)(void *)((char *)pointer - WN_ALIGNMENT);
}

/* Counts n_bytes as used, *now in all; false, and nothing counted, where that exceeds the limit. One step for all
 * threads: two that fit alone cannot pass together. */
static bool reserve(size_t n_bytes, size_t *now)
{
    size_t bound = atomic_load(&limit), before = atomic_load(&used);
    do {
        if (bound > 0 && (before > bound || n_bytes > bound - before))
            return false;
    } while (!atomic_compare_exchange_weak(&used, &before, before + n_bytes));
    *now = before + n_bytes;
    return true;
}

static void raise_peak(size_t now)
{
    size_t most = atomic_load(&peak);
    while (now > most && !atomic_compare_exchange_weak(&peak, &most, now))
        ;
}

/* Whether this allocation is the one that a test wants to fail. */
static bool fails_on_demand(void)
{
    long long number = atomic_fetch_add(&calls, 1) + 1;
    return number == atomic_load(&fail_at);
}

static wn_status refuse(size_t n, size_t size, const char *purpose)
{
    return wn_fail(WN_NO_MEMORY, "out of memory: %zu x %zu bytes in %s (%zu MiB in use, limit %zu MiB)", n, size,
                   purpose, wn_memory_used() >> 20, atomic_load(&limit) >> 20);
}

/* n_bytes of malloc's memory, behind a header; NULL if there is none. */
static void *new_small(size_t n_bytes)
{
    size_t padded = n_bytes + 2 * WN_ALIGNMENT; /* the header, and to begin at an aligned address */
    char *memory = calloc(padded, 1);
    if (memory == NULL)
        return NULL;
    char *begin = memory + (WN_ALIGNMENT - (uintptr_t)memory % WN_ALIGNMENT) + WN_ALIGNMENT;
    *header_of(begin) = (header){n_bytes, memory, 0};
    return begin;
}

static void *new_large(size_t n_bytes)
{
    wn_large_region region = wn_large_region_new(n_bytes, WN_ALIGNMENT);
    if (region.bytes != NULL)
        *header_of(region.bytes) = (header){n_bytes, region.base, region.n_mapped};
    return region.bytes;
}

wn_status wn_memory_new(void **pointer, size_t n, size_t size, const char *purpose)
{
    size_t n_bytes, now;
    if (__builtin_mul_overflow(n, size, &n_bytes) || n_bytes > SIZE_MAX - 2 * WN_ALIGNMENT)
        return refuse(n, size, purpose);
    if (fails_on_demand() || !reserve(n_bytes, &now))
        return refuse(n, size, purpose);
    void *memory = n_bytes >= LEAST_MAPPED ? new_large(n_bytes) : new_small(n_bytes);
    if (memory == NULL) {
        atomic_fetch_sub(&used, n_bytes);
        return refuse(n, size, purpose);
    }
    raise_peak(now);
    *pointer = memory;
    return WN_OK;
}

wn_status wn_memory_new_sparse(void **pointer, size_t n, size_t size, const char *purpose)
{
    wn_status status = wn_memory_new(pointer, n, size, purpose);
    if (status == WN_OK && n * size >= LEAST_MAPPED)
        wn_large_region_forgo(*pointer, n * size);
    return status;
}

wn_status wn_memory_resize(void **pointer, size_t n, size_t size, const char *purpose)
{
    void *grown = NULL;
    wn_status status = wn_memory_new(&grown, n, size, purpose);
    if (status != WN_OK)
        return status;
    if (*pointer != NULL) {
        size_t old = header_of(*pointer)->n_bytes, new_bytes = n * size;
        memcpy(grown, *pointer, old < new_bytes ? old : new_bytes);
        wn_free(*pointer);
    }
    *pointer = grown;
    return WN_OK;
}

wn_status wn_string_copy(char **copy, const char *text)
{
    size_t n = strlen(text) + 1;
    char *memory = NULL;
    wn_status status = wn_new(&memory, n);
    if (status != WN_OK)
        return status;
    memcpy(memory, text, n);
    *copy = memory;
    return WN_OK;
}

wn_status wn_string_format(char **text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    char *memory = NULL;
    wn_status status = n < 0 ? wn_fail(WN_INTERNAL, "bad format \"%s\"", format) : wn_new(&memory, (size_t)n + 1);
    if (status == WN_OK) {
        vsnprintf(memory, (size_t)n + 1, format, again);
        *text = memory;
    }
    va_end(again);
    va_end(arguments);
    return status;
}

void wn_free(void *pointer)
{
    if (pointer == NULL)
        return;
    header head = *header_of(pointer);
    atomic_fetch_sub(&used, head.n_bytes);
    if (head.n_mapped > 0)
        wn_large_region_free((wn_large_region){pointer, head.memory, head.n_mapped});
    else
        free(head.memory);
}

size_t wn_memory_used(void)
{
    return atomic_load(&used);
}

size_t wn_memory_peak(void)
{
    return atomic_load(&peak);
}

void wn_memory_limit(size_t bytes)
{
    atomic_store(&limit, bytes);
}

int64_t wn_memory_fail_at(int64_t nth)
{
    long long before = atomic_exchange(&calls, 0);
    atomic_store(&fail_at, nth);
    return before;
}
