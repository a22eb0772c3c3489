/* network_file.h - what network_file.c (writing) and network_read.c know of model.h5. */
#ifndef WINNOW_MODEL_NETWORK_FILE_H
#define WINNOW_MODEL_NETWORK_FILE_H

#include "winnow/network.h"

enum { WN_NETWORK_VERSION = 1, WN_NETWORK_MAX_LAYERS = 1024 };

/* Words by the values of wn_activation and wn_task. */
extern const char *const wn_activation_words[2];

/* Local. The checksum of model.h5: shapes, parameters, dropout and classes. */
wn_hash wn_network_checksum(const wn_network *network, const void *classes, size_t n_bytes, size_t n_classes);

#endif
