"""Servers that are killed under full load, again and again, and what that harms.

All clients live in one thread: their steps are in one order, and as many as there are
keep the server busy. What they knew is judged against what is kept in the end.
"""

import selectors
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from tests.proof import run
from tests.proof.checker import check
from tests.proof.clients import SessionClient
from tests.proof.violation import Violation

from .event_loop import PATIENCE
from .histories import do, exported, keep
from .launch import Server
from .sandbox import Stage

CLIENTS: Final = 20
UNANSWERED: Final = 16  # messages that a client sends ahead of its answers
INSTANTS: Final = 0.02, 0.5  # seconds after the first client has come: the kill
CHUNK: Final = 1 << 18  # bytes read at once


class Report(NamedTuple):
    """What became of some rounds."""

    rounds: int
    messages: int
    """That were kept."""
    sights: int
    """Messages that were seen, by all clients together."""
    acknowledged: int
    again: int
    """Messages that were sent more than once."""
    violations: list[Violation]


class Caller:
    """A client of the session dialect behind a socket that waits for nothing."""

    def __init__(self, number: int, rng: Random, steps: Iterator[int]) -> None:
        self.client = SessionClient(f"c{number}", f"{rng.getrandbits(128):032x}", steps)
        self.sock: socket.socket | None = None
        self._rng = rng
        self._said = 0
        self._unsent = bytearray()

    def connect(self, port: int) -> socket.socket:
        self.sock = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.sock.setblocking(False)
        self._unsent = bytearray(self.client.connect(0))
        self.send()
        return self.sock

    def speak(self) -> None:
        """Say as much as may be unanswered."""
        while self.client.unanswered < UNANSWERED and len(self._unsent) < CHUNK:
            self._said += 1
            text = f"{self.client.record.name} {self._said}"
            if self._rng.random() < 0.02 and self.client.is_welcome:
                self._unsent += self.client.say_once(text)
            else:
                self._unsent += self.client.say(text)
        self.send()

    def fence(self) -> None:
        self._unsent += self.client.say("fence")
        self.send()

    def send(self) -> None:
        assert self.sock is not None
        try:
            while self._unsent:
                del self._unsent[: self.sock.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self._unsent.clear()  # the server is gone, as will be read

    def receive(self) -> bool:
        """Hear what has come; tell whether there may be more."""
        assert self.sock is not None
        try:
            data = self.sock.recv(CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        self._unsent += self.client.receive(data)
        return bool(data)

    def hang_up(self) -> None:
        if self.sock is not None:
            self.sock.close()
            self.sock = None


class Storm:
    """All clients, and what they do together."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        steps = count()
        self.callers = [Caller(number, rng, steps) for number in range(CLIENTS)]

    def kill(self, server: Server) -> None:
        """Come, speak as fast as can be, and kill *server* at some moment."""
        moment = time.monotonic() + self._rng.uniform(*INSTANTS)
        with selectors.DefaultSelector() as selector:
            waiting = self._come(server, selector)
            is_killed = False
            while waiting:
                wait = max(moment - time.monotonic(), 0.0)
                ready = selector.select(PATIENCE if is_killed else wait)
                assert ready or not is_killed, "the server is gone, and nobody is told"
                if not is_killed and time.monotonic() >= moment:
                    is_killed = True
                    server.program.signal(signal.SIGKILL)
                for key, _ in ready:
                    caller = waiting[key.fd]
                    if not caller.receive():
                        selector.unregister(key.fd)
                        waiting.pop(key.fd).hang_up()
                    elif not is_killed:
                        caller.speak()
        assert server.program.wait() == 128 + signal.SIGKILL, server.program.err.text

    def settle(self, server: Server) -> None:
        """Come once more, say again what has to be, and hear everything."""
        end = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as selector:
            waiting = self._come(server, selector)
            has_fenced = False
            while not (has_fenced and self._is_settled):
                ready = selector.select(end - time.monotonic())
                assert ready, "somebody does not hear everything"
                for key, _ in ready:
                    caller = waiting[key.fd]
                    assert caller.receive(), "the server ended a connection"
                    caller.send()
                clients = [caller.client for caller in self.callers]
                if not has_fenced and all(client.is_idle for client in clients):
                    has_fenced = True
                    self.callers[0].fence()
        for caller in self.callers:
            caller.hang_up()

    def _come(
        self, server: Server, selector: selectors.BaseSelector
    ) -> dict[int, Caller]:
        waiting = dict[int, Caller]()
        for caller in self.callers:
            sock = caller.connect(server.port)
            waiting[sock.fileno()] = caller
            selector.register(sock, selectors.EVENT_READ)
            caller.speak()
        return waiting

    @property
    def _is_settled(self) -> bool:
        cursors = {caller.client.cursor for caller in self.callers}
        return len(cursors) == 1 and all(each.client.is_idle for each in self.callers)


def crash(stage: Stage, engine: str, path: Path, rounds: int, seed: int) -> Report:
    """Kill so many servers that keep their history in *path*, and judge what is left.

    The moments are chosen by *seed*; what happens then is up to the machine.
    """
    storm = Storm(Random(seed))
    for _ in range(rounds):
        storm.kill(keep(stage, engine, path))
    last = keep(stage, engine, path)
    storm.settle(last)
    last.stop()
    kept = [run.Kept(*each) for each in exported(stage, path)]
    return _report(storm, kept, rounds, _verify(stage, path))


def _verify(stage: Stage, path: Path) -> list[Violation]:
    told = do(stage, "verify", "--history", path)
    is_whole = told.endswith(" is whole\n")
    return [] if is_whole else [Violation("the file is whole", str(path), told)]


def _report(
    storm: Storm, kept: list[run.Kept], rounds: int, found: list[Violation]
) -> Report:
    clients = [caller.client.record for caller in storm.callers]
    epochs = Counter(
        view.welcome.epoch
        for client in clients
        for view in client.views
        if view.welcome is not None
    )
    log = run.Log(epochs.most_common(1)[0][0], kept)
    found += check(run.Run(clients, [log], is_settled=True))
    for caller in storm.callers:
        for fault in caller.client.faults:
            name = caller.client.record.name
            found.append(Violation("the wire is as it is told", name, fault))
    sent = [each for client in clients for each in client.sent.values()]
    return Report(
        rounds,
        len(kept),
        sum(len(view.events) for client in clients for view in client.views),
        sum(bool(each.stored) for each in sent),
        sum(len(each.attempts) > 1 for each in sent),
        found,
    )
