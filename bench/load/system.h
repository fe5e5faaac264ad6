/* The time, the resources of a process, and memory. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct usage {
    double cpu, user, system; /* seconds of all threads, including ended ones */
    long memory, peak;        /* kilobytes in memory */
    int threads;
};

/* Latencies in buckets whose width is at most 1/32 of their value. */
struct latencies {
    uint64_t counts[2048];
    uint64_t total, most;
};

uint64_t microseconds(void);
/* Read the resources of a process; return false if they cannot be read. */
bool read_usage(pid_t pid, struct usage *usage);
/* Return *memory* with *size* bytes; exit if there is not enough. */
void *resize(void *memory, size_t size);
void note(struct latencies *latencies, uint64_t value);
uint64_t percentile(const struct latencies *latencies, double share);

#endif
