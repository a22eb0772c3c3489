#include "winnow/inspect.h"

#include "child.h"
#include "expected.h"
#include "hdf5_file.h"
#include "testing.h"
#include "winnow/memory.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_SIZE = 16384 };

static wn_status inspect(const char *const *paths, size_t n, char output[OUTPUT_SIZE])
{
    memset(output, 0, OUTPUT_SIZE);
    FILE *out = fmemopen(output, OUTPUT_SIZE - 1, "w");
    wn_status status = wn_inspect(paths, n, out);
    fclose(out);
    return status;
}

static void check_has(const char *output, const char *words)
{
    if (strstr(output, words) == NULL)
        fprintf(stderr, "no '%s' in:\n%s\n", words, output);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, words));
}

static void test_contents(void)
{
    char path[512], output[OUTPUT_SIZE];
    if (!fixtures_make())
        return;
    snprintf(path, sizeof path, "%s", fixture("images.h5"));
    CHECK_OK(inspect((const char *const[]){path}, 1, output));
    check_has(output, "images.h5 (");
    check_has(output, "uint8                4000 x 5 x 4  chunks of 512 x 5 x 4, gzip\n");
    check_has(output, "input:\n  files: [");
    check_has(output, "  table: /\n  label: label\n");
    snprintf(path, sizeof path, "%s", fixture("matrix_named.h5"));
    CHECK_OK(inspect((const char *const[]){path}, 1, output));
    check_has(output, "columns: acc_0, acc_1, acc_2, acc_3, acc_4, acc_5, temperature\n");
    check_has(output, "  label: \"y\"\n");
    snprintf(path, sizeof path, "%s", fixture("types.h5"));
    CHECK_OK(inspect((const char *const[]){path}, 1, output));
    check_has(output, "int16 big-endian ");
    check_has(output, "float16 ");
    check_has(output, "bool ");
    check_has(output, "enumeration ");
    snprintf(path, sizeof path, "%s", fixture("filled.h5"));
    CHECK_OK(inspect((const char *const[]){path}, 1, output));
    check_has(output, "fill value -9999 is missing");
    snprintf(path, sizeof path, "%s", fixture("two.h5"));
    CHECK_OK(inspect((const char *const[]){path}, 1, output));
    check_has(output, "  table: /test\n  # table: /train\n  # label: NAME\n");
    snprintf(path, sizeof path, "%s", fixture("external_storage.h5"));
    CHECK_OK(inspect((const char *const[]){path}, 1, output));
    check_has(output, "cannot be read: leads out of the file");
    snprintf(path, sizeof path, "%s", fixture("compound.h5"));
    CHECK_OK(inspect((const char *const[]){path}, 1, output));
    check_has(output, "# input: ");
    check_has(output, "compound tables are not built yet");
}

/* Pastes the section into a job: libyaml's and Python's readers agree on such simple YAML, so Python turns it into
 * words. */
static bool parse_section(const char *output, const char *to)
{
    static const char *const program =
        "-c 'import sys, yaml, json\n"
        "i = yaml.safe_load(open(sys.argv[1]).read())[\"input\"]\n"
        "open(sys.argv[2], \"w\").write(\"\\n\".join([i[\"files\"][0], i[\"table\"], i.get(\"label\", \"\")] + "
        "i.get(\"columns\", {}).get(\"exclude\", [])) + \"\\n\")' ";
    char from[512], arguments[2048];
    const char *section = strstr(output, "input:\n");
    snprintf(from, sizeof from, "%s", test_path("section.yaml"));
    FILE *file = fopen(from, "w");
    bool is_written = section != NULL && file != NULL && fputs(section, file) >= 0;
    if (file != NULL)
        fclose(file);
    snprintf(arguments, sizeof arguments, "%s %s %s", program, from, to);
    return is_written && run_python(arguments);
}

