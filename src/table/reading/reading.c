#include "reading.h"

#include "winnow/memory.h"

void wn_reading_init(wn_reading *reading)
{
    *reading = (wn_reading){0};
    pthread_mutex_init(&reading->target.lock, NULL);
}

void wn_reading_clear(wn_reading *reading)
{
    for (size_t i = 0; i < reading->n_pieces; i++)
        wn_free(reading->pieces[i]);
    wn_free(reading->pieces);
    pthread_mutex_destroy(&reading->target.lock);
}

static wn_status new_piece(wn_reading *reading)
{
    wn_status status = WN_OK;
    TRY(wn_resize(&reading->pieces, reading->n_pieces + 1));
    TRY(wn_new(&reading->pieces[reading->n_pieces], 1));
    reading->n_pieces++;
done:
    return status;
}

wn_status wn_reading_take_piece(wn_reading *reading, wn_piece **piece)
{
    wn_status status = WN_OK;
    if (reading->n_used == reading->n_pieces)
        TRY(new_piece(reading));
    *piece = reading->pieces[reading->n_used++];
done:
    return status;
}
