/* What is said, and how much of it is under way. */
#define _GNU_SOURCE
#include "sending.h"

#include <stdio.h>
#include <string.h>

enum { ID = sizeof NO_ID - 1 };

static struct connection **mouths; /* by the number of the speaker */
static int64_t *in_flight;
static char *line, *block; /* one line, and a batch of them */
static size_t line_size, mark_at, id_at; /* id_at: 0 where lines have no id */

void speaking_open(void) {
    char text[MOST_TEXT];
    int speakers = plan.speakers + 1; /* never none */
    mouths = grown(NULL, speakers * sizeof *mouths);
    in_flight = grown(NULL, speakers * sizeof *in_flight);
    memset(in_flight, 0, speakers * sizeof *in_flight);
    memset(text, 'x', sizeof text);
    memset(text, '0', MARK);
    memcpy(text, "^~", 2);
    text[MARK] = ' ';
    text[plan.text] = '\0';
    line = grown(NULL, plan.text + 256);
    line_size = spell(plan.dialect, text, line);
    mark_at = (char *)memmem(line, line_size, "^~", 2) - line + 2;
    char *id = memmem(line, line_size, ID_KEY NO_ID, sizeof ID_KEY - 1 + ID);
    id_at = id == NULL ? 0 : id - line + sizeof ID_KEY - 1;
    block = grown(NULL, line_size * plan.batch);
}

void speaks_for(struct connection *connection, int speaker) {
    mouths[speaker] = connection;
}

/* Number a line: a server that keeps it once keeps a number that came again as said. */
static void number_line(char *said, uint64_t number) {
    for (int i = ID; i-- > 0; number /= 10) said[id_at + i] = (char)('0' + number % 10);
}

void say_lines(int speaker, int lines, uint64_t due) {
    char stamp[MARK];
    snprintf(stamp, sizeof stamp, "%05x%011lx", speaker, (unsigned long)(due & CLOCK));
    memcpy(line + mark_at, stamp, WHO + WHEN);
    for (int i = 0; i < lines; i++) {
        char *said = memcpy(block + i * line_size, line, line_size);
        if (id_at > 0) number_line(said, tally.said + i + 1);
    }
    crowd_send(mouths[speaker], block, line_size * lines);
    in_flight[speaker] += lines;
    tally.said += lines;
}

void refill_windows(void) {
    for (int i = 0; i < plan.speakers; i++)
        while (in_flight[i] + plan.batch <= plan.window)
            say_lines(i, plan.batch, microseconds());
}

void came_back(int speaker) { in_flight[speaker]--; }
