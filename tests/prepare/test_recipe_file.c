#include "testing.h"

#include "example.h"

#include "winnow/memory.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void check_columns(const wn_recipe_column *a, const wn_recipe_column *b)
{
    CU_ASSERT_STRING_EQUAL(a->name, b->name);
    CU_ASSERT_EQUAL(a->position, b->position);
    CU_ASSERT(a->rule.missing == b->rule.missing && a->rule.outliers == b->rule.outliers);
    CU_ASSERT(a->rule.action == b->rule.action && a->rule.normalize == b->rule.normalize);
    CU_ASSERT(same(a->rule.constant, b->rule.constant) && same(a->rule.limit, b->rule.limit));
    CU_ASSERT(a->count == b->count && a->missing == b->missing && a->outliers == b->outliers);
    CU_ASSERT(same(a->mean, b->mean) && same(a->deviation, b->deviation) && same(a->median, b->median));
    CU_ASSERT(same(a->min, b->min) && same(a->max, b->max));
    CU_ASSERT(same(a->quartile_low, b->quartile_low) && same(a->quartile_high, b->quartile_high));
    CU_ASSERT(same(a->lower, b->lower) && same(a->upper, b->upper) && same(a->fill, b->fill));
    CU_ASSERT(same(a->clean_mean, b->clean_mean) && same(a->clean_deviation, b->clean_deviation));
    CU_ASSERT(same(a->clean_min, b->clean_min) && same(a->clean_max, b->clean_max));
    CU_ASSERT(same(a->clean_quartile_low, b->clean_quartile_low) && same(a->clean_median, b->clean_median));
    CU_ASSERT(same(a->clean_quartile_high, b->clean_quartile_high));
    CU_ASSERT(a->rule.transform == b->rule.transform);
    CU_ASSERT(same(a->center, b->center) && same(a->scale, b->scale));
}

static void check_projections(const wn_projection *a, const wn_projection *b)
{
    CU_ASSERT_STRING_EQUAL(a->method, b->method);
    CU_ASSERT_STRING_EQUAL(a->solver, b->solver);
    CU_ASSERT(a->grid[0] == b->grid[0] && a->grid[1] == b->grid[1]);
    CU_ASSERT_FATAL(a->n_components == b->n_components && a->n_features == b->n_features);
    CU_ASSERT(memcmp(a->mean, b->mean, sizeof(double) * a->n_features) == 0);
    CU_ASSERT(memcmp(a->components, b->components, sizeof(double) * a->n_features * a->n_components) == 0);
    CU_ASSERT(memcmp(a->eigenvalues, b->eigenvalues, sizeof(double) * a->n_components) == 0);
    CU_ASSERT(memcmp(a->explained_variance_ratio, b->explained_variance_ratio, sizeof(double) * a->n_components) == 0);
}

static void check_recipes(const wn_recipe *a, const wn_recipe *b)
{
    wn_hash x, y;
    CU_ASSERT_FATAL(a->n_columns == b->n_columns && a->n_features == b->n_features);
    CU_ASSERT_FATAL(a->n_selected == b->n_selected && a->n_scores == b->n_scores);
    CU_ASSERT_STRING_EQUAL(a->label_name, b->label_name);
    for (size_t i = 0; i < a->n_columns; i++) {
        check_columns(&a->columns[i], &b->columns[i]);
        CU_ASSERT_STRING_EQUAL(a->feature_names[i], b->feature_names[i]);
        CU_ASSERT_EQUAL(a->feature_source[i], b->feature_source[i]);
    }
    for (size_t i = 0; i < a->n_selected; i++)
        CU_ASSERT_EQUAL(a->selected[i], b->selected[i]);
    for (size_t i = 0; i < a->n_scores; i++) {
        CU_ASSERT_STRING_EQUAL(a->scores[i].name, b->scores[i].name);
        for (size_t j = 0; j < a->n_features; j++)
            CU_ASSERT(same(a->scores[i].score[j], b->scores[i].score[j]));
    }
    check_projections(a->projection, b->projection);
    CU_ASSERT_EQUAL(a->labels.task, b->labels.task);
    CU_ASSERT_FATAL(a->labels.n_classes == b->labels.n_classes);
    CU_ASSERT(memcmp(a->labels.classes, b->labels.classes, sizeof(double) * a->labels.n_classes) == 0);
    CU_ASSERT(memcmp(&a->ledger, &b->ledger, sizeof a->ledger) == 0);
    CHECK_OK(wn_recipe_hash(a, &x));
    CHECK_OK(wn_recipe_hash(b, &y));
    CU_ASSERT(wn_hash_compare(x, y) == 0);
}

static void test_file(void)
{
    wn_recipe *recipe = NULL, *back = NULL;
    const char *path = test_path("recipe.h5");
    struct stat info;
    CU_ASSERT_FATAL(CHECK_OK(example_recipe(&recipe)));
    CU_ASSERT_FATAL(CHECK_OK(wn_recipe_write(recipe, path)));
    CU_ASSERT_FATAL(CHECK_OK(wn_recipe_write(recipe, path))); /* replaces what is there */
    CU_ASSERT(stat(test_path("recipe.h5.part"), &info) != 0);
    CU_ASSERT_FATAL(CHECK_OK(wn_recipe_read(&back, path)));
    check_recipes(recipe, back);
    wn_recipe_free(recipe);
    wn_recipe_free(back);
}

