"""Idle rooms cost nothing at a turn, and little memory."""

import gc
import sys
import tracemalloc
from collections import Counter
from types import FrameType

from parlour.core.limits import MAX_OPEN_ROOMS
from tests.core.fake_server import FakeServer, line
from tests.core.session_peers import connect_session

SESSIONS = 100
MAX_MEMORY = 100 << 20  # bytes


def server_with_rooms(rooms_each: int) -> FakeServer:
    """Return a server whose sessions are in the lobby and in rooms of their own.

    In each room something was said, and a notice was told, some time ago.
    """
    server = FakeServer()
    for number in range(SESSIONS):
        names = [f"r{number}-{room}" for room in range(rooms_each)]
        rooms = ["lobby", *names] if number else ["lobby"]
        peer = connect_session(
            server, f"u{number}", token=f"a token of {number:08}", rooms=rooms
        )
        for name in rooms[1:]:
            peer.feed(line("message", {"room": name, "message": "hello", "id": "1"}))
            peer.feed(line("topic", {"room": name, "topic": "gardens"}))
            server.turn()
    server.wait(1.0)
    for peer in server.peers.values():
        peer.writes.clear()
        peer.unread = b""
    return server


def count_calls(server: FakeServer) -> Counter[str]:
    """Return how often each function is called while something is said in the lobby."""
    calls = Counter[str]()

    def profile(frame: FrameType, event: str, arg: object) -> None:
        if event == "call":
            calls[frame.f_code.co_qualname] += 1
        elif event == "c_call":
            calls[getattr(arg, "__qualname__", "")] += 1

    peer = next(iter(server.peers.values()))
    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        peer.send(line("message", {"room": "lobby", "message": "hi", "id": "2"}))
        server.hub.tick(server.now)
        server.hub.flush(server.now)
    finally:
        sys.setprofile(before)
    assert all(b"hi" in each.unread for each in server.peers.values())
    return calls


def test_a_turn_makes_the_same_calls_however_many_rooms_are_idle() -> None:
    few, many = server_with_rooms(1), server_with_rooms(50)

    assert count_calls(few) == count_calls(many)
    assert (few.hub.delivery.room_count, many.hub.delivery.room_count) == (100, 4951)


def test_ten_thousand_idle_rooms_take_less_than_100_megabytes() -> None:
    gc.collect()
    tracemalloc.start()
    try:
        server = server_with_rooms(10)
        assert server.hub.state.rooms.open_count == 991
        gc.collect()
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    per_room = used / server.hub.state.rooms.open_count
    assert per_room * MAX_OPEN_ROOMS < MAX_MEMORY, f"{per_room:,.0f} bytes each"
