/* What is written is what is read: numbers, names, masks, and what the network predicts from raw rows. */
#include "testing.h"

#include "sample.h"

#include <sys/stat.h>
#include <unistd.h>

/* Outputs (n_rows, 3) of raw cells (n_rows, n_columns) by a recipe and a network. */
static wn_status predict(const wn_recipe *recipe, const wn_network *network, double *cells, size_t n_rows,
                         size_t n_columns, float *out)
{
    wn_status status = WN_OK;
    float *features = NULL;
    wn_workspace *workspace = NULL;
    TRY(wn_new(&features, n_rows * recipe->n_selected));
    TRY(wn_workspace_new(&workspace, network, n_rows));
    const wn_raw_rows rows = {.cells = {.data = cells}, .n_rows = n_rows, .n_cols = n_columns};
    CHECK_OK(wn_recipe_features(recipe, &rows, features));
    memcpy(out, wn_network_forward(network, workspace, features, n_rows), n_rows * 3 * sizeof *out);
done:
    wn_workspace_free(workspace);
    wn_free(features);
    return status;
}

/* Positions of the artefact's columns by name; whether each was found. */
static bool match(wn_recipe *small, const wn_recipe *recipe)
{
    for (size_t i = 0; i < small->n_columns; i++) {
        size_t c = 0;
        while (c < recipe->n_columns && strcmp(recipe->columns[c].name, small->columns[i].name) != 0)
            c++;
        if (c == recipe->n_columns || (i > 0 && c <= small->columns[i - 1].position))
            return false;
        small->columns[i].position = c;
    }
    return true;
}

static void check_predictions(const sample *s, const wn_artefact *artefact, double tolerance)
{
    enum { ROWS = 20 };
    size_t n = s->recipe->n_columns;
    double *cells = NULL;
    wn_network *decoded = NULL;
    float expected[ROWS * 3] = {0}, found[ROWS * 3] = {0};
    CU_ASSERT_TRUE(match(artefact->recipe, s->recipe));
    if (!CHECK_OK(wn_new(&cells, ROWS * n)) || !CHECK_OK(wn_network_copy(&decoded, s->network)))
        return;
    for (size_t i = 0; i < ROWS * n; i++) {
        const wn_recipe_column *column = &s->recipe->columns[i % n];
        double z = sample_number(60, i);
        cells[i] = i % 11 == 5 ? NAN : column->center + column->scale * (i % 13 == 1 ? 20 * z : z);
    }
    wn_coding_decode(s->coding, decoded);
    CHECK_OK(predict(s->recipe, decoded, cells, ROWS, n, expected));
    CHECK_OK(predict(artefact->recipe, artefact->network, cells, ROWS, n, found));
    double most = 1;
    for (size_t i = 0; i < ROWS * 3; i++)
        most = fmax(most, fabs((double)expected[i]));
    for (size_t i = 0; i < ROWS * 3; i++)
        CU_ASSERT_TRUE(fabs((double)found[i] - (double)expected[i]) <= tolerance * most);
    wn_network_free(decoded);
    wn_free(cells);
}

static size_t count_used(const sample *s)
{
    const wn_layer *first = &s->network->layers[0];
    size_t n = 0;
    for (size_t i = 0; i < first->n_in; i++) {
        bool used = false;
        for (size_t o = 0; o < first->n_out; o++)
            used |= s->coding->layers[0].mask[o * first->n_in + i] != 0;
        n += used;
    }
    return n;
}

static void check_labels(const sample *s, const wn_artefact *artefact)
{
    CU_ASSERT_STRING_EQUAL(artefact->recipe->label_name, s->recipe->label_name);
    CU_ASSERT_EQUAL(artefact->recipe->labels.n_classes, 3);
    CU_ASSERT_EQUAL(artefact->recipe->labels.task, WN_TASK_CLASSIFICATION);
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(artefact->recipe->labels.classes[i], s->recipe->labels.classes[i]);
}

