/* Counts beside a naive count of drawn strings, allocations that fail. */
#include "winnow/tally.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

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

/* Cells come as the same texts added one by one do. */
static void test_cells(void)
{
    wn_tally *cells = NULL, *single = NULL;
    char bytes[64];
    bool made = CHECK_OK(wn_tally_new(&cells)) && CHECK_OK(wn_tally_new(&single));
    for (size_t i = 0; made && i < 60000; i++) {
        wn_text text =
            cell((size_t)wn_random_below(wn_random_bits((wn_random){2, WN_RANDOM_TEST, i}, 0), 1 + i / 4), bytes);
        made = CHECK_OK(wn_tally_add_cell(cells, text));
        wn_tally_begin_row(single);
        made = CHECK_OK(wn_tally_add(single, text, wn_hash_bytes(text.data, text.n_bytes, 0))) && made;
    }
    CU_ASSERT_EQUAL(wn_tally_size(cells), wn_tally_size(single));
    for (size_t i = 0; made && i < wn_tally_size(cells); i++) {
        wn_tally_entry a = wn_tally_at(cells, i), b = wn_tally_at(single, i);
        CU_ASSERT(wn_hash_compare(a.key, b.key) == 0 && a.count == b.count && a.rows == b.rows);
    }
    wn_tally_free(single);
    wn_tally_free(cells);
}

static const wn_test tests[] = {{"counts and rows", test_counts},
                                {"texts", test_texts},
                                {"cells", test_cells},
                                {"allocations that fail", test_allocation_fails}};
TEST_MAIN("tally", tests)
