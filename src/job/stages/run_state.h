/* run_state.h - what the stages of one run share, and the stages themselves. Private to src/job. */
#ifndef WINNOW_RUN_STATE_H
#define WINNOW_RUN_STATE_H

#include "checkpoint_store.h"

#include "winnow/background.h"
#include "winnow/plan.h"
#include "winnow/run.h"
#include "winnow/statistics.h"

/* What reading and computing cost on this rank while a stage ran. */
typedef struct {
    const char *name;
    double start;
    int passes;
    wn_pass_cost cost;
} wn_stage_meter;

typedef struct {
    const wn_ranks *ranks;         /* borrowed */
    const wn_job *job;             /* borrowed */
    const wn_run_options *options; /* borrowed */
    wn_run_directory *directory;
    wn_catalog *catalog;
    wn_reader *reader;
    wn_pass pass;         /* over this rank's blocks; stages give it their name */
    wn_label_words words; /* of a label of strings, once a stage needs labels */
    wn_rows *rows;        /* NULL until a stage needs them, see wn_run_rows */
    int64_t leaked;
    wn_recipe *recipe;
    wn_moments *raw_moments; /* of the profile, where the statistics may follow from them; else NULL */
    wn_network *network;     /* the full model */
    wn_lanes lanes;
    wn_dataset *judge;  /* selected features of validation rows, NULL until compression needs them */
    wn_dataset *sample; /* of judge, on rank 0, for the background stage */
    wn_background *background;
    wn_compress_options compress_options; /* lives as long as background */
    wn_checkpoint_store *checkpoints;
    wn_hash rows_key, profile_key, statistics_key, forest_key, lasso_key, recipe_key, train_key, compress_key,
        evaluate_key, data_key;
    int64_t n_parameters_kept; /* by compression */
    double start;
    wn_memory_plan plan; /* memory that this rank takes at most, kept blocks apart; all 0 before it is planned */
    /* Parts of run.json, one reference each; NULL where the job does not ask for them. */
    json_t *stages, *rows_json, *rank_json, *reduce_json, *train_json, *metrics_json, *compression_json,
        *objectives_json, *fingerprints;
} wn_run_state;

/* Most memory that any rank took: resident, and allocated as the plan counts it. */
typedef struct {
    int64_t rss_bytes, allocated_bytes;
} wn_run_peaks;

/* What growing the forest takes beside the rows and what is grown (forest.h). */
enum { WN_RUN_FOREST_BYTES = 64 << 20 };

/* Share of an even part of the lanes that the rank with the background thread gets. */
#define WN_BUSY_RANK_SHARE 0.5

/* Collective. The job's memory where it says none: by what the node has, over its ranks. Fails: WN_INTERNAL, agreed. */
WN_MUST_USE wn_status wn_run_memory(const wn_ranks *ranks, wn_job *job);

/* Collective. Labels, duplicates and split into state->rows, and the ledger's leaked rows, found or from the directory;
 * nothing where they are there already. With a recipe that is fitted also the drops that its rules say. */
WN_MUST_USE wn_status wn_run_rows(wn_run_state *state);

/* Collective. The words of a label of strings into the state and to its reader: those of the recipe's classes, where
 * there is one, else by reading the label; nothing where they are there, or the label is of numbers. Fails: WN_BAD_DATA
 * as wn_label_words_find, or where the job says that numbers are missing labels. */
WN_MUST_USE wn_status wn_run_label_words(wn_run_state *state);

/* Collective. The drops that the state's recipe says, among its rows: from the directory, else by one pass; nothing
 * where no rule drops. */
WN_MUST_USE wn_status wn_run_drop_rows(wn_run_state *state, wn_stage_meter *meter);

/* Collective. Keeps the state's rows for starts to come, now that the recipe's drops are among them; nothing where no
 * rule drops. */
WN_MUST_USE wn_status wn_run_keep_drops(wn_run_state *state);

/* Collective. Scores (n_features) of the features by a forest of the training rows, which it reads, and what run.json's
 * `rank` says of it (a new reference); the caller frees both. Needs the statistics, which normalize. The directory's
 * where an earlier start made them. */
WN_MUST_USE wn_status wn_stage_forest(wn_run_state *state, double **score, json_t **told);

/* Where the sums of the last sweep of a reduction lie. */
#define WN_RUN_SWEEPS "sweeps.bin"

/* Collective. The recipe's projection, and what run.json says of it. */
WN_MUST_USE wn_status wn_stage_reduce(wn_run_state *state, const wn_statistics *statistics);

/* Local. What the job's ranking and reduction need to be summed, and where the sums are kept. */
wn_statistics_options wn_run_statistics_options(const wn_run_state *state);

