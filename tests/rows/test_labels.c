#include "fixture.h"

#include "winnow/memory.h"
#include "winnow/table_writer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A table of one column whose labels cycle through n_values integers from -1 on, as int64 or float64. */
static wn_status write_table(const char *path, size_t n_rows, int n_values, bool is_real)
{
    wn_status status = WN_OK;
    wn_table_writer *writer = NULL;
    size_t x, y;
    TRY(wn_table_writer_open(&writer, path));
    TRY(wn_table_writer_add_dataset(writer, "x", WN_STORE_FLOAT64, NULL, 0, 0, &x));
    TRY(wn_table_writer_add_dataset(writer, "y", is_real ? WN_STORE_FLOAT64 : WN_STORE_INT64, NULL, 0, 0, &y));
    for (size_t i = 0; i < n_rows; i++) {
        double cell = (double)i, real = (double)((int)(i % (size_t)n_values) - 1);
        int64_t integer = (int64_t)real;
        TRY(wn_table_writer_append(writer, x, &cell, 1));
        TRY(wn_table_writer_append(writer, y, is_real ? (const void *)&real : (const void *)&integer, 1));
    }
    TRY(wn_table_writer_finish(writer));
done:
    wn_table_writer_close(writer);
    return status;
}

typedef struct {
    size_t n_rows;
    int n_values;
    bool is_real;
    wn_task wanted;
    double missing; /* a label that means none */
} label_case;

/* What wn_labels_find says of such a table. */
static wn_status find_labels(const label_case *a_case, const char *name, wn_labels *labels)
{
    wn_status status = WN_OK;
    wn_catalog *catalog = NULL;
    wn_reader *reader = NULL;
    wn_rows *rows = NULL;
    const char *files[1] = {test_path(name)};
    wn_input input = {.files = files, .n_files = 1, .table = "/", .label = "y"};
    wn_reader_options options = {.label_missing = &a_case->missing, .n_label_missing = 1};
    if (test_ranks.rank == 0)
        status = write_table(files[0], a_case->n_rows, a_case->n_values, a_case->is_real);
    TRY(wn_ranks_agree(&test_ranks, status));
    TRY(wn_catalog_open(&test_ranks, &catalog, &input));
    TRY(wn_ranks_agree(&test_ranks, wn_reader_open(&reader, catalog, &options)));
    wn_pass pass = {.ranks = &test_ranks,
                    .reader = reader,
                    .blocks = wn_catalog_part(catalog, test_ranks.size, test_ranks.rank),
                    .name = "labels",
                    .total_rows = catalog->n_rows};
    TRY(wn_rows_new(&rows, &pass, catalog, &(wn_split){0.1, 0.1, 1, true}));
    TRY(wn_labels_find(&pass, rows, a_case->wanted, NULL, labels));
done:
    wn_rows_free(rows);
    wn_reader_close(reader);
    wn_catalog_free(catalog);
    return status;
}

static void test_integers_classify(void)
{
    wn_labels labels = {0};
    if (CHECK_OK(find_labels(&(label_case){50, 4, false, WN_TASK_AUTO, 1}, "integers.h5", &labels))) {
        CU_ASSERT_EQUAL(labels.task, WN_TASK_CLASSIFICATION);
        CU_ASSERT_EQUAL(labels.n_classes, 3); /* -1, 0, 2: 1 means none */
        const double wanted[3] = {-1, 0, 2};
        for (size_t i = 0; i < 3 && labels.n_classes == 3; i++) {
            CU_ASSERT_EQUAL(labels.classes[i], wanted[i]);
            CU_ASSERT_EQUAL(wn_labels_class(&labels, wanted[i]), (int)i);
        }
        CU_ASSERT_EQUAL(wn_labels_class(&labels, 1), -1);
        CU_ASSERT_EQUAL(wn_labels_class(&labels, 7), -1);
        CU_ASSERT_EQUAL(wn_labels_class(&labels, -0.0), 1);
    }
    wn_labels_clear(&labels);
}

static void check_task(label_case a_case, const char *name, wn_task task, size_t n_classes)
{
    wn_labels labels = {0};
    CHECK_OK(find_labels(&a_case, name, &labels));
    CU_ASSERT_EQUAL(labels.task, task);
    CU_ASSERT_EQUAL(labels.n_classes, n_classes);
    wn_labels_clear(&labels);
}

static void test_tasks(void)
{
    check_task((label_case){400, 100, false, WN_TASK_AUTO, -9}, "100.h5", WN_TASK_CLASSIFICATION, 100);
    check_task((label_case){400, 101, false, WN_TASK_AUTO, -9}, "101.h5", WN_TASK_REGRESSION, 0);
    check_task((label_case){50, 4, true, WN_TASK_AUTO, -9}, "reals.h5", WN_TASK_REGRESSION, 0);
    check_task((label_case){50, 4, true, WN_TASK_CLASSIFICATION, -9}, "reals2.h5", WN_TASK_CLASSIFICATION, 4);
    check_task((label_case){50, 4, false, WN_TASK_REGRESSION, -9}, "integers2.h5", WN_TASK_REGRESSION, 0);
    check_task((label_case){2, 2, false, WN_TASK_AUTO, -9}, "two.h5", WN_TASK_CLASSIFICATION, 2);
}

static void test_refusals(void)
{
    wn_labels labels = {0};
    label_case one = {50, 1, false, WN_TASK_AUTO, -9}, many = {400, 101, false, WN_TASK_CLASSIFICATION, -9};
    label_case none = {50, 1, false, WN_TASK_AUTO, -1};
    CU_ASSERT_EQUAL(find_labels(&one, "one.h5", &labels), WN_BAD_DATA);
    CU_ASSERT_EQUAL(find_labels(&many, "many.h5", &labels), WN_BAD_DATA);
    CU_ASSERT_EQUAL(find_labels(&none, "none.h5", &labels), WN_BAD_DATA);
    CU_ASSERT_PTR_NULL(labels.classes);
}

