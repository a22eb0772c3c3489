#include "winnow/hdf5_filters.h"

#include "encoded_chunk.h"
#include "testing.h"

#include "winnow/memory.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static wn_decoder *decoder;

static void test_first(void)
{
    CHECK_OK(wn_decoder_new(&decoder));
    wn_hdf5_filters_register();
    wn_hdf5_filters_register();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0);
}

static void test_last(void)
{
    wn_decoder_free(decoder);
    CU_ASSERT_EQUAL(wn_memory_used(), 0);
}

static void test_registered(void)
{
    for (size_t i = 0; wn_codec_at(i) != NULL; i++)
        if (wn_codec_at(i)->place == WN_CODEC_HERE && wn_codec_at(i)->id != 4)
            CU_ASSERT(H5Zfilter_avail(wn_codec_at(i)->id) > 0);
}

/* The innermost word of HDF5's last failure. */
static char cause[256];

static herr_t keep_cause(unsigned n, const H5E_error2_t *error, void *unused)
{
    (void)unused;
    if (n == 0)
        snprintf(cause, sizeof cause, "%s", error->desc);
    return 0;
}

static bool reads_same(hid_t dataset, hid_t type, const written_chunk *chunk)
{
    unsigned char *cells = NULL;
    cause[0] = '\0';
    CHECK_OK(wn_new(&cells, chunk->pipeline.chunk_bytes));
    bool is_read = H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells) >= 0;
    if (!is_read)
        H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_cause, NULL);
    bool is_same = is_read && memcmp(cells, chunk->cells, chunk->pipeline.chunk_bytes) == 0;
    wn_free(cells);
    return is_same;
}

/* The library refuses to create a dataset whose filter cannot be applied, but not one whose optional filter it does not
 * know: it is made to forget this one. */
