/* sections.h - the parts of an artefact: the artefact in memory, and its sections as bytes. Private to src/artefact. */
#ifndef WINNOW_ARTEFACT_SECTIONS_H
#define WINNOW_ARTEFACT_SECTIONS_H

#include "pack.h"

#include "winnow/artefact.h"

/* What a reader accepts; larger claims are damage, so that a small file cannot ask for all memory. */
enum { WN_MAX_COLUMNS = 1 << 22, WN_MAX_LAYERS = 64, WN_MAX_WIDTH = 1 << 22, WN_MAX_WEIGHTS = 1 << 28 };

/* Local. The artefact that network, coding and recipe (as in wn_artefact_write) make: only what is used, rounded and
 * decoded. The caller frees it. */
WN_MUST_USE wn_status wn_artefact_build(wn_artefact **artefact, const wn_network *network, const wn_coding *coding,
                                        const wn_recipe *recipe);

/* Local. Decodes the weights, counts them, hashes all numbers. */
WN_MUST_USE wn_status wn_artefact_complete(wn_artefact *artefact);

/* Local. A whole artefact as bytes, and back. n_bytes of the artefact is set. */
WN_MUST_USE wn_status wn_artefact_encode(const wn_artefact *artefact, wn_bytes *out);
WN_MUST_USE wn_status wn_artefact_decode(wn_artefact **artefact, const unsigned char *data, size_t n);

/* Local. Names in little room: runs of one stem with ascending numbers. Reading: names (n) are new, owned by the
 * caller, also those before a failure. */
WN_MUST_USE wn_status wn_names_pack(wn_bytes *out, char *const *names, size_t n);
WN_MUST_USE wn_status wn_names_unpack(wn_cursor *cursor, char **names, size_t n);

/* Local. How cells are read; label, classes and names of the columns; what the columns' cells go through, and the
 * encoders that make the features where these are not the cells one by one; a layer. Fail: WN_NO_MEMORY; reading
 * WN_BAD_DATA. */
WN_MUST_USE wn_status wn_section_pack_input(wn_bytes *out, const wn_input_rules *rules);
WN_MUST_USE wn_status wn_section_unpack_input(wn_cursor *cursor, wn_input_rules *rules);
WN_MUST_USE wn_status wn_section_pack_names(wn_bytes *out, const wn_recipe *recipe);
WN_MUST_USE wn_status wn_section_unpack_names(wn_cursor *cursor, wn_recipe **recipe);
WN_MUST_USE wn_status wn_section_pack_columns(wn_bytes *out, const wn_recipe *recipe);
WN_MUST_USE wn_status wn_section_unpack_columns(wn_cursor *cursor, wn_recipe *recipe);
WN_MUST_USE wn_status wn_section_pack_encoders(wn_bytes *out, const wn_recipe *recipe);
WN_MUST_USE wn_status wn_section_unpack_encoders(wn_cursor *cursor, wn_recipe *recipe);
WN_MUST_USE wn_status wn_section_pack_layer(wn_bytes *out, const wn_artefact *artefact, size_t layer);

/* A layer as read, before the network is made of all of them. */
typedef struct {
    size_t n_in, n_out;
    bool is_projection;
    wn_activation activation;
    wn_coded_layer coded;
    float *weight; /* (n_out, n_in) for FLOAT32, else NULL; owned */
    float *bias;   /* (n_out) for FLOAT32, else NULL; owned */
} wn_read_layer;

WN_MUST_USE wn_status wn_section_unpack_layer(wn_cursor *cursor, size_t n_in, wn_read_layer *layer);
void wn_read_layer_clear(wn_read_layer *layer);

/* Local. Rounds the recipe's numbers to 2^-13 of each column's scale, and bounds that are centre -+ limit x scale or a
 * fill that is the centre within that to exactly this; but not of columns that encoders take. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_recipe_round(wn_recipe *recipe);

#endif
