"""Deletes the messages that exceed the retention, in bounded steps."""

import sqlite3
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush
from itertools import islice
from math import inf
from typing import Final

from parlour.core.events import RoomName
from parlour.history.retention import Retention

from ..clock import WallClock
from ..timestamps import from_microseconds
from . import deletion
from .expiry_scan import ExpiryScan
from .rooms import LoadedRooms, RoomState
from .writer import Writer

ROOMS_PER_STEP: Final = 256  # visited by one step of maintenance
SLACK: Final = 1.1  # times the retention: above it, a batch waits for a deletion
MIN_INTERVAL: Final = 1.0  # seconds until a room is due again


class Pruning:
    """Deletes the messages of *loaded* rooms, and later ones, that exceed *retention*.

    A step visits only rooms that changed, and rooms in which a message may have expired
    by now. It deletes from several rooms in one transaction.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        writer: Writer,
        loaded: LoadedRooms,
        retention: Retention,
        wall: WallClock,
        steady: Callable[[], float],
    ) -> None:
        self._db, self._writer, self._rooms = db, writer, loaded.rooms.by_name
        self._retention, self._wall, self._steady = retention, wall, steady
        self._waiting: dict[RoomName, None] = {}  # rooms to visit, in order
        self._scans: dict[RoomName, ExpiryScan] = {}  # of visited rooms, if they expire
        self._inherited: dict[RoomName, int] = {}  # last messages of earlier processes
        self._opened = steady()
        self._due: list[tuple[float, RoomName]] = []  # a heap of monotonic times
        self._scheduled: set[RoomName] = set()  # the rooms in it
        self._is_trusted = True  # the wall clock, at the last step
        for name, room in self._rooms.items():
            if deletion.exceeds(room, retention, 0):
                self._waiting[name] = None
        if retention.has_age:
            self._schedule_loaded(loaded)

    def add(self, names: Iterable[RoomName]) -> None:
        """Visit the rooms *names*, which changed, in a later step."""
        self._waiting.update(dict.fromkeys(names))

    def step(self) -> bool:
        """Scan or delete one chunk; return whether there was one.

        If there was none, the rooms that were visited have nothing to delete.
        """
        wall, now = self._wall.read(), self._steady()
        self._add_due(wall, now)
        chunks: list[tuple[RoomState, deletion.Chunk]] = []
        finished: list[RoomName] = []
        is_scanning, left = False, deletion.CHUNK
        for name in islice(self._waiting, ROOMS_PER_STEP):
            room = self._rooms.get(name)
            if room is not None:
                is_scanning = self._scan(name, room, wall, now)
                chunk = self._next_chunk(name, room, left)
                if chunk is not None:
                    chunks.append((room, chunk))
                    left -= chunk.size
            if is_scanning or left <= 0:
                break
            finished.append(name)
        self._delete(chunks)
        for name in finished:
            del self._waiting[name]
            self._schedule(name, wall, now)
        return bool(chunks) or is_scanning

    @property
    def has_more(self) -> bool:
        """Whether there are rooms that a further step would visit."""
        return bool(self._waiting)

    def make_space(self, names: Iterable[RoomName], messages: int) -> None:
        """Delete about as many messages as *messages*, if steps are far behind.

        They are deleted from the rooms *names*, to which the messages will be added.
        """
        retention = self._retention
        max_messages = retention.max_messages * SLACK + deletion.CHUNK
        max_bytes = retention.max_bytes * SLACK
        chunks = -(-messages // deletion.CHUNK)
        for name in names:
            room = self._rooms.get(name)
            while (
                room is not None
                and chunks > 0
                and (
                    room.stored > max_messages
                    or room.bytes - room.row.bytes > max_bytes
                )
            ):
                chunk = self._next_chunk(name, room, deletion.CHUNK)
                if chunk is None:
                    break
                self._delete([(room, chunk)])
                chunks -= 1

    def _scan(
        self, name: RoomName, room: RoomState, wall: float | None, now: float
    ) -> bool:
        """Scan one chunk for expired messages; return whether there is more to scan."""
        if not self._retention.has_age:
            return False
        scan = self._scans.get(name)
        if scan is None:
            inherited = self._inherited.get(name, 0)
            scan = ExpiryScan(self._retention, inherited, self._opened)
            self._scans[name] = scan
        with self._writer.converted_errors():
            return scan.scan(self._db, room, wall, now)

    def _next_chunk(
        self, name: RoomName, room: RoomState, limit: int
    ) -> deletion.Chunk | None:
        scan = self._scans.get(name)
        expired = 0 if scan is None else scan.last
        if not deletion.exceeds(room, self._retention, expired):
            return None
        with self._writer.converted_errors():
            return deletion.next_chunk(self._db, room, self._retention, expired, limit)

    def _delete(self, chunks: list[tuple[RoomState, deletion.Chunk]]) -> None:
        """Delete *chunks* in one transaction."""
        if not chunks:
            return
        rows = self._writer.commit(
            "delete",
            lambda: [
                deletion.delete_chunk(self._db, room.row, chunk.last)
                for room, chunk in chunks
            ],
        )
        for (room, chunk), row in zip(chunks, rows, strict=True):
            room.row = row
            room.deleted += chunk.size

    def _schedule_loaded(self, loaded: LoadedRooms) -> None:
        """Schedule the rooms that have messages of an earlier process."""
        wall = self._wall.read()
        self._is_trusted = wall is not None
        for name, (time, _) in loaded.times.items():
            self._inherited[name] = self._rooms[name].head
            left = self._retention.max_age
            if wall is not None:
                age = wall - from_microseconds(time)
                left = left - age if age >= 0 else 0.0  # a time in the future
            self._due.append((self._opened + left, name))
        heapify(self._due)
        self._scheduled.update(loaded.times)

    def _schedule(self, name: RoomName, wall: float | None, now: float) -> None:
        """Schedule the next visit to a room, unless it is scheduled."""
        room, scan = self._rooms.get(name), self._scans.get(name)
        if name in self._scheduled or scan is None:
            return
        if room is None:
            del self._scans[name]
            return
        due = scan.next_expiry(wall, now)
        if room.stored and due < inf:
            heappush(self._due, (max(due, now + MIN_INTERVAL), name))
            self._scheduled.add(name)

    def _add_due(self, wall: float | None, now: float) -> None:
        """Add the rooms in which a message may have expired."""
        if wall is not None and not self._is_trusted:
            for name, inherited in self._inherited.items():
                if self._rooms[name].row.floor < inherited:
                    self._waiting[name] = None
        self._is_trusted = wall is not None
        while self._due and self._due[0][0] <= now:
            _, name = heappop(self._due)
            self._scheduled.discard(name)
            self._waiting[name] = None
