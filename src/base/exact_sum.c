#include "winnow/exact_sum.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { PLUS_INFINITE = WN_EXACT_DIGITS, MINUS_INFINITE, NOT_A_NUMBER, PENDING };

static const int64_t MOST_PENDING = (int64_t)1 << 29; /* adds of less than 2^32 a digit before carries must move */

static const int64_t DIGIT = (int64_t)1 << 32;

static void add_special(wn_exact_sum *sum, double value)
{
    sum->digit[isnan(value) ? NOT_A_NUMBER : value > 0 ? PLUS_INFINITE : MINUS_INFINITE]++;
}

/* value = +-mantissa x 2^(shift - 1074) with a mantissa of 53 bits: it covers at most three digits. */
void wn_exact_sum_add(wn_exact_sum *sum, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    unsigned exponent = (unsigned)(bits >> 52) & 0x7FF;
    uint64_t mantissa = bits & (((uint64_t)1 << 52) - 1);
    if (value == 0)
        return;
    if (exponent == 0x7FF) {
        add_special(sum, value);
        return;
    }
    if (exponent > 0)
        mantissa |= (uint64_t)1 << 52;
    unsigned shift = exponent > 0 ? exponent - 1 : 0;
    unsigned __int128 placed = (unsigned __int128)mantissa << (shift % 32);
    int64_t *digit = sum->digit + shift / 32;
    int64_t sign = bits >> 63 ? -1 : 1;
    digit[0] += sign * (int64_t)(uint32_t)placed;
    digit[1] += sign * (int64_t)(uint32_t)(placed >> 32);
    digit[2] += sign * (int64_t)(uint32_t)(placed >> 64);
    if (++sum->digit[PENDING] >= MOST_PENDING)
        wn_exact_sum_normalize(sum);
}

void wn_exact_sum_add_product(wn_exact_sum *sum, double a, double b)
{
    double high = a * b;
    wn_exact_sum_add(sum, high);
    if (isfinite(high))
        wn_exact_sum_add(sum, fma(a, b, -high));
}

void wn_exact_sum_merge(wn_exact_sum *sum, const wn_exact_sum *other)
{
    wn_exact_sum_merge_scaled(sum, other, 1);
}

void wn_exact_sum_merge_scaled(wn_exact_sum *sum, const wn_exact_sum *other, int32_t factor)
{
    wn_exact_sum term = *other;
    wn_exact_sum_normalize(&term);
    wn_exact_sum_normalize(sum);
    for (int i = 0; i < WN_EXACT_DIGITS; i++)
        sum->digit[i] += (int64_t)factor * term.digit[i];
    int64_t plus = term.digit[PLUS_INFINITE], minus = term.digit[MINUS_INFINITE];
    if (factor == 0) /* 0 x infinity is not a number */
        sum->digit[NOT_A_NUMBER] += plus + minus;
    else {
        sum->digit[PLUS_INFINITE] += factor < 0 ? minus : plus;
        sum->digit[MINUS_INFINITE] += factor < 0 ? plus : minus;
    }
    sum->digit[NOT_A_NUMBER] += term.digit[NOT_A_NUMBER];
    wn_exact_sum_normalize(sum);
}

void wn_exact_sum_normalize(wn_exact_sum *sum)
{
    int64_t carry = 0;
    for (int i = 0; i < WN_EXACT_DIGITS - 1; i++) {
        int64_t value = sum->digit[i] + carry;
        int64_t low = value & (DIGIT - 1);
        carry = (value - low) / DIGIT;
        sum->digit[i] = low;
    }
    sum->digit[WN_EXACT_DIGITS - 1] += carry;
    sum->digit[PENDING] = 0;
}

/* The special value that the counts stand for; false where all that was added is finite. */
static bool special(const wn_exact_sum *sum, double *value)
{
    bool plus = sum->digit[PLUS_INFINITE] != 0, minus = sum->digit[MINUS_INFINITE] != 0;
    if (sum->digit[NOT_A_NUMBER] != 0 || (plus && minus))
        *value = NAN;
    else if (plus || minus)
        *value = plus ? INFINITY : -INFINITY;
    else
        return false;
    return true;
}

/* Rounds a magnitude (canonical, not negative): the 128 bits from the top digit on, the rest as a sticky bit. */
static double round_magnitude(const int64_t *digit, int top)
{
    unsigned __int128 window = (uint64_t)digit[top];
    int lowest = top;
    for (int k = 1; k <= 2 && top - k >= 0; k++) {
        window = window << 32 | (uint64_t)digit[top - k];
        lowest = top - k;
    }
    bool sticky = false;
    for (int i = 0; i < lowest; i++)
        sticky = sticky || digit[i] != 0;
    int unit = 32 * lowest - 1074; /* the window's lowest bit is worth 2^unit */
    int length = 0;
    for (unsigned __int128 rest = window; rest != 0; rest >>= 1)
        length++;
    int cut = length - 53;
    cut = cut < 0 ? 0 : cut; /* fewer than 54 bits at unit >= -1074 are exact, denormals among them */
    uint64_t kept = (uint64_t)(window >> cut);
    unsigned __int128 rest = cut > 0 ? window & (((unsigned __int128)1 << cut) - 1) : 0;
    unsigned __int128 half = cut > 0 ? (unsigned __int128)1 << (cut - 1) : 0;
    bool up = cut > 0 && (rest > half || (rest == half && (sticky || (kept & 1))));
    return ldexp((double)(kept + (up ? 1 : 0)), unit + cut);
}

double wn_exact_sum_round(const wn_exact_sum *sum)
{
    double value;
    wn_exact_sum work = *sum;
    if (special(sum, &value))
        return value;
    wn_exact_sum_normalize(&work);
    bool negative = work.digit[WN_EXACT_DIGITS - 1] < 0;
    if (negative) {
        for (int i = 0; i < WN_EXACT_DIGITS; i++)
            work.digit[i] = -work.digit[i];
        wn_exact_sum_normalize(&work);
    }
    int top = WN_EXACT_DIGITS - 1;
    while (top > 0 && work.digit[top] == 0)
        top--;
    value = round_magnitude(work.digit, top);
    return negative ? -value : value;
}
