/* The command-line options. */
#ifndef OPTIONS_H
#define OPTIONS_H

struct wanted {
    const char *mode, *dialect;
    int pid, stuck, readers, returners, prefill, at_once;
    double rate, seconds, limit, patience; /* the last three in seconds */
};

extern struct wanted wanted;

/* Read the options into *wanted* and *plan*; if they are invalid, print why and exit. */
void read_options(int argc, char **argv);

#endif
