"""A program that records batches in a file and reports each one on a line.

    python batch_writer.py FILE BATCHES [crash FAILPOINT TIMES]

A batch has two messages, ``N.0`` and ``N.1``, each with a key; N continues where the
file ends. With ``crash`` the program ends without cleanup when it passes FAILPOINT
for the TIMES-th time. The times of consecutive batches are nine hours apart, and the
store is maintained after each batch, so that every kind of maintenance has work to do.
"""

import os
import sys
from pathlib import Path

from parlour.core.events import RoomName, SessionId
from parlour.core.storage import Draft, StorageError
from parlour.history.retention import Retention
from parlour.journal.sqlite.store import SQLiteStore

ROOM = RoomName("verona")
MAX_MESSAGES = 40
CRASHED = 70  # exit code


def report(*words: object) -> None:
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


def main(path: Path, batches: int, point: str = "", times: int = 0) -> None:
    passed = 0

    def crash(name: str) -> None:
        nonlocal passed
        passed += name == point
        if passed and passed == times:
            os._exit(CRASHED)

    now = 1_700_000_000.0
    store = SQLiteStore(
        path,
        Retention(max_messages=MAX_MESSAGES),
        clock=lambda: now,
        steady=lambda: now,
        failpoint=crash,
    )
    first = store.extent(ROOM).head // 2
    report("opened", first)
    for number in range(first, first + batches):
        now = 1_700_000_000.0 + number * 9 * 3600
        texts = f"{number}.0", f"{number}.1"
        batch = [Draft(ROOM, "Romeo", each, SessionId(1), key=each) for each in texts]
        try:
            store.append(batch, now)
            report("recorded", number)
            while store.maintain():
                pass
        except StorageError as exc:
            report("failed", number, exc.code, exc.is_outcome_unknown)
    store.close()
    report("closed")


if __name__ == "__main__":
    file, batches, *rest = sys.argv[1:]
    if rest:
        main(Path(file), int(batches), rest[1], int(rest[2]))
    else:
        main(Path(file), int(batches))
