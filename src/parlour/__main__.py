"""``python3 -m parlour`` is the command `parlour`."""

import signal

# Ctrl-C ends it without a word from here on, until it knows better.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from parlour.cli import main

if __name__ == "__main__":
    main(prog_name="python3 -m parlour")
