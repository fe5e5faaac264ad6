/* What the modes consist of: opening connections, polling and sending. */
#ifndef ACTIONS_H
#define ACTIONS_H

#include "connections.h"

/* Poll for *wait* microseconds. Fail at the time limit, or without connections. */
void listen_for(int64_t wait, const char *doing);
/* Poll until nothing has arrived for a while. */
void settle(void);
/* Open *count* connections, numbered from *first*, at most *at_once* at a time. */
void open_connections(enum role role, int count, int first, int at_once);
/* Open the connections of all members and publishers. */
void open_all(void);
/* Send until *until*, as fast as the rate or the windows allow. */
void send_until(uint64_t until, double rate);
/* Poll until *expected* lines are delivered, for at most --patience seconds. */
void drain(uint64_t expected);

#endif
