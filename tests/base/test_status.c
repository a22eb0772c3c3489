#include "winnow/status.h"

#include "testing.h"

#include <pthread.h>
#include <string.h>

static void test_message(void)
{
    CU_ASSERT_EQUAL(wn_fail(WN_IO, "%s: %d", "file", 3), WN_IO);
    CU_ASSERT_STRING_EQUAL(wn_status_message(), "file: 3");
    CU_ASSERT_EQUAL(wn_fail_prefix(WN_BAD_DATA, "block %d", 7), WN_BAD_DATA);
    CU_ASSERT_STRING_EQUAL(wn_status_message(), "block 7: file: 3");
    CU_ASSERT_EQUAL(wn_fail(WN_IO, "again %s", wn_status_message()), WN_IO); /* the old message as an argument */
    CU_ASSERT_STRING_EQUAL(wn_status_message(), "again block 7: file: 3");
}

static void test_truncation(void)
{
    char longer[3 * WN_MESSAGE_SIZE];
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    CU_ASSERT_EQUAL(wn_fail(WN_IO, "%s", longer), WN_IO);
    CU_ASSERT_EQUAL(strlen(wn_status_message()), WN_MESSAGE_SIZE - 1);
    CU_ASSERT_EQUAL(wn_fail_prefix(WN_IO, "prefix"), WN_IO);
    CU_ASSERT_EQUAL(strlen(wn_status_message()), WN_MESSAGE_SIZE - 1);
    CU_ASSERT_EQUAL(strncmp(wn_status_message(), "prefix: xxx", 11), 0);
    CU_ASSERT_EQUAL(wn_fail_prefix(WN_IO, "%s", longer), WN_IO);
    CU_ASSERT_EQUAL(strlen(wn_status_message()), WN_MESSAGE_SIZE - 1);
}

static void *fail_elsewhere(void *is_empty)
{
    *(bool *)is_empty = wn_status_message()[0] == '\0';
    return wn_fail(WN_HUNG, "another thread's") == WN_HUNG ? is_empty : NULL;
}

static void test_threads(void)
{
    pthread_t thread;
    bool is_empty = false;
    CU_ASSERT_EQUAL(wn_fail(WN_IO, "mine"), WN_IO);
    CU_ASSERT_EQUAL(pthread_create(&thread, NULL, fail_elsewhere, &is_empty), 0);
    CU_ASSERT_EQUAL(pthread_join(thread, NULL), 0);
    CU_ASSERT(is_empty);
    CU_ASSERT_STRING_EQUAL(wn_status_message(), "mine");
}

static void test_names(void)
{
    static const wn_status all[] = {WN_OK,        WN_USAGE,       WN_BAD_DATA, WN_NO_INPUT, WN_UNAVAILABLE, WN_INTERNAL,
                                    WN_NO_MEMORY, WN_CANT_CREATE, WN_IO,       WN_STOPPED,  WN_HUNG,        WN_BAD_JOB};
    size_t n = sizeof all / sizeof *all;
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_STRING_NOT_EQUAL(wn_status_name(all[i]), "unknown");
        for (size_t k = 0; k < i; k++)
            CU_ASSERT_STRING_NOT_EQUAL(wn_status_name(all[i]), wn_status_name(all[k]));
    }
    CU_ASSERT_STRING_EQUAL(wn_status_name((wn_status)1), "unknown");
}

static const wn_test tests[] = {{"messages and prefixes", test_message},
                                {"long messages are cut", test_truncation},
                                {"each thread has its own", test_threads},
                                {"names", test_names}};

TEST_MAIN("base/status", tests)
