/* How to join, send and count lines on each kind of server. */
#include "dialects.h"

#include <stdio.h>
#include <string.h>

#include "connections.h"

#define UPGRADE                                                     \
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n" \
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"          \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
/* Like that of our client, but without a name. */
#define FULL_HELLO                                                                   \
    "{\"type\": \"hello\", \"data\": {\"version\": 1, \"client\": \"load/1\", " \
    "\"token\": \"%s\", \"late\": true"
#define HELLO "{\"type\":\"hello\",\"data\":{\"version\":1}}\n"
#define WATCH "{\"type\":\"hello\",\"data\":{\"version\":1,\"watch\":true}}\n"

static const struct dialect DIALECTS[] = {
    /* The bare loop: no notices. */
    {"bare", {{0}}, true, false, NULL, NULL},
    /* The assignment's protocol. A connection joins by sending or waiting. */
    {"plain", {{"", 0, "entered the chat"}}, true, false, "\n", "\n"},
    {"session",
     {{FULL_HELLO, 0, "\"joined\""}},
     true, false, "\"joined\"", "\"left\""},
    {"page", {{UPGRADE, 0, " 101 "}, {HELLO, 0, "\"welcome\""}}, true, false, NULL, NULL},
    {"irc",
     {{"NICK u%05d\r\nUSER u 0 * :u\r\n", 0, " 001 "}, {"JOIN #lobby\r\n", 0, " 366 "}},
     false, false, " JOIN ", " QUIT "},
    {"redis",
     {{"*2\r\n$9\r\nSUBSCRIBE\r\n$5\r\nlobby\r\n", 0, "subscribe"}},
     true, true, NULL, NULL},
    {"nats",
     {{"", 0, "INFO "},
      {"CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB lobby 1\r\nPING\r\n", 0,
       "PONG"}},
     true, false, NULL, NULL},
    /* CONNECT with a clean session and no keep-alive; SUBSCRIBE at QoS 0. */
    {"mqtt",
     {{"\x10\x12\0\4MQTT\4\2\0\0\0\6u%05d", 20, "\x20\x02"},
      {"\x82\x0a\0\1\0\5lobby\0", 12, "\x90\x03"}},
     true, false, NULL, NULL},
};

/* The same with many rooms: the last step is for each room of a member. */
static const struct dialect ROOM_DIALECTS[] = {
    {"bare", {{"+%s\n", 0, "+"}}, true, false, NULL, NULL},
    {"session",
     {{FULL_HELLO, 0, "{\"type\":\"room\","}},
     true, false, "\"joined\"", "\"left\""},
    {"irc",
     {{"NICK u%05d\r\nUSER u 0 * :u\r\n", 0, " 001 "},
      {"JOIN #%s\r\n", 0, " 366 "}},
     false, false, " JOIN ", " QUIT "},
};

static const struct dialect *find(const struct dialect *all, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i].name, name) == 0) return &all[i];
    return NULL;
}

const struct dialect *dialect_named(const char *name, bool has_rooms) {
    if (has_rooms)
        return find(ROOM_DIALECTS, sizeof ROOM_DIALECTS / sizeof *ROOM_DIALECTS, name);
    return find(DIALECTS, sizeof DIALECTS / sizeof *DIALECTS, name);
}

bool is_for_each_room(const struct dialect *dialect, int step) {
    return plan.rooms && (step + 1 == STEPS || dialect->steps[step + 1].say == NULL);
}

static size_t encode_mqtt(const char *text, size_t size, char *out) {
    size_t rest = size + 7, at = 0;
    out[at++] = 0x30; /* PUBLISH, QoS 0 */
    do {
        out[at++] = (char)((rest & 127) | (rest > 127 ? 128 : 0));
        rest >>= 7;
    } while (rest > 0);
    memcpy(out + at, "\0\5lobby", 7);
    memcpy(out + at + 7, text, size);
    return at + 7 + size;
}

size_t encode_frame(const char *text, size_t size, char *out) {
    size_t at = 2;
    out[0] = (char)0x81;
    out[1] = (char)(0x80 | (size < 126 ? size : 126));
    if (size >= 126) {
        out[at++] = (char)(size >> 8);
        out[at++] = (char)size;
    }
    memset(out + at, 0, 4); /* a mask of zeros leaves the text as it is */
    memcpy(out + at + 4, text, size);
    return at + 4 + size;
}

