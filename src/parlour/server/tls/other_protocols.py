"""What a peer receives that sends something else than TLS to a port for TLS."""

from typing import Final

from parlour.core.events import Bye
from parlour.core.protocol.plain import PLAIN

_REASON: Final = "this port is for TLS, and the connection is not encrypted"
_PAGE: Final = b"This port is for HTTPS. Use an address that begins with https://\n"

CHAT_ANSWER: Final = PLAIN.encode(
    Bye("not_tls", f"{_REASON}: connect with TLS (--tls)")
)
"""The line for a client of the chat."""

PAGE_ANSWER: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(_PAGE), _PAGE)
)
"""The response for a browser."""
