#include "sections.h"
#include "table.h"

#include "winnow/memory.h"
#include "winnow/shell_word.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

const json_t *wn_summary_get(const wn_run_files *files, const char *key)
{
    return json_object_get(files->summary, key);
}

static const char *status_of(const wn_run_files *files)
{
    const char *status = json_string_value(wn_summary_get(files, "status"));
    return status ? status : "unknown";
}

void wn_section_absent(wn_html *html, const wn_run_files *files)
{
    if (strcmp(status_of(files), "done") == 0)
        wn_html_note(html, "The job does not ask for this.");
    else
        wn_html_note(html, "The run did not come to this, or the job does not ask for it.");
}

static void add_status(wn_html *html, const wn_run_files *files)
{
    const char *status = status_of(files);
    const char *class = strcmp(status, "done") == 0 ? "good" : strcmp(status, "stopped") == 0 ? "halted" : "bad";
    wn_html_markup(html, "<p class=\"status\"><strong class=\"");
    wn_html_markup(html, class);
    wn_html_markup(html, "\">");
    wn_html_text(html, status);
    wn_html_markup(html, "</strong> ");
    if (!files->summary)
        wn_html_format(html, "The run is going on, or was killed: its summary is not there (%s).",
                       files->summary_fault);
    else if (strcmp(status, "stopped") == 0)
        wn_html_text(html, "Started again, the run goes on from its checkpoint.");
    else if (strcmp(status, "done") != 0)
        wn_html_text(html, "What follows is what the run came to.");
    wn_html_markup(html, "</p>\n");
    const char *cause = json_string_value(wn_summary_get(files, "cause"));
    if (cause)
        wn_html_note(html, "Cause: %s", cause);
}

static void add_command(wn_html *html, const char *before, const char *command, const char *after)
{
    wn_html_markup(html, "<p>");
    wn_html_text(html, before);
    wn_html_markup(html, " <code>");
    wn_html_text(html, command);
    wn_html_markup(html, "</code>");
    wn_html_text(html, after);
    wn_html_markup(html, "</p>\n");
}

/* A run that was killed left its job with every default filled in, and not where it was started. */
static wn_status command_of_killed(const char *run, char **command)
{
    wn_status status = WN_OK;
    char path[PATH_MAX], *job = NULL, *quoted_job = NULL, *quoted_run = NULL;
    if (!realpath(run, path))
        return WN_OK;
    TRY(wn_string_format(&job, "%s/job.yaml", path));
    TRY(wn_shell_word(&quoted_job, job));
    TRY(wn_shell_word(&quoted_run, path));
    TRY(wn_string_format(command, "winnow run %s --out %s", quoted_job, quoted_run));
done:
    wn_free(quoted_run);
    wn_free(quoted_job);
    wn_free(job);
    return status;
}

static void add_command_of_killed(wn_html *html, const char *run)
{
    char *command = NULL;
    wn_status status = command_of_killed(run, &command);
    if (html->status == WN_OK)
        html->status = status;
    if (command)
        add_command(html, "If it was killed, how to go on:", command,
                    " in the directory where it was started, on any number of ranks (mpirun or srun before it).");
    wn_free(command);
}

static void add_way_on(wn_html *html, const wn_run_files *files)
{
    const char *command = json_string_value(wn_summary_get(files, "go_on"));
    if (!files->summary)
        add_command_of_killed(html, files->path);
    else if (command && strcmp(status_of(files), "stopped") == 0)
        add_command(html, "How to go on:", command, "");
    else if (command)
        add_command(html, "How to go on, once the cause is removed:", command, "");
}

static void add_warnings(wn_html *html, const json_t *warnings)
{
    size_t i = 0;
    json_t *warning = NULL;
    if (json_array_size(warnings) == 0)
        return;
    wn_html_markup(html, "<h3>Warnings</h3>\n<ul>\n");
    json_array_foreach(warnings, i, warning)
    {
        if (i == WN_TABLE_ROWS)
            break;
        wn_html_markup(html, "<li>");
        wn_html_json(html, warning);
        wn_html_markup(html, "</li>\n");
    }
    wn_html_markup(html, "</ul>\n");
    wn_table_left_out(html, json_array_size(warnings), "warnings", "run.json, warnings");
}

/* The figures of one model that a reader wants first. */
static void add_figure(wn_html *html, const wn_run_files *files, const char *model, const char *name)
{
    const json_t *metrics = json_object_get(wn_summary_get(files, "metrics"), model);
    const json_t *accuracy = json_object_get(metrics, "accuracy"), *r2 = json_object_get(metrics, "r2");
    char label[64];
    if (!accuracy && !r2)
        return;
    snprintf(label, sizeof label, "%s, %s model", accuracy ? "Accuracy" : "R2", name);
    wn_fact_json(html, label, accuracy ? accuracy : r2);
}

/* A run without a summary: what its manifest holds. */
static void add_finished_stages(wn_html *html, const json_t *manifest)
{
    const char *stage = NULL;
    json_t *entry = NULL;
    size_t n = 0;
    wn_html_markup(html, "<p>");
    json_object_foreach((json_t *)(uintptr_t)json_object_get(manifest, "stages"), stage, entry)
    {
        const char *key = json_string_value(json_object_get(entry, "key"));
        if (key && *key)
            wn_html_format(html, n++ > 0 ? ", %s" : "Finished so far: %s", stage);
    }
    wn_html_markup(html, n > 0 ? ". A run that goes on takes these results as they are" : "No stage is finished yet");
    wn_html_markup(html, "; inside a stage it goes on from the newest checkpoint, if there is one.</p>\n");
}

void wn_section_summary(wn_html *html, const wn_run_files *files)
{
    const json_t *compression = wn_summary_get(files, "compression"), *memory = wn_summary_get(files, "memory");
    add_status(html, files);
    add_way_on(html, files);
    if (!files->summary) {
        add_finished_stages(html, files->manifest);
        return;
    }
    wn_facts_begin(html);
    add_figure(html, files, "dense", "full");
    add_figure(html, files, "compressed", "compressed");
    if (compression) {
        wn_fact_bytes(html, "Size, compressed", json_object_get(compression, "compressed_bytes"));
        wn_fact_json(html, "Times smaller", json_object_get(compression, "ratio"));
    }
    wn_fact_json(html, "Rows read", json_object_get(wn_summary_get(files, "rows"), "read"));
    wn_fact_json(html, "Seconds", wn_summary_get(files, "seconds"));
    wn_fact_json(html, "Ranks", wn_summary_get(files, "ranks"));
    wn_fact_bytes(html, "Memory, largest rank", wn_summary_get(files, "peak_rss_bytes"));
    wn_fact_bytes(html, "Memory planned, most a rank", json_object_get(memory, "planned_bytes"));
    wn_fact_bytes(html, "Memory allocated, with kept blocks", json_object_get(memory, "peak_bytes"));
    wn_fact_json(html, "Starts", wn_summary_get(files, "attempts"));
    wn_facts_end(html);
    add_warnings(html, wn_summary_get(files, "warnings"));
}
