"""The header of the PROXY protocol, versions 1 and 2, as a step without I/O.

The sections in comments are those of HAProxy's ``doc/proxy-protocol.txt``.
"""

from ipaddress import IPv4Address, IPv6Address
from typing import Final

from parlour.core.ports import Peer

SIGNATURE: Final = b"\r\n\r\n\0\r\nQUIT\n"  # of version 2 (2.2)
START: Final = b"PROXY "  # of version 1 (2.1)
MAX_LINE: Final = 107  # bytes of a header of version 1, with its CRLF (2.1)
FIXED_SIZE: Final = 16  # bytes of a header of version 2, before the addresses
MAX_REST: Final = 4096  # bytes of the addresses and the TLVs; proxies send some hundred
MAX_SIZE: Final = FIXED_SIZE + MAX_REST
"""The most bytes of a header."""

_LOCAL, _PROXY = 0x20, 0x21  # version and command
_TCP4, _TCP6 = 0x11, 0x21  # family and protocol
_UNADDRESSED: Final = frozenset({0x00, 0x31})  # unspecified, and a Unix stream
_SSL, _CLIENT_SSL = 0x20, 0x01  # the type of a TLV, and a bit in its first byte (2.2.6)
_PORTS: Final = 65_536


class HeaderError(Exception):
    """The peer has sent no valid header. The text says why."""


class MissingHeaderError(HeaderError):
    """The peer has sent something else."""


class HeaderReader:
    """Reads the header of one connection, however it is divided into packets."""

    def __init__(self) -> None:
        self._data = bytearray()
        self.is_complete = False
        self.source: Peer | None = None
        """Who is behind the proxy.

        None once it is complete: the proxy itself, such as for a health check, or
        somebody of whom it knows no address.
        """

    @property
    def has_begun(self) -> bool:
        """Whether the peer has sent anything."""
        return bool(self._data)

    def feed(self, data: bytes) -> int:
        """Take the bytes of the header from *data*, and return how many these are.

        If the header is not complete, these are all. Raises `HeaderError`.
        """
        known = len(self._data)
        self._data += data[: MAX_SIZE - known]
        size = _size(self._data)
        if size is None:
            return len(data)
        header = bytes(self._data[:size])
        self.source = _line(header) if header.startswith(START) else _binary(header)
        self.is_complete = True
        return size - known


def _size(data: bytearray) -> int | None:
    """Return the size of the header that *data* begins with; None: not known yet."""
    if SIGNATURE.startswith(data[: len(SIGNATURE)]):
        return _binary_size(data)
    if not START.startswith(data[: len(START)]):
        raise MissingHeaderError("there is no PROXY header")
    end = data.find(b"\n", 0, MAX_LINE) + 1
    if not end and len(data) >= MAX_LINE:
        raise HeaderError(f"the line has more than {MAX_LINE} bytes")
    return end or None


def _binary_size(data: bytearray) -> int | None:
    if len(data) < FIXED_SIZE:
        return None
    size = int.from_bytes(data[14:FIXED_SIZE])
    if size > MAX_REST:
        raise HeaderError(f"it has more than {MAX_REST:,} bytes")
    size += FIXED_SIZE
    return size if len(data) >= size else None


def _line(header: bytes) -> Peer | None:
    """Return the source in a line of version 1 (2.1)."""
    if not header.endswith(b"\r\n") or not header.isascii():
        raise HeaderError("the line is invalid")
    match header[:-2].decode().split(" "):
        case ["PROXY", "UNKNOWN", *_]:
            return None
        case ["PROXY", "TCP4" | "TCP6" as family, host, to, port, to_port]:
            _address(family, to)
            _port(to_port)
            return Peer(_address(family, host), _port(port), is_reported=True)
        case _:
            raise HeaderError("the line is invalid")


def _address(family: str, text: str) -> str:
    """Return an address as Python writes it; one with a zone is invalid."""
    kind = IPv4Address if family == "TCP4" else IPv6Address
    try:
        if "%" not in text:
            return str(kind(text))
    except ValueError:
        pass
    raise HeaderError("an address is invalid") from None


def _port(text: str) -> int:
    if text.isdigit() and len(text) <= 5 and (text == "0" or text[0] != "0"):
        number = int(text)
        if number < _PORTS:
            return number
    raise HeaderError("a port is invalid")


def _binary(header: bytes) -> Peer | None:
    """Return the source in a header of version 2 (2.2)."""
    command, family, rest = header[12], header[13], header[FIXED_SIZE:]
    if command == _LOCAL:
        return None
    if command != _PROXY:
        raise HeaderError("the version or the command is unknown")
    if family in _UNADDRESSED:
        return None
    if family not in {_TCP4, _TCP6}:
        raise HeaderError("the connection is not one of TCP")
    size = 4 if family == _TCP4 else 16
    ports = 2 * size
    if len(rest) < ports + 4:
        raise HeaderError("the addresses are incomplete")
    address = IPv4Address if family == _TCP4 else IPv6Address
    return Peer(
        str(address(rest[:size])),
        int.from_bytes(rest[ports : ports + 2]),
        is_encrypted=_has_tls(rest[ports + 4 :]),
        is_reported=True,
    )


def _has_tls(extensions: bytes) -> bool:
    """Return whether TLVs say that the client uses TLS to the proxy (2.2.6)."""
    has_tls, at = False, 0
    while at < len(extensions):
        start = at + 3
        end = start + int.from_bytes(extensions[at + 1 : start])
        if start > len(extensions) or end > len(extensions):
            raise HeaderError("an extension is incomplete")
        if extensions[at] == _SSL:
            if end - start < 5:
                raise HeaderError("an extension is incomplete")
            has_tls = bool(extensions[start] & _CLIENT_SSL)
        at = end
    return has_tls
