"""Three places to play a conversation in: the bare core, and both drivers."""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from parlour.core.events import LOBBY, SessionId
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.ports import Gateway
from parlour.core.sessions.admission import Rejected
from parlour.history.retention import Retention
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder, Recorder, ThreadedRecorder
from parlour.journal.sqlite.store import SQLiteStore
from parlour.server.asyncio_driver.driver import AsyncioDriver
from parlour.server.event_loops import new_event_loop
from parlour.server.runtime import Runtime
from parlour.server.sockets import listen
from parlour.server.threaded_driver.driver import ThreadedDriver
from tests.conversation import Connect

PATIENCE = 10.0  # seconds until a test gives up waiting


class SocketPeer:
    """A peer behind a real socket."""

    def __init__(
        self, port: int, *, source: str = "", receive_buffer: int | None = None
    ) -> None:
        self.sock = socket.socket()
        self.sock.bind((source, 0))
        if receive_buffer is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(("127.0.0.1", port))
        host, number = self.sock.getsockname()
        self.address = f"{host}:{number}"
        self._file = self.sock.makefile("rb")

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def receive(self) -> bytes:
        return self._file.readline()

    def finish(self) -> None:
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close()

    def close(self) -> None:
        self._file.close()
        self.sock.close()


@dataclass
class Running:
    """A driver that serves, and what a test may look at."""

    port: int
    service: Runtime
    stop: Callable[[], None]
    thread: threading.Thread
    peers: ExitStack = field(default_factory=ExitStack)

    @property
    def hub(self) -> Hub:
        return self.service.hub

    def connect(
        self, *, source: str = "", receive_buffer: int | None = None
    ) -> SocketPeer:
        """Connect a peer, perhaps from another address or with a small buffer."""
        peer = SocketPeer(self.port, source=source, receive_buffer=receive_buffer)
        self.peers.callback(peer.close)
        return peer


class Serve(Protocol):
    """Something that serves for as long as its context lasts."""

    def __call__(
        self,
        limits: Limits = ...,
        *,
        recv_size: int = ...,
        history: Store | None = ...,
        listeners: Sequence[socket.socket] = ...,
        gateways: Sequence[Gateway] = ...,
    ) -> AbstractContextManager[Running]: ...


def _service(
    limits: Limits,
    recv_size: int,
    history: Store | None,
    listeners: Sequence[socket.socket],
    ready: threading.Event,
) -> Runtime:
    if history is None:
        history = MemoryStore(Retention())
        recorder: Recorder = InlineRecorder(history)
    else:
        recorder = ThreadedRecorder(history)
    extent = history.extent(LOBBY)
    return Runtime(
        hub=Hub(limits, extent, wall=time.time() - time.monotonic()),
        recorder=recorder,
        listeners=list(listeners) or listen("127.0.0.1", 0),
        recv_size=recv_size,
        announce=ready.set,
    )


@contextmanager
def serve_async(
    limits: Limits = Limits(),  # noqa: B008 -- it is frozen
    *,
    recv_size: int = 65_536,
    history: Store | None = None,
    listeners: Sequence[socket.socket] = (),
    gateways: Sequence[Gateway] = (),
) -> Iterator[Running]:
    """Serve by the asyncio driver, in a thread with a loop of its own."""
    ready = threading.Event()
    service = _service(limits, recv_size, history, listeners, ready)
    service.gateways = gateways
    port = service.listeners[0].getsockname()[1]
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        loop = runner.get_loop()
        server = AsyncioDriver(service, loop)
        thread = threading.Thread(target=lambda: loop.run_until_complete(server.run()))
        thread.start()

        def stop() -> None:
            loop.call_soon_threadsafe(server.stop)

        yield from _watch(Running(port, service, stop, thread), ready)


@contextmanager
def serve_threads(
    limits: Limits = Limits(),  # noqa: B008 -- it is frozen
    *,
    recv_size: int = 65_536,
    history: Store | None = None,
    listeners: Sequence[socket.socket] = (),
    gateways: Sequence[Gateway] = (),
) -> Iterator[Running]:
    """Serve by the threaded driver, with another thread for its main thread."""
    ready = threading.Event()
    service = _service(limits, recv_size, history, listeners, ready)
    service.gateways = gateways
    port = service.listeners[0].getsockname()[1]
    server = ThreadedDriver(service)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield from _watch(Running(port, service, server.stop, thread), ready)
    finally:
        server.close()


