/* Stages by rank, the run's other numbers, and its job. */
#include "sections.h"
#include "table.h"

#include <string.h>

enum { MOST_RANKS = 4096 }; /* whose bytes the page lists one by one */

static void add_spread(wn_html *html, const json_t *spread)
{
    wn_table_json(html, json_object_get(spread, "min"));
    wn_table_json(html, json_object_get(spread, "mean"));
    wn_table_json(html, json_object_get(spread, "max"));
}

/* Bytes that ranks read: least, mean, most. */
static void add_bytes(wn_html *html, const json_t *by_rank)
{
    size_t i = 0;
    json_t *bytes = NULL;
    double least = 0, most = 0, sum = 0;
    json_array_foreach(by_rank, i, bytes)
    {
        double value = json_number_value(bytes);
        least = i == 0 || value < least ? value : least;
        most = i == 0 || value > most ? value : most;
        sum += value;
    }
    double shown[3] = {least, i > 0 ? sum / (double)i : 0, most};
    for (size_t k = 0; k < 3; k++) {
        json_t *value = i > 0 ? json_real(shown[k]) : NULL;
        wn_table_bytes(html, value);
        json_decref(value);
    }
}

static void add_stage(wn_html *html, const json_t *stage)
{
    const char *name = json_string_value(json_object_get(stage, "name"));
    wn_table_row(html, name ? name : "");
    wn_table_text(html, json_is_true(json_object_get(stage, "reused")) ? "reused" : "done");
    wn_table_json(html, json_object_get(stage, "seconds"));
    wn_table_json(html, json_object_get(stage, "rows"));
    wn_table_json(html, json_object_get(stage, "passes"));
    wn_table_bytes(html, json_object_get(stage, "bytes_read"));
    add_spread(html, json_object_get(stage, "rank_seconds"));
    add_spread(html, json_object_get(stage, "wait_seconds"));
    add_bytes(html, json_object_get(stage, "rank_bytes_read"));
    wn_table_row_end(html);
}

static size_t most_ranks(const json_t *stages)
{
    size_t i = 0, most = 0;
    json_t *stage = NULL;
    json_array_foreach(stages, i, stage)
    {
        size_t n = json_array_size(json_object_get(stage, "rank_bytes_read"));
        most = n > most ? n : most;
    }
    return most;
}

static void add_rank(wn_html *html, const json_t *stages, size_t rank)
{
    size_t i = 0;
    json_t *stage = NULL;
    double sum = 0;
    wn_table_row_number(html, (double)rank);
    json_array_foreach(stages, i, stage)
    {
        const json_t *bytes = json_array_get(json_object_get(stage, "rank_bytes_read"), rank);
        sum += json_number_value(bytes);
        if (i < WN_TABLE_ROWS)
            wn_table_bytes(html, bytes);
    }
    json_t *all = json_real(sum);
    wn_table_bytes(html, all);
    json_decref(all);
    wn_table_row_end(html);
}

/* Bytes that every single rank read, a column a stage: an imbalance, or a rank that read nothing, is seen there. */
static void add_ranks(wn_html *html, const json_t *stages)
{
    const char *headings[WN_TABLE_ROWS + 2] = {"Rank"};
    size_t i = 0, n = 1, n_ranks = most_ranks(stages);
    json_t *stage = NULL;
    if (n_ranks == 0)
        return;
    json_array_foreach(stages, i, stage)
    {
        const char *name = json_string_value(json_object_get(stage, "name"));
        if (i < WN_TABLE_ROWS)
            headings[n++] = name ? name : "";
    }
    headings[n++] = "all stages";
    wn_html_details_begin(html, "Bytes read by every rank");
    wn_table_begin(html, "Bytes read by every rank", headings, n);
    for (size_t rank = 0; rank < n_ranks && rank < MOST_RANKS; rank++)
        add_rank(html, stages, rank);
    wn_table_end(html);
    if (n_ranks > MOST_RANKS)
        wn_html_note(html, "%zu of %zu ranks are left out here; all are in run.json, stages, rank_bytes_read.",
                     n_ranks - MOST_RANKS, n_ranks);
    wn_html_details_end(html);
}

void wn_section_stages(wn_html *html, const wn_run_files *files)
{
    static const char *const headings[] = {"Stage",           "",     "seconds", "rows",        "passes", "bytes read",
                                           "rank s, min",     "mean", "max",     "wait s, min", "mean",   "max",
                                           "rank bytes, min", "mean", "max"};
    const json_t *stages = wn_summary_get(files, "stages");
    size_t i = 0;
    json_t *stage = NULL;
    wn_html_section_begin(html, "stages", "Stages by rank");
    if (json_array_size(stages) > 0) {
        wn_html_note(html, "Least, mean and most over the ranks: seconds in the stage, seconds waiting for the "
                           "reader and for other ranks, bytes read.");
        wn_table_begin(html, "Stages", headings, sizeof headings / sizeof *headings);
        json_array_foreach(stages, i, stage)
        {
            if (i < WN_TABLE_ROWS)
                add_stage(html, stage);
        }
        wn_table_end(html);
        wn_table_left_out(html, i, "stages", "run.json, stages");
        add_ranks(html, stages);
    } else {
        wn_html_note(html, "No stage was finished.");
    }
    wn_html_section_end(html);
}

/* An object of plain values as a list of facts; not those whose value is null, where `skips_null`. */
static void add_facts(wn_html *html, const char *title, const json_t *object, bool skips_null)
{
    const char *name = NULL;
    json_t *value = NULL;
    wn_html_markup(html, "<h3>");
    wn_html_text(html, title);
    wn_html_markup(html, "</h3>\n");
    if (json_object_size(object) == 0) {
        wn_html_note(html, "None.");
        return;
    }
    wn_facts_begin(html);
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (!skips_null || !json_is_null(value))
            wn_fact_json(html, name, value);
    }
    wn_facts_end(html);
}

void wn_section_numbers(wn_html *html, const wn_run_files *files)
{
    wn_html_section_begin(html, "numbers", "Objectives, fingerprints, environment");
    add_facts(html, "Objectives", wn_summary_get(files, "objectives"), false);
    if (wn_summary_get(files, "objectives"))
        wn_html_note(html, "Means over the rows that the metrics are of. train: the loss; simplify: the squared "
                           "distance of a row from what its reduced form gives back; prune: the squared change of the "
                           "outputs by compression, and compress.lambda for each parameter that is left.");
    add_facts(html, "Fingerprints", wn_summary_get(files, "fingerprints"), false);
    add_facts(html, "Environment", wn_summary_get(files, "environment"), true);
    wn_html_section_end(html);
}

void wn_section_job(wn_html *html, const wn_run_files *files)
{
    wn_html_section_begin(html, "job", "Job");
    if (files->job) {
        wn_html_details_begin(html, "job.yaml, every default filled in");
        wn_html_markup(html, "<pre>\n");
        wn_html_text(html, files->job);
        wn_html_markup(html, "</pre>\n");
        wn_html_details_end(html);
        if (strlen(files->job) == WN_JOB_TEXT_MAX)
            wn_html_note(html, "The rest is in job.yaml.");
    } else {
        wn_html_note(html, "job.yaml cannot be read.");
    }
    wn_html_section_end(html);
}
