#include "winnow/nearest_name.h"

#include "testing.h"

static const char *const names[] = {"temperature", "label", "epochs", "batch", "px"};

static const char *nearest(const char *name)
{
    return wn_nearest_name(name, names, sizeof names / sizeof *names);
}

static void test_found(void)
{
    CU_ASSERT_PTR_EQUAL(nearest("temprature"), names[0]);
    CU_ASSERT_PTR_EQUAL(nearest("Temperatur"), names[0]);
    CU_ASSERT_PTR_EQUAL(nearest("lable"), names[1]);
    CU_ASSERT_PTR_EQUAL(nearest("labels"), names[1]);
    CU_ASSERT_PTR_EQUAL(nearest("epoch"), names[2]);
    CU_ASSERT_PTR_EQUAL(nearest("batch"), names[3]);
    CU_ASSERT_PTR_EQUAL(nearest("p"), names[4]);
}

static void test_not_found(void)
{
    char longest[300];
    for (size_t i = 0; i < sizeof longest - 1; i++)
        longest[i] = 'x';
    longest[sizeof longest - 1] = '\0';
    CU_ASSERT_PTR_NULL(nearest("optimizer"));
    CU_ASSERT_PTR_NULL(nearest("xyz"));
    CU_ASSERT_PTR_NULL(nearest(""));
    CU_ASSERT_PTR_NULL(nearest(longest));
    CU_ASSERT_PTR_NULL(wn_nearest_name("label", NULL, 0));
}

static const wn_test tests[] = {{"finds what was meant", test_found}, {"finds nothing far off", test_not_found}};
TEST_MAIN("nearest_name", tests)
