#include "winnow/codec.h"

#include "filters.h"

#define BUILT_IN(has) ((has) ? WN_CODEC_HERE : WN_CODEC_LEFT_OUT)
#define OR_NULL(has, function) ((has) ? (function) : NULL)

/* WN_HAVE_... say which libraries CMake found. The foreign filters are the registered ones that tables were met with,
 * and the Debian or Python package with their plugin. */
static const wn_filter_entry entries[] = {
    {{FILTER_DEFLATE, "deflate", "libdeflate-dev", WN_CODEC_HERE}, wn_deflate_undo, NULL, false},
    {{FILTER_SHUFFLE, "shuffle", NULL, WN_CODEC_HERE}, wn_shuffle_undo, NULL, false},
    {{FILTER_FLETCHER32, "fletcher32", NULL, WN_CODEC_HERE}, wn_fletcher32_undo, NULL, true},
    {{FILTER_SZIP, "szip", "libaec-dev", WN_HAVE_SZIP ? WN_CODEC_HERE : WN_CODEC_THROUGH_HDF5},
     OR_NULL(WN_HAVE_SZIP, wn_szip_undo),
     NULL,
     false},
    {{FILTER_NBIT, "nbit", NULL, WN_CODEC_THROUGH_HDF5}, NULL, NULL, false},
    {{FILTER_SCALEOFFSET, "scaleoffset", NULL, WN_CODEC_THROUGH_HDF5}, NULL, NULL, false},
    {{FILTER_BZIP2, "bzip2", "libbz2-dev", BUILT_IN(WN_HAVE_BZIP2)},
     OR_NULL(WN_HAVE_BZIP2, wn_bzip2_undo),
     NULL,
     false},
    {{FILTER_LZF, "lzf", "liblzf-dev", BUILT_IN(WN_HAVE_LZF)}, OR_NULL(WN_HAVE_LZF, wn_lzf_undo), NULL, false},
    {{FILTER_BLOSC, "blosc", "libblosc-dev", BUILT_IN(WN_HAVE_BLOSC)},
     OR_NULL(WN_HAVE_BLOSC, wn_blosc_undo),
     OR_NULL(WN_HAVE_BLOSC, wn_blosc_check),
     false},
    {{FILTER_LZ4, "lz4", "liblz4-dev", BUILT_IN(WN_HAVE_LZ4)}, OR_NULL(WN_HAVE_LZ4, wn_lz4_undo), NULL, false},
    {{FILTER_BITSHUFFLE, "bitshuffle", NULL, WN_CODEC_HERE}, wn_bitshuffle_undo, wn_bitshuffle_check, false},
    {{FILTER_ZSTD, "zstd", "libzstd-dev", BUILT_IN(WN_HAVE_ZSTD)}, OR_NULL(WN_HAVE_ZSTD, wn_zstd_undo), NULL, false},
    {{32013, "zfp", "hdf5-filter-plugin-zfp-serial", WN_CODEC_FOREIGN}, NULL, NULL, false},
    {{32017, "sz", "hdf5plugin (PyPI)", WN_CODEC_FOREIGN}, NULL, NULL, false},
    {{32018, "fcidecomp", "hdf5plugin (PyPI)", WN_CODEC_FOREIGN}, NULL, NULL, false},
    {{32024, "sz3", "hdf5plugin (PyPI)", WN_CODEC_FOREIGN}, NULL, NULL, false},
    {{32026, "blosc2", "hdf5plugin (PyPI)", WN_CODEC_FOREIGN}, NULL, NULL, false},
};

static const size_t n_entries = sizeof entries / sizeof *entries;

const wn_filter_entry *wn_filter_entry_find(int id)
{
    for (size_t i = 0; i < n_entries; i++)
        if (entries[i].codec.id == id)
            return &entries[i];
    return NULL;
}

const wn_codec *wn_codec_at(size_t i)
{
    return i < n_entries ? &entries[i].codec : NULL;
}

const wn_codec *wn_codec_find(int id)
{
    const wn_filter_entry *entry = wn_filter_entry_find(id);
    return entry != NULL ? &entry->codec : NULL;
}

static wn_status refuse(int id, const wn_codec *codec)
{
    if (codec == NULL)
        return wn_fail(WN_UNAVAILABLE, "is compressed by HDF5 filter %d, which is not known here", id);
    if (codec->place == WN_CODEC_LEFT_OUT)
        return wn_fail(WN_UNAVAILABLE, "is compressed by %s (HDF5 filter %d), which needs a Winnow built with %s",
                       codec->name, id, codec->package);
    return wn_fail(
        WN_UNAVAILABLE,
        "is compressed by %s (HDF5 filter %d), which Winnow does not decode: rewrite the table with h5repack "
        "and the plugin of %s",
        codec->name, id, codec->package);
}

wn_status wn_codec_check(const wn_pipeline *pipeline, wn_codec_place *place)
{
    wn_codec_place worst = WN_CODEC_HERE;
    for (unsigned i = 0; i < pipeline->n_filters; i++) {
        int id = pipeline->filters[i].id;
        const wn_filter_entry *entry = wn_filter_entry_find(id);
        const wn_codec *codec = entry != NULL ? &entry->codec : NULL;
        if (codec == NULL || codec->place == WN_CODEC_LEFT_OUT || codec->place == WN_CODEC_FOREIGN)
            return refuse(id, codec);
        wn_status status = entry->check != NULL ? entry->check(&pipeline->filters[i]) : WN_OK;
        if (status != WN_OK)
            return status;
        worst = codec->place > worst ? codec->place : worst;
    }
    *place = worst;
    return WN_OK;
}
