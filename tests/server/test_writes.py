"""How often is written: once a flush to each member, however many lines it has.

It is what makes the server fast, and the one part of that which does not depend on
the machine: a server that writes line by line has a ratio of 1 here.
"""

import json
from collections.abc import Callable

import pytest

from parlour.server import aio_carriers, thread_carriers
from tests.server.stage import Serve, SocketPeer, serve_async, serve_threads

MEMBERS, LINES = 20, 100
MOST = 0.1  # writes per delivered line; 0.01 if the burst comes in one read

on_both = pytest.mark.parametrize(
    "serve", [serve_async, serve_threads], ids=["async", "threads"]
)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes of all that carriers are given to write, as it happens."""
    sizes: list[int] = []

    def counted(write: Callable[..., object]) -> Callable[..., object]:
        def count_and_write(carrier: object, data: bytes) -> object:
            sizes.append(len(data))
            return write(carrier, data)

        return count_and_write

    for module in (aio_carriers, thread_carriers):
        monkeypatch.setattr(module.Carrier, "write", counted(module.Carrier.write))
    return sizes


def hear_until(peer: SocketPeer, text: str) -> None:
    while json.loads(peer.receive())["data"]["message"] != text:
        pass


@on_both
def test_a_burst_is_not_written_line_by_line(serve: Serve, written: list[int]) -> None:
    texts = [f"line {number}" for number in range(LINES)]
    burst = [json.dumps({"type": "message", "data": text}) + "\n" for text in texts]
    with serve() as running:
        crowd = [running.connect() for _ in range(MEMBERS)]
        for peer in crowd:
            peer.send(b'{"type": "message", "data": "here"}\n')
            hear_until(peer, "here")
        crowd[0].send(b'{"type": "message", "data": "all are here"}\n')
        for peer in crowd:
            hear_until(peer, "all are here")
        counts = running.hub.counters
        delivered, writes, handed = counts.delivered, counts.writes, len(written)

        crowd[0].send("".join(burst).encode())
        for peer in crowd:
            hear_until(peer, texts[-1])

        assert counts.delivered - delivered == MEMBERS * LINES
        assert counts.writes - writes <= MOST * MEMBERS * LINES
        assert len(written) - handed <= MOST * MEMBERS * LINES
