"""A program that records messages in a file, and erases some of them.

    python erasing_writer.py FILE [FAILPOINT TIMES]

It reports each step on a line. With a failpoint, it ends without cleanup when it passes
that for the TIMES-th time.
"""

import os
import sys
from pathlib import Path

from parlour.core.entries import Batch, Erased, Said, Target
from parlour.core.events import LOBBY, SessionId
from parlour.history.retention import Retention
from parlour.journal.sqlite.store import SQLiteStore

CRASHED = 70  # exit code
NOW = 1_700_000_000.0  # seconds
SESSION = SessionId(1)
SECRETS = [f"zephyrine{number} 鳳凰{number}" for number in range(4)]
"""The texts of messages 1 to 4: the program erases all of them, one after the other."""
OTHERS = [f"hello {number}" for number in range(20)]


def report(*words: object) -> None:
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


def main(path: Path, point: str = "", times: int = 0) -> None:
    passed = 0

    def crash(name: str) -> None:
        nonlocal passed
        passed += name == point
        if passed and passed == times:
            os._exit(CRASHED)

    store = SQLiteStore(
        path,
        Retention(),
        clock=lambda: NOW,
        steady=lambda: 0.0,
        failpoint=crash,
    )
    said = [Said(LOBBY, "Romeo", text, SESSION) for text in (*SECRETS, *OTHERS)]
    store.append(Batch(NOW, tuple(said)))
    while store.maintain():
        pass
    for number in range(len(SECRETS)):
        target, author = number + 1, Target("Romeo")
        entry = Erased(SESSION, "Ann", LOBBY, target, author)
        report("erasing", target)
        store.append(Batch(NOW, (entry,)))
        report("erased", target)
        while store.maintain():
            pass
    store.close()


if __name__ == "__main__":
    file, *rest = sys.argv[1:]
    if rest:
        main(Path(file), rest[0], int(rest[1]))
    else:
        main(Path(file))
