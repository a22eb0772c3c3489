#include "winnow/memory.h"

#include "testing.h"

#include <pthread.h>
#include <string.h>

static void test_new(void)
{
    size_t before = wn_memory_used(), sizes[] = {0, 1, 63, 64, 65, 4096, 100001, 2097151, 2097152, 5000001};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *bytes = NULL;
        size_t not_zero = 0;
        if (!CHECK_OK(wn_new(&bytes, sizes[i])))
            continue;
        CU_ASSERT_EQUAL((uintptr_t)bytes % WN_ALIGNMENT, 0);
        for (size_t k = 0; k < sizes[i]; k++)
            not_zero += bytes[k] != 0;
        CU_ASSERT_EQUAL(not_zero, 0);
        memset(bytes, 0xFF, sizes[i]);
        CU_ASSERT_EQUAL(wn_memory_used(), before + sizes[i]);
        CU_ASSERT(wn_memory_peak() >= wn_memory_used());
        wn_free(bytes);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    wn_free(NULL);
}

/* Sizes of malloc's memory, and of the system's in pages of its own. */
static void test_sparse(void)
{
    static const size_t sizes[] = {0, 5000, (5 << 20) + 3};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        unsigned char *bytes = NULL;
        size_t before = wn_memory_used(), wrong = 0;
        CHECK_OK(wn_memory_new_sparse((void **)&bytes, sizes[k], 1, __func__));
        CU_ASSERT_EQUAL((uintptr_t)bytes % WN_ALIGNMENT, 0);
        CU_ASSERT_EQUAL(wn_memory_used() - before, sizes[k]);
        for (size_t i = 0; bytes != NULL && i < sizes[k]; i++)
            wrong += bytes[i]++ != 0;
        CU_ASSERT_EQUAL(wrong, 0);
        wn_free(bytes);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
}

static void test_resize(void)
{
    int32_t *numbers = NULL;
    size_t before = wn_memory_used(), wrong = 0;
    for (size_t n = 1; n <= 1000000; n = 3 * n + 1) { /* what was there stays, what is new is zero */
        size_t old = n == 1 ? 0 : (n - 1) / 3;
        if (!CHECK_OK(wn_resize(&numbers, n)))
            break;
        for (size_t i = 0; i < n; i++) {
            wrong += numbers[i] != (i < old ? (int32_t)i + 1 : 0);
            numbers[i] = (int32_t)i + 1;
        }
        CU_ASSERT_EQUAL(wn_memory_used(), before + n * sizeof *numbers);
    }
    CHECK_OK(wn_resize(&numbers, 2));
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(numbers[0] == 1 && numbers[1] == 2);
    wn_memory_fail_at(1);
    CU_ASSERT_EQUAL(wn_resize(&numbers, 100), WN_NO_MEMORY);
    wn_memory_fail_at(0);
    CU_ASSERT(numbers[0] == 1 && numbers[1] == 2);
    wn_free(numbers);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

static void test_overflow_and_limit(void)
{
    char untouched, *pointer = &untouched;
    double *numbers = NULL;
    CU_ASSERT_EQUAL(wn_memory_new((void **)&pointer, SIZE_MAX / 2, 3, "a test"), WN_NO_MEMORY);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "a test"));
    CU_ASSERT_EQUAL(wn_memory_new((void **)&pointer, SIZE_MAX - 8, 1, "a test"), WN_NO_MEMORY);
#ifndef WN_SANITIZE /* whose calloc ends the program there */
    CU_ASSERT_EQUAL(wn_memory_new((void **)&pointer, SIZE_MAX / 4, 1, "a test"), WN_NO_MEMORY); /* more than there is */
#endif
    CU_ASSERT_PTR_EQUAL(pointer, &untouched);
    wn_memory_limit(wn_memory_used() + 8000);
    CU_ASSERT_EQUAL(wn_new(&numbers, 1001), WN_NO_MEMORY);
    CU_ASSERT_PTR_NULL(numbers);
    CU_ASSERT_EQUAL(wn_memory_new((void **)&pointer, SIZE_MAX - 1000, 1, "a test"), WN_NO_MEMORY);
    CHECK_OK(wn_new(&numbers, 1000));
    CU_ASSERT_EQUAL(wn_new(&pointer, 1), WN_NO_MEMORY);
    wn_memory_limit(0);
    wn_free(numbers);
}

