/* drive_exact_sum.c - a program for the oracle test: problems on standard input, one after the other, as binary
 * doubles: N SPLIT, then N pairs (a, b): the sum of all a x b, added as a where b is 1. The first SPLIT pairs go into a
 * state of their own that is merged. Prints the sum, one a line. */
#include "winnow/exact_sum.h"

#include <stdio.h>

static void add(wn_exact_sum *sum, const double *pair)
{
    if (pair[1] == 1)
        wn_exact_sum_add(sum, pair[0]);
    else
        wn_exact_sum_add_product(sum, pair[0], pair[1]);
}

int main(void)
{
    double head[2];
    while (fread(head, sizeof head, 1, stdin) == 1) {
        static wn_exact_sum EMPTY;
        wn_exact_sum first = EMPTY, second = EMPTY;
        for (double i = 0; i < head[0]; i++) {
            double pair[2];
            if (fread(pair, sizeof pair, 1, stdin) != 1)
                return 2;
            add(i < head[1] ? &first : &second, pair);
        }
        wn_exact_sum_merge(&second, &first);
        printf("%.17g\n", wn_exact_sum_round(&second));
    }
    return 0;
}
