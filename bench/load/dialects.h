/* How to join, send and count lines on each kind of server. */
#ifndef DIALECTS_H
#define DIALECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rooms.h"

/* Every text begins with a mark: "^~", the speaker and the time in hexadecimal. It can
 * be found anywhere in the stream, so that no dialect has to be parsed. */
enum { WHO = 5, WHEN = 11, MARK = 2 + WHO + WHEN };
#define CLOCK ((1ULL << 4 * WHEN) - 1) /* the part of a time that fits a mark: 203 days */
#define ID_KEY "\"id\":\""
#define NO_ID "000000000" /* after the key; replaced by the id of the line */
#define STEPS 3
enum { MAX_TEXT = 4096 }; /* bytes */
enum { MAX_STEP = 512 + 32 * MAX_STAY }; /* bytes of what is sent */

struct step {
    const char *say;   /* %d is the number of the connection, %s the name of a room */
    size_t size;       /* of what is sent; 0: the length of the string */
    const char *await; /* part of the answer */
};

struct dialect {
    const char *name;
    struct step steps[STEPS]; /* of joining the room */
    bool echoes;              /* whether a speaker receives its own lines */
    bool publishes_apart;        /* whether a speaker needs a second connection to send */
    const char *joined, *left; /* part of a notice, or NULL; '\n': every line is one */
};

/* Return how to speak that dialect, to a server with one room or with many, or NULL. */
const struct dialect *dialect_named(const char *name, bool has_rooms);

/* Whether *step* is said, and answered, once for each room of a member. */
bool is_for_each_room(const struct dialect *dialect, int step);

/* Write one line with *text*, to a room or to the lobby, and return its length. */
size_t encode(const struct dialect *dialect, int room, const char *text, char *out);

/* Write what to send at *step* to *out*, and return its length. */
size_t encode_step(const struct dialect *dialect, int step, int number, bool speaks,
                  char *out);

/* Write a hello with a cursor to *out*, or, without an epoch, one without a cursor. It
 * has no token, so that each connection is a new session. */
size_t encode_resume(const char *epoch, uint64_t sequence, char *out);

/* Write *text* as a WebSocket's frame to *out*, and return its length. */
size_t encode_frame(const char *text, size_t size, char *out);

#endif
