/* Counts received lines.
 *
 * Deliveries are counted by their marks, so that the same code works for every dialect,
 * and the generator costs about as much as the bare loop.
 */
#define _GNU_SOURCE
#include "receiving.h"

#include <ctype.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "joining.h"
#include "sending.h"
#include "stream.h"

enum { READ_SIZE = 1 << 18, LARGE = 2048 }; /* bytes */
enum { TOKEN = 24 }; /* bytes; longer than any token */

const char *awaited_notice;

/* Store the last *size* bytes for the next read. */
static void carry(struct connection *connection, const char *end, size_t size) {
    if (size > CARRY) size = CARRY;
    memcpy(connection->carry, end - size, size);
    connection->carried = size;
}

static void carry_line(struct connection *connection, const char *data, size_t size) {
    const char *end = data + size, *last = memrchr(data, '\n', size);
    carry(connection, end, last == NULL ? size : (size_t)(end - last - 1));
}

static uint64_t hexadecimal(const char *digits, int count) {
    uint64_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 4 | ((digits[i] & 15) + (digits[i] >> 6) * 9);
    return value;
}

/* Count the marks that a member received. */
static void count(struct connection *connection, char *data, size_t size) {
    uint64_t now = connection->samples ? microseconds() : 0;
    char *end = data + size, *at = data;
    uint64_t delivered = 0;
    bool is_watching = connection->watched >= 0;
    while ((at = memchr(at, '^', end - at)) != NULL) {
        if (end - at < MARK) {
            carry(connection, end, end - at);
            break;
        }
        if (at[1] != '~' || !isxdigit((unsigned char)at[2])) {
            at++;
            continue;
        }
        delivered++;
        if (is_watching && (int)hexadecimal(at + 2, WHO) == connection->watched)
            line_returned(connection->watched);
        if (connection->samples)
            note(&tally.latency, (now - hexadecimal(at + 2 + WHO, WHEN)) & CLOCK);
        at += MARK;
    }
    connection->delivered += delivered;
    tally.delivered += delivered;
}

uint64_t count_token(const char *data, size_t size, size_t known, const char *token) {
    size_t length = strlen(token);
    const char *end = data + size, *found;
    const char *at = data + (known >= length ? known - length + 1 : 0);
    uint64_t times = 0;
    while (at < end && (found = length == 1 ? memchr(at, *token, end - at)
                                            : memmem(at, end - at, token, length))) {
        times++;
        at = found + length;
    }
    return times;
}

static void read_page(struct connection *connection, char *data, size_t size,
                      size_t known) {
    if (count_token(data, size, known, "{\"type\":\"history\"") > 0) {
        note(&tally.answer, microseconds() - connection->since);
        tally.answers++;
        request_page(connection);
    }
}

/* Acknowledge the received data at once.
 *
 * After the generator has sent something, its kernel delays an acknowledgement by up to
 * 40 ms, and a server without TCP_NODELAY waits for it before it sends the next line.
 * The benchmark measures the server, not the interplay of Nagle's algorithm and delayed
 * acknowledgements, although a real client of such a server would notice it. The option
 * does not last: sending resets it, and sometimes nothing visible does. Setting it after
 * every read made the generator 10 % slower, so it is set after sending, and after small
 * reads. After a large read, the next one is already in transit. */
static void acknowledge(struct connection *connection, size_t got) {
    int yes = 1;
    if (!connection->has_sent && got >= LARGE) return;
    setsockopt(connection->fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
    connection->has_sent = false;
}

/* Look for anything but lines of speakers, after the first *known* bytes. */
static void process(struct connection *connection, char *data, size_t size, size_t known) {
    if (awaited_notice != NULL && connection->role == MEMBER)
        tally.notices += count_token(data, size, known, awaited_notice);
    if (connection->ready) {
        carry(connection, data + size, size < TOKEN ? size : TOKEN);
        if (connection->role == READER) read_page(connection, data, size, known);
        return;
    }
    carry_line(connection, data, size); /* a cursor may be split between two reads */
    continue_joining(connection, data, size, known);
    if (connection->ready && connection->role == RETURNER) rejoin(connection);
}

/* Read once, and return whether there may be more that epoll does not report. */
static bool receive_once(struct connection *connection) {
    static char buffer[CARRY + READ_SIZE];
    ssize_t got = stream_read(connection, buffer + CARRY, READ_SIZE);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) connection_close(connection);
        return false;
    }
    acknowledge(connection, got);
    tally.bytes += got;
    size_t known = connection->carried;
    char *data = buffer + CARRY - known;
    memcpy(data, connection->carry, known);
    connection->carried = 0;
    if (connection->ready && connection->role == MEMBER && awaited_notice == NULL)
        count(connection, data, got + known);
    else
        process(connection, data, got + known, known);
    return plan.tls && got == READ_SIZE && !connection->gone;
}

void receive(struct connection *connection) {
    while (receive_once(connection)) continue;
}
