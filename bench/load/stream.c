/* The bytes of a connection: those of its socket, or those inside TLS.
 *
 * The certificate is not verified, as that would cost the generator much of its core.
 */
#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#ifdef WITH_TLS

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "report.h"

enum { BUFFERED = 1 << 17 }; /* bytes that one recv may take */

static SSL_CTX *context;

void streams_open(void) {
    if (!plan.tls) return;
    context = SSL_CTX_new(TLS_client_method());
    if (context == NULL) fail_run("OpenSSL cannot start");
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, BUFFERED);
}

void stream_begin(struct connection *connection) {
    if (!plan.tls) return;
    connection->tls = SSL_new(context);
    if (connection->tls == NULL || !SSL_set_fd(connection->tls, connection->fd))
        fail_run("no memory for TLS");
    SSL_set_connect_state(connection->tls);
}

/* Return 0 at the end of the stream, and -1 with errno like a system call. */
static ssize_t result_of(struct connection *connection, int result) {
    int why = SSL_get_error(connection->tls, result);
    ERR_clear_error();
    if (why == SSL_ERROR_ZERO_RETURN) return 0;
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
        errno = EAGAIN;
    else if (why != SSL_ERROR_SYSCALL || errno == 0 || errno == EAGAIN)
        errno = EPROTO;
    return -1;
}

int stream_continue(struct connection *connection) {
    if (!plan.tls) return 1;
    int result = SSL_do_handshake(connection->tls);
    if (result == 1) return 1;
    return result_of(connection, result) < 0 && errno == EAGAIN ? 0 : -1;
}

ssize_t stream_read(struct connection *connection, char *out, size_t size) {
    if (!plan.tls) return recv(connection->fd, out, size, 0);
    size_t got = 0;
    int result = 1;
    /* Until nothing is left: epoll does not report what is buffered here. */
    while (got < size) {
        result = SSL_read(connection->tls, out + got, (int)(size - got));
        if (result <= 0) break;
        got += result;
    }
    return got > 0 ? (ssize_t)got : result_of(connection, result);
}

ssize_t stream_write(struct connection *connection, const char *data, size_t size) {
    if (!plan.tls) return send(connection->fd, data, size, MSG_NOSIGNAL);
    int result = SSL_write(connection->tls, data, (int)size);
    return result > 0 ? result : result_of(connection, result);
}

void stream_end(struct connection *connection) {
    SSL_free(connection->tls);
    connection->tls = NULL;
}

#else

void streams_open(void) {
    if (!plan.tls) return;
    fputs("load: built without OpenSSL; install its headers and build again\n", stderr);
    exit(1);
}

void stream_begin(struct connection *connection) { (void)connection; }

int stream_continue(struct connection *connection) {
    (void)connection;
    return 1;
}

ssize_t stream_read(struct connection *connection, char *out, size_t size) {
    return recv(connection->fd, out, size, 0);
}

ssize_t stream_write(struct connection *connection, const char *data, size_t size) {
    return send(connection->fd, data, size, MSG_NOSIGNAL);
}

void stream_end(struct connection *connection) { (void)connection; }

#endif
