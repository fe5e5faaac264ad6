"""A program that speaks to a history in a file, and says line by line what was kept.

    python batch_writer.py FILE BATCHES [crash POINT TIMES]

A batch is two messages, ``N.0`` and ``N.1``; N goes on where the file ends. With
``crash`` the program ends as by a power cut when it comes to POINT for the TIMES'th
time. Batches are said nine hours apart, each with keys, and all chores are done after
each, so that there is something to do for every one of them.
"""

import os
import sys
from pathlib import Path

from parlour.core.events import RoomName, SessionId
from parlour.core.storage import Draft, StorageError
from parlour.history.retention import Retention
from parlour.journal.sqlite.store import SQLiteStore

ROOM = RoomName("verona")
MOST = 40  # messages that are kept
CRASHED = 70  # exit code


def tell(*words: object) -> None:
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


def main(path: Path, batches: int, point: str = "", times: int = 0) -> None:
    passed = 0

    def crash(name: str) -> None:
        nonlocal passed
        passed += name == point
        if passed and passed == times:
            os._exit(CRASHED)

    now = 1_700_000_000.0
    history = SQLiteStore(
        path,
        Retention(max_messages=MOST),
        clock=lambda: now,
        steady=lambda: now,
        failpoint=crash,
    )
    first = history.extent(ROOM).head // 2
    tell("opened", first)
    for number in range(first, first + batches):
        now = 1_700_000_000.0 + number * 9 * 3600
        texts = f"{number}.0", f"{number}.1"
        batch = [Draft(ROOM, "Romeo", each, SessionId(1), key=each) for each in texts]
        try:
            history.append(batch, now)
            tell("kept", number)
            while history.maintain():
                pass
        except StorageError as exc:
            tell("failed", number, exc.code, exc.is_outcome_unknown)
    history.close()
    tell("closed")


if __name__ == "__main__":
    file, batches, *rest = sys.argv[1:]
    if rest:
        main(Path(file), int(batches), rest[1], int(rest[2]))
    else:
        main(Path(file), int(batches))
