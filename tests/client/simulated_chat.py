"""A client and its server, whose connection may fail between any two bytes.

The server is the real hub with a real store, whose sequences have holes; the network is
two byte strings. The client is in the lobby and in a second room, and so is Bob.
"""

import json
from collections import defaultdict
from typing import Any

from parlour.client.conversation import Conversation
from parlour.client.shutdown import State
from parlour.core.entries import Batch, Said
from parlour.core.events import LOBBY, Refused, RoomName
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.state.state import State as ChatState
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.server.runtime import STOPPED
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.session_peers import connect_session, read_events

LIMITS = Limits(rate=None, recent_events_bytes=1_000)
MAX_MESSAGES = 6  # in the history; so few that a client misses some in a long outage
DEV = RoomName("dev")
ROOMS = (LOBBY, DEV)
ROUND_TRIPS = 4  # between two waits, for requests that wait for an answer
BOBS_TOKEN = "another secret of 128 bits"


def sparse(sequence: int) -> int:
    """Return the next sequence, after a hole."""
    return sequence + 1 + sequence % 3


class CompleteStore(MemoryStore):
    """A history that also remembers the messages that it has dropped."""

    def __init__(self, epoch: str) -> None:
        retention = Retention(max_messages=MAX_MESSAGES)
        super().__init__(retention, epoch=epoch, numbering=sparse)
        self.texts: dict[str, dict[int, str]] = defaultdict(dict)
        """The texts by room and sequence, in the order of the sequences."""

    def append(self, batch: Batch) -> None:
        super().append(batch)
        for entry in batch.entries:
            if isinstance(entry, Said):
                texts = self.texts[entry.room]
                texts[sparse(next(reversed(texts), 0))] = entry.text


