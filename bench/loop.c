/* Fan-out and nothing else: everything that was read is sent to everybody, once a turn.
 *
 * This is the minimum for a server with one thread: epoll, one read for each readable
 * connection, one send for each member with everything that it has to receive. Its cost
 * is that of the kernel. It has no names, no history, no limits and no notices, and its
 * memory for a member that does not read is unbounded.
 *
 * All members are in one room, and what they send is not looked at. A connection whose
 * first line is `+r00007` is in room 7 instead, or in several rooms after several such
 * lines. Each is repeated as the answer. Its other lines begin with the room that
 * receives them: `r00007 TEXT`.
 *
 * Usage: loop PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 65536, MAX_EVENTS = 1024, MAX_ROOMS = 100001 };
enum { LOBBY = 0, ENTERS = '+' };

struct member {
    int fd, room_count;
    int *rooms;
    bool has_spoken, names_rooms, waits, is_due; /* waits: for its socket; is_due: to be sent to */
    char *unsent, *input;                        /* input: the start of an incomplete line */
    size_t size, input_size;
};

struct room {
    struct member **members;
    int count, space;
    char *batch; /* what its members are to receive in this turn */
    size_t said, batch_space;
};

static int poll_fd;
static struct room rooms[MAX_ROOMS];
static int due_rooms[MAX_ROOMS], due_room_count;
static struct member **due_members; /* members of several rooms */
static int due_member_count, due_member_space;

static void *resize(void *memory, size_t size) {
    memory = realloc(memory, size);
    if (memory == NULL) exit(1);
    return memory;
}

static void append_member(struct member ***members, int *count, int *space, struct member *member) {
    if (*count == *space) {
        *space = *space ? *space * 2 : 8;
        *members = resize(*members, *space * sizeof **members);
    }
    (*members)[(*count)++] = member;
}

static void enter(struct member *member, int number) {
    struct room *room = &rooms[number];
    append_member(&room->members, &room->count, &room->space, member);
    member->rooms = resize(member->rooms, (member->room_count + 1) * sizeof *member->rooms);
    member->rooms[member->room_count++] = number;
}

static void leave_all(struct member *member) {
    for (int i = 0, at = 0; i < member->room_count; i++, at = 0) {
        struct room *room = &rooms[member->rooms[i]];
        while (room->members[at] != member) at++;
        room->members[at] = room->members[--room->count];
    }
    member->room_count = 0;
}

static void accept_all(int listener) {
    int fd, yes = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct member *member = resize(NULL, sizeof *member);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        *member = (struct member){.fd = fd};
        enter(member, LOBBY);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = member};
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
    }
}

static void remove_member(struct member *member) {
    close(member->fd);
    leave_all(member);
    free(member->rooms);
    free(member->unsent);
    free(member->input);
    free(member);
}

static void wait_to_send(struct member *member, bool waits) {
    int also = waits ? EPOLLOUT : 0;
    struct epoll_event event = {.events = EPOLLIN | also, .data.ptr = member};
    if (member->waits == waits) return;
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, member->fd, &event);
    member->waits = waits;
}

static void append_unsent(struct member *member, const char *data, size_t size) {
    member->unsent = resize(member->unsent, member->size + size);
    memcpy(member->unsent + member->size, data, size);
    member->size += size;
}

/* Send what is unsent; return false if the connection is broken. */
static bool send_more(struct member *member) {
    ssize_t sent = send(member->fd, member->unsent, member->size, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent > 0) {
        member->size -= sent;
        memmove(member->unsent, member->unsent + sent, member->size);
    }
    wait_to_send(member, member->size > 0);
    return true;
}

/* A broken connection is reported by epoll, so that no member is removed meanwhile. */
static void send_batch(struct member *member, const struct room *room) {
    ssize_t sent = 0;
    if (member->room_count > 1) { /* other rooms may follow: one send for all of them */
        append_unsent(member, room->batch, room->said);
        if (!member->is_due)
            append_member(&due_members, &due_member_count, &due_member_space, member);
        member->is_due = true;
        return;
    }
    if (member->size == 0) {
        sent = send(member->fd, room->batch, room->said, MSG_NOSIGNAL);
        if (sent < 0) sent = 0;
    }
    if ((size_t)sent < room->said) {
        append_unsent(member, room->batch + sent, room->said - sent);
        wait_to_send(member, true);
    }
}

static void flush(void) {
    for (int i = 0; i < due_room_count; i++) {
        struct room *room = &rooms[due_rooms[i]];
        for (int j = 0; j < room->count; j++) send_batch(room->members[j], room);
        room->said = 0;
    }
    for (int i = 0; i < due_member_count; i++) {
        struct member *member = due_members[i];
        member->is_due = false;
        if (!member->waits && !send_more(member)) wait_to_send(member, true);
    }
    due_room_count = due_member_count = 0;
}

/* Return where *size* bytes more of a room's batch belong. */
static char *reserve(struct room *room, size_t size) {
    if (room->said + size > room->batch_space) {
        room->batch_space = room->said + 4 * size;
        room->batch = resize(room->batch, room->batch_space);
    }
    return room->batch + room->said;
}

static void say(int number, size_t size) {
    if (rooms[number].said == 0) due_rooms[due_room_count++] = number;
    rooms[number].said += size;
}

/* Process one line of a connection that names its rooms. */
static void process_line(struct member *member, const char *line, size_t size) {
    bool enters = *line == ENTERS;
    int number = LOBBY + 1 + atoi(line + enters + 1);
    if (number <= LOBBY || number >= MAX_ROOMS) exit(1);
    if (enters) {
        enter(member, number);
        send(member->fd, line, size, MSG_NOSIGNAL);
        return;
    }
    memcpy(reserve(&rooms[number], size), line, size);
    say(number, size);
}

static void process_lines(struct member *member, const char *data, size_t size) {
    member->input = resize(member->input, member->input_size + size);
    memcpy(member->input + member->input_size, data, size);
    member->input_size += size;
    char *line = member->input, *end = line + member->input_size, *last;
    while (line < end && (last = memchr(line, '\n', end - line)) != NULL) {
        process_line(member, line, last + 1 - line);
        line = last + 1;
    }
    member->input_size = end - line;
    memmove(member->input, line, member->input_size);
}

static void receive(struct member *member) {
    char *data = reserve(&rooms[LOBBY], READ_SIZE);
    ssize_t size = recv(member->fd, data, READ_SIZE, 0);
    if (size == 0 || (size < 0 && errno != EAGAIN)) remove_member(member);
    if (size <= 0) return;
    if (!member->has_spoken && *data == ENTERS) {
        member->names_rooms = true;
        leave_all(member);
    }
    member->has_spoken = true;
    if (member->names_rooms)
        process_lines(member, data, size); /* they are copied to their rooms */
    else
        say(LOBBY, size);
}

static int listen_on(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(listener, 4096) < 0) {
        perror("loop");
        exit(1);
    }
    return listener;
}

int main(int argc, char **argv) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int listener = listen_on(argc > 1 ? atoi(argv[1]) : 5555);
    poll_fd = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        static struct epoll_event events[MAX_EVENTS];
        int ready = epoll_wait(poll_fd, events, MAX_EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct member *member = events[i].data.ptr;
            if (member == NULL)
                accept_all(listener);
            else if (!(events[i].events & EPOLLOUT))
                receive(member);
            else if (!send_more(member)) /* its input can wait for the next turn */
                remove_member(member);
        }
        flush();
    }
}
