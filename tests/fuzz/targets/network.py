"""What proxies send before a connection: the header of the PROXY protocol."""

from ipaddress import ip_address
from typing import Final

from parlour.core.ports import Peer
from parlour.server.proxy_protocol.header import (
    MAX_SIZE,
    SIGNATURE,
    HeaderError,
    HeaderReader,
)
from tests.fuzz.target import Target


def fuzz_proxy_header(data: bytes) -> None:
    """A header means the same in one packet and byte by byte, and nothing is lost."""
    whole = _read([data])
    single = [data[at : at + 1] for at in range(len(data))]
    assert _read(single) == whole
    taken, source = whole
    assert taken <= MAX_SIZE
    if isinstance(source, Peer):
        assert str(ip_address(source.host)) == source.host
        assert 0 <= source.port < 1 << 16
        assert source.is_reported


def _read(packets: list[bytes]) -> tuple[int, Peer | str | None]:
    """Return the size of the header, and the source, or what is wrong with it."""
    reader, taken = HeaderReader(), 0
    for packet in packets:
        try:
            size = reader.feed(packet)
        except HeaderError as exc:
            return 0, f"{exc}"
        assert 0 <= size <= len(packet)
        taken += size
        if reader.is_complete:
            return taken, reader.source
    return 0, "incomplete"


WORDS: Final = (
    *(SIGNATURE, b"PROXY TCP4 ", b"PROXY TCP6 ", b"UNKNOWN", b"\r\n", b"192.0.2.1 "),
    *(b"!\x11\x00\x0c", b" \x00\x00\x00", b"!!\x00$", b"::1 "),
)
TARGETS: Final = (Target(fuzz_proxy_header, WORDS),)
