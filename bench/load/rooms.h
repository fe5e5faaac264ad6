/* Which rooms a member is in, and who receives the lines of a room.
 *
 * Without --rooms, everybody is in one room, the lobby. With it, each member is in one
 * room, or in --each rooms one after another; with --everywhere, the first is in all.
 */
#ifndef ROOMS_H
#define ROOMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOBBY = -1, ROOM_NAME = 6, MAX_STAY = 1000 }; /* bytes; rooms of one member */
#define ROOM_FORMAT "r%05d"
enum { MAX_ROOMS = 100000 };

/* Some rooms: *count* of them from *first* on; or the lobby. */
struct stay {
    int first, count;
};

/* Prepare the counts of lines; call it when *plan* is complete. */
void rooms_open(void);
/* The rooms of a member. The first *outside* members are in the lobby only. */
struct stay rooms_of(int number);
/* The room in which a speaker says its next line. */
int next_room(int speaker);
/* Write the name of a room with a final 0, and return its length. */
size_t name_room(int room, char *out);
/* The speaker whose lines come back to a member, or -1. */
int speaker_watched_by(int number);
/* How many members receive each line. */
uint64_t receivers_per_line(void);
/* How many lines a member should have received. */
uint64_t lines_due(int number);
/* Why members cannot be spread evenly over the rooms, or NULL. */
const char *uneven_rooms(void);

#endif
