"""Streams of bytes that hypothesis draws, and the lines to expect of them."""

from hypothesis import strategies as st

from parlour.core.protocol.lines import OVERLONG

READ_SIZES = [1, 2, 3, 5, 7, 16, 64, 256, 512, 1460, 65536]
LIMIT = 12

STREAMS = st.lists(
    st.sampled_from([b"\n", b"\r\n", b"x" * LIMIT, b"x" * (LIMIT + 1), b"\xc5\xbe"])
    | st.binary(max_size=LIMIT * 2)
).map(b"".join)


def expected_lines(stream: bytes, limit: int) -> list[bytes]:
    """Return the lines of *stream*, split as a whole."""
    *lines, rest = stream.split(b"\n")
    if len(rest) > limit:
        lines.append(rest)
    return [each if len(each) <= limit else OVERLONG for each in lines]


def cut(stream: bytes, size: int) -> list[bytes]:
    return [stream[i : i + size] for i in range(0, len(stream), size)]
