/* Which rooms a member is in, and who receives the lines of a room. */
#include "rooms.h"

#include <stdio.h>
#include <string.h>

#include "connections.h"

static uint64_t *said_in;   /* by room; the lobby is the first */
static uint64_t *said_by;   /* by speaker */

static uint64_t *zeros(int count) {
    return memset(resize(NULL, count * sizeof(uint64_t)), 0, count * sizeof(uint64_t));
}

void rooms_open(void) {
    said_in = zeros(plan.rooms + 1);
    said_by = zeros(plan.speakers + 1);
}

struct stay rooms_of(int number) {
    int others = plan.outside + plan.everywhere;
    if (plan.rooms == 0 || number < plan.outside) return (struct stay){LOBBY, 1};
    if (number < others) return (struct stay){0, plan.rooms};
    return (struct stay){(int)((int64_t)(number - others) * plan.each % plan.rooms), plan.each};
}

int next_room(int speaker) {
    struct stay stay = rooms_of(speaker);
    int room = stay.first + (int)(said_by[speaker]++ % stay.count);
    said_in[room - LOBBY]++;
    return room;
}

size_t name_room(int room, char *out) {
    return room == LOBBY ? sprintf(out, "lobby") : sprintf(out, ROOM_FORMAT, room);
}

int speaker_watched_by(int number) {
    int rooms = plan.rooms ? plan.rooms : 1, watched = number;
    if (!plan.dialect->echoes) watched = (number + plan.members - rooms) % plan.members;
    /* Nobody else is in all rooms of that speaker: one member of each watches it. */
    if (!plan.dialect->echoes && plan.everywhere)
        watched = number > 0 && number <= rooms ? 0 : -1;
    return watched < plan.speakers ? watched : -1;
}

static int members_per_room(void) {
    int spread = plan.members - plan.outside - plan.everywhere;
    if (plan.rooms == 0) return plan.members;
    return (int)((int64_t)spread * plan.each / plan.rooms) + plan.everywhere;
}

uint64_t receivers_per_line(void) { return members_per_room() - !plan.dialect->echoes; }

uint64_t lines_due(int number) {
    struct stay stay = rooms_of(number);
    uint64_t lines = 0;
    for (int i = 0; i < stay.count; i++) lines += said_in[stay.first + i - LOBBY];
    bool has_own = number < plan.speakers && !plan.dialect->echoes;
    return lines - (has_own ? said_by[number] : 0);
}

const char *uneven_rooms(void) {
    int64_t spread = plan.members - plan.outside - plan.everywhere;
    if (plan.rooms < 0 || plan.rooms > MAX_ROOMS) return "--rooms is out of range";
    if (plan.everywhere < 0 || plan.everywhere > 1) return "--everywhere must be 0 or 1";
    if (plan.rooms == 0 && (plan.everywhere || plan.each != 1)) return "there are no --rooms";
    if (plan.rooms == 0) return NULL;
    if (plan.each < 1 || plan.each > plan.rooms || plan.each > MAX_STAY)
        return "--each is out of range";
    if (plan.everywhere && (plan.rooms > MAX_STAY || plan.speakers != 1))
        return "--everywhere needs one speaker, and fewer rooms";
    if (spread < 1 || spread * plan.each % plan.rooms || plan.rooms % plan.each)
        return "the members cannot be spread evenly over the rooms";
    return NULL;
}
