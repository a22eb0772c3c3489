#define XXH_STATIC_LINKING_ONLY /* the size of a state, so that it lies in memory of ours */
#include "winnow/hash.h"

#include "winnow/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

struct wn_hasher {
    XXH3_state_t state; /* its type wants 64 bytes of alignment: wn_new's */
};

static wn_hash hash_of(XXH128_hash_t value)
{
    return (wn_hash){value.low64, value.high64};
}

wn_hash wn_hash_bytes(const void *bytes, size_t n, uint64_t seed)
{
    return hash_of(XXH3_128bits_withSeed(bytes, n, seed));
}

int wn_hash_compare(wn_hash a, wn_hash b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return a.low == b.low ? 0 : a.low < b.low ? -1 : 1;
}

void wn_hash_text(wn_hash hash, char text[WN_HASH_TEXT_SIZE])
{
    snprintf(text, WN_HASH_TEXT_SIZE, "%016llx%016llx", (unsigned long long)hash.high, (unsigned long long)hash.low);
}

wn_status wn_hasher_new(wn_hasher **hasher, uint64_t seed)
{
    wn_status status = WN_OK;
    wn_hasher *made = NULL;
    TRY(wn_new(&made, 1));
    XXH3_128bits_reset_withSeed(&made->state, seed);
    *hasher = made;
done:
    return status;
}

void wn_hasher_add(wn_hasher *hasher, const void *bytes, size_t n)
{
    XXH3_128bits_update(&hasher->state, bytes, n);
}

void wn_hasher_add_text(wn_hasher *hasher, const char *text)
{
    uint64_t n = strlen(text);
    wn_hasher_add(hasher, &n, sizeof n);
    wn_hasher_add(hasher, text, n);
}

wn_hash wn_hasher_finish(const wn_hasher *hasher)
{
    return hash_of(XXH3_128bits_digest(&hasher->state));
}

void wn_hasher_free(wn_hasher *hasher)
{
    wn_free(hasher);
}

static wn_status add_file(wn_hasher *hasher, FILE *file, const char *path)
{
    char buffer[65536];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0)
        wn_hasher_add(hasher, buffer, n);
    return ferror(file) ? wn_fail(WN_IO, "%s: %s", path, strerror(errno)) : WN_OK;
}

wn_status wn_hash_file(wn_hash *hash, const char *path)
{
    wn_status status = WN_OK;
    wn_hasher *hasher = NULL;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return wn_fail(errno == ENOENT ? WN_NO_INPUT : WN_IO, "%s: %s", path, strerror(errno));
    TRY(wn_hasher_new(&hasher, 0));
    TRY(add_file(hasher, file, path));
    *hash = wn_hasher_finish(hasher);
done:
    wn_hasher_free(hasher);
    fclose(file);
    return status;
}
