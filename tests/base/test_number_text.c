#include "winnow/number_text.h"

#include "testing.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void as_people_write_it(void)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},
                 {-0.0, "0"},
                 {7, "7"},
                 {-12, "-12"},
                 {100000, "100000"},
                 {999999999999999, "999999999999999"},
                 {1e15, "1e+15"},
                 {0.1, "0.1"},
                 {-2.5, "-2.5"},
                 {1e-7, "1e-07"},
                 {1.0 / 3, "0.3333333333333333"},
                 {INFINITY, "inf"},
                 {NAN, "nan"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[WN_NUMBER_TEXT_SIZE];
        wn_number_text(cases[i].value, text);
        CU_ASSERT_STRING_EQUAL(text, cases[i].text);
    }
}

static void reads_back(void)
{
    static const double values[] = {DBL_MAX, -DBL_MAX, DBL_MIN, 0x1p-1074, 0.1 + 0.2, 1e15 + 1, M_PI, -1e22};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[WN_NUMBER_TEXT_SIZE];
        wn_number_text(values[i], text);
        CU_ASSERT_TRUE(strlen(text) < WN_NUMBER_TEXT_SIZE);
        CU_ASSERT_EQUAL(strtod(text, NULL), values[i]);
    }
}

static const wn_test tests[] = {{"as people write it", as_people_write_it}, {"reads back", reads_back}};
TEST_MAIN("base/number_text", tests)
