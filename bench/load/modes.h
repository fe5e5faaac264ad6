/* The kinds of work. */
#ifndef MODES_H
#define MODES_H

enum { FIRST = 50 }; /* members after which the server has loaded everything */

typedef void (*mode)(void);

/* Return the mode of that name, or NULL. */
mode mode_named(const char *name);

void fan_out(void);

#endif
