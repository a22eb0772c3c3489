/* Counts beside a naive count of drawn strings, allocations that fail. */
#include "winnow/tally.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N_WORDS = 3000, N_ROWS = 500, ROW_WORDS = 40 };

static size_t drawn(size_t row, size_t i)
{
    uint64_t bits = wn_random_bits((wn_random){1, WN_RANDOM_TEST, row}, i);
    return (size_t)wn_random_below(bits, 1 + row % N_WORDS); /* small numbers are frequent */
}

static wn_status add_word(wn_tally *tally, size_t word)
{
    char name[32];
    int n = snprintf(name, sizeof name, "word%zu", word);
    return wn_tally_add(tally, (wn_text){name, (size_t)n}, wn_hash_bytes(name, (size_t)n, 0));
}

static wn_status add_rows(wn_tally *tally, size_t first, size_t end)
{
    wn_status status = WN_OK;
    for (size_t row = first; row < end; row++) {
        wn_tally_begin_row(tally);
        for (size_t i = 0; i < ROW_WORDS; i++)
            TRY(add_word(tally, drawn(row, i)));
    }
done:
    return status;
}

static void count_naively(int64_t count[N_WORDS], int64_t rows[N_WORDS])
{
    size_t last[N_WORDS] = {0};
    memset(count, 0, N_WORDS * sizeof *count);
    memset(rows, 0, N_WORDS * sizeof *rows);
    for (size_t row = 0; row < N_ROWS; row++)
        for (size_t i = 0; i < ROW_WORDS; i++) {
            size_t word = drawn(row, i);
            count[word]++;
            rows[word] += last[word] != row + 1;
            last[word] = row + 1;
        }
}

static size_t word_of(wn_text text)
{
    size_t word = N_WORDS;
    char name[32] = "";
    memcpy(name, text.data, text.n_bytes < 31 ? text.n_bytes : 31);
    return sscanf(name, "word%zu", &word) == 1 && word < N_WORDS ? word : 0;
}

static void test_counts(void)
{
    static int64_t count[N_WORDS], rows[N_WORDS];
    wn_tally *tally = NULL;
    size_t distinct = 0;
    count_naively(count, rows);
    for (size_t w = 0; w < N_WORDS; w++)
        distinct += count[w] > 0;
    if (CHECK_OK(wn_tally_new(&tally)) && CHECK_OK(add_rows(tally, 0, N_ROWS))) {
        CU_ASSERT_EQUAL(wn_tally_size(tally), distinct);
        for (size_t i = 0; i < wn_tally_size(tally); i++) {
            wn_tally_entry entry = wn_tally_at(tally, i);
            size_t word = word_of(entry.text);
            CU_ASSERT_EQUAL(entry.count, count[word]);
            CU_ASSERT_EQUAL(entry.rows, rows[word]);
        }
        CU_ASSERT(wn_tally_bytes(tally) <= wn_memory_used());
    }
    wn_tally_free(tally);
}

/* A text that is empty, and ones of which one is the beginning of another. */
static void test_texts(void)
{
    wn_tally *tally = NULL;
    const char bytes[] = "ab\0cd";
    if (CHECK_OK(wn_tally_new(&tally)))
        for (size_t n = 0; n < sizeof bytes; n++)
            CHECK_OK(wn_tally_add(tally, (wn_text){n > 0 ? bytes : NULL, n}, wn_hash_bytes(bytes, n, 0)));
    for (size_t n = 0; tally != NULL && n < wn_tally_size(tally); n++) {
        wn_tally_entry entry = wn_tally_at(tally, n);
        CU_ASSERT_EQUAL(entry.text.n_bytes, n);
        CU_ASSERT(memcmp(entry.text.data, bytes, n) == 0);
    }
    wn_tally_free(tally);
}

static void test_allocation_fails(void)
{
    size_t before = wn_memory_used();
    for (int64_t nth = 1; nth < 40; nth++) {
        wn_tally *tally = NULL;
        wn_memory_fail_at(nth);
        wn_status status = wn_tally_new(&tally);
        if (status == WN_OK)
            status = add_rows(tally, 0, N_ROWS);
        wn_memory_fail_at(0);
        wn_tally_free(tally);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
        if (status == WN_OK)
            return;
        CU_ASSERT_EQUAL(status, WN_NO_MEMORY);
    }
    CU_FAIL("never enough memory");
}

/* Texts of all lengths, some of which differ in the middle alone, more than the tally remembers. */
static wn_text cell(size_t i, char *bytes)
{
    size_t n = 1 + i % 40;
    memset(bytes, 'x', n);
    bytes[n / 2] = (char)('a' + i / 40 % 26);
    bytes[n / 3] = (char)('a' + i / 40 / 26 % 26);
    return (wn_text){bytes, n};
}

enum { N_CELLS = 60000, TEXT_BYTES = 64, STRIDE = 3, RUN = 1000 };

