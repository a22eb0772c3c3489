#include "values.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name;
    double factor;
} unit;

bool wn_value_boolean(const char *text, bool *value)
{
    bool is_true = strcmp(text, "true") == 0 || strcmp(text, "True") == 0 || strcmp(text, "TRUE") == 0;
    bool is_false = strcmp(text, "false") == 0 || strcmp(text, "False") == 0 || strcmp(text, "FALSE") == 0;
    if (is_true || is_false)
        *value = is_true;
    return is_true || is_false;
}

bool wn_value_integer(const char *text, int64_t *value)
{
    const char *digits = text + (*text == '-' || *text == '+');
    if (!isdigit((unsigned char)*digits) || digits[strspn(digits, "0123456789")])
        return false;
    errno = 0;
    long long number = strtoll(text, NULL, 10);
    if (errno == ERANGE)
        return false;
    *value = number;
    return true;
}

/* How many characters a decimal number takes at the start of the text; 0: there is none. */
static size_t number_length(const char *text)
{
    const char *c = text + (*text == '-' || *text == '+');
    size_t n_whole = strspn(c, "0123456789");
    c += n_whole;
    size_t n_fraction = 0;
    if (*c == '.') {
        n_fraction = strspn(c + 1, "0123456789");
        c += 1 + n_fraction;
    }
    if (n_whole + n_fraction == 0)
        return 0;
    if (*c == 'e' || *c == 'E') {
        const char *exponent = c + 1 + (c[1] == '-' || c[1] == '+');
        size_t n = strspn(exponent, "0123456789");
        if (n > 0)
            c = exponent + n;
    }
    return (size_t)(c - text);
}

bool wn_value_number(const char *text, double *value)
{
    size_t n = number_length(text);
    if (n == 0 || text[n])
        return false;
    double number = strtod(text, NULL);
    if (!isfinite(number))
        return false;
    *value = number;
    return true;
}

static bool with_unit(const char *text, const unit *units, size_t n_units, double *value)
{
    size_t n = number_length(text);
    if (n == 0 || *text == '-')
        return false;
    const char *name = text + n + strspn(text + n, " ");
    for (size_t i = 0; i < n_units; i++) {
        if (strcmp(name, units[i].name) != 0)
            continue;
        double number = strtod(text, NULL) * units[i].factor;
        if (!isfinite(number))
            return false;
        *value = number;
        return true;
    }
    return false;
}

bool wn_value_size(const char *text, int64_t *bytes)
{
    static const unit units[] = {{"B", 1},     {"kB", 1e3},   {"KB", 1e3},        {"MB", 1e6},     {"GB", 1e9},
                                 {"TB", 1e12}, {"KiB", 1024}, {"MiB", 1048576.0}, {"GiB", 0x1p30}, {"TiB", 0x1p40}};
    double size = 0;
    if (*text != '-' && wn_value_integer(text, bytes))
        return true;
    if (!with_unit(text, units, sizeof units / sizeof *units, &size) || size >= 0x1p62)
        return false;
    *bytes = (int64_t)size;
    return true;
}

bool wn_value_duration(const char *text, double *seconds)
{
    static const unit units[] = {{"ms", 1e-3}, {"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}};
    return with_unit(text, units, sizeof units / sizeof *units, seconds);
}
