/* How a connection joins its rooms, and rejoins. */
#ifndef JOINING_H
#define JOINING_H

#include "connections.h"

/* Send the next step of joining, or finish after the last. */
void next_step(struct connection *connection);
/* Process an answer; the first *known* bytes were processed before. */
void continue_joining(struct connection *connection, char *data, size_t size, size_t known);
/* Close the connection, and open it again with its cursor. */
void rejoin(struct connection *connection);
/* Request a page of the history. */
void request_page(struct connection *connection);

#endif
