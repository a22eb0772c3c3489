/* Errors of the tokenizer. What it finds is judged by oracle_words.py. */
#include "winnow/tokens.h"

#include "testing.h"
#include "winnow/memory.h"

#include <string.h>

/* A sink that fails at a term. */
typedef struct {
    int n, fails_at;
} failing;

static wn_status take(void *context, wn_text term, wn_hash key)
{
    failing *sink = context;
    (void)term, (void)key;
    return ++sink->n == sink->fails_at ? wn_fail(WN_IO, "full") : WN_OK;
}

static wn_status read(wn_tokenizer *tokenizer, const char *text, failing *sink)
{
    return wn_tokenizer_read(tokenizer, (wn_text){text, strlen(text)}, (wn_term_sink){take, sink});
}

static void test_sink_fails(void)
{
    wn_tokenizer *tokenizer = NULL;
    if (!CHECK_OK(wn_tokenizer_new(&tokenizer, "none", 2)))
        return;
    failing sink = {0, 3};
    CU_ASSERT_EQUAL(read(tokenizer, "one two three four", &sink), WN_IO);
    CU_ASSERT_EQUAL(sink.n, 3);
    sink = (failing){0, 0};
    CHECK_OK(read(tokenizer, "five six", &sink)); /* nothing is left of the text before */
    CU_ASSERT_EQUAL(sink.n, 3);
    wn_tokenizer_free(tokenizer);
}

static void test_stemmers(void)
{
    CHECK_OK(wn_stemmer_check("none"));
    CHECK_OK(wn_stemmer_check("german"));
    CU_ASSERT_EQUAL(wn_stemmer_check("German"), WN_BAD_JOB);
    CU_ASSERT_EQUAL(wn_stemmer_check(""), WN_BAD_JOB);
    CU_ASSERT(strstr(wn_status_message(), "english") != NULL);
}

static void test_allocation_fails(void)
{
    wn_tokenizer *tokenizer = NULL;
    size_t before = wn_memory_used();
    for (int64_t nth = 1; nth < 20; nth++) {
        wn_memory_fail_at(nth);
        wn_status status = wn_tokenizer_new(&tokenizer, "english", 3);
        wn_memory_fail_at(0);
        if (status == WN_OK)
            break;
        CU_ASSERT_EQUAL(status, WN_NO_MEMORY);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CU_ASSERT(tokenizer != NULL);
    wn_tokenizer_free(tokenizer);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

static const wn_test tests[] = {{"a sink that fails ends the reading", test_sink_fails},
                                {"stemmers by name", test_stemmers},
                                {"allocations that fail", test_allocation_fails}};
TEST_MAIN("tokens", tests)
