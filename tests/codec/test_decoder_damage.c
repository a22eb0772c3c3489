#include "encoded_chunk.h"

#include "testing.h"

#include "winnow/memory.h"

#include <string.h>
#include <sys/mman.h>

enum { REGION_BYTES = 1 << 18, PAGE_BYTES = 1 << 16, N_DAMAGED = 3000 };

static wn_decoder *decoder;
static unsigned char *stored_end, *decoded_end; /* no byte from here on can be touched */

static unsigned char *map_region(void)
{
    unsigned char *region =
        mmap(NULL, REGION_BYTES + PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED || mprotect(region + REGION_BYTES, PAGE_BYTES, PROT_NONE) != 0)
        return NULL;
    return region + REGION_BYTES;
}

static void test_first(void)
{
    CHECK_OK(wn_decoder_new(&decoder));
    stored_end = map_region();
    decoded_end = map_region();
    CU_ASSERT_FATAL(stored_end != NULL && decoded_end != NULL);
}

static void test_last(void)
{
    wn_decoder_free(decoder);
    CU_ASSERT_EQUAL(wn_memory_used(), 0);
}

static uint32_t draw(size_t n)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)((state >> 33) % n);
}

/* Decodes n bytes that end where memory ends, into bytes that do. WN_INTERNAL for cells that are not the written ones.
 */
static wn_status decode_at_end(const written_chunk *chunk, const unsigned char *bytes, size_t n)
{
    size_t n_decoded = chunk->pipeline.chunk_bytes;
    if (n > 0)
        memcpy(stored_end - n, bytes, n);
    wn_status status =
        wn_decoder_decode(decoder, &chunk->pipeline, chunk->mask, stored_end - n, n, decoded_end - n_decoded);
    if (status == WN_OK && memcmp(decoded_end - n_decoded, chunk->cells, n_decoded) != 0)
        return WN_INTERNAL;
    return status;
}

/* The filter is named, or the size that came out where no filter of the pipeline knows better. */
static void check_damaged(wn_status status, const char *name)
{
    const char *message = wn_status_message();
    CU_ASSERT_EQUAL(status, WN_BAD_DATA);
    CU_ASSERT(strstr(message, name) != NULL || strstr(message, "decodes to") != NULL);
}

/* A pipeline with a checksum: every cut is found, and nearly every flipped bit. zlib's Adler-32 of a few bytes is weak
 * enough to be met by chance once in some thousand times. */
static void check_found(const written_chunk *chunk, const char *name)
{
    size_t n_unseen = 0;
    CHECK_OK(decode_at_end(chunk, chunk->stored, chunk->n_stored));
    for (size_t n = 0; n < chunk->n_stored; n++)
        check_damaged(decode_at_end(chunk, chunk->stored, n), name);
    for (size_t i = 0; i < N_DAMAGED; i++) {
        size_t place = draw(chunk->n_stored);
        unsigned char bit = (unsigned char)(1 << draw(8));
        chunk->stored[place] ^= bit;
        wn_status status = decode_at_end(chunk, chunk->stored, chunk->n_stored);
        n_unseen += status == WN_INTERNAL ? 1 : 0;
        if (status != WN_OK && status != WN_INTERNAL)
            check_damaged(status, name);
        chunk->stored[place] ^= bit;
    }
    CU_ASSERT(n_unseen < N_DAMAGED / 200);
}

/* Any bytes at all give cells or bad data, and touch nothing else. */
static void check_survives(const written_chunk *chunk)
{
    unsigned char bytes[4096];
    for (size_t i = 0; i < N_DAMAGED; i++) {
        size_t n = draw(sizeof bytes), n_kept = draw(n + 1);
        for (size_t k = 0; k < n; k++)
            bytes[k] = k < n_kept && k < chunk->n_stored ? chunk->stored[k] : (unsigned char)draw(256);
        for (size_t k = draw(4); k > 0 && n > 0; k--)
            bytes[draw(n < 64 ? n : 64)] = (unsigned char)draw(256);
        wn_status status = decode_at_end(chunk, bytes, n);
        CU_ASSERT(status == WN_OK || status == WN_INTERNAL || status == WN_BAD_DATA);
    }
}

