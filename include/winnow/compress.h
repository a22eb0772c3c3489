/* compress.h - from the full model to the smallest artefact within the tolerance.
 * Steps: masks by a gradual schedule while fine-tuning (background.h), then quantization and entropy coding; judged on
 * validation rows. A plan given as a list makes one candidate; plan: auto makes several, ever sparser until one fails,
 * then between the sparsest that held and the one that failed, each tuned for its part of the epochs from where the
 * last one that held ended. */
#ifndef WINNOW_COMPRESS_H
#define WINNOW_COMPRESS_H

#include "winnow/artefact.h"
#include "winnow/metrics.h"
#include "winnow/trainer.h"

typedef struct {
    wn_metric metric;
    double tolerance, lambda;
    bool while_training; /* snapshots are worked on in the thread beside training; else the same work is done in the
                            loop */
    bool is_auto;        /* plan: auto */
    double sparsity;     /* the plan's prune step; 0: none. Under auto the final sparsity is found */
    bool int8;           /* the plan has a quantize step (auto: yes) */
    size_t n_trials;     /* bounds the candidates that are judged */
    double time_budget;  /* seconds after which no trial begins; 0: none */
    int64_t n_epochs;    /* of fine-tuning with masks */
    wn_optimizer_options optimizer; /* of fine-tuning */
    uint64_t seed;
    const char *const *protect; /* never pruned: "input/NAME" (globs), "layerI", "projection" */
    size_t n_protect;
} wn_compress_options;

/* One candidate that was judged. */
typedef struct {
    char plan[160]; /* "prune saliency 0.9000, quantize int8, entropy huffman" */
    double sparsity;
    int64_t n_bytes;
    double metric;    /* on the rows that decide */
    double objective; /* (1/N) sum |F(x) - F(x, theta)|^2 + lambda x parameters kept, on the same rows */
    double seconds;
} wn_compress_trial;

typedef struct {
    int64_t n_snapshots, n_decisions;
    int64_t *applied_at_step;       /* (n_decisions) */
    double seconds, hidden_seconds; /* of the thread; of those, beside training */
    size_t n_trials;
    wn_compress_trial *trials;
    size_t accepted_trial; /* SIZE_MAX: none met the tolerance */
    bool accepted;
    const char *stopped_by; /* "plan": the list's one candidate was judged; "trials": n_trials were; "schedule": the
                               fine-tuning steps are used up; "found": the largest sparsity is known closely; "time":
                               the budget is used up */
    double metric_dense, metric_compressed; /* on the rows that decide */
    bool judged_on_training_rows;
    int64_t n_bytes, n_parameters_kept;
    wn_hash mask_hash;    /* of the artefact's mask: one of the decisions' */
    size_t mask_decision; /* which decision the artefact's mask is (from 0); SIZE_MAX without one */
} wn_compress_report;

/* Local. Frees what a report holds; it is then all zero. */
void wn_compress_report_clear(wn_compress_report *report);

struct wn_background;

/* Where fine-tuning leaves its checkpoints, and the one to go on from (NULL: the beginning), freed and NULL once it is
 * restored. */
typedef struct {
    const wn_checkpoint_sink *sink;
    wn_checkpoint **resume;
} wn_compress_checkpoints;

/* Collective. After the full model was trained: fine-tunes it with masks on `train` (lanes of selected features),
 * judges candidates on `judge` (validation rows, or training rows), and leaves the smallest artefact within the
 * tolerance at `path` (written by rank 0); where none is, the full model coded without loss. `background` was open
 * while the full model trained (NULL without while_training: it then opens its own); where `checkpoints` (may be NULL)
 * has one to go on from, the background was opened for it and gets its state from there. Fails: what training fails
 * with; WN_IO, WN_CANT_CREATE, agreed. */
WN_MUST_USE wn_status wn_compress_run(const wn_ranks *ranks, const wn_compress_options *options, const wn_lanes *lanes,
                                      const wn_dataset *train, const wn_dataset *judge, const wn_labels *labels,
                                      const wn_recipe *recipe, const wn_network *network,
                                      struct wn_background *background, const wn_compress_checkpoints *checkpoints,
                                      const char *path, wn_compress_report *report);

/* Collective. (1/N) sum |F(x) - F(x, theta)|^2 over rows spread over ranks, F the outputs (logits) of two networks. The
 * same rows are given as each network sees them: equal counts and pieces, but a compressed one may see fewer features.
 */
WN_MUST_USE wn_status wn_compress_distance(const wn_ranks *ranks, const wn_network *full, const wn_dataset *full_rows,
                                           const wn_network *small, const wn_dataset *small_rows, double *distance);

#endif
