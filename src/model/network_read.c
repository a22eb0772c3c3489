#include "network_file.h"

#include "winnow/hdf5_attribute.h"
#include "winnow/memory.h"

#include <errno.h>
#include <hdf5.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST_NAME = 1 << 20 };

/* What a file holds before it is believed. */
typedef struct {
    size_t n_layers, n_outputs;
    size_t *widths; /* (n_layers + 1) */
    wn_task task;
    wn_network *network;
    void *classes; /* (n_classes) numbers, or names of one length */
    size_t n_classes, class_bytes;
} contents;

static void contents_clear(contents *found)
{
    wn_free(found->widths);
    wn_free(found->classes);
    wn_network_free(found->network);
}

/* The shape of a dataset of plain numbers that are all stored; false where it is anything else. */
static bool read_shape(hid_t where, const char *name, int n_dims, H5T_class_t class, size_t cell, hsize_t *dims)
{
    hid_t set = H5Dopen2(where, name, H5P_DEFAULT);
    if (set < 0)
        return false;
    hid_t space = H5Dget_space(set), type = H5Dget_type(set);
    bool fits = H5Tget_class(type) == class && H5Tget_size(type) == cell &&
                H5Sget_simple_extent_ndims(space) == n_dims && H5Sget_simple_extent_dims(space, dims, NULL) == n_dims;
    hsize_t n_cells = 1;
    for (int i = 0; fits && i < n_dims; i++)
        fits = dims[i] > 0 && dims[i] <= INT_MAX && !__builtin_mul_overflow(n_cells, dims[i], &n_cells);
    fits = fits && n_cells <= SIZE_MAX / cell && H5Dget_storage_size(set) == n_cells * cell;
    H5Tclose(type);
    H5Sclose(space);
    return H5Dclose(set) >= 0 && fits;
}

static bool read_array(hid_t where, const char *name, hid_t type, void *data)
{
    hid_t set = H5Dopen2(where, name, H5P_DEFAULT);
    bool done = set >= 0 && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0;
    return set >= 0 && H5Dclose(set) >= 0 && done;
}

/* A fixed-length text of at most size - 1 bytes, from the type that says how long it is. */
static hid_t text_type_of(hid_t type, size_t size)
{
    bool fits = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 && H5Tget_size(type) < size;
    return fits ? H5Tcopy(type) : H5I_INVALID_HID;
}

static bool read_text(hid_t where, const char *name, char *text, size_t size)
{
    hid_t set = H5Dopen2(where, name, H5P_DEFAULT);
    if (set < 0)
        return false;
    hid_t file_type = H5Dget_type(set), space = H5Dget_space(set), type = text_type_of(file_type, size);
    memset(text, 0, size);
    bool done = type >= 0 && H5Sget_simple_extent_npoints(space) == 1 &&
                H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0;
    if (type >= 0)
        H5Tclose(type);
    H5Sclose(space);
    H5Tclose(file_type);
    return H5Dclose(set) >= 0 && done;
}

static bool read_text_attribute(hid_t where, const char *name, char *text, size_t size)
{
    hid_t attribute = H5Aopen(where, name, H5P_DEFAULT);
    if (attribute < 0)
        return false;
    hid_t file_type = H5Aget_type(attribute), space = H5Aget_space(attribute), type = text_type_of(file_type, size);
    memset(text, 0, size);
    bool done = type >= 0 && H5Sget_simple_extent_npoints(space) == 1 && H5Aread(attribute, type, text) >= 0;
    if (type >= 0)
        H5Tclose(type);
    H5Sclose(space);
    H5Tclose(file_type);
    return H5Aclose(attribute) >= 0 && done;
}

/* The index of a word among n; n where there is none. */
static size_t word_index(const char *word, const char *const *words, size_t n)
{
    size_t i = 0;
    while (i < n && strcmp(word, words[i]) != 0)
        i++;
    return i;
}

static wn_status damaged(const char *path, const char *what)
{
    return wn_fail(WN_BAD_DATA, "%s: %s", path, what);
}

static wn_status read_task(hid_t file, const char *path, wn_task *task)
{
    char word[24];
    if (!read_text_attribute(file, "task", word, sizeof word))
        return damaged(path, "not a model: no attribute `task`");
    size_t index = word_index(word, wn_task_words, 3);
    if (index != WN_TASK_CLASSIFICATION && index != WN_TASK_REGRESSION)
        return damaged(path, "the model's task is neither classification nor regression");
    *task = (wn_task)index;
    return WN_OK;
}