class SimulatedChat:
    """One client, its server, and the bytes in flight between them."""

    def __init__(self, *, interactive: bool) -> None:
        self.stores: dict[str, CompleteStore] = {}  # of all epochs
        self.whispered_to_bob: list[str] = []  # the direct messages that Bob received
        self.server = FakeServer(LIMITS)
        self.peer: FakePeer | None = None
        self._to_server = self._to_client = self._unended = b""
        self.received_plain: set[str] = set()  # texts that came without a sequence
        self._is_deaf = False  # nothing reaches the server on this connection
        self._other_messages = 0
        self._bob = self.server.connect()
        self.client = Conversation(
            interactive=interactive,
            name="Ann",
            token="a secret of 128 bits",
            reconnects=True,
            now=self.server.now,
            jitter=lambda: 0.5,
            rooms=ROOMS,
        )
        self.recreate_history()
        self._connect(hello_arrives=True)

    @property
    def epoch(self) -> str:
        """The epoch of the current history."""
        return f"epoch {len(self.stores)}"

    def texts(self, epoch: str, room: str) -> dict[int, str]:
        """Return the texts that were recorded in a room with this *epoch*."""
        return self.stores[epoch.partition(".")[0]].texts[room]

    def recreate_history(self) -> None:
        """Restart the server with a new history, as if its file had been deleted."""
        epoch = f"epoch {len(self.stores) + 1}"
        self.stores[epoch] = CompleteStore(epoch)
        self.crash()

    def crash(self) -> None:
        """Kill the server, and start another on the same history."""
        self.break_connection()
        self._read_bob()
        now, is_paused = self.server.now, self.server.is_storage_paused
        self.server = FakeServer(LIMITS)
        self.server.history = self.stores[self.epoch]
        state = ChatState(self.server.history.load(), sparse)
        self.server.hub = Hub(LIMITS, state)
        self.server.now = now
        self._bob = connect_session(
            self.server, "Bob", token=BOBS_TOKEN, rooms=list(ROOMS)
        )
        self.server.is_storage_paused = is_paused

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
        batch = self.server.batch
        if batch is not None:
            self.server.refuse(Refused("outcome_unknown", "the disk failed"))
        if batch is not None and is_recorded:
            self.server.history.append(batch)
        self.stop()

    def commit(self) -> None:
        """Record the messages that wait for the storage, and deliver them."""
        self.server.commit()

    def _deliver_to_paused_storage(self) -> None:
        before, self.server.is_storage_paused = self.server.is_storage_paused, True
        self.deliver_to_server(1 << 20)
        self.server.is_storage_paused = before

    def send_others(self, count: int, room: str) -> None:
        """Send messages of Bob to a room."""
        for _ in range(count):
            self._other_messages += 1
            text = f"other {self._other_messages}"
            self._bob.feed(line("message", {"room": room, "message": text}))
        self.server.turn()

    def whisper(self, to: str) -> None:
        """Send a direct message of Bob, if there is a user of that name."""
        self._read_bob()
        self._bob.send(line("direct", {"to": to}))
        for kind, data in self._read_bob():
            if kind == "room":
                self._other_messages += 1
                text = f"whisper {self._other_messages}"
                message = {"room": data["room"], "message": text}
                self._bob.send(line("message", message))

    def _read_bob(self) -> list[tuple[str, dict[str, Any]]]:
        events = [(each["type"], each["data"]) for each in read_events(self._bob)]
        self.whispered_to_bob += [
            data["message"]
            for kind, data in events
            if kind == "message" and data["source"] != "Bob"
            if data["room"] not in ROOMS
        ]
        for kind, data in events:
            if kind == "ping":
                self._bob.send(line("pong", data))
        return events

    def deliver_all(self) -> None:
        """Deliver all bytes, in both directions."""
        self.deliver_to_server(1 << 20)
        self.deliver_to_client()

    def deliver_to_server(self, count: int) -> None:
        """Deliver up to *count* bytes of the client."""
        self._to_server += self.client.data_to_send()
        self.client.written(0, self.server.now)
        data, self._to_server = self._to_server[:count], self._to_server[count:]
        if not data or self._is_deaf:
            pass
        elif self.peer is not None and self.peer.ended is None:
            self.peer.send(data)
        self._read_bob()

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
            self._record(data)
        if not self._to_client and self.peer.ended is not None:
            self.break_connection()

    def _record(self, data: bytes) -> None:
        """Record the messages of Bob that the client received as plain lines."""
        *lines, self._unended = (self._unended + data).split(b"\n")
        for each in lines:
            found = json.loads(each)["data"] if b'"message"' in each else {}
            if found.get("source") == "Bob" and "sequence" not in found:
                self.received_plain.add(found["message"])

    def break_connection(self) -> None:
        """Break the connection; the bytes in flight are lost."""
        if self.peer is not None:
            self._drop_peer(self.peer)
            self.client.disconnected(self.server.now)

    def try_connect(
        self,
        *,
        is_up: bool,
        hello_arrives: bool = True,
        is_late: bool = False,
        is_deaf: bool = False,
    ) -> None:
        """Let the client try to connect, if it wants to; it succeeds if *is_up*.

        If it *is_deaf*, the connection is dead in the direction to the server.
        """
        if not self.client.wants_connection or self.client.state is State.CLOSED:
            return
        self.client.begin_attempt()
        if is_up:
            self.client.connected(self.server.now)
            self._connect(hello_arrives=hello_arrives, is_late=is_late or is_deaf)
            self._is_deaf = is_deaf
        else:
            self.client.connect_failed("connection refused", self.server.now)

    def _connect(self, *, hello_arrives: bool, is_late: bool = False) -> None:
        """Connect client and server, and deliver hello, or break the connection.

        If *is_late*, hello is delivered like other data, after the admission.
        """
        self.peer, self._is_deaf = self.server.connect(), False
        if is_late:
            self.server.wait(0.06)
        elif hello_arrives:
            self.deliver_to_server(0)
            self.deliver_to_server(self._to_server.index(b"\n") + 1)
        else:
            self.break_connection()

    def _drop_peer(self, peer: FakePeer) -> None:
        self._to_server = self._to_client = self._unended = b""
        self.peer = None
        peer.disconnect()

    def wait(self, seconds: float) -> None:
        """Advance the time of client and server, deadline by deadline."""
        end = self.server.now + seconds
        while (due := self.client.deadline) is not None and due <= end:
            self._wait_for_server(max(0.0, due - self.server.now))
            self.client.tick(self.server.now)
            if self.peer is not None and self.client.is_offline:
                self._drop_peer(self.peer)  # the client has closed the connection
            if self.client.deadline == due:
                break  # the client wants a connection, which the caller must provide
        self._wait_for_server(max(0.0, end - self.server.now))

    def _wait_for_server(self, seconds: float) -> None:
        """Advance the time of the server; Bob answers its pings."""
        end = self.server.now + seconds
        while self.server.now < end:
            self.server.wait(min(10.0, end - self.server.now))
            self._read_bob()

    def recover(self) -> None:
        """End all failures, and deliver until nothing is pending."""
        self.server.is_storage_paused = False
        for _ in range(12):
            self.commit()
            self.wait(2.0)
            self.try_connect(is_up=True)
            for _ in range(ROUND_TRIPS):
                self.deliver_all()
