"""A hub behind a driver without I/O: peers, a manual clock and a store in memory."""

import json

from parlour.core.checks import Check, Checked
from parlour.core.delivery.recent_events import RecentEvents
from parlour.core.entries import Batch, Said
from parlour.core.events import LOBBY, ConnectionId, Message, Refused, RoomName
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.protocol.plain import PLAIN
from parlour.core.rules import Rules
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.closing import Ended
from parlour.core.sessions.connection import ConnectionKind
from parlour.core.state.public_rooms import snapshot_of
from parlour.core.state.state import State
from parlour.core.storage import END_OF_SEQUENCES, After, Question
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore

ROOMY = Limits(rate=None)
WALL = 1_700_000_000.0  # the time of every message, if a test does not change it


def line(kind: str, data: object = "") -> bytes:
    """Return a line of the plain dialect as a client sends it, with its LF."""
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


def texts(received: bytes) -> list[str]:
    """Return the lines *received* in the plain dialect as "source: text"."""
    found = []
    for each in received.decode("ascii").splitlines(keepends=True):
        assert each.endswith("\n"), "every line is whole"
        assert len(each) <= 65_536
        decoded = json.loads(each)
        assert list(decoded) == ["type", "data"]
        assert decoded["type"] == "message"
        data = decoded["data"]
        found.append(f"{data['source']}: {data['message']}")
    return found


def password_hash(password: str) -> str:
    """Return what a fake server takes for the hash of a password."""
    return f"hash of {password}"


def check_result(check: Check) -> Checked:
    """Return the result of a check; the key is different for each."""
    old = check.password
    is_valid = old is None or check.hash == password_hash(old)
    new = "" if check.new is None or not is_valid else password_hash(check.new)
    return Checked(is_valid, new, f"the key of check {check.number}")


class FakePeer:
    """The other end of a connection, and the transport that the server writes to.

    While *is_full*, written bytes stay in the transport as *unsent*.
    """

    def __init__(self, server: "FakeServer", connection: ConnectionId) -> None:
        self.connection = connection
        self.server_is_reading = True
        self.is_full = False
        self.unsent = b""
        self.ended: Ended | None = None
        self.writes: list[bytes] = []
        self._server = server
        self.unread = b""
        """The bytes that it received and the test has not read."""

    def send(self, data: bytes) -> None:
        """Send bytes to the hub, and take a turn."""
        self.feed(data)
        self._server.turn()

    def feed(self, data: bytes) -> None:
        """Send bytes to the hub without taking a turn."""
        self._server.hub.receive(self.connection, data, self._server.now)

    def send_text(self, *texts: str) -> None:
        """Send a message for each of *texts*, all at once."""
        self.send(b"".join(line("message", text) for text in texts))

    def rename(self, name: str) -> None:
        """Ask for another name."""
        self.send(line("set-name", name))

    def send_eof(self) -> None:
        """Send the end of the stream."""
        self.send(b"")

    def disconnect(self) -> Ended | None:
        """Close the connection; return the result of `Hub.disconnect`."""
        del self._server.peers[self.connection]
        ended = self._server.hub.disconnect(self.connection, self._server.now)
        self._server.turn()
        return ended

    def read(self) -> list[str]:
        """Return the texts that the peer received since the last call."""
        whole, end, rest = self.unread.rpartition(b"\n")
        self.unread = rest
        return texts(whole + end)

    def write(self, data: bytes) -> None:
        """Accept bytes from the hub, as a transport does."""
        assert data.endswith(b"\n"), "whole lines, at least one"
        self.writes.append(data)
        self.unsent += data
        if self.is_full:
            self._server.hub.paused(self.connection, len(self.unsent), self._server.now)
        else:
            self._receive(len(data))

    def drain(self, count: int) -> None:
        """Receive *count* of the unsent bytes."""
        self._receive(count)
        if not self.unsent:
            self.is_full = False
            self._server.hub.resumed(self.connection, self._server.now)
        self._server.turn()

    def drain_all(self) -> None:
        """Receive all unsent bytes, so that the transport is no longer full."""
        self.drain(len(self.unsent))

    def _receive(self, count: int) -> None:
        self.unread += self.unsent[:count]
        self.unsent = self.unsent[count:]


