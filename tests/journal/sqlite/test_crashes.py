"""A crash at any point leaves whole batches and all acknowledged ones."""

import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import Batch, RoomClosed, Said
from parlour.core.events import LOBBY, RoomName
from parlour.core.storage import ReadActs, StoredAccount, StoredRoom
from parlour.journal.tools.verify import verify
from tests.journal.account_model import AccountModel
from tests.journal.sqlite.batch_writer import (
    CRASHED,
    ERASURES,
    FIRST_TIME,
    INTERVAL,
    MAX_MESSAGES,
    ROOMS,
    SANCTIONS,
    entries,
    last_batch,
    numbering,
    room_of,
    temporary_room,
)
from tests.journal.stores import (
    ALL,
    DEFAULT_RETENTION,
    END,
    Nth,
    open_store,
    stored_keys,
    stored_texts,
)

WRITER = Path(__file__).with_name("batch_writer.py")
FOREVER = 1_000_000  # batches


def run_writer(path: Path, batches: int, *crash: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, WRITER, path, str(batches), *crash],
        stdout=subprocess.PIPE,
        text=True,
    )


def last_recorded(lines: list[str]) -> int:
    """Return the number of the last batch reported as recorded, or -1."""
    reports = [line.split() for line in lines]
    recorded = [int(words[1]) for words in reports if words[0] == "recorded"]
    return max(recorded, default=-1)


def require_intact(path: Path, reported: int) -> int:
    """Require that *path* has the reported batches and at most one more, complete.

    Returns the number of the last batch.
    """
    assert verify(path).problems == [] if path.exists() else reported == -1
    with closing(open_store(path, DEFAULT_RETENTION, numbering=numbering)) as store:
        state = store.load()
        last = last_batch(state)
        assert reported <= last <= reported + 1
        assert described(state.rooms) == expected_rooms(last)
        assert state.accounts == expected_accounts(last)
        assert [each.number for each in state.sanctions] == expected_sanctions(last)
        acts = store.read(ReadActs(None, END, ALL)).acts
        assert [each.action for each in acts] == expected_acts(last)
        for room in ROOMS:
            sent = expected_texts(room, last)
            found = stored_texts(store, room)
            assert len(found) >= min(len(sent), MAX_MESSAGES)
            assert found == sent[len(sent) - len(found) :]
    return last


def described(rooms: tuple[StoredRoom, ...]) -> dict[RoomName, tuple[int, str]]:
    """Return the sequence and topic of each open room."""
    return {each.name: (each.sequence, each.topic) for each in rooms if each.is_open}


def expected_rooms(last: int) -> dict[RoomName, tuple[int, str]]:
    """Return the sequence and topic of each room after the batch *last*."""
    nth, found = Nth(numbering), {LOBBY: (0, "")}
    for room in ROOMS:
        topics = ["", *[f"topic {each}" for each in range(0, last + 1, 3)]]
        of_room = [each for each in topics if not each or topic_room(each) == room]
        count = len(expected_texts(room, last))
        if count:
            found[room] = nth(count), of_room[-1]
    if last >= 0 and last % 4 == 0:
        found[temporary_room(last)] = 0, ""
    return found


def expected_accounts(last: int) -> tuple[StoredAccount, ...]:
    """Return the accounts after the batch *last*."""
    accounts = AccountModel()
    for number in range(last + 1):
        for entry in entries(number):
            if isinstance(entry, Said):
                head = numbering(accounts.heads.get(entry.room, 0))
                accounts.heads[entry.room] = head
            accounts.append(entry, FIRST_TIME + number * INTERVAL)
            if isinstance(entry, RoomClosed):
                accounts.delete_room(entry.room)
    return accounts.stored()


def expected_sanctions(last: int) -> list[int]:
    """Return the numbers of the sanctions after the batch *last*."""
    batches = [each for each in SANCTIONS if each <= last]
    lifted = {each // 2 for each in batches if each % 4 == 2}
    return [number for number in range(1, len(batches) + 1) if number not in lifted]


def expected_acts(last: int) -> list[str]:
    """Return what the audit log has after the batch *last*."""
    found: list[str] = []
    for number in range(last + 1):
        if number in ERASURES:
            found.append("erase-account")
        if number in SANCTIONS:
            role = "owner" if number % 8 == 2 else "member"
            more = ["unmute", "slow", role] if number % 4 == 2 else []
            found += ["mute", *more]
    return found


def topic_room(topic: str) -> RoomName:
    return room_of(int(topic.removeprefix("topic ")), 0)


def expected_texts(room: RoomName, last: int) -> list[str]:
    """Return the messages of *room* in the batches up to *last*."""
    return [
        f"{number}.{half}"
        for number in range(last + 1)
        for half in (0, 1)
        if room_of(number, half) == room
    ]


@pytest.mark.parametrize("times", [1, 3, 25])
@pytest.mark.parametrize(
    "failpoint",
    [
        f"{name}.{step}"
        for name in ("append", "index", "delete", "delete_keys")
        for step in ("begin", "commit", "committed")
    ]
    + ["create.written", "create.installed", "checkpoint.begin", "checkpoint.done"],
)
def test_a_crash_leaves_whole_batches_and_all_acknowledged_ones(
    tmp_path: Path, failpoint: str, times: int
) -> None:
    path = tmp_path / "chat.db"
    times = 1 if failpoint.startswith(("create", "checkpoint")) else times

    with run_writer(path, FOREVER, "crash", failpoint, str(times)) as process:
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()

    assert process.returncode == CRASHED
    last = require_intact(path, last_recorded(lines))
    with closing(open_store(path, numbering=numbering)) as store:
        keys = [f"{last}.{half}" for half in (0, 1)] if last >= 0 else []
        assert stored_keys(store)[-2:] == keys
        time = FIRST_TIME + (last + 1) * INTERVAL
        store.append(Batch(time, entries(last + 1)))
    assert require_intact(path, last + 1) == last + 1


def test_sigkill_loses_no_acknowledged_message(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    chance = random.Random(5)
    last = -1

    for _ in range(10):
        with run_writer(path, FOREVER) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(chance.randrange(1, 60))]
            process.kill()
            lines += process.stdout.read().splitlines()

        reported = last_recorded([line for line in lines if line.strip()])
        last = require_intact(path, max(reported, last))

    assert last > 20
