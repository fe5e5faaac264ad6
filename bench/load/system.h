/* What the system knows: the time, and what a process has used. */
#ifndef SYSTEM_H
#define SYSTEM_H

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
struct usage usage_of(pid_t pid);
void note(struct latencies *latencies, uint64_t value);
uint64_t percentile(const struct latencies *latencies, double share);

#endif
