#include "number.h"

#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* A number with few or many digits, where every path is taken: also points half between doubles. */
static void make_text(char *text, size_t n)
{
    uint64_t bits = next();
    double any;
    memcpy(&any, &bits, sizeof any);
    switch (next() % 7) {
    case 0:
        snprintf(text, n, "%.17g", any);
        return;
    case 1:
        snprintf(text, n, "%.*g", (int)(next() % 25) + 1, any);
        return;
    case 2:
        snprintf(text, n, "%lu.%lue%d", next() >> (next() % 64), next() >> (next() % 64), (int)(next() % 120) - 60);
        return;
    case 3:
        snprintf(text, n, "%+.*f", (int)(next() % 20), (double)(int64_t)next() / (double)(1ULL << (next() % 64)));
        return;
    case 4:
        snprintf(text, n, "%lue%d", (next() >> 10) | 1, (int)(next() % 60) - 30);
        return;
    case 5:
        snprintf(text, n, "-0.%0*lu", (int)(next() % 30) + 1, next() >> (next() % 64));
        return;
    default:
        snprintf(text, n, "%lu.", next() >> (next() % 64));
    }
}

static void test_random_reals(void)
{
    int64_t n_bad = 0;
    for (int i = 0; i < 2000000; i++) {
        char text[512] = "", *wanted_end;
        double value = 0;
        make_text(text, sizeof text - WN_NUMBER_SLACK);
        const char *end = wn_number_real(text, &value);
        double wanted = strtod(text, &wanted_end);
        bool is_number = strpbrk(text, "ni") == NULL;
        bool is_same = end == wanted_end && memcmp(&value, &wanted, sizeof value) == 0;
        if (is_number ? is_same : end == NULL)
            continue;
        if (n_bad++ < 10)
            printf("%s: %.17g\n", text, value);
    }
    CU_ASSERT_EQUAL(n_bad, 0);
}

static void test_syntax(void)
{
    static const struct {
        const char *text;
        int n_real, n_integer; /* bytes that belong to the number; -1: none begins */
    } cases[] = {{"12,", 2, 2},
                 {"+12", 3, 3},
                 {"-1.5e3x", 6, 2},
                 {".5", 2, -1},
                 {"5.", 2, 1},
                 {".", -1, -1},
                 {"-", -1, -1},
                 {"", -1, -1},
                 {"1e", 1, 1},
                 {"1e+", 1, 1},
                 {"1e5", 3, 1},
                 {"0x10", 1, 1},
                 {"--1", -1, -1},
                 {"1.2.3", 3, 1},
                 {"inf", -1, -1},
                 {"e5", -1, -1},
                 {"1_0", 1, 1},
                 {" 1", -1, -1},
                 {"1.e2,", 4, 1},
                 {"12345678.", 9, 8},
                 {"1234567.8", 9, 7},
                 {"1.2345e-2", 9, 1},
                 {"0000000000000000000000001.5", 27, 25}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64] = "";
        double value;
        wn_integer integer;
        snprintf(text, sizeof text, "%s", cases[i].text);
        const char *real_end = wn_number_real(text, &value), *integer_end = wn_number_integer(text, &integer);
        CU_ASSERT_EQUAL(real_end == NULL ? -1 : (int)(real_end - text), cases[i].n_real);
        CU_ASSERT_EQUAL(integer_end == NULL ? -1 : (int)(integer_end - text), cases[i].n_integer);
    }
}

static void test_integers(void)
{
    static const struct {
        const char *text;
        uint64_t magnitude;
        bool is_negative, is_huge;
    } cases[] = {{"0", 0, false, false},
                 {"-0", 0, true, false},
                 {"00000000000000000000000012", 12, false, false},
                 {"9223372036854775808", 9223372036854775808U, false, false},
                 {"18446744073709551615", UINT64_MAX, false, false},
                 {"-18446744073709551616", 0, true, true},
                 {"123456789012345678901234567890", 0, false, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64] = "";
        wn_integer integer;
        snprintf(text, sizeof text, "%s", cases[i].text);
        CU_ASSERT_PTR_EQUAL(wn_number_integer(text, &integer), text + strlen(text));
        CU_ASSERT(integer.is_negative == cases[i].is_negative && integer.is_huge == cases[i].is_huge);
        CU_ASSERT(integer.is_huge || integer.magnitude == cases[i].magnitude);
    }
    for (int i = 0; i < 1000000; i++) {
        char text[64] = "", *end;
        wn_integer integer;
        snprintf(text, sizeof text, "%lu;", next() >> (next() % 64));
        uint64_t wanted = strtoull(text, &end, 10);
        if (wn_number_integer(text, &integer) != end || integer.magnitude != wanted || integer.is_huge)
            CU_FAIL("an integer was not read as by strtoull");
    }
}

static const wn_test tests[] = {{"random reals beside strtod", test_random_reals},
                                {"what belongs to a number", test_syntax},
                                {"integers", test_integers}};
TEST_MAIN("number", tests)
