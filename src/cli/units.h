/* Amounts as people write them. Both return false for anything else, or what does not fit. */
#ifndef CLI_UNITS_H
#define CLI_UNITS_H

#include <stdbool.h>

/* "256" and "256M" are mebibytes, "1G" gibibytes, "65536K" kibibytes; gives KiB. */
bool units_size(const char *text, int *ret_kib);

/* "2", "1.5", "2s" are seconds, "500ms" milliseconds, "10m" minutes, "8h" hours; gives
 * milliseconds. */
bool units_duration(const char *text, int *ret_milliseconds);

/* A decimal number without sign. */
bool units_number(const char *text, int *ret_number);

#endif
