"""Kill servers under full load, and check that no message is lost or duplicated.

The clients are in many rooms, which they open, enter and leave, and send each other
direct messages; some are clients of the first release, which know only the lobby. All
of them run in one thread, so that their steps have one order. In the end, what the
clients observed of each room is compared with what the history recorded.
"""

import selectors
import signal
import socket
import time
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from tests.proof import records
from tests.proof.meeting import are_idle, have_everything, judge, send_fences
from tests.proof.records import LOBBY
from tests.proof.session_client import SessionClient
from tests.proof.violation import Violation

from .event_loop import TIMEOUT
from .histories import recorded, run_tool, start_with_history
from .launch import Server
from .sandbox import Sandbox

CLIENTS: Final = 20
OLD_CLIENTS: Final = 4  # of them, of the first release
ROOMS: Final = tuple(f"crash-{number}" for number in range(12))
ROOMS_EACH: Final = 3  # besides the lobby
MOVE_SHARE: Final = 0.01  # of the messages are followed by a move to another room
TOPIC_SHARE: Final = 0.01
DIRECT_SHARE: Final = 0.1  # of them are followed by a request for a conversation
MAX_UNANSWERED: Final = 16  # messages that a client sends ahead of its answers
KILL_AFTER: Final = 1_000, 1_500_000  # bytes that the clients receive before the kill
KILL_DELAY: Final = 0.01  # seconds from then to the kill, at most
CHUNK: Final = 1 << 18  # bytes read at once


class CrashReport(NamedTuple):
    """The result of several crashes."""

    rounds: int
    rooms: int
    """Rooms in which messages were recorded."""
    conversations: int
    """Direct rooms in which messages were delivered."""
    messages: int
    """Messages that were recorded."""
    deliveries: int
    """Messages that were delivered, counted for each client."""
    acknowledged: int
    retried: int
    """Messages that were sent more than once."""
    violations: list[Violation]


