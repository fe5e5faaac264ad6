"""Streams of bytes for the tests of lines, and the lines that they contain."""

from hypothesis import strategies as st

from parlour.core.protocol.line_buffer import OVERLONG

READ_SIZES = [1, 2, 3, 5, 7, 16, 64, 256, 512, 1460, 65536]
LIMIT = 12

STREAMS = st.lists(
    st.sampled_from([b"\n", b"\r\n", b"x" * LIMIT, b"x" * (LIMIT + 1), b"\xc5\xbe"])
    | st.binary(max_size=LIMIT * 2)
).map(b"".join)


def expected_lines(stream: bytes, limit: int) -> list[bytes]:
    """Return the lines of *stream*, split as a single piece."""
    *lines, rest = stream.split(b"\n")
    if len(rest) > limit:
        lines.append(rest)
    return [line if len(line) <= limit else OVERLONG for line in lines]


def pieces(stream: bytes, size: int) -> list[bytes]:
    """Return *stream* in pieces of *size* bytes."""
    return [stream[i : i + size] for i in range(0, len(stream), size)]
