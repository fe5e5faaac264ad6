/* Sends lines, and counts those in flight. */
#ifndef SENDING_H
#define SENDING_H

#include "connections.h"

void sending_open(void);
/* Use *connection* for the lines of *speaker*. */
void set_sender(struct connection *connection, int speaker);
/* Send *lines* lines, due at *due*, in one write. */
void send_lines(int speaker, int lines, uint64_t due);
/* Send as many lines of every speaker as the windows allow. */
void refill_windows(void);
/* Record that a line of *speaker* has come back. */
void line_returned(int speaker);

#endif
