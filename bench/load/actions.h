/* What the modes are made of: to bring connections, to listen and to speak. */
#ifndef ACTIONS_H
#define ACTIONS_H

#include "connections.h"

/* Listen for so long, unless it takes too long in all or nobody is left to listen. */
void listen_for(int64_t wait, const char *doing);
/* Listen until nothing has come for a while. */
void settle(void);
/* Bring *count* connections, numbered from *first*, so many at once. */
void bring(enum role role, int count, int first, int at_once);
/* Bring all members and who speaks for them. */
void bring_all(void);
/* Speak until *until*, and no faster than the rate or the windows say. */
void speak(uint64_t until, double rate);
/* Listen until so much is delivered, or patience ends. */
void drain(uint64_t expected);

#endif
