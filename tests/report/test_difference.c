#include "difference.h"
#include "testing.h"
#include "winnow/memory.h"

#include <hdf5.h>
#include <math.h>
#include <string.h>

/* A file of what a run's files hold: numbers, integers, texts, attributes, groups. */
typedef struct {
    double reals[2][3];
    int64_t integers[4];
    const char *words[2];
    int64_t attribute;
    size_t n_integers;
    bool has_extra;
} content;

static const content plain = {{{1, (double)NAN, 3}, {4, 5, 0.0}}, {1, 2, 3, 4}, {"mean", "median"}, 9, 4, false};

static void put(hid_t file, const char *name, hid_t type, int n_dims, const hsize_t *dims, const void *data)
{
    hid_t space = n_dims > 0 ? H5Screate_simple(n_dims, dims, NULL) : H5Screate(H5S_SCALAR);
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    CU_ASSERT_TRUE(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(set);
    H5Sclose(space);
}

static const char *write_file(const char *name, const content *c)
{
    const char *path = test_path(name);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t group = H5Gcreate2(file, "group", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    hid_t words = H5Tcopy(H5T_C_S1), fixed = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(words, H5T_VARIABLE);
    H5Tset_size(fixed, 4);
    put(group, "reals", H5T_NATIVE_DOUBLE, 2, (hsize_t[]){2, 3}, c->reals);
    put(group, "integers", H5T_NATIVE_INT64, 1, (hsize_t[]){c->n_integers}, c->integers);
    put(file, "words", words, 1, (hsize_t[]){2}, c->words);
    put(file, "fixed", fixed, 0, NULL, "relu");
    if (c->has_extra)
        put(group, "zzz", H5T_NATIVE_INT64, 1, (hsize_t[]){1}, c->integers);
    hid_t attribute = H5Acreate2(group, "count", H5T_NATIVE_INT64, space, H5P_DEFAULT, H5P_DEFAULT);
    CU_ASSERT_TRUE(H5Awrite(attribute, H5T_NATIVE_INT64, &c->attribute) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(fixed);
    H5Tclose(words);
    H5Gclose(group);
    CU_ASSERT_TRUE(H5Fclose(file) >= 0);
    return path;
}

static wn_status walk(const char *const paths[2], const char *skipped, wn_difference *difference)
{
    static const char *const names[] = {"/words", "/nowhere", "/"};
    const char *const leaves_out[] = {skipped, NULL};
    *difference = (wn_difference){.file = "t.h5"};
    return wn_difference_hdf5(difference, paths, names, 3, leaves_out);
}

/* The words for a plain file against another one; "" for no difference. */
static void check(const content *other, const char *skipped, const char *wanted)
{
    wn_difference difference;
    const char *paths[2] = {write_file("a.h5", &plain), write_file("b.h5", other)};
    if (!CHECK_OK(walk(paths, skipped, &difference)))
        return;
    CU_ASSERT_STRING_EQUAL(difference.text, wanted);
    CU_ASSERT_EQUAL(difference.is_found, *wanted != 0);
    if (strcmp(difference.text, wanted) != 0)
        printf("\n    got    %s\n    wanted %s\n", difference.text, wanted);
}

static void equal_files_have_none(void)
{
    content other = plain;
    other.reals[1][2] = -0.0; /* is 0 */
    check(&other, NULL, "");
}

static void the_first_number_is_named(void)
{
    content other = plain;
    other.reals[1][1] = nextafter(5, 6);
    other.reals[1][2] = 7;
    check(&other, NULL, "t.h5 /group/reals[1,1]: 5 against 5.000000000000001");
    check(&other, "reals", "");
    other.integers[3] = -4; /* before /group/reals by name */
    check(&other, NULL, "t.h5 /group/integers[3]: 4 against -4");
    other.attribute = 10;
    check(&other, NULL, "t.h5 /group/count: 9 against 10");
    other.words[1] = "mode";
    check(&other, NULL, "t.h5 /words[1]: median against mode");
}

static void missing_numbers_differ_from_numbers(void)
{
    content other = plain;
    other.reals[0][1] = 2;
    check(&other, NULL, "t.h5 /group/reals[0,1]: nan against 2");
}

static void shapes_and_absences_are_told(void)
{
    content other = plain;
    other.n_integers = 3;
    check(&other, NULL, "t.h5 /group/integers: shape (4) against (3)");
    other = plain;
    other.has_extra = true;
    char wanted[600];
    snprintf(wanted, sizeof wanted, "t.h5 /group/zzz: only in %s", test_path("b.h5"));
    check(&other, NULL, wanted);
}

/* More than one piece: the number of a value is that of the whole dataset. */
static void long_datasets_are_read_in_pieces(void)
{
    enum { ROWS = 300001, COLUMNS = 2 };
    int64_t *cells = NULL;
    const char *paths[2] = {test_path("long-a.h5"), test_path("long-b.h5")};
    if (!CHECK_OK(wn_new(&cells, (size_t)ROWS * COLUMNS)))
        return;
    for (size_t side = 0; side < 2; side++) {
        hid_t file = H5Fcreate(paths[side], H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        cells[(ROWS - 1) * COLUMNS + 1] = (int64_t)side;
        put(file, "long", H5T_NATIVE_INT64, 2, (hsize_t[]){ROWS, COLUMNS}, cells);
        H5Fclose(file);
    }
    wn_difference difference;
    CHECK_OK(walk(paths, NULL, &difference));
    CU_ASSERT_STRING_EQUAL(difference.text, "t.h5 /long[300000,1]: 0 against 1");
    wn_free(cells);
}

static void what_is_no_file_is_refused(void)
{
    wn_difference difference;
    const char *paths[2] = {write_file("a.h5", &plain), test_path("nowhere.h5")};
    CU_ASSERT_EQUAL(walk(paths, NULL, &difference), WN_BAD_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "nowhere.h5"));
}

static void memory_that_ends_leaks_nothing(void)
{
    const char *paths[2] = {write_file("a.h5", &plain), write_file("b.h5", &plain)};
    size_t before = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    int64_t nth = 0;
    while (status == WN_NO_MEMORY && nth < 1000) {
        wn_difference difference;
        wn_memory_fail_at(++nth);
        status = walk(paths, NULL, &difference);
        wn_memory_fail_at(0);
        CU_ASSERT_FALSE(difference.is_found);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
        CU_ASSERT_EQUAL(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    CU_ASSERT_TRUE(nth > 4);
}

static const wn_test tests[] = {{"equal files have none", equal_files_have_none},
                                {"the first number is named", the_first_number_is_named},
                                {"missing numbers differ from numbers", missing_numbers_differ_from_numbers},
                                {"shapes and absences are told", shapes_and_absences_are_told},
                                {"long datasets are read in pieces", long_datasets_are_read_in_pieces},
                                {"what is no file is refused", what_is_no_file_is_refused},
                                {"memory that ends leaks nothing", memory_that_ends_leaks_nothing}};
TEST_MAIN("difference", tests)
