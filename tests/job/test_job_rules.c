#include "job_file.h"
#include "job_rules.h"
#include "winnow/memory.h"

#include <string.h>

enum { N = 6 };

static char *names[N] = {"temperature", "income1", "income2", "px0", "px27", "odd[1]"};

/* A recipe of six columns; nothing else of it is used. */
static wn_recipe recipe_of(wn_recipe_column columns[N])
{
    memset(columns, 0, N * sizeof *columns);
    for (size_t i = 0; i < N; i++)
        columns[i].name = names[i];
    return (wn_recipe){.n_columns = N, .columns = columns};
}

static wn_job *job_of(const char *sections)
{
    char text[1024];
    wn_job_errors errors = {0};
    snprintf(text, sizeof text, "input: {files: [a], types: {px: {image: [4, 7]}}}\n%s", sections);
    wn_job *job = read_text(text, NULL, 0, &errors);
    CU_ASSERT_PTR_NOT_NULL(job);
    wn_job_errors_clear(&errors);
    return job;
}

static void section_wide(void)
{
    wn_recipe_column columns[N];
    wn_recipe recipe = recipe_of(columns);
    wn_job *job = job_of("clean: {missing: median, outliers: {rule: iqr, limit: 2, action: drop_row}}\n"
                         "normalize: {method: standard}\n");
    if (job && CHECK_OK(wn_job_column_rules(job, &recipe)))
        for (size_t i = 0; i < N; i++) {
            CU_ASSERT_EQUAL(columns[i].rule.missing, WN_MISSING_MEDIAN);
            CU_ASSERT_EQUAL(columns[i].rule.outliers, WN_OUTLIERS_IQR);
            CU_ASSERT_EQUAL(columns[i].rule.limit, 2);
            CU_ASSERT_EQUAL(columns[i].rule.action, WN_OUTLIER_DROP_ROW);
            CU_ASSERT_EQUAL(columns[i].rule.normalize, WN_NORMALIZE_STANDARD);
        }
    wn_job_free(job);
}

/* Strings are categories, a category has neither mean nor outliers nor a scale; what is said of it by name must fit. */
static void kinds(void)
{
    wn_recipe_column columns[N];
    wn_recipe recipe = recipe_of(columns);
    columns[5].is_text = true;
    wn_job *job =
        job_of("clean: {missing: median, indicators: true, outliers: {rule: iqr}}\nnormalize: {method: standard}\n"
               "extract: {categorical: {method: one_hot, levels: 7}}\n");
    if (job && CHECK_OK(wn_job_column_rules(job, &recipe))) {
        CU_ASSERT_EQUAL(columns[0].kind, WN_COLUMN_NUMERIC);
        CU_ASSERT_EQUAL(columns[0].levels, 0);
        CU_ASSERT(columns[0].indicates && columns[5].indicates);
        CU_ASSERT_EQUAL(columns[5].kind, WN_COLUMN_CATEGORICAL);
        CU_ASSERT_EQUAL(columns[5].levels, 7);
        CU_ASSERT_EQUAL(columns[5].rule.missing, WN_MISSING_MOST_FREQUENT);
        CU_ASSERT_EQUAL(columns[5].rule.outliers, WN_OUTLIERS_NONE);
        CU_ASSERT_EQUAL(columns[5].rule.normalize, WN_NORMALIZE_NONE);
    }
    wn_job_free(job);
    job = job_of("clean: {overrides: {\"odd*\": {missing: mean}}}\n");
    if (job)
        CU_ASSERT(wn_job_column_rules(job, &recipe) == WN_BAD_DATA &&
                  strstr(wn_status_message(), "clean.overrides: odd* has a fill for numbers") != NULL);
    wn_job_free(job);
}

/* A gap of a text has no fill; it is an error where that is said by name. */
static void texts(void)
{
    static const char *const overrides[] = {"mean", "most_frequent", "{constant: 3}", "drop_row", "error"};
    static const wn_status wanted[] = {WN_BAD_DATA, WN_BAD_DATA, WN_BAD_DATA, WN_OK, WN_OK};
    for (size_t i = 0; i < 5; i++) {
        char text[256];
        wn_recipe_column columns[N];
        wn_recipe recipe = recipe_of(columns);
        wn_job_errors errors = {0};
        columns[5].is_text = true;
        snprintf(text, sizeof text,
                 "input: {files: [a], types: {\"odd[1]\": text}}\nclean: {overrides: {\"odd[1]\": {missing: %s}}}\n",
                 overrides[i]);
        wn_job *job = read_text(text, NULL, 0, &errors);
        wn_job_errors_clear(&errors);
        CU_ASSERT_EQUAL(job ? wn_job_column_rules(job, &recipe) : WN_INTERNAL, wanted[i]);
        CU_ASSERT(i < 3 || columns[5].rule.missing == (i == 3 ? WN_MISSING_DROP_ROW : WN_MISSING_ERROR));
        wn_job_free(job);
    }
}

