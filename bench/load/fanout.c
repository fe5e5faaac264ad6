/* Fan-out: speakers say lines, and everybody counts them over a measured stretch. */
#include <string.h>

#include "actions.h"
#include "modes.h"
#include "options.h"
#include "report.h"
#include "sending.h"

enum { WARM_UP = 400000 }; /* microseconds */

/* What had come to pass at one moment, or between two. */
struct span {
    uint64_t time, said, delivered, answers, segments;
    double cpu, user, system;
};

static struct span so_far(void) {
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

/* Speak for as long as is measured.
 *
 * Writes are counted where they arrive, so that every server's are: on the loopback
 * one write is one segment, unless it has more than 64 KiB or the server's kernel puts
 * several together that must wait. Notices and answers to members count as well. They
 * are asked for outside of what is timed: with 5,000 members that takes a while. */
static struct span measure(void) {
    memset(&tally.latency, 0, sizeof tally.latency);
    memset(&tally.answer, 0, sizeof tally.answer);
    uint64_t segments = crowd_segments();
    struct span first = so_far();
    first.segments = segments;
    speak(first.time + (uint64_t)(wanted.seconds * 1e6), wanted.rate);
    struct span last = so_far();
    last.segments = crowd_segments();
    return between(first, last);
}

static void prefill(uint64_t hearers) {
    while (tally.said < (uint64_t)wanted.prefill) {
        refill_windows();
        listen_for(1000, "filling the history");
    }
    drain(tally.said * hearers);
}

static double per(double part, double whole) { return whole > 0 ? part / whole : 0; }

static void tell(struct span in, uint64_t hearers) {
    const struct latencies *l = &tally.latency, *a = &tally.answer;
    int64_t lost = tally.said * hearers - tally.delivered;
    double took = in.time / 1e6, lines = per(in.delivered, hearers);
    report("\"window\": %d, \"batch\": %d, \"rate\": %g, \"seconds\": %.3f, "
           "\"said\": %lu, \"delivered\": %lu, \"lost\": %ld, "
           "\"delivered_in_all\": %lu, \"cpu\": %.6f, \"user\": %.2f, "
           "\"system\": %.2f, \"per_line\": %.5f, \"writes_per_line\": %.5f, "
           "\"lines_per_second\": %.0f, \"lines_per_cpu_second\": %.0f, "
           "\"latency\": [%lu, %lu, %lu, %lu], \"answers_per_second\": %.1f, "
           "\"answer\": [%lu, %lu], \"without_cursor\": %lu",
           plan.window, plan.batch, wanted.rate, took, (unsigned long)in.said,
           (unsigned long)in.delivered, (long)lost, (unsigned long)tally.delivered,
           in.cpu, in.user, in.system, per(in.cpu * 1e6, in.delivered),
           per(in.segments, in.delivered), per(lines, took), per(lines, in.cpu),
           (unsigned long)percentile(l, 0.5), (unsigned long)percentile(l, 0.99),
           (unsigned long)percentile(l, 0.999), (unsigned long)l->most,
           per(in.answers, took), (unsigned long)percentile(a, 0.5),
           (unsigned long)percentile(a, 0.99), (unsigned long)tally.without_cursor);
}

void fan_out(void) {
    int reading = plan.members - wanted.stuck;
    uint64_t hearers = crowd_hearers() - wanted.stuck;
    bring_all();
    if (wanted.prefill) prefill(hearers);
    bring(READER, wanted.readers, plan.members, wanted.at_once);
    for (int i = 0; i < wanted.returners; i++)
        crowd_add(RETURNER, plan.members + wanted.readers + i);
    for (int i = 0; i < reading; i++)
        crowd[i].samples = wanted.rate > 0 || i % 16 == 0;
    speak(microseconds() + WARM_UP, wanted.rate);
    struct span in = measure();
    drain(tally.said * hearers);
    tell(in, hearers);
}
