/* Fan-out and nothing else: everything that was read is sent to everybody, once a turn.
 *
 * This is the minimum for a server with one thread: epoll, one read for each readable
 * connection, one send for each member with everything that was read. Its cost is that
 * of the kernel. It has no names, no history, no limits and no notices, and its memory
 * for a member that does not read is unbounded.
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

enum { READ_SIZE = 65536, MAX_EVENTS = 1024 };

struct member {
    int fd, place;
    char *unsent;
    size_t size;
};

static struct member **members;
static int count, room;
static char *batch;
static size_t said, space;

static void *resize(void *memory, size_t size) {
    memory = realloc(memory, size);
    if (memory == NULL) exit(1);
    return memory;
}

static void accept_all(int poll, int listener) {
    int fd, yes = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct member *member = resize(NULL, sizeof *member);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (count == room) {
            room = room ? room * 2 : 64;
            members = resize(members, room * sizeof *members);
        }
        *member = (struct member){.fd = fd, .place = count};
        members[count++] = member;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = member};
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
    }
}

static void remove_member(struct member *member) {
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

static void append_unsent(int poll, struct member *member, const char *data, size_t size) {
    member->unsent = resize(member->unsent, member->size + size);
    memcpy(member->unsent + member->size, data, size);
    if (member->size == 0) wait_for(poll, member, EPOLLOUT);
    member->size += size;
}

static void send_more(int poll, struct member *member) {
    ssize_t sent = send(member->fd, member->unsent, member->size, MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN) remove_member(member); /* otherwise epoll would report it again and again */
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
        if ((size_t)sent < said) append_unsent(poll, members[i], batch + sent, said - sent);
    }
    said = 0;
}

static void receive(struct member *member) {
    if (said + READ_SIZE > space) {
        space = said + 4 * READ_SIZE;
        batch = resize(batch, space);
    }
    ssize_t size = recv(member->fd, batch + said, READ_SIZE, 0);
    if (size > 0)
        said += size;
    else if (size == 0 || errno != EAGAIN)
        remove_member(member);
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
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        static struct epoll_event events[MAX_EVENTS];
        int ready = epoll_wait(poll, events, MAX_EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct member *member = events[i].data.ptr;
            if (member == NULL)
                accept_all(poll, listener);
            else if (events[i].events & EPOLLOUT)
                send_more(poll, member); /* its input can wait for the next turn */
            else
                receive(member);
        }
        if (said > 0) flush(poll);
    }
}
