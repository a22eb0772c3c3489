#include "captured.h"
#include "testing.h"
#include "winnow/clock.h"
#include "winnow/log.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* Works for some seconds, telling often; the seconds that it took. */
static double work_for(const char *stage, double seconds)
{
    struct timespec wait = {.tv_nsec = 2000000};
    double begin = wn_clock_seconds(), spent = 0;
    while (spent < seconds) {
        wn_log_progress(stage, "rows", 1 + spent, 2 * seconds);
        nanosleep(&wait, NULL);
        spent = wn_clock_seconds() - begin;
    }
    wn_log_progress(stage, "rows", 1 + spent, 2 * seconds + 1 + spent);
    return wn_clock_seconds() - begin;
}

/* The nth line comes 2^n - 1 seconds after the begin at the earliest, however slow the machine is. */
static void test_lines_double(void)
{
    bool is_captured = captured_begin(false);
    wn_log_setup(true, WN_LOG_NORMAL);
    double spent = work_for("profile", 3.2);
    wn_log_progress("profile", "rows", 1, 1);
    const char *text = is_captured ? captured_end() : "";
    int n = captured_count(text, " profile: ");
    CU_ASSERT(is_captured);
    CU_ASSERT(n >= 1 && n <= (int)floor(log2(spent + 1.01)));
    CU_ASSERT_EQUAL(captured_count(text, "\n"), n);
    CU_ASSERT_EQUAL(captured_count(text, " rows/s, "), n);
    CU_ASSERT_EQUAL(captured_count(text, "\033"), 0);
}

/* Work that ends is begun anew, also under the same name: short work prints nothing. */
static void test_short_work(void)
{
    bool is_captured = captured_begin(false);
    wn_log_setup(true, WN_LOG_NORMAL);
    double begin = wn_clock_seconds();
    for (int again = 0; again < 50; again++) {
        wn_log_progress("short", "rows", 1, 2);
        wn_log_progress("short", "rows", 2, 2);
    }
    double spent = wn_clock_seconds() - begin;
    const char *text = is_captured ? captured_end() : "";
    CU_ASSERT(is_captured);
    CU_ASSERT(text[0] == '\0' || spent >= 1);
}

static void test_silent(void)
{
    bool is_captured = captured_begin(false);
    wn_log_setup(false, WN_LOG_NORMAL);
    work_for("silent", 1.2);
    wn_log_progress("silent", "rows", 1, 1);
    const char *text = is_captured ? captured_end() : "not captured";
    CU_ASSERT_STRING_EQUAL(text, "");
}

/* A bar redraws its line and leaves none behind. */
static void test_bar(void)
{
    static const char WIPE[] = "\r\033[K";
    bool is_captured = captured_begin(true);
    wn_log_setup(true, WN_LOG_NORMAL);
    work_for("train", 0.7);
    wn_log_progress("train", "rows", 1, 1);
    wn_log_progress("train", "rows", 1, 1);
    const char *text = is_captured ? captured_end() : "";
    size_t length = strlen(text), wipe = sizeof WIPE - 1;
    int n = captured_count(text, "train [");
    CU_ASSERT(is_captured);
    CU_ASSERT(n >= 1);
    CU_ASSERT_EQUAL(captured_count(text, WIPE), n + 1);
    CU_ASSERT(length > wipe && strcmp(text + length - wipe, WIPE) == 0);
    CU_ASSERT_EQUAL(captured_count(text, "\n"), 0);
    CU_ASSERT(captured_count(text, "#") > 0 && captured_count(text, "rows/s") == n);
}

static const wn_test tests[] = {{"lines at doubling intervals", test_lines_double},
                                {"short work", test_short_work},
                                {"a rank that does not speak", test_silent},
                                {"a bar on a terminal", test_bar}};

TEST_MAIN("base/progress", tests)
