#include "extraction.h"

#include "encoder.h"

#include "winnow/memory.h"

#include <string.h>

wn_status wn_extraction_init(wn_extraction *extraction, const wn_recipe *recipe, size_t capacity)
{
    wn_status status = WN_OK;
    *extraction = (wn_extraction){.recipe = recipe};
    TRY(wn_recipe_wide_columns(recipe, &extraction->wide));
    TRY(wn_block_new(&extraction->features, capacity, extraction->wide.n_dense, false));
    if (extraction->wide.n_parts > 0)
        extraction->features->wide = &extraction->wide;
done:
    return status;
}

void wn_extraction_clear(wn_extraction *extraction)
{
    wn_block_free(extraction->features);
    wn_wide_columns_clear(&extraction->wide);
    *extraction = (wn_extraction){0};
}

static wn_status extract(void *context, wn_block *block)
{
    wn_extraction *extraction = context;
    wn_block *features = extraction->features;
    wn_raw_rows rows = wn_raw_rows_of(block, 0, block->n_rows);
    rows.learnt = block->rows;
    if (block->n_rows > features->capacity)
        return wn_fail(WN_INTERNAL, "block %lld of %zu rows does not fit the features' buffer", (long long)block->index,
                       block->n_rows);
    features->index = block->index;
    features->file = block->file;
    features->n_rows = block->n_rows;
    memcpy(features->labels, block->labels, block->n_rows * sizeof *features->labels);
    memcpy(features->rows, block->rows, block->n_rows * sizeof *features->rows);
    return wn_recipe_extract_wide(extraction->recipe, &rows, features->cells, &extraction->wide);
}

wn_block_step wn_extraction_step(wn_extraction *extraction)
{
    return (wn_block_step){extract, extraction, false};
}

wn_accumulator wn_extraction_accumulator(wn_extraction *extraction, wn_accumulator inner)
{
    wn_forwarding *forwarding = &extraction->forwardings[extraction->n_forwardings++];
    *forwarding = (wn_forwarding){extraction->features, inner};
    return wn_forwarding_accumulator(forwarding);
}
