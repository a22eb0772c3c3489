#include "forwarding.h"

static wn_status add(void *state, const wn_block *block)
{
    const wn_forwarding *forwarding = state;
    (void)block;
    return forwarding->inner.ops->add(forwarding->inner.state, forwarding->block);
}

static wn_span sums(void *state)
{
    const wn_forwarding *forwarding = state;
    return forwarding->inner.ops->sums(forwarding->inner.state);
}

static wn_span keys(void *state)
{
    const wn_forwarding *forwarding = state;
    return forwarding->inner.ops->keys(forwarding->inner.state);
}

static wn_status settle(void *state)
{
    const wn_accumulator *inner = &((const wn_forwarding *)state)->inner;
    return inner->ops->settle != NULL ? inner->ops->settle(inner->state) : WN_OK;
}

wn_accumulator wn_forwarding_accumulator(wn_forwarding *forwarding)
{
    static const wn_accumulator_ops ops = {"features", add, sums, keys, true, settle};
    return (wn_accumulator){&ops, forwarding};
}