def _watch(running: Running, ready: threading.Event) -> Iterator[Running]:
    """Lend *running* out, then stop it and see that it ends by itself."""
    try:
        assert ready.wait(PATIENCE)
        yield running
    finally:
        running.peers.close()
        running.stop()
        running.thread.join(PATIENCE)
        is_gone = not running.thread.is_alive()
        running.stop()  # a second time: at once
        running.thread.join(PATIENCE)
        running.service.recorder.close(PATIENCE)
    assert is_gone, "the server did not stop"


class CorePeer:
    """A peer of the bare core."""

    def __init__(self, core: "Core", address: str) -> None:
        self._core, self.address = core, address
        self.received = b""
        self.is_over = False
        session = core.hub.connect(address, core.now, exempt=True)
        self.session = SessionId(0) if isinstance(session, Rejected) else session
        if isinstance(session, Rejected):
            self.received, self.is_over = session.last, True
        core.peers[self.session] = self

    def send(self, data: bytes) -> None:
        for at in range(0, len(data), self._core.recv_size):
            self._core.receive(self, data[at : at + self._core.recv_size])

    def receive(self) -> bytes:
        while b"\n" not in self.received and not self.is_over:
            self._core.pass_time()
        line, lf, self.received = self.received.partition(b"\n")
        return line + lf

    def finish(self) -> None:
        self._core.receive(self, b"")

    def reset(self) -> None:
        self._core.disconnect(self)


class Core:
    """The bare core: it takes the steps of the driver contract, without any I/O."""

    def __init__(self, limits: Limits, recv_size: int) -> None:
        self._history = MemoryStore(Retention())
        self.hub = Hub(limits, self._history.extent(LOBBY))
        self.recv_size = recv_size
        self.now = 0.0
        self.peers: dict[SessionId, CorePeer] = {}

    def connect(self) -> CorePeer:
        return CorePeer(self, f"127.0.0.1:{50_000 + len(self.peers)}")

    def receive(self, peer: CorePeer, data: bytes) -> None:
        if not peer.is_over:
            self.hub.receive(peer.session, data, self.now)
            self.turn()

    def disconnect(self, peer: CorePeer) -> None:
        self.hub.disconnect(peer.session, self.now)
        del self.peers[peer.session]
        self.turn()

    def pass_time(self) -> None:
        """Go to the next deadline."""
        deadline = self.hub.deadline(self.now)
        assert deadline is not None, "nothing will ever come"
        self.now = max(self.now, deadline)
        self.turn()

    def turn(self) -> None:
        """Take steps 3 to 9 until nothing is due."""
        hub = self.hub
        while True:
            if (due := hub.deadline(self.now)) is not None and due <= self.now:
                hub.tick(self.now)
            if drafts := hub.drafts():
                hub.recorded(self._history.append(drafts, self.now))
            for question in hub.queries():
                hub.answered(question, self._history.read(question.query))
            for data, sessions, _ in hub.flush(self.now):
                for session in sessions:
                    self.peers[session].received += data
            for ended in hub.ended():
                self.peers[ended.session].received += ended.last
                self.peers[ended.session].is_over = True
            hub.reading_changes()
            if (due := hub.deadline(self.now)) is None or due > self.now:
                return


@contextmanager
def play_on_core(recv_size: int, limits: Limits) -> Iterator[Connect]:
    """Lend out a bare core."""
    yield Core(limits, recv_size).connect


@contextmanager
def play_on(serve: Serve, recv_size: int, limits: Limits) -> Iterator[Connect]:
    """Lend out a driver with a history in memory."""
    with serve(limits, recv_size=recv_size) as running:
        yield running.connect


@contextmanager
def play_on_file(serve: Serve, recv_size: int, limits: Limits) -> Iterator[Connect]:
    """Lend out a driver with a history in a file."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "chat.db"
        history = SQLiteStore(path, Retention(), clock=time.time, steady=time.monotonic)
        with serve(limits, recv_size=recv_size, history=history) as running:
            yield running.connect
