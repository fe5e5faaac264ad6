"""The parser of PROXY headers: valid and invalid ones, in any fragments."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parlour.core.ports import Peer
from parlour.server.proxy_protocol.header import (
    MAX_LINE,
    MAX_REST,
    HeaderError,
    HeaderReader,
    MissingHeaderError,
)
from tests.server.proxy_protocol.headers import (
    SIGNATURE,
    binary,
    extension,
    line,
    local,
    tls_extension,
)


def peer(host: str, port: int, *, is_encrypted: bool = False) -> Peer:
    """Return somebody whose address a proxy reports."""
    return Peer(host, port, is_encrypted=is_encrypted, is_reported=True)


def read(data: bytes) -> Peer | None:
    """Return the source in a header that *data* is."""
    reader = HeaderReader()
    assert reader.feed(data) == len(data)
    assert reader.is_complete
    return reader.source


def outcome(pieces: list[bytes]) -> tuple[object, ...]:
    """Return what a reader makes of *pieces*, with the bytes that it leaves."""
    reader, left = HeaderReader(), b""
    for number, piece in enumerate(pieces):
        try:
            used = reader.feed(piece)
        except HeaderError as exc:
            return type(exc), str(exc)
        if reader.is_complete:
            left = piece[used:] + b"".join(pieces[number + 1 :])
            break
        assert used == len(piece)
    return reader.is_complete, reader.source, left


@pytest.mark.parametrize(
    ("header", "source"),
    [
        (line(), peer("192.0.2.7", 4711)),
        (line("2001:db8::7", 65535), peer("2001:db8::7", 65535)),
        (line("2001:DB8:0:0::7", 0), peer("2001:db8::7", 0)),
        (b"PROXY UNKNOWN\r\n", None),
        (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", None),
        (binary(), peer("192.0.2.7", 4711)),
        (binary("2001:db8::7"), peer("2001:db8::7", 4711)),
        (binary(extensions=extension(0x02, b"x" * 200)), peer("192.0.2.7", 4711)),
        (
            binary(extensions=tls_extension()),
            peer("192.0.2.7", 4711, is_encrypted=True),
        ),
        (binary(extensions=tls_extension(0)), peer("192.0.2.7", 4711)),
        (local(), None),
        (binary(command=0x20), None),
        (binary(family=0x00), None),
        (binary(family=0x31), None),
    ],
)
def test_a_header_says_who_is_behind_the_proxy(
    header: bytes, source: Peer | None
) -> None:
    assert read(header) == source


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY TCP4 192.0.2.7 127.0.0.1 1 5555\n",
        b"PROXY TCP4 192.0.2.7 127.0.0.1 1\r\n",
        b"PROXY TCP4 192.0.2.7 127.0.0.1 1 5555 \r\n",
        b"PROXY  TCP4 192.0.2.7 127.0.0.1 1 5555\r\n",
        b"PROXY TCP4 192.0.2.07 127.0.0.1 1 5555\r\n",
        b"PROXY TCP4 2001:db8::7 ::1 1 5555\r\n",
        b"PROXY TCP6 192.0.2.7 127.0.0.1 1 5555\r\n",
        b"PROXY TCP6 fe80::1%eth0 ::1 1 5555\r\n",
        b"PROXY TCP4 192.0.2.7 127.0.0.1 65536 5555\r\n",
        b"PROXY TCP4 192.0.2.7 127.0.0.1 01 5555\r\n",
        b"PROXY TCP4 192.0.2.7 127.0.0.1 -1 5555\r\n",
        b"PROXY TCP4 192.0.2.7 127.0.0.1 1 x\r\n",
        b"PROXY TCP4 192.0.2.7 x 1 5555\r\n",
        b"PROXY UDP4 192.0.2.7 127.0.0.1 1 5555\r\n",
        b"PROXY \xe2\x82\xac\r\n",
        b"PROXY \r\n",
        b"PROXY " + b"x" * MAX_LINE,
        binary(command=0x11),
        binary(command=0x22),
        binary(family=0x12),
        binary(family=0x41),
        SIGNATURE + b"\x21\x11\x00\x0b" + b"x" * 11,
        SIGNATURE + b"\x21\x11" + (MAX_REST + 1).to_bytes(2),
        binary(extensions=b"\x20\x00"),
        binary(extensions=b"\x04\x00\x05abcd"),
        binary(extensions=extension(0x20, b"\x01")),
    ],
)
def test_an_invalid_header_is_an_error(header: bytes) -> None:
    with pytest.raises(HeaderError) as refused:
        HeaderReader().feed(header)

    assert not isinstance(refused.value, MissingHeaderError)


@pytest.mark.parametrize(
    "data",
    [b"hello", b"PROXYTCP4", b"proxy TCP4", b"\x16\x03\x01", b"\r\n\r\nx", b"P\n"],
)
def test_anything_else_is_no_header(data: bytes) -> None:
    with pytest.raises(MissingHeaderError):
        HeaderReader().feed(data)


HEADERS = [line(), line("2001:db8::7"), binary(), binary("2001:db8::7"), local()]
HEADERS += [b"PROXY UNKNOWN\r\n", binary(extensions=tls_extension() * 3)]


@given(
    st.sampled_from(HEADERS),
    st.binary(max_size=40),
    st.dictionaries(st.integers(0, 60), st.integers(0, 255), max_size=2),
    st.lists(st.integers(0, 200), max_size=8),
)
@example(line(), b"PROXY TCP4 127.0.0.1 127.0.0.1 1 1\r\n", {}, [1])
def test_any_fragments_of_a_stream_give_the_same_result(
    header: bytes, rest: bytes, changes: dict[int, int], cuts: list[int]
) -> None:
    stream = bytearray(header)
    for at, byte in changes.items():
        stream[at % len(stream)] = byte
    data = bytes(stream) + rest
    ends = sorted({0, *(cut % (len(data) + 1) for cut in cuts), len(data)})
    pieces = [data[start:end] for start, end in pairwise(ends)]

    assert outcome(pieces) == outcome([data])
    if not changes:
        assert outcome(pieces) == (True, read(header), rest)


@given(st.binary(max_size=200), st.sampled_from([b"", b"PROXY ", SIGNATURE]))
def test_random_bytes_never_crash_the_reader(data: bytes, start: bytes) -> None:
    by_byte = [bytes([byte]) for byte in start + data]

    assert outcome(by_byte) == outcome([start + data] if by_byte else [])


def test_a_reader_keeps_no_more_than_the_largest_header() -> None:
    reader = HeaderReader()
    largest = SIGNATURE + b"\x20\x00" + MAX_REST.to_bytes(2) + b"x" * MAX_REST

    assert reader.feed(largest + b"y" * 100_000) == len(largest)
    assert reader.source is None
