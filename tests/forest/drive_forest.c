/* drive_forest.c - a forest of tables that a script wrote, for oracles and benchmarks:
 *
 *     drive_forest DIRECTORY N_TRAIN N_TEST N_FEATURES N_CLASSES [trees=100 depth=10 seed=0 tried=0 threads=0 memory=0
 *                  gather=0 score=0]
 *
 * DIRECTORY has train.f64 (n_train, n_features), label.f64 (n_train), test.f64 (n_test, n_features). Edges are
 * quantiles of the first 65,536 rows. Writes said.f64 (n_test, outputs) and prints JSON. */
#include "grown.h"

#include "winnow/bin_codes.h"
#include "winnow/clock.h"
#include "winnow/fixed_label.h"
#include "winnow/forest.h"
#include "winnow/forest_score.h"
#include "winnow/memory.h"
#include "winnow/radix_sort.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_ROWS = 65536 };

typedef struct {
    wn_ranks ranks;
    const char *directory;
    size_t n_train, n_test, n_features, n_classes;
    bool is_scored;
    wn_forest_options options;
    wn_bin_codes *bin_codes;
    wn_fixed_label scale;
    wn_forest_rows rows;
    uint8_t *codes, *test_codes;
    int32_t *labels;
    int64_t *numbers;
    wn_forest *forest;
    wn_forest_score score;
    double *permutation;
    double edge_seconds, code_seconds, grow_seconds, score_seconds;
} drive;

/* n doubles from `first` on; the caller frees them. */
static wn_status read_doubles(const drive *d, const char *name, size_t first, size_t n, double **values)
{
    wn_status status = WN_OK;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", d->directory, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return wn_fail(WN_NO_INPUT, "%s cannot be opened", path);
    TRY(wn_new(values, n));
    if (fseek(file, (long)(first * sizeof **values), SEEK_SET) != 0 || fread(*values, sizeof **values, n, file) != n)
        TRY(wn_fail(WN_IO, "%s is too short", path));
done:
    fclose(file);
    return status;
}

static wn_status find_edges(drive *d)
{
    wn_status status = WN_OK;
    double *cells = NULL, *sorted = NULL, *edges = NULL;
    size_t n = d->n_train < SAMPLE_ROWS ? d->n_train : SAMPLE_ROWS, p = d->n_features, *n_edges = NULL, at = 0;
    TRY(read_doubles(d, "train.f64", 0, n * p, &cells));
    TRY(wn_new(&sorted, n));
    TRY(wn_new(&n_edges, p));
    TRY(wn_new(&edges, p * WN_BIN_CODES_MOST_EDGES));
    double begin = wn_clock_seconds();
    for (size_t f = 0; f < p; f++, at += n_edges[f - 1]) {
        for (size_t i = 0; i < n; i++)
            sorted[i] = cells[i * p + f];
        wn_doubles_sort(sorted, n);
        n_edges[f] = wn_bin_codes_edges(sorted, n, WN_BIN_CODES_MOST_EDGES, edges + at);
    }
    TRY(wn_bin_codes_new(&d->bin_codes, p, n_edges, edges));
    d->edge_seconds = wn_clock_seconds() - begin;
done:
    wn_free(n_edges);
    wn_free(edges);
    wn_free(sorted);
    wn_free(cells);
    return status;
}

static wn_status find_scale(drive *d)
{
    wn_status status = WN_OK;
    double *labels = NULL, least = INFINITY, most = -INFINITY;
    TRY(read_doubles(d, "label.f64", 0, d->n_train, &labels));
    for (size_t i = 0; i < d->n_train; i++) {
        least = fmin(least, labels[i]);
        most = fmax(most, labels[i]);
    }
    d->scale = wn_fixed_label_of(least, most, (int64_t)d->n_train);
done:
    wn_free(labels);
    return status;
}

static wn_status make_labels(drive *d, size_t first, size_t n)
{
    wn_status status = WN_OK;
    double *labels = NULL;
    TRY(read_doubles(d, "label.f64", first, n, &labels));
    TRY(wn_new(&d->labels, n));
    TRY(wn_new(&d->numbers, n));
    if (d->n_classes == 0)
        wn_fixed_label_fill(d->scale, labels, n, d->labels);
    for (size_t i = 0; i < n; i++) {
        d->numbers[i] = (int64_t)(first + i);
        if (d->n_classes > 0)
            d->labels[i] = (int32_t)labels[i];
    }
done:
    wn_free(labels);
    return status;
}

static wn_status make_codes(drive *d, const char *name, size_t first, size_t n, uint8_t **codes)
{
    wn_status status = WN_OK;
    double *cells = NULL;
    TRY(read_doubles(d, name, first * d->n_features, n * d->n_features, &cells));
    TRY(wn_new(codes, n * d->n_features));
    double begin = wn_clock_seconds();
    wn_bin_codes_fill(d->bin_codes, cells, n, *codes);
    d->code_seconds = d->edge_seconds + wn_clock_seconds() - begin;
done:
    wn_free(cells);
    return status;
}

static wn_status prepare(drive *d)
{
    wn_status status = WN_OK;
    wn_range own = wn_range_part((int64_t)d->n_train, d->ranks.size, d->ranks.rank);
    size_t n = (size_t)(own.last - own.first);
    TRY(find_edges(d));
    TRY(find_scale(d));
    TRY(make_labels(d, (size_t)own.first, n));
    TRY(make_codes(d, "test.f64", 0, d->n_test, &d->test_codes));
    TRY(make_codes(d, "train.f64", (size_t)own.first, n, &d->codes));
    d->rows = (wn_forest_rows){.n_rows = n,
                               .n_features = d->n_features,
                               .n_bins = wn_bin_codes_count(d->bin_codes),
                               .n_classes = d->n_classes,
                               .codes = d->codes,
                               .labels = d->labels,
                               .rows = d->numbers};
done:
    return status;
}

