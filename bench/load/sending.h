/* What is said, and how much of it is under way. */
#ifndef SENDING_H
#define SENDING_H

#include "connections.h"

void speaking_open(void);
/* Let that connection say the lines of the speaker of that number. */
void speaks_for(struct connection *connection, int speaker);
/* Say *lines* lines, due at *due*, in one write. */
void say_lines(int speaker, int lines, uint64_t due);
/* Say as much as the windows let every speaker say. */
void refill_windows(void);
/* Know that a line of that speaker has come back. */
void came_back(int speaker);

#endif
