/* Runs the functions of src/extract on files, for the oracle tests.
 *
 *   drive_extract tokens STEM NGRAMS IN OUT           all terms of every text
 *   drive_extract tfidf tf|tfidf TERMS MINIMUM STEM NGRAMS IN OUT
 *                                                     terms with counts, rows and weights, then the rows
 *   drive_extract levels texts|numbers LIMIT IN OUT   levels, then the code of every cell
 *   drive_extract edges H W C IN OUT                  images of doubles -> images of doubles
 *   drive_extract orientations H W C CELL BINS IN OUT
 *
 * Texts are written as an int64 length and bytes each; other numbers as int64 and double. */
#include "winnow/image_orientations.h"
#include "winnow/keyed_counts.h"
#include "winnow/levels.h"
#include "winnow/memory.h"
#include "winnow/number_text.h"
#include "winnow/vocabulary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *bytes; /* owned */
    size_t n_bytes;
    wn_text *texts; /* (n) into bytes, owned */
    size_t n;
} input;

static void write_integer(FILE *out, int64_t value)
{
    fwrite(&value, sizeof value, 1, out);
}

static void write_double(FILE *out, double value)
{
    fwrite(&value, sizeof value, 1, out);
}

static void write_text(FILE *out, wn_text text)
{
    write_integer(out, (int64_t)text.n_bytes);
    fwrite(text.data, 1, text.n_bytes, out);
}

static wn_status read_file(input *in, const char *path)
{
    wn_status status = WN_OK;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return wn_fail(WN_NO_INPUT, "%s: cannot be opened", path);
    fseek(file, 0, SEEK_END);
    in->n_bytes = (size_t)ftell(file);
    rewind(file);
    TRY(wn_new(&in->bytes, in->n_bytes));
    if (fread(in->bytes, 1, in->n_bytes, file) != in->n_bytes)
        TRY(wn_fail(WN_IO, "%s: cannot be read", path));
done:
    fclose(file);
    return status;
}

static wn_status read_texts(input *in, const char *path)
{
    wn_status status = WN_OK;
    int64_t n_bytes;
    TRY(read_file(in, path));
    TRY(wn_new(&in->texts, in->n_bytes / sizeof n_bytes));
    for (size_t at = 0; at < in->n_bytes; at += (size_t)n_bytes) {
        memcpy(&n_bytes, in->bytes + at, sizeof n_bytes);
        at += sizeof n_bytes;
        in->texts[in->n++] = (wn_text){in->bytes + at, (size_t)n_bytes};
    }
done:
    return status;
}

static void clear(input *in)
{
    wn_free(in->texts);
    wn_free(in->bytes);
}

typedef struct {
    FILE *out;
    int64_t n;
} term_output;

static wn_status take(void *context, wn_text term, wn_hash key)
{
    term_output *to = context;
    wn_hash again = wn_hash_bytes(term.data, term.n_bytes, 0);
    if (wn_hash_compare(key, again) != 0)
        return wn_fail(WN_INTERNAL, "the key is not the term's");
    if (to->out != NULL)
        write_text(to->out, term);
    to->n++;
    return WN_OK;
}

static wn_status tokens(char **argument, input *in, FILE *out)
{
    wn_status status = WN_OK;
    wn_tokenizer *tokenizer = NULL;
    TRY(wn_tokenizer_new(&tokenizer, argument[0], (size_t)atoi(argument[1])));
    TRY(read_texts(in, argument[2]));
    for (size_t i = 0; i < in->n; i++) {
        term_output count = {NULL, 0}, to = {out, 0};
        TRY(wn_tokenizer_read(tokenizer, in->texts[i], (wn_term_sink){take, &count}));
        write_integer(out, count.n);
        TRY(wn_tokenizer_read(tokenizer, in->texts[i], (wn_term_sink){take, &to}));
    }
done:
    wn_tokenizer_free(tokenizer);
    return status;
}

static int by_key(const void *a, const void *b)
{
    return wn_hash_compare(((const wn_keyed_count *)a)->key, ((const wn_keyed_count *)b)->key);
}

