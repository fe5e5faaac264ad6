/* The output: one JSON object with the results or the failure. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "connections.h"
#include "options.h"

struct usage at_rest;

void fail_run(const char *when) {
    printf("{\"failed\": \"%s\", \"ready\": %d, \"gone\": %d, \"delivered\": %lu, "
           "\"notices\": %lu}\n",
           when, tally.ready, tally.gone, (unsigned long)tally.delivered,
           (unsigned long)tally.notices);
    exit(2);
}

struct usage used(void) {
    struct usage all = {0}, usage;
    for (int i = 0; i < wanted.pids; i++) {
        if (!read_usage(wanted.pid[i], &usage))
            fail_run("cannot read the resources of the server");
        all.cpu += usage.cpu;
        all.user += usage.user;
        all.system += usage.system;
        all.memory += usage.memory;
        all.peak += usage.peak;
        all.threads += usage.threads;
    }
    return all;
}

void report(const char *more, ...) {
    struct usage now = used();
    va_list facts;
    printf("{\"dialect\": \"%s\", \"mode\": \"%s\", \"members\": %d, \"speakers\": %d, "
           "\"rooms\": %d, \"gone\": %d, ",
           plan.dialect->name, wanted.mode, plan.members, plan.speakers, plan.rooms,
           tally.gone);
    va_start(facts, more);
    vprintf(more, facts);
    va_end(facts);
    printf(", \"memory_before\": %ld, \"memory_after\": %ld, \"memory_peak\": %ld, "
           "\"threads\": %d}\n",
           at_rest.memory, now.memory, now.peak, now.threads);
}
