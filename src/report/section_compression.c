#include "sections.h"
#include "table.h"

#include <math.h>
#include <string.h>

/* Where the accepted plan is among the trials: the first of that name and size. */
static size_t accepted_trial(const json_t *compression)
{
    size_t i = 0;
    json_t *trial = NULL;
    const json_t *plan = json_array_get(json_object_get(compression, "plan"), 0);
    const json_t *bytes = json_object_get(compression, "compressed_bytes");
    if (!json_is_true(json_object_get(compression, "accepted")))
        return SIZE_MAX;
    json_array_foreach(json_object_get(compression, "trials"), i, trial)
    {
        if (json_equal(json_object_get(trial, "plan"), plan) && json_equal(json_object_get(trial, "bytes"), bytes))
            return i;
    }
    return SIZE_MAX;
}

static void add_trials(wn_html *html, const json_t *compression)
{
    static const char *const headings[] = {"Plan", "trial", "bytes", "metric", "objective", "seconds", ""};
    const json_t *trials = json_object_get(compression, "trials");
    size_t i = 0, accepted = accepted_trial(compression);
    json_t *trial = NULL;
    wn_table_begin(html, "Compression trials", headings, 7);
    json_array_foreach(trials, i, trial)
    {
        if (i >= WN_TABLE_ROWS)
            continue;
        const char *plan = json_string_value(json_object_get(trial, "plan"));
        wn_table_row(html, plan ? plan : "");
        wn_table_integer(html, (int64_t)i + 1);
        wn_table_json(html, json_object_get(trial, "bytes"));
        wn_table_json(html, json_object_get(trial, "metric"));
        wn_table_json(html, json_object_get(trial, "objective"));
        wn_table_json(html, json_object_get(trial, "seconds"));
        wn_table_text(html, i == accepted ? "accepted" : "");
        wn_table_row_end(html);
    }
    wn_table_end(html);
    wn_table_left_out(html, json_array_size(trials), "trials", "run.json, compression.trials");
}

static void add_sizes(wn_html *html, const json_t *compression)
{
    wn_facts_begin(html);
    wn_fact_bytes(html, "Full model and recipe", json_object_get(compression, "dense_bytes"));
    wn_fact_bytes(html, "Full model's parameters", json_object_get(compression, "parameters_bytes"));
    wn_fact_bytes(html, "Compressed, all of it", json_object_get(compression, "compressed_bytes"));
    wn_fact_json(html, "Ratio", json_object_get(compression, "ratio"));
    wn_fact_json(html, "Share of weights not 0", json_object_get(compression, "nonzero_fraction"));
    wn_fact_json(html, "Plan", json_object_get(compression, "plan"));
    wn_fact_json(html, "Accepted", json_object_get(compression, "accepted"));
    wn_fact_json(html, "Search ended by", json_object_get(compression, "stopped_by"));
    wn_fact_json(html, "Judged on rows of", json_object_get(compression, "judged_on"));
    wn_fact_json(html, "Metric there, full", json_object_get(compression, "metric_dense"));
    wn_fact_json(html, "Metric there, compressed", json_object_get(compression, "metric_compressed"));
    wn_fact_json(html, "Tolerance", json_object_get(compression, "tolerance"));
    wn_facts_end(html);
}

/* The trial whose metric is best; NULL without trials that have one. */
static const json_t *best_trial(const json_t *compression)
{
    size_t i = 0;
    json_t *trial = NULL, *best = NULL;
    json_array_foreach(json_object_get(compression, "trials"), i, trial)
    {
        const json_t *metric = json_object_get(trial, "metric");
        if (json_is_number(metric) &&
            (!best || json_number_value(metric) > json_number_value(json_object_get(best, "metric"))))
            best = trial;
    }
    return best;
}

/* Why the plan was accepted, or none was: as the search judges. */
static void add_reason(wn_html *html, const json_t *compression)
{
    const char *name = json_string_value(json_object_get(compression, "metric"));
    const json_t *best = best_trial(compression);
    size_t n = json_array_size(json_object_get(compression, "trials"));
    double full = json_number_value(json_object_get(compression, "metric_dense"));
    double tolerance = json_number_value(json_object_get(compression, "tolerance"));
    bool is_accepted = json_is_true(json_object_get(compression, "accepted"));
    double reached = json_number_value(is_accepted ? json_object_get(compression, "metric_compressed")
                                                   : json_object_get(best, "metric"));
    if (!name)
        name = "metric";
    if (is_accepted)
        wn_html_note(
            html,
            "Accepted: of %zu trials the smallest whose %s is within the tolerance. It has %.6g against the full "
            "model's %.6g, a loss of %.4g where %.4g is allowed.",
            n, name, reached, full, fmax(0, full - reached), tolerance);
    else if (best)
        wn_html_note(html,
                     "Not accepted: none of %zu trials keeps the %s within the tolerance. The best of them has %.6g "
                     "against the full model's %.6g, a loss of %.4g where %.4g is allowed. So the full model is coded "
                     "without loss.",
                     n, name, reached, full, full - reached, tolerance);
    else
        wn_html_note(html, "Not accepted: there is no trial with a finite %s, so the full model is coded without loss.",
                     name);
}

static void add_background(wn_html *html, const json_t *background)
{
    wn_html_markup(html, "<h3>While training</h3>\n");
    wn_facts_begin(html);
    wn_fact_json(html, "Snapshots", json_object_get(background, "snapshots"));
    wn_fact_json(html, "Decisions", json_object_get(background, "decisions"));
    wn_fact_json(html, "Applied at steps", json_object_get(background, "applied_at_step"));
    wn_fact_json(html, "Seconds", json_object_get(background, "seconds"));
    wn_fact_json(html, "Hidden behind training", json_object_get(background, "hidden_seconds"));
    wn_facts_end(html);
}

void wn_section_compression(wn_html *html, const wn_run_files *files)
{
    const json_t *compression = wn_summary_get(files, "compression");
    wn_html_section_begin(html, "compression", "Compression");
    if (compression) {
        add_reason(html, compression);
        add_sizes(html, compression);
        if (json_array_size(json_object_get(compression, "trials")) > 0)
            add_trials(html, compression);
        if (json_object_get(compression, "background"))
            add_background(html, json_object_get(compression, "background"));
    } else {
        wn_section_absent(html, files);
    }
    wn_html_section_end(html);
}