/* Every STRIDEth text and number is a cell, some of which are missing; what lies between them is none. */
static wn_status make_cells(wn_text **texts, double **numbers, char **bytes)
{
    wn_status status = WN_OK;
    TRY(wn_new(bytes, (size_t)N_CELLS * TEXT_BYTES));
    TRY(wn_new(texts, (size_t)N_CELLS * STRIDE));
    TRY(wn_new(numbers, (size_t)N_CELLS * STRIDE));
    for (size_t i = 0; i < N_CELLS; i++) {
        uint64_t drawn = wn_random_bits((wn_random){2, WN_RANDOM_TEST, i}, 0);
        size_t which = (size_t)wn_random_below(drawn, 1 + i / 4);
        (*texts)[i * STRIDE] = cell(which, *bytes + i * TEXT_BYTES);
        (*numbers)[i * STRIDE] = i % 7 == 0 ? -0.0 : (double)which / 8 - 3;
        if (i % 11 == 0) {
            (*texts)[i * STRIDE].n_bytes = 0;
            (*numbers)[i * STRIDE] = (double)NAN;
        }
        (*texts)[i * STRIDE + 1] = (wn_text){"between", 7};
        (*numbers)[i * STRIDE + 1] = 1e9;
    }
done:
    return status;
}

static wn_status add_single(wn_tally *tally, const wn_tally_cells *cells, size_t i)
{
    const wn_text *text = cells->texts != NULL ? &cells->texts[i * cells->stride] : NULL;
    double number = text == NULL ? cells->numbers[i * cells->stride] + 0.0 : 0;
    if (text == NULL ? isnan(number) : text->n_bytes == 0)
        return WN_OK;
    const wn_text added = text != NULL ? *text : (wn_text){(const char *)&number, sizeof number};
    wn_tally_begin_row(tally);
    return wn_tally_add(tally, added, wn_hash_bytes(added.data, added.n_bytes, 0));
}

static void check_same(const wn_tally *tally, const wn_tally *wanted)
{
    CU_ASSERT_EQUAL(wn_tally_size(tally), wn_tally_size(wanted));
    for (size_t i = 0; i < wn_tally_size(tally) && i < wn_tally_size(wanted); i++) {
        wn_tally_entry a = wn_tally_at(tally, i), b = wn_tally_at(wanted, i);
        CU_ASSERT(wn_hash_compare(a.key, b.key) == 0 && a.count == b.count && a.rows == b.rows);
    }
}

/* Cells by runs come as the same ones added one by one do, also where both forget what they counted as often as the
 * runs' tally becomes larger than most_bytes. */
static void check_cells(const wn_tally_cells *all, size_t most_bytes)
{
    wn_tally *runs = NULL, *single = NULL;
    int64_t n_valid[2] = {0, 0};
    size_t n_handed_on = 0;
    bool made = CHECK_OK(wn_tally_new(&runs)) && CHECK_OK(wn_tally_new(&single));
    for (size_t first = 0; made && first < all->n; first += RUN) {
        wn_tally_cells run = {.stride = all->stride, .n = RUN};
        run.texts = all->texts != NULL ? all->texts + first * all->stride : NULL;
        run.numbers = all->numbers != NULL ? all->numbers + first * all->stride : NULL;
        for (size_t next = 0, from = 0; made && next < run.n; from = next) {
            made = CHECK_OK(wn_tally_add_cells(runs, &run, most_bytes, &next, n_valid));
            for (; made && from < next; from++)
                made = CHECK_OK(add_single(single, &run, from));
            if (wn_tally_bytes(runs) <= most_bytes)
                continue;
            check_same(runs, single);
            n_handed_on++;
            wn_tally_free(runs);
            wn_tally_free(single);
            runs = single = NULL;
            made = made && CHECK_OK(wn_tally_new(&runs)) && CHECK_OK(wn_tally_new(&single));
        }
    }
    if (made)
        check_same(runs, single);
    CU_ASSERT_EQUAL(n_valid[1], (N_CELLS + 10) / 11);
    CU_ASSERT_EQUAL(n_valid[0] + n_valid[1], N_CELLS);
    CU_ASSERT_EQUAL(n_handed_on > 0, most_bytes < SIZE_MAX);
    wn_tally_free(single);
    wn_tally_free(runs);
}

static void test_cells(void)
{
    wn_text *texts = NULL;
    double *numbers = NULL;
    char *bytes = NULL;
    if (CHECK_OK(make_cells(&texts, &numbers, &bytes)))
        for (size_t bounded = 0; bounded < 2; bounded++) {
            size_t most = bounded ? 200000 : SIZE_MAX;
            check_cells(&(wn_tally_cells){.texts = texts, .stride = STRIDE, .n = N_CELLS}, most);
            check_cells(&(wn_tally_cells){.numbers = numbers, .stride = STRIDE, .n = N_CELLS}, most);
        }
    wn_free(numbers);
    wn_free(texts);
    wn_free(bytes);
}

static const wn_test tests[] = {{"counts and rows", test_counts},
                                {"texts", test_texts},
                                {"cells", test_cells},
                                {"allocations that fail", test_allocation_fails}};
TEST_MAIN("tally", tests)
