#include "training_state.h"

static const char PLACE[] = "training/place", PARAMETERS[] = "training/parameters";

wn_status wn_training_save(const wn_training_place *place, const wn_network *network, const wn_optimizer *optimizer,
                           wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    size_t n_bytes = network->n_parameters * sizeof *network->parameters;
    TRY(wn_checkpoint_put(checkpoint, PLACE, place, sizeof *place));
    TRY(wn_checkpoint_put(checkpoint, PARAMETERS, network->parameters, n_bytes));
    TRY(wn_optimizer_save(optimizer, checkpoint));
done:
    return status;
}

wn_status wn_training_restore(const wn_checkpoint *checkpoint, wn_training_place *place, wn_network *network,
                              wn_optimizer *optimizer)
{
    wn_status status = WN_OK;
    size_t n_bytes = network->n_parameters * sizeof *network->parameters;
    TRY(wn_checkpoint_get(checkpoint, PLACE, place, sizeof *place));
    TRY(wn_checkpoint_get(checkpoint, PARAMETERS, network->parameters, n_bytes));
    TRY(wn_optimizer_restore(optimizer, checkpoint));
done:
    return status;
}
