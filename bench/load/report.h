/* The output: one JSON object with the results or the failure. */
#ifndef REPORT_H
#define REPORT_H

#include "system.h"

/* Print the results, with *more* of them as for printf. */
void report(const char *more, ...) __attribute__((format(printf, 1, 2)));
/* Print the failure, and exit with 2. */
void fail_run(const char *when) __attribute__((noreturn));
/* Return the resources that the server has used. If they cannot be read, the run
 * fails: otherwise the server would seem to cost nothing. */
struct usage used(void);

extern struct usage at_rest; /* before the first connection */

#endif
