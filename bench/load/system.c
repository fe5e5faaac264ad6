/* The time, the resources of a process, and memory. */
#define _GNU_SOURCE
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SHARE = 5 }; /* 2 to this power is the number of buckets per doubling */

uint64_t microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void *resize(void *memory, size_t size) {
    memory = realloc(memory, size);
    if (memory == NULL) {
        perror("load: memory");
        exit(1);
    }
    return memory;
}

static FILE *open_fact(pid_t pid, const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    return fopen(path, "r");
}

/* The process clock has nanoseconds; /proc has ticks, but distinguishes user and system. */
static bool read_times(pid_t pid, struct usage *usage) {
    char line[1024], *end;
    clockid_t clock;
    struct timespec cpu;
    unsigned long user, system;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &cpu) != 0)
        return false;
    usage->cpu = cpu.tv_sec + cpu.tv_nsec * 1e-9;
    FILE *file = open_fact(pid, "stat");
    if (file == NULL) return false;
    bool is_read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    if (!is_read || (end = strrchr(line, ')')) == NULL) return false;
    if (sscanf(end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system) != 2)
        return false;
    usage->user = (double)user / sysconf(_SC_CLK_TCK);
    usage->system = (double)system / sysconf(_SC_CLK_TCK);
    return true;
}

/* A process that has ended, but was not waited for, has a clock but no memory. */
static bool read_memory(pid_t pid, struct usage *usage) {
    char line[256];
    int facts = 0;
    FILE *file = open_fact(pid, "status");
    if (file == NULL) return false;
    while (fgets(line, sizeof line, file) != NULL) {
        facts += sscanf(line, "VmRSS: %ld", &usage->memory) == 1;
        facts += sscanf(line, "VmHWM: %ld", &usage->peak) == 1;
        facts += sscanf(line, "Threads: %d", &usage->threads) == 1;
    }
    fclose(file);
    return facts == 3;
}

bool read_usage(pid_t pid, struct usage *usage) {
    *usage = (struct usage){0};
    return read_times(pid, usage) && read_memory(pid, usage);
}

static unsigned bucket_of(uint64_t value) {
    if (value < 1 << SHARE) return (unsigned)value;
    unsigned shift = 63 - __builtin_clzll(value) - SHARE;
    return (unsigned)(((shift + 1) << SHARE) + ((value >> shift) & ((1 << SHARE) - 1)));
}

static uint64_t floor_of(unsigned bucket) {
    if (bucket < 1 << SHARE) return bucket;
    unsigned shift = (bucket >> SHARE) - 1;
    return (uint64_t)((1 << SHARE) + (bucket & ((1 << SHARE) - 1))) << shift;
}

void note(struct latencies *latencies, uint64_t value) {
    latencies->counts[bucket_of(value)]++;
    latencies->total++;
    if (value > latencies->most) latencies->most = value;
}

uint64_t percentile(const struct latencies *latencies, double share) {
    uint64_t wanted = (uint64_t)(share * latencies->total), seen = 0;
    for (unsigned i = 0; i < sizeof latencies->counts / sizeof *latencies->counts; i++) {
        seen += latencies->counts[i];
        if (seen > wanted) return floor_of(i);
    }
    return latencies->most;
}