/* Every number counts in the fingerprint; names of columns and the solver's grid do not. */
static void test_hash(void)
{
    wn_recipe *recipe = NULL;
    wn_hash before, after;
    CU_ASSERT_FATAL(CHECK_OK(example_recipe(&recipe)));
    CHECK_OK(wn_recipe_hash(recipe, &before));
    recipe->projection->grid[0] = 3;
    recipe->columns[0].name[0] = 'z';
    recipe->columns[2].min = -recipe->columns[2].min; /* NaN */
    CHECK_OK(wn_recipe_hash(recipe, &after));
    CU_ASSERT(wn_hash_compare(before, after) == 0);
    double *numbers[] = {&recipe->columns[6].scale, &recipe->columns[1].rule.limit, &recipe->scores[1].score[0],
                         &recipe->projection->components[4], &recipe->labels.classes[1]};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        double kept = *numbers[i];
        *numbers[i] = nextafter(kept, INFINITY);
        CHECK_OK(wn_recipe_hash(recipe, &after));
        CU_ASSERT(wn_hash_compare(before, after) != 0);
        *numbers[i] = kept;
    }
    recipe->ledger.leaked++;
    CHECK_OK(wn_recipe_hash(recipe, &after));
    CU_ASSERT(wn_hash_compare(before, after) != 0);
    wn_recipe_free(recipe);
}

/* Changes one byte, looks, and changes it back. */
static wn_status read_flipped(const char *path, int descriptor, off_t offset)
{
    wn_recipe *back = NULL;
    unsigned char byte, flipped;
    CU_ASSERT_EQUAL_FATAL(pread(descriptor, &byte, 1, offset), 1);
    flipped = (unsigned char)(byte ^ (1u << (offset % 8)));
    CU_ASSERT_EQUAL_FATAL(pwrite(descriptor, &flipped, 1, offset), 1);
    wn_status status = wn_recipe_read(&back, path);
    CU_ASSERT_PTR_NULL(back);
    CU_ASSERT_EQUAL_FATAL(pwrite(descriptor, &byte, 1, offset), 1);
    wn_recipe_free(back);
    return status;
}

static void test_damage(void)
{
    wn_recipe *recipe = NULL, *back = NULL;
    const char *path = test_path("damaged.h5");
    struct stat info;
    CU_ASSERT_EQUAL(wn_recipe_read(&back, test_path("absent.h5")), WN_NO_INPUT);
    CU_ASSERT_FATAL(CHECK_OK(example_recipe(&recipe)));
    CU_ASSERT_FATAL(CHECK_OK(wn_recipe_write(recipe, path)));
    int descriptor = open(path, O_RDWR);
    CU_ASSERT_FATAL(descriptor >= 0 && fstat(descriptor, &info) == 0);
    for (off_t offset = 0; offset < info.st_size; offset += offset < 600 ? 7 : 211) {
        CU_ASSERT_EQUAL(read_flipped(path, descriptor, offset), WN_BAD_DATA);
        CU_ASSERT(strstr(wn_status_message(), path) != NULL);
    }
    CHECK_OK(wn_recipe_read(&back, path));
    wn_recipe_free(back);
    back = NULL;
    CU_ASSERT_EQUAL_FATAL(ftruncate(descriptor, info.st_size - 1), 0);
    CU_ASSERT_EQUAL(wn_recipe_read(&back, path), WN_BAD_DATA);
    CU_ASSERT_EQUAL_FATAL(ftruncate(descriptor, 100), 0);
    CU_ASSERT_EQUAL(wn_recipe_read(&back, path), WN_BAD_DATA);
    close(descriptor);
    CU_ASSERT_EQUAL(wn_recipe_write(recipe, test_path("no/such/place.h5")), WN_CANT_CREATE);
    wn_recipe_free(recipe);
}

/* A stamp that fits what is no recipe. */
static void test_refuses_other_hdf5(void)
{
    wn_recipe *recipe = NULL, *back = NULL;
    CU_ASSERT_FATAL(CHECK_OK(example_recipe(&recipe)));
    recipe->projection->n_features--; /* components no longer fit the selection */
    CHECK_OK(wn_recipe_write(recipe, test_path("other.h5")));
    CU_ASSERT_EQUAL(wn_recipe_read(&back, test_path("other.h5")), WN_BAD_DATA);
    CU_ASSERT_PTR_NULL(back);
    recipe->projection->n_features++;
    wn_recipe_free(recipe);
}

static wn_status write_and_read(const char *path)
{
    wn_status status = WN_OK;
    wn_recipe *recipe = NULL, *back = NULL;
    wn_hash hash;
    TRY(example_recipe(&recipe));
    TRY(wn_recipe_hash(recipe, &hash));
    TRY(wn_recipe_write(recipe, path));
    TRY(wn_recipe_read(&back, path));
done:
    wn_recipe_free(recipe);
    wn_recipe_free(back);
    return status;
}

static void test_allocation_failures(void)
{
    const char *path = test_path("starved.h5");
    wn_memory_fail_at(0);
    CHECK_OK(write_and_read(path));
    int64_t n_allocations = wn_memory_fail_at(0);
    size_t used = wn_memory_used();
    CU_ASSERT(n_allocations > 50);
    for (int64_t nth = 1; nth <= n_allocations; nth++) {
        wn_memory_fail_at(nth);
        CU_ASSERT_EQUAL(write_and_read(path), WN_NO_MEMORY);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    wn_memory_fail_at(0);
    CHECK_OK(write_and_read(path));
}

static const wn_test tests[] = {
    {"file", test_file},
    {"hash", test_hash},
    {"damage", test_damage},
    {"refuses_other_hdf5", test_refuses_other_hdf5},
    {"allocation_failures", test_allocation_failures},
};

TEST_MAIN("recipe_file", tests)
