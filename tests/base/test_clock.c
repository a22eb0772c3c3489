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

static const wn_test tests[] = {{"seconds never go back", test_seconds}, {"the wall's time in UTC", test_text}};

TEST_MAIN("base/clock", tests)
