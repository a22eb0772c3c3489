/* What the sweeps begin with: directions of a part of the rows. */
#include "nystrom.h"
#include "randomized_state.h"

#include "winnow/memory.h"

/* One block of so many is swept over, at most about this many of them; tables of fewer blocks have no such part. */
enum { LEAST_STRIDE = 8, MOST_BLOCKS = 32, SAMPLE_SWEEPS = 2 };

int64_t wn_randomized_stride(int64_t n_blocks)
{
    int64_t stride = n_blocks / MOST_BLOCKS;
    return stride > LEAST_STRIDE ? stride : LEAST_STRIDE;
}

/* On rank 0: the leading directions of the part, but for the last ones, which stay random: what no block of the part
 * has is found by these. */
static wn_status begin_again(wn_randomized *r)
{
    wn_status status = WN_OK;
    double *values = NULL;
    wn_nystrom nystrom = wn_randomized_nystrom(r);
    TRY(wn_new(&values, nystrom.n));
    TRY(wn_nystrom_vectors(&nystrom, values));
    wn_randomized_draw(r, r->width - WN_RANDOMIZED_OVERSAMPLES);
done:
    wn_free(values);
    return status;
}

wn_status wn_randomized_sample(wn_randomized *r, const wn_pass *pass, wn_rows *rows, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_pass part = *pass;
    bool is_done = false;
    double left = 0;
    int64_t n_blocks = rows->catalog->n_blocks;
    int most = wn_randomized_most_sweeps(r->options.n_components, r->p);
    part.stride = wn_randomized_stride(n_blocks);
    part.total_rows /= part.stride;
    if (n_blocks < part.stride || most < SAMPLE_SWEEPS)
        return WN_OK;
    for (int i = 0; i < SAMPLE_SWEEPS && !is_done; i++) {
        if (i > 0)
            TRY(wn_randomized_turn(r, &is_done));
        if (!is_done)
            TRY(wn_randomized_sweep(r, &part, rows, cost));
    }
    TRY(wn_ranks_agree(r->ranks, r->ranks->rank == 0 ? begin_again(r) : WN_OK));
    r->n_sweeps = 0;
    TRY(wn_randomized_share(r, &left));
done:
    return status;
}
