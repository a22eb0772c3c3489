#include "written_chunk.h"

#include "testing.h"

#include "winnow/memory.h"

#include <string.h>

static wn_decoder *decoder;

static unsigned level;

static herr_t add_deflate(hid_t creation)
{
    return H5Pset_deflate(creation, level);
}

static herr_t add_shuffle(hid_t creation)
{
    return H5Pset_shuffle(creation);
}

static herr_t add_fletcher32(hid_t creation)
{
    return H5Pset_fletcher32(creation);
}

static herr_t add_all(hid_t creation)
{
    return add_shuffle(creation) >= 0 && add_deflate(creation) >= 0 ? add_fletcher32(creation) : -1;
}

static herr_t add_all_otherwise(hid_t creation)
{
    return add_fletcher32(creation) >= 0 && add_deflate(creation) >= 0 ? add_shuffle(creation) : -1;
}

static herr_t add_deflate_twice(hid_t creation)
{
    return add_deflate(creation) >= 0 && add_shuffle(creation) >= 0 ? add_deflate(creation) : -1;
}

static herr_t add_nothing(hid_t creation)
{
    (void)creation;
    return 0;
}

/* The chunk decodes to its cells, and not one byte further. */
static void check_decoded(const written_chunk *chunk)
{
    unsigned char *decoded = NULL;
    size_t n = chunk->pipeline.chunk_bytes;
    if (!CHECK_OK(wn_new(&decoded, n + 1)))
        return;
    decoded[n] = 0xa5;
    CHECK_OK(wn_decoder_decode(decoder, &chunk->pipeline, chunk->mask, chunk->stored, chunk->n_stored, decoded));
    CU_ASSERT_EQUAL(memcmp(decoded, chunk->cells, n), 0);
    CU_ASSERT_EQUAL(decoded[n], 0xa5);
    wn_free(decoded);
}

static void check_made(size_t n_elements, size_t size, add_filters *add)
{
    written_chunk chunk;
    CU_ASSERT(written_chunk_make(&chunk, n_elements, size, add));
    check_decoded(&chunk);
    written_chunk_clear(&chunk);
}

static add_filters *const pipelines[] = {add_nothing, add_deflate,       add_shuffle,      add_fletcher32,
                                         add_all,     add_all_otherwise, add_deflate_twice};

static void test_sizes(void)
{
    static const size_t sizes[] = {1, 2, 3, 4, 8, 12, 40};
    level = 4;
    for (size_t p = 0; p < sizeof pipelines / sizeof *pipelines; p++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (size_t n = 1; n <= 4099; n = n * 4 + 3)
                check_made(n, sizes[s], pipelines[p]);
}

static void test_levels(void)
{
    for (level = 0; level <= 9; level++)
        check_made(20000, 4, add_all);
}

#if WN_HAVE_SZIP

static unsigned szip_mask, szip_block;

static herr_t add_szip(hid_t creation)
{
    return H5Pset_szip(creation, szip_mask, szip_block);
}

/* Scanlines of whole blocks and not, and elements that szip takes apart into bytes. */
static void test_szip(void)
{
    static const size_t sizes[] = {1, 2, 4, 8}, counts[] = {32, 100, 1000, 4096, 20001};
    for (szip_block = 4; szip_block <= 32; szip_block += 14)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
                szip_mask = H5_SZIP_NN_OPTION_MASK;
                check_made(counts[n], sizes[s], add_szip);
                szip_mask = H5_SZIP_EC_OPTION_MASK;
                check_made(counts[n], sizes[s], add_szip);
            }
}

#endif

/* Chunks whose bits say that a filter was not applied, written as such. */
static void test_masks(void)
{
    static const unsigned char cells[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    written_chunk chunk;
    unsigned char decoded[16];
    level = 4;
    CU_ASSERT(written_chunk_make(&chunk, 4, 4, add_all));
    CHECK_OK(wn_decoder_decode(decoder, &chunk.pipeline, 7, cells, sizeof cells, decoded));
    CU_ASSERT_EQUAL(memcmp(decoded, cells, sizeof cells), 0);
    CHECK_OK(wn_decoder_decode(decoder, &chunk.pipeline, 6, cells, sizeof cells, decoded));
    for (size_t i = 0; i < 16; i++)
        CU_ASSERT_EQUAL(decoded[i], i % 4 * 4 + i / 4 + 1);
    CU_ASSERT_EQUAL(wn_decoder_decode(decoder, &chunk.pipeline, 7, cells, 15, decoded), WN_BAD_DATA);
    CU_ASSERT_EQUAL(wn_decoder_decode(decoder, &chunk.pipeline, 3, cells, sizeof cells, decoded), WN_BAD_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "fletcher32"));
    written_chunk_clear(&chunk);
}

static void test_unavailable(void)
{
    wn_pipeline pipeline = {.n_filters = 1, .chunk_bytes = 4, .filters = {{.id = 31999}}};
    unsigned char bytes[4] = {0}, decoded[4];
    CU_ASSERT_EQUAL(wn_decoder_decode(decoder, &pipeline, 0, bytes, 4, decoded), WN_UNAVAILABLE);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "31999"));
    CHECK_OK(wn_decoder_decode(decoder, &pipeline, 1, bytes, 4, decoded));
}

static void test_memory(void)
{
    level = 4;
    for (size_t p = 0; p < sizeof pipelines / sizeof *pipelines; p++) {
        written_chunk chunk;
        CU_ASSERT(written_chunk_make(&chunk, 5000, 4, pipelines[p]));
        written_chunk_check_memory(&chunk);
        written_chunk_clear(&chunk);
    }
}

static void test_first(void)
{
    CHECK_OK(wn_decoder_new(&decoder));
}

static void test_last(void)
{
    wn_decoder_free(decoder);
    CU_ASSERT_EQUAL(wn_memory_used(), 0);
}

static const wn_test tests[] = {
    {"new", test_first},
    {"pipelines of deflate, shuffle, fletcher32 over element sizes", test_sizes},
    {"deflate levels", test_levels},
#if WN_HAVE_SZIP
    {"szip", test_szip},
#endif
    {"filter masks", test_masks},
    {"a filter that is not here", test_unavailable},
    {"memory", test_memory},
    {"free", test_last},
};

TEST_MAIN("decoder", tests)
