/* Errors of levels. What they are is judged by oracle_levels.py. */
#include "winnow/levels.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/number_text.h"

#include <math.h>
#include <string.h>

static void test_refused(void)
{
    wn_levels *levels = NULL;
    const wn_text twice[] = {{"a", 1}, {"a", 1}}, short_number[] = {{"1234", 4}};
    CU_ASSERT_EQUAL(wn_levels_new(&levels, twice, 2, false), WN_BAD_DATA);
    CU_ASSERT_EQUAL(wn_levels_new(&levels, short_number, 1, true), WN_BAD_DATA);
    CU_ASSERT(levels == NULL);
    wn_levels_free(levels);
}

/* Without levels every cell is in the bucket. */
static void test_none(void)
{
    wn_levels *levels = NULL;
    if (CHECK_OK(wn_levels_new(&levels, NULL, 0, true))) {
        CU_ASSERT_EQUAL(wn_levels_size(levels), 0);
        const double values[] = {3, (double)NAN};
        uint32_t codes[] = {9, 9};
        wn_levels_code_numbers(levels, values, 2, codes);
        CU_ASSERT(codes[0] == 0 && codes[1] == 0);
    }
    wn_levels_free(levels);
}

static void test_names(void)
{
    static const struct {
        double value;
        const char *name;
    } named[] = {{0, "0"},
                 {-0.0, "0"},
                 {94110, "94110"},
                 {-7, "-7"},
                 {0.1, "0.1"},
                 {1e15, "1e+15"},
                 {123456789012345, "123456789012345"},
                 {-2.5e-8, "-2.5e-08"},
                 {INFINITY, "inf"}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        char name[WN_NUMBER_TEXT_SIZE];
        wn_number_text(named[i].value, name);
        CU_ASSERT_STRING_EQUAL(name, named[i].name);
    }
}

static void test_allocation_fails(void)
{
    const wn_text texts[] = {{"b", 1}, {"a", 1}};
    size_t before = wn_memory_used();
    wn_levels *levels = NULL;
    for (int64_t nth = 1; levels == NULL && nth < 20; nth++) {
        wn_memory_fail_at(nth);
        wn_status status = wn_levels_new(&levels, texts, 2, false);
        wn_memory_fail_at(0);
        CU_ASSERT_EQUAL(status, levels != NULL ? WN_OK : WN_NO_MEMORY);
        CU_ASSERT(levels != NULL || wn_memory_used() == before);
    }
    CU_ASSERT(levels != NULL);
    wn_levels_free(levels);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

/* Every level has its place, whatever its length, and texts that differ from one in a single byte have none. */
static void test_codes(void)
{
    enum { LENGTHS = 40, N = 2 * LENGTHS };
    char bytes[N][LENGTHS + 1];
    wn_text texts[N];
    wn_levels *levels = NULL;
    for (size_t i = 0; i < N; i++) {
        size_t n = 1 + i / 2;
        memset(bytes[i], 'x', n);
        bytes[i][n / 2] = i % 2 == 0 ? 'y' : 'z';
        texts[i] = (wn_text){bytes[i], n};
    }
    if (CHECK_OK(wn_levels_new(&levels, texts, N, false)))
        for (size_t i = 0; i < N; i++) {
            size_t code = wn_levels_code_text(levels, texts[i]);
            CU_ASSERT(code < N && wn_text_compare(wn_levels_at(levels, code), texts[i]) == 0);
            for (size_t k = 0; k < texts[i].n_bytes; k++) {
                char kept = bytes[i][k];
                bytes[i][k] = 'q';
                CU_ASSERT_EQUAL(wn_levels_code_text(levels, texts[i]), N);
                bytes[i][k] = kept;
            }
        }
    wn_levels_free(levels);
}

/* Cells by runs have the codes that each has. */
static void test_runs(void)
{
    enum { LEVELS = 5, CELLS = 9, STRIDE = 2 };
    const double values[] = {-2, 0, 0.5, 7, 1e300}, cells[CELLS] = {7, -0.0, 1e300, (double)NAN, -2, 0, 0.25, 0.5, 8};
    static const uint32_t wanted[CELLS] = {3, 1, 4, LEVELS, 0, 1, LEVELS, 2, LEVELS};
    wn_text numbers[LEVELS], texts[CELLS * STRIDE];
    wn_levels *levels = NULL;
    uint32_t codes[CELLS];
    for (size_t i = 0; i < LEVELS; i++)
        numbers[i] = (wn_text){(const char *)&values[i], sizeof *values};
    for (size_t i = 0; i < CELLS * STRIDE; i++) /* between the cells lie others */
        texts[i] = i % STRIDE == 0 ? (wn_text){(const char *)&cells[i / STRIDE], sizeof *cells} : numbers[0];
    texts[1 * STRIDE] = numbers[1]; /* bytes know of no -0 */
    if (CHECK_OK(wn_levels_new(&levels, numbers, LEVELS, true))) {
        wn_levels_code_numbers(levels, cells, CELLS, codes);
        CU_ASSERT(memcmp(codes, wanted, sizeof codes) == 0);
        memset(codes, 0, sizeof codes);
        wn_levels_code_texts(levels, texts, STRIDE, CELLS, codes);
        CU_ASSERT(memcmp(codes, wanted, sizeof codes) == 0);
    }
    wn_levels_free(levels);
}

static const wn_test tests[] = {{"what is refused", test_refused}, {"no level", test_none},
                                {"names of numbers", test_names},  {"codes", test_codes},
                                {"codes of runs", test_runs},      {"allocations that fail", test_allocation_fails}};
TEST_MAIN("levels", tests)
