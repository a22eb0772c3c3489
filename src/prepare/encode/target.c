#include "target.h"

#include "category.h"
#include "encoder.h"
#include "target_state.h"

#include "winnow/memory.h"
#include "winnow/number_text.h"
#include "winnow/target_codes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void target_free(void *state)
{
    wn_target *target = state;
    if (target == NULL)
        return;
    wn_category_clear(&target->category);
    wn_free(target->rows);
    wn_free(target->codes);
    wn_free(target);
}

size_t wn_target_codes(const wn_target *target)
{
    return wn_category_size(&target->category) + 1;
}

static size_t n_values(const wn_target *target)
{
    return (target->n_folds + 1) * wn_target_codes(target) * target->n_features;
}

/* Room for rows and codes, which nothing is known of yet. */
static wn_status make_room(wn_target *target)
{
    wn_status status = WN_OK;
    TRY(wn_new(&target->rows, wn_target_codes(target)));
    TRY(wn_new(&target->codes, n_values(target)));
    for (size_t i = 0; i < n_values(target); i++)
        target->codes[i] = (double)NAN;
done:
    return status;
}

static size_t target_size(const void *state)
{
    return ((const wn_target *)state)->n_features;
}

static wn_status target_name(const wn_encoder *encoder, const wn_recipe *recipe, size_t i, char **name)
{
    const wn_target *target = encoder->state;
    const char *column = recipe->columns[encoder->column].name;
    const wn_labels *labels = &recipe->labels;
    char number[WN_NUMBER_TEXT_SIZE];
    if (target->n_features == 1)
        return wn_string_format(name, "%s:target", column);
    if (target->n_features != recipe->labels.n_classes)
        return wn_fail(WN_BAD_DATA, "column %s: codes of %zu classes, of which there are %zu", column,
                       target->n_features, recipe->labels.n_classes);
    wn_number_text(labels->classes[i], number);
    return wn_string_format(name, "%s:target[%s]", column, labels->names != NULL ? labels->names[i] : number);
}

/* The part of the codes that a row sees. */
static size_t fold_of(const wn_target *target, const wn_raw_rows *rows, size_t i)
{
    if (rows->learnt == NULL || rows->learnt[i] < 0 || target->n_folds == 0)
        return target->n_folds;
    return wn_target_fold(target->seed, (uint64_t)rows->learnt[i], target->n_folds);
}

static wn_status target_apply(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows, double *out,
                              size_t stride)
{
    const wn_target *target = encoder->state;
    size_t n_codes = wn_target_codes(target), n = target->n_features;
    wn_category_run run = {0};
    while (wn_category_next(&target->category, &recipe->columns[encoder->column], rows, &run))
        for (size_t i = 0; i < run.n; i++) {
            size_t row = run.first + i, code = run.code[i];
            const double *codes = target->codes + fold_of(target, rows, row) * n_codes * n;
            for (size_t k = 0; k < n; k++)
                out[row * stride + k] = code == WN_CATEGORY_GAP ? (double)NAN : codes[code * n + k];
        }
    return WN_OK;
}

/* A value and how many training rows have it. */
typedef struct {
    double value;
    int64_t rows;
} weighted;

static int compare_values(const void *a, const void *b)
{
    double x = ((const weighted *)a)->value, y = ((const weighted *)b)->value;
    return (x > y) - (x < y);
}

/* Values at even steps through the training rows. */
static wn_status target_sample(const void *state, size_t i, double *sorted, size_t room, size_t *n)
{
    wn_status status = WN_OK;
    const wn_target *target = state;
    size_t n_codes = wn_target_codes(target), at = 0;
    const double *codes = target->codes + target->n_folds * n_codes * target->n_features;
    weighted *values = NULL;
    int64_t all = 0, below = 0;
    TRY(wn_new(&values, n_codes));
    for (size_t c = 0; c < n_codes; c++) {
        values[c] = (weighted){codes[c * target->n_features + i], target->rows[c]};
        all += target->rows[c];
    }
    qsort(values, n_codes, sizeof *values, compare_values);
    *n = all > 0 ? room : 0;
    for (size_t k = 0; k < *n; k++) {
        double place = ((double)k + 0.5) / (double)room * (double)all;
        while (at + 1 < n_codes && (double)(below + values[at].rows) <= place)
            below += values[at++].rows;
        sorted[k] = values[at].value;
    }
done:
    wn_free(values);
    return status;
}

static wn_status target_write(const void *state, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    const wn_target *target = state;
    char *name = NULL;
    const size_t one = 1, n_codes = wn_target_codes(target);
    const int64_t folds = (int64_t)target->n_folds, seed = (int64_t)target->seed;
    const size_t dims[] = {target->n_folds + 1, n_codes, target->n_features};
    TRY(wn_category_write(&target->category, file, group));
    TRY(wn_recipe_file_put_integers(file, group, "folds", &folds, 1));
    TRY(wn_recipe_file_put_integers(file, group, "seed", &seed, 1));
    TRY(wn_string_format(&name, "%s/smoothing", group));
    TRY(wn_recipe_file_put(file, name, H5T_NATIVE_DOUBLE, 1, &one, &target->smoothing));
    wn_free(name);
    name = NULL;
    TRY(wn_string_format(&name, "%s/rows", group));
    TRY(wn_recipe_file_put(file, name, H5T_NATIVE_INT64, 1, &n_codes, target->rows));
    wn_free(name);
    name = NULL;
    TRY(wn_string_format(&name, "%s/code", group));
    TRY(wn_recipe_file_put(file, name, H5T_NATIVE_DOUBLE, 3, dims, target->codes));
done:
    wn_free(name);
    return status;
}

