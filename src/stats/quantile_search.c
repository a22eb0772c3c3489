#include "quantile_search.h"

#include "winnow/memory.h"

/* How many keys are <= bound. */
static int64_t count_up_to(const int64_t *sorted, size_t n, int64_t bound)
{
    size_t first = 0;
    while (n > 0) {
        size_t half = n / 2;
        if (sorted[first + half] <= bound) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return (int64_t)first;
}

static int64_t middle(int64_t low, int64_t high)
{
    return low + (int64_t)(((uint64_t)high - (uint64_t)low) / 2);
}

wn_status wn_key_search_run(const wn_ranks *ranks, key_search *searches, size_t n_searches)
{
    wn_status status = WN_OK;
    int64_t *low = NULL, *high = NULL, *counts = NULL;
    status = wn_new(&low, n_searches);
    if (status == WN_OK)
        status = wn_new(&high, n_searches);
    if (status == WN_OK)
        status = wn_new(&counts, n_searches);
    TRY(wn_ranks_agree(ranks, status));
    for (size_t i = 0; i < n_searches; i++) {
        low[i] = INT64_MIN;
        high[i] = searches[i].is_wanted ? INT64_MAX : INT64_MIN;
    }
    for (bool goes_on = true; goes_on;) {
        goes_on = false;
        for (size_t i = 0; i < n_searches; i++)
            counts[i] = low[i] < high[i] ? count_up_to(searches[i].sorted, searches[i].n, middle(low[i], high[i])) : 0;
        TRY(wn_ranks_sum(ranks, counts, n_searches));
        for (size_t i = 0; i < n_searches; i++) {
            if (low[i] >= high[i])
                continue;
            int64_t half = middle(low[i], high[i]);
            if (counts[i] > searches[i].number)
                high[i] = half;
            else
                low[i] = half + 1;
            goes_on = goes_on || low[i] < high[i];
        }
    }
    for (size_t i = 0; i < n_searches; i++)
        searches[i].key = low[i];
done:
    wn_free(counts);
    wn_free(high);
    wn_free(low);
    return status;
}
