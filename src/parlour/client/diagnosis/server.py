"""All steps of a diagnosis, from the name of a server to what it offers."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from typing import Final, NamedTuple

from ..io.connecting import (
    CONNECT_TIMEOUT,
    Address,
    Unreachable,
    addresses,
    connect_to,
    reason_of,
)
from ..io.transport import Transport
from ..protocol.negotiation import WELCOME_TIMEOUT
from .encryption import (
    Encryption,
    EncryptionError,
    NotTrustedError,
    OtherCertificateError,
    described,
    encrypted,
    fingerprint_at,
)
from .findings import Finding, error, ok, warning
from .greeting import NotGreetedError, greet
from .lines import LineReader
from .session import Examination

NOBODY: Final = "check the host and the port, and whether the server runs"
FIREWALL: Final = "check whether a firewall drops the connection"


class Target(NamedTuple):
    """The server to look at, and how."""

    server: str
    port: int
    encryption: Encryption | None = None
    """None without TLS."""
    patience: float = WELCOME_TIMEOUT
    """How long the server may say nothing, in seconds."""


def diagnose(target: Target) -> Iterator[Finding]:
    """Yield what is found, step by step. Later steps need those before them."""
    try:
        found = list(dict.fromkeys(addresses(target.server, target.port)))
    except Unreachable as exc:
        text = str(exc).partition(". ")[0]
        advice = "check the spelling, and the resolver of this machine"
        yield error("resolve", text, advice)
        return
    hosts = ", ".join(str(each.sockaddr[0]) for each in found)
    yield ok("resolve", f"{target.server} is {hosts}")
    is_reachable, failures = False, []
    for address in found:
        finding, sock = _try(address)
        if sock is None:
            failures.append(finding)
            continue
        yield finding
        if is_reachable:
            sock.close()
        else:
            is_reachable = True
            yield from _talk(target, address, sock)
    for each in failures:
        yield warning(*each[1:]) if is_reachable else each


def _try(address: Address) -> tuple[Finding, socket.socket | None]:
    """Connect to *address*; return how that went, and the socket."""
    step, start = f"connect {address.sockaddr[0]}", time.monotonic()
    try:
        sock = connect_to(address)
    except TimeoutError:
        text = f"no answer within {CONNECT_TIMEOUT:.0f} s"
        return error(step, text, FIREWALL), None
    except OSError as exc:
        return error(step, reason_of(exc), NOBODY), None
    return ok(step, f"{1000 * (time.monotonic() - start):.1f} ms"), sock


def _talk(target: Target, address: Address, sock: socket.socket) -> Iterator[Finding]:
    """Yield what the connection *sock* to *address* shows; closes it."""
    with ExitStack() as stack:
        try:
            first = stack.enter_context(closing(_prepared(target, address, sock)))
            if target.encryption is not None:
                yield from described(first)

            def reconnect() -> LineReader:
                again = _prepared(target, address, connect_to(address))
                return LineReader(stack.enter_context(closing(again)))

            lines, greeted = greet(LineReader(first), reconnect, target.patience)
            yield greeted.finding
            if greeted.is_session:
                yield from Examination(lines, greeted).findings()
        except (EncryptionError, NotGreetedError) as exc:
            yield exc.finding
        except OSError as exc:
            yield error("hello", reason_of(exc), NOBODY)


def _prepared(target: Target, address: Address, sock: socket.socket) -> Transport:
    """Return *sock*, with TLS if that is wanted; close it if that is not possible.

    Like the client, trust an authority if it vouches for another certificate than the
    one that the client remembers. Raises `EncryptionError`.
    """
    if (encryption := target.encryption) is None:
        return Transport(sock, "")
    if not encryption.known:
        try:
            return encrypted(sock, target.server, encryption)
        except NotTrustedError as exc:
            found = fingerprint_at(address, target.server)
            raise exc.with_fingerprint(found) if found else exc from None
    try:
        return encrypted(sock, target.server, Encryption(fingerprint=encryption.known))
    except OtherCertificateError as exc:
        with suppress(EncryptionError, OSError):
            return encrypted(connect_to(address), target.server, Encryption())
        forget = f"parlour hosts forget {target.server} {target.port}"
        advice = f"{exc.finding.advice}; if it was, forget the old one: {forget}"
        raise EncryptionError(exc.finding._replace(advice=advice)) from None
