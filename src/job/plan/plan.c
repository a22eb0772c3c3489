#include "winnow/plan.h"
#include "winnow/node.h"

#include "plan_features.h"
#include "plan_model.h"
#include "plan_sums.h"
#include "run_state.h"

#include <inttypes.h>

/* What the columns' rules ask of the profile and the statistics. */
typedef struct {
    bool drops, acts; /* rows may go; outliers may change cells that a fill is of */
    bool has_modes, has_distances, has_quartiles;
    bool has_transforms;
    bool acts_on_modes; /* in a column whose fill is its most frequent cell */
} rules_ask;

static rules_ask ask_of(const wn_recipe *rules)
{
    rules_ask ask = {0};
    for (size_t i = 0; i < rules->n_columns; i++) {
        const wn_column_rule *rule = &rules->columns[i].rule;
        bool has_rule = rule->outliers != WN_OUTLIERS_NONE, acts = has_rule && rule->action != WN_OUTLIER_REPORT;
        bool is_mode = rule->missing == WN_MISSING_MOST_FREQUENT;
        bool fills = rule->missing == WN_MISSING_MEAN || rule->missing == WN_MISSING_MEDIAN || is_mode;
        ask.drops |= rule->missing == WN_MISSING_DROP_ROW || (has_rule && rule->action == WN_OUTLIER_DROP_ROW);
        ask.acts |= acts && fills;
        ask.has_modes |= is_mode;
        ask.acts_on_modes |= is_mode && acts;
        ask.has_distances |= rule->outliers == WN_OUTLIERS_MAD;
        ask.has_quartiles |= rule->normalize == WN_NORMALIZE_ROBUST;
        ask.has_transforms |= rule->transform != WN_TRANSFORM_NONE;
    }
    return ask;
}

/* The raw cells; distances from the medians where a rule is mad; cells after the outlier action where a most frequent
 * one may only be known then. */
static wn_stage_plan profile_plan(const rules_ask *ask)
{
    bool looks_twice = ask->drops || ask->acts;
    int least = 1 + ask->has_distances + (ask->has_modes && (ask->drops || ask->acts_on_modes));
    const char *why = looks_twice ? "a second where rows drop, or fills follow outliers; more for missed quantiles"
                                  : "more for quantiles that the pilot's windows miss";
    if (ask->has_distances)
        why = looks_twice ? "a second for distances from medians; one more where rows drop, or fills follow outliers"
                          : "a second for distances from medians; more for missed quantiles";
    return (wn_stage_plan){"profile", why, least, 0};
}

static bool has_targets(const wn_recipe *rules)
{
    for (size_t i = 0; i < rules->n_columns; i++)
        if (rules->columns[i].target.folds > 0)
            return true;
    return false;
}

/* More than moments is to be summed. */
static bool needs_sums(const wn_job *job, const wn_catalog *catalog)
{
    bool ranks_by_rows = job->has_rank && (job->rank.use[WN_RANK_MUTUAL_INFORMATION] || job->rank.folds > 0);
    return wn_job_products(job, wn_plan_features(job, catalog)) != WN_PRODUCTS_NONE || ranks_by_rows;
}

/* Of moments those of the profile serve, where it finds that nothing but gaps is to fill. */
static wn_stage_plan statistics_plan(const rules_ask *ask, bool sums_more)
{
    if (!sums_more && !ask->has_quartiles && !ask->has_transforms)
        return (wn_stage_plan){"statistics", "none, if cleaned cells are but raw ones with gaps filled", 0, 1};
    if (!ask->has_quartiles)
        return (wn_stage_plan){"statistics", "moments, products, contingency tables at once", 1, 1};
    return (wn_stage_plan){"statistics", "moments, products, tables, quartiles at once; more for missed quantiles", 1,
                           0};
}

static const char *rows_why(const wn_job *job, bool hashes)
{
    if (job->input.split_by)
        return hashes ? "labels and the column split by, then hashes of all rows"
                      : "labels and the column split by only";
    return hashes ? "labels, then hashes of all rows" : "labels only";
}

static wn_stage_plan solving_plan(const char *stage, wn_solving_passes passes)
{
    return (wn_stage_plan){stage, passes.why, passes.least, passes.most};
}