class FakeServer:
    """A hub with its peers, a manual clock and a store in memory.

    While *is_storage_paused*, a durable *batch* waits until the test commits or rejects
    it, and *questions* wait until it answers them. While *is_checking_paused*, *checks*
    of passwords wait until `check_passwords`.
    """

    def __init__(
        self,
        limits: Limits = ROOMY,
        *,
        messages: int = 2048,
        rules: Rules | None = None,
    ) -> None:
        self._limits, self._rules = limits, rules
        self.history = MemoryStore(Retention(max_messages=messages))
        self.now = 1000.0
        self.wall: float | None = None  # `WALL`, if a test does not set it
        self.restart()

    def restart(self) -> None:
        """Start a new hub with the same history, as after a crash."""
        state = State(self.history.load())
        self.hub = Hub(self._limits, state, rules=self._rules)
        self.is_storage_paused = self.is_checking_paused = False
        self.checks: list[Check] = []
        self.batch: Batch | None = None
        self.questions: list[Question] = []
        self.peers: dict[ConnectionId, FakePeer] = {}
        self._port = 0

    def connect(
        self,
        address: str = "",
        *,
        exempt: bool = False,
        network: str = "",
        is_secure: bool = True,
        kind: ConnectionKind = ConnectionKind.SOCKET,
    ) -> FakePeer:
        """Connect a peer that has sent nothing yet."""
        self._port += 1
        address = address or f"192.0.2.1:{self._port}"
        connection = self.hub.connect(
            address,
            self.now,
            exempt=exempt,
            is_secure=is_secure,
            network=network,
            kind=kind,
        )
        assert not isinstance(connection, Rejected), connection
        peer = self.peers[connection] = FakePeer(self, connection)
        return peer

    def connect_rejected(self, address: str = "192.0.2.9:9") -> Rejected:
        """Connect a peer that the hub must reject; return what the peer receives."""
        rejected = self.hub.connect(address, self.now)
        assert isinstance(rejected, Rejected), "the hub accepted the connection"
        return rejected

    def watch(self) -> FakePeer:
        """Open a connection that only receives events."""
        connection = self.hub.watch(PLAIN)
        peer = self.peers[connection] = FakePeer(self, connection)
        return peer

    def members(self, *names: str) -> list[FakePeer]:
        """Connect a member for each name; drop what all peers have received."""
        peers = [self.connect() for _ in names]
        for peer, name in zip(peers, names, strict=True):
            peer.feed(line("set-name", name))
        self.wait(0.1)
        for peer in self.peers.values():
            peer.read()
            peer.writes.clear()
        return peers

    def member(self, name: str) -> FakePeer:
        """Connect one member."""
        (peer,) = self.members(name)
        return peer

    def wait(self, seconds: float) -> None:
        """Advance the clock, with a turn at every deadline."""
        end = self.now + seconds
        while (due := self.hub.deadline(self.now)) is not None and due <= end:
            self.now = max(self.now, due)
            self.turn()
        self.now = end
        self.turn()

    def jump(self, seconds: float) -> None:
        """Advance the clock at once, as if the process had been suspended."""
        self.now += seconds
        self.turn()

    def turn(self) -> None:
        """Take turns until nothing is due at once."""
        due: float | None = self.now
        while due is not None and due <= self.now:
            self.turn_once()
            due = self.hub.deadline(self.now)

    def turn_once(self) -> None:
        """Take one turn: steps 3 to 9 of the driver contract."""
        self._tick()
        self._collect()
        if not self.is_storage_paused:
            self._record()
            self._answer()
        for data, connections, _ in self.hub.flush(self.now):
            for connection in connections:
                self.peers[connection].write(data)
        self._close_ended()

    def recorded_messages(self, room: RoomName = LOBBY) -> list[Message]:
        """Return every message in the history of a room."""
        query = After(room, 0, END_OF_SEQUENCES, 1000)
        messages: list[Message] = []
        while page := self.history.read(query).messages:
            messages += page
            query = query.replace(sequence=page[-1].sequence)
        return messages

    def user_names(self, room: RoomName = LOBBY) -> list[str]:
        """Return the names of the users of a room, sorted."""
        snapshot = snapshot_of(self.hub.state, room)
        assert snapshot is not None, f"{room} is not open"
        return [user.name for user in snapshot.users]

    def batch_texts(self) -> list[str]:
        """Return the texts of the messages in the batch that waits."""
        entries = self.batch.entries if self.batch is not None else ()
        return [each.text for each in entries if isinstance(each, Said)]

    def recent_events(self, room: RoomName = LOBBY) -> RecentEvents:
        """Return the recent events of a room that somebody hears."""
        delivery = self.hub.delivery.room(room)
        assert delivery is not None, f"nobody hears {room}"
        return delivery.recent

    def commit(self) -> None:
        """Commit the batch, and answer the questions."""
        self._record()
        self.reply()

    def reply(self) -> None:
        """Answer the questions."""
        self._answer()
        self.turn()

    def refuse(self, why: Refused) -> None:
        """Reject the batch."""
        batch, self.batch = self.batch, None
        assert batch is not None, "no batch is in flight"
        self.hub.rejected(batch, why)
        self.turn()

    def _tick(self) -> None:
        if self.hub.is_tick_due(self.now):
            for connection in self.hub.lagging:
                unsent = len(self.peers[connection].unsent)
                self.hub.paused(connection, unsent, self.now)
            self.hub.tick(self.now)

    def _collect(self) -> None:
        batch = self.hub.proposals(WALL if self.wall is None else self.wall)
        if batch is not None and batch.is_durable:
            self.batch = batch
        elif batch is not None:
            self.hub.committed(batch, self.now)
        self.questions += self.hub.questions()
        self.checks += self.hub.checks()
        if not self.is_checking_paused:
            self.check_passwords()

    def check_passwords(self) -> None:
        """Give the hub the results of the checks."""
        checks, self.checks = self.checks, []
        for check in checks:
            self.hub.checked(check, check_result(check))

    def _record(self) -> None:
        batch, self.batch = self.batch, None
        if batch is not None:
            self.history.append(batch)
            self.hub.committed(batch, self.now)

    def _answer(self) -> None:
        questions, self.questions = self.questions, []
        for question in questions:
            self.hub.answered(question, self.history.read(question.query))

    def _close_ended(self) -> None:
        for ended in self.hub.ended():
            peer = self.peers[ended.connection]
            has_ended = peer.ended is not None
            assert has_ended == ended.was_reported, "a connection ends once"
            peer.ended = ended
            if ended.abort:
                peer.unsent = b""
            elif ended.last:
                peer.write(ended.last)
        for connection, is_on in self.hub.reading_changes().items():
            self.peers[connection].server_is_reading = is_on
