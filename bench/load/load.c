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
#include <signal.h>
#include <sys/resource.h>

#include "connections.h"
#include "modes.h"
#include "options.h"
#include "report.h"

int main(int argc, char **argv) {
    struct rlimit files;
    read_options(argc, argv);
    signal(SIGPIPE, SIG_IGN);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    crowd_open(plan.members + plan.speakers + wanted.readers + wanted.returners);
    at_rest = used();
    mode_named(wanted.mode)();
    return 0;
}
