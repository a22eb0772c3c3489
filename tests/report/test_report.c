#include "testing.h"
#include "winnow/memory.h"
#include "winnow/recipe.h"
#include "winnow/report.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const manifest = "{\"winnow\": \"0.1.0\", \"ours\": [\"run.json\", \"report.html\"], "
                                    "\"stages\": {\"rows\": {\"key\": \"ab\"}, \"train\": {\"key\": \"\"}}}";

static void put(const char *run, const char *name, const char *text)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", run, name);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL(file);
    if (!file)
        return;
    CU_ASSERT_TRUE(fputs(text, file) >= 0);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

/* A new run directory that has its manifest only. */
static const char *new_run(const char *name)
{
    const char *run = test_path(name);
    CU_ASSERT_EQUAL(mkdir(run, 0777), 0);
    put(run, "manifest.json", manifest);
    return run;
}

/* The page of a run; the caller frees it. "" when there is none. */
static char *page_of(const char *run)
{
    char *page = NULL;
    size_t n = 0;
    if (!CHECK_OK(wn_report_page(run, &page, &n)))
        CHECK_OK(wn_string_copy(&page, ""));
    else
        CU_ASSERT_EQUAL(n, strlen(page));
    return page;
}

#define HAS(page, text) CU_ASSERT_PTR_NOT_NULL(strstr((page), (text)))
#define LACKS(page, text) CU_ASSERT_PTR_NULL(strstr((page), (text)))

static void what_is_no_run_is_refused(void)
{
    char *page = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL(wn_report_page(test_path("nowhere"), &page, &n), WN_NO_INPUT);
    const char *foreign = test_path("foreign");
    CU_ASSERT_EQUAL(mkdir(foreign, 0777), 0);
    CU_ASSERT_EQUAL(wn_report_write(foreign), WN_CANT_CREATE);
    put(foreign, "manifest.json", "{\"ours\": [\"report.html\"]}"); /* somebody else's */
    CU_ASSERT_EQUAL(wn_report_write(foreign), WN_CANT_CREATE);
    put(foreign, "manifest.json", "{");
    CU_ASSERT_EQUAL(wn_report_write(foreign), WN_CANT_CREATE);
    CU_ASSERT_PTR_NULL(page);
}

static void a_run_without_summary_says_so(void)
{
    const char *run = new_run("killed");
    char *page = page_of(run);
    HAS(page, "The run is going on, or was killed");
    HAS(page, "Finished so far: rows. A run that goes on takes these results");
    HAS(page, "/killed/job.yaml --out /");
    HAS(page, "There is no recipe to show");
    LACKS(page, ">done<");
    wn_free(page);
    put(run, "run.json", "{\"status\": \"do");
    page = page_of(run);
    HAS(page, "run.json is damaged");
    LACKS(page, ">done<");
    wn_free(page);
}

static void a_stopped_run_says_so(void)
{
    const char *run = new_run("stopped");
    put(run, "run.json",
        "{\"job\": \"a & b\", \"status\": \"stopped\", \"cause\": \"stopped by <signal>\", \"ranks\": 3, "
        "\"go_on\": \"cd 'a b' && winnow run j.yaml\", \"rows\": {\"read\": 17, \"kept\": 16, \"dropped\": "
        "{\"duplicate\": 1}}, \"warnings\": [\"<w>\"]}");
    char *page = page_of(run);
    HAS(page, "<h1>a &amp; b</h1>");
    HAS(page, "<strong class=\"halted\">stopped</strong> Started again, the run goes on");
    HAS(page, "Cause: stopped by &lt;signal&gt;");
    HAS(page, "How to go on: <code>cd &#39;a b&#39; &amp;&amp; winnow run j.yaml</code>");
    HAS(page, "<li>&lt;w&gt;</li>");
    HAS(page, "<td>17</td>");
    HAS(page, "The run did not come to this");
    wn_free(page);
}

