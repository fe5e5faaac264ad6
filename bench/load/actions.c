/* What the modes consist of: opening connections, polling and sending. */
#include "actions.h"

#include "options.h"
#include "report.h"
#include "sending.h"

enum { QUIET = 200000 }; /* microseconds */

static uint64_t started;

void listen_for(int64_t wait, const char *doing) {
    uint64_t now = microseconds();
    if (started == 0) started = now;
    if (now - started > wanted.limit * 1e6) fail_run(doing);
    connections_poll(wait);
    if (connection_count > 0 && tally.gone == connection_count) fail_run("all members were disconnected");
}

void settle(void) {
    uint64_t last = microseconds(), bytes = tally.bytes;
    while (microseconds() - last < QUIET) {
        listen_for(QUIET / 4, "settling");
        if (tally.bytes != bytes) last = microseconds();
        bytes = tally.bytes;
    }
}

void open_connections(enum role role, int count, int first, int at_once) {
    int before = tally.ready + tally.gone;
    for (int added = 0; tally.ready + tally.gone < before + count;) {
        while (added < count && added - (tally.ready + tally.gone - before) < at_once)
            connection_add(role, first + added++);
        listen_for(1000, "coming in");
    }
}

void open_all(void) {
    int readers = plan.members - wanted.stuck;
    open_connections(MEMBER, readers, 0, wanted.at_once);
    if (wanted.stuck) open_connections(STUCK, wanted.stuck, readers, wanted.at_once);
    if (plan.dialect->publishes_apart) open_connections(PUBLISHER, plan.speakers, 0, wanted.at_once);
    settle();
}

void send_until(uint64_t until, double rate) {
    uint64_t started_at = microseconds(), now = started_at, said = 0;
    while (now < until) {
        int64_t wait = until - now;
        if (rate == 0) {
            refill_windows();
        } else {
            uint64_t due = (uint64_t)((now - started_at) * rate / 1e6) + 1;
            for (; said < due; said++) /* even if late: waiting here counts as latency */
                send_lines(said % plan.speakers, 1, started_at + (uint64_t)(said * 1e6 / rate));
            int64_t next = started_at + (int64_t)(said * 1e6 / rate) - now;
            wait = next < wait ? next : wait;
        }
        listen_for(wait > 0 ? wait : 0, "speaking");
        now = microseconds();
    }
}

void drain(uint64_t expected) {
    uint64_t deadline = microseconds() + (uint64_t)(wanted.patience * 1e6);
    while (tally.delivered < expected && microseconds() < deadline)
        listen_for(10000, "draining");
}
