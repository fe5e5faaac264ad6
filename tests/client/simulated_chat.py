"""A client and its server, whose connection may fail between any two bytes.

The server is the real hub with a real history; the network is two byte strings.
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
MAX_MESSAGES = 6  # in the history; so few that a client misses some in a long outage


class CompleteStore(MemoryStore):
    """A history that also remembers the messages that it has dropped."""

    def __init__(self, epoch: str) -> None:
        super().__init__(Retention(max_messages=MAX_MESSAGES), epoch=epoch)
        self.texts: dict[int, str] = {}  # by sequence

    def append(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        outcomes = super().append(drafts, time)
        for outcome in outcomes:
            if isinstance(outcome, Message):
                self.texts[outcome.sequence] = outcome.text
        return outcomes


class SimulatedChat:
    """One client, its server, and the bytes in flight between them."""

    def __init__(self, *, interactive: bool) -> None:
        self.stores: dict[str, CompleteStore] = {}  # of all epochs
        self.server = FakeServer(LIMITS)
        self.peer: FakePeer | None = None
        self._to_server = self._to_client = b""
        self._other_messages = 0
        self.client = Conversation(
            interactive=interactive,
            name="Ann",
            token="a secret of 128 bits",
            reconnects=True,
            now=self.server.now,
            jitter=lambda: 0.5,
        )
        self.recreate_history()
        self._connect(hello_arrives=True)

    @property
    def epoch(self) -> str:
        """The epoch of the current history."""
        return f"epoch {len(self.stores)}"

    @property
    def users(self) -> str:
        """The list of users, as the server sends it."""
        self._bob.read()
        self._bob.send(line("users"))
        return self._bob.read()[-1]

    def recreate_history(self) -> None:
        """Restart the server with a new history, as if its file had been deleted."""
        epoch = f"epoch {len(self.stores) + 1}"
        self.stores[epoch] = CompleteStore(epoch)
        self.crash()

    def crash(self) -> None:
        """Kill the server, and start another on the same history."""
        self.break_connection()
        now, is_paused = self.server.now, self.server.is_storage_paused
        self.server = FakeServer(LIMITS)
        self.server.history = self.stores[self.epoch]
        self.server.hub = Hub(LIMITS, self.server.history.extent(LOBBY))
        self.server.now, self.server.is_storage_paused = now, is_paused
        self._bob = self.server.member("Bob")

    def stop(self, *, refuses: bool = False) -> None:
        """Shut the server down; it receives and sends the data in flight.

        Messages in flight are recorded, unless it *refuses* them.
        """
        if refuses:
            self._deliver_to_paused_storage()
        if refuses and self.server.batch:
            self.server.refuse(Refused("stopping", "the server is being shut down"))
        self.server.hub.stop(STOPPED)
        self.server.turn()
        self.deliver_to_client()
        self.crash()

    def refuse(self) -> None:
        """Refuse all messages that are not recorded, including those in flight."""
        self._deliver_to_paused_storage()
        if self.server.batch:
            self.server.refuse(Refused("storage_full", "the disk is full"))

    def fail(self, *, is_recorded: bool) -> None:
        """Fail with an unknown outcome for all messages in flight, and stop."""
        self._deliver_to_paused_storage()
        batch = list(self.server.batch)
        if batch:
            self.server.refuse(Refused("outcome_unknown", "the disk failed"))
        if batch and is_recorded:
            self.server.history.append(batch, WALL)
        self.stop()

    def commit(self) -> None:
        """Record the messages that wait for the storage, and deliver them."""
        self.server.commit()

    def _deliver_to_paused_storage(self) -> None:
        before, self.server.is_storage_paused = self.server.is_storage_paused, True
        self.deliver_to_server(1 << 20)
        self.server.is_storage_paused = before

    def send_others(self, count: int) -> None:
        """Send messages of another member."""
        first = self._other_messages
        self._other_messages += count
        self._bob.send_text(*(f"other {first + number}" for number in range(count)))

    def deliver_all(self) -> None:
        """Deliver all bytes, in both directions."""
        self.deliver_to_server(1 << 20)
        self.deliver_to_client()

    def deliver_to_server(self, count: int) -> None:
        """Deliver up to *count* bytes of the client."""
        self._to_server += self.client.data_to_send()
        self.client.written(0, self.server.now)
        data, self._to_server = self._to_server[:count], self._to_server[count:]
        if data and self.peer is not None and self.peer.ended is None:
            self.peer.send(data)

    def deliver_to_client(self, count: int | None = None) -> None:
        """Deliver up to *count* bytes of the server, or all, and then its end."""
        if self.peer is None:
            return
        self._to_client += self.peer.unread
        self.peer.unread = b""
        count = len(self._to_client) if count is None else count
        data, self._to_client = self._to_client[:count], self._to_client[count:]
        if data:
            self.client.receive(data, self.server.now)
        if not self._to_client and self.peer.ended is not None:
            self.break_connection()

    def break_connection(self) -> None:
        """Break the connection; the bytes in flight are lost."""
        if self.peer is not None:
            self._drop_peer(self.peer)
            self.client.disconnected(self.server.now)

    def try_connect(
        self, *, is_up: bool, hello_arrives: bool = True, is_late: bool = False
    ) -> None:
        """Let the client try to connect, if it wants to; it succeeds if *is_up*."""
        if not self.client.wants_connection or self.client.state is State.CLOSED:
            return
        self.client.begin_attempt()
        if is_up:
            self.client.connected(self.server.now)
            self._connect(hello_arrives=hello_arrives, is_late=is_late)
        else:
            self.client.connect_failed("connection refused", self.server.now)

    def _connect(self, *, hello_arrives: bool, is_late: bool = False) -> None:
        """Connect client and server, and deliver hello, or break the connection.

        If *is_late*, hello is delivered like other data, after the admission.
        """
        self.peer = self.server.connect()
        if is_late:
            self.server.wait(0.06)
        elif hello_arrives:
            self.deliver_to_server(0)
            self.deliver_to_server(self._to_server.index(b"\n") + 1)
        else:
            self.break_connection()

    def _drop_peer(self, peer: FakePeer) -> None:
        self._to_server = self._to_client = b""
        self.peer = None
        peer.disconnect()

    def wait(self, seconds: float) -> None:
        """Advance the time of client and server, deadline by deadline."""
        end = self.server.now + seconds
        while (due := self.client.deadline) is not None and due <= end:
            self.server.wait(max(0.0, due - self.server.now))
            self.client.tick(self.server.now)
            if self.peer is not None and self.client.is_offline:
                self._drop_peer(self.peer)  # the client has closed the connection
            if self.client.deadline == due:
                break  # the client wants a connection, which the caller must provide
        self.server.wait(max(0.0, end - self.server.now))

    def recover(self) -> None:
        """End all failures, and deliver until nothing is pending."""
        self.server.is_storage_paused = False
        for _ in range(12):
            self.commit()
            self.wait(2.0)
            self.try_connect(is_up=True)
            self.deliver_all()
