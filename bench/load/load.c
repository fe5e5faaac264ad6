/* A load on a chat server: thousands of connections in one process on one core.
 *
 * It comes in, does what the mode asks, and prints one JSON object of what it saw and
 * of what the server used meanwhile. `load --help` lists what can be asked.
 *
 *   fanout  speakers say lines and everybody counts them: as fast as their windows
 *           allow, or so many a second with --rate. Some members may never read
 *           (--stuck), some read pages of the history (--readers), some go and come
 *           back with a cursor (--returners).
 *   join    everybody connects at once, until everybody has heard all that came later.
 *   leave   half of all close at once, until the other half has heard it of each.
 *   idle    everybody connects, and is silent; memory is counted from the 50th on.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "crowd.h"

enum { FIRST = 50, QUIET = 200000, WARM_UP = 400000 }; /* microseconds */

static struct {
    const char *mode;
    int pid, stuck, readers, returners, prefill, at_once;
    double rate, seconds, limit;
} wanted = {.mode = "fanout", .seconds = 2, .limit = 60, .at_once = 250};

static uint64_t started;
static struct usage at_rest; /* before anybody came */

static void give_up(const char *when) {
    printf("{\"failed\": \"%s\", \"ready\": %d, \"gone\": %d, \"delivered\": %lu, "
           "\"notices\": %lu}\n",
           when, tally.ready, tally.gone, (unsigned long)tally.delivered,
           (unsigned long)tally.notices);
    exit(2);
}

static void listen_for(int64_t wait, const char *doing) {
    crowd_listen(wait);
    if (microseconds() - started > wanted.limit * 1e6) give_up(doing);
}

/* Listen until nothing has come for a while. */
static void settle(void) {
    uint64_t last = microseconds(), bytes = tally.bytes;
    while (microseconds() - last < QUIET) {
        listen_for(QUIET / 4, "settling");
        if (tally.bytes != bytes) last = microseconds();
        bytes = tally.bytes;
    }
}

static void bring(enum role role, int count, int first, int at_once) {
    int before = tally.ready + tally.gone;
    for (int added = 0; tally.ready + tally.gone < before + count;) {
        while (added < count && added - (tally.ready + tally.gone - before) < at_once)
            crowd_add(role, first + added++);
        listen_for(1000, "coming in");
    }
}

static void bring_all(void) {
    int readers = plan.members - wanted.stuck;
    bring(MEMBER, readers, 0, wanted.at_once);
    if (wanted.stuck) bring(STUCK, wanted.stuck, readers, wanted.at_once);
    if (plan.dialect->speaks_apart) bring(MOUTH, plan.speakers, 0, wanted.at_once);
    settle();
}

static void report(const char *more) {
    struct usage used = usage_of(wanted.pid);
    printf("{\"dialect\": \"%s\", \"mode\": \"%s\", \"members\": %d, \"speakers\": %d, "
           "\"gone\": %d, %s, \"memory_before\": %ld, \"memory_after\": %ld, "
           "\"memory_peak\": %ld, \"threads\": %d}\n",
           plan.dialect->name, wanted.mode, plan.members, plan.speakers, tally.gone, more,
           at_rest.memory, used.memory, used.peak, used.threads);
}

/* Speak until *until*, and no faster than the rate or the windows say. */
static void speak(uint64_t until, double rate) {
    uint64_t begun = microseconds(), now = begun, said = 0;
    while (now < until) {
        int64_t wait = until - now;
        if (rate == 0) {
            crowd_refill();
        } else {
            uint64_t due = (uint64_t)((now - begun) * rate / 1e6) + 1;
            for (; said < due; said++) /* late or not: what waits here is latency, too */
                crowd_say(said % plan.speakers, 1, begun + (uint64_t)(said * 1e6 / rate));
            int64_t next = begun + (int64_t)(said * 1e6 / rate) - now;
            wait = next < wait ? next : wait;
        }
        listen_for(wait > 0 ? wait : 0, "speaking");
        now = microseconds();
    }
}

static void drain(uint64_t expected, uint64_t deadline) {
    while (tally.delivered < expected && microseconds() < deadline)
        listen_for(10000, "draining");
}