/* Collective. Rows and a recipe of what the columns' raw cells say, fitted or from the directory. Their pilot too where
 * it is wanted (then `pilot` is not NULL) and the statistics need it, or was read for the fit; the caller frees it. */
WN_MUST_USE wn_status wn_stage_profile(wn_run_state *state, wn_pilot **pilot);

/* Collective. What follows from the cleaned rows of the profile, by a pass or from the directory. Makes the profile. */
WN_MUST_USE wn_status wn_stage_statistics(wn_run_state *state, wn_statistics **statistics);

/* Collective. The stages in their order. Each reuses its result where the directory has it. */
WN_MUST_USE wn_status wn_stage_recipe(wn_run_state *state);
WN_MUST_USE wn_status wn_stage_data(wn_run_state *state);
WN_MUST_USE wn_status wn_stage_train(wn_run_state *state);
WN_MUST_USE wn_status wn_stage_compress(wn_run_state *state);
WN_MUST_USE wn_status wn_stage_evaluate(wn_run_state *state);

/* Collective. Metrics, as run.json has them, of predictions that see no feature, for the rows of `inputs`: *json is a
 * new reference. Fails: WN_NO_MEMORY, WN_STOPPED, as reading labels does. */
WN_MUST_USE wn_status wn_run_baseline(const wn_run_state *state, const wn_dataset *inputs, json_t **json);

/* Local. Before any work: whether this build can write the prepared table as the job wants it. Fails: WN_UNAVAILABLE.
 */
WN_MUST_USE wn_status wn_stage_data_check(const wn_job *job);

/* Local. Before the training that compression follows: whether its metric and plan fit the task and the rows. Fails:
 * WN_BAD_JOB. */
WN_MUST_USE wn_status wn_stage_compress_check(const wn_run_state *state);

/* Collective. Selected features of the rows that compression is judged by (validation rows, else training rows) into
 * state->judge; nothing where they are there. */
WN_MUST_USE wn_status wn_run_judge(wn_run_state *state, wn_stage_meter *meter);

/* Collective. Starts the background stage for the model in the state, with its sample of the rows that judge. */
WN_MUST_USE wn_status wn_run_open_background(wn_run_state *state, wn_stage_meter *meter);

/* Local. What the job says of compression, as its room wants it; texts are the job's. */
wn_compress_options wn_run_compress_options(const wn_run_state *state);

/* Collective. The keys of all stages of the job into the state; what lies in the directory under other keys is taken
 * out of it. Needs the catalog. */
WN_MUST_USE wn_status wn_run_keys(wn_run_state *state);

/* Local. The key of a stage: the key before it, the seed and the job's sections that it follows (`sections` ends with
 * NULL), version and BLAS kernels. */
WN_MUST_USE wn_status wn_stage_key(const wn_run_state *state, wn_hash before, const char *const *sections,
                                   wn_hash *key);

/* Local. The reader's pass under another name, for a stage. */
wn_pass wn_stage_pass(const wn_run_state *state, const char *name);

/* Local. Begins to measure. */
void wn_stage_meter_begin(wn_stage_meter *meter, const char *name);

/* Collective. Ends: an entry of run.json's `stages`, with what every rank spent, is appended to `stages` (an array). */
WN_MUST_USE wn_status wn_stage_meter_end(const wn_ranks *ranks, const wn_stage_meter *meter, json_t *stages);

/* Local. The entries of `stages` from number `first` on, as a new array. */
json_t *wn_stage_entries(const json_t *stages, size_t first);

/* Local. Appends a result's stage entries to run.json's, marked as reused. */
WN_MUST_USE wn_status wn_stage_reuse(wn_run_state *state, const char *stage, const json_t *result);

/* Local. Before any work: *plan says what memory the run will take; the rest goes to the reader's cache
 * (options->cache_bytes). Fails: WN_UNAVAILABLE where it exceeds the job's memory. */
WN_MUST_USE wn_status wn_plan_memory(const wn_ranks *ranks, const wn_job *job, const wn_catalog *catalog,
                                     wn_reader_options *options, wn_memory_plan *plan);

/* Local. Text of a hash as JSON; a number, null where it is not finite; the metrics as run.json has them. New
 * references. */
json_t *wn_json_hash(wn_hash hash);
json_t *wn_json_number(double value);
json_t *wn_json_metrics(const wn_metrics *metrics);

/* Local. Whether a part of run.json was made, which it is left without otherwise. Fails: WN_NO_MEMORY where it is NULL.
 */
WN_MUST_USE wn_status wn_json_made(const json_t *part, const char *name);

/* Local, rank 0. Whether this attempt left anything to go on from: a finished stage or a checkpoint. */
bool wn_run_came_further(const wn_run_state *state);

/* Local, rank 0. run.json of the run so far. A new reference. */
json_t *wn_summary(const wn_run_state *state, wn_status status, const wn_run_peaks *peaks);

#endif
