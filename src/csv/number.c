/* Up to 15 digits and small powers of ten: one exact operation (Clinger, "How to read floating point numbers
 * accurately", 1990). Up to 19 digits: a product with 128 bits of the power of five (Lemire, "Number parsing at a
 * gigabyte per second", 2021). What is left, rare in tables, is strtod's. */
#include "number.h"

#include <endian.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 19, MOST_POWER = 55, MOST_EXACT_POWER = 22, MOST_EXPONENT = 100000 };

typedef unsigned __int128 wide;

static const double exact_powers[MOST_EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                          1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                          1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The leading 128 bits of 5^q, q from -MOST_POWER to MOST_POWER; of negative ones rounded up. */
static wide power_table[2 * MOST_POWER + 1];
static locale_t c_locale;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static wide normalized(wide x)
{
    while (x >> 127 == 0)
        x <<= 1;
    return x;
}

/* The leading 128 bits of 1/x, rounded up; x is no power of two. */
static wide reciprocal(wide x)
{
    wide quotient = 0, rest = 1;
    while (quotient >> 127 == 0) {
        bool is_carried = rest >> 127 != 0;
        rest <<= 1;
        quotient <<= 1;
        if (is_carried || rest >= x) {
            rest -= x;
            quotient |= 1;
        }
    }
    return quotient + 1;
}

static void make_tables(void)
{
    wide power = 1;
    for (int q = 0; q <= MOST_POWER; q++) {
        power_table[MOST_POWER + q] = normalized(power);
        if (q > 0)
            power_table[MOST_POWER - q] = reciprocal(power);
        power *= 5;
    }
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static uint64_t high_half(wide x)
{
    return (uint64_t)(x >> 64);
}

/* The leading 128 bits of w x 5^q; `w` has its top bit set. */
static wide product(uint64_t w, int q)
{
    wide power = power_table[MOST_POWER + q];
    wide first = (wide)w * high_half(power);
    if ((high_half(first) & 0x1FF) == 0x1FF)
        first += high_half((wide)w * (uint64_t)power);
    return first;
}

/* digits x 10^q, digits not 0, |q| at most MOST_POWER: far from the smallest and largest doubles. */
static double scaled(uint64_t digits, int q)
{
    int shift = __builtin_clzll(digits);
    wide p = product(digits << shift, q);
    int top = (int)(p >> 127);
    uint64_t mantissa = high_half(p) >> (top + 9);
    int exponent = (((152170 + 65536) * q) >> 16) + 63 + top - shift;
    bool is_tie = (uint64_t)p <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1;
    if (is_tie && mantissa << (top + 9) == high_half(p))
        mantissa &= ~(uint64_t)1;
    mantissa = (mantissa + (mantissa & 1)) >> 1;
    uint64_t bits = ((uint64_t)(exponent + 1022) << 52) + mantissa; /* the top bit of the mantissa counts one up */
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The number that eight bytes of 0 to 9 spell, the first in the lowest byte. */
static uint64_t eight_digits(uint64_t v)
{
    v = v * 2561 >> 8;
    v = (v & 0x00FF00FF00FF00FF) * 6553601 >> 16;
    return (v & 0x0000FFFF0000FFFF) * 42949672960001 >> 32;
}

static uint64_t load_digits(const char *text)
{
    uint64_t v;
    memcpy(&v, text, sizeof v);
    return le64toh(v) ^ 0x3030303030303030;
}

/* The top bits of the bytes that are no digits. */
static uint64_t others_of(uint64_t v)
{
    return (((v & 0x7F7F7F7F7F7F7F7F) + 0x7676767676767676) | v) & 0x8080808080808080;
}

/* Eight bytes at a time; fewer digits than that are moved up behind zeros. Overflows silently: the caller counts. */
static const char *take_digits(const char *text, uint64_t *digits)
{
    static const uint64_t powers[8] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    for (;;) {
        uint64_t v = load_digits(text), others = others_of(v);
        if (others == 0) {
            *digits = *digits * 100000000 + eight_digits(v);
            text += 8;
            continue;
        }
        int n = __builtin_ctzll(others) >> 3;
        if (n == 0)
            return text;
        *digits = *digits * powers[n] + eight_digits(v << (64 - 8 * n));
        return text + n;
    }
}

static const char *take_exponent(const char *text, int *exponent)
{
    const char *p = text + 1;
    int sum = 0;
    bool is_negative = *p == '-';
    p += *p == '-' || *p == '+';
    if (*p < '0' || *p > '9')
        return text;
    for (; *p >= '0' && *p <= '9'; p++)
        sum = sum < MOST_EXPONENT ? 10 * sum + (*p - '0') : sum;
    *exponent += is_negative ? -sum : sum;
    return p;
}

static bool is_long(const char *text, const char *end)
{
    while (*text == '0' || *text == '.')
        text++;
    for (const char *p = text; p < end; p++) {
        if (*p == '.')
            text++;
    }
    return end - text > MOST_DIGITS;
}

/* Without a branch: signs are hard to foretell. */
static double with_sign(double x, bool is_negative)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits ^= (uint64_t)is_negative << 63;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Any number; `text` begins with the sign, `begin` is behind it. */
__attribute__((noinline)) static const char *read_any(const char *text, const char *begin, double *value)
{
    uint64_t digits = 0;
    int exponent = 0;
    const char *p = take_digits(begin, &digits), *end = p;
    long n_digits = p - begin;
    if (*p == '.') {
        end = take_digits(p + 1, &digits);
        exponent = (int)(p + 1 - end);
        n_digits += end - (p + 1);
    }
    if (n_digits == 0)
        return NULL;
    p = (*end | 32) == 'e' ? take_exponent(end, &exponent) : end;
    bool is_counted = n_digits <= MOST_DIGITS || !is_long(begin, end);
    if (is_counted && digits <= 1ULL << 53 && exponent >= -MOST_EXACT_POWER && exponent <= MOST_EXACT_POWER) {
        double x = (double)digits;
        x = exponent < 0 ? x / exact_powers[-exponent] : x * exact_powers[exponent];
        *value = with_sign(x, *text == '-');
        return p;
    }
    pthread_once(&once, make_tables);
    if (is_counted && digits != 0 && exponent >= -MOST_POWER && exponent <= MOST_POWER)
        *value = with_sign(scaled(digits, exponent), *text == '-');
    else
        *value = c_locale != (locale_t)0 ? strtod_l(text, NULL, c_locale) : strtod(text, NULL);
    return p;
}

/* At most seven bytes of digits and one point are read in one step. */
const char *wn_number_real(const char *text, double *value)
{
    bool is_negative = *text == '-';
    const char *begin = text + (is_negative || *text == '+');
    uint64_t v = load_digits(begin), others = others_of(v), rest = others & (others - 1);
    if (rest == 0)
        return read_any(text, begin, value);
    int point = __builtin_ctzll(others) >> 3, end = __builtin_ctzll(rest) >> 3;
    if (begin[point] != '.' || end == 1 || (begin[end] | 32) == 'e')
        return read_any(text, begin, value);
    uint64_t before = (1ULL << 8 * point) - 1, digits = (v & before) | (v >> 8 & ~before);
    double x = (double)(int64_t)eight_digits(digits << (72 - 8 * end)) / exact_powers[end - 1 - point];
    *value = with_sign(x, is_negative);
    return begin + end;
}

const char *wn_number_integer(const char *text, wn_integer *integer)
{
    const char *begin = text + (*text == '-' || *text == '+');
    *integer = (wn_integer){.is_negative = *text == '-'};
    const char *end = take_digits(begin, &integer->magnitude);
    if (end == begin)
        return NULL;
    if (end - begin < MOST_DIGITS)
        return end;
    while (*begin == '0' && begin < end)
        begin++;
    uint64_t sum = 0;
    for (; begin < end && !integer->is_huge; begin++)
        integer->is_huge =
            __builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, (uint64_t)(*begin - '0'), &sum);
    integer->magnitude = sum;
    return end;
}
