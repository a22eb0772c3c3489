#include "network_file.h"

#include "winnow/durable.h"
#include "winnow/hdf5_attribute.h"
#include "winnow/memory.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *const wn_activation_words[2] = {"none", "relu"};

/* Everything below returns whether HDF5 did it; the messages are made by the callers that know the path. */

static bool write_array(hid_t where, const char *name, hid_t type, int n_dims, const hsize_t *dims, const void *data)
{
    hid_t space = H5Screate_simple(n_dims, dims, NULL);
    hid_t set = H5Dcreate2(where, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    bool done = set >= 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0;
    done = (set < 0 || H5Dclose(set) >= 0) && done;
    return H5Sclose(space) >= 0 && done;
}

static hid_t text_type(size_t size)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && (H5Tset_size(type, size) < 0 || H5Tset_strpad(type, H5T_STR_NULLPAD) < 0)) {
        H5Tclose(type);
        return H5I_INVALID_HID;
    }
    return type;
}

static bool write_text(hid_t where, const char *name, const char *text)
{
    hid_t type = text_type(strlen(text));
    bool done = type >= 0 && write_array(where, name, type, 0, NULL, text);
    return type >= 0 && H5Tclose(type) >= 0 && done;
}

static bool write_text_attribute(hid_t where, const char *name, const char *text)
{
    hid_t type = text_type(strlen(text));
    bool done = type >= 0 && wn_hdf5_put_attribute(where, ".", name, type, 0, text);
    return type >= 0 && H5Tclose(type) >= 0 && done;
}

static bool write_layer(hid_t layers, size_t index, const wn_network *network)
{
    const wn_layer *layer = &network->layers[index];
    hsize_t dims[2] = {layer->n_out, layer->n_in};
    char number[24];
    snprintf(number, sizeof number, "%zu", index);
    hid_t group = H5Gcreate2(layers, number, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (group < 0)
        return false;
    bool done = write_array(group, "weight", H5T_NATIVE_FLOAT, 2, dims, network->parameters + layer->weight) &&
                write_array(group, "bias", H5T_NATIVE_FLOAT, 1, dims, network->parameters + layer->bias) &&
                write_text(group, "activation", wn_activation_words[layer->activation]) &&
                write_text_attribute(group, "name", layer->name);
    return H5Gclose(group) >= 0 && done;
}

wn_hash wn_network_checksum(const wn_network *network, const void *classes, size_t n_bytes, size_t n_classes)
{
    wn_hash numbers = wn_network_hash(network);
    wn_hash labels = wn_hash_bytes(classes, n_bytes, n_classes);
    uint64_t all[5] = {numbers.low, numbers.high, labels.low, labels.high, 0};
    memcpy(&all[4], &network->dropout, sizeof network->dropout);
    return wn_hash_bytes(all, sizeof all, WN_NETWORK_VERSION);
}

/* Classes as they lie in the file: numbers, or names of the length of the longest. */
typedef struct {
    hid_t type; /* owned where it is of names */
    size_t n, cell_bytes;
    const void *cells;
    char *names; /* owned */
} class_cells;

static wn_status list_classes(class_cells *cells, const wn_labels *labels)
{
    wn_status status = WN_OK;
    size_t n = labels->n_classes, longest = 1;
    *cells = (class_cells){.type = H5T_NATIVE_DOUBLE, .n = n, .cell_bytes = sizeof(double), .cells = labels->classes};
    if (labels->names == NULL)
        return WN_OK;
    for (size_t k = 0; k < n; k++)
        longest = strlen(labels->names[k]) > longest ? strlen(labels->names[k]) : longest;
    TRY(wn_memory_new((void **)&cells->names, n, longest, __func__));
    for (size_t k = 0; k < n; k++)
        memcpy(cells->names + k * longest, labels->names[k], strlen(labels->names[k]));
    cells->cells = cells->names;
    cells->cell_bytes = longest;
    cells->type = text_type(longest);
    H5Tset_cset(cells->type, H5T_CSET_UTF8);
done:
    return status;
}

static void forget_classes(class_cells *cells)
{
    if (cells->names != NULL && cells->type >= 0)
        H5Tclose(cells->type);
    wn_free(cells->names);
}

static bool write_head(hid_t file, const wn_network *network, const class_cells *classes)
{
    int version = WN_NETWORK_VERSION;
    hsize_t n_classes = classes->n;
    char checksum[WN_HASH_TEXT_SIZE];
    wn_hash_text(wn_network_checksum(network, classes->cells, classes->n * classes->cell_bytes, classes->n), checksum);
    return wn_hdf5_put_attribute(file, ".", "version", H5T_NATIVE_INT, 0, &version) &&
           write_text_attribute(file, "task", wn_task_words[network->task]) &&
           wn_hdf5_put_attribute(file, ".", "dropout", H5T_NATIVE_FLOAT, 0, &network->dropout) &&
           write_text_attribute(file, "checksum", checksum) &&
           (n_classes == 0 || write_array(file, "classes", classes->type, 1, &n_classes, classes->cells));
}

static bool write_content(hid_t file, const wn_network *network, const class_cells *classes)
{
    hid_t layers = H5Gcreate2(file, "layers", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    bool done = layers >= 0 && write_head(file, network, classes);
    for (size_t i = 0; done && i < network->n_layers; i++)
        done = write_layer(layers, i, network);
    return layers >= 0 && H5Gclose(layers) >= 0 && done;
}

static wn_status write_file(const wn_network *network, const class_cells *classes, const char *path)
{
    wn_status status = wn_durable_create(path);
    if (status != WN_OK)
        return status;
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    if (file < 0)
        return wn_fail(WN_IO, "%s: cannot write the model", path);
    bool done = write_content(file, network, classes);
    if (H5Fclose(file) < 0 || !done)
        return wn_fail(WN_IO, "%s: cannot write the model", path);
    return WN_OK;
}

/* A file that was written is believed when it reads back as what was written. */
static wn_status verify_file(const wn_network *network, const char *path)
{
    wn_network *found = NULL;
    wn_status status = wn_network_read(&found, path);
    if (status == WN_BAD_DATA || status == WN_NO_INPUT)
        return wn_fail_prefix(WN_IO, "reading back what was written");
    if (status != WN_OK)
        return status;
    if (wn_hash_compare(wn_network_hash(found), wn_network_hash(network)) != 0)
        status = wn_fail(WN_IO, "%s: reads back other than it was written", path);
    wn_network_free(found);
    return status;
}

wn_status wn_network_write(const wn_network *network, const wn_labels *labels, const char *path)
{
    wn_status status = WN_OK;
    class_cells classes = {.type = H5I_INVALID_HID};
    char *beside = NULL;

    TRY(wn_string_format(&beside, "%s.part", path));
    TRY(list_classes(&classes, labels));
    H5E_BEGIN_TRY
    {
        status = write_file(network, &classes, beside);
    }
    H5E_END_TRY
    TRY(status);
    TRY(wn_durable_sync(beside));
    TRY(verify_file(network, beside));
    TRY(wn_durable_rename(beside, path));
done:
    if (status != WN_OK && beside != NULL)
        unlink(beside);
    forget_classes(&classes);
    wn_free(beside);
    return status;
}
