"""Clients receive what is recorded, for any order of events, replays and retries."""

import json

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from parlour.core.events import Refused
from parlour.core.limits import Limits
from tests.core.fake_server import FakePeer, FakeServer, line

NUMBERS = st.integers(0, 3)


class Client:
    """A client of the session dialect that always reconnects and retries."""

    def __init__(self, number: int) -> None:
        self.name, self.token = f"c{number}", f"{number:016}"
        self.peer: FakePeer | None = None
        self.view: list[tuple[int, str]] = []
        self.cursor: tuple[str, int] | None = None
        self.unacknowledged: dict[str, None] = {}
        self.stored: dict[str, int] = {}
        self.sent = 0
        self.is_recovered = True
        self.is_welcomed = False
        self.plain: list[str] = []  # received on this connection before the welcome
        self.plain_runs: list[tuple[int, list[str]]] = []  # with their last sequence

    def hello(self) -> bytes:
        data: dict[str, object] = {"version": 1, "name": self.name, "token": self.token}
        data["late"] = True
        if self.cursor is not None:
            epoch, sequence = self.cursor
            data["resume"] = {"lobby": {"epoch": epoch, "sequence": sequence}}
        retries = [self.submission(text) for text in self.unacknowledged]
        return line("hello", data) + b"".join(retries)

    def connect(self, peer: FakePeer) -> None:
        """Open a new connection."""
        self.peer, self.is_welcomed = peer, False
        self.plain.clear()

    def submission(self, text: str) -> bytes:
        return line("message", {"message": text, "id": text})

    def receive(self) -> None:
        """Process the received lines."""
        if self.peer is None:
            return
        lines, end, self.peer.unread = self.peer.unread.rpartition(b"\n")
        for each in (lines + end).splitlines():
            event = json.loads(each)
            self.handle(event["type"], event["data"])

    def handle(self, kind: str, data: dict[str, object]) -> None:
        match kind, data:
            case "welcome", {"rooms": {"lobby": {"epoch": str(epoch), **room}}}:
                self.is_recovered, self.is_welcomed = bool(room["recovered"]), True
                if self.cursor is None:
                    sequence = room["sequence"]
                    assert isinstance(sequence, int)
                    self.cursor = epoch, sequence
                    self.plain_runs.append((sequence, list(self.plain)))
            case "message", {"source": "[Server]", "message": str(text)}:
                assert not self.is_welcomed, "the dialect changes once"
                if "fell behind" in text:
                    self.plain.clear()
            case "message", {"message": str(text)} if not self.is_welcomed:
                self.plain.append(text)
            case "message", {"sequence": int(sequence), "message": str(text)}:
                assert self.cursor is not None
                assert sequence == self.cursor[1] + 1, "no gap, no duplicate"
                self.cursor = self.cursor[0], sequence
                self.view.append((sequence, text))
            case "stored", {"id": str(text), "sequence": int(sequence)}:
                assert self.stored.setdefault(text, sequence) == sequence
                self.unacknowledged.pop(text, None)
            case "error", {"id": str(text)}:
                self.unacknowledged[text] = None  # for a retry
            case "missed", {"events": events}:
                assert events is not None, "the history is complete"


class Sessions(RuleBasedStateMachine):
    """Clients in one room that join, send, lag, lose the connection and resume."""

    def __init__(self) -> None:
        super().__init__()
        limits = Limits(rate=None, recent_events_bytes=600, flush_bytes=300)
        self.server = FakeServer(limits, messages=100_000)
        self.clients = [Client(number) for number in range(4)]
        self.upgraded: list[FakePeer] = []  # those that sent a late hello

    @rule(number=NUMBERS)
    def connect_with_hello(self, number: int) -> None:
        client = self.connect(number)
        assert client.peer is not None
        client.peer.send(client.hello())

    @rule(number=NUMBERS)
    def connect_without_hello(self, number: int) -> None:
        """Connect without a hello; a late hello may follow."""
        self.connect(number)
        self.server.wait(0.06)

    @rule(number=NUMBERS, cut=st.integers(1, 100))
    def send_late_hello(self, number: int, cut: int) -> None:
        client = self.clients[number]
        peer = client.peer
        if (
            peer is None
            or client.is_welcomed
            or peer.connection not in self.server.peers
        ):
            return
        if peer in self.upgraded or peer.ended is not None:
            return
        self.upgraded.append(peer)
        hello = client.hello()
        peer.send(hello[:cut])
        peer.send(hello[cut:])

    def connect(self, number: int) -> Client:
        client = self.clients[number]
        if client.peer is not None and client.peer.connection in self.server.peers:
            client.receive()
        client.connect(self.server.connect())
        return client

    @rule(number=NUMBERS, count=st.integers(1, 30))
    def send(self, number: int, count: int) -> None:
        client = self.clients[number]
        if (
            client.peer is None
            or not client.peer.server_is_reading
            or not client.is_welcomed
        ):
            return
        for _ in range(count):
            client.sent += 1
            text = f"{client.name}-{client.sent}"
            client.unacknowledged[text] = None
            client.peer.feed(client.submission(text))
        self.server.turn()

    @rule(number=NUMBERS, way=st.sampled_from(["send_eof", "disconnect"]))
    def leave(self, number: int, way: str) -> None:
        client = self.clients[number]
        if client.peer is None or client.peer.connection not in self.server.peers:
            return
        client.receive()
        getattr(client.peer, way)()
        if way == "disconnect":
            client.peer = None

    @rule(number=NUMBERS)
    def lag(self, number: int) -> None:
        peer = self.clients[number].peer
        if peer is not None and peer.ended is None:
            peer.is_full = True

    @rule(number=NUMBERS, count=st.integers(1, 2000))
    def drain(self, number: int, count: int) -> None:
        peer = self.clients[number].peer
        if peer is not None and peer.is_full and peer.ended is None:
            peer.drain(min(count, len(peer.unsent)))

    @rule()
    def pause_storage(self) -> None:
        self.server.is_storage_paused = True

    @precondition(lambda self: self.server.is_storage_paused)
    @rule()
    def commit(self) -> None:
        self.server.commit()
        self.server.is_storage_paused = False
        self.server.turn()

    @precondition(lambda self: self.server.batch)
    @rule()
    def refuse(self) -> None:
        self.server.refuse(Refused("storage_full", "not now"))

    @rule(seconds=st.floats(0.01, 6))
    def wait(self, seconds: float) -> None:
        self.server.wait(seconds)

    @invariant()
    def receive(self) -> None:
        for client in self.clients:
            client.receive()

    def teardown(self) -> None:
        """Repair everything: every client gets every message, recorded once."""
        self.server.is_storage_paused = False
        self.server.commit()
        for _ in range(2):
            for client in self.clients:
                client.receive()
                peer = self.server.connect()
                client.connect(peer)
                peer.send(client.hello())
            self.server.wait(1)
            self.receive()
        log = [(m.sequence, m.text) for m in self.server.recorded_messages()]
        texts = [text for _, text in log]
        assert len(set(texts)) == len(texts), "nothing is recorded twice"
        for client in self.clients:
            start = client.view[0][0] - 1 if client.view else len(log)
            assert client.view == log[start:]
            assert client.cursor is not None
            assert client.cursor[1] == len(log)
            assert not client.unacknowledged
            for last, run in client.plain_runs:
                assert texts[last - len(run) : last] == run, "the replay continues it"
            for text, sequence in client.stored.items():
                assert (sequence, text) in log


TestSessions = Sessions.TestCase
TestSessions.settings = settings(
    max_examples=100, stateful_step_count=40, deadline=None
)