size_t encode(const struct dialect *dialect, int room, const char *text, char *out) {
    int size = (int)strlen(text), length = 0;
    char line[8192], name[ROOM_NAME + 1];
    name_room(room, name);
    if (strcmp(dialect->name, "irc") == 0)
        return sprintf(out, "PRIVMSG #%s :%s\r\n", name, text);
    if (strcmp(dialect->name, "nats") == 0)
        return sprintf(out, "PUB lobby %d\r\n%s\r\n", size, text);
    if (strcmp(dialect->name, "redis") == 0)
        return sprintf(out, "*3\r\n$7\r\nPUBLISH\r\n$5\r\nlobby\r\n$%d\r\n%s\r\n", size,
                       text);
    if (strcmp(dialect->name, "mqtt") == 0) return encode_mqtt(text, size, out);
    if (strcmp(dialect->name, "session") == 0) {
        length = sprintf(out, "{\"type\":\"message\",\"data\":{");
        if (room != LOBBY) length += sprintf(out + length, "\"room\":\"%s\",", name);
        return length + sprintf(out + length, "\"message\":\"%s\"," ID_KEY NO_ID "\"}}\n", text);
    }
    if (room != LOBBY) length = sprintf(line, "%s ", name); /* the bare loop's */
    length += sprintf(line + length, "{\"type\":\"message\",\"data\":\"%s\"}\n", text);
    if (strcmp(dialect->name, "page") == 0) return encode_frame(line, length, out);
    memcpy(out, line, length);
    return length;
}

static size_t encode_rooms(int number, char *out) {
    struct stay stay = rooms_of(number);
    size_t size = sprintf(out, ", \"rooms\": [");
    for (int i = 0; i < stay.count; i++) {
        size += sprintf(out + size, i ? ", \"" : "\"");
        size += name_room(stay.first + i, out + size);
        size += sprintf(out + size, "\"");
    }
    return size + sprintf(out + size, "]");
}

/* Write the first line of a session, with a unique token: the server would treat a line
 * with a known token and id as a retry. */
static size_t encode_hello(int number, bool names_rooms, char *out) {
    static uint64_t started_at;
    char token[40];
    if (started_at == 0) started_at = microseconds();
    snprintf(token, sizeof token, "load-%016lx-%08x", (unsigned long)started_at, number);
    size_t size = sprintf(out, FULL_HELLO, token);
    if (names_rooms) size += encode_rooms(number, out + size);
    return size + sprintf(out + size, "}}\n");
}

size_t encode_resume(const char *epoch, uint64_t sequence, char *out) {
    if (*epoch == '\0') return sprintf(out, HELLO);
    return sprintf(out,
                   "{\"type\":\"hello\",\"data\":{\"version\":1,\"resume\":{\"lobby\":"
                   "{\"epoch\":\"%s\",\"sequence\":%lu}}}}\n",
                   epoch, (unsigned long)sequence);
}

static size_t encode_each_room(const char *say, int number, char *out) {
    struct stay stay = rooms_of(number);
    size_t size = 0;
    for (int i = 0; i < stay.count; i++) {
        char name[ROOM_NAME + 1];
        name_room(stay.first + i, name);
        size += sprintf(out + size, say, name);
    }
    return size;
}

size_t encode_step(const struct dialect *dialect, int step, int number, bool speaks,
                  char *out) {
    const struct step *said = &dialect->steps[step];
    if (said->say == NULL) return 0;
    if (strcmp(dialect->name, "session") == 0)
        return encode_hello(number, plan.rooms > 0, out);
    if (is_for_each_room(dialect, step)) return encode_each_room(said->say, number, out);
    if (strcmp(dialect->name, "page") == 0 && step == 1) {
        const char *hello = speaks ? HELLO : WATCH; /* pages that do not send only watch */
        return encode_frame(hello, strlen(hello), out);
    }
    if (said->size > 0) {
        memcpy(out, said->say, said->size);
        if (step == 0) { /* the client id at the end of CONNECT */
            char name[16];
            snprintf(name, sizeof name, "u%05d", number % 100000);
            memcpy(out + said->size - 6, name, 6);
        }
        return said->size;
    }
    return sprintf(out, said->say, number);
}