/* Labels of strings, every fourth missing; of fixed length or any. */
static const char *const WORDS[] = {"zeta", "a", "", "gr\xc3\xbcn", "ab", "Z"};
enum { N_WORDS = 6 };

static wn_status write_strings(const char *path, size_t n_rows, size_t n_words, bool is_variable)
{
    enum { LONGEST = 8 };
    wn_status status = WN_OK;
    wn_table_writer *writer = NULL;
    size_t x, y;
    const wn_table_storage storage = {.n_rows = (int64_t)n_rows};
    TRY(wn_table_writer_open(&writer, path));
    TRY(wn_table_writer_add_dataset(writer, "x", WN_STORE_FLOAT64, NULL, 0, 0, &x));
    TRY(wn_table_writer_add_texts(writer, "y", is_variable ? 0 : LONGEST, &storage, &y));
    for (size_t i = 0; i < n_rows; i++) {
        double cell = (double)i;
        char fixed[LONGEST] = "", many[24];
        snprintf(many, sizeof many, "w%zu", i % n_words);
        const char *word = n_words > N_WORDS ? many : WORDS[i % n_words];
        memcpy(fixed, word, strlen(word));
        TRY(wn_table_writer_append(writer, x, &cell, 1));
        TRY(wn_table_writer_append(writer, y, is_variable ? (const void *)&word : (const void *)fixed, 1));
    }
    TRY(wn_table_writer_finish(writer));
done:
    wn_table_writer_close(writer);
    return status;
}

/* The words of such a table, the labels that they make of its rows (n_rows on this rank's blocks) and the classes. */
static wn_status find_words(const char *path, wn_task wanted, wn_labels *labels)
{
    wn_status status = WN_OK;
    wn_catalog *catalog = NULL;
    wn_reader *reader = NULL;
    wn_rows *rows = NULL;
    wn_label_words words = {0};
    wn_input input = {.files = &path, .n_files = 1, .table = "/", .label = "y"};
    TRY(wn_catalog_open(&test_ranks, &catalog, &input));
    TRY(wn_ranks_agree(&test_ranks, wn_reader_open(&reader, catalog, &(wn_reader_options){0})));
    wn_pass pass = {.ranks = &test_ranks,
                    .reader = reader,
                    .blocks = wn_catalog_part(catalog, test_ranks.size, test_ranks.rank),
                    .name = "labels",
                    .total_rows = catalog->n_rows};
    TRY(wn_label_words_find(&pass, catalog, &words));
    TRY(wn_label_words_set(&words, reader));
    TRY(wn_rows_new(&rows, &pass, catalog, &(wn_split){0.1, 0.1, 1, true}));
    for (size_t i = 0; i < rows->n_rows; i++)
        CU_ASSERT_EQUAL(rows->status[i] == WN_ROW_NO_LABEL, (rows->first_row + (int64_t)i) % N_WORDS == 2);
    TRY(wn_labels_find(&pass, rows, wanted, &words, labels));
done:
    wn_label_words_clear(&words);
    wn_rows_free(rows);
    wn_reader_close(reader);
    wn_catalog_free(catalog);
    return status;
}

static wn_status find_strings(const char *name, size_t n_rows, size_t n_words, bool is_variable, wn_task wanted,
                              wn_labels *labels)
{
    wn_status status = WN_OK;
    const char *path = test_path(name);
    if (test_ranks.rank == 0)
        status = write_strings(path, n_rows, n_words, is_variable);
    status = wn_ranks_agree(&test_ranks, status);
    return status == WN_OK ? find_words(path, wanted, labels) : status;
}

static void test_strings(void)
{
    static const char *const wanted[] = {"Z", "a", "ab", "gr\xc3\xbcn", "zeta"};
    for (int is_variable = 0; is_variable < 2; is_variable++) {
        wn_labels labels = {0}, copy = {0};
        CHECK_OK(find_strings("strings.h5", 600, N_WORDS, is_variable != 0, WN_TASK_AUTO, &labels));
        CU_ASSERT_EQUAL(labels.task, WN_TASK_CLASSIFICATION);
        CU_ASSERT_EQUAL(labels.n_classes, N_WORDS - 1);
        for (size_t k = 0; k < labels.n_classes && k < N_WORDS - 1; k++)
            CU_ASSERT_STRING_EQUAL(labels.names[k], wanted[k]);
        if (CHECK_OK(wn_labels_copy(&copy, &labels)) && CHECK_OK(wn_labels_join(&copy, &labels)))
            CU_ASSERT_EQUAL(copy.n_classes, labels.n_classes);
        CU_ASSERT(!wn_labels_are_integers(&labels));
        wn_labels_clear(&copy);
        wn_labels_clear(&labels);
    }
}

static void test_refused_strings(void)
{
    wn_labels labels = {0};
    CU_ASSERT_EQUAL(find_strings("words.h5", 600, N_WORDS, true, WN_TASK_REGRESSION, &labels), WN_BAD_DATA);
    CU_ASSERT_EQUAL(find_strings("words.h5", 600, 101, true, WN_TASK_AUTO, &labels), WN_BAD_DATA);
    CU_ASSERT(strstr(wn_status_message(), "more than 100 distinct strings") != NULL);
    CU_ASSERT_PTR_NULL(labels.names);
}

static const wn_test tests[] = {
    {"strings", test_strings},
    {"refused_strings", test_refused_strings},
    {"integers_classify", test_integers_classify},
    {"tasks", test_tasks},
    {"refusals", test_refusals},
};

TEST_MAIN("labels", tests)
