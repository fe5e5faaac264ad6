/* Fan-out: speakers send lines, and all members count them for a measured time. */
#include <stdio.h>
#include <string.h>

#include "actions.h"
#include "modes.h"
#include "options.h"
#include "report.h"
#include "sending.h"

enum { WARM_UP = 400000 }; /* microseconds */

/* Counts at one moment, or between two. */
struct span {
    uint64_t time, said, delivered, answers, segments;
    double cpu, user, system;
};

static struct span totals(void) {
    struct usage usage = used();
    return (struct span){microseconds(), tally.said, tally.delivered, tally.answers, 0,
                         usage.cpu,      usage.user, usage.system};
}

static struct span between(struct span first, struct span last) {
    return (struct span){
        last.time - first.time,           last.said - first.said,
        last.delivered - first.delivered, last.answers - first.answers,
        last.segments - first.segments,   last.cpu - first.cpu,
        last.user - first.user,           last.system - first.system};
}

/* Send for the measured time.
 *
 * Writes are counted at the receivers, which works for every server: on the loopback,
 * one write is one segment, unless it has more than 64 KiB or the kernel combines
 * several waiting ones. Notices and answers to members count as well. The counts are
 * read outside of the measured time, because this takes a while with 5,000 members. */
static struct span measure(void) {
    memset(&tally.latency, 0, sizeof tally.latency);
    memset(&tally.answer, 0, sizeof tally.answer);
    uint64_t segments = segments_received();
    struct span first = totals();
    first.segments = segments;
    send_until(first.time + (uint64_t)(wanted.seconds * 1e6), wanted.rate);
    struct span last = totals();
    last.segments = segments_received();
    return between(first, last);
}

static void prefill(uint64_t receivers) {
    while (tally.said < (uint64_t)wanted.prefill) {
        refill_windows();
        listen_for(1000, "filling the history");
    }
    drain(tally.said * receivers);
}

static double per(double part, double whole) { return whole > 0 ? part / whole : 0; }

/* Compare what each member received with what was said in its rooms. */
static void count_errors(uint64_t *lost, uint64_t *doubled) {
    *lost = *doubled = 0;
    for (int i = 0; i < connection_count; i++) {
        if (connections[i].role != MEMBER) continue;
        uint64_t due = lines_due(connections[i].number), delivered = connections[i].delivered;
        if (delivered < due) *lost += due - delivered;
        if (delivered > due) *doubled += delivered - due;
    }
}

static void tell(struct span in, uint64_t receivers) {
    const struct latencies *l = &tally.latency, *a = &tally.answer;
    uint64_t lost, doubled;
    count_errors(&lost, &doubled);
    double took = in.time / 1e6, lines = per(in.delivered, receivers);
    report("\"window\": %d, \"batch\": %d, \"rate\": %g, \"seconds\": %.3f, "
           "\"said\": %lu, \"delivered\": %lu, \"lost\": %lu, \"doubled\": %lu, "
           "\"delivered_in_all\": %lu, \"cpu\": %.6f, \"user\": %.2f, "
           "\"system\": %.2f, \"per_line\": %.5f, \"writes_per_line\": %.5f, "
           "\"lines_per_second\": %.0f, \"lines_per_cpu_second\": %.0f, "
           "\"latency\": [%lu, %lu, %lu, %lu], \"answers_per_second\": %.1f, "
           "\"answer\": [%lu, %lu], \"without_cursor\": %lu",
           plan.window, plan.batch, wanted.rate, took, (unsigned long)in.said,
           (unsigned long)in.delivered, (unsigned long)lost, (unsigned long)doubled,
           (unsigned long)tally.delivered,
           in.cpu, in.user, in.system, per(in.cpu * 1e6, in.delivered),
           per(in.segments, in.delivered), per(lines, took), per(lines, in.cpu),
           (unsigned long)percentile(l, 0.5), (unsigned long)percentile(l, 0.99),
           (unsigned long)percentile(l, 0.999), (unsigned long)l->most,
           per(in.answers, took), (unsigned long)percentile(a, 0.5),
           (unsigned long)percentile(a, 0.99), (unsigned long)tally.without_cursor);
}

void fan_out(void) {
    int reading = plan.members - wanted.stuck;
    uint64_t receivers = receivers_per_line() - wanted.stuck;
    open_all();
    fputs("load: everybody has joined\n", stderr); /* profiles begin then */
    if (wanted.prefill) prefill(receivers);
    open_connections(READER, wanted.readers, plan.members, wanted.at_once);
    for (int i = 0; i < wanted.returners; i++)
        connection_add(RETURNER, plan.members + wanted.readers + i);
    for (int i = 0; i < reading; i++)
        connections[i].samples = wanted.rate > 0 || i % 16 == 0;
    send_until(microseconds() + WARM_UP, wanted.rate);
    struct span in = measure();
    drain(tally.said * receivers);
    tell(in, receivers);
}
