#include "winnow/number_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void wn_number_text(double value, char text[WN_NUMBER_TEXT_SIZE])
{
    if (fabs(value) < 1e15 && value == floor(value)) {
        snprintf(text, WN_NUMBER_TEXT_SIZE, "%.0f", value + 0.0);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, WN_NUMBER_TEXT_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}
