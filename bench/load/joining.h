/* How a connection comes into the room, and comes back. */
#ifndef JOINING_H
#define JOINING_H

#include "connections.h"

/* Say what the next step asks, or be ready after the last. */
void step_on(struct connection *connection);
/* Make something of the answer; the first *known* bytes were there before. */
void come_in(struct connection *connection, char *data, size_t size, size_t known);
/* Leave, and come back with the cursor. */
void come_back(struct connection *connection);
/* Ask for a page of the history. */
void ask_page(struct connection *connection);

#endif
