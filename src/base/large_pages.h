/* large_pages.h - memory that comes from the system in large pages, where it has them: the first touch of 4 MiB in
 * pages of 4 KiB takes about a millisecond, longer than reading as much from the page cache. Private to src/base; use
 * memory.h, which takes what is large enough from here. */
#ifndef WINNOW_BASE_LARGE_PAGES_H
#define WINNOW_BASE_LARGE_PAGES_H

#include <stddef.h>

enum { WN_LARGE_PAGE = 2 << 20 };

/* A region: n bytes at `bytes`, zero, at the start of a large page; at least `before` bytes in front of them are there
 * too. */
typedef struct {
    void *bytes, *base; /* base and n_mapped: what goes back to the system */
    size_t n_mapped;
} wn_large_region;

/* Local. A region of n bytes, none of it touched. Only large pages that are whole, or nearly, are asked for, so
 * that hardly more becomes resident than n and a page. Fails: bytes is NULL. */
wn_large_region wn_large_region_new(size_t n, size_t before);

/* Local. */
void wn_large_region_free(wn_large_region region);

/* Local. Of a region that is untouched yet: its pages shall be small after all. */
void wn_large_region_forgo(void *bytes, size_t n);

#endif
