#include "sections.h"

#include "winnow/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DIGITS = 15, MAX_NAME = 1 << 16 };

typedef struct {
    size_t n_stem;
    bool has_number;
    uint64_t number;
} split_name;

/* The longest decimal number without leading zeros that ends a name. */
static split_name split(const char *name)
{
    size_t n = strlen(name), first = n;
    while (first > 0 && n - first < MAX_DIGITS && name[first - 1] >= '0' && name[first - 1] <= '9')
        first--;
    while (first + 1 < n && name[first] == '0')
        first++;
    split_name parts = {.n_stem = first, .has_number = first < n};
    for (size_t i = first; i < n; i++)
        parts.number = 10 * parts.number + (uint64_t)(name[i] - '0');
    return parts;
}

/* How many names from here on have one stem and ascending numbers; 1 for a name without number. */
static size_t run_of(char *const *names, size_t n)
{
    split_name first = split(names[0]);
    uint64_t last = first.number;
    size_t run = 1;
    for (; first.has_number && run < n; run++) {
        split_name next = split(names[run]);
        if (!next.has_number || next.n_stem != first.n_stem || memcmp(names[run], names[0], first.n_stem) != 0 ||
            next.number <= last)
            break;
        last = next.number;
    }
    return run;
}

static wn_status pack_run(wn_bytes *out, char *const *names, size_t run)
{
    wn_status status = WN_OK;
    split_name first = split(names[0]);
    uint64_t last = first.number;
    TRY(wn_pack_count(out, first.n_stem));
    TRY(wn_bytes_append(out, names[0], first.n_stem));
    TRY(wn_pack_count(out, first.has_number ? run : 0));
    if (first.has_number)
        TRY(wn_pack_count(out, first.number));
    for (size_t i = 1; i < run; i++) {
        uint64_t number = split(names[i]).number;
        TRY(wn_pack_count(out, number - last - 1));
        last = number;
    }
done:
    return status;
}

wn_status wn_names_pack(wn_bytes *out, char *const *names, size_t n)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n;) {
        size_t run = run_of(names + i, n - i);
        TRY(pack_run(out, names + i, run));
        i += run;
    }
done:
    return status;
}

/* One run into names (room for n); *n_run tells how many it had. */
static wn_status unpack_run(wn_cursor *cursor, char **names, size_t n, size_t *n_run)
{
    wn_status status = WN_OK;
    char *stem = NULL;
    uint64_t n_stem = 0, run = 0, number = 0;
    TRY(wn_unpack_count(cursor, MAX_NAME, &n_stem));
    TRY(wn_new(&stem, n_stem + 1));
    TRY(wn_unpack_raw(cursor, stem, n_stem));
    if (strlen(stem) != n_stem)
        TRY(wn_unpack_damaged());
    TRY(wn_unpack_count(cursor, n, &run));
    if (run == 0)
        TRY(wn_string_copy(&names[0], stem));
    for (uint64_t i = 0; i < run; i++) {
        uint64_t step = 0;
        TRY(wn_unpack_count(cursor, UINT64_C(1000000000000000), &step));
        number = i == 0 ? step : number + step + 1;
        TRY(wn_string_format(&names[i], "%s%" PRIu64, stem, number));
    }
    *n_run = run == 0 ? 1 : run;
done:
    wn_free(stem);
    return status;
}

wn_status wn_names_unpack(wn_cursor *cursor, char **names, size_t n)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n;) {
        size_t run = 0;
        TRY(unpack_run(cursor, names + i, n - i, &run));
        i += run;
    }
done:
    return status;
}
