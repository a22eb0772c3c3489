/* The terms of a text column: how many, words of a term, training rows, whether terms are weighed, the stemmer's name;
 * then, term by term in the order of bytes, what each shares with the one before it and how long the rest is, the
 * rests, and in how many rows a term is, from which its weight follows. All of them are there, also those whose
 * features the network does not see: the length of a row is that of all its terms. */
#include "encoder_sections.h"
#include "sections.h"

#include "winnow/memory.h"
#include "winnow/tokens.h"

#include <string.h>

enum { MOST_STEM = 63, MOST_TERM = WN_NGRAMS_MAX * (WN_WORD_BYTES + 1), MOST_BYTES = 1 << 27 };

static const uint64_t MOST_ROWS = INT64_MAX / 2;

/* Bytes of a run that tells its own length. */
static wn_status pack_run(wn_bytes *out, const wn_bytes *run)
{
    wn_status status = WN_OK;
    TRY(wn_pack_count(out, run->n));
    TRY(wn_pack_bytes(out, run->data, run->n));
done:
    return status;
}

static size_t shared(wn_text a, wn_text b)
{
    size_t n = 0;
    while (n < a.n_bytes && n < b.n_bytes && a.data[n] == b.data[n])
        n++;
    return n;
}

static wn_status pack_terms(wn_bytes *out, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    wn_bytes lengths = {0}, rests = {0}, rows = {0};
    wn_text last = {"", 0};
    for (size_t i = 0; i < facts->n_levels; i++) {
        wn_text term = facts->levels[i];
        size_t prefix = shared(last, term);
        TRY(wn_pack_count(&lengths, prefix));
        TRY(wn_pack_count(&lengths, term.n_bytes - prefix));
        TRY(wn_bytes_append(&rests, term.data + prefix, term.n_bytes - prefix));
        TRY(wn_pack_count(&rows, (uint64_t)facts->term_rows[i]));
        last = term;
    }
    TRY(pack_run(out, &lengths));
    TRY(pack_run(out, &rests));
    TRY(pack_run(out, &rows));
done:
    wn_bytes_clear(&rows);
    wn_bytes_clear(&rests);
    wn_bytes_clear(&lengths);
    return status;
}

wn_status wn_section_pack_terms(wn_bytes *out, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    TRY(wn_pack_count(out, facts->n_levels));
    TRY(wn_pack_count(out, facts->ngrams));
    TRY(wn_pack_count(out, (uint64_t)facts->n_rows));
    TRY(wn_pack_count(out, facts->has_idf));
    TRY(wn_pack_count(out, strlen(facts->stem)));
    TRY(wn_bytes_append(out, facts->stem, strlen(facts->stem)));
    TRY(pack_terms(out, facts));
done:
    return status;
}

/* The bytes of a run (new), to be read by *run. */
static wn_status unpack_run(wn_cursor *cursor, unsigned char **bytes, wn_cursor *run)
{
    wn_status status = WN_OK;
    uint64_t n = 0;
    TRY(wn_unpack_count(cursor, MOST_BYTES, &n));
    TRY(wn_new(bytes, n));
    TRY(wn_unpack_bytes(cursor, *bytes, n));
    *run = (wn_cursor){*bytes, n};
done:
    return status;
}

/* Bytes of all terms, none of which shares more than the one before it has. */
static wn_status count_bytes(wn_cursor lengths, size_t n_terms, size_t *n_bytes)
{
    wn_status status = WN_OK;
    uint64_t prefix = 0, rest = 0, last = 0;
    *n_bytes = 0;
    for (size_t i = 0; i < n_terms; i++) {
        TRY(wn_unpack_count(&lengths, last, &prefix));
        TRY(wn_unpack_count(&lengths, MOST_TERM - prefix, &rest));
        last = prefix + rest;
        *n_bytes += last;
        if (*n_bytes > MOST_BYTES)
            TRY(wn_unpack_damaged());
    }
    if (lengths.n != 0)
        TRY(wn_unpack_damaged());
done:
    return status;
}

/* Lengths are those that count_bytes has seen. */
static wn_status unpack_terms(wn_cursor lengths, wn_cursor rests, char *at, wn_read_encoder *read)
{
    wn_status status = WN_OK;
    wn_encoder_facts *facts = &read->facts;
    const char *last = at;
    for (size_t i = 0; i < facts->n_levels; i++) {
        uint64_t prefix = 0, rest = 0;
        TRY(wn_unpack_count(&lengths, MOST_TERM, &prefix));
        TRY(wn_unpack_count(&lengths, MOST_TERM, &rest));
        memcpy(at, last, prefix);
        TRY(wn_unpack_raw(&rests, at + prefix, rest));
        facts->levels[i] = (wn_text){at, prefix + rest};
        last = at;
        at += prefix + rest;
    }
    if (rests.n != 0)
        TRY(wn_unpack_damaged());
done:
    return status;
}

static wn_status unpack_rows(wn_cursor rows, wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    TRY(wn_new(&facts->term_rows, facts->n_levels));
    for (size_t i = 0; i < facts->n_levels; i++) {
        uint64_t n = 0;
        TRY(wn_unpack_count(&rows, (uint64_t)facts->n_rows, &n));
        facts->term_rows[i] = (int64_t)n;
    }
    if (rows.n != 0)
        TRY(wn_unpack_damaged());
done:
    return status;
}

/* Behind the stemmer's name (n_stem bytes), which stays before the terms. */
static wn_status unpack_runs(wn_cursor *cursor, wn_read_encoder *read, size_t n_stem)
{
    wn_status status = WN_OK;
    unsigned char *bytes[3] = {NULL, NULL, NULL};
    wn_cursor run[3];
    size_t n_bytes = 0;
    for (size_t i = 0; i < 3; i++)
        TRY(unpack_run(cursor, &bytes[i], &run[i]));
    TRY(wn_new(&read->facts.levels, read->facts.n_levels));
    TRY(count_bytes(run[0], read->facts.n_levels, &n_bytes));
    TRY(wn_resize(&read->bytes, n_stem + 1 + n_bytes));
    TRY(unpack_terms(run[0], run[1], (char *)read->bytes + n_stem + 1, read));
    TRY(unpack_rows(run[2], &read->facts));
done:
    for (size_t i = 0; i < 3; i++)
        wn_free(bytes[i]);
    return status;
}

wn_status wn_section_unpack_terms(wn_cursor *cursor, wn_read_encoder *read)
{
    wn_status status = WN_OK;
    wn_encoder_facts *facts = &read->facts;
    uint64_t n_terms = 0, ngrams = 0, n_rows = 0, has_idf = 0, n_stem = 0;
    TRY(wn_unpack_count(cursor, WN_MAX_COLUMNS, &n_terms));
    TRY(wn_unpack_count(cursor, WN_NGRAMS_MAX, &ngrams));
    TRY(wn_unpack_count(cursor, MOST_ROWS, &n_rows));
    TRY(wn_unpack_count(cursor, 1, &has_idf));
    TRY(wn_unpack_count(cursor, MOST_STEM, &n_stem));
    TRY(wn_new(&read->bytes, n_stem + 1));
    TRY(wn_unpack_raw(cursor, read->bytes, n_stem));
    facts->n_levels = n_terms;
    facts->ngrams = ngrams;
    facts->n_rows = (int64_t)n_rows;
    facts->has_idf = has_idf == 1;
    TRY(unpack_runs(cursor, read, n_stem));
    facts->stem = (const char *)read->bytes;
done:
    return status;
}
