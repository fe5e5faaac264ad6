"""A start, an append and maintenance cost the same however many rooms there are."""

import sqlite3
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import RoomClosed, RoomOpened
from parlour.core.events import LOBBY, RoomName
from parlour.core.storage import StoredRoom
from parlour.history.retention import Retention
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from parlour.journal.sqlite import connections, deletion, opening, search_index
from parlour.journal.sqlite.expiry_scan import ExpiryScan
from parlour.journal.sqlite.pruning import ROOMS_PER_STEP
from tests.journal.stores import (
    DAY,
    DEFAULT_RETENTION,
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    Clocks,
    batch,
    maintain_fully,
    open_store,
    record,
    said,
    stored_keys,
    stored_texts,
)

ROOMS = [RoomName(f"room{number}") for number in range(500)]
MAX_BYTES_PER_ROOM = 700  # in memory, while it is idle


class Statements:
    """Counts the statements of the connection that writes."""

    def __init__(self) -> None:
        self.count = self.transactions = 0

    def connect(self, path: Path) -> sqlite3.Connection:
        db = connections.connect(path)
        db.set_trace_callback(self._count)
        return db

    def during(self, action: Callable[[], object]) -> int:
        """Return how many statements *action* executes."""
        self.count = 0
        action()
        return self.count

    def _count(self, statement: str) -> None:
        self.count += 1
        self.transactions += statement == "BEGIN IMMEDIATE"


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Statements:
    statements = Statements()
    monkeypatch.setattr(opening, "connect", statements.connect)
    return statements


class Visits:
    """Counts the calls of a function."""

    def __init__(self) -> None:
        self.count = 0

    def counted(self, function: Callable[..., bool]) -> Callable[..., bool]:
        def count(*arguments: object) -> bool:
            self.count += 1
            return function(*arguments)

        return count


def fill(path: Path, rooms: list[RoomName], time: float = NOW) -> None:
    """Record a message in each of *rooms*, and index it."""
    with closing(open_store(path, now=time)) as store:
        store.append(batch(*[said("sun", room) for room in rooms], time=time))
        maintain_fully(store)


def costs(
    statements: Statements, path: Path, rooms: list[RoomName], retention: Retention
) -> list[int]:
    """Return the statements for a start, an idle maintenance and an append."""
    fill(path, rooms)
    found: list[int] = []
    found.append(statements.during(lambda: open_store(path, retention).close()))
    with closing(open_store(path, retention)) as store:
        found.append(statements.during(store.maintain))
        found.append(statements.during(lambda: record(store, "a", rooms[0])))
        found.append(statements.during(lambda: maintain_fully(store)))
    return found


@pytest.mark.parametrize("retention", [Retention(), Retention(max_age=DAY)])
def test_idle_rooms_cause_no_statements(
    statements: Statements, tmp_path: Path, retention: Retention
) -> None:
    few = costs(statements, tmp_path / "few.db", ROOMS[:2], retention)
    many = costs(statements, tmp_path / "many.db", ROOMS, retention)

    assert many == few


def test_maintenance_visits_only_rooms_that_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "chat.db", ROOMS)
    with closing(open_store(tmp_path / "chat.db")) as store:
        pruned, indexed = Visits(), Visits()
        monkeypatch.setattr(deletion, "exceeds", pruned.counted(deletion.exceeds))
        behind = indexed.counted(search_index.is_behind)
        monkeypatch.setattr(search_index, "is_behind", behind)
        record(store, "a", ROOMS[7])
        record(store, "b", ROOMS[9])

        maintain_fully(store)

    assert pruned.count == 2
    assert indexed.count == 4  # before and after


def test_maintenance_visits_only_rooms_in_which_messages_expire(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, clocks, visits = tmp_path / "chat.db", Clocks(), Visits()
    fill(path, ROOMS, NOW)
    fill(path, [VERONA, MANTUA], NOW - DAY / 2)
    monkeypatch.setattr(ExpiryScan, "scan", visits.counted(ExpiryScan.scan))
    with closing(clocks.open_store(path, Retention(max_age=2 * DAY))) as store:
        maintain_fully(store)
        clocks.advance(1.6 * DAY)
        maintain_fully(store)

        assert visits.count == 2
        assert stored_texts(store, VERONA) == stored_texts(store, MANTUA) == []
        assert stored_texts(store, ROOMS[0]) == ["sun"]

        clocks.advance(DAY)
        maintain_fully(store)
        assert visits.count == 2 + len(ROOMS)
        assert all(stored_texts(store, room) == [] for room in ROOMS)


def test_an_idle_room_is_visited_when_its_recorded_messages_expire(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks, visits = Clocks(), Visits()
    retention = Retention(max_age=2 * DAY)
    with closing(clocks.open_store(tmp_path / "chat.db", retention)) as store:
        record(store, "a", VERONA, time=clocks.wall)
        maintain_fully(store)
        clocks.advance(DAY)
        record(store, "b", MANTUA, time=clocks.wall)
        maintain_fully(store)
        monkeypatch.setattr(ExpiryScan, "scan", visits.counted(ExpiryScan.scan))

        clocks.advance(DAY + 2)
        maintain_fully(store)

        assert visits.count == 1
        assert stored_texts(store, VERONA) == []
        assert stored_texts(store, MANTUA) == ["b"]


def test_a_step_visits_a_bounded_number_of_rooms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = Visits()
    monkeypatch.setattr(deletion, "exceeds", visits.counted(deletion.exceeds))
    with closing(open_store(tmp_path / "chat.db")) as store:
        store.append(batch(*[said("sun", room) for room in ROOMS]))

        assert store.maintain()

        assert visits.count == ROOMS_PER_STEP


def test_one_transaction_deletes_and_indexes_in_many_rooms(
    statements: Statements, tmp_path: Path
) -> None:
    retention = Retention(max_messages=1)
    with closing(open_store(tmp_path / "chat.db", retention)) as store:
        for _ in range(2):
            store.append(batch(*[said("sun", room) for room in ROOMS[:200]]))
        statements.transactions = 0

        maintain_fully(store)

        assert statements.transactions == 2
        assert all(stored_texts(store, room) == ["sun"] for room in ROOMS[:200])


def test_closed_rooms_without_messages_are_deleted_when_the_file_is_opened(
    tmp_path: Path,
) -> None:
    path = tmp_path / "chat.db"
    with closing(open_store(path, Retention(max_messages=0))) as store:
        store.append(batch(said("a", VERONA, key="v"), said("b", MANTUA, key="m")))
        store.append(batch(RoomClosed(VERONA)))
        maintain_fully(store)
        assert len(store.load().rooms) == 3  # a server knows the room

    with closing(open_store(path)) as store:
        assert store.load().rooms == (
            StoredRoom(LOBBY, 1, 0),
            StoredRoom(MANTUA, 3, 1),
        )
        assert stored_keys(store) == ["m"]
        store.append(batch(RoomOpened(VERONA, ROMEO)))
        assert store.load().rooms[-1] == StoredRoom(VERONA, 4, 0)


STORES: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: MemoryStore(DEFAULT_RETENTION),
    "file": open_store,
    "file with ages": lambda path: open_store(path, Retention(max_age=DAY)),
}


@pytest.mark.parametrize("kind", STORES)
def test_an_idle_room_holds_little_memory(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "chat.db"
    fill(path, ROOMS)

    tracemalloc.start()
    with closing(STORES[kind](path)) as store:
        if kind == "memory":
            store.append(batch(*[RoomOpened(room, ROMEO) for room in ROOMS]))
        maintain_fully(store)
        held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert held < MAX_BYTES_PER_ROOM * len(ROOMS) + 200_000