static hid_t create_dataset(hid_t file, hid_t type, hsize_t n, const wn_filter *filter)
{
    hid_t space = H5Screate_simple(1, &n, NULL), creation = H5Pcreate(H5P_DATASET_CREATE);
    CU_ASSERT(H5Zunregister(filter->id) >= 0);
    CU_ASSERT(H5Pset_chunk(creation, 1, &n) >= 0);
    CU_ASSERT(H5Pset_filter(creation, filter->id, H5Z_FLAG_OPTIONAL, filter->n_values, filter->values) >= 0);
    hid_t dataset = H5Dcreate2(file, "cells", type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    H5Pclose(creation);
    H5Sclose(space);
    wn_hdf5_filters_register();
    return dataset;
}

/* Whether HDF5's library itself makes the cells of a stored chunk. */
static bool reads_through_hdf5(const written_chunk *chunk, size_t size)
{
    hsize_t offset = 0;
    hid_t file = H5Fcreate(test_path("encoded.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = H5Tcreate(H5T_OPAQUE, size);
    hid_t dataset = create_dataset(file, type, chunk->pipeline.chunk_bytes / size, &chunk->pipeline.filters[0]);
    CU_ASSERT(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &offset, chunk->n_stored, chunk->stored) >= 0);
    bool is_same = reads_same(dataset, type, chunk);
    H5Dclose(dataset);
    H5Tclose(type);
    H5Fclose(file);
    return is_same;
}

static void check_encoded(const encoding *how, size_t n_elements, size_t size)
{
    written_chunk chunk;
    unsigned char *decoded = NULL;
    if (encoded_chunk_make(&chunk, how, n_elements, size)) { /* liblzf makes nothing of what does not shrink */
        wn_codec_place place = WN_CODEC_FOREIGN;
        CHECK_OK(wn_codec_check(&chunk.pipeline, &place));
        CU_ASSERT_EQUAL(place, WN_CODEC_HERE);
        CHECK_OK(wn_new(&decoded, chunk.pipeline.chunk_bytes));
        CHECK_OK(wn_decoder_decode(decoder, &chunk.pipeline, 0, chunk.stored, chunk.n_stored, decoded));
        CU_ASSERT_EQUAL(memcmp(decoded, chunk.cells, chunk.pipeline.chunk_bytes), 0);
        CU_ASSERT(reads_through_hdf5(&chunk, size));
        wn_free(decoded);
    } else {
        CU_ASSERT_EQUAL(how->id, 32000);
    }
    written_chunk_clear(&chunk);
}

static void test_decoded(void)
{
    static const size_t sizes[] = {1, 2, 3, 4, 8, 12}, counts[] = {1, 7, 8, 64, 71, 1000, 20011};
    for (size_t i = 0; encodings[i].name != NULL; i++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (size_t n = 0; n < sizeof counts / sizeof *counts; n++)
                check_encoded(&encodings[i], counts[n], sizes[s]);
}

static void test_memory(void)
{
    for (size_t i = 0; encodings[i].name != NULL; i++) {
        written_chunk chunk;
        CU_ASSERT(encoded_chunk_make(&chunk, &encodings[i], 5001, 4));
        written_chunk_check_memory(&chunk);
        written_chunk_clear(&chunk);
    }
}

enum { N_THREADS = 4, N_TIMES = 50 };

/* One thread's count of chunks that it decoded rightly, of every encoding in turn. */
typedef struct {
    const written_chunk *chunks;
    size_t n_chunks, n_right;
} thread_work;

static void *decode_often(void *argument)
{
    thread_work *work = argument;
    wn_decoder *own = NULL;
    unsigned char *decoded = NULL;
    wn_status status = WN_OK;
    TRY(wn_decoder_new(&own));
    TRY(wn_new(&decoded, work->chunks[0].pipeline.chunk_bytes));
    for (size_t i = 0; i < N_TIMES * work->n_chunks; i++) {
        const written_chunk *chunk = &work->chunks[i % work->n_chunks];
        TRY(wn_decoder_decode(own, &chunk->pipeline, 0, chunk->stored, chunk->n_stored, decoded));
        work->n_right += memcmp(decoded, chunk->cells, chunk->pipeline.chunk_bytes) == 0 ? 1 : 0;
    }
done:
    wn_free(decoded);
    wn_decoder_free(own);
    return NULL;
}

static void test_threads(void)
{
    written_chunk chunks[32];
    thread_work work[N_THREADS];
    pthread_t threads[N_THREADS];
    size_t n = 0;
    for (; encodings[n].name != NULL && n < sizeof chunks / sizeof *chunks; n++)
        CU_ASSERT(encoded_chunk_make(&chunks[n], &encodings[n], 3000, 4));
    for (size_t t = 0; t < N_THREADS; t++) {
        work[t] = (thread_work){chunks, n, 0};
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[t], NULL, decode_often, &work[t]), 0);
    }
    for (size_t t = 0; t < N_THREADS; t++) {
        pthread_join(threads[t], NULL);
        CU_ASSERT_EQUAL(work[t].n_right, N_TIMES * n);
    }
    for (size_t i = 0; i < n; i++)
        written_chunk_clear(&chunks[i]);
}

/* HDF5 fails, too, and its innermost word is the codec's. */
static void test_damaged(void)
{
    for (size_t i = 0; encodings[i].name != NULL; i++) {
        written_chunk chunk;
        CU_ASSERT(encoded_chunk_make(&chunk, &encodings[i], 1000, 4));
        chunk.n_stored -= 3;
        CU_ASSERT(!reads_through_hdf5(&chunk, 4));
        CU_ASSERT_PTR_NOT_NULL(strstr(cause, encodings[i].name));
        written_chunk_clear(&chunk);
    }
}

#if WN_HAVE_ZSTD

static unsigned level;

static herr_t add_zstd(hid_t creation)
{
    return H5Pset_shuffle(creation) >= 0
               ? H5Pset_filter(creation, WN_HDF5_FILTER_ZSTD, H5Z_FLAG_OPTIONAL, level > 0 ? 1 : 0, &level)
               : -1;
}

/* Written by HDF5 through our encoder; a chunk of one cell does not shrink and is stored as it is. */
static void test_zstd_written(void)
{
    for (level = 0; level <= 22; level += 11)
        for (size_t n = 1; n <= 10000; n = n * 10) {
            written_chunk chunk;
            unsigned char *decoded = NULL;
            CU_ASSERT(written_chunk_make(&chunk, n, 4, add_zstd));
            CU_ASSERT_EQUAL(chunk.mask, n == 1 ? 2 : 0);
            CHECK_OK(wn_new(&decoded, chunk.pipeline.chunk_bytes));
            CHECK_OK(wn_decoder_decode(decoder, &chunk.pipeline, chunk.mask, chunk.stored, chunk.n_stored, decoded));
            CU_ASSERT_EQUAL(memcmp(decoded, chunk.cells, chunk.pipeline.chunk_bytes), 0);
            wn_free(decoded);
            written_chunk_clear(&chunk);
        }
}

#endif

/* The others cannot be written, and say so. */
static herr_t add_bitshuffle(hid_t creation)
{
    return H5Pset_filter(creation, 32008, H5Z_FLAG_MANDATORY, 0, NULL);
}

static void test_not_written(void)
{
    written_chunk chunk;
    CU_ASSERT(!written_chunk_make(&chunk, 100, 4, add_bitshuffle));
    written_chunk_clear(&chunk);
}

static const wn_test tests[] = {
    {"new", test_first},
    {"every filter that is decoded here is known to HDF5", test_registered},
    {"chunks of every plugin's framing, here and through H5Dread", test_decoded},
    {"memory", test_memory},
    {"decoders of several threads at once", test_threads},
    {"damaged chunks through H5Dread", test_damaged},
#if WN_HAVE_ZSTD
    {"zstd written by HDF5", test_zstd_written},
#endif
    {"filters without an encoder", test_not_written},
    {"free", test_last},
};

TEST_MAIN("hdf5_filters", tests)
