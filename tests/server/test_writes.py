"""How often is written: once a flush to each member, however many lines it has.

It is what makes the server fast, and the one part of that which does not depend on
the machine. It is counted where it arrives: what is written at once comes as one
segment, and who cuts it anywhere on the way, in the hub or below, is seen here.
"""

import json
import os
import socket
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from parlour.history.retention import Retention
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from parlour.journal.sqlite.store import SQLiteStore
from tests.server.running_servers import Serve, SocketPeer, serve_async, serve_threads

MEMBERS, LINES = 20, 100
# Segments per delivered line; 0.01 if the burst comes in one read. Who writes line by
# line has 0.19 and more: what is not acknowledged yet makes some travel together.
MOST = 0.05
TCP_INFO_SIZE = 256  # bytes; the kernel fills in what it has
DATA_SEGS_IN = 152  # the place of that u32 in it, since Linux 4.6

on_both = pytest.mark.parametrize(
    "serve", [serve_async, serve_threads], ids=["async", "threads"]
)


def segments(peer: SocketPeer) -> int:
    """Return how many segments with data have come."""
    info = peer.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_SIZE)
    count: int = struct.unpack_from("=I", info, DATA_SEGS_IN)[0]
    return count


@pytest.fixture(autouse=True)
def counted_by_the_system() -> None:
    """Skip where segments are not counted; where CI decides, fail."""
    if sys.platform == "linux":
        return
    missing = "only Linux tells how many segments came"
    if os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


def hear_until(peer: SocketPeer, text: str) -> None:
    while json.loads(peer.receive())["data"]["message"] != text:
        pass


def in_memory(path: Path) -> Store:  # noqa: ARG001
    return MemoryStore(Retention())


def in_file(path: Path) -> Store:
    return SQLiteStore(path, Retention(), clock=time.time, steady=time.monotonic)


@on_both
@pytest.mark.parametrize("history", [in_memory, in_file])
def test_a_burst_is_not_written_line_by_line(
    serve: Serve, history: Callable[[Path], Store], tmp_path: Path
) -> None:
    texts = [f"line {number}" for number in range(LINES)]
    burst = [json.dumps({"type": "message", "data": text}) + "\n" for text in texts]
    with serve(history=history(tmp_path / "chat.db")) as running:
        crowd = [running.connect() for _ in range(MEMBERS)]
        for peer in crowd:
            peer.send(b'{"type": "message", "data": "here"}\n')
            hear_until(peer, "here")
        crowd[0].send(b'{"type": "message", "data": "all are here"}\n')
        for peer in crowd:
            hear_until(peer, "all are here")
        before = [segments(peer) for peer in crowd]

        crowd[0].send("".join(burst).encode())
        for peer in crowd:
            hear_until(peer, texts[-1])

        came = [
            segments(peer) - count for peer, count in zip(crowd, before, strict=True)
        ]
        assert min(came) >= 1  # else they are not counted
        assert max(came) <= MOST * LINES
