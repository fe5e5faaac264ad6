"""Run the command `parlour` as ``python3 -m parlour``."""

import signal

# Ctrl-C ends the program without a traceback until it handles SIGINT itself.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from parlour.cli import main

if __name__ == "__main__":
    main(prog_name="python3 -m parlour")
