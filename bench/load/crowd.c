/* Thousands of connections, and what each of them hears.
 *
 * One epoll for all. Deliveries are counted by their marks, so the same few lines of
 * code serve every dialect, and the generator costs about as much as the bare loop.
 */
#define _GNU_SOURCE
#include "crowd.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 1 << 18, HEAD = 64, MOST_EVENTS = 512, PORTS_EACH = 20000 };
enum { TOKEN = 24 }; /* bytes; longer than what is looked for */
enum { SOON = 2 }; /* milliseconds; on the loopback one is connected at once */
enum { STUCK_BUFFER = 4096 }; /* bytes; as small as the kernel lets it be */

struct plan plan;
struct tally tally;
struct connection *crowd;
int crowd_size;
const char *awaited_notice;

static int poll_fd;
static struct connection **mouths; /* by the number of the speaker */
static int64_t *in_flight;
static char *line, *block; /* one line, and a batch of them */
static size_t line_size, mark_at;

void crowd_open(int most) {
    char text[4096];
    poll_fd = epoll_create1(0);
    crowd = calloc(most, sizeof *crowd);
    mouths = calloc(plan.speakers + 1, sizeof *mouths);
    in_flight = calloc(plan.speakers + 1, sizeof *in_flight);
    memset(text, 'x', sizeof text);
    memset(text, '0', MARK);
    memcpy(text, "^~", 2);
    text[MARK] = ' ';
    text[plan.text] = '\0';
    line = malloc(plan.text + 256);
    line_size = spell(plan.dialect, text, line);
    mark_at = (char *)memmem(line, line_size, "^~", 2) - line + 2;
    block = malloc(line_size * plan.batch);
}

static void watch(struct connection *connection, uint32_t events, int how) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    epoll_ctl(poll_fd, how, connection->fd, &event);
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void keep(struct connection *connection, const char *data, size_t size) {
    connection->unsent = realloc(connection->unsent, connection->unsent_size + size);
    memcpy(connection->unsent + connection->unsent_size, data, size);
    if (connection->unsent_size == 0)
        watch(connection, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    connection->unsent_size += size;
}

static void say(struct connection *connection, const char *data, size_t size) {
    ssize_t sent = 0;
    if (connection->gone) return;
    if (connection->unsent_size == 0) {
        sent = send(connection->fd, data, size, MSG_NOSIGNAL);
        if (sent < 0) sent = 0; /* if it is broken, reading will tell */
    }
    if ((size_t)sent < size) keep(connection, data + sent, size - sent);
}

static void say_more(struct connection *connection) {
    ssize_t sent =
        send(connection->fd, connection->unsent, connection->unsent_size, MSG_NOSIGNAL);
    if (sent <= 0) return;
    connection->unsent_size -= sent;
    memmove(connection->unsent, connection->unsent + sent, connection->unsent_size);
    if (connection->unsent_size == 0) watch(connection, EPOLLIN, EPOLL_CTL_MOD);
}

static void become_ready(struct connection *connection) {
    connection->ready = true;
    tally.ready++;
    if (connection->role == STUCK)
        epoll_ctl(poll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
    if (connection->role == READER) crowd_ask(connection);
}

/* Say what the next step asks, until there is something to wait for. */
static void step_on(struct connection *connection) {
    char said[512];
    connection->step++;
    const struct step *step = &plan.dialect->steps[connection->step];
    if (connection->step == STEPS || step->say == NULL || connection->role == MOUTH) {
        become_ready(connection);
        return;
    }
    bool speaks = connection->role == MEMBER && connection->number < plan.speakers;
    size_t size;
    if (connection->role == RETURNER && connection->epoch[0])
        size = sprintf(said,
                       "{\"type\":\"hello\",\"data\":{\"version\":1,\"resume\":{\"lobby\":"
                       "{\"epoch\":\"%s\",\"sequence\":%lu}}}}\n",
                       connection->epoch, (unsigned long)connection->sequence);
    else
        size = spell_step(plan.dialect, connection->step, connection->number, speaks, said);
    if (size > 0) say(connection, said, size);
    connection->since = microseconds();
}

void crowd_ask(struct connection *connection) {
    static const char question[] = "{\"type\":\"history\",\"data\":{\"limit\":100}}\n";
    connection->since = microseconds();
    say(connection, question, sizeof question - 1);
}

static void reach(struct connection *connection) {
    struct sockaddr_in from = {.sin_family = AF_INET}, to = from;
    int yes = 1, small = STUCK_BUFFER;
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connection->fd < 0) fail("socket");
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + connection->number / PORTS_EACH);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(plan.port);
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connection->role == STUCK)
        setsockopt(connection->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (connection->number >= PORTS_EACH) {
        setsockopt(connection->fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
        if (bind(connection->fd, (struct sockaddr *)&from, sizeof from) < 0) fail("bind");
    }
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
        if (number < plan.speakers && !apart) mouths[number] = connection;
    }
    if (role == MOUTH) mouths[number] = connection;
    reach(connection);
    return connection;
}

void crowd_leave(struct connection *connection) {
    if (connection->gone) return;
    close(connection->fd);
    connection->gone = true;
    tally.gone++;
}

/* Keep the last *size* bytes of what was read for the next time. */
static void carry(struct connection *connection, const char *end, size_t size) {
    memcpy(connection->carry, end - size, size);
    connection->carried = size;
}

static uint64_t hexadecimal(const char *digits, int count) {
    uint64_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 4 | ((digits[i] & 15) + (digits[i] >> 6) * 9);
    return value;
}

