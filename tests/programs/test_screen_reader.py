"""A terminal for a screen reader: what is written, byte by byte."""

import re
import signal
import time
import unicodedata
from collections import Counter

import pytest

from parlour.client.terminal.screen_reader.prompt import GATHER_TIME

from .launch import ENGINES, start_server
from .sandbox import Sandbox
from .sockets import SocketClient
from .terminal import Terminal

BACKSPACE = "\x7f"

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def start(sandbox: Sandbox, port: int, engine: str, *options: str) -> Terminal:
    """Start `parlour --screen-reader`, and wait until Romeo has entered."""
    where = ["127.0.0.1", str(port), "--engine", engine, "--name", "Romeo"]
    options = "--screen-reader", *options
    terminal = sandbox.start_on_terminal("-m", "parlour", *where, *options)
    terminal.expect("Server: Romeo has entered the chat")
    terminal.wait_for_prompt()
    return terminal


def join(sandbox: Sandbox, port: int) -> SocketClient:
    """Connect Juliet, a client of the assignment."""
    juliet = sandbox.join(port)
    juliet.send(b'{"type": "set-name", "data": "Juliet"}\n')
    juliet.expect("renamed to Juliet")
    return juliet


def counted(terminal: Terminal) -> int:
    """Return how many messages were counted and not shown."""
    found = re.findall(r"Info: ([\d,]+) new messages", terminal.text)
    return sum(int(each.replace(",", "")) for each in found)


def test_nothing_is_moved_drawn_or_repeated(sandbox: Sandbox, engine: str) -> None:
    port = start_server(sandbox, engine).port
    terminal = start(sandbox, port, engine)
    juliet = join(sandbox, port)
    terminal.expect("renamed to Juliet")

    juliet.send_messages("Romeo, are you there?", "second")
    terminal.expect("Mention from Juliet: Romeo, are you there?")
    terminal.enter("At a terminal, as always.")
    juliet.expect("Romeo: At a terminal, as always.")
    terminal.enter("/join dev")
    terminal.expect("Info: You are in #dev")
    juliet.send_messages("third")
    terminal.expect("Info: New messages in #lobby")
    terminal.enter("/room lobby")
    terminal.expect("Juliet: third")
    terminal.enter("/users")
    terminal.expect("Server: 2 users: Juliet, Romeo")
    terminal.enter("/quit")
    assert terminal.wait() == 0

    received = terminal.received.decode()
    assert not {"\x1b", "\b", "\a"} & set(received)
    assert not [each for each in received if 0x2500 <= ord(each) < 0x2600], "boxes"
    symbols = {each for each in received if unicodedata.category(each) == "So"}
    assert not symbols
    assert received.replace("\r\n", "").count("\r") == 0
    assert max(Counter(terminal.lines).values()) == 1
    assert "At a terminal, as always." in terminal.lines


def test_messages_wait_while_a_line_is_typed(sandbox: Sandbox, engine: str) -> None:
    port = start_server(sandbox, engine).port
    terminal = start(sandbox, port, engine)
    juliet = join(sandbox, port)
    terminal.expect("renamed to Juliet")

    terminal.press("Good ni")
    terminal.expect("Good ni")
    juliet.send_messages(*(f"line {number}" for number in range(20_000)))
    juliet.expect("line 19999")
    terminal.press("ght")
    terminal.expect("Good night")
    assert terminal.lines[-1] == "Good night"
    terminal.enter("!")

    terminal.wait_until(lambda: counted(terminal) == 20_000, "20,000 messages")
    assert terminal.text.count("Juliet: ") == 0
    juliet.expect("Romeo: Good night!")
    terminal.enter("/last 2")
    terminal.expect("Juliet: line 19999")


def test_what_waits_is_shown_when_the_typed_line_is_given_up(
    sandbox: Sandbox, engine: str
) -> None:
    port = start_server(sandbox, engine).port
    terminal = start(sandbox, port, engine)
    juliet = join(sandbox, port)
    terminal.expect("renamed to Juliet")

    terminal.press("half a line")
    terminal.expect("half a line")
    juliet.send_messages("said meanwhile")
    juliet.expect("said meanwhile")
    start_time = time.monotonic()
    while time.monotonic() < start_time + 2 * GATHER_TIME:  # so that it is held
        terminal.press("x")
        terminal.wait_until(lambda: terminal.lines[-1] == "half a linex", "x")
        terminal.press(BACKSPACE)
        terminal.wait_until(lambda: terminal.lines[-1] == "half a line", "no x")
    terminal.press("\x03")

    terminal.expect("Juliet: said meanwhile")


def test_the_last_words_are_shown_at_the_end(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    terminal = start(sandbox, server.port, engine)

    server.program.signal(signal.SIGKILL)

    terminal.wait()
    terminal.expect("Server disconnected")
