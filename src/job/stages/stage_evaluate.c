/* The figures of the run: the full model, the compressed one as read back from its file, and a baseline that sees no
 * feature. */
#include "run_state.h"

#include "winnow/agreement.h"
#include "winnow/exact_sum.h"
#include "winnow/memory.h"
#include "winnow/rebuild.h"
#include "winnow/stop.h"

#include <string.h>

/* Which rows the figures are of: test rows, else validation, else training. */
static wn_row_status rows_of_metrics(const wn_ledger *ledger, const char **name)
{
    *name = ledger->test > 0 ? "test" : ledger->validation > 0 ? "validation" : "train";
    return ledger->test > 0 ? WN_ROW_TEST : ledger->validation > 0 ? WN_ROW_VALIDATION : WN_ROW_TRAIN;
}

typedef struct {
    wn_dataset *features;   /* selected features of the recipe */
    wn_dataset *components; /* their projection; NULL without one */
    wn_dataset *small;      /* features of the artefact's recipe; NULL without compression */
    wn_artefact *artefact;
} rows_to_judge;

static void rows_clear(rows_to_judge *rows)
{
    wn_dataset_free(rows->features);
    wn_dataset_free(rows->components);
    wn_dataset_free(rows->small);
    wn_artefact_free(rows->artefact);
}

static wn_status read_artefact(wn_run_state *state, rows_to_judge *rows, const wn_pass *pass, wn_row_status which,
                               wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(state->ranks,
                       wn_artefact_read(&rows->artefact, wn_run_directory_path(state->directory, "compressed.wnm"))));
    TRY(wn_ranks_agree(state->ranks, wn_recipe_match(rows->artefact->recipe, state->catalog)));
    TRY(wn_dataset_of_status(&rows->small, pass, state->rows, rows->artefact->recipe, WN_INPUTS_FEATURES, which,
                             &meter->cost));
    json_object_set_new(state->fingerprints, "compressed", wn_json_hash(rows->artefact->hash));
    meter->passes++;
done:
    return status;
}

static wn_status prepare_rows(wn_run_state *state, rows_to_judge *rows, wn_row_status which, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    wn_pass pass = wn_stage_pass(state, "evaluate");
    TRY(wn_dataset_of_status(&rows->features, &pass, state->rows, state->recipe, WN_INPUTS_FEATURES, which,
                             &meter->cost));
    meter->passes++;
    if (state->recipe->projection != NULL) {
        TRY(wn_dataset_of_status(&rows->components, &pass, state->rows, state->recipe, WN_INPUTS_COMPONENTS, which,
                                 &meter->cost));
        meter->passes++;
    }
    if (state->job->has_compress)
        TRY(read_artefact(state, rows, &pass, which, meter));
done:
    return status;
}

/* |x - x'|^2 of one row, x' = mean + back' . component rebuilt into scratch (n_features). */
static double row_error(const wn_projection *projection, const double *back, const float *features,
                        const float *components, double *scratch)
{
    size_t p = projection->n_features;
    memcpy(scratch, projection->mean, p * sizeof *scratch);
    for (size_t c = 0; c < projection->n_components; c++)
        for (size_t j = 0; j < p; j++)
            scratch[j] += back[c * p + j] * (double)components[c];
    double error = 0;
    for (size_t j = 0; j < p; j++)
        error += ((double)features[j] - scratch[j]) * ((double)features[j] - scratch[j]);
    return error;
}

/* Local, but that it polls the agreement. */
static wn_status sum_errors(const wn_projection *projection, const rows_to_judge *rows, wn_agreement *agreement,
                            wn_exact_sum *sum)
{
    enum { POLL_ROWS = 64 };
    wn_status status = WN_OK;
    double *scratch = NULL, *back = NULL;
    float *room = NULL;
    TRY(wn_new(&scratch, projection->n_features));
    TRY(wn_new(&room, wn_dataset_room(rows->features, 1)));
    TRY(wn_new(&back, projection->n_components * projection->n_features));
    TRY(wn_projection_rebuild(projection, back));
    for (size_t i = 0; i < rows->features->n_rows; i++) {
        if (i % POLL_ROWS == 0 && wn_agreement_poll(agreement))
            break;
        if (wn_stop_requested())
            TRY(wn_stop_fail("an evaluation"));
        wn_exact_sum_add(sum, row_error(projection, back, wn_dataset_rows(rows->features, i, 1, room),
                                        rows->components->features + i * rows->components->n_features, scratch));
    }
done:
    wn_free(room);
    wn_free(back);
    wn_free(scratch);
    return status;
}

/* (1/N) sum |x - x'|^2, x' the selected features rebuilt from their components. */
static wn_status rebuild_error(const wn_run_state *state, const rows_to_judge *rows, double *error)
{
    wn_status status = WN_OK;
    wn_exact_sum sum = {{0}};
    int64_t n = (int64_t)rows->features->n_rows;
    wn_agreement agreement;
    TRY(wn_agreement_begin(&agreement, state->ranks));
    TRY(wn_agreement_finish(&agreement, sum_errors(state->recipe->projection, rows, &agreement, &sum)));
    wn_exact_sum_normalize(&sum);
    TRY(wn_ranks_sum(state->ranks, sum.digit, WN_EXACT_SUM_SIZE));
    TRY(wn_ranks_sum(state->ranks, &n, 1));
    *error = wn_exact_sum_round(&sum) / (double)n;
done:
    return status;
}

