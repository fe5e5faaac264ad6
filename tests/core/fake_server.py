"""A hub, and what a driver does with it: peers, a clock, a history that may wait."""

import json

from parlour.core.events import LOBBY, Message, Refused, SessionId
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.closing import Ended
from parlour.core.storage import After, Draft, SessionQuery
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore

ROOMY = Limits(rate=None)
WALL = 1_700_000_000.0  # what every message's time is


def line(kind: str, data: object = "") -> bytes:
    """Return a line of a client, LF included."""
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


def texts(data: bytes) -> list[str]:
    """Return the whole lines of *data* as a client shows them."""
    found = []
    for each in data.decode("ascii").splitlines(keepends=True):
        assert each.endswith("\n"), "a line has its end"
        assert len(each) <= 65_536
        said = json.loads(each)
        assert list(said) == ["type", "data"]
        assert said["type"] == "message"
        found.append(f"{said['data']['source']}: {said['data']['message']}")
    return found


class FakePeer:
    """One end of a connection: what was sent to it, and how its session goes.

    While *is_full*, what is written to it stays in its transport as *unsent*.
    """

    def __init__(self, server: "FakeServer", session: SessionId) -> None:
        self.session = session
        self.is_read_from = True
        self.is_full = False
        self.unsent = b""
        self.ended: Ended | None = None
        self.writes: list[bytes] = []
        self._server = server
        self.unread = b""
        """What it was told and has not looked at."""

    def send(self, data: bytes) -> None:
        """Let bytes arrive at the hub, and take a turn."""
        self.feed(data)
        self._server.turn()

    def feed(self, data: bytes) -> None:
        """Let bytes arrive at the hub."""
        self._server.hub.receive(self.session, data, self._server.now)

    def send_text(self, *said: str) -> None:
        """Send a message for each text, all at once."""
        self.send(b"".join(line("message", text) for text in said))

    def rename(self, name: str) -> None:
        """Ask to be called *name*."""
        self.send(line("set-name", name))

    def send_eof(self) -> None:
        """Send the end of the stream."""
        self.send(b"")

    def disconnect(self) -> Ended | None:
        """Let the socket be gone."""
        del self._server.peers[self.session]
        ended = self._server.hub.disconnect(self.session, self._server.now)
        self._server.turn()
        return ended

    def read(self) -> list[str]:
        """Return what it was told since the last call, as a client shows it."""
        whole, end, rest = self.unread.rpartition(b"\n")
        self.unread = rest
        return texts(whole + end)

    def write(self, data: bytes) -> None:
        """Take bytes of the hub as a transport does."""
        assert data.endswith(b"\n"), "whole lines, and not nothing"
        self.writes.append(data)
        self.unsent += data
        if self.is_full:
            self._server.hub.paused(self.session, len(self.unsent), self._server.now)
        else:
            self._take(len(data))

    def drain(self, count: int) -> None:
        """Let the peer take *count* of the unsent bytes."""
        self._take(count)
        if not self.unsent:
            self.is_full = False
            self._server.hub.resumed(self.session, self._server.now)
        self._server.turn()

    def drain_all(self) -> None:
        """Let the peer take all that is unsent, and go on reading."""
        self.drain(len(self.unsent))

    def _take(self, count: int) -> None:
        self.unread += self.unsent[:count]
        self.unsent = self.unsent[count:]


