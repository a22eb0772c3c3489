/* Training rows dealt out by lanes, whose blocks are not those that the rank owns in other passes. */
#include "dataset_sink.h"

#include "winnow/memory.h"

/* Training rows are numbered in table order. All are (n_blocks + 1) or single numbers over the whole table. */
typedef struct {
    const int64_t *first; /* training rows before each block, and at the end all of them */
    int64_t n_blocks, n_lanes;
    wn_range lanes, rows, blocks; /* this rank's: lanes, the training rows in them, the blocks that hold these */
} deal;

static int64_t lane_first(const deal *deal_of, int64_t lane)
{
    return lane * deal_of->first[deal_of->n_blocks] / deal_of->n_lanes;
}

/* The lane of a training row. */
static int64_t lane_of(const deal *deal_of, int64_t row)
{
    int64_t lane = row * deal_of->n_lanes / deal_of->first[deal_of->n_blocks];
    while (lane_first(deal_of, lane + 1) <= row)
        lane++;
    return lane;
}

static void find_blocks(deal *deal_of)
{
    deal_of->rows = (wn_range){lane_first(deal_of, deal_of->lanes.first), lane_first(deal_of, deal_of->lanes.last)};
    deal_of->blocks = (wn_range){0, 0};
    if (deal_of->rows.first >= deal_of->rows.last)
        return;
    int64_t b = 0;
    while (deal_of->first[b + 1] <= deal_of->rows.first)
        b++;
    deal_of->blocks.first = b;
    while (deal_of->first[b] < deal_of->rows.last)
        b++;
    deal_of->blocks.last = b;
}

/* Walks the pieces of this rank's rows: a piece ends with its block or its lane. Sets them where dataset is not NULL.
 * Returns how many there are. */
static size_t walk_pieces(const deal *deal_of, wn_dataset *dataset)
{
    size_t n = 0;
    int64_t block = deal_of->blocks.first;
    for (int64_t row = deal_of->rows.first; row < deal_of->rows.last;) {
        while (deal_of->first[block + 1] <= row)
            block++;
        int64_t lane = lane_of(deal_of, row), end = lane_first(deal_of, lane + 1);
        if (deal_of->first[block + 1] < end)
            end = deal_of->first[block + 1];
        if (dataset) {
            dataset->piece_block[n] = block;
            dataset->piece_lane[n] = lane;
            dataset->piece_first[n + 1] = (size_t)(end - deal_of->rows.first);
        }
        n++;
        row = end;
    }
    return n;
}

static wn_status cut_by_lane(wn_dataset **dataset, const deal *deal_of, size_t n_features, bool is_sparse)
{
    wn_status status = WN_OK;
    size_t n_pieces = walk_pieces(deal_of, NULL);
    TRY(wn_dataset_new(dataset, (size_t)(deal_of->rows.last - deal_of->rows.first), n_features, is_sparse, n_pieces));
    walk_pieces(deal_of, *dataset);
done:
    return status;
}

/* Collective. Training rows before each block, and at the end all: first (n_blocks + 1). */
static wn_status count_before(const wn_ranks *ranks, const wn_rows *rows, int64_t *first)
{
    wn_status status = WN_OK;
    int64_t before = 0, n_blocks = rows->catalog->n_blocks;
    TRY(wn_rows_count_blocks(ranks, rows, WN_ROW_TRAIN, first));
    for (int64_t b = 0; b <= n_blocks; b++) {
        int64_t n = b < n_blocks ? first[b] : 0;
        first[b] = before;
        before += n;
    }
done:
    return status;
}

wn_status wn_dataset_train(wn_dataset **dataset, const wn_pass *pass, const wn_rows *rows, const wn_recipe *recipe,
                           wn_inputs inputs, int64_t n_lanes, wn_range lanes, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    const wn_ranks *ranks = pass->ranks;
    int64_t *first = NULL, n_blocks = rows->catalog->n_blocks;
    wn_rows *own = NULL;
    wn_dataset *new = NULL;
    TRY(wn_ranks_agree(ranks, wn_new(&first, (size_t)n_blocks + 1)));
    TRY(count_before(ranks, rows, first));
    deal deal_of = {.first = first, .n_blocks = n_blocks, .n_lanes = n_lanes, .lanes = lanes};
    find_blocks(&deal_of);
    TRY(wn_rows_redistribute(ranks, rows, deal_of.blocks, &own));
    TRY(wn_ranks_agree(
        ranks, cut_by_lane(&new, &deal_of, wn_inputs_count(recipe, inputs), wn_dataset_is_sparse(recipe, inputs))));
    size_t skipped = (size_t)(deal_of.rows.first - first[deal_of.blocks.first]);
    if (deal_of.blocks.first == deal_of.blocks.last)
        skipped = 0;
    TRY(wn_dataset_fill(new, pass, own, recipe, inputs, WN_ROW_TRAIN, true, skipped, cost));
    *dataset = new;
    new = NULL;
done:
    wn_dataset_free(new);
    wn_rows_free(own);
    wn_free(first);
    return status;
}
