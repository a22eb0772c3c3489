#include "encoded_chunk.h"

#include "winnow/memory.h"

#include <string.h>
#if WN_HAVE_BZIP2
#include <bzlib.h>
#endif
#if WN_HAVE_LZF
#include <lzf.h>
#endif
#if WN_HAVE_BLOSC
#include <blosc.h>
#endif
#if WN_HAVE_LZ4
#include <lz4.h>
#endif
#if WN_HAVE_ZSTD
#include <zstd.h>
#endif

/* More than any of the compressors makes of the cells of these tests. */
static size_t room(size_t n)
{
    return 8 * n + 65536;
}

static void put_big(unsigned char *out, uint64_t number, size_t n_bytes)
{
    for (size_t i = 0; i < n_bytes; i++)
        out[i] = (unsigned char)(number >> 8 * (n_bytes - 1 - i));
}

#if WN_HAVE_BZIP2
static size_t encode_bzip2(const wn_filter *filter, const unsigned char *cells, size_t n, unsigned char *out)
{
    (void)filter;
    unsigned n_out = (unsigned)room(n);
    char *in = (char *)(uintptr_t)cells;
    return BZ2_bzBuffToBuffCompress((char *)out, &n_out, in, (unsigned)n, 1, 0, 0) == BZ_OK ? n_out : 0;
}
#endif

#if WN_HAVE_LZF
static size_t encode_lzf(const wn_filter *filter, const unsigned char *cells, size_t n, unsigned char *out)
{
    (void)filter;
    return lzf_compress(cells, (unsigned)n, out, (unsigned)room(n));
}
#endif

#if WN_HAVE_BLOSC
static size_t encode_blosc(const wn_filter *filter, const unsigned char *cells, size_t n, unsigned char *out)
{
    const char *compressor = NULL;
    blosc_compcode_to_compname((int)filter->values[6], &compressor);
    int n_out =
        blosc_compress_ctx(5, (int)filter->values[5], filter->values[2], n, cells, out, room(n), compressor, 0, 1);
    return n_out > 0 ? (size_t)n_out : 0;
}
#endif

#if WN_HAVE_LZ4
static size_t put_lz4_block(const unsigned char *in, size_t n, unsigned char *out)
{
    int n_out = LZ4_compress_default((const char *)in, (char *)out + 4, (int)n, (int)room(n));
    size_t n_stored = n_out > 0 && (size_t)n_out < n ? (size_t)n_out : n;
    if (n_stored == n)
        memcpy(out + 4, in, n);
    put_big(out, n_stored, 4);
    return n_stored + 4;
}

static size_t encode_lz4(const wn_filter *filter, const unsigned char *cells, size_t n, unsigned char *out)
{
    size_t block = filter->values[0] > 0 && filter->values[0] < n ? filter->values[0] : n, n_out = 12;
    put_big(out, n, 8);
    put_big(out + 8, block, 4);
    for (size_t done = 0; done < n; done += block)
        n_out += put_lz4_block(cells + done, n - done < block ? n - done : block, out + n_out);
    return n_out;
}
#endif

#if WN_HAVE_ZSTD
static size_t encode_zstd(const wn_filter *filter, const unsigned char *cells, size_t n, unsigned char *out)
{
    size_t n_out = ZSTD_compress(out, room(n), cells, n, (int)filter->values[0]);
    return ZSTD_isError(n_out) ? 0 : n_out;
}
#endif

/* The bits of a block by their definition: row (byte, bit) holds that bit of every element, element 0 lowest. */
static void shuffle_bits(const unsigned char *in, unsigned char *out, size_t n, size_t size)
{
    memset(out, 0, n * size);
    for (size_t i = 0; i < n; i++)
        for (size_t bit = 0; bit < size * 8; bit++)
            if ((in[i * size + bit / 8] >> bit % 8 & 1) != 0)
                out[bit * (n / 8) + i / 8] |= (unsigned char)(1 << i % 8);
}

static size_t compress_bits(unsigned compressor, const unsigned char *bits, size_t n, unsigned char *out)
{
    size_t n_out = 0;
    (void)compressor, (void)bits, (void)n, (void)out;
#if WN_HAVE_LZ4
    if (compressor == 2)
        n_out = (size_t)LZ4_compress_default((const char *)bits, (char *)out + 4, (int)n, (int)room(n));
#endif
#if WN_HAVE_ZSTD
    if (compressor == 3)
        n_out = ZSTD_compress(out + 4, room(n), bits, n, 3);
#endif
    put_big(out, n_out, 4);
    return n_out + 4;
}