size_t wn_stage_plans(const wn_job *job, const wn_recipe *rules, const wn_catalog *catalog,
                      wn_stage_plan plans[WN_MAX_STAGE_PLANS])
{
    size_t n = 0, n_features = wn_plan_features(job, catalog);
    bool hashes = wn_job_seeks_repeats(job);
    rules_ask ask = ask_of(rules);
    bool beside = job->has_compress && job->compress.while_training;
    bool reduces = job->has_reduce && job->reduce.method != WN_REDUCE_NONE;
    plans[n++] = (wn_stage_plan){"rows", rows_why(job, hashes), hashes, hashes};
    plans[n++] = profile_plan(&ask);
    if (has_targets(rules))
        plans[n++] = (wn_stage_plan){"targets", "labels by level of categories and part of the rows", 1, 1};
    plans[n++] = statistics_plan(&ask, needs_sums(job, catalog));
    if (job->has_rank && job->rank.use[WN_RANK_RANDOM_FOREST])
        plans[n++] = (wn_stage_plan){"forest", "training rows of all features into memory", 1, 1};
    if (wn_plan_screens(job, n_features))
        plans[n++] = solving_plan("lasso", wn_plan_lasso_passes(job));
    if (job->has_rank)
        plans[n++] = (wn_stage_plan){"rank", "from the statistics", 0, 0};
    if (reduces)
        plans[n++] = solving_plan("reduce", wn_plan_reduction_passes(job, n_features));
    if (job->output.data)
        plans[n++] = (wn_stage_plan){"data", "kept rows, as the model sees them, to disk", 1, 1};
    if (job->has_train)
        plans[n++] = (wn_stage_plan){"train",
                                     beside ? "training, validation and judging rows into memory"
                                            : "training and validation rows into memory",
                                     2 + beside, 2 + beside};
    if (job->has_compress)
        plans[n++] =
            (wn_stage_plan){"compress", beside ? "training rows" : "training and judging rows", 2 - beside, 2 - beside};
    if (job->has_train) {
        int passes = 1 + reduces + job->has_compress;
        plans[n++] = (wn_stage_plan){"evaluate", "rows of the metrics, as each model sees them", passes, passes};
    }
    return n;
}

wn_rows_plan wn_rows_plan_of(int n_ranks, const wn_catalog *catalog)
{
    wn_rows_plan plan = {.least_rows = INT64_MAX};
    for (int rank = 0; rank < n_ranks; rank++) {
        wn_range blocks = wn_catalog_part(catalog, n_ranks, rank);
        int64_t rows = 0;
        if (blocks.first < blocks.last) {
            wn_block_extent last = wn_catalog_block(catalog, blocks.last - 1);
            rows = last.first_row + (int64_t)last.n_rows - wn_catalog_block(catalog, blocks.first).first_row;
        }
        plan.n_idle += blocks.first == blocks.last;
        plan.least_rows = rows < plan.least_rows ? rows : plan.least_rows;
        plan.most_rows = rows > plan.most_rows ? rows : plan.most_rows;
    }
    return plan;
}

static double gib(int64_t bytes)
{
    return (double)bytes / 0x1p30;
}

static int64_t text_bytes(const wn_catalog *catalog)
{
    int64_t n = 0;
    for (size_t f = 0; f < catalog->n_files && catalog->n_texts > 0; f++)
        n += catalog->files[f].n_rows * catalog->files[f].text_bytes;
    return n;
}

static int64_t pass_bytes(const wn_catalog *catalog)
{
    return catalog->n_rows * ((int64_t)catalog->n_cells * (catalog->is_float32 ? 4 : 8)) + text_bytes(catalog);
}

static void print_input(const wn_catalog *catalog, int n_ranks, FILE *out)
{
    wn_rows_plan rows = wn_rows_plan_of(n_ranks, catalog);
    fprintf(out, "input     %" PRId64 " rows, %zu columns, %" PRId64 " blocks in %zu files; %.3f GiB decoded a pass\n",
            catalog->n_rows, catalog->n_columns, catalog->n_blocks, catalog->n_files, gib(pass_bytes(catalog)));
    fprintf(out, "ranks     %d, each with %" PRId64 " to %" PRId64 " rows", n_ranks, rows.least_rows, rows.most_rows);
    if (rows.n_idle > 0)
        fprintf(out, "; %d read nothing, for there are only %" PRId64 " blocks", rows.n_idle, catalog->n_blocks);
    fprintf(out, "\n");
}

static void print_stages(const wn_job *job, const wn_recipe *rules, const wn_catalog *catalog, FILE *out)
{
    wn_stage_plan plans[WN_MAX_STAGE_PLANS];
    size_t n = wn_stage_plans(job, rules, catalog, plans);
    int least = 0;
    fprintf(out, "\nstage       passes  why\n");
    for (size_t i = 0; i < n; i++) {
        bool is_bound = plans[i].most != plans[i].least;
        fprintf(out, "%-10s  %2d%-4s  %s\n", plans[i].stage, plans[i].least, is_bound ? "+" : "", plans[i].why);
        least += plans[i].least;
    }
    fprintf(out,
            "%-10s  %2d+     of the table; at most %.3f GiB decoded in %d passes, less where blocks stay in memory\n",
            "all", least, gib(least * pass_bytes(catalog)), least);
}

static void print_windows(const wn_memory_plan *plan, FILE *out)
{
    if (plan->window_cells > plan->window_budget)
        fprintf(
            out,
            "profile     one pass more where windows of quantiles hold about %.1f MiB, for %.1f: they are narrowed\n",
            (double)plan->window_cells / 0x1p20, (double)plan->window_budget / 0x1p20);
}