/* The chosen entries of a tally, by key; the caller clears them. */
static wn_status choose(const wn_tally *tally, size_t limit, int64_t minimum, wn_keyed_top *chosen)
{
    static const wn_ranks alone = {.comm = MPI_COMM_NULL, .size = 1};
    wn_status status = WN_OK;
    wn_keyed_counts *counts = NULL;
    TRY(wn_keyed_counts_new(&counts, 0, NULL));
    for (size_t i = 0; i < wn_tally_size(tally); i++) {
        wn_tally_entry entry = wn_tally_at(tally, i);
        wn_keyed_count count = {.key = entry.key, .count = entry.count, .rows = entry.rows};
        count.text = entry.text.data;
        count.n_text = entry.text.n_bytes;
        TRY(wn_keyed_counts_add(counts, &count));
    }
    TRY(wn_keyed_counts_top(&alone, counts, limit, minimum, chosen));
    if (chosen->n > 0)
        qsort(chosen->entries, chosen->n, sizeof *chosen->entries, by_key);
done:
    wn_keyed_counts_free(counts);
    return status;
}

static wn_status write_rows(const wn_vocabulary *vocabulary, wn_tokenizer *tokenizer, const input *in, FILE *out)
{
    wn_status status = WN_OK;
    wn_term_counter *counter = NULL;
    wn_sparse_rows rows = {0};
    TRY(wn_term_counter_new(&counter, vocabulary));
    for (size_t i = 0; i < in->n; i++)
        TRY(wn_term_counter_append(counter, tokenizer, in->texts[i], 0, &rows));
    write_integer(out, (int64_t)rows.n_rows);
    for (size_t i = 0; i <= rows.n_rows; i++)
        write_integer(out, (int64_t)rows.start[i]);
    for (size_t i = 0; i < rows.n_entries; i++)
        write_integer(out, rows.column[i]);
    fwrite(rows.value, sizeof *rows.value, rows.n_entries, out);
done:
    wn_sparse_rows_clear(&rows);
    wn_term_counter_free(counter);
    return status;
}

static void write_terms(const wn_keyed_count *entries, size_t n, const double *idf, FILE *out)
{
    write_integer(out, (int64_t)n);
    for (size_t i = 0; i < n; i++) {
        write_text(out, (wn_text){entries[i].text, entries[i].n_text});
        write_integer(out, entries[i].count);
        write_integer(out, entries[i].rows);
        write_double(out, idf[i]);
    }
}

static wn_status tfidf(char **argument, input *in, FILE *out)
{
    wn_status status = WN_OK;
    wn_tokenizer *tokenizer = NULL;
    wn_tally *tally = NULL;
    wn_keyed_top chosen = {0};
    wn_vocabulary *vocabulary = NULL;
    wn_text *terms = NULL;
    double *idf = NULL;
    TRY(wn_tokenizer_new(&tokenizer, argument[3], (size_t)atoi(argument[4])));
    TRY(read_texts(in, argument[5]));
    TRY(wn_tally_new(&tally));
    for (size_t i = 0; i < in->n; i++)
        TRY(wn_tally_add_terms(tally, tokenizer, in->texts[i]));
    TRY(choose(tally, (size_t)atol(argument[1]), atol(argument[2]), &chosen));
    const wn_keyed_count *entries = chosen.entries;
    size_t n = chosen.n;
    TRY(wn_new(&terms, n));
    TRY(wn_new(&idf, n));
    for (size_t i = 0; i < n; i++) {
        terms[i] = (wn_text){entries[i].text, entries[i].n_text};
        idf[i] = wn_idf((int64_t)in->n, entries[i].rows);
    }
    write_terms(entries, n, idf, out);
    TRY(wn_vocabulary_new(&vocabulary, terms, strcmp(argument[0], "tf") == 0 ? NULL : idf, n));
    TRY(write_rows(vocabulary, tokenizer, in, out));
done:
    wn_vocabulary_free(vocabulary);
    wn_free(idf);
    wn_free(terms);
    wn_keyed_top_clear(&chosen);
    wn_tally_free(tally);
    wn_tokenizer_free(tokenizer);
    return status;
}

/* Cells as bytes that can be counted; of numbers, which come as eight bytes each, the canonical ones. */
static wn_status count_levels(wn_tally *tally, const input *in, bool are_numbers)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < in->n; i++) {
        wn_text text = in->texts[i];
        wn_level_bytes number = {0};
        if (are_numbers) {
            number = wn_level_number(wn_level_value(text));
            text = (wn_text){number.bytes, sizeof number};
        }
        wn_tally_begin_row(tally);
        TRY(wn_tally_add(tally, text, wn_hash_bytes(text.data, text.n_bytes, 0)));
    }
done:
    return status;
}

