#include "catalog_bytes.h"
#include "winnow/memory.h"

static wn_status read_on_root(const wn_ranks *ranks, wn_catalog **catalog, const wn_input *input, unsigned char **bytes,
                              size_t *n)
{
    wn_status status = WN_OK;
    if (ranks->rank != 0)
        return WN_OK;
    TRY(wn_catalog_read(catalog, input));
    TRY(wn_catalog_to_bytes(*catalog, bytes, n));
done:
    return status;
}

static wn_status new_elsewhere(const wn_ranks *ranks, unsigned char **bytes, size_t n)
{
    return ranks->rank == 0 ? WN_OK : wn_new(bytes, n);
}

static wn_status parse_elsewhere(const wn_ranks *ranks, wn_catalog **catalog, const unsigned char *bytes, size_t n)
{
    return ranks->rank == 0 ? WN_OK : wn_catalog_from_bytes(catalog, bytes, n);
}

wn_status wn_catalog_open(const wn_ranks *ranks, wn_catalog **catalog, const wn_input *input)
{
    wn_status status = WN_OK;
    wn_catalog *read = NULL;
    unsigned char *bytes = NULL;
    size_t n = 0;
    TRY(wn_ranks_agree(ranks, read_on_root(ranks, &read, input, &bytes, &n)));
    TRY(wn_ranks_broadcast(ranks, 0, &n, sizeof n));
    TRY(wn_ranks_agree(ranks, new_elsewhere(ranks, &bytes, n)));
    TRY(wn_ranks_broadcast(ranks, 0, bytes, n));
    TRY(wn_ranks_agree(ranks, parse_elsewhere(ranks, &read, bytes, n)));
    *catalog = read;
    read = NULL;
done:
    wn_free(bytes);
    wn_catalog_free(read);
    return status;
}