static void check_pasted(const char *name, const char *label, const char *exclude, size_t n_columns)
{
    char path[512], words[512], output[OUTPUT_SIZE], lines[4][512] = {""};
    wn_catalog *catalog = NULL;
    snprintf(path, sizeof path, "%s", fixture(name));
    snprintf(words, sizeof words, "%s", test_path("section.txt"));
    CHECK_OK(inspect((const char *const[]){path}, 1, output));
    CU_ASSERT(parse_section(output, words));
    FILE *file = fopen(words, "r");
    for (size_t i = 0; file != NULL && i < 4 && fgets(lines[i], sizeof lines[i], file) != NULL; i++)
        lines[i][strcspn(lines[i], "\n")] = '\0';
    if (file != NULL)
        fclose(file);
    CU_ASSERT_STRING_EQUAL(lines[2], label);
    CU_ASSERT_STRING_EQUAL(lines[3], exclude);
    wn_input input = {.files = (const char *const[]){lines[0]},
                      .n_files = 1,
                      .table = lines[1],
                      .label = lines[2][0] != '\0' ? lines[2] : NULL,
                      .exclude = (const char *const[]){lines[3]},
                      .n_exclude = lines[3][0] != '\0'};
    if (CHECK_OK(wn_catalog_read(&catalog, &input)))
        CU_ASSERT_EQUAL(catalog->n_columns, n_columns);
    wn_catalog_free(catalog);
}

static void test_pasted(void)
{
    check_pasted("images.h5", "label", "", 20);
    check_pasted("matrix_gzip.h5", "y", "", 7);
    check_pasted("strings.h5", "y", "note", 1);
    check_pasted("deep.h5", "label", "", 3);
    check_pasted("columns.h5", "label", "", 3);
    check_pasted("inside.h5", "target", "", 3);
}

static void test_bad(void)
{
    static const struct {
        const char *file;
        wn_status status;
        const char *words;
    } cases[] = {{"missing.h5", WN_NO_INPUT, "missing.h5: cannot be opened: No such file"},
                 {"text.h5", WN_BAD_DATA, "text.h5: is not an HDF5 file"},
                 {"truncated.h5", WN_BAD_DATA, "truncated.h5: truncated or damaged"}};
    char path[512], output[OUTPUT_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(path, sizeof path, "%s", fixture(cases[i].file));
        CHECK_FAILS(inspect((const char *const[]){path}, 1, output), cases[i].status, cases[i].words);
    }
    CHECK_FAILS(inspect(NULL, 0, output), WN_NO_INPUT, "no file to look at");
}

static void test_several(void)
{
    char paths[2][512], output[OUTPUT_SIZE];
    snprintf(paths[0], sizeof paths[0], "%s", fixture("matrix_gzip.h5"));
    snprintf(paths[1], sizeof paths[1], "%s", fixture("other_rows.h5"));
    CHECK_OK(inspect((const char *const[]){paths[0], paths[1]}, 2, output));
    check_has(output, "matrix_gzip.h5, ");
    snprintf(paths[1], sizeof paths[1], "%s", fixture("other_columns.h5"));
    CHECK_OK(inspect((const char *const[]){paths[0], paths[1]}, 2, output));
    check_has(output, "# These are not one table: ");
    check_has(output, "matrix_gzip.h5]\n");
}

static void test_catalog_try(void)
{
    wn_input input = input_of("matrix_gzip.h5", NULL, "y");
    CHECK_OK(wn_catalog_try(&input));
    input = input_of("two.h5", "/trian", NULL);
    CHECK_FAILS(wn_catalog_try(&input), WN_BAD_DATA, "did you mean '/train'?");
    input = input_of("strings.h5", NULL, "y");
    CHECK_FAILS(wn_catalog_try(&input), WN_UNAVAILABLE, "columns of strings");
}

/* Opens a file and dies, as the library does on hostile ones. */
static wn_status crash(void *context, FILE *out)
{
    wn_hdf5_file file;
    wn_status status = wn_hdf5_open(&file, context);
    fprintf(out, "before\n");
    fflush(out);
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
    return status;
}

static wn_status leave(void *context, FILE *out)
{
    (void)context, (void)out;
    _exit(0);
}

static void test_crash(void)
{
    char path[512], output[64] = "";
    snprintf(path, sizeof path, "%s", fixture("columns.h5"));
    FILE *out = fmemopen(output, sizeof output - 1, "w");
    CHECK_FAILS(wn_child_run(crash, path, out), WN_BAD_DATA,
                "columns.h5: damaged: the HDF5 library crashed on it (Segmentation fault)");
    fclose(out);
    CU_ASSERT_STRING_EQUAL(output, "before\n");
    CHECK_FAILS(wn_child_run(leave, NULL, NULL), WN_BAD_DATA, "input: damaged");
}

static const wn_test tests[] = {{"contents", test_contents},       {"the section can be pasted", test_pasted},
                                {"bad files", test_bad},           {"several files", test_several},
                                {"catalog_try", test_catalog_try}, {"a child that crashes", test_crash}};
TEST_MAIN("inspect", tests)
