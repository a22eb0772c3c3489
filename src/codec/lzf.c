#include "filters.h"

#include <errno.h>
#include <limits.h>
#include <lzf.h>

/* A bare LZF stream (liblzf), as h5py writes it. */
wn_status wn_lzf_undo(wn_decoder *decoder, wn_stage *stage)
{
    (void)decoder;
    if (stage->n_in == 0 || stage->n_in > UINT_MAX)
        return wn_stage_damaged(stage, "no stream");
    unsigned most = stage->capacity > UINT_MAX ? UINT_MAX : (unsigned)stage->capacity;
    stage->n_out = lzf_decompress(stage->in, (unsigned)stage->n_in, stage->out, most);
    if (stage->n_out == 0)
        return wn_stage_damaged(stage, errno == E2BIG ? "more bytes than the chunk has" : "damaged");
    return WN_OK;
}

/* Told by the stream itself: runs of 1 to 32 bytes as they are, and copies of 3 to 264 bytes, in two bytes or three.
 * The client data are not there for strings of any length, of which the library asks no filter. */
size_t wn_lzf_size(const wn_stage *stage)
{
    enum { MOST_LITERALS = 32, LONG = 7 };
    size_t n = 0, at = 0;
    while (at < stage->n_in) {
        unsigned control = stage->in[at++], length = control >> 5;
        if (control < MOST_LITERALS) {
            n += control + 1;
            at += control + 1;
            continue;
        }
        if (length == LONG && at < stage->n_in)
            length += stage->in[at++];
        n += length + 2;
        at++;
    }
    return n;
}
