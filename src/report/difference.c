#include "difference.h"

#include "winnow/number_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

void wn_difference_set(wn_difference *difference, const char *format, ...)
{
    va_list arguments;
    if (difference->is_found)
        return;
    int n = snprintf(difference->text, sizeof difference->text, "%s ", difference->file);
    va_start(arguments, format);
    vsnprintf(difference->text + n, sizeof difference->text - (size_t)n, format, arguments);
    va_end(arguments);
    difference->is_found = true;
}

void wn_difference_numbers(wn_difference *difference, const char *name, double first, double second)
{
    char texts[2][WN_NUMBER_TEXT_SIZE];
    if (first == second || (isnan(first) && isnan(second)))
        return;
    wn_number_text(first, texts[0]);
    wn_number_text(second, texts[1]);
    wn_difference_set(difference, "%s: %s against %s", name, texts[0], texts[1]);
}
