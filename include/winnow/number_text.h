/* number_text.h - a double as people write it, which reads back as the same double. JSON files have jansson's digits.
 */
#ifndef WINNOW_NUMBER_TEXT_H
#define WINNOW_NUMBER_TEXT_H

enum { WN_NUMBER_TEXT_SIZE = 32 };

/* Local. Whole numbers below 1e15 without point, -0 as 0, others by the fewest digits (%g) that read back the same. */
void wn_number_text(double value, char text[WN_NUMBER_TEXT_SIZE]);

#endif