class CrashClient:
    """A client of the session dialect on a non-blocking socket."""

    def __init__(self, number: int, rng: Random, steps: Iterator[int]) -> None:
        token = f"{rng.getrandbits(128):032x}"
        rooms = (
            None if number < OLD_CLIENTS else (LOBBY, *rng.sample(ROOMS, ROOMS_EACH))
        )
        self.session = SessionClient(f"c{number}", token, steps, rooms)
        self.sock: socket.socket | None = None
        self._rng = rng
        self._sent = 0
        self.received = 0  # bytes
        self._unsent = bytearray()

    def connect(self, port: int) -> socket.socket:
        self.sock = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.sock.setblocking(False)
        self._unsent = bytearray(self.session.connect(0))
        self.flush()
        return self.sock

    def send_messages(self) -> None:
        """Send messages until the limit of unanswered ones."""
        while (
            self.session.outbox.unanswered < MAX_UNANSWERED
            and len(self._unsent) < CHUNK
        ):
            self._sent += 1
            text = f"{self.session.record.name} {self._sent}"
            if self._rng.random() < 0.02 and self.session.is_welcome:
                self._unsent += self.session.outbox.send_without_id(text)
            else:
                room = self._rng.choice(list(self.session.rooms.wanted))
                self._unsent += self.session.send(text, room)
            if self.session.knows_rooms and self.session.is_welcome:
                self._change_rooms(text)
        self.flush()

    def _change_rooms(self, topic: str) -> None:
        """Rarely, move from one room to another, set a topic, or open a direct room."""
        session, rng = self.session, self._rng
        entered = [room for room in session.rooms.entered if room in ROOMS]
        others = [room for room in ROOMS if room not in session.rooms.wanted]
        if entered and not session.rooms.missing and rng.random() < MOVE_SHARE:
            self._unsent += session.leave_room(rng.choice(entered))
            self._unsent += session.join(rng.choice(others))
        elif entered and rng.random() < TOPIC_SHARE:
            self._unsent += session.set_topic(rng.choice(entered), topic)
        elif rng.random() < DIRECT_SHARE:
            other = rng.randrange(OLD_CLIENTS, CLIENTS)
            self._unsent += session.open_direct(f"c{other}")

    @property
    def is_idle(self) -> bool:
        return self.session.is_idle

    def send(self, data: bytes) -> None:
        self._unsent += data
        self.flush()

    def flush(self) -> None:
        assert self.sock is not None
        try:
            while self._unsent:
                del self._unsent[: self.sock.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self._unsent.clear()  # the server was killed; the next read reports it

    def receive(self) -> bool:
        """Process what has arrived; return False at the end of the connection."""
        assert self.sock is not None
        try:
            data = self.sock.recv(CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        self.received += len(data)
        self._unsent += self.session.receive(data)
        return bool(data)

    def close(self) -> None:
        if self.sock is not None:
            self.sock.close()
            self.sock = None


class CrashLoad:
    """All clients of a crash test."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        steps = count()
        self.clients = [CrashClient(number, rng, steps) for number in range(CLIENTS)]

    def kill(self, server: Server, conversations: int = 0) -> None:
        """Connect, send as fast as possible, and kill *server* at a random moment.

        How much happens before does not depend on the speed of the machine. The server
        is not killed before messages were delivered in that many *conversations*.
        """
        enough = self._received + self._rng.randint(*KILL_AFTER)
        kill_at: float | None = None  # once the clients have received enough
        is_killed = False
        with selectors.DefaultSelector() as selector:
            connected = self._connect(server, selector)
            while connected:
                wait = TIMEOUT
                if kill_at is not None and not is_killed:
                    wait = max(kill_at - time.monotonic(), 0.0)
                ready = selector.select(wait)
                assert ready or kill_at is not None, "the server does not answer"
                assert ready or not is_killed, "a client does not see the kill"
                if (
                    kill_at is None
                    and self._received >= enough
                    and len(self.conversations) >= conversations
                ):
                    kill_at = time.monotonic() + self._rng.uniform(0.0, KILL_DELAY)
                if not is_killed and kill_at is not None and time.monotonic() > kill_at:
                    is_killed = True
                    server.program.signal(signal.SIGKILL)
                for key, _ in ready:
                    client = connected[key.fd]
                    if not client.receive():
                        selector.unregister(key.fd)
                        connected.pop(key.fd).close()
                    elif not is_killed:
                        client.send_messages()
        assert server.program.wait() == 128 + signal.SIGKILL, server.program.err.text

    def settle(self, server: Server) -> None:
        """Connect again, resend what is not acknowledged, and receive everything."""
        end = time.monotonic() + TIMEOUT
        with selectors.DefaultSelector() as selector:
            connected = self._connect(server, selector)
            has_fenced = False
            while not (has_fenced and have_everything(self.clients)):
                ready = selector.select(end - time.monotonic())
                assert ready, "a client does not receive everything"
                for key, _ in ready:
                    client = connected[key.fd]
                    assert client.receive(), "the server closed a connection"
                    client.flush()
                if not has_fenced and are_idle(self.clients):
                    has_fenced = True
                    send_fences(self.clients)
        for client in self.clients:
            client.close()

    @property
    def conversations(self) -> set[str]:
        """The direct rooms in which messages were delivered."""
        views = chain.from_iterable(each.session.record.views for each in self.clients)
        return {each.room for each in views if _is_direct(each)}

    @property
    def _received(self) -> int:
        """The bytes that all clients have received."""
        return sum(each.received for each in self.clients)

    def _connect(
        self, server: Server, selector: selectors.BaseSelector
    ) -> dict[int, CrashClient]:
        connected = dict[int, CrashClient]()
        for client in self.clients:
            sock = client.connect(server.port)
            connected[sock.fileno()] = client
            selector.register(sock, selectors.EVENT_READ)
            client.send_messages()
        return connected


def run_crashes(
    sandbox: Sandbox, engine: str, path: Path, rounds: int, seed: int
) -> CrashReport:
    """Kill a server in each of *rounds*, and check its history in *path* at the end.

    *seed* determines when; what happens at that moment depends on the machine.
    """
    load = CrashLoad(Random(seed))
    for number in range(rounds):
        conversations = rounds + 1 if number == rounds - 1 else 0
        load.kill(start_with_history(sandbox, engine, path), conversations)
    last = start_with_history(sandbox, engine, path)
    load.settle(last)
    last.stop()
    stored = recorded(run_tool(sandbox, "export", "--history", path))
    return _report(load, stored, rounds, _verify(sandbox, path))


def _verify(sandbox: Sandbox, path: Path) -> list[Violation]:
    output = run_tool(sandbox, "verify", "--history", path)
    if output.endswith(" is undamaged\n"):
        return []
    return [Violation("the file is undamaged", str(path), output)]


def _report(
    load: CrashLoad,
    stored: records.Rooms,
    rounds: int,
    found: list[Violation],
) -> CrashReport:
    clients = [each.session.record for each in load.clients]
    found += judge(load.clients, stored)
    sent = [message for client in clients for message in client.sent.values()]
    return CrashReport(
        rounds,
        len(stored),
        len(load.conversations),
        sum(map(len, stored.values())),
        sum(len(view.events) for client in clients for view in client.views),
        sum(bool(message.stored) for message in sent),
        sum(len(message.attempts) > 1 for message in sent),
        found,
    )


def _is_direct(view: records.RoomView) -> bool:
    return view.room.startswith(records.DIRECT) and bool(view.events)