/* Layers behind the first keep their shape: decoded numbers and masks are equal. */
static void check_layers(const sample *s, const wn_artefact *artefact)
{
    wn_network *decoded = NULL;
    if (!CHECK_OK(wn_network_copy(&decoded, s->network)))
        return;
    wn_coding_decode(s->coding, decoded);
    CU_ASSERT_EQUAL(artefact->network->n_layers, decoded->n_layers);
    for (size_t l = 0; l < decoded->n_layers; l++) {
        const wn_layer *a = &decoded->layers[l], *b = &artefact->network->layers[l];
        CU_ASSERT_STRING_EQUAL(a->name, b->name);
        CU_ASSERT_EQUAL(a->activation, b->activation);
        CU_ASSERT_EQUAL(a->n_out, b->n_out);
        size_t from = l == 0 ? a->bias : a->weight, to = l == 0 ? b->bias : b->weight;
        size_t n = a->n_out + a->bias - from;
        CU_ASSERT_EQUAL(memcmp(decoded->parameters + from, artefact->network->parameters + to, n * sizeof(float)), 0);
        if (l > 0)
            CU_ASSERT_EQUAL(memcmp(s->coding->layers[l].mask, artefact->coding->layers[l].mask, a->n_in * a->n_out), 0);
    }
    wn_network_free(decoded);
}

static void check_round_trip(size_t n_columns, double kept, bool int8, double tolerance)
{
    sample s = {0};
    wn_artefact *artefact = NULL;
    int64_t n_bytes = 0, n_size = 0;
    struct stat info = {0};
    const char *path = test_path("round.wnm");
    if (CHECK_OK(sample_fill(&s, n_columns, kept, int8)) &&
        CHECK_OK(wn_artefact_write(path, s.network, s.coding, s.recipe, &n_bytes)) &&
        CHECK_OK(wn_artefact_size(s.network, s.coding, s.recipe, &n_size)) &&
        CHECK_OK(wn_artefact_read(&artefact, path))) {
        size_t n_used = count_used(&s);
        CU_ASSERT_EQUAL(stat(path, &info), 0);
        CU_ASSERT_EQUAL(info.st_size, n_bytes);
        CU_ASSERT_EQUAL(n_size, n_bytes);
        CU_ASSERT_EQUAL(artefact->n_bytes, n_bytes);
        CU_ASSERT_EQUAL(artefact->recipe->n_columns, n_used > 0 ? n_used : 1);
        CU_ASSERT_EQUAL(artefact->recipe->n_selected, artefact->recipe->n_columns);
        CU_ASSERT_PTR_NULL(artefact->recipe->projection);
        check_labels(&s, artefact);
        check_layers(&s, artefact);
        check_predictions(&s, artefact, tolerance);
    }
    wn_artefact_free(artefact);
    sample_clear(&s);
}

static void test_round_trip(void)
{
    check_round_trip(40, 0.3, false, 1e-5);
    check_round_trip(40, 0.3, true, 0.002);
    check_round_trip(600, 0.05, true, 0.002);
    check_round_trip(600, 1, false, 1e-5);
    check_round_trip(40, 0, true, 1e-5);
    check_round_trip(3, 1, true, 0.002);
}

