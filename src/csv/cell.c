#include "cell.h"

#include "number.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* What follows a closing quote belongs to the field as it is; quotes in it open nothing. */
static char *take_quoted(char *at, const char *end, char delimiter, wn_csv_field *field)
{
    char *from = at + 1, *to = at + 1;
    field->text = to;
    while (from < end) {
        char *quote = memchr(from, '"', (size_t)(end - from));
        size_t n = (size_t)((quote != NULL ? quote : end) - from);
        if (to != from)
            memmove(to, from, n);
        to += n;
        from += n + (quote != NULL);
        if (quote == NULL || *from != '"')
            break;
        *to++ = *from++;
    }
    while (from < end && *from != delimiter && *from != '\n' && *from != '\r')
        *to++ = *from++;
    field->n = (size_t)(to - field->text);
    if (to < from)
        *to = '\0';
    return from;
}

char *wn_csv_take_field(char *at, const char *end, char delimiter, wn_csv_field *field)
{
    if (at < end && *at == '"')
        return take_quoted(at, end, delimiter, field);
    field->text = at;
    while (at < end && *at != delimiter && *at != '\n' && *at != '\r')
        at++;
    field->n = (size_t)(at - field->text);
    return at;
}

static bool is_one_of(const char *text, size_t n, const char *const *words, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++) {
        if (words[i][0] == text[0] && strlen(words[i]) == n && memcmp(words[i], text, n) == 0)
            return true;
    }
    return false;
}

static bool is_gap(const char *text, size_t n)
{
    static const char *const words[] = {"?",      "NA",      "N/A",     "n/a",      "NaN",     "nan",  "null",
                                        "NULL",   "None",    "-nan",    "-NaN",     "#NA",     "#N/A", "<NA>",
                                        "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", "#N/A N/A"};
    if (n == 0)
        return true;
    return n <= 8 && strchr("?Nn-#<1", *text) != NULL && is_one_of(text, n, words, sizeof words / sizeof *words);
}

/* 1, 0, or -1 for neither; the spellings of pandas. */
static int boolean(const char *text, size_t n)
{
    static const char *const yes[] = {"true", "True", "TRUE"}, *const no[] = {"false", "False", "FALSE"};
    if (n == 4 && is_one_of(text, n, yes, 3))
        return 1;
    return n == 5 && is_one_of(text, n, no, 3) ? 0 : -1;
}

static bool is_infinite(const char *text, size_t n, double *value)
{
    size_t sign = n > 0 && (*text == '-' || *text == '+');
    bool is = (n - sign == 3 && strncasecmp(text + sign, "inf", 3) == 0) ||
              (n - sign == 8 && strncasecmp(text + sign, "infinity", 8) == 0);
    *value = *text == '-' ? -INFINITY : INFINITY;
    return is;
}

static bool read_number(const char *text, const char *end, wn_csv_value *value)
{
    wn_integer integer;
    if (wn_number_real(text, &value->real) != end)
        return is_infinite(text, (size_t)(end - text), &value->real);
    if (wn_number_integer(text, &integer) != end)
        return true;
    uint64_t most = (uint64_t)INT64_MAX + integer.is_negative;
    value->integer = integer.is_negative ? 0 - integer.magnitude : integer.magnitude;
    value->meaning = integer.is_huge || (integer.is_negative && integer.magnitude > most) ? WN_CSV_HUGE
                     : integer.magnitude > most                                           ? WN_CSV_BIG
                                                                                          : WN_CSV_INTEGER;
    return true;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

wn_csv_value wn_csv_judge(const wn_csv_field *field)
{
    wn_csv_value value = {.meaning = WN_CSV_REAL};
    const char *text = field->text, *end = text + field->n;
    while (text < end && is_space(*text))
        text++;
    while (text < end && is_space(end[-1]))
        end--;
    size_t n = (size_t)(end - text);
    if (is_gap(text, n))
        return (wn_csv_value){.meaning = WN_CSV_GAP, .real = NAN};
    if (read_number(text, end, &value))
        return value;
    int truth = boolean(text, n);
    if (truth >= 0)
        return (wn_csv_value){.meaning = WN_CSV_BOOL, .integer = (uint64_t)truth, .real = truth};
    return (wn_csv_value){.meaning = WN_CSV_TEXT, .real = NAN};
}

bool wn_csv_is_word(const wn_csv_field *field)
{
    return field->n > 0 && !is_space(field->text[0]) && !is_space(field->text[field->n - 1]) &&
           !is_gap(field->text, field->n);
}
