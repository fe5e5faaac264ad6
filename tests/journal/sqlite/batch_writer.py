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

from parlour.core.entries import (
    AccountEntered,
    AccountErased,
    AccountIgnored,
    AccountLeft,
    Batch,
    DeviceAdded,
    Entry,
    Lifted,
    OrderEntry,
    ReadUpTo,
    Registered,
    RoleSet,
    RoomClosed,
    RoomOpened,
    RoomSet,
    Said,
    Sanctioned,
    SanctionKind,
    Target,
    TopicSet,
)
from parlour.core.events import AccountNumber, RoomName, SessionId
from parlour.core.roles import Role
from parlour.core.storage import StorageError, StoredState
from parlour.history.retention import Retention
from parlour.journal.sqlite.store import SQLiteStore

ROOMS = tuple(RoomName(f"room{number}") for number in range(5))
MAX_MESSAGES = 40  # in each room
CRASHED = 70  # exit code
SESSION = SessionId(1)
REGISTRATIONS = range(0, 50, 5)  # batches; the file does not grow after them
SANCTIONS = range(0, 50, 2)
ERASURES = range(7, 50, 10)
FIRST_ACCOUNT = AccountNumber(1)
FIRST_TIME = 1_700_000_000.0  # seconds: the time of batch 0
INTERVAL = 9 * 3600.0  # seconds between two batches


def numbering(sequence: int) -> int:
    """Leave a hole after about every 30th message."""
    return sequence + (3 if sequence % 32 in (7, 8) else 1)


def room_of(number: int, half: int) -> RoomName:
    """Return the room of the message ``NUMBER.HALF``."""
    return ROOMS[(number + half) % len(ROOMS)]


def temporary_room(number: int) -> RoomName:
    return RoomName(f"temporary{number}")


def entries(
    number: int, *, has_accounts: bool = True, has_order: bool = True
) -> tuple[Entry, ...]:
    """Return batch *number*: two messages with keys, in different rooms.

    Every third batch sets a topic. Every fourth one opens a room, which the next one
    closes. `REGISTRATIONS` register an account, and two in five batches change the
    first one, if it *has_accounts*. Each of `SANCTIONS` adds a sanction, and every
    second one of them lifts the one before, changes a room, and appoints its owner;
    `ERASURES` erase the account that was registered two batches before. Both do so
    unless a batch failed, so that it no longer *has_order*.
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
    if number in REGISTRATIONS:
        room = temporary_room(number) if number % 4 == 0 else ROOMS[0]
        name = f"name{number}"
        found.append(Registered(SESSION, name, (name,), "hash", rooms=(room,)))
    if number % 5 == 1 and has_accounts:
        found.append(DeviceAdded(FIRST_ACCOUNT, 1, f"key {number}", ""))
        name = f"name{number % 4}"
        found.append(AccountIgnored(SESSION, FIRST_ACCOUNT, name, name))
        if number % 2:
            found.append(AccountEntered(SESSION, FIRST_ACCOUNT, ROOMS[1]))
        else:
            found.append(AccountLeft(SESSION, FIRST_ACCOUNT, ROOMS[1], "left"))
    if number in ERASURES and has_order:
        found.append(AccountErased(AccountNumber((number - 2) // 5 + 1)))
    if number % 5 == 3 and has_accounts:
        found.append(ReadUpTo(FIRST_ACCOUNT, ROOMS[number % 2], number))
    if number in SANCTIONS and has_order:
        found += order_entries(number)
    return tuple(found)


def order_entries(number: int) -> list[OrderEntry]:
    target, mute = Target(f"guest{number}", token="t" * 16), SanctionKind.MUTE
    end = FIRST_TIME + (number + 3) * INTERVAL
    found: list[OrderEntry] = [
        Sanctioned(SESSION, "Ann", mute, ROOMS[0], target, end, "noise")
    ]
    if number % 4 == 2:
        found.append(Lifted(SESSION, "Ann", mute, ROOMS[0], number // 2, "guest"))
        found.append(RoomSet(SESSION, "Ann", ROOMS[0], slow=number))
        role = Role.OWNER if number % 8 == 2 else Role.MEMBER
        found.append(RoleSet(SESSION, "Ann", ROOMS[0], FIRST_ACCOUNT, "name0", role))
    return found


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

    now = FIRST_TIME
    store = SQLiteStore(
        path,
        Retention(max_messages=MAX_MESSAGES),
        clock=lambda: now,
        steady=lambda: now,
        failpoint=crash,
        numbering=numbering,
    )
    stored = store.load()
    first, has_accounts = last_batch(stored) + 1, bool(stored.accounts)
    has_order = stored.last_sanction == sum(each < first for each in SANCTIONS)
    report("opened", first)
    for number in range(first, first + batches):
        now = FIRST_TIME + number * INTERVAL
        try:
            found = entries(number, has_accounts=has_accounts, has_order=has_order)
            store.append(Batch(now, found))
            report("recorded", number)
            has_accounts = has_accounts or number in REGISTRATIONS
            while store.maintain():
                pass
        except StorageError as exc:
            has_order = False
            report("failed", number, exc.code, exc.is_outcome_unknown)
    store.close()
    report("closed")


if __name__ == "__main__":
    file, batches, *rest = sys.argv[1:]
    if rest:
        main(Path(file), int(batches), rest[1], int(rest[2]))
    else:
        main(Path(file), int(batches))
