#include "testing.h"

#include "winnow/memory.h"
#include "winnow/network.h"
#include "winnow/random.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static double class_values[3] = {1.0, 2.5, 7.0};
static const wn_labels classes = {WN_TASK_CLASSIFICATION, 3, class_values, NULL};
static const wn_labels no_classes = {WN_TASK_REGRESSION, 0, NULL, NULL};

static char *class_names[3] = {"Alpha", "b", "gr\xc3\xbcn"};
static const wn_labels named_classes = {WN_TASK_CLASSIFICATION, 3, class_values, class_names};

static wn_network *made_network(wn_task task)
{
    const size_t widths[] = {4, 5, task == WN_TASK_REGRESSION ? 1 : 3};
    wn_network *network = NULL;
    if (!CHECK_OK(wn_network_new(&network, task, widths, 2)))
        return NULL;
    wn_network_initialize(network, 3);
    network->dropout = 0.2f;
    return network;
}

static void check_round_trip(wn_task task, const wn_labels *labels)
{
    wn_network *network = made_network(task), *found = NULL;
    const char *path = test_path("model.h5");
    if (network == NULL)
        return;
    snprintf(network->layers[0].name, sizeof network->layers[0].name, "projection");
    network->layers[0].activation = WN_ACTIVATION_NONE;
    CHECK_OK(wn_network_write(network, labels, path));
    CHECK_OK(wn_network_write(network, labels, path));
    if (CHECK_OK(wn_network_read(&found, path))) {
        CU_ASSERT_EQUAL(wn_hash_compare(wn_network_hash(found), wn_network_hash(network)), 0);
        CU_ASSERT_EQUAL(memcmp(found->parameters, network->parameters, network->n_parameters * sizeof(float)), 0);
        CU_ASSERT_EQUAL(found->task, task);
        CU_ASSERT_EQUAL(found->dropout, 0.2f);
        CU_ASSERT_STRING_EQUAL(found->layers[0].name, "projection");
        CU_ASSERT_EQUAL(found->layers[0].activation, WN_ACTIVATION_NONE);
        CU_ASSERT_STRING_EQUAL(found->layers[1].name, "layer2");
    }
    CU_ASSERT_NOT_EQUAL(access(test_path("model.h5.part"), F_OK), 0);
    wn_network_free(found);
    wn_network_free(network);
}

static void test_round_trip(void)
{
    check_round_trip(WN_TASK_CLASSIFICATION, &classes);
    check_round_trip(WN_TASK_CLASSIFICATION, &named_classes);
    check_round_trip(WN_TASK_REGRESSION, &no_classes);
}

/* The names that scripts depend on, read as any HDF5 program would. */
static void test_names(void)
{
    wn_network *network = made_network(WN_TASK_CLASSIFICATION);
    const char *path = test_path("names.h5");
    float weight[20], bias[3];
    double values[3];
    if (network == NULL || !CHECK_OK(wn_network_write(network, &classes, path)))
        return;
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    CU_ASSERT_TRUE(file >= 0);
    hid_t set = H5Dopen2(file, "/layers/0/weight", H5P_DEFAULT);
    CU_ASSERT_TRUE(H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, weight) >= 0);
    H5Dclose(set);
    set = H5Dopen2(file, "/layers/1/bias", H5P_DEFAULT);
    CU_ASSERT_TRUE(H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, bias) >= 0);
    H5Dclose(set);
    set = H5Dopen2(file, "/classes", H5P_DEFAULT);
    CU_ASSERT_TRUE(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(set);
    CU_ASSERT_TRUE(H5Lexists(file, "/layers/1/activation", H5P_DEFAULT) > 0);
    CU_ASSERT_EQUAL(memcmp(weight, network->parameters, sizeof weight), 0);
    CU_ASSERT_EQUAL(memcmp(bias, network->parameters + network->layers[1].bias, sizeof bias), 0);
    CU_ASSERT_EQUAL(memcmp(values, class_values, sizeof values), 0);
    H5Fclose(file);
    wn_network_free(network);
}

static void overwrite(const char *path, long offset, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "r+b");
    if (file == NULL) {
        CU_FAIL("cannot open what was written");
        return;
    }
    fseek(file, offset, SEEK_SET);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

/* Where some bytes lie in a file; -1 if nowhere. */
static long find_bytes(const char *path, const void *bytes, size_t n)
{
    static char content[1 << 16];
    FILE *file = fopen(path, "rb");
    size_t size = file != NULL ? fread(content, 1, sizeof content, file) : 0;
    if (file != NULL)
        fclose(file);
    const char *found = memmem(content, size, bytes, n);
    return found != NULL ? found - content : -1;
}

