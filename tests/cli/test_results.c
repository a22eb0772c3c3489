#include "results.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

/* What is printed of a summary. */
static char *printed(const char *summary)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    json_t *json = json_loads(summary, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL(json);
    wn_results_print(json, "runs/x/report.html", out);
    json_decref(json);
    fclose(out);
    return text;
}

static void classification(void)
{
    char *text = printed("{\"rows\": {\"read\": 10, \"kept\": 9}, \"seconds\": 1.5, \"peak_rss_bytes\": 4096,"
                         " \"metrics\": {\"dense\": {\"accuracy\": 0.875}, \"compressed\": {\"accuracy\": 0.75}},"
                         " \"compression\": {\"compressed_bytes\": 123, \"ratio\": 12.25}}");
    CU_ASSERT_STRING_EQUAL(text, "RESULT rows_read=10 rows\nRESULT rows_kept=9 rows\nRESULT accuracy=0.875 fraction\n"
                                 "RESULT accuracy_compressed=0.75 fraction\nRESULT compressed_bytes=123 bytes\n"
                                 "RESULT ratio=12.25 x\nRESULT seconds=1.5 s\nRESULT peak_rss=4096 bytes\n"
                                 "RESULT report=runs/x/report.html path\n");
    free(text);
}

static void regression_without_compression(void)
{
    char *text = printed("{\"rows\": {\"read\": 4}, \"metrics\": {\"dense\": {\"r2\": 1.0}}, \"compression\": null}");
    CU_ASSERT_STRING_EQUAL(text,
                           "RESULT rows_read=4 rows\nRESULT r2=1 fraction\nRESULT report=runs/x/report.html path\n");
    free(text);
}

static const wn_test tests[] = {{"of a classification", classification},
                                {"of a regression without compression", regression_without_compression}};
TEST_MAIN("results", tests)
