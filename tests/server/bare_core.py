"""A driver without I/O: it takes the steps of the driver contract with a hub."""

from parlour.core.events import ConnectionId
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.sessions.admission import Rejected
from parlour.core.state.state import State
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from tests.core.fake_server import check_result


class CorePeer:
    """A peer of a `CoreDriver`."""

    def __init__(self, driver: "CoreDriver", address: str) -> None:
        self._driver, self.address = driver, address
        self.received = b""
        self.has_ended = False
        connection = driver.hub.connect(
            address, driver.now, exempt=True, is_secure=True
        )
        self.connection = (
            ConnectionId(0) if isinstance(connection, Rejected) else connection
        )
        if isinstance(connection, Rejected):
            self.received, self.has_ended = connection.last, True
        else:
            self.connection = connection
        driver.peers[self.connection] = self

    def send(self, data: bytes) -> None:
        for at in range(0, len(data), self._driver.recv_size):
            self._driver.receive(self, data[at : at + self._driver.recv_size])

    def receive(self) -> bytes:
        while b"\n" not in self.received and not self.has_ended:
            self._driver.advance_time()
        line, lf, self.received = self.received.partition(b"\n")
        return line + lf

    def finish(self) -> None:
        self._driver.receive(self, b"")

    def reset(self) -> None:
        self._driver.disconnect(self)


class CoreDriver:
    """A driver whose time advances only when a peer waits."""

    def __init__(self, limits: Limits, recv_size: int) -> None:
        self._history = MemoryStore(Retention())
        self.hub = Hub(limits, State(self._history.load()))
        self.recv_size = recv_size
        self.now = 0.0
        self.peers: dict[ConnectionId, CorePeer] = {}

    def connect(self) -> CorePeer:
        return CorePeer(self, f"127.0.0.1:{50_000 + len(self.peers)}")

    def receive(self, peer: CorePeer, data: bytes) -> None:
        if not peer.has_ended:
            self.hub.receive(peer.connection, data, self.now)
            self._take_turns()

    def disconnect(self, peer: CorePeer) -> None:
        self.hub.disconnect(peer.connection, self.now)
        del self.peers[peer.connection]
        self._take_turns()

    def advance_time(self) -> None:
        """Advance the time to the next deadline."""
        deadline = self.hub.deadline(self.now)
        assert deadline is not None, "nothing will ever be due"
        self.now = max(self.now, deadline)
        self._take_turns()

    def _take_turns(self) -> None:
        """Take steps 3 to 9 until nothing is due."""
        hub = self.hub
        while True:
            if (due := hub.deadline(self.now)) is not None and due <= self.now:
                hub.tick(self.now)
            if batch := hub.proposals(self.now):
                self._history.append(batch)
                hub.committed(batch, self.now)
            for check in hub.checks():
                hub.checked(check, check_result(check))
            for question in hub.questions():
                hub.answered(question, self._history.read(question.query))
            for data, connections, _ in hub.flush(self.now):
                for connection in connections:
                    self.peers[connection].received += data
            for ended in hub.ended():
                self.peers[ended.connection].received += ended.last
                self.peers[ended.connection].has_ended = True
            hub.reading_changes()
            if (due := hub.deadline(self.now)) is None or due > self.now:
                return
