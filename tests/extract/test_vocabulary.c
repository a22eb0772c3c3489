/* Vocabularies of more terms than a word of the counter's bits holds, columns that begin elsewhere, and errors. Values
 * are judged by oracle_words.py and oracle_mails.py. */
#include "winnow/vocabulary.h"

#include "testing.h"
#include "winnow/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N_TERMS = 9000, NAME_BYTES = 8 };

static char names[N_TERMS][NAME_BYTES];
static wn_text terms[N_TERMS];

/* Backwards: the vocabulary sorts them. */
static void name_terms(void)
{
    for (size_t i = 0; i < N_TERMS; i++) {
        int n = snprintf(names[i], NAME_BYTES, "t%05u", (unsigned)(N_TERMS - 1 - i) % 100000);
        terms[i] = (wn_text){names[i], (size_t)n};
    }
}

static wn_status append(wn_term_counter *counter, wn_tokenizer *tokenizer, const char *text, wn_sparse_rows *rows)
{
    return wn_term_counter_append(counter, tokenizer, (wn_text){text, strlen(text)}, 100, rows);
}

static void check_rows(const wn_sparse_rows *rows)
{
    static const uint32_t columns[] = {100, 163, 164, 4195, 4196, 9099, 100 + 4095};
    CU_ASSERT_EQUAL(rows->n_rows, 3);
    CU_ASSERT_EQUAL(rows->start[0], 0);
    CU_ASSERT_EQUAL(rows->start[1], 6);
    CU_ASSERT_EQUAL(rows->start[2], 6);
    CU_ASSERT_EQUAL(rows->start[3], 7);
    for (size_t i = 0; i < rows->n_entries && i < 7; i++)
        CU_ASSERT_EQUAL(rows->column[i], columns[i]);
    CHECK_CLOSE(rows->value[5], 2 / sqrt(9), 1e-15); /* twice, beside five that occur once */
    CU_ASSERT_EQUAL(rows->value[6], 1);
}

static void test_wide(void)
{
    wn_vocabulary *vocabulary = NULL;
    wn_term_counter *counter = NULL;
    wn_tokenizer *tokenizer = NULL;
    wn_sparse_rows rows = {0};
    name_terms();
    if (CHECK_OK(wn_vocabulary_new(&vocabulary, terms, NULL, N_TERMS)) &&
        CHECK_OK(wn_term_counter_new(&counter, vocabulary)) && CHECK_OK(wn_tokenizer_new(&tokenizer, "none", 1))) {
        CU_ASSERT_EQUAL(wn_vocabulary_size(vocabulary), N_TERMS);
        CU_ASSERT(memcmp(wn_vocabulary_term(vocabulary, 0).data, "t00000", 6) == 0);
        CHECK_OK(append(counter, tokenizer, "T08999 t04096 t04095 t00064 t00063 t00000 t08999 other", &rows));
        CHECK_OK(append(counter, tokenizer, "nothing known, t0000", &rows));
        CHECK_OK(append(counter, tokenizer, "t04095", &rows));
        check_rows(&rows);
        wn_sparse_rows_empty(&rows);
        CHECK_OK(append(counter, tokenizer, "", &rows));
        CU_ASSERT_EQUAL(rows.n_rows, 1);
        CU_ASSERT_EQUAL(rows.start[1], 0);
    }
    wn_sparse_rows_clear(&rows);
    wn_tokenizer_free(tokenizer);
    wn_term_counter_free(counter);
    wn_vocabulary_free(vocabulary);
}

static void test_empty_and_twice(void)
{
    wn_vocabulary *vocabulary = NULL;
    wn_term_counter *counter = NULL;
    const wn_text twice[] = {{"aa", 2}, {"bb", 2}, {"aa", 2}};
    CU_ASSERT_EQUAL(wn_vocabulary_new(&vocabulary, twice, NULL, 3), WN_BAD_DATA);
    CU_ASSERT(vocabulary == NULL);
    if (CHECK_OK(wn_vocabulary_new(&vocabulary, twice, NULL, 0)))
        CHECK_OK(wn_term_counter_new(&counter, vocabulary));
    wn_term_counter_free(counter);
    wn_vocabulary_free(vocabulary);
    CHECK_CLOSE(wn_idf(9, 4), log(2.0) + 1, 1e-15);
    CU_ASSERT_EQUAL(wn_idf(3, 3), 1);
}

/* The row that could not be appended is not there, and the next one is right. */
static void test_allocation_fails(void)
{
    size_t before = wn_memory_used();
    bool done = false;
    name_terms();
    for (int64_t nth = 1; !done && nth < 40; nth++) {
        wn_vocabulary *vocabulary = NULL;
        wn_term_counter *counter = NULL;
        wn_tokenizer *tokenizer = NULL;
        wn_sparse_rows rows = {0};
        wn_memory_fail_at(nth);
        wn_status status = wn_vocabulary_new(&vocabulary, terms, NULL, 100);
        if (status == WN_OK)
            status = wn_term_counter_new(&counter, vocabulary);
        if (status == WN_OK)
            status = wn_tokenizer_new(&tokenizer, "none", 1);
        if (status == WN_OK) {
            status = append(counter, tokenizer, "t08999 t08998", &rows);
            done = status == WN_OK;
            wn_memory_fail_at(0);
            CHECK_OK(append(counter, tokenizer, "t08997", &rows));
            CU_ASSERT_EQUAL(rows.n_entries, done ? 3 : 1);
            CU_ASSERT_EQUAL(rows.value[rows.n_entries - 1], 1);
        }
        wn_memory_fail_at(0);
        wn_sparse_rows_clear(&rows);
        wn_tokenizer_free(tokenizer);
        wn_term_counter_free(counter);
        wn_vocabulary_free(vocabulary);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
        CU_ASSERT(status == WN_OK || status == WN_NO_MEMORY);
    }
    CU_ASSERT(done);
}

static const wn_test tests[] = {{"many terms", test_wide},
                                {"no terms, a term twice", test_empty_and_twice},
                                {"allocations that fail", test_allocation_fails}};
TEST_MAIN("vocabulary", tests)