static void sections_left_out(void)
{
    wn_recipe_column columns[N];
    wn_recipe recipe = recipe_of(columns);
    wn_job *job = job_of("");
    if (job && CHECK_OK(wn_job_column_rules(job, &recipe)))
        for (size_t i = 0; i < N; i++) {
            CU_ASSERT_EQUAL(columns[i].rule.missing, WN_MISSING_ERROR);
            CU_ASSERT_EQUAL(columns[i].rule.outliers, WN_OUTLIERS_NONE);
            CU_ASSERT_EQUAL(columns[i].rule.normalize, WN_NORMALIZE_NONE);
        }
    wn_job_free(job);
}

static void the_later_override_wins(void)
{
    wn_recipe_column columns[N];
    wn_recipe recipe = recipe_of(columns);
    wn_job *job = job_of("clean:\n  missing: mean\n  overrides:\n"
                         "    \"income*\": {missing: {constant: 3}, outliers: {rule: zscore}}\n"
                         "    income2: {outliers: {rule: none}}\n"
                         "    px: {missing: drop_row}\n"
                         "    \"odd[1]\": {missing: median}\n"
                         "normalize: {method: standard, overrides: {\"*e*\": none, temperature: standard}}\n");
    if (job && CHECK_OK(wn_job_column_rules(job, &recipe))) {
        CU_ASSERT_EQUAL(columns[0].rule.missing, WN_MISSING_MEAN);
        CU_ASSERT_TRUE(columns[1].rule.missing == WN_MISSING_CONSTANT && columns[1].rule.constant == 3);
        CU_ASSERT_TRUE(columns[1].rule.outliers == WN_OUTLIERS_ZSCORE && columns[1].rule.limit == 3);
        CU_ASSERT_TRUE(columns[2].rule.missing == WN_MISSING_CONSTANT && columns[2].rule.outliers == WN_OUTLIERS_NONE);
        CU_ASSERT_EQUAL(columns[3].rule.missing, WN_MISSING_DROP_ROW);
        CU_ASSERT_EQUAL(columns[4].rule.missing, WN_MISSING_DROP_ROW);
        CU_ASSERT_EQUAL(columns[5].rule.missing, WN_MISSING_MEDIAN); /* its name, though as a glob it means odd1 */
        CU_ASSERT_EQUAL(columns[0].rule.normalize, WN_NORMALIZE_STANDARD);
        CU_ASSERT_EQUAL(columns[1].rule.normalize, WN_NORMALIZE_NONE);
        CU_ASSERT_EQUAL(columns[3].rule.normalize, WN_NORMALIZE_STANDARD);
    }
    wn_job_free(job);
}

static void an_override_without_column(void)
{
    wn_recipe_column columns[N];
    wn_recipe recipe = recipe_of(columns);
    wn_job *job = job_of("clean: {overrides: {temprature: {missing: mean}}}\n");
    if (!job)
        return;
    CU_ASSERT_EQUAL(wn_job_column_rules(job, &recipe), WN_BAD_DATA);
    CU_ASSERT_STRING_EQUAL(wn_status_message(),
                           "clean.overrides: no column matches temprature; did you mean temperature?");
    wn_job_free(job);
}

/* A slip in a name would make numbers of what is meant as a category. */
static void a_type_without_column(void)
{
    static const char text[] = "input: {files: [a], types: {gone: ignore, incme1: categorical}}\n";
    wn_recipe_column columns[N];
    wn_recipe recipe = recipe_of(columns);
    wn_job_errors errors = {0};
    wn_job *job = read_text(text, NULL, 0, &errors);
    wn_job_errors_clear(&errors);
    CU_ASSERT_PTR_NOT_NULL_FATAL(job);
    CU_ASSERT_EQUAL(wn_job_column_rules(job, &recipe), WN_BAD_DATA);
    CU_ASSERT_STRING_EQUAL(wn_status_message(), "input.types: no column matches incme1; did you mean income1?");
    wn_job_free(job);
}

static void cells_of_images(void)
{
    wn_job *job = job_of("rank: {never: [px], always: [temperature]}\n");
    if (!job)
        return;
    CU_ASSERT_TRUE(wn_job_matches(job, "px", "px0") && wn_job_matches(job, "px", "px27"));
    CU_ASSERT_FALSE(wn_job_matches(job, "px", "px28") || wn_job_matches(job, "px", "pxa") ||
                    wn_job_matches(job, "px", "temperature"));
    CU_ASSERT_EQUAL(job->rank.never.n, 2);
    CU_ASSERT_TRUE(job->rank.never.n == 2 && strcmp(job->rank.never.text[0], "px[0-9]") == 0);
    CU_ASSERT_EQUAL(job->rank.always.n, 1);
    wn_job_free(job);
}

static const wn_test tests[] = {{"section-wide choices", section_wide},
                                {"kinds of columns", kinds},
                                {"texts", texts},
                                {"sections left out", sections_left_out},
                                {"the later override wins", the_later_override_wins},
                                {"an override without column", an_override_without_column},
                                {"a type without column", a_type_without_column},
                                {"cells of images", cells_of_images}};
TEST_MAIN("job rules", tests)
