"""Connect to a server by its name and port, or explain why that failed."""

import errno
import socket
from contextlib import suppress
from typing import Final, NamedTuple

from parlour.system.keepalive import Keepalive, set_keepalive

from .transport import Transport

CONNECT_TIMEOUT: Final = 10.0  # seconds for each address of a name
KEEPALIVE_IDLE: Final = 30  # seconds of silence before the first probe
KEEPALIVE_INTERVAL: Final = 10  # seconds between probes
KEEPALIVE_COUNT: Final = 3  # unanswered probes until the connection counts as lost
USER_TIMEOUT: Final = 60_000  # milliseconds that sent data may go unacknowledged
KEEPALIVE: Final = Keepalive(
    KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT, USER_TIMEOUT
)


IS_RUNNING: Final = "Is the server running?"


class Address(NamedTuple):
    """An address of a server, as the resolver returns it."""

    family: int
    sockaddr: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]


class Unreachable(Exception):  # noqa: N818  (the error is the server's state)
    """No connection could be made; the message says where, why, and what to do."""


class Untrusted(Unreachable):
    """The server has not proved who it is, so that no further attempt is of use."""


class PlainServer:
    """A server without TLS, to which the client connects again and again."""

    def __init__(self, host: str, port: int, start: str) -> None:
        """Prepare to connect to *host*. The command *start* starts a server."""
        self._host, self._port = host, port
        self._hint = f"{IS_RUNNING} Start one with: {start} --port {port}"
        self._has_connected = False
        self.origin = ""
        """The address of this machine at which the server has to be, or ""."""

    @staticmethod
    def expected_origin() -> str:
        """Return "": an address of this machine is known only after connecting."""
        return ""

    def connect(self) -> Transport:
        """Connect to the server. Raises :class:`Unreachable`."""
        sock = connect(self._host, self._port, self.origin, hint=self._hint)
        if not self._has_connected:
            self._has_connected, self.origin = True, own_address(sock)
        return Transport(sock, own_address(sock))


def connect(
    server: str, port: int, own_address: str = "", *, hint: str = IS_RUNNING
) -> socket.socket:
    """Return a blocking socket that is connected to *server*.

    Tries every address of the name in the resolver's order; ``localhost`` is
    ``127.0.0.1``, where servers listen by default, and then ``::1``. Of the addresses
    of this machine, it tries only *own_address*, if that is given: a program of another
    user may listen at another one. Raises :class:`Unreachable`, whose message ends with
    *hint*.
    """
    reason = f"it is not at {own_address}" if own_address else "it has no address"
    for address in addresses(server, port):
        host = str(address.sockaddr[0])
        if own_address and _is_own(host) and host != own_address:
            continue
        try:
            return connect_to(address)
        except TimeoutError:
            reason = f"no answer within {CONNECT_TIMEOUT:.0f} s"
        except OSError as exc:
            reason = reason_of(exc)
    raise Unreachable(
        f"cannot connect to {server_address(server, port)}: {reason}. {hint}"
    )


def server_address(server: str, port: int) -> str:
    """Return the address of a server, with IPv6 in brackets."""
    return f"[{server}]:{port}" if ":" in server else f"{server}:{port}"


def own_address(sock: socket.socket) -> str:
    """Return the address of this machine to which *sock* is connected, or ""."""
    try:
        host = str(sock.getpeername()[0])
    except OSError:
        return ""  # the connection has ended
    return host if _is_own(host) else ""


def _is_own(host: str) -> bool:
    return host == "::1" or host.removeprefix("::ffff:").startswith("127.")


def addresses(server: str, port: int) -> list[Address]:
    """Return the addresses of *server*, in the resolver's order.

    Raises :class:`Unreachable`.
    """
    names = ("127.0.0.1", "::1") if server.lower() == "localhost" else (server,)
    try:
        return [
            Address(family, sockaddr)
            for name in names
            for family, _, _, _, sockaddr in socket.getaddrinfo(
                name, port, type=socket.SOCK_STREAM
            )
        ]
    except (OSError, UnicodeError) as exc:
        reason = reason_of(exc) if isinstance(exc, OSError) else "it is not a host name"
        raise Unreachable(
            f"cannot find {server or repr(server)}: {reason}. "
            "Is the name spelled right? A server on this machine is at 127.0.0.1"
        ) from exc


def connect_to(address: Address) -> socket.socket:
    """Return a blocking socket that is connected to *address*. Raises `OSError`."""
    sock = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        # The plain dialect has no ping, so only TCP can detect a lost server.
        set_keepalive(sock, KEEPALIVE)
        sock.settimeout(CONNECT_TIMEOUT)
        with suppress(ConnectionResetError):  # after connecting: the next read reports
            sock.connect(address.sockaddr)
        sock.settimeout(None)
        is_itself = sock.getsockname()[:2] == address.sockaddr[:2]
    except BaseException:
        sock.close()
        raise
    if is_itself:  # without a listener, the kernel may connect a port to itself
        sock.close()
        raise ConnectionRefusedError(errno.ECONNREFUSED, "connection refused")
    return sock


def reason_of(exc: OSError) -> str:
    """Return the reason of *exc* for use within a sentence."""
    text = exc.strerror or str(exc)
    return text[:1].lower() + text[1:]
