#include "text.h"

#include "winnow/memory.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(wn_text_buffer *text, size_t n)
{
    if (text->status != WN_OK)
        return false;
    if (text->n + n + 1 <= text->capacity)
        return true;
    size_t capacity = 2 * (text->n + n + 64);
    text->status = wn_resize(&text->bytes, capacity);
    if (text->status != WN_OK)
        return false;
    text->capacity = capacity;
    return true;
}

void wn_text_add(wn_text_buffer *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    if (n >= 0 && reserve(text, (size_t)n)) {
        vsnprintf(text->bytes + text->n, (size_t)n + 1, format, again);
        text->n += (size_t)n;
    }
    va_end(again);
    va_end(arguments);
}

void wn_text_add_quoted(wn_text_buffer *text, const char *value, bool is_path)
{
    wn_text_add(text, "\"");
    for (const char *c = value; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte == '"' || byte == '\\')
            wn_text_add(text, "\\%c", byte);
        else if (byte < 0x20 || byte == 0x7f)
            wn_text_add(text, "\\u%04x", byte);
        else if (byte == '$' && is_path)
            wn_text_add(text, "$$");
        else
            wn_text_add(text, "%c", byte);
    }
    wn_text_add(text, "\"");
}

void wn_text_add_number(wn_text_buffer *text, double value)
{
    char digits[40];
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    char *exponent = strchr(digits, 'e');
    bool has_point = strchr(digits, '.') != NULL;
    wn_text_add(text, "%.*s%s%s", exponent ? (int)(exponent - digits) : (int)strlen(digits), digits,
                has_point ? "" : ".0", exponent ? exponent : "");
}

wn_status wn_text_finish(wn_text_buffer *text, char **bytes)
{
    if (text->status == WN_OK)
        reserve(text, 0);
    if (text->status != WN_OK) {
        wn_status status = text->status;
        wn_text_clear(text);
        return status;
    }
    text->bytes[text->n] = 0;
    *bytes = text->bytes;
    *text = (wn_text_buffer){0};
    return WN_OK;
}

void wn_text_clear(wn_text_buffer *text)
{
    wn_free(text->bytes);
    *text = (wn_text_buffer){0};
}
