#include "winnow/chosen_products.h"

#include "statistics_file.h"

#include "winnow/memory.h"

#include <math.h>

static void describe_label(const wn_gram_sums *gram, const wn_labels *labels, wn_gram_shape *shape)
{
    if (gram == NULL || gram->n_label_cols == 0)
        return;
    shape->has_label = true;
    shape->n_classes = labels->n_classes;
    shape->classes = labels->classes;
    if (labels->n_classes > 0)
        return;
    shape->label_centre = gram->label_centre;
    shape->label_exponent = wn_gram_exponent(sqrt(gram->label_square / (double)gram->n_rows));
}

static wn_status new_gram(wn_gram **gram, const wn_recipe *recipe, const wn_statistics *statistics,
                          const wn_chosen_options *options, const wn_catalog *catalog)
{
    wn_status status = WN_OK;
    double *centre = NULL;
    int *exponent = NULL;
    TRY(wn_new(&centre, options->n));
    TRY(wn_new(&exponent, options->n));
    for (size_t i = 0; i < options->n; i++) {
        size_t f = options->features[i];
        centre[i] = statistics->moments->mean[f];
        exponent[i] = wn_gram_exponent(statistics->moments->deviation[f]);
    }
    wn_gram_shape shape = {.n_cols = options->n,
                           .centre = centre,
                           .exponent = exponent,
                           .n_rows = catalog->n_rows,
                           .run_blocks = wn_catalog_run_blocks(catalog),
                           .is_single = options->is_single};
    describe_label(statistics->gram, &recipe->labels, &shape);
    TRY(wn_gram_new(gram, &shape));
done:
    wn_free(exponent);
    wn_free(centre);
    return status;
}

static wn_status read_sums(const wn_ranks *ranks, const char *path, const wn_accumulator *accumulator)
{
    wn_status status = WN_OK;
    wn_recipe_file file = {H5I_INVALID_HID, path};
    TRY(wn_statistics_file_open(ranks, &file, path, NULL, (wn_clean_quartiles){0}));
    TRY(wn_statistics_file_sums(ranks, &file, accumulator, 1));
done:
    wn_recipe_file_close(&file);
    return status;
}

/* By rank 0, when the sums are those of all ranks. */
static wn_status write_sums(const wn_ranks *ranks, const char *path, const wn_accumulator *accumulator)
{
    wn_status status = WN_OK;
    if (ranks->rank == 0 && path != NULL)
        status = wn_statistics_file_write(path, NULL, (wn_clean_quartiles){0}, accumulator, 1);
    return wn_ranks_agree(ranks, status);
}

wn_status wn_chosen_products_run(const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe,
                                 const wn_statistics *statistics, const wn_chosen_options *options, wn_gram_sums **sums,
                                 wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_gram *gram = NULL;
    TRY(wn_ranks_agree(pass->ranks, new_gram(&gram, recipe, statistics, options, rows->catalog)));
    const wn_accumulator accumulator = wn_gram_accumulator(gram);
    const wn_feature_choice choice = {options->features, options->n, NULL};
    if (options->is_there) {
        TRY(read_sums(pass->ranks, options->path, &accumulator));
    } else {
        TRY(wn_feature_pass_run(pass, rows, recipe, &choice, &accumulator, 1, cost));
        TRY(write_sums(pass->ranks, options->path, &accumulator));
    }
    TRY(wn_ranks_agree(pass->ranks, wn_gram_finish(gram, sums)));
    (*sums)->is_chosen = true;
done:
    wn_gram_free(gram);
    return status;
}
