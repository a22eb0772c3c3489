/* The reduction of the features that were kept: by what was summed, or by sweeps over the rows. */
#include "run_state.h"

#include "winnow/chosen_products.h"
#include "winnow/lda.h"
#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/randomized.h"

#include <math.h>

static const char SWEEPS[] = "sweeps", PRODUCTS[] = "products", PRODUCTS_FILE[] = "products.h5";

static json_t *reduce_json(const wn_projection *projection, double residual, double orthogonality)
{
    json_t *ratios = json_array();
    for (size_t i = 0; i < projection->n_components; i++)
        json_array_append_new(ratios, wn_json_number(projection->explained_variance_ratio[i]));
    return json_pack("{s:s, s:s, s:[i, i], s:I, s:o, s:o, s:f}", "method", projection->method, "solver",
                     projection->solver, "grid", projection->grid[0], projection->grid[1], "components",
                     (json_int_t)projection->n_components, "explained_variance_ratio", ratios, "residual",
                     wn_json_number(residual), "orthogonality", orthogonality);
}

/* Products of the features that were kept: those of the statistics, or made by a pass of their own, in this start or an
 * earlier one (then *made too, the caller's). */
static wn_status find_products(wn_run_state *state, const wn_statistics *statistics, wn_stage_meter *meter,
                               const wn_gram_sums **gram, wn_gram_sums **made)
{
    wn_status status = WN_OK;
    const wn_recipe *recipe = state->recipe;
    wn_pass pass = wn_stage_pass(state, "reduce");
    wn_chosen_options options = {recipe->selected, recipe->n_selected, state->job->reduce.is_single,
                                 wn_run_directory_path(state->directory, PRODUCTS_FILE), false};
    json_t *result = NULL;
    const char *why = "", *files[] = {PRODUCTS_FILE};
    *gram = statistics->gram;
    if (*gram != NULL && (*gram)->product != NULL)
        return WN_OK;
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, PRODUCTS, state->recipe_key, &result, &why));
    options.is_there = result != NULL;
    if (options.is_there)
        wn_log_info("reduce: goes on after its pass");
    TRY(wn_chosen_products_run(&pass, state->rows, recipe, statistics, &options, made, &meter->cost));
    *gram = *made;
    if (options.is_there)
        goto done;
    meter->passes++;
    result = json_object();
    TRY(wn_run_directory_finish_stage(state->ranks, state->directory, PRODUCTS, state->recipe_key, files, 1, result));
done:
    json_decref(result);
    return status;
}

/* Sums that an earlier start left, in place of the first sweep; or none. */
static wn_status find_sweeps(wn_run_state *state, wn_randomized *randomized, bool *found)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    const char *why = "";
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, SWEEPS, state->recipe_key, &result, &why));
    *found = result != NULL;
    if (result != NULL) {
        wn_log_info("reduce: goes on after sweep %lld",
                    (long long)json_integer_value(json_object_get(result, "sweeps")));
        TRY(wn_randomized_read(randomized, wn_run_directory_path(state->directory, WN_RUN_SWEEPS)));
    }
done:
    json_decref(result);
    return status;
}

static wn_status keep_sweep(wn_run_state *state, const wn_randomized *randomized, int n_sweeps)
{
    wn_status status = WN_OK;
    const char *files[] = {WN_RUN_SWEEPS};
    json_t *result = json_pack("{s:i}", "sweeps", n_sweeps);
    if (state->ranks->rank == 0)
        status = wn_randomized_write(randomized, wn_run_directory_path(state->directory, WN_RUN_SWEEPS));
    TRY(wn_ranks_agree(state->ranks, status));
    TRY(wn_run_directory_finish_stage(state->ranks, state->directory, SWEEPS, state->recipe_key, files, 1, result));
    wn_event("sweep", "{s:i}", "number", n_sweeps);
done:
    json_decref(result);
    return status;
}

static wn_status sweep(wn_run_state *state, wn_randomized *randomized, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    bool is_done = false, is_there = false;
    wn_pass pass = wn_stage_pass(state, "reduce");
    TRY(find_sweeps(state, randomized, &is_there));
    if (!is_there)
        TRY(wn_randomized_sample(randomized, &pass, state->rows, &meter->cost));
    while (!is_done) {
        if (!is_there) {
            TRY(wn_randomized_sweep(randomized, &pass, state->rows, &meter->cost));
            meter->passes++;
            TRY(keep_sweep(state, randomized, wn_randomized_n_sweeps(randomized)));
        }
        is_there = false;
        TRY(wn_randomized_advance(randomized, &is_done));
    }
done:
    return status;
}

/* The projection of so many components; what made it may go on, and is the caller's. */
static wn_status fit_by_sweeps(wn_run_state *state, const wn_statistics *statistics, size_t n_components,
                               wn_stage_meter *meter, wn_randomized **randomized, wn_randomized_report *report)
{
    wn_status status = WN_OK;
    const wn_randomized_options options = {
        .n_components = n_components, .seed = (uint64_t)state->job->seed, .is_single = state->job->reduce.is_single};
    TRY(wn_randomized_new(state->ranks, randomized, &options, statistics->moments, state->recipe));
    TRY(sweep(state, *randomized, meter));
    TRY(wn_randomized_finish(*randomized, state->recipe, report));
done:
    return status;
}

static void tell_sweeps(wn_run_state *state, const wn_randomized_report *report)
{
    json_object_set_new(state->reduce_json, "sweeps", json_integer(report->n_sweeps));
    json_object_set_new(state->reduce_json, "growth", wn_json_number(report->growth));
}