static wn_status write_said(const drive *d)
{
    wn_status status = WN_OK;
    size_t n = d->n_test * (d->n_classes > 0 ? d->n_classes : 1);
    char path[4096];
    double *said = NULL;
    FILE *file = NULL;
    TRY(wn_new(&said, n));
    grown_predict(d->forest, d->test_codes, d->n_test, said);
    for (size_t i = 0; d->n_classes == 0 && i < n; i++)
        said[i] = label_of(d->scale, said[i]);
    snprintf(path, sizeof path, "%s/said.f64", d->directory);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(said, sizeof *said, n, file) != n)
        TRY(wn_fail(WN_IO, "%s cannot be written", path));
done:
    if (file != NULL)
        fclose(file);
    wn_free(said);
    return status;
}

static void print_list(const char *name, const double *values, size_t n)
{
    printf(", \"%s\": [", name);
    for (size_t i = 0; i < n; i++)
        printf("%s%.17g", i > 0 ? ", " : "", values[i]);
    printf("]");
}

static wn_status tell(const drive *d)
{
    wn_status status = WN_OK;
    double *importance = NULL;
    wn_hash hash;
    char text[WN_HASH_TEXT_SIZE];
    TRY(wn_new(&importance, d->n_features));
    TRY(wn_forest_importance(d->forest, importance));
    TRY(grown_hash(d->forest, &hash));
    TRY(write_said(d));
    wn_hash_text(hash, text);
    printf("{\"hash\": \"%s\", \"code_seconds\": %.4f, \"grow_seconds\": %.4f, \"peak\": %zu", text, d->code_seconds,
           d->grow_seconds, wn_memory_peak());
    print_list("importance", importance, d->n_features);
    if (d->is_scored) {
        print_list("permutation", d->permutation, d->n_features);
        printf(", \"score\": %.17g, \"score_rows\": %lld, \"score_seconds\": %.4f", d->score.score,
               (long long)d->score.n_rows, d->score_seconds);
    }
    printf("}\n");
done:
    wn_free(importance);
    return status;
}

static void read_option(drive *d, const char *text)
{
    const struct {
        const char *name;
        size_t *value;
    } sizes[] = {{"trees", &d->options.n_trees},      {"depth", &d->options.depth},
                 {"tried", &d->options.n_tried},      {"threads", &d->options.n_threads},
                 {"memory", &d->options.memory},      {"gather", &d->options.gather_rows},
                 {"seed", (size_t *)&d->options.seed}};
    const char *value = strchr(text, '=');
    for (size_t i = 0; value != NULL && i < sizeof sizes / sizeof *sizes; i++)
        if (strlen(sizes[i].name) == (size_t)(value - text) &&
            strncmp(text, sizes[i].name, (size_t)(value - text)) == 0)
            *sizes[i].value = strtoull(value + 1, NULL, 10);
    d->is_scored = d->is_scored || strcmp(text, "score=1") == 0;
}

static wn_status score(drive *d)
{
    wn_status status = WN_OK;
    double begin = wn_clock_seconds();
    TRY(wn_ranks_agree(&d->ranks, wn_new(&d->permutation, d->n_features)));
    TRY(wn_forest_out_of_bag(&d->ranks, d->forest, &d->rows, &d->options, &d->score));
    TRY(wn_forest_permutation(&d->ranks, d->forest, &d->rows, &d->options, d->permutation));
    d->score_seconds = wn_clock_seconds() - begin;
done:
    return status;
}

static wn_status run(drive *d)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(&d->ranks, prepare(d)));
    double begin = wn_clock_seconds();
    TRY(wn_forest_grow(&d->ranks, &d->rows, &d->options, &d->forest));
    d->grow_seconds = wn_clock_seconds() - begin;
    if (d->is_scored)
        TRY(score(d));
    if (d->ranks.rank == 0)
        status = tell(d);
    TRY(wn_ranks_agree(&d->ranks, status));
done:
    return status;
}

int main(int argc, char **argv)
{
    int threads;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &threads);
    drive d = {.ranks = wn_ranks_of(MPI_COMM_WORLD), .options = {.n_trees = 100, .depth = 10}};
    wn_status status = WN_USAGE;
    if (argc >= 6) {
        d.directory = argv[1];
        d.n_train = strtoull(argv[2], NULL, 10);
        d.n_test = strtoull(argv[3], NULL, 10);
        d.n_features = strtoull(argv[4], NULL, 10);
        d.n_classes = strtoull(argv[5], NULL, 10);
        for (int i = 6; i < argc; i++)
            read_option(&d, argv[i]);
        status = run(&d);
    }
    if (status != WN_OK && d.ranks.rank == 0)
        fprintf(stderr, "drive_forest: %s\n", wn_status_message());
    wn_free(d.permutation);
    wn_forest_free(d.forest);
    wn_free(d.numbers);
    wn_free(d.labels);
    wn_free(d.test_codes);
    wn_free(d.codes);
    wn_bin_codes_free(d.bin_codes);
    MPI_Finalize();
    return (int)status;
}
