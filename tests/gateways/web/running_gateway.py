"""A page's door in both drivers, and peers that come in by it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from socket import SHUT_RDWR

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from parlour.core.limits import Limits
from parlour.gateways.web.allowed_hosts import AllowedHosts
from parlour.gateways.web.chat_queries import Mode
from parlour.gateways.web.gateway import WebGateway
from parlour.journal import Store
from parlour.server.sockets import limited_network, listen, set_up
from tests.conversation import Connect
from tests.server.stage import PATIENCE, Running, Serve


class PagePeer:
    """A peer behind a WebSocket, which says and hears lines."""

    def __init__(
        self,
        port: int,
        *,
        host: str = "127.0.0.1",
        origin: str | None = None,
        source: str = "",
    ) -> None:
        self._open = ExitStack()
        self.socket: ClientConnection = self._open.enter_context(
            connect(
                f"ws://{host}:{port}/ws",
                origin=Origin(origin) if origin is not None else None,
                compression=None,
                open_timeout=PATIENCE,
                close_timeout=PATIENCE,
                ping_interval=None,
                proxy=None,
                source_address=(source, 0),
            )
        )
        name, number = self.socket.local_address[:2]
        self.address = f"{name}:{number}"
        self._said, self._heard = b"", b""

    def send(self, data: bytes) -> None:
        """Send the whole lines of *data* as one frame, and keep the rest."""
        lines, lf, self._said = (self._said + data).rpartition(b"\n")
        if lf:
            self.socket.send(lines.decode(errors="surrogateescape"))

    def receive(self) -> bytes:
        while b"\n" not in self._heard:
            try:
                heard = self.socket.recv(PATIENCE)
            except ConnectionClosed:
                break
            assert isinstance(heard, str)
            assert heard.endswith("\n"), "whole lines"
            self._heard += heard.encode()
        line, lf, self._heard = self._heard.partition(b"\n")
        return line + lf

    def finish(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        self.socket.socket.shutdown(SHUT_RDWR)

    def stop_reading(self) -> None:
        """Take nothing more from the network, however much comes."""
        self.socket.recv_messages.pause()
        self._open.callback(self.socket.recv_messages.resume)

    def close(self) -> None:
        """Let go of it, however it stands."""
        self._open.close()


@dataclass
class Open:
    """A door that is open, and the driver behind it."""

    running: Running
    port: int

    def connect(self, **options: str) -> PagePeer:
        """Open a page."""
        peer = PagePeer(self.port, **options)
        self.running.peers.callback(peer.close)
        return peer


@contextmanager
def serve_pages(
    serve: Serve,
    limits: Limits = Limits(),  # noqa: B008 -- it is frozen
    *,
    mode: Mode = "write",
    allowed: tuple[str, ...] = (),
    history: Store | None = None,
) -> Iterator[Open]:
    """Serve pages beside the chat."""
    listeners = listen("127.0.0.1", 0)
    port = listeners[0].getsockname()[1]
    door = WebGateway(
        listeners,
        mode,
        AllowedHosts(allowed),
        max_pages=limits.max_pages,
        invitation="python3 client.py 127.0.0.1 5555",
        set_up=set_up,
        network_of=limited_network,
    )
    with serve(limits, history=history, gateways=[door]) as running:
        yield Open(running, port)


@contextmanager
def play_on_page(serve: Serve, _recv_size: int, limits: Limits) -> Iterator[Connect]:
    """Lend out a door."""
    with serve_pages(serve, limits) as door:
        yield door.connect
