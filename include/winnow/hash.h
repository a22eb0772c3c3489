/* hash.h - 128-bit hashes (XXH3) of bytes and numbers: fingerprints, stage keys, checksums, row identities. */
#ifndef WINNOW_HASH_H
#define WINNOW_HASH_H

#include "winnow/status.h"

#include <stdint.h>

typedef struct {
    uint64_t low, high;
} wn_hash;

enum { WN_HASH_TEXT_SIZE = 33 };

typedef struct wn_hasher wn_hasher;

/* Local. The hash of n bytes, with a seed that makes another function of it. */
wn_hash wn_hash_bytes(const void *bytes, size_t n, uint64_t seed);

/* Local. -1, 0 or 1: the order of two hashes as numbers (for qsort and ties). */
int wn_hash_compare(wn_hash a, wn_hash b);

/* Local. 32 hexadecimal digits and a zero byte. */
void wn_hash_text(wn_hash hash, char text[WN_HASH_TEXT_SIZE]);

/* Local. A hash fed in parts. wn_hasher_add_text also adds the length, so that "ab","c" differs from "a","bc". The
 * caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_hasher_new(wn_hasher **hasher, uint64_t seed);
void wn_hasher_add(wn_hasher *hasher, const void *bytes, size_t n);
void wn_hasher_add_text(wn_hasher *hasher, const char *text);
wn_hash wn_hasher_finish(const wn_hasher *hasher);
void wn_hasher_free(wn_hasher *hasher);

/* Local. The hash of a whole file's bytes. Fails: WN_NO_INPUT, WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_hash_file(wn_hash *hash, const char *path);

#endif