/* Features (n_rows, n_selected) by a recipe, whose positions are those of its own table. */
static bool is_finite(const float *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

/* Row by row, the features that are not 0 are those laid out, whatever the order they were selected in. */
static void check_sparse(const wn_recipe *recipe, const wn_raw_rows *rows, const float *features)
{
    wn_file file = {.path = (char[]){"rows.h5"}};
    const wn_catalog catalog = {.n_files = 1, .files = &file};
    wn_sparse_rows sparse = {0};
    size_t n = recipe->n_selected;
    for (size_t i = 0; i < rows->n_rows; i++) {
        wn_raw_rows row = *rows;
        const float *wanted = features + i * n;
        const int64_t number = (int64_t)i;
        row.cells = wn_cells_at(rows->cells, i * rows->n_cols);
        row.texts = rows->texts + i * rows->n_texts;
        row.n_rows = 1;
        wn_sparse_rows_empty(&sparse);
        wn_status status = wn_recipe_append_features(recipe, &catalog, &row, &number, &sparse);
        CU_ASSERT_EQUAL(status, is_finite(wanted, n) ? WN_OK : WN_BAD_DATA);
        if (status != WN_OK)
            continue;
        for (size_t j = 0, k = 0; j < n; j++) {
            bool is_there = k < sparse.n_entries && sparse.column[k] == j;
            CU_ASSERT_TRUE(is_there ? (float)sparse.value[k] == wanted[j] && wanted[j] != 0 : wanted[j] == 0);
            k += is_there;
        }
    }
    wn_sparse_rows_clear(&sparse);
}

static bool extract(wn_recipe *recipe, const wn_recipe *table, double *cells, const wn_text *texts, size_t n_rows,
                    float **features)
{
    for (size_t i = 0; i < recipe->n_columns; i++)
        for (size_t c = 0; c < table->n_columns; c++)
            if (strcmp(recipe->columns[i].name, table->columns[c].name) == 0)
                recipe->columns[i].position = table->columns[c].position;
    const wn_raw_rows rows = {.cells = {.data = cells},
                              .texts = texts,
                              .n_rows = n_rows,
                              .n_cols = table->n_cells,
                              .n_texts = table->n_columns - table->n_cells};
    bool is_made = CHECK_OK(wn_new(features, n_rows * recipe->n_selected)) &&
                   CHECK_OK(wn_recipe_features(recipe, &rows, *features));
    if (is_made && !wn_recipe_is_plain(recipe))
        check_sparse(recipe, &rows, *features);
    return is_made;
}

/* Used features of rows, as laid out for the whole recipe, are those that it makes of them. */
static void compare_features(const sample *s, const wn_artefact *artefact, double *cells, const wn_text *texts,
                             size_t n_rows)
{
    float *expected = NULL, *found = NULL;
    if (!extract(s->recipe, s->recipe, cells, texts, n_rows, &expected) ||
        !extract(artefact->recipe, s->recipe, cells, texts, n_rows, &found))
        return;
    size_t n = artefact->recipe->n_selected, n_all = s->recipe->n_selected;
    for (size_t j = 0; j < n; j++) {
        size_t k = 0;
        const char *name = artefact->recipe->feature_names[artefact->recipe->selected[j]];
        while (k < n_all && strcmp(s->recipe->feature_names[s->recipe->selected[k]], name) != 0)
            k++;
        CU_ASSERT_TRUE(k < n_all);
        bool is_exact = s->recipe->feature_encoder[s->recipe->selected[k]] != WN_NO_ENCODER;
        for (size_t i = 0; k < n_all && i < n_rows; i++)
            CU_ASSERT_TRUE(is_exact ? expected[i * n_all + k] == found[i * n + j]
                                    : fabsf(expected[i * n_all + k] - found[i * n + j]) < 0.002f);
    }
    wn_free(found);
    wn_free(expected);
}

enum { MIXED_ROWS = 6 * 4 * 5 };

static const char *const line_words[] = {"A1", "B1", "B22", "gr\303\266\303\237e", "", "new"}, *const plant_words[] = {
                                                                                                   "north", "south", "",
                                                                                                   "west"};
static const double code_cells[] = {-1.5, 0.1, 7, (double)NAN, 8}, other_cells[] = {0.5, (double)NAN, 100, -2};

static void set_texts(wn_text *texts)
{
    for (size_t i = 0; i < MIXED_ROWS; i++) {
        texts[2 * i] = (wn_text){line_words[i % 6], strlen(line_words[i % 6])};
        texts[2 * i + 1] = (wn_text){plant_words[i / 6 % 4], strlen(plant_words[i / 6 % 4])};
    }
}

/* Rows of every level, of gaps and of what training did not have. */
static void check_mixed_rows(const sample *s, const wn_artefact *artefact)
{
    double cells[MIXED_ROWS * 3];
    wn_text texts[MIXED_ROWS * 2];
    set_texts(texts);
    for (size_t i = 0; i < MIXED_ROWS; i++) {
        cells[3 * i] = other_cells[i / 2 % 4];
        cells[3 * i + 1] = code_cells[i % 5];
        cells[3 * i + 2] = other_cells[i % 4];
    }
    compare_features(s, artefact, cells, texts, MIXED_ROWS);
}

/* The same of images, where pixels are missing too. */
static void check_kinds_rows(const sample *s, const wn_artefact *artefact)
{
    enum { CELLS = 12 };
    double cells[MIXED_ROWS * CELLS];
    wn_text texts[MIXED_ROWS * 2];
    set_texts(texts);
    for (size_t i = 0; i < MIXED_ROWS; i++) {
        for (size_t c = 0; c < CELLS; c++)
            cells[CELLS * i + c] = (i + c) % 29 == 0 ? (double)NAN : sample_number(60 + c, i);
        cells[CELLS * i + 10] = code_cells[i % 5];
        cells[CELLS * i + 11] = other_cells[i % 4];
    }
    compare_features(s, artefact, cells, texts, MIXED_ROWS);
}

static void check_encoded(bool has_kinds, unsigned used, bool int8, size_t n_columns, size_t n_features,
                          size_t n_inputs)
{
    sample s = {0};
    wn_artefact *artefact = NULL;
    const char *path = test_path("mixed.wnm");
    if (CHECK_OK(has_kinds ? sample_fill_kinds(&s, used, int8) : sample_fill_mixed(&s, used, int8)) &&
        CHECK_OK(wn_artefact_write(path, s.network, s.coding, s.recipe, NULL)) &&
        CHECK_OK(wn_artefact_read(&artefact, path))) {
        CU_ASSERT_EQUAL(artefact->recipe->n_columns, n_columns);
        CU_ASSERT_EQUAL(artefact->recipe->n_features, n_features);
        CU_ASSERT_EQUAL(artefact->recipe->n_selected, n_inputs);
        CU_ASSERT_EQUAL(artefact->network->n_inputs, n_inputs);
        if (has_kinds)
            check_kinds_rows(&s, artefact);
        else
            check_mixed_rows(&s, artefact);
        CU_ASSERT_EQUAL(artefact->recipe->labels.n_classes, 3);
        for (size_t k = 0; k < artefact->recipe->labels.n_classes; k++)
            CU_ASSERT_STRING_EQUAL(artefact->recipe->labels.names[k], sample_class_names[k]);
    }
    wn_artefact_free(artefact);
    sample_clear(&s);
}

static void check_mixed(unsigned used, bool int8, size_t n_columns, size_t n_features, size_t n_inputs)
{
    check_encoded(false, used, int8, n_columns, n_features, n_inputs);
}

static void check_kinds(unsigned used, bool int8, size_t n_columns, size_t n_features, size_t n_inputs)
{
    check_encoded(true, used, int8, n_columns, n_features, n_inputs);
}

static bool same_numbers(const double *a, size_t n_a, const double *b, size_t n_b)
{
    return n_a == n_b && (n_a == 0 || memcmp(a, b, n_a * sizeof *a) == 0);
}

static void check_input(const wn_input_rules *given)
{
    sample s = {0};
    wn_artefact *artefact = NULL;
    const char *path = test_path("input.wnm");
    if (CHECK_OK(sample_fill(&s, 12, 0.5, true)) && CHECK_OK(wn_input_rules_copy(&s.recipe->input, given)) &&
        CHECK_OK(wn_artefact_write(path, s.network, s.coding, s.recipe, NULL)) &&
        CHECK_OK(wn_artefact_read(&artefact, path))) {
        const wn_input_rules *found = &artefact->recipe->input;
        CU_ASSERT_EQUAL(found->infinite_is_missing, given->infinite_is_missing);
        CU_ASSERT_EQUAL(found->table == NULL, given->table == NULL);
        CU_ASSERT_TRUE(given->table == NULL || found->table == NULL || strcmp(found->table, given->table) == 0);
        CU_ASSERT_TRUE(same_numbers(found->missing_values, found->n_missing_values, given->missing_values,
                                    given->n_missing_values));
        CU_ASSERT_TRUE(
            same_numbers(found->label_missing, found->n_label_missing, given->label_missing, given->n_label_missing));
    }
    wn_artefact_free(artefact);
    sample_clear(&s);
}

/* How cells are read is kept whatever of it there is. */
static void test_input(void)
{
    double missing[] = {-9999, 1e37, 0}, label[] = {-1};
    char table[] = "/measured/all";
    for (unsigned has = 0; has < 16; has++)
        check_input(&(wn_input_rules){.table = has & 1 ? table : NULL,
                                      .missing_values = missing,
                                      .n_missing_values = has & 2 ? 3 : 0,
                                      .label_missing = label,
                                      .n_label_missing = has & 4 ? 1 : 0,
                                      .infinite_is_missing = (has & 8) != 0});
}

/* Features: 0 a, 1-3 code, 4 b, 5-9 line, 10-11 plant, 12 b?missing; number 6 (line=B1) is not selected. */
static void test_mixed(void)
{
    for (int int8 = 0; int8 < 2; int8++) {
        check_mixed(0x1fff, int8, 5, 13, 12);
        check_mixed(1 << 5, int8, 1, 1, 1);           /* a level; a gap is another's, which has no feature then */
        check_mixed(1 << 7, int8, 1, 1, 1);           /* the level of gaps */
        check_mixed(1 << 9, int8, 1, 5, 1);           /* all others: which levels there are matters */
        check_mixed(1 << 12, int8, 1, 2, 1);          /* an indicator: its cell is a feature that nothing uses */
        check_mixed(1 << 0 | 1 << 2, int8, 2, 2, 2);  /* a level that is a number, and a plain cell */
        check_mixed(1 << 4 | 1 << 11, int8, 2, 3, 2); /* a cell with an indicator, a level */
    }
}

/* Features: 0-5 px, 6-9 qx, 10 code, 11 b, 12 line, 13-15 plant, 16 px2?missing. Number 6 is not selected. */
static void test_kinds(void)
{
    for (int int8 = 0; int8 < 2; int8++) {
        check_kinds(0x1ffff, int8, 14, 17, 16);
        check_kinds(1 << 4, int8, 6, 7, 1);            /* an edge: all pixels, and the gaps of one */
        check_kinds(1 << 16, int8, 6, 7, 1);           /* the gaps of a pixel: the image that it is of */
        check_kinds(1 << 8, int8, 4, 4, 1);            /* an orientation */
        check_kinds(1 << 10 | 1 << 11, int8, 2, 2, 2); /* a code of numbers, a plain cell */
        check_kinds(1 << 12, int8, 1, 1, 1);           /* the number of a level */
        check_kinds(1 << 14, int8, 1, 3, 1);           /* the code of a class */
    }
}

/* Used terms are those of the whole recipe, to the bit, though the lengths of rows are of unused ones too. */
static void check_text(unsigned used, bool has_idf, size_t n_features, size_t n_inputs)
{
    static const char *const notes[] = {"Leak, valve and PUMPS: leak!", "nothing known", "",
                                        "strasse STRA\303\237E pump pump", "valve leak leaks le"};
    enum { ROWS = sizeof notes / sizeof *notes };
    sample s = {0};
    wn_artefact *artefact = NULL;
    float *expected = NULL, *found = NULL;
    double cells[ROWS] = {0.5, 1, 2, -3, 4};
    wn_text texts[ROWS];
    const char *path = test_path("text.wnm");
    for (size_t i = 0; i < ROWS; i++)
        texts[i] = (wn_text){notes[i], strlen(notes[i])};
    if (CHECK_OK(sample_fill_text(&s, used, has_idf)) &&
        CHECK_OK(wn_artefact_write(path, s.network, s.coding, s.recipe, NULL)) &&
        CHECK_OK(wn_artefact_read(&artefact, path)) && extract(s.recipe, s.recipe, cells, texts, ROWS, &expected) &&
        extract(artefact->recipe, s.recipe, cells, texts, ROWS, &found)) {
        size_t n = artefact->recipe->n_selected, n_all = s.recipe->n_selected;
        CU_ASSERT_EQUAL(artefact->recipe->n_features, n_features);
        CU_ASSERT_EQUAL(n, n_inputs);
        for (size_t j = 0; j < n; j++) {
            const char *name = artefact->recipe->feature_names[artefact->recipe->selected[j]];
            size_t k = 0;
            while (k + 1 < n_all && strcmp(s.recipe->feature_names[s.recipe->selected[k]], name) != 0)
                k++;
            for (size_t i = 0; i < ROWS; i++)
                CU_ASSERT_TRUE(expected[i * n_all + k] == found[i * n + j]);
        }
    }
    wn_free(found);
    wn_free(expected);
    wn_artefact_free(artefact);
    sample_clear(&s);
}

/* Features: 0 a, 1-8 terms, of which 8 is not selected. */
static void test_text(void)
{
    if (!WN_HAVE_UTF8PROC)
        return;
    for (int has_idf = 0; has_idf < 2; has_idf++) {
        check_text(0xff, has_idf, 9, 8);
        check_text(1 << 0 | 1 << 3, has_idf, 9, 2);
        check_text(1 << 5, has_idf, 8, 1); /* the column of numbers is gone, the other terms stay for the lengths */
        check_text(1 << 0, has_idf, 1, 1); /* a text that nothing uses is gone */
    }
}

static void test_exact_recipe(void)
{
    sample s = {0};
    wn_artefact *artefact = NULL;
    const char *path = test_path("exact.wnm");
    if (CHECK_OK(sample_fill(&s, 50, 1, false)) &&
        CHECK_OK(wn_artefact_write(path, s.network, s.coding, s.recipe, NULL)) &&
        CHECK_OK(wn_artefact_read(&artefact, path)) && match(artefact->recipe, s.recipe))
        for (size_t i = 0; i < artefact->recipe->n_columns; i++) {
            const wn_recipe_column *a = &artefact->recipe->columns[i];
            const wn_recipe_column *b = &s.recipe->columns[a->position];
            CU_ASSERT_TRUE(a->center == b->center && a->scale == b->scale && a->lower == b->lower &&
                           a->upper == b->upper && a->fill == b->fill);
            CU_ASSERT_EQUAL(memcmp(&a->rule, &b->rule, sizeof a->rule), 0);
        }
    wn_artefact_free(artefact);
    sample_clear(&s);
}

static void test_rounded_recipe(void)
{
    sample s = {0};
    wn_artefact *artefact = NULL;
    const char *path = test_path("rounded.wnm");
    if (CHECK_OK(sample_fill(&s, 50, 1, true)) &&
        CHECK_OK(wn_artefact_write(path, s.network, s.coding, s.recipe, NULL)) &&
        CHECK_OK(wn_artefact_read(&artefact, path)) && match(artefact->recipe, s.recipe))
        for (size_t i = 0; i < artefact->recipe->n_columns; i++) {
            const wn_recipe_column *a = &artefact->recipe->columns[i];
            const wn_recipe_column *b = &s.recipe->columns[a->position];
            double step = b->scale * ldexp(1, -13);
            CU_ASSERT_TRUE(fabs(a->center - b->center) <= step);
            CU_ASSERT_TRUE(fabs(a->scale - b->scale) <= step);
            CU_ASSERT_TRUE(fabs(a->fill - b->fill) <= 4 * step);
            CU_ASSERT_TRUE(fabs(a->lower - b->lower) <= 24 * step && fabs(a->upper - b->upper) <= 24 * step);
        }
    wn_artefact_free(artefact);
    sample_clear(&s);
}

/* The same numbers make the same hash and bytes, others another. */
static void test_hash(void)
{
    sample s = {0};
    wn_artefact *a = NULL, *b = NULL, *c = NULL;
    const char *path = test_path("hash.wnm");
    if (CHECK_OK(sample_fill(&s, 40, 0.5, true)) &&
        CHECK_OK(wn_artefact_write(path, s.network, s.coding, s.recipe, NULL)) &&
        CHECK_OK(wn_artefact_read(&a, path)) &&
        CHECK_OK(wn_artefact_write(path, s.network, s.coding, s.recipe, NULL)) &&
        CHECK_OK(wn_artefact_read(&b, path))) {
        s.coding->layers[2].bias[1] += 1.0f;
        CHECK_OK(wn_artefact_write(path, s.network, s.coding, s.recipe, NULL));
        CHECK_OK(wn_artefact_read(&c, path));
        CU_ASSERT_EQUAL(wn_hash_compare(a->hash, b->hash), 0);
        CU_ASSERT_TRUE(c != NULL && wn_hash_compare(a->hash, c->hash) != 0);
        CU_ASSERT_TRUE(access(test_path("hash.wnm.part"), F_OK) != 0);
    }
    wn_artefact_free(c);
    wn_artefact_free(b);
    wn_artefact_free(a);
    sample_clear(&s);
}

static void test_cannot_write(void)
{
    sample s = {0};
    wn_artefact *artefact = NULL;
    if (!CHECK_OK(sample_fill(&s, 20, 0.5, true)))
        return;
    CU_ASSERT_EQUAL(wn_artefact_write(test_path("no/such/a.wnm"), s.network, s.coding, s.recipe, NULL), WN_CANT_CREATE);
    CU_ASSERT_EQUAL(wn_artefact_read(&artefact, test_path("nothing.wnm")), WN_NO_INPUT);
    CU_ASSERT_PTR_NULL(artefact);
    sample_clear(&s);
}

static wn_status fill_numbers(sample *s)
{
    return sample_fill(s, 20, 0.5, true);
}

static wn_status fill_mixed(sample *s)
{
    return sample_fill_mixed(s, 0x1bff, true);
}

static wn_status fill_kinds(sample *s)
{
    return sample_fill_kinds(s, 0x1ffff, true);
}

static wn_status fill_text(sample *s)
{
    return sample_fill_text(s, 0xff, true);
}

static void check_no_memory(wn_status (*fill)(sample *))
{
    sample s = {0};
    const char *path = test_path("memory.wnm");
    if (!CHECK_OK(fill(&s)))
        return;
    size_t before = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status != WN_OK && nth < 2000; nth++) {
        wn_artefact *artefact = NULL;
        wn_memory_fail_at(nth);
        status = wn_artefact_write(path, s.network, s.coding, s.recipe, NULL);
        if (status == WN_OK)
            status = wn_artefact_read(&artefact, path);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || status == WN_NO_MEMORY);
        wn_artefact_free(artefact);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    sample_clear(&s);
}

static void test_no_memory(void)
{
    check_no_memory(fill_numbers);
    check_no_memory(fill_mixed);
    check_no_memory(fill_kinds);
    check_no_memory(fill_text);
}

static const wn_test tests[] = {{"round_trip", test_round_trip},
                                {"mixed", test_mixed},
                                {"kinds", test_kinds},
                                {"text", test_text},
                                {"how cells are read", test_input},
                                {"exact_recipe", test_exact_recipe},
                                {"rounded_recipe", test_rounded_recipe},
                                {"hash", test_hash},
                                {"cannot_write", test_cannot_write},
                                {"no_memory", test_no_memory}};

TEST_MAIN("artefact", tests)
