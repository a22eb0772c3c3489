/* quantize.h - weights as small integers: symmetric int8 with one scale an output channel. */
#ifndef WINNOW_QUANTIZE_H
#define WINNOW_QUANTIZE_H

#include "winnow/artefact.h"

/* Local. Codes every layer as INT8: scale[o] = max |w[o][.]| / 127 (1 for an all-zero row), symbol = nearest even
 * integer of w / scale; weights that are 0 get symbol 0. The coding is a new one, owned by the caller. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_quantize_int8(const wn_network *network, wn_coding **coding);

#endif