static void fan_out(void) {
    char more[1024];
    uint64_t hearers = crowd_hearers() - wanted.stuck;
    bring_all();
    if (wanted.prefill) {
        while (tally.said < (uint64_t)wanted.prefill) {
            crowd_refill();
            listen_for(1000, "filling the history");
        }
        drain(tally.said * hearers, microseconds() + 5000000);
    }
    bring(READER, wanted.readers, plan.members, wanted.at_once);
    for (int i = 0; i < wanted.returners; i++)
        crowd_add(RETURNER, plan.members + wanted.readers + i);
    for (int i = 0; i < plan.members - wanted.stuck; i++)
        crowd[i].samples = wanted.rate > 0 || i % 16 == 0;
    speak(microseconds() + WARM_UP, wanted.rate);

    struct tally before = tally;
    memset(&tally.latency, 0, sizeof tally.latency);
    memset(&tally.answer, 0, sizeof tally.answer);
    struct usage first = usage_of(wanted.pid);
    uint64_t begun = microseconds();
    speak(begun + (uint64_t)(wanted.seconds * 1e6), wanted.rate);
    struct usage last = usage_of(wanted.pid);
    double took = (microseconds() - begun) / 1e6;
    uint64_t delivered = tally.delivered - before.delivered;
    uint64_t said = tally.said - before.said, answers = tally.answers - before.answers;

    drain(tally.said * hearers, microseconds() + 5000000);
    int64_t lost = tally.said * hearers - tally.delivered;
    const struct latencies *l = &tally.latency, *a = &tally.answer;
    snprintf(more, sizeof more,
             "\"window\": %d, \"batch\": %d, \"rate\": %g, \"seconds\": %.3f, "
             "\"said\": %lu, \"delivered\": %lu, \"lost\": %ld, "
             "\"delivered_in_all\": %lu, \"cpu\": %.6f, "
             "\"user\": %.2f, \"system\": %.2f, \"per_line\": %.5f, "
             "\"lines_per_second\": %.0f, \"lines_per_cpu_second\": %.0f, \"latency\": [%lu, %lu, %lu, %lu], "
             "\"answers_per_second\": %.1f, \"answer\": [%lu, %lu]",
             plan.window, plan.batch, wanted.rate, took, (unsigned long)said,
             (unsigned long)delivered, (long)lost, (unsigned long)tally.delivered,
             last.cpu - first.cpu,
             last.user - first.user, last.system - first.system,
             (last.cpu - first.cpu) * 1e6 / (delivered ? delivered : 1),
             (double)delivered / (hearers ? hearers : 1) / took,
             (double)delivered / (hearers ? hearers : 1) / (last.cpu - first.cpu),
             (unsigned long)percentile(l, 0.5), (unsigned long)percentile(l, 0.99),
             (unsigned long)percentile(l, 0.999), (unsigned long)l->most, answers / took,
             (unsigned long)percentile(a, 0.5), (unsigned long)percentile(a, 0.99));
    report(more);
}

static void storm(const char *notice, uint64_t expected, uint64_t begun, double cpu) {
    char more[256];
    while (tally.notices < expected) listen_for(100000, notice);
    snprintf(more, sizeof more, "\"seconds\": %.4f, \"cpu\": %.4f, \"notices\": %lu",
             (microseconds() - begun) / 1e6, usage_of(wanted.pid).cpu - cpu,
             (unsigned long)tally.notices);
    report(more);
}

static void join(void) {
    uint64_t members = plan.members, begun = microseconds();
    double cpu = usage_of(wanted.pid).cpu;
    awaited_notice = plan.dialect->joined;
    bring(MEMBER, plan.members, 0, plan.members);
    storm("hearing who came", members * (members + 1) / 2, begun, cpu);
}

static void leave(void) {
    bring_all();
    uint64_t half = plan.members / 2, begun = microseconds();
    double cpu = usage_of(wanted.pid).cpu;
    awaited_notice = plan.dialect->left;
    tally.notices = 0;
    for (uint64_t i = 0; i < half; i++) crowd_leave(&crowd[i]);
    storm("hearing who left", half * (plan.members - half), begun, cpu);
}

