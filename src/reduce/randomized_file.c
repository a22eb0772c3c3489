/* What a sweep left, in a file of the run's: its directions, its sums, and the eigenvalues before it. */
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
} head;

static head head_of(const wn_randomized *r)
{
    head made = {.p = r->p, .width = r->width, .n_sweeps = r->n_sweeps};
    memcpy(made.magic, MAGIC, sizeof MAGIC);
    return made;
}

enum { PARTS = 4 };

/* The parts of the file, in order. */
static void list_parts(const wn_randomized *r, head *first, void *part[PARTS], size_t bytes[PARTS])
{
    wn_span sums = wn_sketch_accumulator(r->sketch).ops->sums(r->sketch);
    part[0] = first;
    part[1] = r->values;
    part[2] = r->directions;
    part[3] = sums.data;
    bytes[0] = sizeof *first;
    bytes[1] = r->width * sizeof *r->values;
    bytes[2] = r->width * r->p * sizeof *r->directions;
    bytes[3] = sums.n * sizeof *sums.data;
}

static wn_status write_parts(const wn_randomized *r, const char *path)
{
    wn_status status = WN_OK;
    head first = head_of(r);
    void *part[PARTS];
    size_t bytes[PARTS];
    bool is_good = true;
    TRY(wn_durable_create(path));
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return wn_durable_refusal(path);
    list_parts(r, &first, part, bytes);
    for (size_t i = 0; i < PARTS && is_good; i++)
        is_good = fwrite(part[i], 1, bytes[i], file) == bytes[i];
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
    void *part[PARTS];
    size_t bytes[PARTS];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return wn_fail(WN_NO_INPUT, "%s: %s", path, strerror(errno));
    list_parts(r, &first, part, bytes);
    bool is_good = fread(&first, 1, sizeof first, file) == sizeof first;
    wanted.n_sweeps = first.n_sweeps;
    is_good = is_good && memcmp(&first, &wanted, sizeof first) == 0 && first.n_sweeps > 0 && first.n_sweeps < INT32_MAX;
    for (size_t i = 1; i < PARTS && is_good; i++)
        is_good = fread(part[i], 1, bytes[i], file) == bytes[i];
    fclose(file);
    if (!is_good)
        return wn_fail(WN_BAD_DATA, "%s: not the sweep of a reduction of %zu features to %zu directions", path, r->p,
                       r->width);
    r->n_sweeps = (int)first.n_sweeps;
    return WN_OK;
}

wn_status wn_randomized_read(wn_randomized *r, const char *path)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(r->ranks, r->ranks->rank == 0 ? read_parts(r, path) : WN_OK));
    TRY(wn_ranks_broadcast(r->ranks, 0, &r->n_sweeps, sizeof r->n_sweeps));
    TRY(wn_ranks_broadcast(r->ranks, 0, r->directions, r->width * r->p * sizeof *r->directions));
done:
    return status;
}
