"""TLS as one optional thing: it loads OpenSSL only if it is configured."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from socket import socket
from typing import TYPE_CHECKING, Final, NamedTuple

from parlour.core.ports import Peer

from ..config import MAX_EARLY_CONNECTIONS, TLSFiles, max_early_connections
from .log_events import log_certificate, log_expiry

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from .asyncio_acceptor import TLSAcceptor
    from .certificates import Certificates
    from .handshakes import Handshakes

CHECK_INTERVAL: Final = 86_400.0  # seconds between two looks at the expiry


class TLSReading(NamedTuple):
    """The numbers of connections with TLS at one time."""

    expires: float
    """When the certificate expires, in seconds since 1970."""
    in_progress: int
    results: Mapping[str, int]
    """Handshakes that have ended, by `handshakes.Result`."""


@dataclass(slots=True)
class TLS:
    """Connections with TLS: their *listeners*, and the *certificates* for them."""

    listeners: list[socket]
    certificates: "Certificates"
    max_handshakes: int = MAX_EARLY_CONNECTIONS
    """Handshakes in progress at a time."""
    handshakes: "list[Handshakes]" = field(default_factory=list)
    """Those of the chat and of the page."""
    check_at: float = inf
    """When to call `check_expiry`, in seconds of the driver's clock."""

    def start(self, now: float) -> None:
        """Plan the first check: the expiry was logged at the start."""
        self.check_at = now + CHECK_INTERVAL

    def check_expiry(self, now: float, wall: float) -> None:
        """Warn if the certificate expires soon, or has expired, and plan the next."""
        log_expiry(self.certificates.facts, wall)
        self.check_at = now + CHECK_INTERVAL

    def read(self) -> TLSReading:
        """Return the numbers of the present. Any thread may call this."""
        results = Counter[str]()
        for each in list(self.handshakes):
            results.update(each.results)
        in_progress = sum(len(each) for each in list(self.handshakes))
        return TLSReading(self.certificates.facts.expires, in_progress, results)

    def page_acceptor(
        self, loop: "AbstractEventLoop", network_of: Callable[[Peer], str]
    ) -> "TLSAcceptor":
        """Return what accepts connections to the page in the *loop* of a gateway.

        *network_of* returns the network whose limits a peer shares, if any.
        """
        from .asyncio_acceptor import TLSAcceptor  # noqa: PLC0415
        from .other_protocols import PAGE_ANSWER  # noqa: PLC0415

        acceptor = TLSAcceptor(
            self.certificates, PAGE_ANSWER, self.max_handshakes, loop, network_of
        )
        self.handshakes.append(acceptor.handshakes)
        return acceptor

    def log_certificate(self) -> None:
        """Log the certificate that new connections get, and whether it expires soon."""
        log_certificate(self.certificates.facts, time.time())


def open_tls(
    files: TLSFiles | None, listeners: list[socket], descriptors: int
) -> TLS | None:
    """Load the certificate in *files*, if they are given, for *listeners*.

    The process may have *descriptors* open. Raises `CertificateError`.
    """
    if files is None:
        return None
    from .certificates import Certificates, load_pair  # noqa: PLC0415

    certificates = Certificates(load_pair(files.cert, files.key))
    return TLS(listeners, certificates, max_early_connections(descriptors))
