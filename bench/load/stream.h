/* The bytes of a connection: those of its socket, or those inside TLS (--tls). */
#ifndef STREAM_H
#define STREAM_H

#include <stddef.h>
#include <sys/types.h>

#include "connections.h"

/* Prepare TLS; without it, nothing. Exit if this program was built without OpenSSL. */
void streams_open(void);
/* Begin on a new socket. */
void stream_begin(struct connection *connection);
/* Continue the handshake: 1 when it is complete, and at once without TLS; 0 if it needs
 * more from the server; -1 if it failed. */
int stream_continue(struct connection *connection);
/* Read or write what the socket allows, as recv and send with a non-blocking socket. */
ssize_t stream_read(struct connection *connection, char *out, size_t size);
ssize_t stream_write(struct connection *connection, const char *data, size_t size);
/* Free what stream_begin has made; the socket stays open. */
void stream_end(struct connection *connection);

#endif
