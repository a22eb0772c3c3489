/* What the sweeps left, in a file of the run's: their directions and products, and what was explained before the last.
 */
#include "randomized_state.h"

#include "winnow/durable.h"
#include "winnow/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char MAGIC[8] = "wnsweep";

typedef struct {
    char magic[sizeof MAGIC];
    uint64_t p, width;
    int64_t n_sweeps;
    double explained;
} head;

static head head_of(const wn_randomized *r)
{
    head made = {.p = r->p, .width = r->width, .n_sweeps = r->n_sweeps, .explained = r->explained};
    memcpy(made.magic, MAGIC, sizeof MAGIC);
    return made;
}

static wn_status write_parts(const wn_randomized *r, const char *path)
{
    wn_status status = WN_OK;
    head first = head_of(r);
    size_t n = (size_t)r->n_sweeps * r->width * r->p;
    TRY(wn_durable_create(path));
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return wn_durable_refusal(path);
    bool is_good = fwrite(&first, sizeof first, 1, file) == 1 && fwrite(r->basis, sizeof *r->basis, n, file) == n &&
                   fwrite(r->products, sizeof *r->products, n, file) == n;
    is_good = fclose(file) == 0 && is_good;
    if (!is_good)
        TRY(wn_fail(WN_IO, "%s: %s", path, strerror(errno)));
    TRY(wn_durable_sync(path));
done:
    return status;
}

wn_status wn_randomized_write(const wn_randomized *r, const char *path)
{
    wn_status status = WN_OK;
    char *part = NULL;
    TRY(wn_string_format(&part, "%s.part", path));
    TRY(write_parts(r, part));
    TRY(wn_durable_rename(part, path));
done:
    if (status != WN_OK && part != NULL)
        unlink(part);
    wn_free(part);
    return status;
}

static wn_status read_parts(wn_randomized *r, const char *path)
{
    head first, wanted = head_of(r);
    int most = wn_randomized_most_sweeps(r->options.n_components, r->p);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return wn_fail(WN_NO_INPUT, "%s: %s", path, strerror(errno));
    bool is_good = fread(&first, sizeof first, 1, file) == 1 && first.n_sweeps > 0 && first.n_sweeps <= most;
    wanted.n_sweeps = first.n_sweeps;
    wanted.explained = first.explained;
    is_good = is_good && memcmp(&first, &wanted, sizeof first) == 0;
    size_t n = is_good ? (size_t)first.n_sweeps * r->width * r->p : 0;
    is_good = is_good && fread(r->basis, sizeof *r->basis, n, file) == n &&
              fread(r->products, sizeof *r->products, n, file) == n;
    fclose(file);
    if (!is_good)
        return wn_fail(WN_BAD_DATA, "%s: not sweeps of a reduction of %zu features by %zu directions", path, r->p,
                       r->width);
    r->n_sweeps = (int)first.n_sweeps;
    r->explained = first.explained;
    return WN_OK;
}

wn_status wn_randomized_read(wn_randomized *r, const char *path)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(r->ranks, r->ranks->rank == 0 ? read_parts(r, path) : WN_OK));
    TRY(wn_ranks_broadcast(r->ranks, 0, &r->n_sweeps, sizeof r->n_sweeps));
done:
    return status;
}