/* Count the marks in what a member has heard. */
static void count(struct connection *connection, char *data, size_t size, uint64_t now) {
    char *end = data + size, *at = data;
    bool looks = connection->watched >= 0;
    while ((at = memchr(at, '^', end - at)) != NULL) {
        if (end - at < MARK) {
            carry(connection, end, end - at);
            return;
        }
        if (at[1] != '~' || !isxdigit((unsigned char)at[2])) {
            at++;
            continue;
        }
        tally.delivered++;
        if (looks && (int)hexadecimal(at + 2, WHO) == connection->watched)
            in_flight[connection->watched]--;
        if (connection->samples)
            note(&tally.latency, now - hexadecimal(at + 2 + WHO, WHEN));
        at += MARK;
    }
}

/* Count how often *token* ends in what was read after the first *known* bytes. */
static uint64_t count_token(const char *data, size_t size, size_t known,
                            const char *token) {
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

static void come_in(struct connection *connection, char *data, size_t size,
                    size_t known) {
    char *ping = memmem(data, size, "PING ", 5);
    if (ping != NULL && !plan.dialect->echoes && (ping == data || ping[-1] == '\n')) {
        char pong[256] = "PONG ", *end = memchr(ping, '\n', data + size - ping);
        if (end != NULL && end - ping < 250) {
            memcpy(pong + 5, ping + 5, end - ping - 4);
            say(connection, pong, end - ping + 1);
        }
    }
    char *epoch = memmem(data, size, "\"epoch\":\"", 9);
    if (connection->role == RETURNER && epoch != NULL) {
        char *until = memchr(epoch + 9, '"', data + size - epoch - 9);
        char *sequence = memmem(data, size, "\"sequence\":", 11);
        if (until != NULL && until - epoch < 48 && sequence != NULL) {
            snprintf(connection->epoch, sizeof connection->epoch, "%.*s",
                     (int)(until - epoch - 9), epoch + 9);
            uint64_t head = strtoull(sequence + 11, NULL, 10);
            connection->sequence = head > (uint64_t)plan.depth ? head - plan.depth : 0;
        }
    }
    const char *await = plan.dialect->steps[connection->step].await;
    if (count_token(data, size, known, await) > 0) step_on(connection);
}

/* Leave, and come back with the cursor. */
static void come_back(struct connection *connection) {
    note(&tally.answer, microseconds() - connection->since);
    tally.answers++;
    close(connection->fd);
    connection->step = -1;
    connection->ready = false;
    connection->carried = 0;
    tally.ready--;
    reach(connection);
}

static void read_page(struct connection *connection, char *data, size_t size,
                      size_t known) {
    if (count_token(data, size, known, "{\"type\":\"history\"") > 0) {
        note(&tally.answer, microseconds() - connection->since);
        tally.answers++;
        crowd_ask(connection);
    }
}

/* Acknowledge at once what was read.
 *
 * A kernel that was just sent something by its own side waits 40 ms for more to
 * carry the acknowledgement, and a server without TCP_NODELAY waits for that before it
 * sends the next line. What is measured is the server, not how Nagle's rule and delayed
 * acknowledgements meet, though a real client of such a server would see the stall.
 * The kernel goes back to its own way by itself, so it is told after every read, and on
 * every connection alike; no cost of it could be seen beside that of the read. */
static void acknowledge(const struct connection *connection) {
    int yes = 1;
    setsockopt(connection->fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
}

static void hear(struct connection *connection) {
    static char buffer[HEAD + READ_SIZE];
    ssize_t got = recv(connection->fd, buffer + HEAD, READ_SIZE, 0);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) crowd_leave(connection);
        return;
    }
    acknowledge(connection);
    tally.bytes += got;
    size_t known = connection->carried, size = got + known;
    char *data = buffer + HEAD - known;
    memcpy(data, connection->carry, known);
    connection->carried = 0;
    if (connection->ready && connection->role == MEMBER && awaited_notice == NULL) {
        count(connection, data, size, connection->samples ? microseconds() : 0);
        return;
    }
    if (awaited_notice != NULL && connection->role == MEMBER)
        tally.notices += count_token(data, size, known, awaited_notice);
    carry(connection, data + size, size < TOKEN ? size : TOKEN);
    if (!connection->ready) {
        come_in(connection, data, size, known);
        if (connection->ready && connection->role == RETURNER) come_back(connection);
    } else if (connection->role == READER) {
        read_page(connection, data, size, known);
    }
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
                say_more(connection);
            }
        }
        if (events[i].events & ~EPOLLOUT && !connection->gone) hear(connection);
    }
}

void crowd_say(int speaker, int lines, uint64_t due) {
    char stamp[MARK];
    snprintf(stamp, sizeof stamp, "%05x%011lx", speaker, (unsigned long)due);
    memcpy(line + mark_at, stamp, WHO + WHEN);
    for (int i = 0; i < lines; i++) memcpy(block + i * line_size, line, line_size);
    say(mouths[speaker], block, line_size * lines);
    in_flight[speaker] += lines;
    tally.said += lines;
}

void crowd_refill(void) {
    for (int i = 0; i < plan.speakers; i++)
        while (in_flight[i] + plan.batch <= plan.window)
            crowd_say(i, plan.batch, microseconds());
}

uint64_t crowd_in_flight(void) {
    uint64_t all = 0;
    for (int i = 0; i < plan.speakers; i++) all += in_flight[i] > 0 ? in_flight[i] : 0;
    return all;
}

int crowd_hearers(void) { return plan.members - !plan.dialect->echoes; }
