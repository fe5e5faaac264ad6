"""Measure how long the messages of an innocent pair take while others flood a server.

One sends a message at a time, at the pace of a fast talker, and the other notes when it
arrives; a flood of sign-ins, registrations or connections comes from many addresses.
"""

import json
import socket
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from .admin_tools import create
from .event_loop import TIMEOUT
from .flood_client import BEGUN
from .histories import start_with_history
from .sandbox import Sandbox

MESSAGES: Final = 200
INTERVAL: Final = 0.01  # seconds from one message to the next
MAX_RATIO: Final = 4.0
"""Of the 99th percentile during a flood to that without one."""

FLOOD_CLIENT: Final = str(Path(__file__).with_name("flood_client.py"))


class FloodReport(NamedTuple):
    """What one flood does: times are in seconds, medians over the rounds."""

    flood: str
    quiet: float
    flooded: float
    ratio: float
    requests: float
    """Answered requests of the flood per second."""

    def __str__(self) -> str:
        quiet, flooded = self.quiet * 1000, self.flooded * 1000
        return (
            f"{self.flood}: 99th percentile {flooded:.1f} ms, {self.ratio:.1f} times "
            f"the {quiet:.1f} ms without it; {self.requests:,.0f} requests/s"
        )


class Pair:
    """Two sessions, of which one writes and the other reads."""

    def __init__(self, port: int) -> None:
        self._sockets = [
            socket.create_connection(("127.0.0.1", port), TIMEOUT) for _ in range(2)
        ]
        self._files = [each.makefile("rb") for each in self._sockets]
        for name, each in zip(("romeo", "juliet"), (0, 1), strict=True):
            hello = {"version": 1, "late": True, "rooms": ["lobby"], "name": name}
            self._send(each, "hello", hello)
            self._await(each, b'"welcome"')

    def close(self) -> None:
        for file in self._files:
            file.close()
        for sock in self._sockets:
            sock.close()

    def p99(self, messages: int) -> float:
        """Return the 99th percentile of the times of messages, in seconds."""
        return statistics.quantiles(self._times(messages), n=100)[-1]

    def _times(self, messages: int) -> Iterator[float]:
        for number in range(messages):
            sent_at = time.monotonic()
            text = f"message {sent_at}"
            data = {"room": "lobby", "message": text, "id": f"{number} at {sent_at}"}
            self._send(0, "message", data)
            self._await(1, text.encode())
            taken = time.monotonic() - sent_at
            yield taken
            self._await(0, b'"stored"')
            time.sleep(max(INTERVAL - taken, 0.0))  # the pace of the conversation

    def _send(self, which: int, kind: str, data: Mapping[str, object]) -> None:
        line = json.dumps({"type": kind, "data": data}).encode() + b"\n"
        self._sockets[which].sendall(line)

    def _await(self, which: int, wanted: bytes) -> None:
        for line in self._files[which]:
            if wanted in line:
                return
            if b'"ping"' in line:  # to the one who only reads
                self._send(which, "pong", json.loads(line)["data"])
        raise AssertionError(f"ended without {wanted!r}")


def measure_flood(
    sandbox: Sandbox,
    engine: str,
    history: Path,
    flood: str,
    rounds: int,
    messages: int = MESSAGES,
) -> FloodReport:
    """Measure a flood in several rounds, each after a quiet one.

    Fails if a message takes longer than `TIMEOUT`.
    """
    server = start_with_history(sandbox, engine, history)
    create(sandbox, "Ada", "--history", history)
    pair = Pair(server.port)
    command = FLOOD_CLIENT, f"{server.port}", flood
    report = compare(sandbox, pair, flood, command, rounds, messages)
    pair.close()
    server.stop()
    return report


def compare(
    sandbox: Sandbox,
    pair: Pair,
    flood: str,
    command: Sequence[str],
    rounds: int,
    messages: int,
) -> FloodReport:
    """Measure a pair with and without the Python program *command*, in turn."""
    pair.p99(messages)  # everything is loaded now
    quiet, flooded, requests = [], [], []
    for _ in range(rounds):
        quiet.append(pair.p99(messages))
        client = sandbox.run_python(*command)
        client.out.expect(BEGUN)
        begun = time.monotonic()
        flooded.append(pair.p99(messages))
        taken = time.monotonic() - begun
        client.close_input()
        assert client.wait() == 0, client.err.text
        requests.append(int(client.out.lines[-1]) / taken)
    ratios = [after / before for before, after in zip(quiet, flooded, strict=True)]
    found = map(statistics.median, (quiet, flooded, ratios, requests))
    return FloodReport(flood, *found)
