"""Real programs that chat through the proxy, and what they show of the chat."""

import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from tests.programs.launch import CLIENT, start_client
from tests.programs.process import Program
from tests.programs.sandbox import Sandbox
from tests.programs.terminal import Terminal
from tests.proof import records
from tests.proof.meeting import fence
from tests.proof.records import LOBBY

PAUSE: Final = 0.5  # seconds between two lines, on average
RECENT: Final = re.compile(r"-- (?:the last (\d+) messages|earlier messages).*:")
"""The heading of recent messages. Earlier ones end at a line that is no message."""
MAX_RECENT: Final = 20
SHOWN: Final = re.compile(rf"(\w+): (\w+ \d+|{re.escape(fence(LOBBY))})")


def start_in_pipe(sandbox: Sandbox, port: int, engine: str, name: str) -> Program:
    """Start a client that reconnects, with pipes."""
    return start_client(sandbox, port, engine, "--name", name, "--reconnect")


def start_on_terminal(sandbox: Sandbox, port: int, engine: str, name: str) -> Terminal:
    """Start a client that reconnects, on a terminal."""
    where = ["127.0.0.1", str(port), "--engine", engine]
    return sandbox.start_on_terminal(*CLIENT, *where, "--name", name, "--reconnect")


def in_order(lines: Sequence[str]) -> list[str]:
    """Return what a program shows in the order in which it was said.

    If the welcome is late, recent messages are below those that were shown before it.
    """
    earlier: list[str] = []
    found: list[str] = []
    left = 0
    for line in lines:
        if heading := RECENT.match(line):
            left = int(heading[1] or MAX_RECENT)
        elif left and SHOWN.fullmatch(line):
            left -= 1
            earlier.append(line)
        else:
            left = 0
            found.append(line)
    return earlier + found


class Typist:
    """A real program that chats in the lobby, in a pipe or on a terminal."""

    def __init__(self, name: str, program: Program | Terminal, rng: Random) -> None:
        self.name, self.program = name, program
        self.typed = dict[str, int]()
        """The step before each text was typed."""
        self._rng = rng
        self._next = 0.0

    def type(self, step: int, now: float) -> None:
        """Type a line, if it is time to."""
        if now < self._next:
            return
        self._next = now + self._rng.expovariate(1 / PAUSE)
        text = f"{self.name} {len(self.typed) + 1}"
        self.typed[text] = step
        if isinstance(self.program, Terminal):
            self.program.enter(text)
        else:
            self.program.type(text)

    @property
    def lines(self) -> list[str]:
        """What the program shows."""
        if isinstance(self.program, Terminal):
            return self.program.lines
        return self.program.out.lines

    def is_here(self) -> bool:
        """Whether the program has entered the lobby."""
        notices = f"{self.name} has entered the chat", f"renamed to {self.name}"
        if isinstance(self.program, Terminal) and self.program.echoes():
            return False
        return any(notice in line for line in self.lines for notice in notices)

    def shows(self, *texts: str) -> bool:
        """Return whether the program shows messages with all of these texts."""
        return not self.lacks(*texts)

    def lacks(self, *texts: str) -> list[str]:
        """Return those of these texts that the program does not show as messages."""
        shown = {line.partition(": ")[2] for line in self.lines}
        return [text for text in texts if text not in shown]

    def record(self, steps: Iterator[int]) -> records.ClientRecord:
        """Return what it typed and showed, as the checker reads it."""
        record = records.ClientRecord(self.name, {self.name})
        for text, step in self.typed.items():
            record.sent[text] = records.Sent(text, [step], is_abandoned=True)
        view = records.RoomView(is_plain=True)
        for line in in_order(self.lines):
            if found := SHOWN.fullmatch(line):
                received = records.Received(0, found[1], found[2], next(steps))
                view.events.append(received)
        record.views.append(view)
        return record

    def end(self) -> int:
        if isinstance(self.program, Terminal):
            self.program.enter("/quit")
        else:
            self.program.close_input()
        return self.program.wait()
