#include "winnow/codec.h"

#include "filters.h"

#define BUILT_IN(is_built_in) ((is_built_in) ? WN_CODEC_HERE : WN_CODEC_LEFT_OUT)

static const wn_filter_entry entries[] = {
    {{FILTER_DEFLATE, "deflate", "libdeflate-dev", WN_CODEC_HERE}, wn_deflate_undo, false},
    {{FILTER_SHUFFLE, "shuffle", NULL, WN_CODEC_HERE}, wn_shuffle_undo, false},
    {{FILTER_FLETCHER32, "fletcher32", NULL, WN_CODEC_HERE}, wn_fletcher32_undo, true},
    {{FILTER_SZIP, "szip", "libaec-dev", WN_CODEC_THROUGH_HDF5}, NULL, false},
    {{FILTER_NBIT, "nbit", NULL, WN_CODEC_THROUGH_HDF5}, NULL, false},
    {{FILTER_SCALEOFFSET, "scaleoffset", NULL, WN_CODEC_THROUGH_HDF5}, NULL, false},
    {{FILTER_BZIP2, "bzip2", "hdf5-filter-plugin", WN_CODEC_FOREIGN}, NULL, false},
    {{FILTER_LZF, "lzf", "hdf5-plugin-lzf", WN_CODEC_FOREIGN}, NULL, false},
    {{FILTER_BLOSC, "blosc", "hdf5-filter-plugin-blosc-serial", WN_CODEC_FOREIGN}, NULL, false},
    {{FILTER_LZ4, "lz4", "hdf5-filter-plugin", WN_CODEC_FOREIGN}, NULL, false},
    {{FILTER_BITSHUFFLE, "bitshuffle", "bitshuffle", WN_CODEC_FOREIGN}, NULL, false},
    {{FILTER_ZSTD, "zstd", "hdf5plugin", WN_CODEC_FOREIGN}, NULL, false},
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
        const wn_codec *codec = wn_codec_find(id);
        if (codec == NULL || codec->place == WN_CODEC_LEFT_OUT || codec->place == WN_CODEC_FOREIGN)
            return refuse(id, codec);
        worst = codec->place > worst ? codec->place : worst;
    }
    *place = worst;
    return WN_OK;
}
