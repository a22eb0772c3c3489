#include "winnow/nearest_name.h"
#include "winnow/sizes.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 128 }; /* names beyond it are not compared */

static int letter(char c)
{
    return tolower((unsigned char)c);
}

/* Edits (insert, delete, replace, swap of neighbours) that make b of a: optimal string alignment, three rows at a time.
 */
static size_t edit_distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= n_b; j++)
        above[j] = j;
    for (size_t i = 1; i <= n_a; i++) {
        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            size_t replaced = above[j - 1] + (letter(a[i - 1]) != letter(b[j - 1]));
            row[j] = wn_size_min(replaced, 1 + wn_size_min(above[j], row[j - 1]));
            if (i > 1 && j > 1 && letter(a[i - 1]) == letter(b[j - 2]) && letter(a[i - 2]) == letter(b[j - 1]))
                row[j] = wn_size_min(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[n_b];
}

const char *wn_nearest_name(const char *name, const char *const *names, size_t n)
{
    size_t length = strlen(name);
    if (length == 0 || length > LONGEST)
        return NULL;
    size_t best = length / 3 > 0 ? length / 3 : 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t other = strlen(names[i]);
        if (other == 0 || other > LONGEST)
            continue;
        size_t distance = edit_distance(name, length, names[i], other);
        if (distance < best || (distance == best && nearest == NULL)) {
            best = distance;
            nearest = names[i];
        }
    }
    return nearest;
}