static void idle(void) {
    char more[256];
    bring(MEMBER, FIRST, 0, wanted.at_once); /* what is loaded for anybody at all */
    settle();
    at_rest = usage_of(wanted.pid);
    bring(MEMBER, plan.members - FIRST, FIRST, wanted.at_once);
    settle();
    struct usage first = usage_of(wanted.pid);
    uint64_t until = microseconds() + (uint64_t)(wanted.seconds * 1e6);
    while (microseconds() < until) listen_for(100000, "idling");
    struct usage last = usage_of(wanted.pid);
    snprintf(more, sizeof more,
             "\"seconds\": %.2f, \"cpu\": %.4f, \"bytes_each\": %.0f", wanted.seconds,
             last.cpu - first.cpu,
             (last.memory - at_rest.memory) * 1024.0 / (plan.members - FIRST));
    report(more);
}

static const struct option OPTIONS[] = {
    {"dialect", 1, 0, 'd'},   {"port", 1, 0, 'p'},      {"pid", 1, 0, 'P'},
    {"mode", 1, 0, 'm'},      {"members", 1, 0, 'n'},   {"speakers", 1, 0, 's'},
    {"window", 1, 0, 'w'},    {"batch", 1, 0, 'b'},     {"rate", 1, 0, 'r'},
    {"seconds", 1, 0, 't'},   {"text", 1, 0, 'x'},      {"stuck", 1, 0, 'S'},
    {"readers", 1, 0, 'R'},   {"returners", 1, 0, 'C'}, {"prefill", 1, 0, 'f'},
    {"depth", 1, 0, 'D'},     {"limit", 1, 0, 'l'},     {"at-once", 1, 0, 'a'},
    {"help", 0, 0, 'h'},      {0, 0, 0, 0}};

static void help(void) {
    puts("load --dialect NAME --port N --pid N [OPTION N]...\n"
         "  --mode fanout|join|leave|idle\n"
         "  --members N    in the room                      --speakers N  among them\n"
         "  --window N     lines in flight per speaker      --batch N     lines a write\n"
         "  --rate N       lines a second of all speakers   --text N      bytes of a line\n"
         "  --seconds N    to measure                       --limit N     to take in all\n"
         "  --stuck N      members that never read          --readers N   of the history\n"
         "  --returners N  that go and come back            --depth N     lines they owe\n"
         "  --prefill N    lines to say first               --at-once N   that come in");
    exit(0);
}

static void read_options(int argc, char **argv) {
    for (int c; (c = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
        switch (c) {
        case 'd': plan.dialect = dialect_named(optarg); break;
        case 'p': plan.port = atoi(optarg); break;
        case 'P': wanted.pid = atoi(optarg); break;
        case 'm': wanted.mode = optarg; break;
        case 'n': plan.members = atoi(optarg); break;
        case 's': plan.speakers = atoi(optarg); break;
        case 'w': plan.window = atoi(optarg); break;
        case 'b': plan.batch = atoi(optarg); break;
        case 'r': wanted.rate = atof(optarg); break;
        case 't': wanted.seconds = atof(optarg); break;
        case 'x': plan.text = atoi(optarg); break;
        case 'S': wanted.stuck = atoi(optarg); break;
        case 'R': wanted.readers = atoi(optarg); break;
        case 'C': wanted.returners = atoi(optarg); break;
        case 'f': wanted.prefill = atoi(optarg); break;
        case 'D': plan.depth = atoi(optarg); break;
        case 'a': wanted.at_once = atoi(optarg); break;
        case 'l': wanted.limit = atof(optarg); break;
        case 'h': help(); break;
        default: exit(1);
        }
    }
    bool sane = plan.dialect != NULL && plan.port > 0 && wanted.pid > 0 &&
                plan.speakers <= plan.members - wanted.stuck && plan.text > MARK &&
                plan.text < 4096 && plan.batch > 0 && plan.batch <= plan.window;
    if (!sane) {
        fputs("load: those options do not fit together; see --help\n", stderr);
        exit(1);
    }
}

int main(int argc, char **argv) {
    struct rlimit files;
    plan = (struct plan){.members = 200, .speakers = 10, .window = 10, .batch = 1,
                         .text = 64, .depth = 200};
    read_options(argc, argv);
    signal(SIGPIPE, SIG_IGN);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    crowd_open(plan.members + plan.speakers + wanted.readers + wanted.returners);
    started = microseconds();
    at_rest = usage_of(wanted.pid);
    if (strcmp(wanted.mode, "join") == 0)
        join();
    else if (strcmp(wanted.mode, "leave") == 0)
        leave();
    else if (strcmp(wanted.mode, "idle") == 0)
        idle();
    else
        fan_out();
    return 0;
}
