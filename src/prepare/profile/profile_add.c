/* Profiles of disjoint files become one: their sums are added, then everything is fitted from these as a run does. */
#include "profile_sums.h"

#include "winnow/memory.h"

#include <string.h>

/* The two recipes by the names of their files. */
typedef struct {
    wn_recipe *recipe;
    const wn_recipe *other;
    const char *name, *other_name;
} addition;

static wn_status check_columns(const addition *add)
{
    const wn_recipe *a = add->recipe, *b = add->other;
    for (size_t i = 0; i < a->n_columns && i < b->n_columns; i++) {
        const wn_recipe_column *one = &a->columns[i], *two = &b->columns[i];
        if (strcmp(one->name, two->name) != 0)
            return wn_fail(WN_BAD_DATA, "%s and %s have other columns: number %zu is '%s', and '%s'", add->name,
                           add->other_name, i, one->name, two->name);
        if (one->is_text != two->is_text || one->kind != two->kind)
            return wn_fail(WN_BAD_DATA, "column %s is of one type in %s and of another in %s", one->name, add->name,
                           add->other_name);
    }
    if (a->n_columns != b->n_columns)
        return wn_fail(WN_BAD_DATA, "%s has %zu columns, %s has %zu", add->name, a->n_columns, add->other_name,
                       b->n_columns);
    if (a->sums->is_float32 != b->sums->is_float32)
        return wn_fail(WN_BAD_DATA,
                       "the numbers of %s all fit float32, those of %s do not: read together, they would be rounded at "
                       "other places",
                       a->sums->is_float32 ? add->name : add->other_name,
                       a->sums->is_float32 ? add->other_name : add->name);
    return WN_OK;
}

/* Of one size and time to the nanosecond, also under another name; times of whole seconds are no proof. */
static bool is_same_file(const wn_profile_file *a, const wn_profile_file *b)
{
    static const int64_t SECOND = 1000000000;
    bool is_alike = a->n_bytes == b->n_bytes && a->mtime == b->mtime && a->n_rows == b->n_rows;
    return is_alike && (a->mtime % SECOND != 0 || strcmp(a->name, b->name) == 0);
}

static wn_status check_files(const addition *add)
{
    const wn_profile_sums *a = add->recipe->sums, *b = add->other->sums;
    for (size_t i = 0; i < a->n_files; i++)
        for (size_t j = 0; j < b->n_files; j++)
            if (is_same_file(&a->files[i], &b->files[j]))
                return wn_fail(WN_BAD_DATA, "%s and %s are both of the file %s: its rows would count twice", add->name,
                               add->other_name, b->files[j].name);
    return WN_OK;
}

static wn_status add_classes(const addition *add)
{
    wn_status status = WN_OK;
    wn_labels *to = &add->recipe->labels;
    const wn_labels *from = &add->other->labels;
    if (strcmp(add->recipe->label_name, add->other->label_name) != 0 || to->task != from->task)
        return wn_fail(WN_BAD_DATA, "%s has the label '%s' (%s), %s has '%s' (%s)", add->name, add->recipe->label_name,
                       wn_task_words[to->task], add->other_name, add->other->label_name, wn_task_words[from->task]);
    TRY(wn_labels_join(to, from));
    if (to->n_classes > WN_MAX_CLASSES)
        status = wn_fail(WN_BAD_DATA, "label '%s': %s and %s together have %zu classes, more than %d",
                         add->recipe->label_name, add->name, add->other_name, to->n_classes, WN_MAX_CLASSES);
done:
    return status;
}

static wn_status check_complete(const wn_recipe *recipe, const char *name, const wn_profile_levels *levels)
{
    const wn_recipe_column *column = &recipe->columns[levels->column];
    bool is_category = column->kind == WN_COLUMN_CATEGORICAL;
    if (levels->is_complete)
        return WN_OK;
    return wn_fail(WN_BAD_DATA, "%s: column %s has more %s than %s allows: the counts of the others were not kept",
                   name, column->name, is_category ? "levels" : "terms",
                   is_category ? "extract.categorical.levels" : "extract.text.terms");
}

static wn_status count_all(wn_keyed_counts *counts, const wn_keyed_top *all)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < all->n && status == WN_OK; i++)
        status = wn_keyed_counts_add(counts, &all->entries[i]);
    return status;
}

static const wn_ranks ALONE = {.comm = MPI_COMM_NULL, .size = 1};

static wn_status join_levels(const addition *add, size_t l)
{
    wn_status status = WN_OK;
    wn_profile_levels *to = &add->recipe->sums->levels[l];
    const wn_profile_levels *from = &add->other->sums->levels[l];
    wn_keyed_counts *counts = NULL;
    wn_keyed_top both = {0};
    if (to->column != from->column)
        return wn_fail(WN_BAD_DATA, "%s and %s count levels of other columns", add->name, add->other_name);
    TRY(check_complete(add->recipe, add->name, to));
    TRY(check_complete(add->other, add->other_name, from));
    TRY(wn_keyed_counts_new(&counts, 0, NULL));
    TRY(count_all(counts, &to->all));
    TRY(count_all(counts, &from->all));
    TRY(wn_keyed_counts_top(&ALONE, counts, to->all.n + from->all.n, 1, &both));
    wn_keyed_top_clear(&to->all);
    to->all = both;
    both = (wn_keyed_top){0};
done:
    wn_keyed_top_clear(&both);
    wn_keyed_counts_free(counts);
    return status;
}

static wn_status add_levels(const addition *add)
{
    wn_status status = WN_OK;
    size_t n = add->recipe->sums->n_levels;
    if (n != add->other->sums->n_levels)
        return wn_fail(WN_BAD_DATA, "%s and %s count levels of other columns", add->name, add->other_name);
    for (size_t l = 0; l < n && status == WN_OK; l++)
        status = join_levels(add, l);
    return status;
}

static wn_status add_files(wn_profile_sums *to, const wn_profile_sums *from)
{
    wn_status status = WN_OK;
    TRY(wn_resize(&to->files, to->n_files + from->n_files));
    for (size_t i = 0; i < from->n_files; i++) {
        wn_profile_file *file = &to->files[to->n_files];
        *file = from->files[i];
        file->name = NULL;
        TRY(wn_string_copy(&file->name, from->files[i].name));
        to->n_files++;
    }
done:
    return status;
}

/* Cells of numbers are counted by their sums. */
static void add_counts(wn_recipe *recipe, const wn_recipe *other)
{
    wn_ledger *to = &recipe->ledger;
    const wn_ledger *from = &other->ledger;
    for (size_t i = recipe->n_cells; i < recipe->n_columns; i++) {
        recipe->columns[i].count += other->columns[i].count;
        recipe->columns[i].missing += other->columns[i].missing;
    }
    to->read += from->read;
    to->kept += from->kept;
    to->train += from->train;
    to->no_label += from->no_label;
}

wn_status wn_profile_add(wn_recipe *recipe, const char *name, const wn_recipe *other, const char *other_name)
{
    wn_status status = WN_OK;
    addition add = {recipe, other, name, other_name};
    TRY(check_columns(&add));
    TRY(check_files(&add));
    TRY(add_classes(&add));
    TRY(add_levels(&add));
    TRY(add_files(recipe->sums, other->sums));
    for (size_t i = 0; i < recipe->n_cells; i++)
        wn_moments_join(recipe->sums->raw, i, other->sums->raw, i);
    for (size_t k = 0; k < recipe->sums->n_transformed; k++)
        wn_moments_join(recipe->sums->transformed, k, other->sums->transformed, k);
    add_counts(recipe, other);
done:
    return status;
}
