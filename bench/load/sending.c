/* Sends lines, and counts those in flight. */
#define _GNU_SOURCE
#include "sending.h"

#include <stdio.h>
#include <string.h>

enum { ID = sizeof NO_ID - 1 };

static struct connection **senders; /* by speaker */
static int64_t *in_flight;
static char *line, *block; /* one line, and a batch of them */
static size_t line_size, mark_at, id_at, room_at; /* 0: lines have no id, or no room */

void sending_open(void) {
    char text[MAX_TEXT];
    int speakers = plan.speakers + 1; /* at least one */
    senders = resize(NULL, speakers * sizeof *senders);
    in_flight = resize(NULL, speakers * sizeof *in_flight);
    memset(in_flight, 0, speakers * sizeof *in_flight);
    memset(text, 'x', sizeof text);
    memset(text, '0', MARK);
    memcpy(text, "^~", 2);
    text[MARK] = ' ';
    text[plan.text] = '\0';
    line = resize(NULL, plan.text + 256);
    line_size = encode(plan.dialect, plan.rooms ? 0 : LOBBY, text, line);
    mark_at = (char *)memmem(line, line_size, "^~", 2) - line + 2;
    char *id = memmem(line, line_size, ID_KEY NO_ID, sizeof ID_KEY - 1 + ID);
    id_at = id == NULL ? 0 : id - line + sizeof ID_KEY - 1;
    char room[ROOM_NAME + 1];
    name_room(0, room);
    room_at = plan.rooms ? (char *)memmem(line, line_size, room, ROOM_NAME) - line + 1 : 0;
    block = resize(NULL, line_size * plan.batch);
}

void set_sender(struct connection *connection, int speaker) {
    senders[speaker] = connection;
}

static void write_digits(char *digits, int count, uint64_t number) {
    for (int i = count; i-- > 0; number /= 10) digits[i] = (char)('0' + number % 10);
}

/* Write a line with its room, and its id: the server treats a repeated id as a retry. */
static void write_line(char *said, int room, uint64_t id) {
    memcpy(said, line, line_size);
    if (id_at > 0) write_digits(said + id_at, ID, id);
    if (plan.rooms) write_digits(said + room_at, ROOM_NAME - 1, room);
}

void send_lines(int speaker, int lines, uint64_t due) {
    char stamp[MARK];
    snprintf(stamp, sizeof stamp, "%05x%011lx", speaker, (unsigned long)(due & CLOCK));
    memcpy(line + mark_at, stamp, WHO + WHEN);
    for (int i = 0; i < lines; i++)
        write_line(block + i * line_size, next_room(speaker), tally.said + i + 1);
    connection_send(senders[speaker], block, line_size * lines);
    in_flight[speaker] += lines;
    tally.said += lines;
}

void refill_windows(void) {
    for (int i = 0; i < plan.speakers; i++)
        while (in_flight[i] + plan.batch <= plan.window)
            send_lines(i, plan.batch, microseconds());
}

void line_returned(int speaker) { in_flight[speaker]--; }
