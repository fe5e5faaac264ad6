/* What is asked for. */
#define _GNU_SOURCE
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "crowd.h"
#include "modes.h"

struct wanted wanted = {
    .mode = "fanout", .seconds = 2, .limit = 60, .at_once = 250};

static const struct option OPTIONS[] = {
    {"dialect", 1, 0, 'd'},  {"port", 1, 0, 'p'},      {"pid", 1, 0, 'P'},
    {"mode", 1, 0, 'm'},     {"members", 1, 0, 'n'},   {"speakers", 1, 0, 's'},
    {"window", 1, 0, 'w'},   {"batch", 1, 0, 'b'},     {"rate", 1, 0, 'r'},
    {"seconds", 1, 0, 't'},  {"text", 1, 0, 'x'},      {"stuck", 1, 0, 'S'},
    {"readers", 1, 0, 'R'},  {"returners", 1, 0, 'C'}, {"prefill", 1, 0, 'f'},
    {"depth", 1, 0, 'D'},    {"limit", 1, 0, 'l'},     {"at-once", 1, 0, 'a'},
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

/* Take one option; false if there is no such thing. */
static bool take(int option) {
    switch (option) {
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
    default: return false;
    }
    return true;
}

void read_options(int argc, char **argv) {
    plan = (struct plan){.members = 200, .speakers = 10, .window = 10, .batch = 1,
                         .text = 64, .depth = 200};
    for (int option; (option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;)
        if (!take(option)) exit(1);
    bool sane = plan.dialect != NULL && plan.port > 0 && wanted.pid > 0 &&
                plan.speakers <= plan.members - wanted.stuck && plan.text > MARK &&
                plan.text < MOST_TEXT && plan.batch > 0 && plan.batch <= plan.window &&
                mode_named(wanted.mode) != NULL;
    if (!sane) {
        fputs("load: those options do not fit together; see --help\n", stderr);
        exit(1);
    }
}
