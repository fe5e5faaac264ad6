"""Names and ports to a connected socket, or a reason why not."""

import errno
import socket
from contextlib import suppress
from typing import Final, NamedTuple

from parlour.system.keepalive import Keepalive, set_keepalive

CONNECT_TIMEOUT: Final = 10.0  # seconds for each address of a name
KEEPALIVE_IDLE: Final = 30  # seconds of silence before the first probe
KEEPALIVE_INTERVAL: Final = 10  # seconds between probes
KEEPALIVE_COUNT: Final = 3  # probes without an answer until the server is gone
USER_TIMEOUT: Final = 60_000  # milliseconds that sent data may go unacknowledged
KEEPALIVE: Final = Keepalive(
    KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT, USER_TIMEOUT
)


class Address(NamedTuple):
    """One way to reach a server, as the resolver gives it."""

    family: int
    where: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]


class Unreachable(Exception):  # noqa: N818  (the error is the server's state)
    """Nobody answered; the message says where, why, and what to do."""


def connect(server: str, port: int) -> socket.socket:
    """Return a blocking socket that is connected to *server*.

    Every address of the name is tried in the resolver's order; ``localhost`` is
    ``::1`` first and then ``127.0.0.1``. Raises :class:`Unreachable`.
    """
    reason = "it has no address"
    for address in _addresses(server, port):
        try:
            return _dial(address)
        except TimeoutError:
            reason = f"no answer within {CONNECT_TIMEOUT:.0f} s"
        except OSError as exc:
            reason = _words(exc)
    place = f"[{server}]:{port}" if ":" in server else f"{server}:{port}"
    raise Unreachable(
        f"cannot connect to {place}: {reason}. Is the server running? "
        f"Start one with: python3 server.py --port {port}"
    )


def _addresses(server: str, port: int) -> list[Address]:
    names = ("::1", "127.0.0.1") if server.lower() == "localhost" else (server,)
    try:
        return [
            Address(family, where)
            for name in names
            for family, _, _, _, where in socket.getaddrinfo(
                name, port, type=socket.SOCK_STREAM
            )
        ]
    except (OSError, UnicodeError) as exc:
        reason = _words(exc) if isinstance(exc, OSError) else "it is not a host name"
        raise Unreachable(
            f"cannot find {server or repr(server)}: {reason}. "
            "Is the name spelled right? A server on this machine is at 127.0.0.1"
        ) from exc


def _dial(address: Address) -> socket.socket:
    sock = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        # A server of the plain dialect has nothing to answer when it is asked.
        set_keepalive(sock, KEEPALIVE)
        sock.settimeout(CONNECT_TIMEOUT)
        with suppress(ConnectionResetError):  # there was an answer; who reads sees
            sock.connect(address.where)
        sock.settimeout(None)
        is_itself = sock.getsockname()[:2] == address.where[:2]
    except BaseException:
        sock.close()
        raise
    if is_itself:  # where nobody listens, the kernel may connect a port to itself
        sock.close()
        raise ConnectionRefusedError(errno.ECONNREFUSED, "connection refused")
    return sock


def _words(exc: OSError) -> str:
    """Return the reason in the middle of a sentence."""
    text = exc.strerror or str(exc)
    return text[:1].lower() + text[1:]
