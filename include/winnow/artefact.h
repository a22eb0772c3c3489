/* artefact.h - compressed.wnm: the recipe and the compressed model in one small file, and reading it to predict.
 * Layout (docs/formats.md): magic, version, total length, checksum; then sections {tag, length, XXH3-64 checksum,
 * bytes}: "NAME" names, classes and how cells are read, "COLS" the recipe of the columns and encoders that the model
 * still uses, "LAYR" one a layer. */
#ifndef WINNOW_ARTEFACT_H
#define WINNOW_ARTEFACT_H

#include "winnow/network.h"

typedef enum { WN_CODE_FLOAT32, WN_CODE_INT8 } wn_weight_code;

/* How a layer is stored. Weights whose mask is 0 are 0 and take no room but in the mask. The others are stored as they
 * are, or as weight[o][i] = scale[o] x symbol[o][i]. */
typedef struct {
    wn_weight_code code;
    unsigned char *mask; /* (n_out, n_in) 1: stored; owned */
    float *scale;        /* (n_out), INT8 only; owned */
    int8_t *symbol;      /* (n_out, n_in), INT8 only; owned */
    float *bias;         /* (n_out), INT8 only: instead of the network's; owned */
} wn_coded_layer;

typedef struct {
    size_t n_layers;
    wn_coded_layer *layers; /* owned */
} wn_coding;

/* Local. A coding of a network's layers, all FLOAT32. mask (n_parameters) says which weights are stored; NULL means
 * those that are not 0. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_coding_new(wn_coding **coding, const wn_network *network, const unsigned char *mask);
void wn_coding_free(wn_coding *coding);

/* Local. The network that a coding stands for: the given one with its weights and biases decoded (in place). */
void wn_coding_decode(const wn_coding *coding, wn_network *network);

/* Local. Writes the artefact beside its name, synced, read back and compared, renamed. `network` sees the recipe's
 * selected features (its first layer is the projection, if there is one). Features without a stored weight in the
 * first layer are left out (one stays), and columns and levels that no other needs; the rest keeps its order. Masks are
 * coded as gaps between stored weights, symbols and the byte planes of numbers by Huffman codes, each the smaller of
 * coded and plain. Where the first layer is INT8 the recipe's numbers are rounded to 2^-13 of the column's scale, far
 * below a weight's own rounding (but not where an encoder compares cells); where it is FLOAT32 they are exact. *n_bytes
 * its size (may be NULL). Fails: WN_IO, WN_CANT_CREATE, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_artefact_write(const char *path, const wn_network *network, const wn_coding *coding,
                                        const wn_recipe *recipe, int64_t *n_bytes);

/* Local. The size that wn_artefact_write would write. */
WN_MUST_USE wn_status wn_artefact_size(const wn_network *network, const wn_coding *coding, const wn_recipe *recipe,
                                       int64_t *n_bytes);

typedef struct {
    wn_recipe *recipe;   /* only the columns, levels and labels that prediction needs, and how cells are read; selected,
                            in ascending order, are   the network's inputs; no projection (it is a layer); see
                            wn_recipe_match; owned */
    wn_network *network; /* weights decoded; owned */
    wn_coding *coding;   /* how they are stored, the masks among it; owned */
    wn_hash hash;        /* of all numbers: the fingerprint `compressed` */
    int64_t n_bytes;
    size_t n_nonzero; /* weights that are not 0 */
} wn_artefact;

/* Local. Reads it back. The caller frees it. Fails: WN_NO_INPUT; WN_BAD_DATA for anything that is not a whole artefact
 * (the section that is damaged is named); WN_NO_MEMORY. Never trusts a length it has not checked. */
WN_MUST_USE wn_status wn_artefact_read(wn_artefact **artefact, const char *path);
void wn_artefact_free(wn_artefact *artefact);

#endif