/* Layers are /layers/0, 1, ...: the outputs of each are the inputs of the next. */
static wn_status read_widths(hid_t file, const char *path, contents *found)
{
    wn_status status = WN_OK;
    H5G_info_t info;
    if (H5Gget_info_by_name(file, "layers", &info, H5P_DEFAULT) < 0 || info.nlinks < 1 ||
        info.nlinks > WN_NETWORK_MAX_LAYERS)
        return damaged(path, "not a model: no group /layers with 1 to 1024 layers");
    found->n_layers = (size_t)info.nlinks;
    TRY(wn_new(&found->widths, found->n_layers + 1));
    for (size_t i = 0; i < found->n_layers; i++) {
        char weight[48], bias[48];
        hsize_t shape[2], length;
        snprintf(weight, sizeof weight, "layers/%zu/weight", i);
        snprintf(bias, sizeof bias, "layers/%zu/bias", i);
        if (!read_shape(file, weight, 2, H5T_FLOAT, sizeof(float), shape) ||
            !read_shape(file, bias, 1, H5T_FLOAT, sizeof(float), &length) || length != shape[0] ||
            (i > 0 && shape[1] != found->widths[i]))
            return damaged(path, "the model's layers do not fit each other");
        found->widths[i] = (size_t)shape[1];
        found->widths[i + 1] = found->n_outputs = (size_t)shape[0];
    }
    if (found->task == WN_TASK_REGRESSION && found->n_outputs != 1)
        return damaged(path, "a regression has one output");
done:
    return status;
}

static bool read_layer(hid_t file, size_t index, wn_network *network)
{
    wn_layer *layer = &network->layers[index];
    char number[48], word[8];
    snprintf(number, sizeof number, "layers/%zu", index);
    hid_t group = H5Gopen2(file, number, H5P_DEFAULT);
    if (group < 0)
        return false;
    bool done = read_array(group, "weight", H5T_NATIVE_FLOAT, network->parameters + layer->weight) &&
                read_array(group, "bias", H5T_NATIVE_FLOAT, network->parameters + layer->bias) &&
                read_text(group, "activation", word, sizeof word) &&
                read_text_attribute(group, "name", layer->name, sizeof layer->name);
    H5Gclose(group);
    size_t activation = done ? word_index(word, wn_activation_words, 2) : 2;
    if (activation == 2)
        return false;
    layer->activation = (wn_activation)activation;
    return true;
}

/* The type of classes that have names; negative where they are numbers. */
static hid_t class_name_type(hid_t file)
{
    hid_t set = H5Dopen2(file, "classes", H5P_DEFAULT), type = set >= 0 ? H5Dget_type(set) : H5I_INVALID_HID;
    hid_t names = type >= 0 ? text_type_of(type, MOST_NAME) : H5I_INVALID_HID;
    if (type >= 0)
        H5Tclose(type);
    if (set >= 0)
        H5Dclose(set);
    return names;
}

static wn_status read_classes(hid_t file, const char *path, contents *found)
{
    wn_status status = WN_OK;
    hsize_t n;
    if (found->task == WN_TASK_REGRESSION)
        return WN_OK;
    hid_t names = class_name_type(file);
    H5T_class_t class = names >= 0 ? H5T_STRING : H5T_FLOAT;
    found->class_bytes = names >= 0 ? H5Tget_size(names) : sizeof(double);
    if (!read_shape(file, "classes", 1, class, found->class_bytes, &n) || n != found->n_outputs)
        TRY(damaged(path, "the model's classes do not fit its outputs"));
    TRY(wn_memory_new(&found->classes, (size_t)n, found->class_bytes, __func__));
    found->n_classes = (size_t)n;
    if (!read_array(file, "classes", names >= 0 ? names : H5T_NATIVE_DOUBLE, found->classes))
        TRY(damaged(path, "cannot read the model's classes"));
done:
    if (names >= 0)
        H5Tclose(names);
    return status;
}

static wn_status read_contents(hid_t file, const char *path, contents *found)
{
    wn_status status = WN_OK;
    char stored[WN_HASH_TEXT_SIZE], computed[WN_HASH_TEXT_SIZE];

    TRY(read_task(file, path, &found->task));
    TRY(read_widths(file, path, found));
    TRY(read_classes(file, path, found));
    TRY(wn_network_new(&found->network, found->task, found->widths, found->n_layers));
    for (size_t i = 0; i < found->n_layers; i++)
        if (!read_layer(file, i, found->network))
            return damaged(path, "cannot read a layer of the model");
    if (!wn_hdf5_get_attribute(file, ".", "dropout", H5T_NATIVE_FLOAT, 1, &found->network->dropout) ||
        !read_text_attribute(file, "checksum", stored, sizeof stored))
        return damaged(path, "not a model: no attributes `dropout` and `checksum`");
    wn_hash_text(
        wn_network_checksum(found->network, found->classes, found->n_classes * found->class_bytes, found->n_classes),
        computed);
    if (strcmp(stored, computed) != 0)
        return damaged(path, "the model is damaged: its checksum differs");
done:
    return status;
}

static wn_status read_file(const char *path, contents *found)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0)
        return damaged(path, "not an HDF5 file, or truncated");
    wn_status status = read_contents(file, path, found);
    H5Fclose(file);
    return status;
}

wn_status wn_network_read(wn_network **network, const char *path)
{
    wn_status status;
    contents found = {0};

    if (access(path, R_OK) != 0)
        return wn_fail(WN_NO_INPUT, "%s: %s", path, strerror(errno));
    H5E_BEGIN_TRY
    {
        status = read_file(path, &found);
    }
    H5E_END_TRY
    if (status == WN_OK) {
        *network = found.network;
        found.network = NULL;
    }
    contents_clear(&found);
    return status;
}
