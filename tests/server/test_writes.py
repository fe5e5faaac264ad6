"""A flush is one write to each member, however many lines it has.

This makes the server fast, on any machine. The test counts TCP segments that a member
receives: one write arrives as one segment, unless the hub or a driver splits it.
"""

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
from tests.server.clients import message_line, receive_until
from tests.server.running_servers import Serve, SocketPeer, on_both_drivers

MEMBERS, LINES = 20, 100
# Segments per delivered line: 0.01 if the burst is one read, and 0.19 or more if each
# line is a write, since TCP joins some writes that wait for an acknowledgement.
MAX_SEGMENTS_PER_LINE = 0.05
TCP_INFO_SIZE = 256  # bytes; the kernel fills in the fields that it has
DATA_SEGS_IN = 152  # offset of that u32, since Linux 4.6


def segments(peer: SocketPeer) -> int:
    """Return how many segments with data have arrived."""
    info = peer.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_SIZE)
    count: int = struct.unpack_from("=I", info, DATA_SEGS_IN)[0]
    return count


@pytest.fixture(autouse=True)
def require_linux() -> None:
    """Skip the test where the system does not count segments; fail it in CI."""
    if sys.platform == "linux":
        return
    missing = "only Linux counts the segments that arrived"
    if os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


def in_memory(path: Path) -> Store:  # noqa: ARG001
    return MemoryStore(Retention())


def in_file(path: Path) -> Store:
    return SQLiteStore(path, Retention(), clock=time.time, steady=time.monotonic)


@on_both_drivers
@pytest.mark.parametrize("history", [in_memory, in_file])
def test_a_burst_is_delivered_in_few_segments(
    serve: Serve, history: Callable[[Path], Store], tmp_path: Path
) -> None:
    texts = [f"line {number}" for number in range(LINES)]
    with serve(history=history(tmp_path / "chat.db")) as server:
        peers = [server.connect() for _ in range(MEMBERS)]
        for peer in peers:
            peer.send(message_line("here"))
            receive_until(peer, "here")
        peers[0].send(message_line("all are here"))
        for peer in peers:
            receive_until(peer, "all are here")
        before = [segments(peer) for peer in peers]

        peers[0].send(b"".join(map(message_line, texts)))
        for peer in peers:
            receive_until(peer, texts[-1])

        arrived = [
            segments(peer) - count for peer, count in zip(peers, before, strict=True)
        ]
        assert min(arrived) >= 1  # otherwise they are not counted
        assert max(arrived) <= MAX_SEGMENTS_PER_LINE * LINES
