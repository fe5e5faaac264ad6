/* What is counted in what was read. */
#ifndef RECEIVING_H
#define RECEIVING_H

#include "connections.h"

/* Read what a connection has to read, and count what is in it. */
void hear(struct connection *connection);
/* Count how often *token* ends in what was read after the first *known* bytes. */
uint64_t count_token(const char *data, size_t size, size_t known, const char *token);

#endif
