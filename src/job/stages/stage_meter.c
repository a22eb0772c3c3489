/* Measures a stage on every rank for run.json. */
#include "run_state.h"

#include "winnow/clock.h"
#include "winnow/memory.h"
#include "winnow/watchdog.h"

void wn_stage_meter_begin(wn_stage_meter *meter, const char *name)
{
    *meter = (wn_stage_meter){.name = name, .start = wn_clock_seconds()};
    wn_watchdog_stage(name);
    wn_event("stage_begin", "{s:s}", "stage", name);
}

/* What one rank sends. */
typedef struct {
    double seconds, wait_seconds;
    int64_t rows, bytes_read;
} measure;

static json_t *spread(const measure *all, size_t n, bool is_wait)
{
    double least = 0, most = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        double value = is_wait ? all[i].wait_seconds : all[i].seconds;
        least = i == 0 || value < least ? value : least;
        most = i == 0 || value > most ? value : most;
        sum += value;
    }
    return json_pack("{s:f, s:f, s:f}", "min", least, "mean", n > 0 ? sum / (double)n : 0.0, "max", most);
}

static json_t *entry(const wn_stage_meter *meter, const measure *all, size_t n)
{
    int64_t rows = 0, bytes = 0;
    json_t *by_rank = json_array();
    for (size_t i = 0; i < n; i++) {
        rows += all[i].rows;
        bytes += all[i].bytes_read;
        json_array_append_new(by_rank, json_integer(all[i].bytes_read));
    }
    return json_pack("{s:s, s:f, s:I, s:I, s:i, s:b, s:o, s:o, s:o}", "name", meter->name, "seconds",
                     wn_clock_seconds() - meter->start, "rows", (json_int_t)rows, "bytes_read", (json_int_t)bytes,
                     "passes", meter->passes, "reused", 0, "rank_seconds", spread(all, n, false), "wait_seconds",
                     spread(all, n, true), "rank_bytes_read", by_rank);
}

wn_status wn_stage_meter_end(const wn_ranks *ranks, const wn_stage_meter *meter, json_t *stages)
{
    wn_status status = WN_OK;
    measure mine = {wn_clock_seconds() - meter->start, meter->cost.wait_seconds, meter->cost.rows,
                    meter->cost.bytes_read};
    measure *all = NULL;
    size_t n = 0;
    TRY(wn_ranks_gather_all(ranks, &mine, 1, sizeof mine, (void **)&all, &n));
    json_t *object = entry(meter, all, n);
    wn_event("stage_end", "{s:s, s:O}", "stage", meter->name, "measured", object);
    wn_log_info("%s: done in %.1f s", meter->name, mine.seconds);
    if (json_array_append_new(stages, object) != 0)
        status = wn_fail(WN_NO_MEMORY, "out of memory for the summary of stage %s", meter->name);
done:
    wn_free(all);
    return wn_ranks_agree(ranks, status);
}

json_t *wn_stage_entries(const json_t *stages, size_t first)
{
    json_t *entries = json_array();
    for (size_t i = first; i < json_array_size(stages); i++)
        json_array_append(entries, json_array_get(stages, i));
    return entries;
}

wn_status wn_stage_reuse(wn_run_state *state, const char *stage, const json_t *result)
{
    wn_log_info("%s: reused, nothing it depends on changed", stage);
    size_t i;
    json_t *old;
    json_array_foreach(json_object_get(result, "stages"), i, old)
    {
        json_t *copy = json_copy(old);
        if (copy == NULL || json_object_set_new(copy, "reused", json_true()) != 0 ||
            json_array_append_new(state->stages, copy) != 0)
            return wn_fail(WN_NO_MEMORY, "out of memory for the summary of stage %s", stage);
    }
    return WN_OK;
}

wn_pass wn_stage_pass(const wn_run_state *state, const char *name)
{
    wn_pass pass = state->pass;
    pass.name = name;
    return pass;
}
