"""What a driver needs to accept connections with TLS."""

from socket import socket
from typing import TYPE_CHECKING, NamedTuple

from ..config import MAX_HANDSHAKES

if TYPE_CHECKING:  # loads OpenSSL, which a server without TLS does not need
    from .certificates import Certificates


class TLS(NamedTuple):
    """Connections with TLS: their *listeners*, and the *certificates* for them."""

    listeners: list[socket]
    certificates: "Certificates"
    max_handshakes: int = MAX_HANDSHAKES
    """Handshakes in progress at a time."""
