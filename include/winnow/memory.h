/* memory.h - allocation: aligned, zeroed, counted, checked for overflow, and able to fail on demand in tests.
 * All of Winnow's own memory comes from here, so that a plan can be held against it. */
#ifndef WINNOW_MEMORY_H
#define WINNOW_MEMORY_H

#include "winnow/status.h"

#include <stdint.h>

enum { WN_ALIGNMENT = 64 };

/* Local. Sets *pointer (of any object pointer type) to n x size zero bytes, aligned to 64 bytes; to a valid pointer
 * also when the product is 0. Owned by the caller, who gives it to wn_free. Fails: WN_NO_MEMORY (also when n x size
 * overflows or exceeds the limit), and leaves *pointer untouched. */
#define wn_new(pointer, n) wn_memory_new((void **)(pointer), (n), sizeof **(pointer), __func__)
WN_MUST_USE wn_status wn_memory_new(void **pointer, size_t n, size_t size, const char *purpose);

/* Local. wn_memory_new for what is used here and there: in small pages, so that only what is touched becomes
 * resident. */
WN_MUST_USE wn_status wn_memory_new_sparse(void **pointer, size_t n, size_t size, const char *purpose);

/* Local. Grows or shrinks *pointer (NULL counts as empty) to n elements; new bytes are zero. Fails: WN_NO_MEMORY, and
 * then the old memory is whole. */
#define wn_resize(pointer, n) wn_memory_resize((void **)(pointer), (n), sizeof **(pointer), __func__)
WN_MUST_USE wn_status wn_memory_resize(void **pointer, size_t n, size_t size, const char *purpose);

/* Local. A copy of a string. Owned by the caller. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_string_copy(char **copy, const char *text);

/* Local. A new string by printf's rules. Owned by the caller. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_string_format(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Local. Gives memory back; NULL is fine. */
void wn_free(void *pointer);

/* Local. Bytes allocated now, and the most since the start, by all threads of this process. */
size_t wn_memory_used(void);
size_t wn_memory_peak(void);

/* Local. From now on an allocation that would bring the bytes in use above `bytes` fails; 0 means no limit. */
void wn_memory_limit(size_t bytes);

/* Local. For tests: the nth allocation from now (1 is the next) fails, once; 0 switches this off. Returns how many
 * allocations were made since the last call. */
int64_t wn_memory_fail_at(int64_t nth);

#endif
