#include "winnow/texts.h"

#include <string.h>

int wn_text_compare(wn_text a, wn_text b)
{
    size_t n = a.n_bytes < b.n_bytes ? a.n_bytes : b.n_bytes;
    int order = n > 0 ? memcmp(a.data, b.data, n) : 0;
    if (order != 0)
        return order < 0 ? -1 : 1;
    return a.n_bytes == b.n_bytes ? 0 : a.n_bytes < b.n_bytes ? -1 : 1;
}