static wn_status read_codes(wn_target *target, const wn_recipe_file *file, const char *group, const char *code)
{
    wn_status status = WN_OK;
    size_t dims[3];
    char *smoothing = NULL, *rows = NULL;
    TRY(wn_string_format(&smoothing, "%s/smoothing", group));
    TRY(wn_string_format(&rows, "%s/rows", group));
    TRY(wn_recipe_file_dims(file, code, 3, dims));
    if (dims[0] != target->n_folds + 1 || dims[1] != wn_target_codes(target) || dims[2] == 0)
        TRY(wn_fail(WN_BAD_DATA, "%s: not a recipe: %s has codes of another shape", file->path, group));
    target->n_features = dims[2];
    TRY(make_room(target));
    TRY(wn_recipe_file_get(file, smoothing, H5T_NATIVE_DOUBLE, 1, &target->smoothing));
    TRY(wn_recipe_file_get(file, rows, H5T_NATIVE_INT64, dims[1], target->rows));
    TRY(wn_recipe_file_get(file, code, H5T_NATIVE_DOUBLE, n_values(target), target->codes));
done:
    wn_free(smoothing);
    wn_free(rows);
    return status;
}

static wn_status target_read(void **state, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    wn_target *target = NULL;
    char *code = NULL;
    int64_t folds = 0, seed = 0;
    TRY(wn_string_format(&code, "%s/code", group));
    TRY(wn_new(&target, 1));
    TRY(wn_category_read(&target->category, file, group));
    TRY(wn_recipe_file_get_integers(file, group, "folds", &folds, 1));
    TRY(wn_recipe_file_get_integers(file, group, "seed", &seed, 1));
    if (folds < 0)
        TRY(wn_fail(WN_BAD_DATA, "%s: not a recipe: %s has no folds", file->path, group));
    target->n_folds = (size_t)folds;
    target->seed = (uint64_t)seed;
    TRY(read_codes(target, file, group, code));
    *state = target;
    target = NULL;
done:
    target_free(target);
    wn_free(code);
    return status;
}

/* What new rows get, rounded as features are. */
static wn_status target_describe(const void *state, wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    const wn_target *target = state;
    size_t n = wn_target_codes(target) * target->n_features;
    TRY(wn_category_describe(&target->category, facts));
    TRY(wn_new(&facts->codes, n));
    for (size_t i = 0; i < n; i++)
        facts->codes[i] = (float)target->codes[target->n_folds * n + i];
    facts->n_code_features = target->n_features;
done:
    return status;
}

static wn_status target_make(void **state, const wn_recipe_column *column, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    wn_target *target = NULL;
    if (facts->n_code_features == 0)
        return wn_fail(WN_BAD_DATA, "column %s: levels without codes", column->name);
    TRY(wn_new(&target, 1));
    TRY(wn_category_make(&target->category, column, facts));
    target->n_features = facts->n_code_features;
    TRY(make_room(target));
    for (size_t i = 0; i < n_values(target); i++)
        target->codes[i] = (double)facts->codes[i];
    *state = target;
    target = NULL;
done:
    target_free(target);
    return status;
}

static void target_hash(const void *state, wn_hasher *hasher)
{
    const wn_target *target = state;
    const uint64_t facts[] = {target->n_folds, target->seed, target->n_features};
    wn_category_hash(&target->category, hasher);
    wn_hasher_add(hasher, facts, sizeof facts);
    wn_hasher_add(hasher, &target->smoothing, sizeof target->smoothing);
    wn_hasher_add(hasher, target->rows, wn_target_codes(target) * sizeof *target->rows);
    wn_hasher_add(hasher, target->codes, n_values(target) * sizeof *target->codes);
}

const wn_encoder_ops wn_target_ops = {.word = "target",
                                      .size = target_size,
                                      .name = target_name,
                                      .apply = target_apply,
                                      .sample = target_sample,
                                      .write = target_write,
                                      .read = target_read,
                                      .describe = target_describe,
                                      .make = target_make,
                                      .hash = target_hash,
                                      .free = target_free};

wn_status wn_target_fit(wn_recipe *recipe, size_t column, const wn_keyed_top *levels)
{
    wn_status status = WN_OK;
    wn_recipe_column *of = &recipe->columns[column];
    size_t n_classes = recipe->labels.n_classes;
    wn_target *target = NULL;
    TRY(wn_new(&target, 1));
    *target = (wn_target){.n_folds = of->target.folds,
                          .n_features = n_classes > 2 ? n_classes : 1,
                          .seed = of->target.seed,
                          .smoothing = of->target.smoothing};
    TRY(wn_category_fit(&target->category, of, levels));
    TRY(make_room(target));
    status = wn_recipe_add_encoder(recipe, &wn_target_ops, target, column);
    target = NULL;
done:
    target_free(target);
    return status;
}
