/* What the system knows and gives: the time, what a process has used, and memory. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct usage {
    double cpu, user, system; /* seconds, all threads, those that ended included */
    long memory, peak;        /* kilobytes in memory */
    int threads;
};

/* Latencies in buckets whose width is a thirty-second of their value at most. */
struct latencies {
    uint64_t counts[2048];
    uint64_t total, most;
};

uint64_t microseconds(void);
/* Read what a process has used; false if any of it cannot be read, or it has ended. */
bool read_usage(pid_t pid, struct usage *usage);
/* Return *memory* with so many bytes; where there is none, the program ends. */
void *grown(void *memory, size_t size);
void note(struct latencies *latencies, uint64_t value);
uint64_t percentile(const struct latencies *latencies, double share);

#endif
