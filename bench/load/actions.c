/* What the modes are made of: to bring connections, to listen and to speak. */
#include "actions.h"

#include "options.h"
#include "report.h"
#include "sending.h"

enum { QUIET = 200000 }; /* microseconds */

static uint64_t started;

void listen_for(int64_t wait, const char *doing) {
    uint64_t now = microseconds();
    if (started == 0) started = now;
    if (now - started > wanted.limit * 1e6) give_up(doing);
    crowd_listen(wait);
    if (crowd_size > 0 && tally.gone == crowd_size) give_up("everybody was put out");
}

void settle(void) {
    uint64_t last = microseconds(), bytes = tally.bytes;
    while (microseconds() - last < QUIET) {
        listen_for(QUIET / 4, "settling");
        if (tally.bytes != bytes) last = microseconds();
        bytes = tally.bytes;
    }
}

void bring(enum role role, int count, int first, int at_once) {
    int before = tally.ready + tally.gone;
    for (int added = 0; tally.ready + tally.gone < before + count;) {
        while (added < count && added - (tally.ready + tally.gone - before) < at_once)
            crowd_add(role, first + added++);
        listen_for(1000, "coming in");
    }
}

void bring_all(void) {
    int readers = plan.members - wanted.stuck;
    bring(MEMBER, readers, 0, wanted.at_once);
    if (wanted.stuck) bring(STUCK, wanted.stuck, readers, wanted.at_once);
    if (plan.dialect->speaks_apart) bring(MOUTH, plan.speakers, 0, wanted.at_once);
    settle();
}

void speak(uint64_t until, double rate) {
    uint64_t begun = microseconds(), now = begun, said = 0;
    while (now < until) {
        int64_t wait = until - now;
        if (rate == 0) {
            refill_windows();
        } else {
            uint64_t due = (uint64_t)((now - begun) * rate / 1e6) + 1;
            for (; said < due; said++) /* late or not: what waits here is latency, too */
                say_lines(said % plan.speakers, 1, begun + (uint64_t)(said * 1e6 / rate));
            int64_t next = begun + (int64_t)(said * 1e6 / rate) - now;
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
