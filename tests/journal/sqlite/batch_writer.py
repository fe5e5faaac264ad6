"""A program that records batches in a file and reports each one on a line.

    python batch_writer.py FILE BATCHES [crash FAILPOINT TIMES]

`entries` describes a batch; its number continues where the file ends. With ``crash``
the program ends without cleanup when it passes FAILPOINT for the TIMES-th time. The
times of consecutive batches are nine hours apart, and the store is maintained after
each batch, so that every kind of maintenance has work to do.
"""

import os
import sys
from pathlib import Path

from parlour.core.entries import Batch, Entry, RoomClosed, RoomOpened, Said, TopicSet
from parlour.core.events import RoomName, SessionId
from parlour.core.storage import StorageError, StoredState
from parlour.history.retention import Retention
from parlour.journal.sqlite.store import SQLiteStore

ROOMS = tuple(RoomName(f"room{number}") for number in range(5))
MAX_MESSAGES = 40  # in each room
CRASHED = 70  # exit code
SESSION = SessionId(1)


def numbering(sequence: int) -> int:
    """Leave a hole after about every 30th message."""
    return sequence + (3 if sequence % 32 in (7, 8) else 1)


def room_of(number: int, half: int) -> RoomName:
    """Return the room of the message ``NUMBER.HALF``."""
    return ROOMS[(number + half) % len(ROOMS)]


def temporary_room(number: int) -> RoomName:
    return RoomName(f"temporary{number}")


def entries(number: int) -> tuple[Entry, ...]:
    """Return batch *number*: two messages with keys, in different rooms.

    Every third batch sets a topic. Every fourth one opens a room, which the next one
    closes.
    """
    found: list[Entry] = []
    for half in (0, 1):
        text, room = f"{number}.{half}", room_of(number, half)
        found.append(Said(room, "Romeo", text, SESSION, text))
    if number % 3 == 0:
        found.append(TopicSet(room_of(number, 0), SESSION, f"topic {number}"))
    if number % 4 == 0:
        found.append(RoomOpened(temporary_room(number), SESSION))
    if number % 4 == 1:
        found.append(RoomClosed(temporary_room(number - 1)))
    return tuple(found)


def last_batch(state: StoredState) -> int:
    """Return the number of the last batch in a file; -1 if there is none."""
    return int(state.keys[-1].key.split(".")[0]) if state.keys else -1


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
        numbering=numbering,
    )
    first = last_batch(store.load()) + 1
    report("opened", first)
    for number in range(first, first + batches):
        now = 1_700_000_000.0 + number * 9 * 3600
        try:
            store.append(Batch(now, entries(number)))
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
