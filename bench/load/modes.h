/* The kinds of work that can be asked for. */
#ifndef MODES_H
#define MODES_H

enum { FIRST = 50 }; /* members for whom is loaded what is loaded for anybody at all */

typedef void (*mode)(void);

/* Return the mode of that name, or NULL. */
mode mode_named(const char *name);

void fan_out(void);

#endif