static wn_status objectives(wn_run_state *state, const rows_to_judge *rows, double train_loss)
{
    wn_status status = WN_OK;
    wn_network *full = NULL;
    state->objectives_json = json_pack("{s:o}", "train", wn_json_number(train_loss));
    if (state->recipe->projection != NULL) {
        double error = 0;
        TRY(rebuild_error(state, rows, &error));
        json_object_set_new(state->objectives_json, "simplify", wn_json_number(error));
    }
    if (rows->artefact != NULL) {
        double distance = 0;
        TRY(wn_ranks_agree(state->ranks, wn_network_with_projection(&full, state->network, state->recipe)));
        TRY(wn_compress_distance(state->ranks, full, rows->features, rows->artefact->network, rows->small, &distance));
        distance += state->job->compress.lambda * (double)state->n_parameters_kept;
        json_object_set_new(state->objectives_json, "prune", wn_json_number(distance));
    }
done:
    wn_network_free(full);
    return status;
}

/* What per_class and confusion are of, in their order; NULL for a regression. */
static json_t *classes_json(const wn_labels *labels)
{
    json_t *classes = labels->n_classes > 0 ? json_array() : NULL;
    for (size_t k = 0; k < labels->n_classes; k++) {
        json_t *name = labels->names != NULL ? json_string(labels->names[k]) : wn_json_number(labels->classes[k]);
        json_array_append_new(classes, name != NULL ? name : json_null()); /* no UTF-8 */
    }
    return classes;
}

static wn_status judge_models(wn_run_state *state, const rows_to_judge *rows, const char *name)
{
    wn_status status = WN_OK;
    const wn_labels *labels = &state->recipe->labels;
    wn_metrics dense = {0}, small = {0};
    json_t *guess = NULL;
    const wn_dataset *inputs = rows->components != NULL ? rows->components : rows->features;
    TRY(wn_metrics_of(state->ranks, state->network, labels, inputs, &dense));
    TRY(wn_run_baseline(state, inputs, &guess));
    state->metrics_json = json_pack("{s:s, s:o*, s:o, s:o}", "rows", name, "classes", classes_json(labels), "baseline",
                                    guess, "dense", wn_json_metrics(&dense));
    if (rows->artefact != NULL) {
        TRY(wn_metrics_of(state->ranks, rows->artefact->network, labels, rows->small, &small));
        json_object_set_new(state->metrics_json, "compressed", wn_json_metrics(&small));
    }
    TRY(objectives(state, rows, dense.loss));
done:
    wn_metrics_clear(&small);
    wn_metrics_clear(&dense);
    return status;
}

static wn_status keep_result(wn_run_state *state, size_t first_entry)
{
    wn_status status = WN_OK;
    json_t *result = json_pack("{s:o, s:O, s:O, s:O*}", "stages", wn_stage_entries(state->stages, first_entry),
                               "metrics", state->metrics_json, "objectives", state->objectives_json, "compressed",
                               json_object_get(state->fingerprints, "compressed"));
    TRY(wn_run_directory_finish_stage(state->ranks, state->directory, "evaluate", state->evaluate_key, NULL, 0,
                                      result));
done:
    json_decref(result);
    return status;
}

static wn_status evaluate_stage(wn_run_state *state)
{
    wn_status status = WN_OK;
    rows_to_judge rows = {0};
    wn_stage_meter meter;
    const char *name = "";
    TRY(wn_run_rows(state));
    size_t first_entry = json_array_size(state->stages);
    wn_stage_meter_begin(&meter, "evaluate");
    wn_row_status which = rows_of_metrics(&state->recipe->ledger, &name);
    TRY(prepare_rows(state, &rows, which, &meter));
    TRY(judge_models(state, &rows, name));
    TRY(wn_stage_meter_end(state->ranks, &meter, state->stages));
    TRY(keep_result(state, first_entry));
done:
    rows_clear(&rows);
    return status;
}

wn_status wn_stage_evaluate(wn_run_state *state)
{
    wn_status status = WN_OK;
    json_t *result = NULL;
    const char *why = "";
    TRY(wn_run_directory_find_stage(state->ranks, state->directory, "evaluate", state->evaluate_key, &result, &why));
    if (result == NULL) {
        wn_log_info("evaluate: done (%s)", why);
        TRY(evaluate_stage(state));
        goto done;
    }
    TRY(wn_ranks_agree(state->ranks, wn_stage_reuse(state, "evaluate", result)));
    state->metrics_json = json_incref(json_object_get(result, "metrics"));
    state->objectives_json = json_incref(json_object_get(result, "objectives"));
    if (json_object_get(result, "compressed") != NULL)
        json_object_set(state->fingerprints, "compressed", json_object_get(result, "compressed"));
done:
    json_decref(result);
    return status;
}
