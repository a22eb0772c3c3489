#include "large_pages.h"

#include <stdint.h>
#include <sys/mman.h>

/* Bytes for which large pages are asked. A page that lacks little is one of them: blocks are made just below 4 MiB. */
static size_t in_large_pages(size_t n)
{
    enum { MOST_LACKING = WN_LARGE_PAGE / 16 };
    return (n + MOST_LACKING) / WN_LARGE_PAGE * WN_LARGE_PAGE;
}

wn_large_region wn_large_region_new(size_t n, size_t before)
{
    wn_large_region region = {NULL, NULL, 0};
    if (__builtin_add_overflow(n, before + 2 * WN_LARGE_PAGE, &region.n_mapped))
        return region;
    char *base = mmap(NULL, region.n_mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED)
        return region;
    size_t past = (uintptr_t)(base + before) % WN_LARGE_PAGE;
    region.base = base;
    region.bytes = base + before + (past > 0 ? WN_LARGE_PAGE - past : 0);
#ifdef MADV_HUGEPAGE
    /* A wish: without it the pages are small. */
    madvise(region.bytes, in_large_pages(n), MADV_HUGEPAGE);
#endif
    return region;
}

void wn_large_region_free(wn_large_region region)
{
    munmap(region.base, region.n_mapped);
}

void wn_large_region_forgo(void *bytes, size_t n)
{
#ifdef MADV_NOHUGEPAGE
    madvise(bytes, n / WN_LARGE_PAGE * WN_LARGE_PAGE, MADV_NOHUGEPAGE);
#else
    (void)bytes;
    (void)n;
#endif
}
