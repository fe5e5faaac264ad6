/* A load generator for chat servers: thousands of connections on one core.
 *
 * It joins, does what the mode says, and prints one JSON object with its counts and the
 * resources that the server used meanwhile. `load --help` lists the options.
 *
 *   fanout  speakers send lines and all members count them: as fast as the windows
 *           allow, or at a rate (--rate). Some members may never read (--stuck), some
 *           request pages of the history (--readers), some reconnect with a cursor
 *           (--returners).
 *   join    all members connect at once, until each has received all later joins.
 *   leave   half of the members close at once, until the others have received all leaves.
 *   handshake  each connection completes a TLS handshake, closes, and does so again.
 *   idle    all members connect and stay silent; memory is counted from the 50th on.
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
    connections_open(plan.members + plan.speakers + wanted.readers + wanted.returners);
    at_rest = used();
    mode_named(wanted.mode)();
    return 0;
}
