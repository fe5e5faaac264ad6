/* Thousands of connections in one epoll.
 *
 * stream.h     the bytes of a connection, without or with TLS
 * rooms.h      which rooms a member is in
 * sending.h    sends lines, and counts those in flight
 * joining.h    how a connection joins its rooms, and rejoins
 * receiving.h  counts received lines
 */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dialects.h"
#include "system.h"

enum role {
    MEMBER,  /* receives, and perhaps sends */
    STUCK,   /* never reads after joining */
    PUBLISHER,   /* sends for a member that cannot, and receives nothing */
    READER,  /* requests pages of the history, one after another */
    RETURNER /* reconnects with a cursor, again and again */
};

enum { CARRY = 512 }; /* bytes; a welcome is shorter */

struct connection {
    int fd, number, step; /* step of the dialect; ready after the last */
    int awaited;          /* answers to the step that have not arrived */
    enum role role;
    bool ready, gone, samples;
    void *tls;            /* of OpenSSL; NULL without it */
    bool has_sent;        /* since its last read */
    int watched;          /* the speaker whose lines it looks for, or -1 */
    uint64_t delivered;   /* lines that it has received */
    unsigned carried;
    char *unsent;
    size_t unsent_size;
    uint64_t since;       /* time of its request */
    uint64_t sequence;    /* of the cursor of a returner */
    char epoch[48];       /* of the cursor; empty if there is none */
    char carry[CARRY];    /* the end of the last read, which may be incomplete */
};

struct tally {
    uint64_t delivered, bytes, notices, answers, said, without_cursor, handshakes;
    int ready, gone;
    struct latencies latency, answer;
};

struct plan {
    const struct dialect *dialect;
    int port, members, speakers, window, batch, text, depth;
    int rooms, each, everywhere, outside; /* see rooms.h */
    int tls;                              /* 1: inside TLS */
    bool only_handshakes;                 /* a connection is opened anew after each */
};

extern struct plan plan;
extern struct tally tally;
extern struct connection *connections;
extern int connection_count;
extern const char *awaited_notice; /* counted while it is not NULL */

void connections_open(int most);
struct connection *connection_add(enum role role, int number);
void connection_close(struct connection *connection);
/* Close its socket and connect again. */
void connection_reopen(struct connection *connection);
/* Record that it is in the room. */
void connection_joined(struct connection *connection);
/* Wait for at most *wait* microseconds, and process what arrived. */
void connections_poll(int64_t wait);
/* Send, or queue what the socket does not accept. The next read reports errors. */
void connection_send(struct connection *connection, const char *data, size_t size);
/* How many segments with data all members have received. */
uint64_t segments_received(void);

#endif
