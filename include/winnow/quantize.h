/* quantize.h - weights as small integers: symmetric int8 with one scale an output channel. */
#ifndef WINNOW_QUANTIZE_H
#define WINNOW_QUANTIZE_H

#include "winnow/artefact.h"

/* Local. Codes every layer as INT8: scale[o] = max |w[o][.]| / 127 rounded up to 8 significant bits (1 for an all-zero
 * row), symbol = nearest integer of w / scale, ties to even, so that |w - scale x symbol| <= scale / 2; a stored weight
 * may have symbol 0. Biases are rounded to 12 significant bits. mask as in wn_coding_new. The coding is a new one,
 * owned by the caller. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_quantize_int8(const wn_network *network, const unsigned char *mask, wn_coding **coding);

#endif
