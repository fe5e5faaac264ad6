# ruff: noqa: RUF001 -- the tests need characters that look alike
"""Laws of the room: under any sequence of inputs, all sessions receive one order.

The reference is a watcher that never lags. The events that it has received, and those
that it will receive once notices have waited long enough, are the events of *the room*.
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

from parlour.core.delivery.delivery import MIRROR
from parlour.core.events import LOBBY, Refused
from parlour.core.limits import Limits
from parlour.core.protocol.plain import PLAIN
from parlour.core.rate_limit import Rate
from parlour.core.storage import Before
from tests.core.fake_server import WALL, FakePeer, FakeServer, line, texts
from tests.core.transcript import follow, messages, roster

NAMES = ["Ann", "ann", "Аnn", "Bob", "Eve", "[Server]", "", "a: b"]
KINDS = ["say", "say", "say", "users", "history", "nonsense", "blank", *NAMES]
INDEXES = st.integers(0, 5)  # of a client; modulo the number of clients
FULL = Refused("storage_full", "it could not be kept")
MAX_ROUNDS = 60  # many more than needed until no work is left


@dataclass
class Client:
    """A peer, with the lines that it has sent and received."""

    peer: FakePeer
    address: str
    sent: bytes = b""
    unsent: bytes = b""
    received: list[str] = field(default_factory=list)
    has_sent_eof: bool = False
    is_disconnected: bool = False
    may_miss: bool = False  # it lagged, or awaited an answer

    @property
    def expected_answers(self) -> list[str]:
        """The kinds of the answers to its lines, in order."""
        expected = []
        for each in self.sent.split(b"\n")[:-1]:
            if each == b"nonsense":
                expected.append("nonsense")
            elif each.strip() and json.loads(each)["type"] in {"users", "history"}:
                expected.append(json.loads(each)["type"])
        return expected


class RoomMachine(RuleBasedStateMachine):
    """Clients join, send partial lines, lag and leave; the history answers late."""

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
        self.clients: list[Client] = []
        self.message_count = 0
        for _ in range(3):
            self.connect(exempt=True)

    @precondition(lambda self: len(self.clients) < 6)
    @rule(exempt=st.booleans())
    def connect(self, exempt: bool) -> None:
        address = f"192.0.2.1:{1000 + len(self.clients)}"
        self.clients.append(
            Client(self.server.connect(address, exempt=exempt), address)
        )

    @rule(
        index=INDEXES,
        kinds=st.lists(st.sampled_from(KINDS), max_size=6),
        held=st.sampled_from([0, 0, 0, 0, 1, 30]),
    )
    def send(self, index: int, kinds: list[str], held: int) -> None:
        """Send some lines, without the last *held* bytes."""
        client = self.client(index)
        data = client.unsent + b"".join(map(self.encode, kinds))
        end = max(len(data) - held, 0)
        if end and not client.has_sent_eof and not client.is_disconnected:
            client.sent += data[:end]
            client.unsent = data[end:]
            client.may_miss |= b"history" in client.sent
            client.peer.send(data[:end])

    @precondition(lambda self: self.server.now % 2 > 1)  # not too often
    @rule(index=INDEXES, is_lost=st.booleans())
    def leave(self, index: int, is_lost: bool) -> None:
        client = self.client(index)
        if is_lost and not client.is_disconnected:
            client.is_disconnected = True
            was_reported = client.peer.ended is not None
            assert (client.peer.disconnect() is None) == was_reported
        elif not client.has_sent_eof and not client.is_disconnected:
            client.has_sent_eof = True
            client.peer.send_eof()

    @rule(index=INDEXES)
    def fill_up(self, index: int) -> None:
        client = self.client(index)
        client.peer.is_full = client.may_miss = True

    @rule(index=INDEXES, count=st.sampled_from([1, 100, 10_000]))
    def drain(self, index: int, count: int) -> None:
        client = self.client(index)
        if client.peer.unsent and not client.is_disconnected:
            client.peer.drain(count)

    @rule(seconds=st.sampled_from([0.001, 0.06, 0.5, 3.0, 12.0]))
    def wait(self, seconds: float) -> None:
        self.server.wait(seconds)

    @rule()
    def suspend(self) -> None:
        self.server.jump(101.0)

    @rule(rounds=st.integers(1, 3))
    def commit(self, rounds: int) -> None:
        for _ in range(rounds):
            self.server.commit()

    @rule(is_refused=st.booleans())
    def refuse_or_answer(self, is_refused: bool) -> None:
        """Refuse the batch, if there is one; otherwise answer the queries."""
        if is_refused and self.server.batch:
            self.server.refuse(FULL)
        else:
            self.server.reply()

    @invariant()
    def every_client_receives_one_order_without_a_gap(self) -> None:
        """Also update `room` for the other laws, which are checked later, by name."""
        self.watched += self.watcher.read()
        self.room = self.watched + self.unread_by_watcher()
        for client in self.clients:
            client.received += client.peer.read()
            if not client.received:
                continue
            start = self.room.index(f"[Server]: {client.address} has entered the chat")
            progress = follow(client.received, self.room, start)
            expected = client.expected_answers
            assert progress.answers == expected[: len(progress.answers)]
            assert client.may_miss or not progress.missed

    @invariant()
    def the_events_of_the_room_are_consistent(self) -> None:
        roster(self.room)

    @invariant()
    def only_recorded_messages_are_delivered(self) -> None:
        page = self.server.history.read(Before(LOBBY, 1 << 40, 1 << 40))
        delivered = messages(self.room)
        assert delivered == [f"{each.source}: {each.text}" for each in page.messages]
        assert all(each.time == WALL for each in page.messages)
        assert len(delivered) == len(set(delivered)), "no message twice"

    def teardown(self) -> None:
        if not hasattr(self, "server"):
            return
        self.settle()
        self.every_client_receives_one_order_without_a_gap()
        self.only_recorded_messages_are_delivered()
        staying = [client for client in self.clients if not client.peer.ended]
        staying = [client for client in staying if not client.is_disconnected]
        assert len(roster(self.room)) == len(staying)
        for client in staying:
            start = self.room.index(f"[Server]: {client.address} has entered the chat")
            progress = follow(client.received, self.room, start)
            assert progress.position == len(self.room), "it received everything"
            assert progress.answers == client.expected_answers
        self.stop()

    def settle(self) -> None:
        """Drain, record and answer until no work is left."""
        for _ in range(MAX_ROUNDS):
            for client in self.clients:
                if client.peer.unsent and not client.is_disconnected:
                    client.peer.drain_all()
                client.peer.is_full = False
            self.server.commit()
            self.server.wait(2.0)
            waiting = [
                each
                for each in self.clients
                if not (each.peer.server_is_reading or each.has_sent_eof)
            ]
            if not (waiting or self.server.batch or self.server.questions):
                break
        self.server.commit()
        self.server.wait(60.0)

    def stop(self) -> None:
        """Stop the server, and check that every session ends."""
        self.server.hub.stop("over")
        self.server.turn()
        assert self.watcher.read() == ["[Server]: over"]
        for client in self.clients:
            if not client.is_disconnected:
                assert client.peer.ended is not None
                client.peer.disconnect()
        assert len(self.server.hub) == 0
        assert self.server.hub.deadline(self.server.now) is None

    def unread_by_watcher(self) -> list[str]:
        """Return the recent events that the watcher has not received yet."""
        recent = self.server.recent_events(MIRROR)
        position = len(self.watched)  # each event is one line
        if position == recent.head:
            return []
        recent.encode()
        return texts(recent.encoded(PLAIN).slice(position, recent.head, 1 << 20).data)

    def client(self, index: int) -> Client:
        return self.clients[index % len(self.clients)]

    def encode(self, kind: str) -> bytes:
        match kind:
            case "say":
                self.message_count += 1
                return line("message", f"m{self.message_count}")
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
