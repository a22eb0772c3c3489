/* artefact.h - compressed.wnm: the recipe and the compressed model in one small file, and reading it to predict.
 * Layout (docs/formats.md): magic, version, then sections {tag, length, XXH3-64 checksum, bytes}: names and classes,
 * the recipe of the columns that the model still uses, and a section a layer. */
#ifndef WINNOW_ARTEFACT_H
#define WINNOW_ARTEFACT_H

#include "winnow/network.h"

typedef enum { WN_CODE_FLOAT32, WN_CODE_INT8 } wn_weight_code;

/* How a layer's weights are stored: as they are, or weight[o][i] = scale[o] x symbol[o][i], symbol 0 being a pruned
 * weight. Biases are float32. */
typedef struct {
    wn_weight_code code;
    float *scale;   /* (n_out), INT8 only; owned */
    int8_t *symbol; /* (n_out, n_in), INT8 only; owned */
} wn_coded_layer;

typedef struct {
    size_t n_layers;
    wn_coded_layer *layers; /* owned */
} wn_coding;

/* Local. A coding of a network's layers, all FLOAT32. The caller frees it. */
WN_MUST_USE wn_status wn_coding_new(wn_coding **coding, const wn_network *network);
void wn_coding_free(wn_coding *coding);

/* Local. The network that a coding stands for: the given one with its weights decoded (in place). */
void wn_coding_decode(const wn_coding *coding, wn_network *network);

/* Local. Writes the artefact beside its name, synced, renamed. `network` sees the recipe's selected features (its first
 * layer is the projection, if there is one). Columns whose every weight in the first layer is 0 are left out. Masks are
 * coded as gaps between kept weights, symbols and the byte planes of floats by Huffman codes, each section the smaller
 * of coded and plain. *n_bytes its size. Fails: WN_IO, WN_CANT_CREATE. */
WN_MUST_USE wn_status wn_artefact_write(const char *path, const wn_network *network, const wn_coding *coding,
                                        const wn_recipe *recipe, int64_t *n_bytes);

/* Local. The size that wn_artefact_write would write. */
WN_MUST_USE wn_status wn_artefact_size(const wn_network *network, const wn_coding *coding, const wn_recipe *recipe,
                                       int64_t *n_bytes);

typedef struct {
    wn_recipe
        *recipe; /* only the columns, selection, labels that prediction needs; no projection (it is a layer); owned */
    wn_network *network; /* weights decoded; owned */
    wn_hash hash;        /* of all numbers: the fingerprint `compressed` */
    int64_t n_bytes;
    size_t n_nonzero; /* weights that are not 0 */
} wn_artefact;

/* Local. Reads it back. The caller frees it. Fails: WN_NO_INPUT; WN_BAD_DATA for anything that is not a whole artefact
 * (the section that is damaged is named). Never trusts a length it has not checked. */
WN_MUST_USE wn_status wn_artefact_read(wn_artefact **artefact, const char *path);
void wn_artefact_free(wn_artefact *artefact);

#endif