static void test_fail_at(void)
{
    int *numbers[4] = {NULL};
    wn_memory_fail_at(3);
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(wn_new(&numbers[i], 5), i == 2 ? WN_NO_MEMORY : WN_OK);
    CU_ASSERT_EQUAL(wn_memory_fail_at(0), 4);
    for (size_t i = 0; i < 4; i++)
        wn_free(numbers[i]);
    CHECK_OK(wn_new(&numbers[0], 5));
    wn_free(numbers[0]);
}

enum { N_THREADS = 8, N_HELD = 4, PIECE = 1 << 19, N_ROUNDS = 300 };

typedef struct {
    size_t n_refused, n_made;
} tally;

/* Holds up to N_HELD pieces at a time; what the limit refuses is counted. */
static void *allocate_often(void *argument)
{
    tally *mine = argument;
    char *held[N_HELD] = {NULL};
    for (size_t round = 0; round < N_ROUNDS; round++) {
        char **slot = &held[round % N_HELD];
        wn_free(*slot);
        *slot = NULL;
        if (wn_new(slot, PIECE) == WN_OK)
            mine->n_made++;
        else
            mine->n_refused++;
    }
    for (size_t i = 0; i < N_HELD; i++)
        wn_free(held[i]);
    return NULL;
}

/* Threads together never exceed the limit, and every piece is counted once. */
static void test_threads(void)
{
    pthread_t threads[N_THREADS];
    tally tallies[N_THREADS] = {{0, 0}};
    size_t before = wn_memory_used(), limit = before + (size_t)N_THREADS * N_HELD * PIECE / 2, n = 0, started = 0;
    CU_ASSERT(wn_memory_peak() <= limit);
    wn_memory_limit(limit);
    wn_memory_fail_at(0);
    while (started < N_THREADS && pthread_create(&threads[started], NULL, allocate_often, &tallies[started]) == 0)
        started++;
    for (size_t i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
        n += tallies[i].n_made + tallies[i].n_refused;
    }
    CU_ASSERT_EQUAL(wn_memory_fail_at(0), (int64_t)n);
    wn_memory_limit(0);
    CU_ASSERT_EQUAL(started, N_THREADS);
    CU_ASSERT(wn_memory_peak() <= limit);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

static void test_strings(void)
{
    char *copy = NULL, *text = NULL, *empty = NULL;
    size_t before = wn_memory_used();
    CHECK_OK(wn_string_copy(&copy, "winnow"));
    CHECK_OK(wn_string_copy(&empty, ""));
    CHECK_OK(wn_string_format(&text, "%s-%0300d", copy, 7));
    CU_ASSERT_STRING_EQUAL(copy, "winnow");
    CU_ASSERT_STRING_EQUAL(empty, "");
    CU_ASSERT_EQUAL(strlen(text), 307);
    CU_ASSERT_STRING_EQUAL(text + 300, "0000007");
    wn_free(text);
    wn_free(empty);
    wn_free(copy);
    wn_memory_fail_at(1);
    CU_ASSERT_EQUAL(wn_string_copy(&copy, "a"), WN_NO_MEMORY);
    wn_memory_fail_at(1);
    CU_ASSERT_EQUAL(wn_string_format(&copy, "%d", 1), WN_NO_MEMORY);
    wn_memory_fail_at(0);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

static const wn_test tests[] = {{"zeroed, aligned, counted", test_new},
                                {"sparse", test_sparse},
                                {"resize keeps what was there", test_resize},
                                {"overflow and limit", test_overflow_and_limit},
                                {"failure on demand", test_fail_at},
                                {"threads under a limit", test_threads},
                                {"strings", test_strings}};

TEST_MAIN("base/memory", tests)
