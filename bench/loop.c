/* Fan-out and nothing else: whatever was read is sent to everybody, once a turn.
 *
 * The least that a server of one thread can do: epoll, one read for each connection
 * that has something, one send for each member with all that was read. It stands for
 * the kernel's price of a delivery. It has no names, no history, no limits and no
 * notices, and a member that takes nothing costs it memory without end.
 *
 * Usage: loop PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 65536, MOST_EVENTS = 1024 };

struct member {
    int fd, place;
    char *unsent;
    size_t size;
};

static struct member **members;
static int count, room;
static char *batch;
static size_t said, space;

static void *grown(void *memory, size_t size) {
    memory = realloc(memory, size);
    if (memory == NULL) exit(1);
    return memory;
}

static void let_in(int poll, int listener) {
    int fd, yes = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct member *member = grown(NULL, sizeof *member);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (count == room) {
            room = room ? room * 2 : 64;
            members = grown(members, room * sizeof *members);
        }
        *member = (struct member){.fd = fd, .place = count};
        members[count++] = member;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = member};
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
    }
}

static void let_go(struct member *member) {
    close(member->fd);
    members[member->place] = members[--count];
    members[member->place]->place = member->place;
    free(member->unsent);
    free(member);
}

static void wait_for(int poll, struct member *member, int also) {
    struct epoll_event event = {.events = EPOLLIN | also, .data.ptr = member};
    epoll_ctl(poll, EPOLL_CTL_MOD, member->fd, &event);
}

static void keep(int poll, struct member *member, const char *data, size_t size) {
    member->unsent = grown(member->unsent, member->size + size);
    memcpy(member->unsent + member->size, data, size);
    if (member->size == 0) wait_for(poll, member, EPOLLOUT);
    member->size += size;
}

static void send_more(int poll, struct member *member) {
    ssize_t sent = send(member->fd, member->unsent, member->size, MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN) let_go(member); /* or epoll would tell of it for ever */
        return;
    }
    member->size -= sent;
    memmove(member->unsent, member->unsent + sent, member->size);
    if (member->size == 0) wait_for(poll, member, 0);
}

static void flush(int poll) {
    for (int i = 0; i < count; i++) {
        ssize_t sent = 0;
        if (members[i]->size == 0) {
            sent = send(members[i]->fd, batch, said, MSG_NOSIGNAL);
            if (sent < 0) sent = 0;
        }
        if ((size_t)sent < said) keep(poll, members[i], batch + sent, said - sent);
    }
    said = 0;
}

static void hear(struct member *member) {
    if (said + READ_SIZE > space) {
        space = said + 4 * READ_SIZE;
        batch = grown(batch, space);
    }
    ssize_t size = recv(member->fd, batch + said, READ_SIZE, 0);
    if (size > 0)
        said += size;
    else if (size == 0 || errno != EAGAIN)
        let_go(member);
}

int main(int argc, char **argv) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct rlimit files;
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    address.sin_port = htons(argc > 1 ? atoi(argv[1]) : 5555);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(listener, 4096) < 0) {
        perror("loop");
        return 1;
    }
    int poll = epoll_create1(0);
    struct epoll_event door = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &door);
    for (;;) {
        static struct epoll_event events[MOST_EVENTS];
        int ready = epoll_wait(poll, events, MOST_EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct member *member = events[i].data.ptr;
            if (member == NULL)
                let_in(poll, listener);
            else if (events[i].events & EPOLLOUT)
                send_more(poll, member); /* what it says can wait for the next turn */
            else
                hear(member);
        }
        if (said > 0) flush(poll);
    }
}
