/* catalog_bytes.h - a catalog as a run of bytes, to send to other ranks of the same build. */
#ifndef WINNOW_TABLE_CATALOG_BYTES_H
#define WINNOW_TABLE_CATALOG_BYTES_H

#include "winnow/catalog.h"

/* Local. *bytes (new, owned by the caller). Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_catalog_to_bytes(const wn_catalog *catalog, unsigned char **bytes, size_t *n);

/* Local. Fails: WN_NO_MEMORY; WN_INTERNAL for bytes that another build made. */
WN_MUST_USE wn_status wn_catalog_from_bytes(wn_catalog **catalog, const unsigned char *bytes, size_t n);

#endif
