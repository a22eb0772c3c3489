#include "winnow/log.h"

#include "captured.h"
#include "testing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What one message of each kind prints for a speaker and a level. */
static const char *say_all(bool is_terminal, bool is_speaker, wn_log_level level)
{
    bool is_captured = captured_begin(is_terminal);
    CU_ASSERT(is_captured);
    wn_log_setup(is_speaker, level);
    wn_log_info("an %s", "info");
    wn_log_detail("a %s", "detail");
    wn_log_warning("a %s", "doubt");
    return is_captured ? captured_end() : "";
}

static void check_said(wn_log_level level, int n_info, int n_detail)
{
    const char *text = say_all(false, true, level);
    CU_ASSERT_EQUAL(wn_log_speaks(), level > WN_LOG_QUIET);
    CU_ASSERT_EQUAL(captured_count(text, " an info\n"), n_info);
    CU_ASSERT_EQUAL(captured_count(text, " a detail\n"), n_detail);
    CU_ASSERT_EQUAL(captured_count(text, " warning: a doubt\n"), 1);
    CU_ASSERT_EQUAL(captured_count(text, "\n"), n_info + n_detail + 1);
    CU_ASSERT_EQUAL(captured_count(text, "\033"), 0); /* no colour in a file */
}

static void test_levels(void)
{
    check_said(WN_LOG_QUIET, 0, 0);
    check_said(WN_LOG_NORMAL, 1, 0);
    check_said(WN_LOG_VERBOSE, 1, 1);
}

/* "HH:MM:SS " at the head of the line. */
static void test_time_stamp(void)
{
    static const char PATTERN[] = "dd:dd:dd ";
    const char *text = say_all(false, true, WN_LOG_QUIET);
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof PATTERN - 1 && text[i] != '\0'; i++)
        wrong += PATTERN[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != PATTERN[i];
    CU_ASSERT(strlen(text) > sizeof PATTERN);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_silent_rank(void)
{
    size_t before = json_array_size(wn_log_warnings());
    CU_ASSERT_STRING_EQUAL(say_all(false, false, WN_LOG_VERBOSE), "");
    CU_ASSERT(!wn_log_speaks());
    CU_ASSERT_EQUAL(json_array_size(wn_log_warnings()), before + 1); /* kept all the same */
}

static void test_colour(void)
{
    unsetenv("NO_COLOR");
    const char *text = say_all(true, true, WN_LOG_NORMAL);
    CU_ASSERT_EQUAL(captured_count(text, "\033[33mwarning: a doubt\033[0m"), 1);
    setenv("NO_COLOR", "1", 1);
    text = say_all(true, true, WN_LOG_NORMAL);
    CU_ASSERT_EQUAL(captured_count(text, "warning: a doubt"), 1);
    CU_ASSERT_EQUAL(captured_count(text, "\033[3"), 0);
    unsetenv("NO_COLOR");
}

static const char *last_warning(void)
{
    const json_t *all = wn_log_warnings();
    size_t n = json_array_size(all);
    return n > 0 ? json_string_value(json_array_get(all, n - 1)) : "";
}

/* A warning is kept whatever its bytes are: names come out of files, and a long message is cut inside a character. */
static void test_kept_warnings(void)
{
    char longer[2 * WN_MESSAGE_SIZE];
    for (size_t i = 0; i < sizeof longer; i++)
        longer[i] = i % 2 == 0 ? '\xc3' : '\xa9';
    longer[sizeof longer - 1] = '\0';
    bool is_captured = captured_begin(false);
    wn_log_setup(true, WN_LOG_NORMAL);
    wn_log_warning("column caf\xc3\xa9");
    CU_ASSERT_STRING_EQUAL(last_warning(), "column caf\xc3\xa9");
    wn_log_warning("column caf\xe9 and \xc3\xa9\xff");
    CU_ASSERT_STRING_EQUAL(last_warning(), "column caf? and \xc3\xa9?");
    wn_log_warning("%s", longer);
    CU_ASSERT_EQUAL(strlen(last_warning()), WN_MESSAGE_SIZE - 1);
    CU_ASSERT_EQUAL(strncmp(last_warning(), longer, WN_MESSAGE_SIZE - 2), 0);
    CU_ASSERT_EQUAL(last_warning()[WN_MESSAGE_SIZE - 2], '?');
    if (is_captured)
        captured_end();
    CU_ASSERT(is_captured);
}

static const wn_test tests[] = {{"who is heard at which level", test_levels},
                                {"time stamps", test_time_stamp},
                                {"a rank that does not speak", test_silent_rank},
                                {"colour only on a terminal", test_colour},
                                {"warnings are kept", test_kept_warnings}};

TEST_MAIN("base/log", tests)
