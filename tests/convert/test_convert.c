#include "winnow/convert.h"

#include "expected.h"
#include "testing.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static wn_status convert(const char *const *names, size_t n, const char *output)
{
    char paths[4][512], out[512];
    const char *sources[4];
    for (size_t i = 0; i < n; i++) {
        snprintf(paths[i], sizeof paths[i], "%s", fixture(names[i]));
        sources[i] = paths[i];
    }
    snprintf(out, sizeof out, "%s", test_path(output));
    return wn_convert(&test_ranks, sources, n, out, &(wn_convert_options){0});
}

/* Every type, plain and compressed. */
static void test_types(void)
{
    static const char *const kinds[] = {"u1", "i1", "i2", "i4", "f4", "f8"};
    char plain[64], packed[64], arguments[2048], array[64];
    if (!fixtures_make())
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        snprintf(plain, sizeof plain, "images-%s-idx", kinds[i]);
        snprintf(packed, sizeof packed, "images-%s-idx.gz", kinds[i]);
        snprintf(array, sizeof array, "images-%s.npy", kinds[i]);
        CHECK_OK(convert((const char *const[]){plain, "labels-idx.gz", packed}, 3, "converted.h5"));
        snprintf(arguments, sizeof arguments, "%s idx %s %s", WN_CHECK_OUTPUT, test_path("converted.h5"),
                 fixture(array));
        CU_ASSERT(run_python(arguments));
    }
}

static void test_bad(void)
{
    static const struct {
        const char *first, *second;
        wn_status status;
        const char *words;
    } cases[] = {
        {"labels-idx", "missing-idx", WN_NO_INPUT, "missing-idx: cannot be opened: No such file"},
        {"labels-idx", "short-idx", WN_BAD_DATA, "short-idx has 30 rows, "},
        {"images-u1-idx", "cut-idx", WN_BAD_DATA, "cut-idx: truncated or damaged"},
        {"cut-header-idx", "labels-idx", WN_BAD_DATA, "cut-header-idx: truncated or damaged"},
        {"empty.h5", "labels-idx", WN_BAD_DATA, "empty.h5: truncated or damaged"},
        {"cut-idx.gz", "labels-idx", WN_BAD_DATA, "cut-idx.gz: truncated or damaged"},
        {"long-idx", "labels-idx", WN_BAD_DATA, "long-idx: damaged: more bytes follow"},
        {"text.h5", "labels-idx", WN_BAD_DATA, "text.h5: is not an IDX file"},
        {"labels-idx", "table.npz", WN_UNAVAILABLE, "converting from .npz is not built yet"},
        {"labels-idx", "table.csv", WN_USAGE, "are not of one format"},
        {"parts", "labels-idx", WN_BAD_DATA, "parts: is not a regular file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t used = wn_memory_used();
        CHECK_FAILS(convert((const char *const[]){cases[i].first, cases[i].second}, 2, "bad.h5"), cases[i].status,
                    cases[i].words);
        CU_ASSERT(wn_memory_used() == used && open_handles() == 0);
        CU_ASSERT_NOT_EQUAL(access(test_path("bad.h5"), F_OK), 0);
    }
    CHECK_FAILS(convert((const char *const[]){"labels-idx"}, 1, "nowhere/bad.h5"), WN_CANT_CREATE, "cannot be created");
    CHECK_FAILS(wn_convert(&test_ranks, NULL, 0, "bad.h5", &(wn_convert_options){0}), WN_NO_INPUT,
                "nothing to convert");
}

static void test_no_memory(void)
{
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status == WN_NO_MEMORY && nth < 200; nth++) {
        wn_memory_fail_at(nth);
        status = convert((const char *const[]){"images-f4-idx.gz", "labels-idx"}, 2, "memory.h5");
        wn_memory_fail_at(0);
        CU_ASSERT(wn_memory_used() == used && open_handles() == 0);
    }
    CHECK_OK(status);
}

/* Debian's package, where it is installed: read by gzip and NumPy. */
static void test_fashion(void)
{
    const char *images = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz";
    const char *labels = "/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz";
    char arguments[2048];
    if (access(images, R_OK) != 0 || access(labels, R_OK) != 0)
        return;
    CHECK_OK(wn_convert(&test_ranks, (const char *const[]){images, labels}, 2, test_path("fashion.h5"),
                        &(wn_convert_options){0}));
    snprintf(arguments, sizeof arguments, "%s fashion %s %s %s", WN_CHECK_OUTPUT, test_path("fashion.h5"), images,
             labels);
    CU_ASSERT(run_python(arguments));
}

static const wn_test tests[] = {{"all types, also compressed", test_types},
                                {"bad sources", test_bad},
                                {"no memory", test_no_memory},
                                {"Fashion-MNIST", test_fashion}};
TEST_MAIN("convert", tests)
