/* What is printed: one JSON object, of what was seen or of what failed. */
#ifndef REPORT_H
#define REPORT_H

#include "system.h"

/* Print what was done, with *more* of it as for printf. */
void report(const char *more, ...) __attribute__((format(printf, 1, 2)));
/* Print what failed, and end with 2. */
void give_up(const char *when) __attribute__((noreturn));
/* Return what the server has used. A run in which it cannot be told has failed: it
 * would pass for one that cost nothing. */
struct usage used(void);

extern struct usage at_rest; /* before anybody came */

#endif