/* run.json may be of any making: nothing in it is trusted to be of its type. */
static void values_of_wrong_types_are_shown(void)
{
    const char *run = new_run("wrong");
    put(run, "run.json",
        "{\"job\": 3, \"status\": [1], \"warnings\": {}, \"rows\": 4, \"stages\": [5, {\"rank_bytes_read\": [\"x\"]}], "
        "\"metrics\": {\"rows\": 1, \"dense\": {\"accuracy\": \"<x>\", \"confusion\": [1, [2]], \"per_class\": 7}}, "
        "\"compression\": {\"trials\": [null], \"plan\": 1, \"accepted\": true}, \"train\": {\"epochs\": [0]}, "
        "\"reduce\": {\"explained_variance_ratio\": [null, \"a\"]}, \"environment\": [], \"objectives\": null}");
    char *page = page_of(run);
    HAS(page, "&lt;x&gt;");
    LACKS(page, "<x>");
    HAS(page, "</html>\n");
    wn_free(page);
}

/* n columns whose names are hostile. */
static void put_recipe(const char *run, size_t n)
{
    char(*names)[64] = NULL, path[1024];
    double *score = NULL;
    wn_column *columns = NULL;
    wn_recipe *recipe = NULL;
    if (!CHECK_OK(wn_new(&names, n)) || !CHECK_OK(wn_new(&columns, n)) || !CHECK_OK(wn_new(&score, n)))
        return;
    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof names[i], "<img src=x onerror=\"%zu\">&'", i);
        columns[i].name = names[i];
        score[i] = (double)(n - i);
    }
    wn_catalog catalog = {.n_columns = n, .columns = columns};
    if (CHECK_OK(wn_recipe_new(&recipe, &catalog))) {
        for (size_t i = 0; i < n; i++) {
            recipe->columns[i].mean = (double)i + 0.1;
            recipe->columns[i].fill = (double)NAN;
            recipe->columns[i].lower = -(double)INFINITY;
        }
        size_t selected = n - 1; /* the one with the least position */
        recipe->labels.task = WN_TASK_REGRESSION;
        CHECK_OK(wn_recipe_add_score(recipe, "consensus", score));
        CHECK_OK(wn_recipe_select(recipe, &selected, 1));
        snprintf(path, sizeof path, "%s/recipe.h5", run);
        CHECK_OK(wn_recipe_write(recipe, path));
    }
    wn_recipe_free(recipe);
    wn_free(score);
    wn_free(columns);
    wn_free(names);
}

static void hostile_names_are_escaped(void)
{
    const char *run = new_run("hostile");
    put(run, "run.json", "{\"job\": \"</title><script>\", \"status\": \"done\"}");
    put(run, "job.yaml", "name: </pre><script>\n");
    put_recipe(run, 3);
    char *page = page_of(run);
    LACKS(page, "<script");
    LACKS(page, "<img");
    HAS(page, "&lt;img src=x onerror=&quot;2&quot;&gt;&amp;&#39;");
    HAS(page, "<td>2.1</td>");
    HAS(page, "<td class=\"text\">numeric</td>");
    HAS(page, "1 of 3 features are kept");
    HAS(page, "name: &lt;/pre&gt;&lt;script&gt;");
    const char *ranking = strstr(page, "id=\"ranking\"");
    const char *best = ranking ? strstr(ranking, "onerror=&quot;2") : NULL;
    const char *worst = ranking ? strstr(ranking, "onerror=&quot;0") : NULL;
    CU_ASSERT_TRUE(best && worst && best < worst);
    CU_ASSERT_PTR_EQUAL(best ? strstr(best, ">kept<") : NULL, ranking ? strstr(ranking, ">kept<") : NULL);
    wn_free(page);
}

static void long_tables_are_bounded(void)
{
    const char *run = new_run("long");
    put(run, "run.json", "{\"status\": \"done\"}");
    put_recipe(run, 350);
    char *page = page_of(run);
    HAS(page, "150 of 350 columns are left out here; all are in recipe.h5, /columns.");
    HAS(page, "150 of 350 features are left out here");
    size_t rows = 0;
    for (const char *c = page; (c = strstr(c, "<th scope=\"row\">&lt;img")); c++)
        rows++;
    CU_ASSERT_EQUAL(rows, 400);
    wn_free(page);
}

static void a_damaged_recipe_is_told(void)
{
    const char *run = new_run("damaged");
    put(run, "run.json", "{\"status\": \"done\"}");
    put(run, "recipe.h5", "no recipe");
    char *page = page_of(run);
    HAS(page, "There is no recipe to show");
    wn_free(page);
}