static void write_levels(const wn_levels *levels, const input *in, bool are_numbers, FILE *out)
{
    write_integer(out, (int64_t)wn_levels_size(levels));
    for (size_t i = 0; i < wn_levels_size(levels); i++) {
        char name[WN_NUMBER_TEXT_SIZE];
        wn_text text = wn_levels_at(levels, i);
        if (are_numbers) {
            wn_number_text(wn_level_value(text), name);
            text = (wn_text){name, strlen(name)};
        }
        write_text(out, text);
    }
    for (size_t i = 0; i < in->n; i++) {
        uint32_t code = 0;
        if (are_numbers) {
            double value = wn_level_value(in->texts[i]);
            wn_levels_code_numbers(levels, &value, 1, &code);
        } else {
            wn_levels_code_texts(levels, &in->texts[i], 1, 1, &code);
        }
        write_integer(out, (int64_t)code);
    }
}

static wn_status levels(char **argument, input *in, FILE *out)
{
    wn_status status = WN_OK;
    bool are_numbers = strcmp(argument[0], "numbers") == 0;
    wn_tally *tally = NULL;
    wn_keyed_top chosen = {0};
    wn_text *texts = NULL;
    wn_levels *made = NULL;
    TRY(read_texts(in, argument[2]));
    TRY(wn_tally_new(&tally));
    TRY(count_levels(tally, in, are_numbers));
    TRY(choose(tally, (size_t)atol(argument[1]), 1, &chosen));
    const wn_keyed_count *entries = chosen.entries;
    size_t n = chosen.n;
    TRY(wn_new(&texts, n));
    for (size_t i = 0; i < n; i++)
        texts[i] = (wn_text){entries[i].text, entries[i].n_text};
    TRY(wn_levels_new(&made, texts, n, are_numbers));
    write_levels(made, in, are_numbers, out);
done:
    wn_levels_free(made);
    wn_free(texts);
    wn_keyed_top_clear(&chosen);
    wn_tally_free(tally);
    return status;
}

static wn_status edges(char **argument, input *in, FILE *out)
{
    wn_status status = WN_OK;
    wn_image_shape shape = {(size_t)atol(argument[0]), (size_t)atol(argument[1]), (size_t)atol(argument[2])};
    size_t n = shape.height * shape.width;
    double *scratch = NULL, *made = NULL;
    TRY(read_file(in, argument[3]));
    TRY(wn_new(&scratch, wn_image_scratch_size(shape)));
    TRY(wn_new(&made, n));
    for (size_t at = 0; at < in->n_bytes; at += n * shape.channels * sizeof(double)) {
        wn_image_edges((const double *)(void *)(in->bytes + at), shape, scratch, made);
        fwrite(made, sizeof *made, n, out);
    }
done:
    wn_free(made);
    wn_free(scratch);
    return status;
}

static wn_status orientations(char **argument, input *in, FILE *out)
{
    wn_status status = WN_OK;
    wn_image_shape shape = {(size_t)atol(argument[0]), (size_t)atol(argument[1]), (size_t)atol(argument[2])};
    wn_orientations *o = NULL;
    double *scratch = NULL, *made = NULL;
    size_t down, along, bins;
    TRY(wn_orientations_new(&o, shape, (size_t)atol(argument[3]), (size_t)atol(argument[4])));
    wn_orientations_shape(o, &down, &along, &bins);
    TRY(read_file(in, argument[5]));
    TRY(wn_new(&scratch, wn_image_scratch_size(shape)));
    TRY(wn_new(&made, down * along * bins));
    for (size_t at = 0; at < in->n_bytes; at += shape.height * shape.width * shape.channels * sizeof(double)) {
        wn_orientations_apply(o, (const double *)(void *)(in->bytes + at), scratch, made);
        fwrite(made, sizeof *made, down * along * bins, out);
    }
done:
    wn_free(made);
    wn_free(scratch);
    wn_orientations_free(o);
    return status;
}

static const struct {
    const char *name;
    int n_arguments; /* the last is OUT */
    wn_status (*run)(char **argument, input *in, FILE *out);
} verbs[] = {{"tokens", 4, tokens},
             {"tfidf", 7, tfidf},
             {"levels", 4, levels},
             {"edges", 5, edges},
             {"orientations", 7, orientations}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++) {
        input in = {0};
        if (strcmp(verbs[i].name, argv[1]) != 0 || argc != 2 + verbs[i].n_arguments)
            continue;
        FILE *out = fopen(argv[argc - 1], "wb");
        if (out == NULL)
            return WN_CANT_CREATE;
        wn_status status = verbs[i].run(argv + 2, &in, out);
        clear(&in);
        if (status != WN_OK)
            fprintf(stderr, "drive_extract: %s\n", wn_status_message());
        return fclose(out) == 0 ? (int)status : WN_IO;
    }
    fprintf(stderr, "usage: see the source\n");
    return WN_USAGE;
}
