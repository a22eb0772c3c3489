#include "spare_bytes.h"

#include "winnow/memory.h"

void wn_spare_bytes_init(wn_spare_bytes *spares)
{
    *spares = (wn_spare_bytes){0};
    pthread_mutex_init(&spares->lock, NULL);
    pthread_cond_init(&spares->given, NULL);
}

void wn_spare_bytes_clear(wn_spare_bytes *spares)
{
    for (size_t i = 0; i < spares->n_spare; i++)
        wn_scratch_clear(&spares->spare[i]);
    wn_free(spares->spare);
    pthread_cond_destroy(&spares->given);
    pthread_mutex_destroy(&spares->lock);
}

/* With the lock held. There is a place for every buffer, so that giving back cannot fail. */
static wn_status take_any(wn_spare_bytes *spares, size_t most, wn_scratch *taken)
{
    wn_status status = WN_OK;
    while (spares->n_made - spares->n_spare >= most)
        pthread_cond_wait(&spares->given, &spares->lock);
    if (spares->n_spare == 0) {
        TRY(wn_resize(&spares->spare, spares->n_made + 1));
        spares->spare[spares->n_spare++] = (wn_scratch){0};
        spares->n_made++;
    }
    *taken = spares->spare[--spares->n_spare];
done:
    return status;
}

wn_status wn_spare_bytes_take(wn_spare_bytes *spares, size_t most, size_t n, size_t ample, wn_scratch *taken)
{
    wn_scratch bytes = {0};
    pthread_mutex_lock(&spares->lock);
    wn_status status = take_any(spares, most, &bytes);
    pthread_mutex_unlock(&spares->lock);
    if (status != WN_OK)
        return status;
    if (bytes.bytes == NULL || bytes.n < n)
        status = wn_scratch_reserve(&bytes, ample > n ? ample : n);
    if (status == WN_OK)
        *taken = bytes;
    else
        wn_spare_bytes_give(spares, &bytes);
    return status;
}

void wn_spare_bytes_give(wn_spare_bytes *spares, wn_scratch *given)
{
    pthread_mutex_lock(&spares->lock);
    spares->spare[spares->n_spare++] = *given;
    pthread_cond_signal(&spares->given);
    pthread_mutex_unlock(&spares->lock);
    *given = (wn_scratch){0};
}