static void the_page_replaces_the_one_before(void)
{
    char path[1024];
    struct stat about;
    const char *run = new_run("again");
    put(run, "report.html", "old");
    put(run, "run.json", "{\"status\": \"failed\", \"cause\": \"x\"}");
    CHECK_OK(wn_report_write(run));
    snprintf(path, sizeof path, "%s/report.html", run);
    CU_ASSERT_EQUAL(stat(path, &about), 0);
    CU_ASSERT_TRUE(about.st_size > 1000);
    snprintf(path, sizeof path, "%s/report.html.part", run);
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/report.html", run);
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(mkdir(path, 0777), 0); /* cannot be replaced by a file */
    CU_ASSERT_EQUAL(wn_report_write(run), WN_IO);
    snprintf(path, sizeof path, "%s/report.html.part", run);
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
}

/* What a running job writes beside its page is not touched, and its files stay as they are. */
static void a_page_beside_a_running_job(void)
{
    char path[1024], text[64] = "";
    struct stat about;
    const char *run = new_run("running");
    put(run, "report.html.part", "half");
    CHECK_OK(wn_report_renew(run));
    snprintf(path, sizeof path, "%s/report.html.part", run);
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL(file);
    if (file) {
        CU_ASSERT_TRUE(fgets(text, sizeof text, file) && strcmp(text, "half") == 0);
        fclose(file);
    }
    snprintf(path, sizeof path, "%s/report.html", run);
    CU_ASSERT_TRUE(stat(path, &about) == 0 && about.st_size > 1000);
    size_t n = 0;
    DIR *directory = opendir(run);
    while (directory && readdir(directory))
        n++;
    if (directory)
        closedir(directory);
    CU_ASSERT_EQUAL(n, 5); /* ., .., manifest, page, part */
}

static void reasons_of_compression_are_told(void)
{
    const char *run = new_run("reasons");
    put(run, "run.json",
        "{\"status\": \"done\", \"compression\": {\"accepted\": false, \"metric\": \"f1\", \"metric_dense\": 0.9, "
        "\"tolerance\": 0.01, \"trials\": [{\"metric\": 0.5}, {\"metric\": 0.75}, {\"metric\": null}]}}");
    char *page = page_of(run);
    HAS(page,
        "none of 3 trials keeps the f1 within the tolerance. The best of them has 0.75 against the full model&#39;s "
        "0.9, a loss of 0.15 where 0.01 is allowed");
    wn_free(page);
    put(run, "run.json",
        "{\"status\": \"done\", \"compression\": {\"accepted\": true, \"metric\": \"f1\", \"metric_dense\": 0.9, "
        "\"metric_compressed\": 0.895, \"tolerance\": 0.01, \"trials\": [{\"metric\": 0.895}]}}");
    page = page_of(run);
    HAS(page,
        "of 1 trials the smallest whose f1 is within the tolerance. It has 0.895 against the full model&#39;s 0.9, a "
        "loss of 0.005 where 0.01 is allowed");
    wn_free(page);
}

static void memory_that_ends_leaks_nothing(void)
{
    const char *run = new_run("memory");
    put(run, "run.json", "{\"status\": \"done\", \"rows\": {\"read\": 3}}");
    put(run, "job.yaml", "name: x\n");
    put_recipe(run, 4);
    size_t before = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    int64_t nth = 0;
    while (status == WN_NO_MEMORY && nth < 3000) {
        char *page = NULL;
        size_t n = 0;
        wn_memory_fail_at(++nth);
        status = wn_report_page(run, &page, &n);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || page == NULL);
        wn_free(page);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    CU_ASSERT_TRUE(nth > 10);
}

static const wn_test tests[] = {{"what is no run is refused", what_is_no_run_is_refused},
                                {"a run without summary says so", a_run_without_summary_says_so},
                                {"a stopped run says so", a_stopped_run_says_so},
                                {"values of wrong types are shown", values_of_wrong_types_are_shown},
                                {"hostile names are escaped", hostile_names_are_escaped},
                                {"long tables are bounded", long_tables_are_bounded},
                                {"a damaged recipe is told", a_damaged_recipe_is_told},
                                {"the page replaces the one before", the_page_replaces_the_one_before},
                                {"a page beside a running job", a_page_beside_a_running_job},
                                {"reasons of compression are told", reasons_of_compression_are_told},
                                {"memory that ends leaks nothing", memory_that_ends_leaks_nothing}};
TEST_MAIN("report", tests)
