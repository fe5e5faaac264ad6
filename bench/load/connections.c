/* Thousands of connections in one epoll. */
#define _GNU_SOURCE
#include "connections.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h> /* netinet/tcp.h does not know of the segments with data */
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

enum { MOST_EVENTS = 512, PORTS_EACH = 20000 };
enum { SOON = 2 }; /* milliseconds; on the loopback one is connected at once */
enum { STUCK_BUFFER = 4096 }; /* bytes; as small as the kernel lets it be */

struct plan plan;
struct tally tally;
struct connection *crowd;
int crowd_size;

static int poll_fd;
static uint64_t segments_of_gone;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

void crowd_open(int most) {
    poll_fd = epoll_create1(0);
    if (poll_fd < 0) fail("epoll");
    crowd = grown(NULL, most * sizeof *crowd);
    speaking_open();
}

static void watch(struct connection *connection, uint32_t events, int how) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    epoll_ctl(poll_fd, how, connection->fd, &event);
}

static void keep(struct connection *connection, const char *data, size_t size) {
    connection->unsent = grown(connection->unsent, connection->unsent_size + size);
    memcpy(connection->unsent + connection->unsent_size, data, size);
    if (connection->unsent_size == 0)
        watch(connection, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    connection->unsent_size += size;
}

void crowd_send(struct connection *connection, const char *data, size_t size) {
    ssize_t sent = 0;
    if (connection->gone) return;
    connection->has_said = true;
    if (connection->unsent_size == 0) {
        sent = send(connection->fd, data, size, MSG_NOSIGNAL);
        if (sent < 0) sent = 0; /* if it is broken, reading will tell */
    }
    if ((size_t)sent < size) keep(connection, data + sent, size - sent);
}

static void send_more(struct connection *connection) {
    ssize_t sent =
        send(connection->fd, connection->unsent, connection->unsent_size, MSG_NOSIGNAL);
    connection->has_said = true;
    if (sent <= 0) return;
    connection->unsent_size -= sent;
    memmove(connection->unsent, connection->unsent + sent, connection->unsent_size);
    if (connection->unsent_size == 0) watch(connection, EPOLLIN, EPOLL_CTL_MOD);
}

/* Bind to an address of its own: one has no ports for more than some 28,000. */
static void bind_apart(struct connection *connection) {
    struct sockaddr_in from = {.sin_family = AF_INET};
    int yes = 1;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + connection->number / PORTS_EACH);
    setsockopt(connection->fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (bind(connection->fd, (struct sockaddr *)&from, sizeof from) < 0) fail("bind");
}

static void reach(struct connection *connection) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(plan.port)};
    int yes = 1, small = STUCK_BUFFER;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connection->fd < 0) fail("socket");
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connection->role == STUCK)
        setsockopt(connection->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (connection->number >= PORTS_EACH) bind_apart(connection);
    struct pollfd ready = {.fd = connection->fd, .events = POLLOUT};
    if (connect(connection->fd, (struct sockaddr *)&to, sizeof to) < 0 &&
        errno != EINPROGRESS)
        fail("connect");
    if (poll(&ready, 1, SOON) == 1) {
        watch(connection, EPOLLIN, EPOLL_CTL_ADD);
        step_on(connection); /* a hello that comes late is no hello */
    } else {
        watch(connection, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD); /* out: it is connected */
    }
}

struct connection *crowd_add(enum role role, int number) {
    struct connection *connection = &crowd[crowd_size++];
    bool apart = plan.dialect->speaks_apart;
    *connection = (struct connection){.role = role, .number = number, .step = -1};
    connection->watched = -1;
    if (role == MEMBER) {
        int watched = plan.dialect->echoes
                          ? number
                          : (number + plan.members - 1) % plan.members;
        if (watched < plan.speakers) connection->watched = watched;
    }
    if (role == MOUTH || (role == MEMBER && number < plan.speakers && !apart))
        speaks_for(connection, number);
    reach(connection);
    return connection;
}

void crowd_ready(struct connection *connection) {
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

uint64_t crowd_segments(void) {
    uint64_t all = segments_of_gone;
    for (int i = 0; i < crowd_size; i++)
        if (crowd[i].role == MEMBER && !crowd[i].gone) all += segments_of(&crowd[i]);
    return all;
}

void crowd_leave(struct connection *connection) {
    if (connection->gone) return;
    if (connection->role == MEMBER) segments_of_gone += segments_of(connection);
    close(connection->fd);
    connection->gone = true;
    tally.gone++;
}

void crowd_return(struct connection *connection) {
    close(connection->fd);
    connection->step = -1;
    connection->ready = false;
    connection->carried = 0;
    connection->unsent_size = 0;
    tally.ready--;
    reach(connection);
}

void crowd_listen(int64_t wait) {
    static struct epoll_event events[MOST_EVENTS];
    struct timespec span = {wait / 1000000, wait % 1000000 * 1000};
    int ready = epoll_pwait2(poll_fd, events, MOST_EVENTS, &span, NULL);
    for (int i = 0; i < ready; i++) {
        struct connection *connection = events[i].data.ptr;
        if (events[i].events & EPOLLOUT) {
            if (connection->step < 0) {
                watch(connection, EPOLLIN, EPOLL_CTL_MOD);
                step_on(connection);
            } else {
                send_more(connection);
            }
        }
        if (events[i].events & ~EPOLLOUT && !connection->gone) hear(connection);
    }
}

int crowd_hearers(void) { return plan.members - !plan.dialect->echoes; }
