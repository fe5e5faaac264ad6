/* Thousands of connections in one epoll.
 *
 * speaking.h  what is said, and how much of it is under way
 * coming.h    how a connection comes into the room, and comes back
 * hearing.h   what is counted in what was read
 */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dialects.h"
#include "system.h"

enum role {
    MEMBER,  /* hears, and perhaps speaks */
    STUCK,   /* never reads once it is in */
    MOUTH,   /* speaks for a member that may not, and hears nothing of the room */
    READER,  /* reads pages of the history, one after the other */
    RETURNER /* goes, and comes back with a cursor, again and again */
};

enum { CARRY = 512 }; /* bytes; the line of a welcome is shorter */

struct connection {
    int fd, number, step; /* in the dialect's steps; ready after the last */
    enum role role;
    bool ready, gone, samples;
    bool has_said;        /* something since it read last */
    int watched;          /* the speaker whose lines it looks for, or -1 */
    unsigned carried;
    char *unsent;
    size_t unsent_size;
    uint64_t since;       /* when it asked */
    uint64_t sequence;    /* with the epoch a cursor, of a returner */
    char epoch[48];       /* or empty: it has no cursor */
    char carry[CARRY];    /* the end of what was read, where something may begin */
};

struct tally {
    uint64_t delivered, bytes, notices, answers, said, without_cursor;
    int ready, gone;
    struct latencies latency, answer;
};

struct plan {
    const struct dialect *dialect;
    int port, members, speakers, window, batch, text, depth;
};

extern struct plan plan;
extern struct tally tally;
extern struct connection *crowd;
extern int crowd_size;
extern const char *awaited_notice; /* counted while it is not NULL */

void crowd_open(int most);
struct connection *crowd_add(enum role role, int number);
void crowd_leave(struct connection *connection);
/* Close its socket and connect it anew. */
void crowd_return(struct connection *connection);
/* Know that it is in the room. */
void crowd_ready(struct connection *connection);
/* Wait for so many microseconds at most, and take in whatever has come. */
void crowd_listen(int64_t wait);
/* Send, or keep until there is room; what is broken is found when it is read. */
void crowd_send(struct connection *connection, const char *data, size_t size);
/* How many members hear each line. */
int crowd_hearers(void);
/* How many segments with data all members have been sent so far. */
uint64_t crowd_segments(void);

#endif
