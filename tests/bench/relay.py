"""Rooms in a thread that know what they told, for the generator of load to be in."""

import json
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

MEMBERS = 4
TIME = 30.0  # seconds until the thread must have ended
SILENCE = 0.05  # seconds after which nobody is taken to say more
MARK = b"^~"  # how it begins
MARK_SIZE = 18  # bytes
FIRST = 900  # the sequence of the first welcome
JOINED = b'{"type":"joined","data":{"room":"lobby","name":"x"}}\n'


class Relay:
    """A room in a thread: whatever one says is told to everybody."""

    def __init__(self) -> None:
        self.told = 0  # lines, for all members together
        self.members: list[socket.socket] = []
        self.is_over = False
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._door, selectors.EVENT_READ)

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
            self._door.close()
            self._selector.close()

    def enter(self, member: socket.socket) -> None:
        """Let a connection in."""
        member.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def receive(self, speaker: socket.socket, data: bytes) -> None:  # noqa: ARG002
        """Tell everybody what *speaker* said."""
        for member in self.members:
            with suppress(OSError):  # it has gone: reading will tell
                self.tell(member, data)
            self.told += data.count(b"\n")

    def tell(self, member: socket.socket, data: bytes) -> None:
        """Write *data* to one member."""
        member.sendall(data)

    def silent(self) -> None:
        """Know that nobody has said anything for a while."""

    def _run(self) -> None:
        while not self.is_over:
            events = self._selector.select(SILENCE)
            if not events:
                self.silent()
            for key, _ in events:
                self._serve(key.fileobj)
        for member in self.members:
            member.close()

    def _serve(self, ready: object) -> None:
        if ready is self._door:
            member, _ = self._door.accept()
            self.members.append(member)
            self._selector.register(member, selectors.EVENT_READ)
            self.enter(member)
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
            self.left(ready)

    def left(self, member: socket.socket) -> None:
        """Forget who went."""
        self.members.remove(member)


class Halves(Relay):
    """The speaker hears each line at once, the rest first one part of it.

    The other part follows when the speaker has said its next line: it read this one
    before, and then the others had read the first part already. The cut moves on
    through the mark.
    """

    owed = b""

    def receive(self, speaker: socket.socket, data: bytes) -> None:
        self.silent()
        lines = self.told // MEMBERS
        cut = data.index(MARK) + 1 + lines % MARK_SIZE
        for member in self.members:
            if member is not speaker:
                member.sendall(data[:cut])
        self.owed = data[cut:]
        speaker.sendall(data)
        self.told += MEMBERS
        self.speaker = speaker

    def silent(self) -> None:
        for member in self.members:
            if self.owed and member is not self.speaker:
                member.sendall(self.owed)
        self.owed = b""


class Forgetful(Relay):
    """One line is not told to one member."""

    is_forgotten = False

    def tell(self, member: socket.socket, data: bytes) -> None:
        if not self.is_forgotten:
            data = data.partition(b"\n")[2]
            self.told -= 1
            self.is_forgotten = True
        member.sendall(data)


class LineByLine(Relay):
    """A write for each line, whatever came together."""

    def tell(self, member: socket.socket, data: bytes) -> None:
        for line in data.splitlines(keepends=True):
            member.sendall(line)


class Nagling(Relay):
    """A line is written in two parts; the second waits for an acknowledgement."""

    def enter(self, member: socket.socket) -> None:
        pass

    def tell(self, member: socket.socket, data: bytes) -> None:
        member.sendall(data[:9])
        member.sendall(data[9:])


class Mortal(Relay):
    """The server ends once something was said in earnest."""

    def receive(self, speaker: socket.socket, data: bytes) -> None:
        super().receive(speaker, data)
        self.is_over = self.is_over or self.told > 100


class Sessions(Relay):
    """Lines of the session dialect, with a welcome in two parts for who returns.

    The second part goes out two lines of the speaker later, for the reason of Halves.
    """

    def __init__(self) -> None:
        super().__init__()
        self.hellos: list[dict[str, object]] = []
        self.lines: list[dict[str, object]] = []
        self.owed: dict[socket.socket, int] = {}
        self.rest = b""

    def receive(self, speaker: socket.socket, data: bytes) -> None:
        for line in data.splitlines(keepends=True):
            said = json.loads(line)
            if said["type"] == "hello":
                self._welcome(speaker, said["data"])
                continue
            self.lines.append(said)
            for member in self.owed.keys() - self._late():
                self.owed[member] += 1
            for member in self._late():
                del self.owed[member]
                member.sendall(self.rest)
            super().receive(speaker, line)

    def tell(self, member: socket.socket, data: bytes) -> None:
        if member not in self.owed:
            member.sendall(data)

    def left(self, member: socket.socket) -> None:
        self.owed.pop(member, None)
        super().left(member)

    def _welcome(self, member: socket.socket, said: dict[str, object]) -> None:
        told = welcome(FIRST + len(self.hellos)) + JOINED
        self.hellos.append(said)
        if "token" in said:
            member.sendall(told)
            return
        epoch = told.index(b'"epoch"')
        cut = epoch + len(self.hellos) * 3 % (told.index(JOINED) - epoch)
        member.sendall(told[:cut])
        self.rest = told[cut:]
        self.owed[member] = 0

    def _late(self) -> set[socket.socket]:
        return {member for member, lines in self.owed.items() if lines >= 2}


def welcome(sequence: int) -> bytes:
    """Return the line that tells the cursor of now."""
    rooms = {"lobby": {"epoch": "an epoch", "sequence": sequence}}
    told = {"type": "welcome", "data": {"rooms": rooms}}
    return json.dumps(told, separators=(",", ":")).encode() + b"\n"
