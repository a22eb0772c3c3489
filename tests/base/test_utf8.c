#include "winnow/utf8.h"

#include "testing.h"
#include "winnow/random.h"

#include <jansson.h>
#include <string.h>

/* jansson's own check is the judge. */
static bool jansson_takes(const char *text, size_t n)
{
    json_t *made = json_stringn(text, n);
    json_decref(made);
    return made != NULL;
}

static void known_texts(void)
{
    static const struct {
        const char *text;
        size_t length;
    } cases[] = {{"", 0},
                 {"a", 1},
                 {"\x7f", 1},
                 {"\x80", 0},
                 {"\xc3\xa9", 2},
                 {"\xc3", 0},
                 {"\xc0\x80", 0},
                 {"\xe4\xb8\xad!", 3},
                 {"\xe0\x80\x80", 0},
                 {"\xed\xa0\x80", 0},
                 {"\xf0\x9f\x98\x80", 4},
                 {"\xf0\x9f\x98", 0},
                 {"\xf4\x90\x80\x80", 0},
                 {"\xff", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT_EQUAL(wn_utf8_length(cases[i].text, strlen(cases[i].text)), cases[i].length);
    CU_ASSERT_EQUAL(wn_utf8_length("a", 0), 0);
    CU_ASSERT_TRUE(wn_utf8_is_valid("", 0));
    CU_ASSERT_TRUE(wn_utf8_is_valid("caf\xc3\xa9", 5));
    CU_ASSERT_FALSE(wn_utf8_is_valid("caf\xe9", 4));
    CU_ASSERT_FALSE(wn_utf8_is_valid("a\0b", 3));
}

/* Every two bytes, and bytes near those at which a rule begins or ends. */
static void as_jansson_does(void)
{
    static const unsigned char edges[] = {0x01, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
                                          0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
    wn_random stream = {3, WN_RANDOM_TEST, 0};
    size_t wrong = 0;
    char text[5];
    for (unsigned i = 0x0101; i <= 0xffff; i++) {
        text[0] = (char)(i >> 8);
        text[1] = (char)(i & 0xff);
        wrong += i % 256 != 0 && wn_utf8_is_valid(text, 2) != jansson_takes(text, 2);
    }
    for (uint64_t i = 0; i < 200000; i++) {
        for (uint64_t k = 0; k < sizeof text; k++)
            text[k] = (char)edges[wn_random_below(wn_random_bits(stream, i * sizeof text + k), sizeof edges)];
        for (size_t n = 1; n <= sizeof text; n++)
            wrong += wn_utf8_is_valid(text, n) != jansson_takes(text, n);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static const wn_test tests[] = {{"known texts", known_texts}, {"as jansson does", as_jansson_does}};
TEST_MAIN("base/utf8", tests)
