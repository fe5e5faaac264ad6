"""Lines that arrive at a wire in pieces."""

import asyncio

import pytest

from tests.proof.line_reader import LineReader
from tests.proof.wire import line


class FakeWire:
    """A wire from which *pieces* arrive; a read without any is interrupted."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.sent = b""

    async def receive(self) -> bytes:
        if not self.pieces:
            raise TimeoutError
        return self.pieces.pop(0)

    def send(self, data: bytes) -> None:
        self.sent += data

    def reset(self) -> None:
        """It cannot break."""

    async def close(self) -> None:
        """It cannot close."""


def test_lines_are_put_together_and_pings_are_answered() -> None:
    bye, ping = line("bye", {"code": "stopping"}), line("ping", {"token": "1"})
    stream = ping + bye
    wire = FakeWire(*(stream[n : n + 1] for n in range(len(stream))), b"")
    reader = LineReader(wire)

    async def read() -> list[object]:
        return [await reader.read(), await reader.read()]

    assert asyncio.run(read()) == [{"type": "bye", "data": {"code": "stopping"}}, None]
    assert wire.sent == line("pong", {"token": "1"})


def test_an_interrupted_read_loses_nothing() -> None:
    wire = FakeWire(b'{"type": "bye", ')
    reader = LineReader(wire)
    with pytest.raises(TimeoutError):
        asyncio.run(reader.read())

    wire.pieces.append(b'"data": {}}\n')

    assert asyncio.run(reader.read()) == {"type": "bye", "data": {}}
