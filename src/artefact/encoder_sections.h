/* encoder_sections.h - what an encoder of each kind is as bytes of an artefact: a pair of functions, in a file of its
 * own where it is more than a few lines. A new kind is a row behind the others in section_encoders.c. */
#ifndef WINNOW_ARTEFACT_ENCODER_SECTIONS_H
#define WINNOW_ARTEFACT_ENCODER_SECTIONS_H

#include "pack.h"

#include "winnow/encoder_facts.h"

/* Facts as read, and the bytes that their texts lie in. */
typedef struct {
    wn_encoder_facts facts;
    unsigned char *bytes; /* owned */
} wn_read_encoder;

typedef struct {
    const char *kind;
    wn_status (*pack)(wn_bytes *out, const wn_encoder_facts *facts);
    wn_status (*unpack)(wn_cursor *cursor, wn_read_encoder *read);
} wn_encoder_section;

/* Local. What an encoder is made of, kind and column apart; levels are one_hot's and ordinal's. Reading fills facts
 * that are zero, also before a failure; nothing is trusted. Fail: WN_NO_MEMORY; reading WN_BAD_DATA. */
WN_MUST_USE wn_status wn_section_pack_levels(wn_bytes *out, const wn_encoder_facts *facts);
WN_MUST_USE wn_status wn_section_unpack_levels(wn_cursor *cursor, wn_read_encoder *read);
WN_MUST_USE wn_status wn_section_pack_image(wn_bytes *out, const wn_encoder_facts *facts);
WN_MUST_USE wn_status wn_section_unpack_image(wn_cursor *cursor, wn_read_encoder *read);
WN_MUST_USE wn_status wn_section_pack_target(wn_bytes *out, const wn_encoder_facts *facts);
WN_MUST_USE wn_status wn_section_unpack_target(wn_cursor *cursor, wn_read_encoder *read);
WN_MUST_USE wn_status wn_section_pack_terms(wn_bytes *out, const wn_encoder_facts *facts);
WN_MUST_USE wn_status wn_section_unpack_terms(wn_cursor *cursor, wn_read_encoder *read);

#endif
