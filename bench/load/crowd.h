/* Thousands of connections, and what each of them hears. */
#ifndef CROWD_H
#define CROWD_H

#include <stdbool.h>
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

struct connection {
    int fd, number, step; /* in the dialect's steps; ready after the last */
    enum role role;
    bool ready, gone, samples;
    int watched;          /* the speaker whose lines it looks for, or -1 */
    char carry[40];       /* the end of what was read, where something may begin */
    unsigned carried;
    char *unsent;
    size_t unsent_size;
    uint64_t since;       /* when it asked */
    char epoch[48];       /* of a returner */
    uint64_t sequence;
};

struct tally {
    uint64_t delivered, bytes, notices, answers, said;
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
/* Wait for so many microseconds at most, and take in whatever has come. */
void crowd_listen(int64_t wait);
/* Say *lines* lines, due at *due*, in one write, as the speaker of that number. */
void crowd_say(int speaker, int lines, uint64_t due);
/* Say as much as the windows let every speaker say. */
void crowd_refill(void);
void crowd_ask(struct connection *connection);
/* How many members hear each line. */
int crowd_hearers(void);
uint64_t crowd_in_flight(void);

#endif
