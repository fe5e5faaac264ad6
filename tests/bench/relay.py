"""Small servers in a thread that count delivered lines, for the load generator."""

import json
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

MEMBERS = 4
TIME = 30.0  # seconds until the thread must have ended
SILENCE = 0.05  # seconds without input after which none is expected
MARK = b"^~"  # the start of a mark
MARK_SIZE = 18  # bytes
FIRST = 900  # the sequence of the first welcome
JOINED = b'{"type":"joined","data":{"room":"lobby","name":"x"}}\n'


class Relay:
    """A server with one room, in a thread: each line goes to all members."""

    def __init__(self) -> None:
        self.delivered = 0  # lines, to all members together
        self.members: list[socket.socket] = []
        self.is_over = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)

    @contextmanager
    def open(self) -> Iterator["Relay"]:
        """Relay until the block ends."""
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield self
        finally:
            self.is_over = True
            thread.join(TIME)
            self._listener.close()
            self._selector.close()

    def admit(self, member: socket.socket) -> None:
        """Set the options of a new connection."""
        member.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def receive(self, speaker: socket.socket, data: bytes) -> None:  # noqa: ARG002
        """Send *data*, which *speaker* sent, to all members."""
        for member in self.members:
            with suppress(OSError):  # reading reports the closed connection
                self.send(member, data)
            self.delivered += data.count(b"\n")

    def send(self, member: socket.socket, data: bytes) -> None:
        """Write *data* to one member."""
        member.sendall(data)

    def idle(self) -> None:
        """Do what is due after SILENCE without input: nothing here."""

    def _run(self) -> None:
        while not self.is_over:
            events = self._selector.select(SILENCE)
            if not events:
                self.idle()
            for key, _ in events:
                self._serve(key.fileobj)
        for member in self.members:
            member.close()

    def _serve(self, ready: object) -> None:
        if ready is self._listener:
            member, _ = self._listener.accept()
            self.members.append(member)
            self._selector.register(member, selectors.EVENT_READ)
            self.admit(member)
            return
        assert isinstance(ready, socket.socket)
        try:
            data = ready.recv(65536)
            if data:
                self.receive(ready, data)
        except OSError:
            data = b""
        if not data:
            self._selector.unregister(ready)
            ready.close()
            self.remove(ready)

    def remove(self, member: socket.socket) -> None:
        """Remove a member whose connection closed."""
        self.members.remove(member)


class Halves(Relay):
    """Sends each line whole to its speaker and in two parts to the other members.

    The second part follows after the speaker's next line: by then, the speaker has read
    this line, and the others its first part. The cut moves through the mark.
    """

    remainder = b""

    def receive(self, speaker: socket.socket, data: bytes) -> None:
        self.idle()
        lines = self.delivered // MEMBERS
        cut = data.index(MARK) + 1 + lines % MARK_SIZE
        for member in self.members:
            if member is not speaker:
                member.sendall(data[:cut])
        self.remainder = data[cut:]
        speaker.sendall(data)
        self.delivered += MEMBERS
        self.speaker = speaker

    def idle(self) -> None:
        for member in self.members:
            if self.remainder and member is not self.speaker:
                member.sendall(self.remainder)
        self.remainder = b""


class Dropping(Relay):
    """Drops one line for one member."""

    has_dropped = False

    def send(self, member: socket.socket, data: bytes) -> None:
        if not self.has_dropped:
            data = data.partition(b"\n")[2]
            self.delivered -= 1
            self.has_dropped = True
        member.sendall(data)


class LineByLine(Relay):
    """Writes each line by itself, even if several came together."""

    def send(self, member: socket.socket, data: bytes) -> None:
        for line in data.splitlines(keepends=True):
            member.sendall(line)


class Nagling(Relay):
    """Writes a line in two parts; the second waits for an acknowledgement."""

    def admit(self, member: socket.socket) -> None:
        pass

    def send(self, member: socket.socket, data: bytes) -> None:
        member.sendall(data[:9])
        member.sendall(data[9:])


class Ending(Relay):
    """Ends after 100 delivered lines."""

    def receive(self, speaker: socket.socket, data: bytes) -> None:
        super().receive(speaker, data)
        self.is_over = self.is_over or self.delivered > 100


class Sessions(Relay):
    """Speaks the session dialect, and splits the welcome of a returning member.

    The second part follows after two lines of the speaker, as in Halves.
    """

    def __init__(self) -> None:
        super().__init__()
        self.hellos: list[dict[str, object]] = []
        self.lines: list[dict[str, object]] = []
        self.remainder: dict[socket.socket, int] = {}
        self.rest = b""

    def receive(self, speaker: socket.socket, data: bytes) -> None:
        for line in data.splitlines(keepends=True):
            request = json.loads(line)
            if request["type"] == "hello":
                self._welcome(speaker, request["data"])
                continue
            self.lines.append(request)
            for member in self.remainder.keys() - self._late():
                self.remainder[member] += 1
            for member in self._late():
                del self.remainder[member]
                member.sendall(self.rest)
            super().receive(speaker, line)

    def send(self, member: socket.socket, data: bytes) -> None:
        if member not in self.remainder:
            member.sendall(data)

    def remove(self, member: socket.socket) -> None:
        self.remainder.pop(member, None)
        super().remove(member)

    def _welcome(self, member: socket.socket, hello: dict[str, object]) -> None:
        answer = welcome(FIRST + len(self.hellos)) + JOINED
        self.hellos.append(hello)
        if "token" in hello:
            member.sendall(answer)
            return
        epoch = answer.index(b'"epoch"')
        cut = epoch + len(self.hellos) * 3 % (answer.index(JOINED) - epoch)
        member.sendall(answer[:cut])
        self.rest = answer[cut:]
        self.remainder[member] = 0

    def _late(self) -> set[socket.socket]:
        return {member for member, lines in self.remainder.items() if lines >= 2}


def welcome(sequence: int) -> bytes:
    """Return a welcome with the cursor at *sequence*."""
    rooms = {"lobby": {"epoch": "an epoch", "sequence": sequence}}
    answer = {"type": "welcome", "data": {"rooms": rooms}}
    return json.dumps(answer, separators=(",", ":")).encode() + b"\n"
