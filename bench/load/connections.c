/* Thousands of connections in one epoll. */
#define _GNU_SOURCE
#include "connections.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h> /* netinet/tcp.h lacks the count of segments with data */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "joining.h"
#include "receiving.h"
#include "sending.h"
#include "stream.h"

enum { MAX_EVENTS = 512, PORTS_EACH = 20000 };
enum { SOON = 2 }; /* milliseconds; on the loopback, a connection is immediate */
enum { STUCK_BUFFER = 4096 }; /* bytes; about the minimum of the kernel */

struct plan plan;
struct tally tally;
struct connection *connections;
int connection_count;

static int poll_fd;
static uint64_t segments_of_closed;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

void connections_open(int most) {
    poll_fd = epoll_create1(0);
    if (poll_fd < 0) fail("epoll");
    connections = resize(NULL, most * sizeof *connections);
    streams_open();
    rooms_open();
    sending_open();
}

static void watch(struct connection *connection, uint32_t events, int how) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    epoll_ctl(poll_fd, how, connection->fd, &event);
}

static void append_unsent(struct connection *connection, const char *data, size_t size) {
    connection->unsent = resize(connection->unsent, connection->unsent_size + size);
    memcpy(connection->unsent + connection->unsent_size, data, size);
    if (connection->unsent_size == 0)
        watch(connection, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    connection->unsent_size += size;
}

void connection_send(struct connection *connection, const char *data, size_t size) {
    ssize_t sent = 0;
    if (connection->gone) return;
    connection->has_sent = true;
    if (connection->unsent_size == 0) {
        sent = stream_write(connection, data, size);
        if (sent < 0) sent = 0; /* the next read reports an error */
    }
    if ((size_t)sent < size) append_unsent(connection, data + sent, size - sent);
}

static void send_more(struct connection *connection) {
    ssize_t sent = stream_write(connection, connection->unsent, connection->unsent_size);
    connection->has_sent = true;
    if (sent <= 0) return;
    connection->unsent_size -= sent;
    memmove(connection->unsent, connection->unsent + sent, connection->unsent_size);
    if (connection->unsent_size == 0) watch(connection, EPOLLIN, EPOLL_CTL_MOD);
}

/* Bind to another address: one address has about 28,000 ports. */
static void bind_own_address(struct connection *connection) {
    struct sockaddr_in from = {.sin_family = AF_INET};
    int yes = 1;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + connection->number / PORTS_EACH);
    setsockopt(connection->fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (bind(connection->fd, (struct sockaddr *)&from, sizeof from) < 0) fail("bind");
}

/* Continue with the handshake, and then begin to join. */
static void continue_opening(struct connection *connection) {
    int done = stream_continue(connection);
    if (done < 0) connection_close(connection);
    if (done <= 0) return;
    if (!plan.tls) {
        next_step(connection);
        return;
    }
    tally.handshakes++;
    if (plan.only_handshakes) {
        connection_reopen(connection);
    } else {
        next_step(connection);
        receive(connection); /* what OpenSSL has read beyond the handshake */
    }
}

static void open_socket(struct connection *connection) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(plan.port)};
    int yes = 1, small = STUCK_BUFFER;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connection->fd < 0) fail("socket");
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connection->role == STUCK)
        setsockopt(connection->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (connection->number >= PORTS_EACH) bind_own_address(connection);
    struct pollfd ready = {.fd = connection->fd, .events = POLLOUT};
    if (connect(connection->fd, (struct sockaddr *)&to, sizeof to) < 0 &&
        errno != EINPROGRESS)
        fail("connect");
    stream_begin(connection);
    if (poll(&ready, 1, SOON) == 1) {
        watch(connection, EPOLLIN, EPOLL_CTL_ADD);
        continue_opening(connection); /* at once: a late hello would not count */
    } else {
        watch(connection, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD); /* writable: it is connected */
    }
}

struct connection *connection_add(enum role role, int number) {
    struct connection *connection = &connections[connection_count++];
    bool apart = plan.dialect->publishes_apart;
    *connection = (struct connection){.role = role, .number = number, .step = -1};
    connection->watched = role == MEMBER ? speaker_watched_by(number) : -1;
    if (role == PUBLISHER || (role == MEMBER && number < plan.speakers && !apart))
        set_sender(connection, number);
    open_socket(connection);
    return connection;
}

void connection_joined(struct connection *connection) {
    connection->ready = true;
    tally.ready++;
    if (connection->role == STUCK)
        epoll_ctl(poll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
}

static uint64_t segments_of(const struct connection *connection) {
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    getsockopt(connection->fd, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info.tcpi_data_segs_in;
}

uint64_t segments_received(void) {
    uint64_t all = segments_of_closed;
    for (int i = 0; i < connection_count; i++)
        if (connections[i].role == MEMBER && !connections[i].gone) all += segments_of(&connections[i]);
    return all;
}

void connection_close(struct connection *connection) {
    if (connection->gone) return;
    if (connection->role == MEMBER) segments_of_closed += segments_of(connection);
    stream_end(connection);
    close(connection->fd);
    connection->gone = true;
    tally.gone++;
}

void connection_reopen(struct connection *connection) {
    stream_end(connection);
    close(connection->fd);
    tally.ready -= connection->ready;
    connection->step = -1;
    connection->ready = false;
    connection->carried = 0;
    connection->unsent_size = 0;
    open_socket(connection);
}

void connections_poll(int64_t wait) {
    static struct epoll_event events[MAX_EVENTS];
    struct timespec span = {wait / 1000000, wait % 1000000 * 1000};
    int ready = epoll_pwait2(poll_fd, events, MAX_EVENTS, &span, NULL);
    for (int i = 0; i < ready; i++) {
        struct connection *connection = events[i].data.ptr;
        if (connection->step < 0) {
            if (events[i].events & EPOLLOUT) watch(connection, EPOLLIN, EPOLL_CTL_MOD);
            continue_opening(connection);
            continue;
        }
        if (events[i].events & EPOLLOUT) send_more(connection);
        if (events[i].events & ~EPOLLOUT && !connection->gone) receive(connection);
    }
}
