#include "winnow/utf8.h"

static size_t length_by_first(unsigned char c)
{
    if (c < 0x80)
        return c > 0;
    return c >= 0xC2 && c <= 0xDF ? 2 : c >= 0xE0 && c <= 0xEF ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
}

size_t wn_utf8_length(const char *text, size_t n)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = n > 0 ? length_by_first(bytes[0]) : 0;
    if (length < 2 || length > n)
        return length == 1;
    unsigned char least = bytes[0] == 0xE0 ? 0xA0 : bytes[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char most = bytes[0] == 0xED ? 0x9F : bytes[0] == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < least || bytes[1] > most)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

bool wn_utf8_is_valid(const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t length = wn_utf8_length(text + i, n - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}
