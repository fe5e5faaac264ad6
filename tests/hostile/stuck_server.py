"""A server that records a sanction, and is stuck before anybody notices.

    python3 stuck_server.py HISTORY async|threads

Writes its port to standard output, and then ``recorded``.
"""

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from parlour.core.entries import Batch, Sanctioned
from parlour.history.retention import Retention
from parlour.journal.sqlite.store import SQLiteStore
from tests.server.running_servers import serve_async, serve_threads


class StuckStore(SQLiteStore):
    """A store that never returns from recording a sanction."""

    def append(self, batch: Batch) -> None:
        super().append(batch)
        if any(isinstance(each, Sanctioned) for each in batch.entries):
            sys.stdout.write("recorded\n")
            sys.stdout.flush()
            threading.Event().wait()


def main(history: str, engine: str) -> None:
    serve = {"async": serve_async, "threads": serve_threads}[engine]
    store = StuckStore(
        Path(history), Retention(), clock=time.time, steady=time.monotonic
    )
    with serve(history=store) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
