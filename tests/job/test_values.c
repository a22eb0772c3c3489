#include "testing.h"
#include "values.h"

#include <math.h>

static void booleans(void)
{
    bool value = false;
    CU_ASSERT_TRUE(wn_value_boolean("true", &value) && value);
    CU_ASSERT_TRUE(wn_value_boolean("False", &value) && !value);
    CU_ASSERT_FALSE(wn_value_boolean("yes", &value));
    CU_ASSERT_FALSE(wn_value_boolean("1", &value));
    CU_ASSERT_FALSE(wn_value_boolean("", &value));
}

static void integers(void)
{
    int64_t value = 7;
    CU_ASSERT_TRUE(wn_value_integer("-12", &value) && value == -12);
    CU_ASSERT_TRUE(wn_value_integer("+3", &value) && value == 3);
    CU_ASSERT_TRUE(wn_value_integer("9223372036854775807", &value) && value == INT64_MAX);
    value = 7;
    const char *const wrong[] = {"", "-", "1.0", "1e3", "0x10", " 1", "1 ", "9223372036854775808", "one"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CU_ASSERT_FALSE(wn_value_integer(wrong[i], &value));
    CU_ASSERT_EQUAL(value, 7);
}

static void numbers(void)
{
    double value = 7;
    CU_ASSERT_TRUE(wn_value_number("0.1", &value) && value == 0.1);
    CU_ASSERT_TRUE(wn_value_number("-1e-3", &value) && value == -1e-3);
    CU_ASSERT_TRUE(wn_value_number(".5", &value) && value == 0.5);
    CU_ASSERT_TRUE(wn_value_number("5.", &value) && value == 5);
    CU_ASSERT_TRUE(wn_value_number("12", &value) && value == 12);
    value = 7;
    const char *const wrong[] = {"nan", "inf", ".nan", ".inf", "-.inf", "1e999", "0x1p3", ".", "1.0.0", "1e", "e5", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CU_ASSERT_FALSE(wn_value_number(wrong[i], &value));
    CU_ASSERT_EQUAL(value, 7);
}

static void sizes(void)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } right[] = {{"4096", 4096},
                 {"2GiB", 2LL * 1024 * 1024 * 1024},
                 {"1.5 GiB", 3LL * 512 * 1024 * 1024},
                 {"3MB", 3000000},
                 {"64KiB", 65536},
                 {"2TiB", 2LL * 1024 * 1024 * 1024 * 1024},
                 {"7B", 7},
                 {"1.5B", 1},
                 {"1e3kB", 1000000}};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        int64_t bytes = -1;
        CU_ASSERT_TRUE(wn_value_size(right[i].text, &bytes));
        CU_ASSERT_EQUAL(bytes, right[i].bytes);
    }
    int64_t bytes = 7;
    const char *const wrong[] = {"", "GiB", "-1", "-2GiB", "2 apples", "2gib", "1.5", "9e30TiB", "2GiB "};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CU_ASSERT_FALSE(wn_value_size(wrong[i], &bytes));
    CU_ASSERT_EQUAL(bytes, 7);
}

static void durations(void)
{
    double seconds = 7;
    CU_ASSERT_TRUE(wn_value_duration("30min", &seconds) && seconds == 1800);
    CU_ASSERT_TRUE(wn_value_duration("10s", &seconds) && seconds == 10);
    CU_ASSERT_TRUE(wn_value_duration("1.5 h", &seconds) && seconds == 5400);
    CU_ASSERT_TRUE(wn_value_duration("2d", &seconds) && seconds == 172800);
    CU_ASSERT_TRUE(wn_value_duration("250ms", &seconds) && seconds == 0.25);
    CU_ASSERT_FALSE(wn_value_duration("30", &seconds));
    CU_ASSERT_FALSE(wn_value_duration("-1s", &seconds));
    CU_ASSERT_FALSE(wn_value_duration("min", &seconds));
    CU_ASSERT_EQUAL(seconds, 0.25);
}

static const wn_test tests[] = {{"true and false", booleans},
                                {"integers", integers},
                                {"numbers", numbers},
                                {"sizes", sizes},
                                {"durations", durations}};
TEST_MAIN("values", tests)
