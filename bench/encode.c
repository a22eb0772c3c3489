/* Fits one-hot levels to categories and makes the rows' features, as a run does on every rank: levels counted in
 * tallies and under keys over all ranks, the most frequent chosen, then features.
 *
 *   bench_encode LEVELS TIMES IN OUT
 *
 * IN: the numbers of rows, of columns of numbers and of strings (int64), then the numbers, row after row, then of every
 * string, row after row, an int64 length and its bytes. Both halves are done so many times, as in one process of the
 * peer, and their seconds told, a line each; OUT.names has the names of the features a line each, OUT.R rank R's rows:
 * their features that are not 0 (uint32), one of each column, then their values (float32). */
#include "encoder.h"
#include "level_counts.h"

#include "winnow/clock.h"
#include "winnow/memory.h"
#include "winnow/ranks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_ROWS = 65536 /* the most of a reader's blocks */, TILE_ROWS = 64 /* as recipe_apply.c has */ };

typedef struct {
    wn_ranks ranks;
    int64_t n_all, n_numbers, n_texts;
    wn_range mine;
    size_t n_blocks;
    wn_block **blocks; /* of this rank's rows */
    char *bytes;       /* of all strings */
    wn_recipe *recipe;
    wn_sparse_rows *tile; /* (n_encoders) rows of a tile */
    uint32_t *column;     /* (n_rows, n_encoders) */
    float *value;         /* (n_rows, n_encoders) */
} bench;

static wn_status read_bytes(FILE *file, void *data, size_t n)
{
    return fread(data, 1, n, file) == n ? WN_OK : wn_fail(WN_IO, "the input cannot be read");
}

