/* How to come in, speak and be heard, on each kind of server. */
#ifndef DIALECTS_H
#define DIALECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every text begins with a mark: "^~", who says it and when, in hexadecimal. It is
 * found in the stream whatever is around it, so no dialect has to be parsed. */
enum { WHO = 5, WHEN = 11, MARK = 2 + WHO + WHEN };
#define CLOCK ((1ULL << 4 * WHEN) - 1) /* what of a time is in a mark: 203 days of it */
#define ID_KEY "\"id\":\""
#define NO_ID "000000000" /* after the key; each line is given an id of its own there */
#define STEPS 3
enum { MOST_TEXT = 4096 }; /* bytes */

struct step {
    const char *say;  /* %d is the number of the connection */
    size_t size;      /* of what is said; 0: as long as the string is */
    const char *await; /* what the answer contains */
};

struct dialect {
    const char *name;
    struct step steps[STEPS]; /* what to say before one is in the room */
    bool echoes;              /* whether a speaker hears what it says */
    bool speaks_apart;        /* whether a speaker needs another connection to speak */
    const char *joined, *left; /* in a notice, if there are any; '\n': every line is one */
};

const struct dialect *dialect_named(const char *name);

/* Write one line with *text* to *out*, and return its length. */
size_t spell(const struct dialect *dialect, const char *text, char *out);

/* Write what to say at *step* to *out*, and return its length. */
size_t spell_step(const struct dialect *dialect, int step, int number, bool speaks,
                  char *out);

/* Write the hello of one that comes back with a cursor to *out*; without an epoch, of
 * one that comes for the first time. It has no token: it is another one each time. */
size_t spell_return(const char *epoch, uint64_t sequence, char *out);

/* Write *text* as a WebSocket's frame to *out*, and return its length. */
size_t spell_frame(const char *text, size_t size, char *out);

#endif
