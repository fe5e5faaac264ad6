"""A room and the way to it, both of which may fail between any two bytes.

The server is the real hub with a real history; the network is two strings.
"""

from collections.abc import Sequence

from parlour.client.conversation import Conversation
from parlour.client.shutdown import State
from parlour.core.events import LOBBY, Message, Refused
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.storage import Draft, Outcome
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.server.runtime import STOPPED
from tests.core.fake_server import WALL, FakePeer, FakeServer, line

LIMITS = Limits(rate=None, recent_events_bytes=1_000)
KEPT = 6  # messages; so few that who is away for long has missed some


class Annals(MemoryStore):
    """A history that also knows for good what it has ever kept."""

    def __init__(self, epoch: str) -> None:
        super().__init__(Retention(max_messages=KEPT), epoch=epoch)
        self.said: dict[int, str] = {}  # by sequence

    def append(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        outcomes = super().append(drafts, time)
        for outcome in outcomes:
            if isinstance(outcome, Message):
                self.said[outcome.sequence] = outcome.text
        return outcomes


class World:
    """One client, its server, and what is on the way between them."""

    def __init__(self, *, interactive: bool) -> None:
        self.annals: dict[str, Annals] = {}  # every history that ever was
        self.server = FakeServer(LIMITS)
        self.peer: FakePeer | None = None
        self._up = self._down = b""
        self._others = 0
        self.client = Conversation(
            interactive=interactive,
            name="Ann",
            token="a secret of 128 bits",
            reconnects=True,
            now=self.server.now,
            jitter=lambda: 0.5,
        )
        self.renew()
        self._connect(hello_arrives=True)

    @property
    def epoch(self) -> str:
        """The epoch of the history that is served now."""
        return f"epoch {len(self.annals)}"

    @property
    def names(self) -> str:
        """What the server says to who asks who is here."""
        self._bob.read()
        self._bob.send(line("users"))
        return self._bob.read()[-1]

    def renew(self) -> None:
        """Let the server begin another history, as if somebody had deleted the file."""
        self.annals[f"epoch {len(self.annals) + 1}"] = Annals(
            f"epoch {len(self.annals) + 1}"
        )
        self.crash()

    def crash(self) -> None:
        """Kill the server, and start another with what the history has."""
        self.lose()
        now, holds = self.server.now, self.server.is_storage_paused
        self.server = FakeServer(LIMITS)
        self.server.history = self.annals[self.epoch]
        self.server.hub = Hub(LIMITS, self.server.history.extent(LOBBY))
        self.server.now, self.server.is_storage_paused = now, holds
        self._bob = self.server.member("Bob")

    def others_speak(self, count: int) -> None:
        """Let somebody else say something."""
        texts = [f"other {self._others + number}" for number in range(count)]
        self._others += count
        self._bob.send_text(*texts)

    def refuse(self) -> None:
        """Refuse what waits for the history, with all that is on the way to it."""
        self._hold_all()
        if self.server.batch:
            self.server.refuse(Refused("storage_full", "the disk is full"))

    def fail(self, *, is_kept: bool) -> None:
        """Fail to say whether what waits for the history is kept, and end."""
        self._hold_all()
        batch = list(self.server.batch)
        if batch:
            self.server.refuse(Refused("outcome_unknown", "the disk failed"))
        if batch and is_kept:
            self.server.history.append(batch, WALL)
        self.stop()

    def _hold_all(self) -> None:
        before, self.server.is_storage_paused = self.server.is_storage_paused, True
        self.go_up(1 << 20)
        self.server.is_storage_paused = before

    def stop(self, *, refuses: bool = False) -> None:
        """Stop the server in an orderly way; it hears and says what is due.

        It *refuses* what comes too late for the history, or keeps it all.
        """
        if refuses:
            self._hold_all()
        if refuses and self.server.batch:
            self.server.refuse(Refused("stopping", "the server is being shut down"))
        self.server.hub.stop(STOPPED)
        self.server.turn()
        self.arrive()
        self.crash()

    def talk(self) -> None:
        """Carry everything, both ways."""
        self.go_up(1 << 20)
        self.arrive()

    def commit(self) -> None:
        """Keep what waits for the history, and tell the room."""
        self.server.commit()

    def go_up(self, count: int) -> None:
        """Carry some of the client's bytes to the server."""
        self._up += self.client.data_to_send()
        self.client.written(0, self.server.now)
        data, self._up = self._up[:count], self._up[count:]
        if data and self.peer is not None and self.peer.ended is None:
            self.peer.send(data)

    def arrive(self, count: int | None = None) -> None:
        """Carry some of the server's bytes to the client, or all, and its end."""
        if self.peer is None:
            return
        self._down += self.peer.unread
        self.peer.unread = b""
        count = len(self._down) if count is None else count
        data, self._down = self._down[:count], self._down[count:]
        if data:
            self.client.receive(data, self.server.now)
        if not self._down and self.peer.ended is not None:
            self.lose()

    def lose(self) -> None:
        """Break the connection: what is on the way arrives nowhere."""
        if self.peer is not None:
            self._part(self.peer)
            self.client.disconnected(self.server.now)

    def _part(self, peer: FakePeer) -> None:
        self._up = self._down = b""
        self.peer = None
        peer.disconnect()

    def dial(
        self, *, is_up: bool, hello_arrives: bool = True, is_late: bool = False
    ) -> None:
        """Let the client try to connect, if it wants to."""
        if not self.client.wants_connection or self.client.state is State.CLOSED:
            return
        self.client.begin_attempt()
        if is_up:
            self.client.connected(self.server.now)
            self._connect(hello_arrives=hello_arrives, is_late=is_late)
        else:
            self.client.connect_failed("nobody is there", self.server.now)

    def _connect(self, *, hello_arrives: bool, is_late: bool = False) -> None:
        """Connect the two; hello comes right behind, or the connection breaks.

        Where it *is_late* it comes as everything else does, after the admission.
        """
        self.peer = self.server.connect()
        if is_late:
            self.server.wait(0.06)
        elif hello_arrives:
            self.go_up(0)
            self.go_up(self._up.index(b"\n") + 1)
        else:
            self.lose()

    def wait(self, seconds: float) -> None:
        """Let time pass for both, deadline by deadline."""
        end = self.server.now + seconds
        while (due := self.client.deadline) is not None and due <= end:
            self.server.wait(max(0.0, due - self.server.now))
            self.client.tick(self.server.now)
            if self.peer is not None and self.client.is_offline:
                self._part(self.peer)  # the client has given it up
            if self.client.deadline == due:
                break  # it wants a connection, and has to be given one
        self.server.wait(max(0.0, end - self.server.now))

    def calm(self) -> None:
        """Let everything work again, and all that is due be done."""
        self.server.is_storage_paused = False
        for _ in range(12):
            self.commit()
            self.wait(2.0)
            self.dial(is_up=True)
            self.talk()
