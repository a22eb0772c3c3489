#include "winnow/report.h"

#include "sections.h"
#include "winnow/durable.h"
#include "winnow/memory.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const head =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<style>\n"
    ":root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --faint: #5a626b; --line: #d4d9de;\n"
    "  --shade: #f3f5f7; --link: #0b57a4; --good: #176b36; --halted: #8a5a00; --bad: #b3261e }\n"
    "@media (prefers-color-scheme: dark) { :root { --ink: #e4e7ea; --paper: #15181b; --faint: #a0a8b0;\n"
    "  --line: #353b41; --shade: #1f2428; --link: #7db8f5; --good: #6fcf8e; --halted: #e5b454; --bad: #ff8a80 } }\n"
    "* { box-sizing: border-box }\n"
    "body { margin: 0 auto; padding: 1rem; max-width: 72rem; color: var(--ink); background: var(--paper);\n"
    "  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }\n"
    "h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem }\n"
    "h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line) }\n"
    "h3 { font-size: 1rem; margin: 1.2rem 0 .3rem }\n"
    "p { margin: .5rem 0; max-width: 48rem }\n"
    "a { color: var(--link) }\n"
    "nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .8rem 0 }\n"
    ".good { color: var(--good) } .halted { color: var(--halted) } .bad { color: var(--bad) }\n"
    ".scroll { overflow: auto; width: fit-content; max-width: 100%; max-height: max(24rem, 85vh); margin: .5rem 0;\n"
    "  border: 1px solid var(--line) }\n"
    "@media print { .scroll { overflow: visible; max-height: none; border: 0 } table { font-size: .7rem } }\n"
    "table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums }\n"
    "th, td { padding: .25rem .6rem; text-align: right; white-space: nowrap; overflow-wrap: normal;\n"
    "  border-bottom: 1px solid var(--line) }\n"
    "tbody tr:last-child > * { border-bottom: 0 }\n"
    "thead th { background: var(--shade); font-weight: 600; position: sticky; top: 0; z-index: 1 }\n"
    "th:first-child { position: sticky; left: 0; background: var(--paper) }\n"
    "thead th:first-child { background: var(--shade); z-index: 2 }\n"
    "th:first-child, td.text { text-align: left }\n"
    "tbody th { font-weight: 500; white-space: normal; overflow-wrap: break-word; min-width: 6rem; max-width: 20rem }\n"
    "td.text { color: var(--faint) }\n"
    "#rows td.text { white-space: normal; min-width: 8rem }\n"
    "#compression tbody th { min-width: 9rem }\n"
    "dl { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: .15rem 1rem;\n"
    "  margin: .5rem 0 }\n"
    "dt { color: var(--faint) }\n"
    "dd { margin: 0; font-variant-numeric: tabular-nums }\n"
    "details { margin: .5rem 0 }\n"
    "summary { cursor: pointer }\n"
    "code { font-size: .875rem; background: var(--shade); padding: .1rem .3rem }\n"
    "pre { overflow-x: auto; padding: .6rem; font-size: .8125rem; background: var(--shade); overflow-wrap: normal }\n"
    "footer { margin-top: 2rem; color: var(--faint); font-size: .875rem }\n"
    "@media (max-width: 30rem) { tbody th { max-width: 9rem }\n"
    "  dl { grid-template-columns: minmax(0, 9rem) minmax(0, 1fr) } }\n"
    "</style>\n";

static const char *const ways = "<nav aria-label=\"Sections\"><a href=\"#metrics\">Metrics</a> "
                                "<a href=\"#compression\">Compression</a> <a href=\"#rows\">Rows</a> "
                                "<a href=\"#columns\">Columns</a> <a href=\"#ranking\">Ranking</a> "
                                "<a href=\"#reduce\">Reduction</a> <a href=\"#training\">Training</a> "
                                "<a href=\"#stages\">Stages</a> <a href=\"#numbers\">Fingerprints</a> "
                                "<a href=\"#job\">Job</a></nav>\n";

static void add_head(wn_html *html, const wn_run_files *files)
{
    const char *name = json_string_value(wn_summary_get(files, "job"));
    if (!name)
        name = files->path;
    wn_html_markup(html, head);
    wn_html_markup(html, "<title>");
    wn_html_format(html, "%s: a run of Winnow", name);
    wn_html_markup(html, "</title>\n</head>\n<body>\n<main>\n<h1>");
    wn_html_text(html, name);
    wn_html_markup(html, "</h1>\n");
}

static void add_sections(wn_html *html, const wn_run_files *files)
{
    wn_section_summary(html, files);
    wn_html_markup(html, ways);
    wn_section_metrics(html, files);
    wn_section_compression(html, files);
    wn_section_rows(html, files);
    wn_section_columns(html, files);
    wn_section_ranking(html, files);
    wn_section_reduce(html, files);
    wn_section_training(html, files);
    wn_section_stages(html, files);
    wn_section_numbers(html, files);
    wn_section_job(html, files);
}

static void add_foot(wn_html *html)
{
    wn_html_markup(html, "</main>\n<footer>");
    wn_html_format(html,
                   "Made by winnow %s from run.json, recipe.h5 and job.yaml beside this page; they have every "
                   "digit.",
                   WN_VERSION);
    wn_html_markup(html, "</footer>\n</body>\n</html>\n");
}

wn_status wn_report_page(const char *run, char **page, size_t *n)
{
    wn_run_files files;
    wn_html html = {0};
    wn_status status = wn_run_files_read(&files, run);
    if (status != WN_OK)
        return status;
    add_head(&html, &files);
    add_sections(&html, &files);
    add_foot(&html);
    status = wn_html_finish(&html, page, n);
    wn_run_files_clear(&files);
    return status;
}

/* What is written beside the page ends with `part`. */
static wn_status write_page(const char *run, const char *part)
{
    wn_status status = WN_OK;
    char *page = NULL, *path = NULL, *beside = NULL;
    size_t n = 0;
    TRY(wn_report_page(run, &page, &n));
    TRY(wn_string_format(&path, "%s/report.html", run));
    TRY(wn_string_format(&beside, "%s%s", path, part));
    TRY(wn_durable_write(beside, page, n));
    status = wn_durable_rename(beside, path);
    if (status != WN_OK)
        unlink(beside);
done:
    wn_free(beside);
    wn_free(path);
    wn_free(page);
    return status;
}

wn_status wn_report_write(const char *run)
{
    return write_page(run, ".part");
}

/* Which summary lies there: a run replaces it when it begins and when it ends. */
static wn_status look_at_summary(const char *run, struct stat *about)
{
    char *path = NULL;
    wn_status status = wn_string_format(&path, "%s/run.json", run);
    memset(about, 0, sizeof *about);
    if (status == WN_OK && stat(path, about) != 0)
        memset(about, 0, sizeof *about);
    wn_free(path);
    return status;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

wn_status wn_report_renew(const char *run)
{
    wn_status status = WN_OK;
    char *part = NULL, host[256] = "";
    struct stat before, after;
    gethostname(host, sizeof host - 1);
    TRY(wn_string_format(&part, ".%s-%ld.part", host, (long)getpid()));
    TRY(look_at_summary(run, &after));
    do {
        before = after;
        TRY(write_page(run, part));
        TRY(look_at_summary(run, &after));
    } while (!is_same(&before, &after));
done:
    wn_free(part);
    return status;
}
