"""The client's TLS handshake on a blocking socket, with a deadline."""

import socket
import ssl
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from parlour.system.tls.stream import NotTLSError, TLSError, TLSStream

HANDSHAKE_TIMEOUT: Final = 10.0  # seconds from the connected socket to the end of it
HEAD: Final = 5  # bytes before each record (RFC 8446, 5.1)
RECORDS: Final = {0x14, 0x15, 0x16, 0x17}  # the types of records of a handshake
MAX_RECORD: Final = (1 << 14) + 2_048  # bytes of a record after its head
ALERT: Final = 0.5  # seconds to send an alert


class CannotVerifyError(Exception):
    """The file with the authorities cannot be used; the message says why."""


class ServerEndedError(TLSError):
    """The server has closed the connection during the handshake."""

    def __init__(self) -> None:
        super().__init__("the server has closed the connection")


def verifying_context(ca: Path | None) -> ssl.SSLContext:
    """Return a context that verifies certificates by the authorities in the file *ca*.

    Without a file, they are those of the system. Raises `CannotVerifyError`.
    """
    context = _context()
    if ca is None:
        context.load_default_certs()
        return context
    try:
        context.load_verify_locations(ca)
    except ssl.SSLError:
        reason = f"{ca}: there is no certificate in PEM format in it"
        raise CannotVerifyError(reason) from None
    except OSError as exc:
        raise CannotVerifyError(f"{ca}: {exc.strerror}") from None
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # it may be the server's own
    return context


def unverifying_context() -> ssl.SSLContext:
    """Return a context for a server that is known by its fingerprint."""
    context = _context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _context() -> ssl.SSLContext:
    """Return a context that verifies certificates and names: TLS 1.2 and newer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    return context


def shake_hands(sock: socket.socket, context: ssl.SSLContext, server: str) -> TLSStream:
    """Return the TLS of the connected *sock* to the host *server*.

    Exactly the records of the handshake are read. Raises `TLSError`, or OSError, such
    as TimeoutError after `HANDSHAKE_TIMEOUT` seconds. The socket is blocking then.
    """
    deadline = time.monotonic() + HANDSHAKE_TIMEOUT
    stream = TLSStream(context, server.partition("%")[0].rstrip("."))
    try:
        stream.shake_hands(b"")
        _send(sock, stream.take_output(), deadline)
        while not stream.is_established:
            stream.shake_hands(_read_record(sock, deadline))
            _send(sock, stream.take_output(), deadline)
    except TLSError:
        with suppress(OSError):  # the server may want to know why
            _send(sock, stream.take_output(), time.monotonic() + ALERT)
        raise
    sock.settimeout(None)
    return stream


def _send(sock: socket.socket, data: bytes, deadline: float) -> None:
    if data:
        sock.settimeout(_left(deadline))
        sock.sendall(data)


def _read_record(sock: socket.socket, deadline: float) -> bytes:
    """Return the next record. Raises `NotTLSError` if there is none."""
    head = _read(sock, HEAD, deadline)
    size = int.from_bytes(head[3:])
    if head[0] not in RECORDS or head[1] != 3 or size > MAX_RECORD:
        raise NotTLSError("the server does not speak TLS")
    return head + _read(sock, size, deadline)


def _read(sock: socket.socket, size: int, deadline: float) -> bytes:
    data = b""
    while len(data) < size:
        sock.settimeout(_left(deadline))
        received = sock.recv(size - len(data))
        if not received:
            raise ServerEndedError
        data += received
    return data


def _left(deadline: float) -> float:
    """Return the seconds until *deadline*. Raises TimeoutError after it."""
    if (left := deadline - time.monotonic()) <= 0:
        raise TimeoutError
    return left
