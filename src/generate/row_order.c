#include "row_order.h"

#include "winnow/random.h"

#include <math.h>

enum { ROUNDS = 6, PIECE = 256 };

wn_row_order wn_row_order_of(uint64_t seed, int64_t n_rows, int64_t n_unique, bool is_sorted)
{
    uint64_t n = (uint64_t)n_rows, high = (uint64_t)sqrt((double)n);
    high = high > 0 ? high : 1;
    return (wn_row_order){.seed = seed,
                          .n_rows = n_rows,
                          .n_unique = n_unique,
                          .is_sorted = is_sorted,
                          .n_high = high,
                          .n_low = (n + high - 1) / high};
}

/* digit = (digit + f(other)) mod n, a bijection for each value of the other digit. */
static void turn(const wn_row_order *order, uint64_t round, uint64_t *digit, const uint64_t *other, uint64_t n,
                 size_t n_places)
{
    uint32_t words[4 * PIECE];
    wn_random_words(order->seed, WN_RANDOM_TABLE_ORDER, other, n_places, round, 1, words);
    for (size_t i = 0; i < n_places; i++) {
        uint64_t sum = digit[i] + wn_random_below((uint64_t)words[4 * i + 1] << 32 | words[4 * i], n);
        digit[i] = sum < n ? sum : sum - n;
    }
}

/* One walk of at most PIECE places; the result can lie beyond the table. */
static void walk(const wn_row_order *order, uint64_t *place, size_t n_places)
{
    uint64_t high[PIECE], low[PIECE];
    for (size_t i = 0; i < n_places; i++) {
        high[i] = place[i] / order->n_low;
        low[i] = place[i] % order->n_low;
    }
    for (uint64_t round = 0; round < ROUNDS; round += 2) {
        turn(order, round, high, low, order->n_high, n_places);
        turn(order, round + 1, low, high, order->n_low, n_places);
    }
    for (size_t i = 0; i < n_places; i++)
        place[i] = high[i] * order->n_low + low[i];
}

static void permute(const wn_row_order *order, uint64_t *place, size_t n_places)
{
    walk(order, place, n_places);
    for (size_t i = 0; i < n_places; i++)
        while (place[i] >= (uint64_t)order->n_rows)
            walk(order, place + i, 1);
}

void wn_row_order_unique(const wn_row_order *order, int64_t first, size_t n, uint64_t *unique)
{
    for (size_t i = 0; i < n; i++)
        unique[i] = (uint64_t)first + i;
    for (size_t done = 0; !order->is_sorted && done < n; done += PIECE)
        permute(order, unique + done, n - done < PIECE ? n - done : PIECE);
    if (order->n_unique == order->n_rows)
        return;
    for (size_t i = 0; i < n; i++)
        unique[i] = (uint64_t)((unsigned __int128)unique[i] * (uint64_t)order->n_unique / (uint64_t)order->n_rows);
}
