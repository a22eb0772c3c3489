#include "winnow/random.h"

#include "random_key.h"

#include <Random123/philox.h>

/* Philox4x32-10 of this many counters side by side: Random123's own function takes one, and does not vectorize. */
enum { LANES = 32, ROUNDS = 10 };

typedef struct {
    uint32_t word[4][LANES];
} lanes;

static void mix(lanes *v, uint32_t key0, uint32_t key1)
{
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < LANES; i++) {
            uint64_t a = (uint64_t)PHILOX_M4x32_0 * v->word[0][i], b = (uint64_t)PHILOX_M4x32_1 * v->word[2][i];
            v->word[0][i] = (uint32_t)(b >> 32) ^ v->word[1][i] ^ key0;
            v->word[1][i] = (uint32_t)b;
            v->word[2][i] = (uint32_t)(a >> 32) ^ v->word[3][i] ^ key1;
            v->word[3][i] = (uint32_t)a;
        }
        key0 += PHILOX_W32_0;
        key1 += PHILOX_W32_1;
    }
}

/* The next counters: draw by draw, identity by identity; lanes beyond the last are left as they are. */
typedef struct {
    const uint64_t *identities;
    uint64_t first;
    size_t n_draws, identity, draw;
} place;

static void load(lanes *v, place *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t counter = at->first + at->draw, identity = at->identities[at->identity];
        v->word[0][i] = (uint32_t)counter;
        v->word[1][i] = (uint32_t)(counter >> 32);
        v->word[2][i] = (uint32_t)identity;
        v->word[3][i] = (uint32_t)(identity >> 32);
        if (++at->draw == at->n_draws) {
            at->draw = 0;
            at->identity++;
        }
    }
}

void wn_random_words(uint64_t seed, wn_random_purpose purpose, const uint64_t *identities, size_t n, uint64_t first,
                     size_t n_draws, uint32_t *words)
{
    uint64_t keyed = wn_random_key(seed, purpose);
    place at = {.identities = identities, .first = first, .n_draws = n_draws};
    lanes v = {{{0}}};
    for (size_t done = 0, all = n * n_draws; done < all; done += LANES) {
        size_t left = all - done < LANES ? all - done : LANES;
        load(&v, &at, left);
        mix(&v, (uint32_t)keyed, (uint32_t)(keyed >> 32));
        for (size_t i = 0; i < left; i++)
            for (size_t k = 0; k < 4; k++)
                words[4 * (done + i) + k] = v.word[k][i];
    }
}
