#include "rounds.h"

#include "winnow/prune.h"

size_t wn_rounds_fill(wn_round *rounds, size_t n_rounds, int64_t first_step, int64_t n_steps, double from, double to)
{
    int64_t half = n_steps / 2;
    size_t n = n_rounds > WN_MAX_ROUNDS ? WN_MAX_ROUNDS : n_rounds;
    while (n > 1 && half / (int64_t)n < 2)
        n--;
    n = n < 1 ? 1 : n;
    int64_t spacing = half / (int64_t)n;
    for (size_t r = 0; r < n; r++) {
        int64_t snapshot = first_step + (int64_t)r * spacing;
        rounds[r] = (wn_round){.snapshot = snapshot,
                               .apply = snapshot + spacing / 2,
                               .sparsity = from + wn_prune_schedule(to - from, (int64_t)r + 1, (int64_t)n)};
    }
    return n;
}
