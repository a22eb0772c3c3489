#include "winnow/codec.h"

#include "testing.h"

#include <string.h>

static wn_pipeline pipeline_of(int first, int second)
{
    wn_pipeline pipeline = {.n_filters = 2, .chunk_bytes = 64};
    pipeline.filters[0].id = first;
    pipeline.filters[1].id = second;
    return pipeline;
}

static void test_check_here(void)
{
    wn_codec_place place = WN_CODEC_FOREIGN;
    wn_pipeline pipeline = pipeline_of(2, 1);
    CHECK_OK(wn_codec_check(&pipeline, &place));
    CU_ASSERT_EQUAL(place, WN_CODEC_HERE);
    pipeline.n_filters = 0;
    CHECK_OK(wn_codec_check(&pipeline, &place));
    CU_ASSERT_EQUAL(place, WN_CODEC_HERE);
}

static void test_check_through_hdf5(void)
{
    for (int id = 5; id <= 6; id++) {
        wn_codec_place place = WN_CODEC_HERE;
        wn_pipeline pipeline = pipeline_of(id, 1);
        CHECK_OK(wn_codec_check(&pipeline, &place));
        CU_ASSERT_EQUAL(place, WN_CODEC_THROUGH_HDF5);
    }
}

static void test_check_unknown(void)
{
    wn_codec_place place = WN_CODEC_HERE;
    wn_pipeline pipeline = pipeline_of(2, 31999);
    CU_ASSERT_EQUAL(wn_codec_check(&pipeline, &place), WN_UNAVAILABLE);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "31999"));
    CU_ASSERT_EQUAL(place, WN_CODEC_HERE);
}

/* Known filters whose client data ask for what is in no library. */
static void test_check_values(void)
{
    wn_codec_place place = WN_CODEC_HERE;
    wn_pipeline pipeline = pipeline_of(2, 32008);
    pipeline.filters[1].n_values = 5;
    pipeline.filters[1].values[4] = 7;
    CU_ASSERT_EQUAL(wn_codec_check(&pipeline, &place), WN_UNAVAILABLE);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "bitshuffle (HDF5 filter 32008) with an unknown compressor 7"));
    pipeline = pipeline_of(2, 32001);
    pipeline.filters[1].n_values = 7;
    pipeline.filters[1].values[6] = 99;
    CU_ASSERT_EQUAL(wn_codec_check(&pipeline, &place), WN_UNAVAILABLE);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "blosc (HDF5 filter 32001)"));
}

/* Every filter that is not here is refused with its number, its name and a package. */
static void test_check_all(void)
{
    for (size_t i = 0; wn_codec_at(i) != NULL; i++) {
        const wn_codec *codec = wn_codec_at(i);
        wn_codec_place place = WN_CODEC_HERE;
        wn_pipeline pipeline = pipeline_of(1, codec->id);
        CU_ASSERT_PTR_EQUAL(wn_codec_find(codec->id), codec);
        bool is_had = codec->place == WN_CODEC_HERE || codec->place == WN_CODEC_THROUGH_HDF5;
        CU_ASSERT_EQUAL(wn_codec_check(&pipeline, &place), is_had ? WN_OK : WN_UNAVAILABLE);
        if (is_had) {
            CU_ASSERT_EQUAL(place, codec->place);
            continue;
        }
        CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), codec->name));
        CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), codec->package));
    }
    CU_ASSERT_PTR_NULL(wn_codec_find(31999));
}

static const wn_test tests[] = {
    {"pipelines that are decoded here", test_check_here},
    {"pipelines for HDF5's library", test_check_through_hdf5},
    {"an unknown filter", test_check_unknown},
    {"client data", test_check_values},
    {"every known filter", test_check_all},
};

TEST_MAIN("codec", tests)
