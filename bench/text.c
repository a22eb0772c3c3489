/* Fits tf-idf to texts and makes their rows, as a run does on every rank: terms counted in a tally and under keys over
 * all ranks, the most frequent chosen, then sparse rows.
 *
 *   bench_text TERMS MINIMUM IN OUT
 *
 * IN: of every text an int64 length and its bytes. The seconds of both halves are told; OUT.terms has the terms a line
 * each, OUT.R rank R's rows as numbers of entries (int64, one a row), columns (uint32) and values (double). */
#include "winnow/clock.h"
#include "winnow/keyed_counts.h"
#include "winnow/memory.h"
#include "winnow/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TALLY_BYTES = 8 << 20, COUNTS_BYTES = 16 << 20 }; /* a column's share in level_counts.c */

typedef struct {
    wn_ranks ranks;
    char *bytes;
    wn_text *texts; /* (n) this rank's, into bytes */
    size_t n_all, first, n;
    wn_tokenizer *tokenizer;
    wn_tally *tally;
    wn_keyed_counts *counts;
    wn_vocabulary *vocabulary;
    wn_term_counter *counter;
    wn_sparse_rows rows;
} bench;

static wn_status read_texts(bench *b, const char *path)
{
    wn_status status = WN_OK;
    wn_text *all = NULL;
    int64_t length;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return wn_fail(WN_NO_INPUT, "%s: cannot be opened", path);
    fseek(file, 0, SEEK_END);
    size_t n_bytes = (size_t)ftell(file);
    rewind(file);
    TRY(wn_new(&b->bytes, n_bytes));
    if (fread(b->bytes, 1, n_bytes, file) != n_bytes)
        TRY(wn_fail(WN_IO, "%s: cannot be read", path));
    TRY(wn_new(&all, n_bytes / sizeof length));
    for (size_t at = 0; at < n_bytes; at += (size_t)length) {
        memcpy(&length, b->bytes + at, sizeof length);
        at += sizeof length;
        all[b->n_all++] = (wn_text){b->bytes + at, (size_t)length};
    }
    wn_range mine = wn_range_part((int64_t)b->n_all, b->ranks.size, b->ranks.rank);
    b->n = (size_t)(mine.last - mine.first);
    TRY(wn_new(&b->texts, b->n));
    memcpy(b->texts, all + mine.first, b->n * sizeof *all);
done:
    wn_free(all);
    fclose(file);
    return status;
}

static wn_status hand_on(bench *b)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < wn_tally_size(b->tally); i++) {
        wn_tally_entry entry = wn_tally_at(b->tally, i);
        wn_keyed_count count = {.key = entry.key, .count = entry.count, .rows = entry.rows};
        count.text = entry.text.data;
        count.n_text = entry.text.n_bytes;
        TRY(wn_keyed_counts_add(b->counts, &count));
    }
    wn_tally_free(b->tally);
    b->tally = NULL;
    TRY(wn_tally_new(&b->tally));
done:
    return status;
}

static wn_status count(bench *b)
{
    wn_status status = WN_OK;
    TRY(wn_tokenizer_new(&b->tokenizer, "none", 1));
    TRY(wn_tally_new(&b->tally));
    TRY(wn_keyed_counts_new(&b->counts, COUNTS_BYTES, "/tmp"));
    for (size_t i = 0; i < b->n; i++) {
        TRY(wn_tally_add_terms(b->tally, b->tokenizer, b->texts[i]));
        if (wn_tally_bytes(b->tally) > TALLY_BYTES)
            TRY(hand_on(b));
    }
    TRY(hand_on(b));
done:
    return status;
}

static wn_status choose(bench *b, const wn_keyed_top *top)
{
    wn_status status = WN_OK;
    wn_text *terms = NULL;
    double *weights = NULL;
    TRY(wn_new(&terms, top->n));
    TRY(wn_new(&weights, top->n));
    for (size_t i = 0; i < top->n; i++) {
        terms[i] = (wn_text){top->entries[i].text, top->entries[i].n_text};
        weights[i] = wn_idf((int64_t)b->n_all, top->entries[i].rows);
    }
    TRY(wn_vocabulary_new(&b->vocabulary, terms, weights, top->n));
done:
    wn_free(terms);
    wn_free(weights);
    return status;
}

