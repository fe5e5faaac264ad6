/* The command-line options. */
#ifndef OPTIONS_H
#define OPTIONS_H

enum { MAX_PIDS = 4 };

struct wanted {
    const char *mode, *dialect;
    int pid[MAX_PIDS], pids; /* the processes of the server, and how many there are */
    int stuck, readers, returners, prefill, at_once;
    double rate, seconds, limit, patience; /* the last three in seconds */
};

extern struct wanted wanted;

/* Read the options into *wanted* and *plan*; if they are invalid, print why and exit. */
void read_options(int argc, char **argv);

#endif
