/* The kinds of work. */
#include "modes.h"

#include <string.h>

#include "actions.h"
#include "options.h"
#include "report.h"

enum { WARM_UP = 200000 }; /* microseconds */

static void storm(const char *notice, uint64_t expected, uint64_t started_at, double cpu) {
    while (tally.notices < expected) listen_for(100000, notice);
    report("\"seconds\": %.4f, \"cpu\": %.4f, \"notices\": %lu",
           (microseconds() - started_at) / 1e6, used().cpu - cpu,
           (unsigned long)tally.notices);
}

static void join(void) {
    uint64_t members = plan.members, started_at = microseconds();
    double cpu = used().cpu;
    awaited_notice = plan.dialect->joined;
    open_connections(MEMBER, plan.members, 0, plan.members);
    storm("receiving joins", members * (members + 1) / 2, started_at, cpu);
}

static void leave(void) {
    open_all();
    uint64_t half = plan.members / 2, started_at = microseconds();
    double cpu = used().cpu;
    awaited_notice = plan.dialect->left;
    tally.notices = 0;
    for (uint64_t i = 0; i < half; i++) connection_close(&connections[i]);
    tally.gone -= half; /* they closed by themselves */
    storm("receiving leaves", half * (plan.members - half), started_at, cpu);
}

static void idle(void) {
    open_connections(MEMBER, FIRST, 0, wanted.at_once);
    settle();
    at_rest = used();
    open_connections(MEMBER, plan.members - FIRST, FIRST, wanted.at_once);
    settle();
    if (tally.gone > 0) fail_run("some connections were closed"); /* they would use no memory */
    struct usage first = used();
    uint64_t until = microseconds() + (uint64_t)(wanted.seconds * 1e6);
    while (microseconds() < until) listen_for(100000, "idling");
    struct usage last = used();
    double bytes = (last.memory - at_rest.memory) * 1024.0;
    report("\"seconds\": %.2f, \"cpu\": %.4f, \"bytes_each\": %.0f, \"bytes_per_room\": %.0f",
           wanted.seconds, last.cpu - first.cpu, bytes / (plan.members - FIRST),
           plan.rooms ? bytes / plan.rooms : 0);
}

/* Complete handshakes, one after another on each connection. */
static void handshake(void) {
    plan.only_handshakes = true;
    for (int i = 0; i < plan.members; i++) connection_add(MEMBER, i);
    uint64_t until = microseconds() + WARM_UP;
    while (microseconds() < until) listen_for(1000, "shaking hands");
    uint64_t started_at = microseconds(), before = tally.handshakes;
    struct usage first = used();
    until = started_at + (uint64_t)(wanted.seconds * 1e6);
    while (microseconds() < until) listen_for(1000, "shaking hands");
    double took = (microseconds() - started_at) / 1e6, done = tally.handshakes - before;
    if (done == 0) fail_run("no handshake was completed");
    double cpu = used().cpu - first.cpu;
    report("\"seconds\": %.3f, \"cpu\": %.4f, \"handshakes\": %.0f, "
           "\"handshakes_per_second\": %.0f, \"cpu_per_handshake\": %.1f",
           took, cpu, done, done / took, cpu * 1e6 / done);
}

mode mode_named(const char *name) {
    static const struct {
        const char *name;
        mode mode;
    } MODES[] = {{"fanout", fan_out}, {"join", join}, {"leave", leave}, {"idle", idle},
                 {"handshake", handshake}};
    for (unsigned i = 0; i < sizeof MODES / sizeof *MODES; i++)
        if (strcmp(MODES[i].name, name) == 0) return MODES[i].mode;
    return NULL;
}
