/* The command-line options. */
#define _GNU_SOURCE
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connections.h"
#include "modes.h"

struct wanted wanted = {
    .mode = "fanout", .dialect = "", .seconds = 2, .limit = 60, .patience = 5, .at_once = 250};

static const struct option OPTIONS[] = {
    {"dialect", 1, 0, 'd'},  {"port", 1, 0, 'p'},      {"pid", 1, 0, 'P'},
    {"mode", 1, 0, 'm'},     {"members", 1, 0, 'n'},   {"speakers", 1, 0, 's'},
    {"window", 1, 0, 'w'},   {"batch", 1, 0, 'b'},     {"rate", 1, 0, 'r'},
    {"seconds", 1, 0, 't'},  {"text", 1, 0, 'x'},      {"stuck", 1, 0, 'S'},
    {"readers", 1, 0, 'R'},  {"returners", 1, 0, 'C'}, {"prefill", 1, 0, 'f'},
    {"depth", 1, 0, 'D'},    {"limit", 1, 0, 'l'},     {"at-once", 1, 0, 'a'},
    {"patience", 1, 0, 'W'}, {"rooms", 1, 0, 'o'},     {"each", 1, 0, 'e'},
    {"everywhere", 1, 0, 'v'}, {"tls", 1, 0, 'L'},
    {"help", 0, 0, 'h'},       {0, 0, 0, 0}};

static void help(void) {
    puts("load --dialect NAME --port N --pid N [OPTION N]...\n"
         "  --mode fanout|join|leave|idle|handshake\n"
         "  --tls 1        inside TLS                        --pid N       again: of a proxy\n"
         "  --members N    in all rooms together            --speakers N  among them\n"
         "  --rooms N      instead of one, the lobby        --each N      rooms of a member (idle)\n"
         "  --everywhere 1 the only speaker is in all rooms\n"
         "  --window N     lines in flight per speaker      --batch N     lines a write\n"
         "  --rate N       lines a second of all speakers   --text N      bytes of a line\n"
         "  --seconds N    of the measurement               --limit N     seconds in all\n"
         "  --stuck N      members that never read          --readers N   of the history\n"
         "  --returners N  that reconnect                    --depth N     lines they missed\n"
         "  --prefill N    lines to send first               --at-once N   that join at a time\n"
         "  --patience N   seconds to wait for lines in flight");
    exit(0);
}

static void complain(const char *what) {
    fprintf(stderr, "load: %s; see --help\n", what);
    exit(1);
}

static bool is_mode(const char *name) { return strcmp(wanted.mode, name) == 0; }

/* Return the error in the options of rooms, or NULL. */
static const char *invalid_rooms(void) {
    bool is_mixed = wanted.stuck || wanted.readers || wanted.returners;
    if (plan.rooms && (is_mixed || !(is_mode("fanout") || is_mode("idle"))))
        return "--rooms needs the mode fanout or idle, and members that all read";
    if (plan.each != 1 && !is_mode("idle")) return "--each needs the mode idle";
    return uneven_rooms();
}

/* Return the error in the options, or NULL. */
static const char *invalid_option(void) {
    bool is_storm = is_mode("join") || is_mode("leave");
    bool speaks_json = plan.dialect != NULL && !strcmp(plan.dialect->name, "session");
    if (plan.dialect == NULL && dialect_named(wanted.dialect, false) == NULL) return "unknown dialect";
    if (plan.dialect == NULL) return "this dialect has no --rooms";
    if (mode_named(wanted.mode) == NULL) return "unknown mode";
    if (plan.port <= 0 || plan.port > 65535) return "--port must be from 1 to 65535";
    if (wanted.pids == 0) return "--pid must be the process id of the server";
    if (plan.members < 1) return "--members must be at least 1";
    if (plan.speakers < is_mode("fanout")) return "--speakers must be at least 1";
    if (plan.speakers > plan.members - wanted.stuck)
        return "there are more speakers than members that read";
    if (plan.text <= MARK || plan.text >= MAX_TEXT) return "--text is out of range";
    if (plan.batch < 1 || plan.batch > plan.window)
        return "--batch must be from 1 to --window";
    if (wanted.stuck < 0 || wanted.readers < 0 || wanted.returners < 0 ||
        wanted.prefill < 0 || wanted.at_once < 1 || wanted.rate < 0 || plan.depth < 0)
        return "numbers must not be negative";
    if (wanted.seconds <= 0) return "--seconds must be positive";
    if ((wanted.readers || wanted.returners) && !speaks_json)
        return "--readers and --returners need the session dialect";
    if (is_storm && plan.dialect->joined == NULL) return "this mode needs a dialect with notices";
    if (plan.tls != 0 && plan.tls != 1) return "--tls must be 0 or 1";
    if (is_mode("handshake") && !plan.tls) return "the mode handshake needs --tls 1";
    if (is_mode("idle") && plan.members <= FIRST)
        return "the mode idle needs more than 50 members";
    return invalid_rooms();
}

static bool take_pid(int pid) {
    if (pid <= 0) complain("--pid must be a process id");
    if (wanted.pids == MAX_PIDS) complain("too many --pid");
    wanted.pid[wanted.pids++] = pid;
    return true;
}

/* Process one option; return false if it is unknown. */
static bool take(int option) {
    switch (option) {
    case 'd': wanted.dialect = optarg; break;
    case 'p': plan.port = atoi(optarg); break;
    case 'P': return take_pid(atoi(optarg));
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
    case 'W': wanted.patience = atof(optarg); break;
    case 'o': plan.rooms = atoi(optarg); break;
    case 'e': plan.each = atoi(optarg); break;
    case 'v': plan.everywhere = atoi(optarg); break;
    case 'L': plan.tls = atoi(optarg); break;
    case 'h': help(); break;
    default: return false;
    }
    return true;
}

void read_options(int argc, char **argv) {
    plan = (struct plan){.members = 200, .speakers = 10, .window = 10, .batch = 1,
                         .text = 64, .depth = 200, .each = 1};
    for (int option; (option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;)
        if (!take(option)) complain("unknown option");
    if (optind < argc) complain("unexpected argument");
    plan.outside = plan.rooms && is_mode("idle") ? FIRST : 0;
    plan.dialect = dialect_named(wanted.dialect, plan.rooms != 0);
    const char *what = invalid_option();
    if (what != NULL) complain(what);
}