static void print_memory(const wn_memory_plan *plan, int64_t memory, FILE *out)
{
    const struct {
        const char *name;
        size_t bytes;
    } lines[] = {{"blocks in flight", plan->blocks},
                 {"row statuses", plan->rows},
                 {"pilot", plan->pilot},
                 {"sums and products", plan->gram},
                 {"the same by folds", plan->folds},
                 {"reduction", plan->reduction},
                 {"distinct values", plan->values},
                 {"windows of quantiles", plan->windows},
                 {"duplicates", plan->duplicates},
                 {"forest", plan->forest},
                 {"prepared rows", plan->features},
                 {"prepared table", plan->prepared},
                 {"model", plan->model},
                 {"compression", plan->compression},
                 {"checkpoint", plan->checkpoint},
                 {"files and names", plan->rest},
                 {"libraries", plan->libraries}};
    fprintf(out, "\nmemory a rank           MiB\n");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        fprintf(out, "  %-20s %6.1f\n", lines[i].name, (double)lines[i].bytes / 0x1p20);
    fprintf(out, "  %-20s %6.1f  of %.1f; %s\n", "at the worst moment", (double)plan->need / 0x1p20,
            (double)memory / 0x1p20,
            plan->cache > 0 ? "what is left keeps decoded blocks" : "what is left would keep few of the blocks: none");
}

/* Lanes need no more than arithmetic: they are dealt for ranks that are not there. */
wn_status wn_lanes_plan_of(int n_ranks, const wn_job *job, const wn_catalog *catalog, wn_lanes_plan *plan)
{
    *plan = (wn_lanes_plan){0};
    double share = job->has_compress && job->compress.while_training ? WN_BUSY_RANK_SHARE : 1.0;
    for (int rank = 0; rank < n_ranks; rank++) {
        wn_ranks one = {.comm = MPI_COMM_NULL, .rank = rank, .size = n_ranks};
        wn_lanes lanes;
        wn_status status = wn_lanes_deal(&one, catalog->n_rows, job->train.batch, job->train.lanes, share, &lanes);
        if (status != WN_OK)
            return status;
        int64_t mine = lanes.mine.last - lanes.mine.first;
        plan->n_training += mine > 0;
        plan->most = mine > plan->most ? mine : plan->most;
        plan->root = rank == 0 ? mine : plan->root;
        plan->n_lanes = lanes.n_lanes;
    }
    return WN_OK;
}

static wn_status print_lanes(const wn_job *job, const wn_catalog *catalog, int n_ranks, FILE *out)
{
    wn_lanes_plan plan;
    wn_status status = wn_lanes_plan_of(n_ranks, job, catalog, &plan);
    if (status != WN_OK)
        return status;
    bool is_busy = job->has_compress && job->compress.while_training && n_ranks > 1;
    fprintf(out,
            "\nlanes     %" PRId64 " of a batch of %" PRId64 " rows; %d of %d ranks train, with at most %" PRId64
            " lanes; rank 0 has %" PRId64 "%s\n",
            plan.n_lanes, job->train.batch, plan.n_training, n_ranks, plan.most, plan.root,
            is_busy ? ", for it compresses beside" : "");
    return WN_OK;
}

static wn_status print_all(const wn_job *job, const wn_catalog *catalog, int n_ranks, size_t n_threads, FILE *out)
{
    wn_status status = WN_OK;
    wn_recipe *rules = NULL;
    TRY(wn_recipe_new(&rules, catalog));
    TRY(wn_job_column_rules(job, rules));
    TRY(wn_job_check_width(job, wn_plan_features(job, catalog)));
    wn_memory_plan memory = wn_memory_plan_of(n_ranks, job, catalog, n_threads);
    print_input(catalog, n_ranks, out);
    print_stages(job, rules, catalog, out);
    print_windows(&memory, out);
    print_memory(&memory, job->memory, out);
    if (job->has_train)
        TRY(print_lanes(job, catalog, n_ranks, out));
    TRY(wn_memory_plan_check(&memory, (size_t)job->memory));
done:
    wn_recipe_free(rules);
    return status;
}

wn_status wn_plan_print(const wn_ranks *ranks, wn_job *job, int n_ranks, FILE *out)
{
    wn_status status = WN_OK;
    wn_catalog *catalog = NULL;
    wn_input input = wn_job_input(job);
    size_t n_threads;
    TRY(wn_ranks_agree(ranks, wn_stage_data_check(job)));
    TRY(wn_run_memory(ranks, job));
    TRY(wn_node_threads(ranks, &n_threads));
    if (n_ranks != ranks->size) /* where they will run is not known: as many of them as fit on a node like this */
        n_threads = wn_node_threads_among(n_ranks);
    TRY(wn_catalog_open(ranks, &catalog, &input));
    TRY(wn_ranks_agree(ranks, ranks->rank == 0 ? print_all(job, catalog, n_ranks, n_threads, out) : WN_OK));
done:
    wn_catalog_free(catalog);
    return status;
}
