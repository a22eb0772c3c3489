#include "winnow/compress.h"

#include "winnow/memory.h"

void wn_compress_report_clear(wn_compress_report *report)
{
    wn_free(report->applied_at_step);
    wn_free(report->trials);
    *report = (wn_compress_report){0};
}
