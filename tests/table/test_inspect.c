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
#include <yaml.h>

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
    check_has(output, "columns: a, b");
    check_has(output, "table: /");
    snprintf(path, sizeof path, "%s", fixture("nested.h5"));
    CHECK_OK(inspect((const char *const[]){path}, 1, output));
    check_has(output, "has records in several dimensions, which are not built yet");
}

typedef struct {
    char file[512], table[512], label[512], exclude[512];
} pasted;

static const yaml_node_t *value_of(yaml_document_t *document, const yaml_node_t *map, const char *key)
{
    if (map == NULL || map->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name = yaml_document_get_node(document, pair->key);
        if (strcmp((const char *)name->data.scalar.value, key) == 0)
            return yaml_document_get_node(document, pair->value);
    }
    return NULL;
}

/* A scalar's text, or that of the first of a list. */
static void copy_text(yaml_document_t *document, const yaml_node_t *node, char text[512])
{
    if (node != NULL && node->type == YAML_SEQUENCE_NODE)
        node = yaml_document_get_node(document, *node->data.sequence.items.start);
    snprintf(text, 512, "%s", node != NULL ? (const char *)node->data.scalar.value : "");
}

/* Reads the section as a job file is read. */
static bool parse_section(const char *output, pasted *p)
{
    yaml_parser_t parser;
    yaml_document_t document;
    const char *section = strstr(output, "input:\n");
    if (section == NULL || !yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_input_string(&parser, (const unsigned char *)section, strlen(section));
    bool is_read = yaml_parser_load(&parser, &document);
    if (is_read) {
        const yaml_node_t *input = value_of(&document, yaml_document_get_root_node(&document), "input");
        copy_text(&document, value_of(&document, input, "files"), p->file);
        copy_text(&document, value_of(&document, input, "table"), p->table);
        copy_text(&document, value_of(&document, input, "label"), p->label);
        copy_text(&document, value_of(&document, value_of(&document, input, "columns"), "exclude"), p->exclude);
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
    return is_read;
}

static void check_pasted(const char *name, const char *label, const char *exclude, size_t n_columns)
{
    char path[512], output[OUTPUT_SIZE];
    pasted p = {0};
    wn_catalog *catalog = NULL;
    snprintf(path, sizeof path, "%s", fixture(name));
    CHECK_OK(inspect((const char *const[]){path}, 1, output));
    CU_ASSERT(parse_section(output, &p));
    CU_ASSERT_STRING_EQUAL(p.file, path);
    CU_ASSERT_STRING_EQUAL(p.label, label);
    CU_ASSERT_STRING_EQUAL(p.exclude, exclude);
    wn_input input = {.files = (const char *const[]){p.file},
                      .n_files = 1,
                      .table = p.table,
                      .label = p.label[0] != '\0' ? p.label : NULL,
                      .exclude = (const char *const[]){p.exclude},
                      .n_exclude = p.exclude[0] != '\0'};
    if (CHECK_OK(wn_catalog_read(&catalog, &input)))
        CU_ASSERT_EQUAL(catalog->n_columns, n_columns);
    wn_catalog_free(catalog);
}

static void test_pasted(void)
{
    check_pasted("images.h5", "label", "", 20);
    check_pasted("matrix_gzip.h5", "y", "", 7);
    check_pasted("strings.h5", "y", "", 2);
    check_pasted("only_texts.h5", "y", "", 1);
    check_pasted("deep.h5", "label", "", 3);
    check_pasted("columns.h5", "label", "", 3);
    check_pasted("inside.h5", "target", "", 3);
    check_pasted("strange.h5", "", "", 3);
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
    input = input_of("nested.h5", "t", NULL);
    CHECK_FAILS(wn_catalog_try(&input), WN_UNAVAILABLE, "records in records");
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
