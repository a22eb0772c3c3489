#include "winnow/scratch.h"

#include "winnow/memory.h"

wn_status wn_scratch_reserve(wn_scratch *scratch, size_t n)
{
    if (scratch->bytes != NULL && scratch->n >= n)
        return WN_OK;
    wn_scratch_clear(scratch);
    wn_status status = wn_new(&scratch->bytes, n);
    if (status == WN_OK)
        scratch->n = n;
    return status;
}

void wn_scratch_clear(wn_scratch *scratch)
{
    wn_free(scratch->bytes);
    *scratch = (wn_scratch){0};
}
