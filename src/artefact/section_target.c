/* A target encoding: its levels, how many features, and the code of each level and of all others as floats. */
#include "encoder_sections.h"

#include "winnow/labels.h"
#include "winnow/memory.h"

#include <math.h>

wn_status wn_section_pack_target(wn_bytes *out, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    TRY(wn_section_pack_levels(out, facts));
    TRY(wn_pack_count(out, facts->n_code_features));
    TRY(wn_pack_floats(out, facts->codes, (facts->n_levels + 1) * facts->n_code_features));
done:
    return status;
}

wn_status wn_section_unpack_target(wn_cursor *cursor, wn_read_encoder *read)
{
    wn_status status = WN_OK;
    wn_encoder_facts *facts = &read->facts;
    uint64_t n = 0;
    TRY(wn_section_unpack_levels(cursor, read));
    TRY(wn_unpack_count(cursor, WN_MAX_CLASSES, &n));
    TRY(wn_memory_new((void **)&facts->codes, facts->n_levels + 1, n * sizeof *facts->codes, __func__));
    TRY(wn_unpack_floats(cursor, facts->codes, (facts->n_levels + 1) * n));
    for (size_t i = 0; i < (facts->n_levels + 1) * n; i++)
        if (!isfinite(facts->codes[i]))
            TRY(wn_unpack_damaged());
    facts->n_code_features = n;
done:
    return status;
}