static wn_status fit(bench *b, size_t terms, int64_t minimum)
{
    wn_status status = WN_OK;
    wn_keyed_top top = {0};
    TRY(wn_ranks_agree(&b->ranks, count(b)));
    TRY(wn_keyed_counts_partition(&b->ranks, b->counts));
    TRY(wn_keyed_counts_top(&b->ranks, b->counts, terms, minimum, &top));
    TRY(wn_ranks_agree(&b->ranks, choose(b, &top)));
done:
    wn_keyed_top_clear(&top);
    return status;
}

static wn_status transform(bench *b)
{
    wn_status status = WN_OK;
    TRY(wn_term_counter_new(&b->counter, b->vocabulary));
    for (size_t i = 0; i < b->n; i++)
        TRY(wn_term_counter_append(b->counter, b->tokenizer, b->texts[i], 0, &b->rows));
done:
    return status;
}

static wn_status write_rows(const bench *b, const char *path)
{
    wn_status status = WN_OK;
    char *name = NULL;
    FILE *file = NULL;
    TRY(wn_string_format(&name, "%s.%d", path, b->ranks.rank));
    file = fopen(name, "wb");
    if (file == NULL)
        TRY(wn_fail(WN_CANT_CREATE, "%s: cannot be made", name));
    for (size_t i = 0; i < b->rows.n_rows; i++)
        fwrite(&(int64_t){(int64_t)(b->rows.start[i + 1] - b->rows.start[i])}, sizeof(int64_t), 1, file);
    fwrite(b->rows.column, sizeof *b->rows.column, b->rows.n_entries, file);
    fwrite(b->rows.value, sizeof *b->rows.value, b->rows.n_entries, file);
done:
    if (file != NULL)
        fclose(file);
    wn_free(name);
    return status;
}

static wn_status write_terms(const bench *b, const char *path)
{
    wn_status status = WN_OK;
    char *name = NULL;
    FILE *file = NULL;
    TRY(wn_string_format(&name, "%s.terms", path));
    file = fopen(name, "wb");
    if (file == NULL)
        TRY(wn_fail(WN_CANT_CREATE, "%s: cannot be made", name));
    for (size_t i = 0; i < wn_vocabulary_size(b->vocabulary); i++) {
        wn_text term = wn_vocabulary_term(b->vocabulary, i);
        fprintf(file, "%.*s\n", (int)term.n_bytes, term.data);
    }
done:
    if (file != NULL)
        fclose(file);
    wn_free(name);
    return status;
}

static wn_status run(bench *b, char **argument)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(&b->ranks, read_texts(b, argument[2])));
    double begin = wn_clock_seconds();
    TRY(fit(b, strtoull(argument[0], NULL, 10), atoll(argument[1])));
    double fitted = wn_clock_seconds();
    TRY(wn_ranks_agree(&b->ranks, transform(b)));
    double done = wn_clock_seconds();
    if (b->ranks.rank == 0)
        printf("%.6f %.6f\n", fitted - begin, done - fitted);
    TRY(wn_ranks_agree(&b->ranks, write_rows(b, argument[3])));
    TRY(wn_ranks_agree(&b->ranks, b->ranks.rank == 0 ? write_terms(b, argument[3]) : WN_OK));
done:
    return status;
}

int main(int argc, char **argv)
{
    int threads;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &threads);
    bench b = {.ranks = wn_ranks_of(MPI_COMM_WORLD)};
    wn_status status = argc == 5 ? run(&b, argv + 1) : WN_USAGE;
    if (status != WN_OK && b.ranks.rank == 0)
        fprintf(stderr, "bench_text: %s\n", wn_status_message());
    wn_sparse_rows_clear(&b.rows);
    wn_term_counter_free(b.counter);
    wn_vocabulary_free(b.vocabulary);
    wn_keyed_counts_free(b.counts);
    wn_tally_free(b.tally);
    wn_tokenizer_free(b.tokenizer);
    wn_free(b.texts);
    wn_free(b.bytes);
    MPI_Finalize();
    return (int)status;
}
