/* member_external.h - what of a dataset lies elsewhere: in files of raw bytes, or in the datasets that a virtual one is
 * made of. Where a file is missing or too short the library gives zeros, so it is looked at before. */
#ifndef WINNOW_TABLE_MEMBER_EXTERNAL_H
#define WINNOW_TABLE_MEMBER_EXTERNAL_H

#include "member.h"

/* Local. Raw storage: each segment's file holds what the dataset has there. A fault is a problem of the member. Fails:
 * WN_NO_MEMORY, WN_BAD_DATA (damaged). */
WN_MUST_USE wn_status wn_member_raw(wn_member *member, const wn_hdf5_file *file, hid_t dataset, hid_t creation);

/* Local. A virtual dataset: each source is there, has the rows that are mapped, and can be read itself. Sources are
 * datasets of this file, of files beside it that are called by a bare name, or, where allowed, of any file. `depth`
 * counts virtual datasets whose source this is. Fails: as wn_member_raw. */
WN_MUST_USE wn_status wn_member_virtual(wn_member *member, wn_hdf5_file *file, hid_t creation, int depth);

#endif
