# ruff: noqa: RUF001 -- characters that look like others are what is tested
"""A room under any sequence of events: one order for all, no gap, no surprise.

A watcher that takes everything is the measure: what it hears, and what it is about
to hear once notices have waited long enough, is *the room*.
"""

import json
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from parlour.core.events import LOBBY, Refused
from parlour.core.limits import Limits
from parlour.core.protocol.plain import PLAIN
from parlour.core.rate_limit import Rate
from parlour.core.storage import Before
from tests.core.fake_server import WALL, FakePeer, FakeServer, line, texts
from tests.core.transcript import messages, read, roster

NAMES = ["Ann", "ann", "Аnn", "Bob", "Eve", "[Server]", "", "a: b"]
KINDS = ["say", "say", "say", "users", "history", "nonsense", "blank", *NAMES]
PLACES = st.integers(0, 5)  # of a peer; taken modulo how many there are
FULL = Refused("storage_full", "it could not be kept")
LONG = 60  # rounds, well before which everything has come to rest


@dataclass
class Seat:
    """A peer, what it has sent, and what it has heard."""

    peer: FakePeer
    address: str
    sent: bytes = b""
    unfed: bytes = b""
    heard: list[str] = field(default_factory=list)
    has_ended: bool = False  # it sent an end of file
    is_gone: bool = False
    may_miss: bool = False  # it lagged, or waited for an answer

    @property
    def asked(self) -> list[str]:
        """What it is to be answered, in order."""
        asked = []
        for each in self.sent.split(b"\n")[:-1]:
            if each == b"nonsense":
                asked.append("nonsense")
            elif each.strip() and json.loads(each)["type"] in {"users", "history"}:
                asked.append(json.loads(each)["type"])
        return asked


