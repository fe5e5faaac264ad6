"""The drain: which clients hold up a shutdown, and how long."""

import json
import socket
import time

import pytest

from parlour.core.limits import Limits
from parlour.core.sessions.closing import Ended
from parlour.server.asyncio_driver import transports
from parlour.server.drain import Drain
from parlour.server.sockets import listen
from parlour.server.threaded_driver import draining_sockets
from tests.server.clients import joined, message_line, receive_until
from tests.server.running_servers import (
    RunningServer,
    Serve,
    SocketPeer,
    on_both_drivers,
)


class Waiting:
    """A transport with bytes that its peer has not taken."""

    address = "192.0.2.1:5000"

    unacknowledged = 0

    def __init__(self, unsent: int) -> None:
        self.unsent = unsent

    def write(self, data: bytes) -> None: ...

    def set_reading(self, *, on: bool) -> None: ...

    def close_with(self, ended: Ended) -> None: ...

    def abort(self) -> None: ...


def test_a_client_that_takes_nothing_is_aborted_after_two_seconds() -> None:
    drain, transport = Drain(10.0), Waiting(100)
    drain.begin(50.0)

    found = {
        after: drain.stalled([transport], 50.0 + after) for after in (0.0, 1.75, 2.0)
    }

    assert found == {0.0: [], 1.75: [], 2.0: [transport]}


def test_a_client_that_takes_something_is_waited_for_until_the_deadline() -> None:
    drain, transport = Drain(10.0), Waiting(100)
    drain.begin(50.0)

    for second in range(10):
        transport.unsent -= 1
        assert drain.stalled([transport], 50.0 + second) == []

    assert drain.next_check == 59.25
    assert drain.stalled([transport], 60.0) == [transport]


def test_a_client_that_has_taken_everything_is_not_aborted_before_the_deadline() -> (
    None
):
    drain, transport = Drain(10.0), Waiting(0)
    drain.begin(50.0)

    assert [drain.stalled([transport], 50.0 + after) for after in range(9)] == [[]] * 9


def test_progress_is_checked_four_times_a_second_and_at_the_deadline() -> None:
    drain = Drain(0.4)
    drain.begin(50.0)
    checks = []
    for _ in range(3):
        checks.append(drain.next_check)
        drain.stalled([], drain.next_check)

    assert checks == [50.0, 50.25, 50.4]


def test_a_client_that_does_not_acknowledge_is_aborted_after_two_seconds() -> None:
    drain, transport = Drain(10.0), Waiting(0)
    transport.unacknowledged = 100
    drain.begin(50.0)

    assert drain.stalled([transport], 50.0) == []
    assert drain.is_waiting_for(transport)
    assert drain.stalled([transport], 52.0) == [transport]


LINES = 250  # of 4,000 characters: more than the sockets buffer
CLOSE_TIMEOUT, FIN_TIMEOUT = 0.5, 0.1  # seconds
LIMITS = Limits(stall_timeout=60.0)


def small_listeners() -> list[socket.socket]:
    """Listen with little room in the system for what the server sends."""
    (found,) = listen("127.0.0.1", 0)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return [found]


def fill(server: RunningServer) -> SocketPeer:
    """Connect a client that does not read yet, and say more than its socket takes."""
    slow = joined(server.connect(receive_buffer=4096))
    romeo = joined(server.connect())
    for number in range(LINES):
        romeo.send(message_line(text := f"{number} {'x' * 4000}"))
        receive_until(romeo, text)
    return slow


def first_words(data: bytes) -> list[str]:
    """Return the first word of each text in lines from a server."""
    texts = [json.loads(line)["data"]["message"] for line in data.splitlines()]
    return [text.split()[0] for text in texts if text.split()[0].isdigit()] + texts[-1:]


EVERYTHING = [*map(str, range(LINES)), "the server is shutting down"]


@on_both_drivers
def test_a_client_that_lags_receives_everything_in_order_before_the_end(
    serve: Serve,
) -> None:
    with serve(LIMITS, listeners=small_listeners()) as server:
        slow = fill(server)
        server.stop()
        received = b""
        while data := slow.sock.recv(4096):
            received += data

    assert first_words(received) == EVERYTHING


@on_both_drivers
def test_a_slow_client_receives_everything_after_the_close_timeout(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (transports, draining_sockets):
        monkeypatch.setattr(module, "CLOSE_TIMEOUT", CLOSE_TIMEOUT)
        monkeypatch.setattr(module, "FIN_TIMEOUT", FIN_TIMEOUT)
    with serve(LIMITS, listeners=small_listeners()) as server:
        slow = fill(server)
        server.stop()
        received = b""
        while server.hub.counters.closed["server_stopping"] < 2:
            received += slow.sock.recv(4096)
        until = time.monotonic() + 3 * CLOSE_TIMEOUT
        while time.monotonic() < until:
            received += slow.sock.recv(512)
            time.sleep(0.02)
        while data := slow.sock.recv(65_536):
            received += data

    assert first_words(received) == EVERYTHING