static void check_refused(const char *path, wn_status expected, const char *words)
{
    wn_network *found = NULL;
    CU_ASSERT_EQUAL(wn_network_read(&found, path), expected);
    CU_ASSERT_PTR_NULL(found);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), words));
    wn_network_free(found);
}

static void test_damage(void)
{
    wn_network *network = made_network(WN_TASK_CLASSIFICATION);
    const char *path = test_path("damaged.h5");
    if (network == NULL)
        return;
    check_refused(test_path("absent.h5"), WN_NO_INPUT, "No such file");
    CHECK_OK(wn_network_write(network, &classes, path));
    long at = find_bytes(path, network->parameters, 20 * sizeof(float));
    CU_ASSERT_TRUE(at > 0);
    float changed = network->parameters[3] * 2.0f;
    overwrite(path, at + 3 * (long)sizeof(float), &changed, sizeof changed);
    check_refused(path, WN_BAD_DATA, "checksum");
    CHECK_OK(wn_network_write(network, &classes, path));
    at = find_bytes(path, class_values, sizeof class_values);
    overwrite(path, at, &class_values[2], sizeof(double));
    check_refused(path, WN_BAD_DATA, "checksum");
    CHECK_OK(wn_network_write(network, &classes, path));
    CU_ASSERT_EQUAL(truncate(path, 900), 0);
    check_refused(path, WN_BAD_DATA, "truncated");
    overwrite(path, 0, "not a model", 11);
    check_refused(path, WN_BAD_DATA, "not an HDF5 file");
    wn_network_free(network);
}

static void check_every_byte(const char *path, const void *bytes, size_t n)
{
    const unsigned char *content = bytes;
    long at = find_bytes(path, bytes, n);
    CU_ASSERT_TRUE(at > 0);
    for (size_t i = 0; i < n; i++) {
        unsigned char other = content[i] ^ 0x55;
        overwrite(path, at + (long)i, &other, 1);
        check_refused(path, WN_BAD_DATA, "checksum");
        overwrite(path, at + (long)i, &content[i], 1);
    }
}

/* Any byte of the numbers that changes is seen. */
static void test_every_byte(void)
{
    wn_network *network = made_network(WN_TASK_CLASSIFICATION), *found = NULL;
    const char *path = test_path("bytes.h5");
    if (network == NULL || !CHECK_OK(wn_network_write(network, &classes, path)))
        return;
    network->parameters[network->layers[0].bias] = 0.5f;
    CHECK_OK(wn_network_write(network, &classes, path));
    check_every_byte(path, network->parameters, 20 * sizeof(float));
    check_every_byte(path, network->parameters + network->layers[0].bias, 5 * sizeof(float));
    check_every_byte(path, network->parameters + network->layers[1].weight, 15 * sizeof(float));
    check_every_byte(path, class_values, sizeof class_values);
    CHECK_OK(wn_network_read(&found, path));
    wn_network_free(found);
    wn_network_free(network);
}

static void test_cannot_create(void)
{
    wn_network *network = made_network(WN_TASK_REGRESSION);
    if (network == NULL)
        return;
    CU_ASSERT_EQUAL(wn_network_write(network, &no_classes, test_path("no/such/folder.h5")), WN_CANT_CREATE);
    wn_network_free(network);
}

static void test_failing_allocations(void)
{
    wn_network *network = made_network(WN_TASK_CLASSIFICATION), *found = NULL;
    const char *path = test_path("memory.h5"), *beside = test_path("memory.h5.part");
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; network != NULL && status != WN_OK && nth < 100; nth++) {
        wn_memory_fail_at(nth);
        status = wn_network_write(network, &classes, path);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || status == WN_NO_MEMORY);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
        CU_ASSERT_NOT_EQUAL(access(beside, F_OK), 0);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    status = WN_NO_MEMORY;
    for (int64_t nth = 1; status != WN_OK && nth < 100; nth++) {
        wn_memory_fail_at(nth);
        status = wn_network_read(&found, path);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || (status == WN_NO_MEMORY && wn_memory_used() == used));
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    wn_network_free(found);
    wn_network_free(network);
}

static const wn_test tests[] = {
    {"round trip", test_round_trip},
    {"names in the file", test_names},
    {"damage", test_damage},
    {"any byte of the numbers", test_every_byte},
    {"no such directory", test_cannot_create},
    {"failing allocations", test_failing_allocations},
};

TEST_MAIN("model/network_file", tests)
