/* How a connection joins its rooms, and rejoins. */
#define _GNU_SOURCE
#include "joining.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receiving.h"
#include "report.h"

void request_page(struct connection *connection) {
    static const char question[] = "{\"type\":\"history\",\"data\":{\"limit\":100}}\n";
    connection->since = microseconds();
    connection_send(connection, question, sizeof question - 1);
}

void next_step(struct connection *connection) {
    static char said[MAX_STEP];
    size_t size;
    connection->step++;
    const struct step *step = &plan.dialect->steps[connection->step];
    if (connection->step == STEPS || step->say == NULL || connection->role == PUBLISHER) {
        connection_joined(connection);
        if (connection->role == READER) request_page(connection);
        return;
    }
    if (connection->role == RETURNER) {
        size = encode_resume(connection->epoch, connection->sequence, said);
    } else {
        bool speaks = connection->role == MEMBER && connection->number < plan.speakers;
        size = encode_step(plan.dialect, connection->step, connection->number, speaks, said);
    }
    bool repeats = is_for_each_room(plan.dialect, connection->step);
    connection->awaited = repeats ? rooms_of(connection->number).count : 1;
    if (size > 0) connection_send(connection, said, size);
    connection->since = microseconds();
}

/* Answer a ping of IRC; some servers require it before joining. */
static void answer_ping(struct connection *connection, char *data, size_t size) {
    char *ping = memmem(data, size, "PING ", 5), *end;
    if (ping == NULL || (ping > data && ping[-1] != '\n')) return;
    end = memchr(ping, '\n', data + size - ping);
    if (end == NULL) return;
    ping[1] = 'O'; /* PONG, with the same argument */
    connection_send(connection, ping, end - ping + 1);
}

/* Read the cursor of a complete welcome, minus the depth. */
static void read_cursor(struct connection *connection, char *data, size_t size) {
    char *epoch = memmem(data, size, "\"epoch\":\"", 9);
    if (epoch == NULL) return;
    epoch += 9;
    char *end = memchr(epoch, '\n', data + size - epoch);
    if (end == NULL) return;
    char *until = memchr(epoch, '"', end - epoch);
    char *sequence = memmem(epoch, end - epoch, "\"sequence\":", 11);
    if (until == NULL || sequence == NULL) return;
    size_t length = until - epoch;
    if (length >= sizeof connection->epoch) return;
    memcpy(connection->epoch, epoch, length);
    connection->epoch[length] = '\0';
    uint64_t head = strtoull(sequence + 11, NULL, 10);
    connection->sequence = head > (uint64_t)plan.depth ? head - plan.depth : 0;
}

/* Fail if a session was refused something: it would wait for the answer in vain. */
static void check_refusal(const char *data, size_t size) {
    static const char refusal[] = "{\"type\":\"error\"", key[] = "\"code\":\"";
    char why[64] = "refused";
    const char *error = memmem(data, size, refusal, sizeof refusal - 1), *end = data + size;
    if (error == NULL || memchr(error, '\n', end - error) == NULL) return;
    const char *code = memmem(error, end - error, key, sizeof key - 1);
    if (code != NULL) {
        code += sizeof key - 1;
        snprintf(why, sizeof why, "refused: %.*s", (int)strcspn(code, "\""), code);
    }
    fail_run(why);
}

void continue_joining(struct connection *connection, char *data, size_t size, size_t known) {
    if (!plan.dialect->echoes) answer_ping(connection, data, size);
    if (connection->role == RETURNER) read_cursor(connection, data, size);
    if (plan.rooms) check_refusal(data, size);
    const char *await = plan.dialect->steps[connection->step].await;
    connection->awaited -= (int)count_token(data, size, known, await);
    if (connection->awaited <= 0) next_step(connection);
}

void rejoin(struct connection *connection) {
    note(&tally.answer, microseconds() - connection->since);
    tally.answers++;
    if (connection->epoch[0] == '\0') tally.without_cursor++;
    connection_reopen(connection);
}
