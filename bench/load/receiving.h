/* Counts received lines. */
#ifndef RECEIVING_H
#define RECEIVING_H

#include "connections.h"

/* Read from a connection, and count what arrived. */
void receive(struct connection *connection);
/* Count how often *token* ends after the first *known* bytes. */
uint64_t count_token(const char *data, size_t size, size_t known, const char *token);

#endif