static wn_status reduce_by_sweeps(wn_run_state *state, const wn_statistics *statistics, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    wn_randomized *randomized = NULL;
    wn_randomized_report report = {0};
    TRY(fit_by_sweeps(state, statistics, state->job->reduce.components.count, meter, &randomized, &report));
    state->reduce_json = reduce_json(state->recipe->projection, NAN, report.orthogonality);
    tell_sweeps(state, &report);
done:
    wn_randomized_free(randomized);
    return status;
}

static wn_status reduce_features_by_lda(wn_run_state *state, const wn_statistics *statistics, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    const wn_job *job = state->job;
    const wn_gram_sums *gram = NULL;
    wn_gram_sums *made = NULL;
    wn_lda_options options = {job->reduce.components.count, job->reduce.components.share, job->reduce.shrinkage};
    wn_lda_report report = {0};
    TRY(find_products(state, statistics, meter, &gram, &made));
    TRY(wn_lda_fit(state->ranks, &options, gram, state->recipe, &report));
    state->reduce_json = reduce_json(state->recipe->projection, report.residual, report.orthogonality);
    json_object_set_new(state->reduce_json, "condition", wn_json_number(report.condition));
done:
    wn_gram_sums_free(made);
    return status;
}

/* As many components as there may be, and as the rows determine. */
static size_t components_for_lda(const wn_recipe *recipe, const wn_gram_sums *gram)
{
    int64_t rows = gram->n_rows - (int64_t)recipe->labels.n_classes;
    size_t n = recipe->n_selected < WN_LDA_COMPONENTS ? recipe->n_selected : WN_LDA_COMPONENTS;
    return rows > 0 && (size_t)rows < n ? (size_t)rows : n;
}

/* Among the leading components, where products of all pairs have no room. */
static wn_status reduce_components_by_lda(wn_run_state *state, const wn_statistics *statistics, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    const wn_job *job = state->job;
    wn_randomized *randomized = NULL;
    wn_randomized_report sweeps = {0};
    double *scatter = NULL;
    size_t k = components_for_lda(state->recipe, statistics->gram);
    wn_lda_options options = {job->reduce.components.count, job->reduce.components.share, job->reduce.shrinkage};
    wn_lda_report report = {0};
    wn_pass pass = wn_stage_pass(state, "reduce");
    TRY(wn_ranks_agree(state->ranks, wn_new(&scatter, k * k)));
    TRY(fit_by_sweeps(state, statistics, k, meter, &randomized, &sweeps));
    TRY(wn_randomized_scatter(randomized, &pass, state->rows, scatter, &meter->cost));
    meter->passes++;
    TRY(wn_lda_fit_components(state->ranks, &options, statistics->gram, scatter, state->recipe, &report));
    state->reduce_json = reduce_json(state->recipe->projection, report.residual, report.orthogonality);
    json_object_set_new(state->reduce_json, "condition", wn_json_number(report.condition));
    json_object_set_new(state->reduce_json, "among", json_integer((json_int_t)k));
    tell_sweeps(state, &sweeps);
done:
    wn_free(scatter);
    wn_randomized_free(randomized);
    return status;
}

static wn_status reduce_by_lda(wn_run_state *state, const wn_statistics *statistics, wn_stage_meter *meter)
{
    bool has_pairs = statistics->gram != NULL && statistics->gram->product != NULL;
    if (state->recipe->labels.task != WN_TASK_CLASSIFICATION)
        return wn_fail(WN_BAD_DATA, "reduce.method: lda needs a label of classes; input.task: classification makes "
                                    "classes of integers");
    if (!has_pairs && state->recipe->n_selected > WN_PCA_PRODUCTS)
        return reduce_components_by_lda(state, statistics, meter);
    return reduce_features_by_lda(state, statistics, meter);
}

static wn_status reduce_by_pca(wn_run_state *state, const wn_statistics *statistics, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    const wn_job *job = state->job;
    wn_eigen_report report = {0};
    const wn_gram_sums *gram = NULL;
    wn_gram_sums *made = NULL;
    wn_pca_options options = {job->reduce.solver, job->reduce.components.count, job->reduce.components.share};
    char reason[WN_PCA_REASON_SIZE];
    options.solver = wn_pca_choose(&options, state->recipe->n_selected, reason);
    if (options.solver == WN_SOLVER_RANDOMIZED) {
        TRY(reduce_by_sweeps(state, statistics, meter));
    } else {
        TRY(find_products(state, statistics, meter, &gram, &made));
        TRY(wn_pca_fit(state->ranks, &options, gram, state->recipe, &report));
        state->reduce_json = reduce_json(state->recipe->projection, report.residual, report.orthogonality);
    }
    wn_log_info("reduce: %s, %s", state->recipe->projection->solver, reason);
    json_object_set_new(state->reduce_json, "reason", json_string(reason));
done:
    wn_gram_sums_free(made);
    return status;
}

wn_status wn_stage_reduce(wn_run_state *state, const wn_statistics *statistics)
{
    wn_status status = WN_OK;
    wn_stage_meter meter;
    wn_stage_meter_begin(&meter, "reduce");
    TRY(state->job->reduce.method == WN_REDUCE_LDA ? reduce_by_lda(state, statistics, &meter)
                                                   : reduce_by_pca(state, statistics, &meter));
    TRY(wn_ranks_agree(state->ranks, wn_json_made(state->reduce_json, "reduce")));
    state->recipe->projection->appends = state->job->reduce.append;
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
done:
    return status;
}
