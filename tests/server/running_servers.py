"""Run a real server in a thread, with either driver, and connect peers to it."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.ports import Gateway
from parlour.core.state.state import State
from parlour.history.retention import Retention
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder, Recorder, ThreadedRecorder
from parlour.server.admin_socket.service import AdminService
from parlour.server.asyncio_driver.driver import AsyncioDriver
from parlour.server.config import MAX_EARLY_CONNECTIONS
from parlour.server.event_loops import new_event_loop
from parlour.server.monitoring.monitor import Monitor
from parlour.server.password_hashing import PasswordChecker
from parlour.server.passwords import PasswordQueue, password_queue
from parlour.server.proxy_protocol.listening import Proxies
from parlour.server.runtime import Runtime
from parlour.server.sockets import listen
from parlour.server.threaded_driver.driver import ThreadedDriver
from parlour.server.tls.certificates import Certificates
from parlour.server.tls.listening import TLS

TIMEOUT = 10.0  # seconds until a test gives up waiting


def cheap_checks() -> PasswordChecker:
    """Return checks that take little time, also while the machine is busy."""
    return PasswordChecker(PasswordHasher.from_parameters(CHEAPEST))


class SocketPeer:
    """A peer with a real socket."""

    def __init__(
        self, port: int, *, source: str = "", receive_buffer: int | None = None
    ) -> None:
        self.sock = socket.socket()
        self.sock.bind((source, 0))
        if receive_buffer is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(TIMEOUT)
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
class RunningServer:
    """A server that accepts connections. Its peers close with it."""

    port: int
    runtime: Runtime
    stop: Callable[[], None]
    thread: threading.Thread
    peers: ExitStack = field(default_factory=ExitStack)

    @property
    def tls_port(self) -> int:
        """The port for TLS, if the server has certificates."""
        assert self.runtime.tls is not None
        port: int = self.runtime.tls.listeners[0].getsockname()[1]
        return port

    @property
    def hub(self) -> Hub:
        return self.runtime.hub

    def connect(
        self, *, source: str = "", receive_buffer: int | None = None
    ) -> SocketPeer:
        """Connect a peer, optionally from another address or with a small buffer."""
        peer = SocketPeer(self.port, source=source, receive_buffer=receive_buffer)
        self.peers.callback(peer.close)
        return peer


class Serve(Protocol):
    """A function that runs a server for the duration of a context."""

    def __call__(
        self,
        limits: Limits = ...,
        *,
        recv_size: int = ...,
        history: Store | None = ...,
        listeners: Sequence[socket.socket] = ...,
        gateways: Sequence[Gateway] = ...,
        hub: Hub | None = ...,
        passwords: PasswordQueue | None = ...,
        admin: AdminService | None = ...,
        monitor: Monitor | None = ...,
        certificates: Certificates | None = ...,
        max_handshakes: int = ...,
        proxies: Proxies | None = ...,
    ) -> AbstractContextManager[RunningServer]: ...


def _runtime(
    limits: Limits,
    recv_size: int,
    history: Store | None,
    listeners: Sequence[socket.socket],
    gateways: Sequence[Gateway],
    ready: threading.Event,
    hub: Hub | None,
    passwords: PasswordQueue | None,
    admin: AdminService | None,
    tls: TLS | None,
    monitor: Monitor | None,
    proxies: Proxies | None,
) -> Runtime:
    if history is None:
        history = MemoryStore(Retention())
        recorder: Recorder = InlineRecorder(history)
    else:
        recorder = ThreadedRecorder(history)
    return Runtime(
        hub=Hub(limits, State(history.load())) if hub is None else hub,
        recorder=recorder,
        listeners=list(listeners) or listen("127.0.0.1", 0),
        recv_size=recv_size,
        announce=ready.set,
        gateways=gateways,
        passwords=password_queue(cheap_checks) if passwords is None else passwords,
        admin=admin,
        tls=tls,
        monitor=monitor,
        proxies=proxies,
    )


def _tls(certificates: Certificates | None, max_handshakes: int) -> TLS | None:
    """Listen for TLS on a free port, if there are *certificates*."""
    if certificates is None:
        return None
    return TLS(listen("127.0.0.1", 0), certificates, max_handshakes)


@contextmanager
def serve_async(
    limits: Limits = Limits(),  # noqa: B008 -- it is frozen
    *,
    recv_size: int = 65_536,
    history: Store | None = None,
    listeners: Sequence[socket.socket] = (),
    gateways: Sequence[Gateway] = (),
    hub: Hub | None = None,
    passwords: PasswordQueue | None = None,
    admin: AdminService | None = None,
    monitor: Monitor | None = None,
    certificates: Certificates | None = None,
    max_handshakes: int = MAX_EARLY_CONNECTIONS,
    proxies: Proxies | None = None,
) -> Iterator[RunningServer]:
    """Run the asyncio driver, in a thread with a loop of its own."""
    ready = threading.Event()
    runtime = _runtime(
        *(limits, recv_size, history, listeners, gateways, ready, hub, passwords),
        *(admin, _tls(certificates, max_handshakes), monitor, proxies),
    )
    port = runtime.listeners[0].getsockname()[1]
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        loop = runner.get_loop()
        driver = AsyncioDriver(runtime, loop)
        thread = threading.Thread(target=lambda: loop.run_until_complete(driver.run()))
        thread.start()

        def stop() -> None:
            loop.call_soon_threadsafe(driver.stop)

        yield from _run(RunningServer(port, runtime, stop, thread), ready)


@contextmanager
def serve_threads(
    limits: Limits = Limits(),  # noqa: B008 -- it is frozen
    *,
    recv_size: int = 65_536,
    history: Store | None = None,
    listeners: Sequence[socket.socket] = (),
    gateways: Sequence[Gateway] = (),
    hub: Hub | None = None,
    passwords: PasswordQueue | None = None,
    admin: AdminService | None = None,
    monitor: Monitor | None = None,
    certificates: Certificates | None = None,
    max_handshakes: int = MAX_EARLY_CONNECTIONS,
    proxies: Proxies | None = None,
) -> Iterator[RunningServer]:
    """Run the threaded driver, in a thread instead of the main thread."""
    ready = threading.Event()
    runtime = _runtime(
        *(limits, recv_size, history, listeners, gateways, ready, hub, passwords),
        *(admin, _tls(certificates, max_handshakes), monitor, proxies),
    )
    port = runtime.listeners[0].getsockname()[1]
    driver = ThreadedDriver(runtime)
    thread = threading.Thread(target=driver.run)
    thread.start()
    try:
        yield from _run(RunningServer(port, runtime, driver.stop, thread), ready)
    finally:
        driver.close()


def _run(server: RunningServer, ready: threading.Event) -> Iterator[RunningServer]:
    """Yield *server*, then stop it and check that it ends by itself."""
    try:
        assert ready.wait(TIMEOUT)
        yield server
    finally:
        server.peers.close()
        server.stop()
        server.thread.join(TIMEOUT)
        has_ended = not server.thread.is_alive()
        server.stop()  # a second time: abort
        server.thread.join(TIMEOUT)
        if server.runtime.admin is not None:
            server.runtime.admin.close()
        server.runtime.passwords.close()
        server.runtime.passwords.join(TIMEOUT)
        server.runtime.recorder.close(TIMEOUT)
    assert has_ended, "the server did not stop"


on_both_drivers = pytest.mark.parametrize(
    "serve", [serve_async, serve_threads], ids=["async", "threads"]
)
