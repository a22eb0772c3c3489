/* drive_decoder FILE: for every dataset of the file, in the order of names, one line "NAME ok" or "NAME <what is
 * wrong>": each chunk decoded by the decoder and read by H5Dread through the registered filters, both held against the
 * cells of the dataset "plain/NAME", which has no filters. */
#include "written_chunk.h"

#include "winnow/hdf5_filters.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

static wn_decoder *decoder;

/* What is wrong with one chunk, NULL where nothing is. */
static const char *judge(const written_chunk *chunk, const unsigned char *plain)
{
    const char *words = NULL;
    unsigned char *decoded = NULL;
    size_t n = chunk->pipeline.chunk_bytes;
    if (wn_new(&decoded, n) != WN_OK ||
        wn_decoder_decode(decoder, &chunk->pipeline, chunk->mask, chunk->stored, chunk->n_stored, decoded) != WN_OK)
        words = wn_status_message();
    else if (memcmp(decoded, plain, n) != 0)
        words = "other bytes by the decoder";
    else if (memcmp(chunk->cells, plain, n) != 0)
        words = "other bytes by H5Dread";
    wn_free(decoded);
    return words;
}

static const char *judge_chunks(hid_t dataset, const unsigned char *plain, hsize_t n, size_t size)
{
    const char *words = NULL;
    for (hsize_t first = 0; words == NULL && first < n;) {
        written_chunk chunk;
        bool is_read = written_chunk_read(&chunk, dataset, first);
        words = is_read ? judge(&chunk, plain + first * size) : "HDF5 does not read it";
        first += is_read ? chunk.pipeline.chunk_bytes / size : 0;
        written_chunk_clear(&chunk);
    }
    return words;
}

static herr_t judge_dataset(hid_t file, const char *name, const H5L_info_t *info, void *unused)
{
    (void)info, (void)unused;
    char path[300];
    unsigned char *plain = NULL;
    if (strcmp(name, "plain") == 0)
        return 0;
    snprintf(path, sizeof path, "plain/%s", name);
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT), truth = H5Dopen2(file, path, H5P_DEFAULT);
    hid_t type = H5Dget_type(truth), space = H5Dget_space(truth);
    hsize_t n = (hsize_t)H5Sget_simple_extent_npoints(space);
    size_t size = H5Tget_size(type);
    const char *words = "cannot be read";
    if (wn_new(&plain, n * size) == WN_OK && H5Dread(truth, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, plain) >= 0)
        words = judge_chunks(dataset, plain, n, size);
    printf("%s %s\n", name, words != NULL ? words : "ok");
    wn_free(plain);
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(truth);
    H5Dclose(dataset);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2 || wn_decoder_new(&decoder) != WN_OK)
        return 2;
    wn_hdf5_filters_register();
    hid_t file = H5Fopen(argv[1], H5F_ACC_RDONLY, H5P_DEFAULT);
    int result = file < 0 || H5Literate(file, H5_INDEX_NAME, H5_ITER_INC, NULL, judge_dataset, NULL) < 0;
    if (file >= 0)
        H5Fclose(file);
    wn_decoder_free(decoder);
    return result;
}
