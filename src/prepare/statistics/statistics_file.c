#include "statistics_file.h"

#include "clean_quartiles.h"

#include "winnow/memory.h"

#include <stdio.h>
#include <unistd.h>

enum { N_ARRAYS = 7, NAME_SIZE = 64 };

/* An array of the plan. */
typedef struct {
    const char *name;
    bool is_real; /* double, or int */
    size_t n;
    void *data; /* borrowed */
} plan_array;

static size_t steps_between(size_t n)
{
    return n > 0 ? n - 1 : 0;
}

/* Returns how many there are: none without a plan. */
static size_t list_arrays(wn_statistics_plan *plan, wn_clean_quartiles quartiles, plan_array array[N_ARRAYS])
{
    if (plan == NULL)
        return 0;
    array[0] = (plan_array){"plan/centre", true, plan->n_cols, plan->centre};
    array[1] = (plan_array){"plan/exponent", false, plan->n_cols, plan->exponent};
    array[2] = (plan_array){"plan/edges", true, plan->n_cols * steps_between(plan->n_bins), plan->edges};
    array[3] = (plan_array){"plan/class_edges", true, steps_between(plan->n_classes), plan->class_edges};
    array[4] = (plan_array){"plan/label_centre", true, 1, &plan->label_centre};
    array[5] = (plan_array){"plan/label_exponent", false, 1, &plan->label_exponent};
    array[6] = (plan_array){"clean_quartiles", true, quartiles.n, quartiles.data};
    return N_ARRAYS;
}

static hid_t type_of(const plan_array *array)
{
    return array->is_real ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT;
}

static wn_status write_span(const wn_recipe_file *file, const char *name, const char *kind, wn_span span)
{
    char path[NAME_SIZE];
    snprintf(path, sizeof path, "%s/%s", name, kind);
    return wn_recipe_file_put(file, path, H5T_NATIVE_INT64, 1, &span.n, span.data);
}

static wn_status write_content(const wn_recipe_file *file, const wn_statistics_plan *plan, wn_clean_quartiles quartiles,
                               const wn_accumulator *accumulators, size_t n_accumulators)
{
    wn_status status = WN_OK;
    wn_statistics_plan as_is = plan != NULL ? *plan : (wn_statistics_plan){0};
    plan_array array[N_ARRAYS];
    size_t n_arrays = list_arrays(plan != NULL ? &as_is : NULL, quartiles, array);
    for (size_t i = 0; i < n_arrays; i++)
        TRY(wn_recipe_file_put(file, array[i].name, type_of(&array[i]), 1, &array[i].n, array[i].data));
    for (size_t i = 0; i < n_accumulators; i++) {
        const wn_accumulator_ops *ops = accumulators[i].ops;
        TRY(write_span(file, ops->name, "sums", ops->sums(accumulators[i].state)));
        TRY(write_span(file, ops->name, "keys", ops->keys(accumulators[i].state)));
    }
done:
    return status;
}

wn_status wn_statistics_file_write(const char *path, const wn_statistics_plan *plan, wn_clean_quartiles quartiles,
                                   const wn_accumulator *accumulators, size_t n_accumulators)
{
    wn_status status = WN_OK;
    wn_recipe_file file = {H5I_INVALID_HID, path};
    char *part = NULL;
    TRY(wn_string_format(&part, "%s.part", path));
    TRY(wn_recipe_file_create(&file, path, part));
    TRY(write_content(&file, plan, quartiles, accumulators, n_accumulators));
    TRY(wn_recipe_file_finish(&file, part));
done:
    wn_recipe_file_close(&file);
    if (status != WN_OK && part)
        unlink(part);
    wn_free(part);
    return status;
}

static wn_status read_plan(wn_recipe_file *file, const char *path, const plan_array *array, size_t n_arrays)
{
    wn_status status = WN_OK;
    TRY(wn_recipe_file_open(file, path));
    for (size_t i = 0; i < n_arrays; i++)
        TRY(wn_recipe_file_get(file, array[i].name, type_of(&array[i]), array[i].n, array[i].data));
done:
    return status;
}

wn_status wn_statistics_file_open(const wn_ranks *ranks, wn_recipe_file *file, const char *path,
                                  wn_statistics_plan *plan, wn_clean_quartiles quartiles)
{
    wn_status status = WN_OK;
    plan_array array[N_ARRAYS];
    size_t n_arrays = list_arrays(plan, quartiles, array);
    TRY(wn_ranks_agree(ranks, ranks->rank == 0 ? read_plan(file, path, array, n_arrays) : WN_OK));
    for (size_t i = 0; i < n_arrays; i++)
        TRY(wn_ranks_broadcast(ranks, 0, array[i].data,
                               array[i].n * (array[i].is_real ? sizeof(double) : sizeof(int))));
done:
    return status;
}

static wn_status read_span(const wn_recipe_file *file, const char *name, const char *kind, wn_span span)
{
    char path[NAME_SIZE];
    snprintf(path, sizeof path, "%s/%s", name, kind);
    return wn_recipe_file_get(file, path, H5T_NATIVE_INT64, span.n, span.data);
}

static wn_status read_sums(const wn_recipe_file *file, const wn_accumulator *accumulators, size_t n_accumulators)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n_accumulators; i++) {
        const wn_accumulator_ops *ops = accumulators[i].ops;
        TRY(read_span(file, ops->name, "sums", ops->sums(accumulators[i].state)));
        TRY(read_span(file, ops->name, "keys", ops->keys(accumulators[i].state)));
    }
done:
    return status;
}

wn_status wn_statistics_file_sums(const wn_ranks *ranks, const wn_recipe_file *file, const wn_accumulator *accumulators,
                                  size_t n_accumulators)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(ranks, ranks->rank == 0 ? read_sums(file, accumulators, n_accumulators) : WN_OK));
    for (size_t i = 0; i < n_accumulators; i++) {
        wn_span sums = accumulators[i].ops->sums(accumulators[i].state);
        wn_span keys = accumulators[i].ops->keys(accumulators[i].state);
        TRY(wn_ranks_broadcast(ranks, 0, sums.data, sums.n * sizeof *sums.data));
        TRY(wn_ranks_broadcast(ranks, 0, keys.data, keys.n * sizeof *keys.data));
    }
done:
    return status;
}
