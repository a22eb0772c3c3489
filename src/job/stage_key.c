/* Keys of stages: equal keys mean equal results, so that a result on disk can serve again. */
#include "run_state.h"

#include <cblas.h>
#include <string.h>

enum { STAGE_FORMAT = 1 }; /* raised when a stage's result changes its meaning */

wn_status wn_stage_key(const wn_run_state *state, wn_hash before, const char *const *sections, wn_hash *key)
{
    wn_status status = WN_OK;
    wn_hasher *hasher = NULL;
    int format = STAGE_FORMAT;
    TRY(wn_hasher_new(&hasher, 0));
    wn_hasher_add(hasher, &format, sizeof format);
    wn_hasher_add_text(hasher, WN_VERSION);
    wn_hasher_add_text(hasher, openblas_get_corename());
    wn_hasher_add(hasher, &before, sizeof before);
    wn_hasher_add(hasher, &state->job->seed, sizeof state->job->seed);
    for (const char *const *section = sections; *section != NULL; section++) {
        wn_hash hash;
        TRY(wn_job_section_hash(state->job, *section, &hash));
        wn_hasher_add(hasher, &hash, sizeof hash);
    }
    *key = wn_hasher_finish(hasher);
done:
    wn_hasher_free(hasher);
    return status;
}