class RoomMachine(RuleBasedStateMachine):
    """Guests come, speak in pieces, lag, break and go; the history takes its time."""

    @initialize(
        recent_events_bytes=st.sampled_from([400, 4 << 20]),
        flush=st.sampled_from([90, 1 << 18]),
    )
    def open(self, recent_events_bytes: int, flush: int) -> None:
        rate = Rate(20.0, 5.0)
        limits = Limits(
            recent_events_bytes=recent_events_bytes,
            flush_bytes=flush,
            max_pending=12,
            rate=rate,
        )
        self.server = FakeServer(limits)
        self.server.is_storage_paused = True
        self.watcher = self.server.watch()
        self.watched: list[str] = []
        self.room: list[str] = []
        self.seats: list[Seat] = []
        self.said = 0
        for _ in range(3):
            self.connect(exempt=True)

    # -- what may happen ------------------------------------------------------

    @precondition(lambda self: len(self.seats) < 6)
    @rule(exempt=st.booleans())
    def connect(self, exempt: bool) -> None:
        address = f"192.0.2.1:{1000 + len(self.seats)}"
        self.seats.append(Seat(self.server.connect(address, exempt=exempt), address))

    @rule(
        place=PLACES,
        kinds=st.lists(st.sampled_from(KINDS), max_size=6),
        keep=st.sampled_from([0, 0, 0, 0, 1, 30]),
    )
    def feed(self, place: int, kinds: list[str], keep: int) -> None:
        """Let some lines come, all but the last few bytes."""
        seat = self.seat(place)
        data = seat.unfed + b"".join(map(self.spell, kinds))
        end = max(len(data) - keep, 0)
        if end and not seat.has_ended and not seat.is_gone:
            seat.sent += data[:end]
            seat.unfed = data[end:]
            seat.may_miss |= b"history" in seat.sent
            seat.peer.send(data[:end])

    @precondition(lambda self: self.server.now % 2 > 1)  # not all too often
    @rule(place=PLACES, breaks=st.booleans())
    def go(self, place: int, breaks: bool) -> None:
        seat = self.seat(place)
        if breaks and not seat.is_gone:
            seat.is_gone = True
            was_told = seat.peer.ended is not None
            assert (seat.peer.disconnect() is None) == was_told
        elif not seat.has_ended and not seat.is_gone:
            seat.has_ended = True
            seat.peer.send_eof()

    @rule(place=PLACES)
    def fill_up(self, place: int) -> None:
        seat = self.seat(place)
        seat.peer.is_full = seat.may_miss = True

    @rule(place=PLACES, count=st.sampled_from([1, 100, 10_000]))
    def drain(self, place: int, count: int) -> None:
        seat = self.seat(place)
        if seat.peer.unsent and not seat.is_gone:
            seat.peer.drain(count)

    @rule(seconds=st.sampled_from([0.001, 0.06, 0.5, 3.0, 12.0]))
    def wait(self, seconds: float) -> None:
        self.server.wait(seconds)

    @rule()
    def sleep(self) -> None:
        self.server.jump(101.0)

    @rule(rounds=st.integers(1, 3))
    def commit(self, rounds: int) -> None:
        for _ in range(rounds):
            self.server.commit()

    @rule(is_refused=st.booleans())
    def settle_one(self, is_refused: bool) -> None:
        """Let the history do one of two things that it does."""
        if is_refused and self.server.batch:
            self.server.refuse(FULL)
        else:
            self.server.reply()

    # -- what is always so ----------------------------------------------------

    @invariant()
    def everybody_hears_one_order_without_a_gap(self) -> None:
        self.watched += self.watcher.read()
        self.room = self.watched + self.untold()
        for seat in self.seats:
            seat.heard += seat.peer.read()
            if not seat.heard:
                continue
            start = self.room.index(f"[Server]: {seat.address} has entered the chat")
            told = read(seat.heard, self.room, start)
            asked = seat.asked
            assert told.answers == asked[: len(told.answers)]
            assert seat.may_miss or not told.missed

    @invariant()
    def the_room_makes_sense(self) -> None:
        roster(self.room)

    @invariant()
    def what_is_heard_was_recorded_before(self) -> None:
        page = self.server.history.read(Before(LOBBY, 1 << 40, 1 << 40))
        said = messages(self.room)
        assert said == [f"{each.source}: {each.text}" for each in page.messages]
        assert all(each.time == WALL for each in page.messages)
        assert len(said) == len(set(said)), "nothing twice"

    # -- how it ends ----------------------------------------------------------

    def teardown(self) -> None:
        if not hasattr(self, "server"):
            return
        self.come_to_rest()
        self.everybody_hears_one_order_without_a_gap()
        self.what_is_heard_was_recorded_before()
        staying = [seat for seat in self.seats if not seat.peer.ended]
        staying = [seat for seat in staying if not seat.is_gone]
        assert len(roster(self.room)) == len(staying)
        for seat in staying:
            start = self.room.index(f"[Server]: {seat.address} has entered the chat")
            told = read(seat.heard, self.room, start)
            assert told.place == len(self.room), "it has heard all"
            assert told.answers == seat.asked
        self.stop()

    def come_to_rest(self) -> None:
        """Take what is unsent, record what was said, until nothing is left to do."""
        for _ in range(LONG):
            for seat in self.seats:
                if seat.peer.unsent and not seat.is_gone:
                    seat.peer.drain_all()
                seat.peer.is_full = False
            self.server.commit()
            self.server.wait(2.0)
            waits = [s for s in self.seats if not (s.peer.is_read_from or s.has_ended)]
            if not (waits or self.server.batch or self.server.queries):
                break
        self.server.commit()
        self.server.wait(60.0)

    def stop(self) -> None:
        self.server.hub.stop("over")
        self.server.turn()
        assert self.watcher.read() == ["[Server]: over"]
        for seat in self.seats:
            if not seat.is_gone:
                assert seat.peer.ended is not None
                seat.peer.disconnect()
        assert len(self.server.hub) == 0
        assert self.server.hub.deadline(self.server.now) is None

    # -- helpers ----------------------------------------------------------------

    def untold(self) -> list[str]:
        """Return what the log holds that the watcher has not been told yet."""
        log = self.server.hub.room.recent_events
        heard = len(self.watched)  # an event is a line
        if heard == log.head:
            return []
        log.encode()
        return texts(log.encoded(PLAIN).slice(heard, log.head, 1 << 20).data)

    def seat(self, place: int) -> Seat:
        return self.seats[place % len(self.seats)]

    def spell(self, kind: str) -> bytes:
        match kind:
            case "say":
                self.said += 1
                return line("message", f"m{self.said}")
            case "users" | "history":
                return line(kind)
            case "nonsense":
                return b"nonsense\n"
            case "blank":
                return b"\r\n"
            case name:
                return line("set-name", name)


TestRoom = RoomMachine.TestCase
TestRoom.settings = settings(
    max_examples=200, stateful_step_count=50, deadline=None, derandomize=True
)