class FakeServer:
    """A hub with peers, on a clock that is set by hand.

    While *holds*, batches stay *out* until they are committed or refused, and
    questions stay *asked* until they are answered.
    """

    def __init__(self, limits: Limits = ROOMY, *, messages: int = 2048) -> None:
        self.history = MemoryStore(Retention(max_messages=messages))
        self.hub = Hub(limits, self.history.extent(LOBBY))
        self.now = 1000.0
        self.is_storage_paused = False
        self.batch: list[Draft] = []
        self.queries: list[SessionQuery] = []
        self.peers: dict[SessionId, FakePeer] = {}
        self._port = 0

    def connect(self, address: str = "", *, exempt: bool = False) -> FakePeer:
        """Let somebody in who has not said a word yet."""
        self._port += 1
        address = address or f"192.0.2.1:{self._port}"
        session = self.hub.connect(address, self.now, exempt=exempt)
        assert not isinstance(session, Rejected), session
        peer = self.peers[session] = FakePeer(self, session)
        return peer

    def connect_rejected(self, address: str = "192.0.2.9:9") -> Rejected:
        """Let somebody try who is not let in."""
        turned = self.hub.connect(address, self.now)
        assert isinstance(turned, Rejected), "was let in"
        return turned

    def watch(self) -> FakePeer:
        """Open a session that only hears."""
        from parlour.core.protocol.plain import PlainDialect

        session = self.hub.watch(PlainDialect())
        peer = self.peers[session] = FakePeer(self, session)
        return peer

    def members(self, *names: str) -> list[FakePeer]:
        """Let somebody in for each name. What they were told is forgotten."""
        peers = [self.connect() for _ in names]
        for peer, name in zip(peers, names, strict=True):
            peer.feed(line("set-name", name))
        self.wait(0.1)
        for peer in self.peers.values():
            peer.read()
            peer.writes.clear()
        return peers

    def member(self, name: str) -> FakePeer:
        """Let one member in."""
        (peer,) = self.members(name)
        return peer

    def wait(self, seconds: float) -> None:
        """Let time pass, with a turn at every deadline."""
        end = self.now + seconds
        while (due := self.hub.deadline(self.now)) is not None and due <= end:
            self.now = max(self.now, due)
            self.turn()
        self.now = end
        self.turn()

    def jump(self, seconds: float) -> None:
        """Let time pass in which nobody ran, us included."""
        self.now += seconds
        self.turn()

    def turn(self) -> None:
        """Take the steps 3 to 9 until nothing is due at once."""
        due: float | None = self.now
        while due is not None and due <= self.now:
            self.turn_once()
            due = self.hub.deadline(self.now)

    def turn_once(self) -> None:
        """Take the steps 3 to 9 once."""
        self._tick()
        self._gather()
        if not self.is_storage_paused:
            self._record()
            self._reply()
        for data, sessions, _ in self.hub.flush(self.now):
            for session in sessions:
                self.peers[session].write(data)
        self._part()

    def recorded_messages(self) -> list[Message]:
        """Return all that the history keeps."""
        kept: list[Message] = []
        head = self.history.extent(LOBBY).head
        while len(kept) < head:
            page = self.history.read(After(LOBBY, len(kept), head, 1000))
            kept += page.messages
        return kept

    def commit(self) -> None:
        """Record the batch that is out, and answer what was asked."""
        self._record()
        self.reply()

    def reply(self) -> None:
        """Answer what was asked."""
        self._reply()
        self.turn()

    def refuse(self, why: Refused) -> None:
        """Refuse the batch that is out."""
        batch, self.batch = self.batch, []
        self.hub.refused(batch, why)
        self.turn()

    def _tick(self) -> None:
        due = self.hub.deadline(self.now)
        if due is not None and due <= self.now:
            for session in self.hub.lagging:
                unsent = len(self.peers[session].unsent)
                self.hub.paused(session, unsent, self.now)
            self.hub.tick(self.now)

    def _gather(self) -> None:
        self.batch += self.hub.drafts()
        self.queries += self.hub.queries()

    def _record(self) -> None:
        batch, self.batch = self.batch, []
        if batch:
            self.hub.recorded(self.history.append(batch, WALL))

    def _reply(self) -> None:
        queries, self.queries = self.queries, []
        for query in queries:
            self.hub.answered(query, self.history.read(query.query))

    def _part(self) -> None:
        for ended in self.hub.ended():
            peer = self.peers[ended.session]
            assert peer.ended is None, "ends once"
            peer.ended = ended
            if ended.abort:
                peer.unsent = b""
            elif ended.last:
                peer.write(ended.last)
        for session, on in self.hub.reading_changes().items():
            self.peers[session].is_read_from = on
