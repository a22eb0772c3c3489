/* number.h - a double as the shortest decimal that reads back as the same double. */
#ifndef WINNOW_REPORT_NUMBER_H
#define WINNOW_REPORT_NUMBER_H

enum { WN_NUMBER_SIZE = 40 };

/* Local. "3.25", "nan", "inf". */
void wn_number_text(double value, char text[WN_NUMBER_SIZE]);

#endif