static wn_status new_blocks(bench *b)
{
    wn_status status = WN_OK;
    size_t n_rows = (size_t)(b->mine.last - b->mine.first);
    b->n_blocks = (n_rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
    TRY(wn_new(&b->blocks, b->n_blocks));
    for (size_t k = 0; k < b->n_blocks; k++) {
        size_t n = n_rows - k * BLOCK_ROWS < BLOCK_ROWS ? n_rows - k * BLOCK_ROWS : BLOCK_ROWS;
        TRY(wn_block_new(&b->blocks[k], n, (size_t)b->n_numbers, false));
        TRY(wn_block_add_texts(b->blocks[k], (size_t)b->n_texts));
        b->blocks[k]->n_rows = n;
    }
done:
    return status;
}

static void set_texts(bench *b)
{
    const char *at = b->bytes;
    for (int64_t i = 0; i < b->n_all * b->n_texts; i++) {
        int64_t length, row = i / b->n_texts - b->mine.first;
        memcpy(&length, at, sizeof length);
        at += sizeof length;
        if (row >= 0 && row < b->mine.last - b->mine.first)
            b->blocks[row / BLOCK_ROWS]->texts[row % BLOCK_ROWS * b->n_texts + i % b->n_texts] =
                (wn_text){at, (size_t)length};
        at += length;
    }
}

static wn_status read_rows(bench *b, const char *path)
{
    wn_status status = WN_OK;
    int64_t head[3];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return wn_fail(WN_NO_INPUT, "%s: cannot be opened", path);
    TRY(read_bytes(file, head, sizeof head));
    b->n_all = head[0];
    b->n_numbers = head[1];
    b->n_texts = head[2];
    b->mine = wn_range_part(b->n_all, b->ranks.size, b->ranks.rank);
    TRY(new_blocks(b));
    size_t row_bytes = (size_t)b->n_numbers * sizeof(double);
    fseek(file, (long)sizeof head + (long)row_bytes * b->mine.first, SEEK_SET);
    for (size_t k = 0; k < b->n_blocks; k++)
        TRY(read_bytes(file, b->blocks[k]->cells, b->blocks[k]->n_rows * row_bytes));
    fseek(file, 0, SEEK_END);
    long begin = (long)sizeof head + (long)row_bytes * b->n_all, n = ftell(file) - begin;
    fseek(file, begin, SEEK_SET);
    TRY(wn_new(&b->bytes, (size_t)n));
    TRY(read_bytes(file, b->bytes, (size_t)n));
    set_texts(b);
done:
    fclose(file);
    return status;
}

static wn_status new_recipe(bench *b, size_t levels)
{
    wn_status status = WN_OK;
    size_t n = (size_t)(b->n_numbers + b->n_texts);
    char(*names)[24] = NULL;
    wn_column *columns = NULL;
    TRY(wn_new(&names, n));
    TRY(wn_new(&columns, n));
    for (size_t c = 0; c < n; c++) {
        snprintf(names[c], sizeof names[c], "x%zu", c);
        columns[c] = (wn_column){.name = names[c], .is_text = c >= (size_t)b->n_numbers};
    }
    const wn_catalog catalog = {.n_columns = n, .columns = columns};
    TRY(wn_recipe_new(&b->recipe, &catalog));
    for (size_t c = 0; c < n; c++) {
        b->recipe->columns[c].kind = WN_COLUMN_CATEGORICAL;
        b->recipe->columns[c].levels = levels;
        b->recipe->columns[c].lower = -(double)INFINITY; /* no cell is an outlier */
        b->recipe->columns[c].upper = (double)INFINITY;
    }
done:
    wn_free(columns);
    wn_free(names);
    return status;
}

static wn_status count(bench *b, wn_level_counts **counts)
{
    wn_status status = WN_OK;
    TRY(wn_level_counts_new(counts, b->recipe, "/tmp"));
    wn_accumulator accumulator = wn_level_counts_accumulator(*counts);
    for (size_t k = 0; k < b->n_blocks; k++)
        TRY(accumulator.ops->add(accumulator.state, b->blocks[k]));
done:
    return status;
}

static wn_status fit(bench *b)
{
    wn_status status = WN_OK;
    wn_level_counts *counts = NULL;
    TRY(wn_ranks_agree(&b->ranks, count(b, &counts)));
    TRY(wn_level_counts_fit(&b->ranks, counts, b->recipe));
    TRY(wn_ranks_agree(&b->ranks, wn_recipe_list_features(b->recipe)));
done:
    wn_level_counts_free(counts);
    return status;
}

/* A tile's rows, every one with one entry of each encoder, behind those of other tiles. */
static void keep_tile(bench *b, size_t first, size_t n_rows)
{
    size_t n = b->recipe->n_encoders;
    for (size_t e = 0; e < n; e++)
        for (size_t i = 0; i < n_rows; i++) {
            b->column[(first + i) * n + e] = b->tile[e].column[i] + (uint32_t)b->recipe->encoders[e].first;
            b->value[(first + i) * n + e] = (float)b->tile[e].value[i];
        }
}

static wn_status transform_tile(bench *b, const wn_raw_rows *rows, size_t first)
{
    wn_status status = WN_OK;
    for (size_t e = 0; e < b->recipe->n_encoders; e++) {
        const wn_encoder *encoder = &b->recipe->encoders[e];
        wn_sparse_rows_empty(&b->tile[e]);
        TRY(encoder->ops->append(encoder, b->recipe, rows, &b->tile[e]));
        if (b->tile[e].n_entries != rows->n_rows)
            TRY(wn_fail(WN_BAD_DATA, "a row without a level"));
    }
    keep_tile(b, first, rows->n_rows);
done:
    return status;
}

static wn_status transform(bench *b)
{
    wn_status status = WN_OK;
    size_t n_entries = (size_t)(b->mine.last - b->mine.first) * b->recipe->n_encoders;
    TRY(wn_new(&b->tile, b->recipe->n_encoders));
    TRY(wn_new(&b->column, n_entries));
    TRY(wn_new(&b->value, n_entries));
    for (size_t k = 0; k < b->n_blocks; k++)
        for (size_t first = 0; first < b->blocks[k]->n_rows; first += TILE_ROWS) {
            size_t n = b->blocks[k]->n_rows - first < TILE_ROWS ? b->blocks[k]->n_rows - first : TILE_ROWS;
            const wn_raw_rows rows = wn_raw_rows_of(b->blocks[k], first, n);
            TRY(transform_tile(b, &rows, k * BLOCK_ROWS + first));
        }
done:
    return status;
}

static wn_status write_all(const bench *b, const char *path)
{
    wn_status status = WN_OK;
    char *name = NULL, *names = NULL;
    FILE *rows = NULL, *list = NULL;
    TRY(wn_string_format(&name, "%s.%d", path, b->ranks.rank));
    TRY(wn_string_format(&names, "%s.names", path));
    rows = fopen(name, "wb");
    list = fopen(b->ranks.rank == 0 ? names : "/dev/null", "wb");
    if (rows == NULL || list == NULL)
        TRY(wn_fail(WN_CANT_CREATE, "%s: cannot be made", path));
    size_t n_entries = (size_t)(b->mine.last - b->mine.first) * b->recipe->n_encoders;
    fwrite(b->column, sizeof *b->column, n_entries, rows);
    fwrite(b->value, sizeof *b->value, n_entries, rows);
    for (size_t f = 0; f < b->recipe->n_features; f++)
        fprintf(list, "%s\n", b->recipe->feature_names[f]);
done:
    if (rows != NULL)
        fclose(rows);
    if (list != NULL)
        fclose(list);
    wn_free(names);
    wn_free(name);
    return status;
}

/* What a repetition made. */
static void forget(bench *b)
{
    for (size_t e = 0; b->tile != NULL && e < b->recipe->n_encoders; e++)
        wn_sparse_rows_clear(&b->tile[e]);
    wn_free(b->tile);
    wn_free(b->column);
    wn_free(b->value);
    wn_recipe_free(b->recipe);
    b->tile = NULL;
    b->column = NULL;
    b->value = NULL;
    b->recipe = NULL;
}

static wn_status run_once(bench *b, size_t levels)
{
    wn_status status = WN_OK;
    forget(b);
    TRY(wn_ranks_agree(&b->ranks, new_recipe(b, levels)));
    double begin = wn_clock_seconds();
    TRY(fit(b));
    double fitted = wn_clock_seconds();
    TRY(wn_ranks_agree(&b->ranks, transform(b)));
    double done = wn_clock_seconds();
    if (b->ranks.rank == 0)
        printf("%.6f %.6f\n", fitted - begin, done - fitted);
done:
    return status;
}

static wn_status run(bench *b, char **argument)
{
    wn_status status = WN_OK;
    size_t levels = strtoull(argument[0], NULL, 10);
    long times = strtol(argument[1], NULL, 10);
    TRY(wn_ranks_agree(&b->ranks, read_rows(b, argument[2])));
    while (times-- > 0)
        TRY(run_once(b, levels));
    TRY(wn_ranks_agree(&b->ranks, write_all(b, argument[3])));
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
        fprintf(stderr, "bench_encode: %s\n", wn_status_message());
    forget(&b);
    for (size_t k = 0; b.blocks != NULL && k < b.n_blocks; k++)
        wn_block_free(b.blocks[k]);
    wn_free(b.blocks);
    wn_free(b.bytes);
    MPI_Finalize();
    return (int)status;
}
