"""TLS as one optional thing: it loads OpenSSL only if it is configured."""

import time
from socket import socket
from typing import TYPE_CHECKING, NamedTuple

from ..config import MAX_HANDSHAKES, TLSFiles, max_handshakes
from .log_events import log_certificate

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from .asyncio_acceptor import TLSAcceptor
    from .certificates import Certificates


class TLS(NamedTuple):
    """Connections with TLS: their *listeners*, and the *certificates* for them."""

    listeners: list[socket]
    certificates: "Certificates"
    max_handshakes: int = MAX_HANDSHAKES
    """Handshakes in progress at a time."""

    def page_acceptor(self, loop: "AbstractEventLoop") -> "TLSAcceptor":
        """Return what accepts connections to the page in the *loop* of a gateway."""
        from .asyncio_acceptor import TLSAcceptor  # noqa: PLC0415
        from .other_protocols import PAGE_ANSWER  # noqa: PLC0415

        return TLSAcceptor(self.certificates, PAGE_ANSWER, self.max_handshakes, loop)

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
    return TLS(listeners, certificates, max_handshakes(descriptors))