static size_t put_bits(const wn_filter *filter, const unsigned char *in, size_t n, unsigned char *out)
{
    unsigned char *bits = NULL;
    size_t size = filter->values[2], n_out = n * size;
    if (wn_new(&bits, n * size) != WN_OK)
        return 0;
    shuffle_bits(in, bits, n, size);
    if (filter->values[4] == 0)
        memcpy(out, bits, n * size);
    else
        n_out = compress_bits(filter->values[4], bits, n * size, out);
    wn_free(bits);
    return n_out;
}

static size_t encode_bitshuffle(const wn_filter *filter, const unsigned char *cells, size_t n_bytes, unsigned char *out)
{
    size_t size = filter->values[2], block = filter->values[3], n = n_bytes / size, n_out = 0;
    if (block == 0)
        block = 8192 / size / 8 * 8 > 128 ? 8192 / size / 8 * 8 : 128;
    if (filter->values[4] != 0) {
        put_big(out, n_bytes, 8);
        put_big(out + 8, block * size, 4);
        n_out = 12;
    }
    for (size_t i = 0; i < n / 8 * 8; i += block)
        n_out += put_bits(filter, cells + i * size, n / 8 * 8 - i < block ? n / 8 * 8 - i : block, out + n_out);
    memcpy(out + n_out, cells + n / 8 * 8 * size, n % 8 * size);
    return n_out + n % 8 * size;
}

const encoding encodings[] = {
#if WN_HAVE_BZIP2
    {"bzip2", 307, {0}, encode_bzip2},
#endif
#if WN_HAVE_LZF
    {"lzf", 32000, {0}, encode_lzf},
#endif
#if WN_HAVE_BLOSC
    {"blosc", 32001, {BLOSC_SHUFFLE, BLOSC_BLOSCLZ}, encode_blosc},
    {"blosc", 32001, {BLOSC_SHUFFLE, BLOSC_LZ4}, encode_blosc},
    {"blosc", 32001, {BLOSC_BITSHUFFLE, BLOSC_LZ4}, encode_blosc},
    {"blosc", 32001, {BLOSC_NOSHUFFLE, BLOSC_ZLIB}, encode_blosc},
#endif
#if WN_HAVE_LZ4
    {"lz4", 32004, {0}, encode_lz4},
    {"lz4", 32004, {100}, encode_lz4},
#endif
    {"bitshuffle", 32008, {0, 0}, encode_bitshuffle},
    {"bitshuffle", 32008, {64, 0}, encode_bitshuffle},
#if WN_HAVE_LZ4
    {"bitshuffle", 32008, {0, 2}, encode_bitshuffle},
    {"bitshuffle", 32008, {64, 2}, encode_bitshuffle},
#endif
#if WN_HAVE_ZSTD
    {"bitshuffle", 32008, {0, 3}, encode_bitshuffle},
    {"zstd", 32015, {3}, encode_zstd},
#endif
    {NULL, 0, {0}, NULL}};

/* The client data of each plugin, in its own order. */
static void set_values(wn_filter *filter, const encoding *how, size_t n_bytes, size_t size)
{
    filter->id = how->id;
    filter->n_values = 1;
    filter->values[0] = how->settings[0];
    if (how->id == 32000) {
        filter->n_values = 3;
        filter->values[2] = (unsigned)n_bytes;
    }
    if (how->id == 32001) {
        filter->n_values = 7;
        filter->values[2] = (unsigned)size;
        filter->values[3] = (unsigned)n_bytes;
        filter->values[5] = how->settings[0];
        filter->values[6] = how->settings[1];
    }
    if (how->id == 32008) {
        filter->n_values = 5;
        filter->values[2] = (unsigned)size;
        filter->values[3] = how->settings[0];
        filter->values[4] = how->settings[1];
    }
}

bool encoded_chunk_make(written_chunk *chunk, const encoding *how, size_t n_elements, size_t size)
{
    size_t n = n_elements * size;
    *chunk = (written_chunk){.pipeline = {.n_filters = 1, .chunk_bytes = n}};
    set_values(&chunk->pipeline.filters[0], how, n, size);
    if (wn_new(&chunk->cells, n) != WN_OK || wn_new(&chunk->stored, room(n)) != WN_OK)
        return false;
    fill_cells(chunk->cells, n_elements, size);
    chunk->n_stored = how->encode(&chunk->pipeline.filters[0], chunk->cells, n, chunk->stored);
    return chunk->n_stored > 0;
}
