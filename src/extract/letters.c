#include "letters.h"

#if WN_HAVE_UTF8PROC
#include <utf8proc.h>

wn_status wn_letters_check(void)
{
    return WN_OK;
}

int32_t wn_letter_at(const unsigned char *bytes, size_t n, size_t at, size_t *length)
{
    utf8proc_int32_t code;
    size_t left = n - at < WN_LETTER_BYTES ? n - at : WN_LETTER_BYTES;
    utf8proc_ssize_t taken = utf8proc_iterate(bytes + at, (utf8proc_ssize_t)left, &code);
    *length = taken > 0 ? (size_t)taken : 1;
    return taken > 0 ? code : WN_LETTER_INVALID;
}

bool wn_letter_is_word(int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return code == '_';
    }
}

int32_t wn_letter_lower(int32_t code)
{
    return utf8proc_tolower(code);
}

static bool is_between(int32_t code, int32_t first, int32_t last)
{
    return code >= first && code <= last;
}

/* Upper, lower and title case, and what Unicode's Other_Uppercase and Other_Lowercase add that is not case-ignorable.
 */
bool wn_letter_is_cased(int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
        return true;
    default:
        return code == 0xAA || code == 0xBA || is_between(code, 0x2160, 0x217F) || is_between(code, 0x24B6, 0x24E9) ||
               is_between(code, 0x1F130, 0x1F149) || is_between(code, 0x1F150, 0x1F169) ||
               is_between(code, 0x1F170, 0x1F189);
    }
}

/* Of Word_Break the values MidLetter, MidNumLet and Single_Quote (Unicode 14). */
static bool joins_words(int32_t code)
{
    static const int32_t joining[] = {0x27,   0x2E,   0x3A,   0xB7,   0x387,  0x55F,  0x5F4,  0x2018, 0x2019,
                                      0x2024, 0x2027, 0xFE13, 0xFE52, 0xFE55, 0xFF07, 0xFF0E, 0xFF1A};
    for (size_t i = 0; i < sizeof joining / sizeof *joining; i++)
        if (joining[i] == code)
            return true;
    return false;
}

bool wn_letter_is_case_ignorable(int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
        return true;
    default:
        return joins_words(code);
    }
}

size_t wn_letter_write(int32_t code, unsigned char bytes[WN_LETTER_BYTES])
{
    return (size_t)utf8proc_encode_char(code, bytes);
}

#else

wn_status wn_letters_check(void)
{
    return wn_fail(WN_UNAVAILABLE, "features of texts need a Winnow built with libutf8proc-dev");
}

int32_t wn_letter_at(const unsigned char *bytes, size_t n, size_t at, size_t *length)
{
    (void)n;
    *length = 1;
    return bytes[at] < 0x80 ? bytes[at] : WN_LETTER_INVALID;
}

bool wn_letter_is_word(int32_t code)
{
    (void)code;
    return false;
}

int32_t wn_letter_lower(int32_t code)
{
    return code;
}

bool wn_letter_is_cased(int32_t code)
{
    (void)code;
    return false;
}

bool wn_letter_is_case_ignorable(int32_t code)
{
    (void)code;
    return false;
}

size_t wn_letter_write(int32_t code, unsigned char bytes[WN_LETTER_BYTES])
{
    bytes[0] = (unsigned char)code;
    return 1;
}

#endif

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

int32_t wn_letter_before(const unsigned char *bytes, size_t at, size_t *begin)
{
    size_t from = at - 1, length;
    while (from > 0 && at - from < WN_LETTER_BYTES && is_continuation(bytes[from]))
        from--;
    int32_t code = wn_letter_at(bytes, at, from, &length);
    *begin = from + length == at ? from : at - 1;
    return from + length == at ? code : WN_LETTER_INVALID;
}