static herr_t add_deflate(hid_t creation)
{
    return H5Pset_shuffle(creation) >= 0 ? H5Pset_deflate(creation, 4) : -1;
}

static herr_t add_fletcher32(hid_t creation)
{
    return H5Pset_shuffle(creation) >= 0 ? H5Pset_fletcher32(creation) : -1;
}

static void check_written(add_filters *add, const char *name)
{
    written_chunk chunk;
    CU_ASSERT(written_chunk_make(&chunk, 500, 4, add));
    check_found(&chunk, name);
    check_survives(&chunk);
    written_chunk_clear(&chunk);
}

static void test_deflate(void)
{
    check_written(add_deflate, "deflate");
}

static void test_fletcher32(void)
{
    check_written(add_fletcher32, "fletcher32");
}

/* A chunk that decodes to fewer or more bytes than it should. */
static void test_wrong_size(void)
{
    written_chunk chunk;
    CU_ASSERT(written_chunk_make(&chunk, 500, 4, add_deflate));
    chunk.pipeline.chunk_bytes -= 4;
    check_damaged(decode_at_end(&chunk, chunk.stored, chunk.n_stored), "deflate");
    chunk.pipeline.chunk_bytes += 8;
    check_damaged(decode_at_end(&chunk, chunk.stored, chunk.n_stored), "2000 bytes, not 2004");
    chunk.pipeline.chunk_bytes -= 4;
    chunk.pipeline.filters[0].values[0] = 0;
    check_damaged(decode_at_end(&chunk, chunk.stored, chunk.n_stored), "shuffle");
    chunk.pipeline.filters[0].n_values = 0;
    check_damaged(decode_at_end(&chunk, chunk.stored, chunk.n_stored), "shuffle");
    written_chunk_clear(&chunk);
}

static void test_encoded(void)
{
    for (size_t i = 0; encodings[i].name != NULL; i++) {
        written_chunk chunk;
        CU_ASSERT(encoded_chunk_make(&chunk, &encodings[i], 500, 4));
        CHECK_OK(decode_at_end(&chunk, chunk.stored, chunk.n_stored));
        for (size_t n = 0; n < chunk.n_stored; n++)
            check_damaged(decode_at_end(&chunk, chunk.stored, n), encodings[i].name);
        check_survives(&chunk);
        written_chunk_clear(&chunk);
    }
}

#if WN_HAVE_SZIP

static herr_t add_szip(hid_t creation)
{
    return H5Pset_szip(creation, H5_SZIP_NN_OPTION_MASK, 8);
}

/* Its stream has no checksum and no length of its own. */
static void test_szip(void)
{
    static const size_t sizes[] = {1, 2, 4, 8};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        written_chunk chunk;
        CU_ASSERT(written_chunk_make(&chunk, 501, sizes[s], add_szip));
        CHECK_OK(decode_at_end(&chunk, chunk.stored, chunk.n_stored));
        check_survives(&chunk);
        for (unsigned i = 0; i < N_DAMAGED; i++) {
            wn_filter kept = chunk.pipeline.filters[0];
            chunk.pipeline.filters[0].values[draw(4)] = draw(i % 2 == 0 ? 70 : UINT32_MAX);
            wn_status status = decode_at_end(&chunk, chunk.stored, chunk.n_stored);
            CU_ASSERT(status == WN_OK || status == WN_INTERNAL || status == WN_BAD_DATA);
            chunk.pipeline.filters[0] = kept;
        }
        written_chunk_clear(&chunk);
    }
}

#endif

static const wn_test tests[] = {
    {"new", test_first},
    {"deflate", test_deflate},
    {"fletcher32", test_fletcher32},
    {"chunks of a wrong size, client data without sense", test_wrong_size},
    {"the filters of plugins", test_encoded},
#if WN_HAVE_SZIP
    {"szip", test_szip},
#endif
    {"free", test_last},
};

TEST_MAIN("decoder_damage", tests)
