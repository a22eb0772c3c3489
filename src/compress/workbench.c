#include "workbench.h"

#include "winnow/memory.h"

#include <string.h>

wn_status wn_workbench_open(wn_workbench *bench, const wn_network *network, const wn_network *wide)
{
    wn_status status = WN_OK;
    TRY(wn_network_copy(&bench->narrow, network));
    TRY(wn_network_copy(&bench->wide, wide));
    TRY(wn_new(&bench->previous, wide->n_parameters));
    TRY(wn_new(&bench->mask, wide->n_parameters));
done:
    return status;
}

void wn_workbench_clear(wn_workbench *bench)
{
    wn_sensitivity_clear(&bench->sensitivity);
    wn_sensitivity_clear(&bench->before);
    wn_free(bench->mask);
    wn_free(bench->previous);
    wn_network_free(bench->wide);
    wn_network_free(bench->narrow);
}

wn_network *wn_workbench_snapshot(const wn_workbench *bench)
{
    return bench->order.is_narrow ? bench->narrow : bench->wide;
}

void wn_workbench_lay(wn_workbench *bench, wn_work_order order, const wn_network *network, const unsigned char *mask)
{
    bench->order = order;
    memcpy(wn_workbench_snapshot(bench)->parameters, network->parameters,
           network->n_parameters * sizeof *network->parameters);
    memcpy(bench->previous, mask, bench->wide->n_parameters);
}

static wn_status widen(wn_workbench *bench)
{
    wn_status status = WN_OK;
    wn_network *wide = NULL;
    TRY(wn_network_with_projection(&wide, bench->narrow, bench->recipe));
    memcpy(bench->wide->parameters, wide->parameters, wide->n_parameters * sizeof *wide->parameters);
done:
    wn_network_free(wide);
    return status;
}

wn_status wn_workbench_work(void *context)
{
    wn_status status = WN_OK;
    wn_workbench *bench = context;
    if (bench->order.is_narrow)
        TRY(widen(bench));
    if (bench->order.scans)
        TRY(wn_sensitivity_scan(&bench->sensitivity, &bench->scorer, bench->wide));
    if (bench->order.sparsity != WN_SCAN_ONLY)
        TRY(wn_decision_make(&bench->sensitivity, &bench->scorer, bench->wide, bench->previous, bench->order.sparsity,
                             bench->mask, &bench->decision));
done:
    return status;
}
