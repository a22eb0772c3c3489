#include "winnow/clock.h"

#include "testing.h"

#include <string.h>
#include <time.h>

static void test_seconds(void)
{
    double before = wn_clock_seconds();
    int n_back = 0;
    for (int i = 0; i < 10000; i++) {
        double now = wn_clock_seconds();
        n_back += now < before;
        before = now;
    }
    CU_ASSERT_EQUAL(n_back, 0);
    struct timespec wait = {.tv_nsec = 20000000}; /* it counts seconds: at least what was slept */
    nanosleep(&wait, NULL);
    CU_ASSERT(wn_clock_seconds() - before >= 0.02);
}

/* The text reads back as a time between two calls of the C library's. */
static void test_text(void)
{
    char text[WN_CLOCK_TEXT_SIZE];
    struct tm parts = {0};
    time_t before = time(NULL);
    wn_clock_text(text);
    time_t after = time(NULL);
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    CU_ASSERT(rest != NULL && *rest == '\0');
    CU_ASSERT_EQUAL(strlen(text), 20);
    time_t told = timegm(&parts);
    CU_ASSERT(told >= before && told <= after);
}

/* A condition of another clock would end a wait until a moment of ours at once, or years later. */
static void waits_end(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition;
    wn_clock_condition(&condition);
    double moment = wn_clock_seconds() + 0.02;
    pthread_mutex_lock(&mutex);
    while (wn_clock_wait(&condition, &mutex, moment))
        continue;
    pthread_mutex_unlock(&mutex);
    CU_ASSERT(wn_clock_seconds() >= moment - 1e-6);
    pthread_cond_destroy(&condition);
}

static const wn_test tests[] = {{"seconds never go back", test_seconds},
                                {"the wall's time in UTC", test_text},
                                {"waits end at their moment", waits_end}};

TEST_MAIN("base/clock", tests)
