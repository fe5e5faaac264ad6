"""The whole hub, with connections of strangers who send whatever they like.

An input is a script. Its lines begin with what happens: ``+`` connects (with options
after it), a digit is a connection that sends the rest of the line with its LF, and the
signs of `_act` do the rest. A step without a digit is about the newest connection.
"""

import json
from typing import Final

from parlour.core.events import Refused
from parlour.core.limits import Limits
from parlour.core.protocol.dialect import Dialect
from parlour.core.protocol.plain import PLAIN
from parlour.core.protocol.session import LOBBY_SESSION, SESSION
from parlour.core.rate_limit import Rate
from parlour.core.rules import Rules
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.connection import ConnectionKind
from tests.core.fake_server import FakePeer, FakeServer
from tests.fuzz.target import Target, number_of, steps

MAX_CONNECTIONS: Final = 6
MAX_LINE: Final = 1024
MAX_EVENT: Final = 65_536  # bytes of one line to a peer
MAX_ANSWERED: Final = 4 << 20  # bytes that one step may make the server write
LIMITS: Final = Limits(
    max_users=MAX_CONNECTIONS,
    max_line=MAX_LINE,
    max_queued=1 << 20,
    recent_events_bytes=2048,
    flush_bytes=512,
    rate=Rate(20.0, 50.0),
)
FULL: Final = Refused("storage_full", "the disk is full")
WAITS: Final = (0.001, 0.06, 1.0, 3.0, 11.0, 31.0)
DIALECTS: Final[tuple[Dialect, ...]] = (PLAIN, LOBBY_SESSION, SESSION)


class Session:
    """A hub with its peers, and what is true of it after every step."""

    def __init__(self) -> None:
        rules = Rules(registration="open", greeting="Be kind.")
        self.server = FakeServer(LIMITS, rules=rules)
        self.peers: list[FakePeer] = []
        self._watcher = self.server.watch()

    def act(self, kind: str, rest: bytes) -> None:
        """Take one step of the script."""
        if kind == "+":
            self._connect(rest)
        elif kind in ".,;":
            self._act_on_server(kind, rest)
        elif kind.isdigit() and kind.isascii():
            self._send(int(kind), rest + b"\n")
        elif self.peers:
            self._act_on_peer(kind, self.peers[-1], rest)
        self._check()

    def _connect(self, options: bytes) -> None:
        kind = ConnectionKind.PAGE if b"w" in options else ConnectionKind.SOCKET
        found = self.server.hub.connect(
            f"192.0.2.1:{len(self.peers) + 1}",
            self.server.now,
            network="192.0.2.1" if b"n" in options else "",
            is_secure=b"s" in options,
            exempt=b"e" in options,
            kind=kind,
        )
        if isinstance(found, Rejected):
            check_lines(found.last)
            return
        peer = self.server.peers[found] = FakePeer(self.server, found)
        self.peers.append(peer)
        self.server.turn()

    def _send(self, number: int, data: bytes) -> None:
        if not self.peers:
            return
        peer = self.peers[number % len(self.peers)]
        if peer.connection in self.server.peers:
            peer.send(data.replace(b"EPOCH", self.server.hub.state.epoch.encode()))

    def _act_on_server(self, kind: str, rest: bytes) -> None:
        match kind:
            case ".":
                self.server.wait(WAITS[number_of(rest, 0, len(WAITS) - 1)])
            case ",":
                self.server.is_storage_paused = not self.server.is_storage_paused
                self.server.turn()
            case _ if self.server.batch is not None:
                self.server.refuse(FULL)

    def _act_on_peer(self, kind: str, peer: FakePeer, rest: bytes) -> None:
        if peer.connection not in self.server.peers:
            return
        match kind:
            case "-":
                peer.disconnect()
                self.peers.remove(peer)
            case "~":
                peer.is_full = True
            case "=" if peer.unsent:
                peer.drain(number_of(rest, 1, len(peer.unsent)))
            case "/":
                peer.send_eof()
            case _ if rest:
                peer.send(rest)  # a piece of a line

    def _check(self) -> None:
        """Raise AssertionError unless all promises about output and bounds hold."""
        hub = self.server.hub
        for peer in (self._watcher, *self.peers):
            assert len(peer.unread) <= MAX_ANSWERED, "the output has a bound"
            whole, end, peer.unread = peer.unread.rpartition(b"\n")
            check_lines(whole + end)
        assert len(hub) <= MAX_CONNECTIONS + LIMITS.max_closing
        assert not hub.queues.is_exceeded
        due = hub.deadline(self.server.now)
        assert due is None or due > self.server.now, "a turn does all that is due"

    def end(self) -> None:
        """Stop the server, and start another one with its history."""
        server = self.server
        server.is_storage_paused = False
        server.turn()
        server.hub.stop("over")
        server.wait(60.0)
        self._check()
        for peer in list(server.peers.values()):
            if peer is not self._watcher:
                assert peer.ended is not None, "every session has ended"
                peer.disconnect()
        assert len(server.hub) == 0
        epoch, last = server.hub.state.epoch, server.recorded_messages()
        server.restart()
        assert server.hub.state.epoch == epoch
        assert server.recorded_messages() == last


def check_lines(received: bytes) -> None:
    """Raise AssertionError unless a peer can read each line that it received."""
    assert received.isascii()
    for line in received.splitlines():
        assert line.decode("ascii").isprintable()
        assert len(line) <= MAX_EVENT, "an event has a bound"
        decoded = json.loads(line)
        assert isinstance(decoded["type"], str)
        assert isinstance(decoded["data"], dict)
        assert set(decoded) == {"type", "data"}


def fuzz_hub(data: bytes) -> None:
    session = Session()
    for kind, rest in steps(data):
        session.act(kind, rest)
    session.end()


def fuzz_commands(data: bytes) -> None:
    """Decode a line in every dialect: a command, a refusal or nothing."""
    for dialect in DIALECTS:
        found = dialect.decode(data.replace(b"\n", b" "))
        if isinstance(found, Refused):
            check_lines(dialect.encode(found))


WORDS: Final = tuple(
    word.encode()
    for word in (
        *('"type"', '"data"', '"message"', '"set-name"', '"history"', '"users"'),
        *('"hello"', '"version":1', '"token":"', '"resume":{"lobby":{', '"epoch":'),
        *('"EPOCH"', '"sequence":', '"rooms":["lobby"]', '"watch":true', '"late"'),
        *('"join"', '"leave"', '"topic"', '"room":"', '"private":true', '"search"'),
        *('"register"', '"login"', '"passwd"', '"password":"', '"new"', '"account"'),
        *('"devices"', '"revoke"', '"device"', '"key"', '"logout"', '"direct"'),
        *('"to":"', '"name":"', '"ignore"', '"unignore"', '"read"', '"erase"'),
        *('"kick"', '"mute"', '"ban"', '"unban"', '"unmute"', '"lock"', '"slow"'),
        *('"role"', '"seconds":', '"reason"', '"sanctions"', '"audit"', '"why"'),
        *('"invite"', '"uninvite"', '"invites"', '"close"', '"announce"', '"set-room"'),
        *('"ping"', '"pong"', '"bye"', '"id":"1"', '"before":', '"after":', '"limit"'),
        *("\\u0000", "\\ud800", "\\n", "null", "true", "[]", "{}", "1e999", "-1"),
        *("9007199254740993", "GET / HTTP/1.1\r", "\r\n", "\n+s", "\n0", "\n1", "\n.4"),
    )
)
TARGETS: Final = (Target(fuzz_hub, WORDS, 4096), Target(fuzz_commands, WORDS))
