#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void wn_number_text(double value, char text[WN_NUMBER_SIZE])
{
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(text, WN_NUMBER_SIZE, "%.*g", precision, value);
        if (!isfinite(value) || strtod(text, NULL) == value)
            return;
    }
}
