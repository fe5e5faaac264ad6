"""The interactive terminal, as a person sees it, in both engines."""

import signal
import termios

import pytest

from tests.client.client_process import TIMEOUT
from tests.client.conftest import StartTerminal
from tests.client.listener import Listener, Peer
from tests.client.server_lines import plain_message

CTRL_C, CTRL_D, CTRL_U = "\x03", "\x04", "\x15"
ENTER = "\r"
BROKEN = """
from parlour.client.terminal.prompt import Prompt
async def run(self):
    raise ValueError("broken")
Prompt.run = run
"""
STILL = 1.0  # seconds in which a client that reads on would have read
LONG = "this is typed and goes on " * 8  # three rows of 80


def test_the_example_of_the_assignment(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        peer.send_message("[Server]", "127.0.0.1:57354 has entered the chat")
        screen.see("[Server]: 127.0.0.1:57354 has entered the chat")
        screen.press(f"hello{ENTER}")
        peer.echo("127.0.0.1:57354")
        screen.see("127.0.0.1:57354: hello")
        screen.press(f"/setname Kobzol{ENTER}")
        assert peer.read_json() == {"type": "set-name", "data": "Kobzol"}
        peer.send_message("[Server]", "127.0.0.1:57354 renamed to Kobzol")
        screen.see("[Server]: 127.0.0.1:57354 renamed to Kobzol")
        screen.press(f"hello{ENTER}")
        peer.echo("Kobzol")
        screen.see("Kobzol: hello")

    assert screen.wait() == 0
    assert screen.rows == [
        "[Server]: 127.0.0.1:57354 has entered the chat",
        "hello",
        "127.0.0.1:57354: hello",
        "/setname Kobzol",
        "[Server]: 127.0.0.1:57354 renamed to Kobzol",
        "hello",
        "Kobzol: hello",
        "Server disconnected",
    ]


def test_a_burst_leaves_what_is_being_typed(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("half a thought")
        screen.see("half a thought")
        for number in range(2_000):
            peer.send_message("bob", f"line {number}")
        screen.see("bob: line 1999", "half a thought")
        screen.press(f" is whole{ENTER}")

        assert peer.read_json()["data"] == "half a thought is whole"
    assert screen.wait() == 0
    told = [row for row in screen.scrolled if row.startswith("bob")]
    assert told == [f"bob: line {number}" for number in range(2_000)]


def test_a_typed_line_of_three_rows_is_left_whole(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    typed = [LONG[start : start + 80].rstrip() for start in (0, 80, 160)]
    with listener.accept() as peer:
        screen.press(LONG)
        screen.see(*typed)
        for number in range(5):
            peer.send_message("bob", f"line {number}")
            screen.see(f"bob: line {number}", *typed)

    assert screen.wait() == 0
    assert screen.scrolled.count(typed[0]) == 1


def test_wide_letters_are_left_whole(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("漢字")
        screen.see_text("漢")
        peer.send_message("žofie", "ahoj 🐴")
        screen.see_text("žofie: ahoj 🐴")
        screen.press(ENTER)

        assert peer.read_json()["data"] == "漢字"


def test_remote_bytes_obey_nobody(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("typed")
        screen.see("typed")
        peer.send_message(
            "e\x1b[31mve", "\x1b[2J\x1b[H\x1b]0;title\x07\x9b5A\x1b[?25l\x0e"
        )
        peer.send_message("eve", "a\n[Server]: forged\rover\x08\u202e")
        screen.see(
            "e␛[31mve: ␛[2J␛[H␛]0;title^G<U+009B>5A␛[?25l^N",
            "eve: a",
            "     [Server]: forged^Mover^H<U+202E>",
            "typed",
        )

    assert screen.wait() == 0
    assert screen.screen.title == ""
    assert not screen.screen.cursor.hidden
    row = screen.screen.buffer[0]
    assert {row[column].fg for column in range(20, 60)} == {"default"}


def test_another_size_is_lived_with(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("typed")
        screen.see("typed")
        screen.resize(12, 40)
        for number in range(30):
            peer.send_message("bob", f"line {number}")
        screen.see("bob: line 28", "bob: line 29", "typed")
        screen.press("x" * 50)

        screen.see("typed" + "x" * 35, "x" * 15)


def test_last_words_are_shown_to_who_has_left(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(CTRL_D)
        assert peer.read_line() == b""
        peer.send_message("bob", "bye")

    assert screen.wait() == 0
    assert screen.rows == ["bob: bye"]


def test_a_line_that_was_being_typed_stays_in_sight(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        peer.send_message("bob", "hello")
        screen.press("half")
        screen.see("bob: hello", "half")

    assert screen.wait() == 0
    assert screen.rows == ["bob: hello", "half", "Server disconnected"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_the_terminal_as_it_was(
    start_terminal: StartTerminal, listener: Listener, number: signal.Signals
) -> None:
    screen = start_terminal()
    with listener.accept():
        screen.press("typed")
        screen.see("typed")
        assert not screen.process.getecho()

        screen.kill(number)

        assert screen.wait() == 128 + number
    flags = termios.tcgetattr(screen.process.child_fd)[3]
    assert flags & termios.ECHO
    assert flags & termios.ICANON
    assert b"\x1b[?2004l" in screen.bytes


def test_a_terminal_that_hangs_up_ends_it(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.see_raw()

        screen.process.close(force=False)

        assert peer.read_line() == b""


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"]
)
def test_a_terminal_that_takes_nothing_keeps_nobody_from_the_end(
    start_terminal: StartTerminal, listener: Listener, number: signal.Signals
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.see_raw()
        flood(peer)
        screen.kill(number)

        assert screen.wait_unseen() == 128 + number
    assert screen.process.getecho()  # as it was before


def test_who_presses_ctrl_c_twice_leaves_a_terminal_that_takes_nothing(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.see_raw()
        flood(peer)
        screen.press(CTRL_C)
        screen.press(CTRL_C)
        while peer.read_line():
            pass  # it sends an end of file

    assert screen.wait_unseen() == 0


def test_typed_bytes_that_are_no_text_are_not_sent(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.see_raw()
        screen.process.send(b"Gr\xfc\xdfe\r")
        screen.see_written("Not sent: a line that is neither UTF-8")
        screen.press(f"{CTRL_U}Gr\u00fc\u00dfe{ENTER}")

        assert peer.read_json()["data"] == "Gr\u00fc\u00dfe"
    assert screen.wait() == 0


def flood(peer: Peer) -> None:
    """Say more than the client takes while nobody looks at its terminal."""
    peer.sock.settimeout(STILL)
    try:
        while True:
            peer.sock.sendall(plain_message("bob", LONG * 10) * 100)
    except TimeoutError:
        peer.sock.settimeout(TIMEOUT)


def test_nobody_there_leaves_the_terminal_as_it_was(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    listener.close()

    screen = start_terminal()

    assert screen.wait() == 3
    assert screen.rows[0].startswith("parlour: cannot connect to 127.0.0.1:")
    assert termios.tcgetattr(screen.process.child_fd)[3] & termios.ECHO


@pytest.mark.parametrize(
    ("options", "term"), [("plain=True", "xterm"), ("", "dumb"), ("json=True", "xterm")]
)
def test_a_plain_terminal_is_read_by_the_line(
    start_terminal: StartTerminal, listener: Listener, options: str, term: str
) -> None:
    screen = start_terminal(options, term)
    with listener.accept() as peer:
        screen.press("hi\n")
        peer.echo("me")
        screen.see_text("me")
        screen.press(CTRL_D)

        assert peer.read_line() == b""
    assert screen.wait() == 0
    assert b"\x1b" not in screen.bytes


def test_names_have_colours_that_can_be_refused(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    for options, has_color in (("", True), ("color='never'", False)):
        screen = start_terminal(options)
        with listener.accept() as peer:
            peer.send_message("bob", "hello")
            screen.see("bob: hello")

        assert (b"\x1b[35mbob\x1b[0m: hello" in screen.bytes) is has_color


def test_a_prompt_that_fails_is_1(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(before=BROKEN)
    with listener.accept() as peer:
        assert peer.read_line() == b""

    assert screen.wait() == 1
    screen.see_text("ValueError: broken")
    assert termios.tcgetattr(screen.process.child_fd)[3] & termios.ECHO


NOBODY_ANSWERS = """
import threading
import parlour.client.program as program
begin, attempts = program.connect, []
def connect(server, port):
    attempts.append(server)
    return begin(server, port) if len(attempts) == 1 else threading.Event().wait()
program.connect = connect
"""


def test_one_can_leave_while_nobody_answers(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal("reconnect=True", before=NOBODY_ANSWERS)
    with listener.accept():
        screen.see_raw()
    screen.see_text("Server disconnected")
    screen.press("\r")
    screen.see_text("(offline, trying)")

    screen.press("\x04")

    assert screen.wait() == 0


def test_typed_text_taller_than_the_screen_is_shown_once(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    pasted = "\n".join(f"  File line {number} of a trace" for number in range(40))
    told = [f"bob: spoken {number}" for number in range(10)]
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(f"\x1b[200~{pasted}\x1b[201~")
        screen.see_text("File line 39")
        for number, line in enumerate(told):
            peer.send_message("bob", f"spoken {number}")
            screen.see_text(line)

        half = [f"  File line {number} of a trace" for number in range(28, 40)]
        screen.see(told[-1], *half)
        assert screen.scrolled == told + half

        screen.press("\x1b[A" * 39)
        top = [f"  File line {number} of a trace" for number in range(12)]
        screen.see(told[-1], *top)


def test_text_of_a_message_begins_no_row(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    forged = "[Server]: juliet has left the chat"
    screen = start_terminal("color='never'")
    with listener.accept() as peer:
        peer.send_message("eve", "hi" + " " * 73 + forged)
        screen.see("eve: hi", f"     {forged}")
        screen.resize(24, 40)
        screen.press("typed")
        screen.see("typed")
        peer.send_message("eve", "hi" + " " * 33 + forged)

        screen.see("eve: hi", f"     {forged}", "typed")


@pytest.mark.parametrize("options", ["plain=True", "color='never'"])
def test_what_others_say_is_wrapped_with_and_without_a_prompt(
    start_terminal: StartTerminal, listener: Listener, options: str
) -> None:
    screen = start_terminal(options)
    with listener.accept() as peer:
        peer.send_message("juliet", "word " * 20 + "end\nand\tmore")

        screen.see(
            f"juliet: {'word ' * 14}".rstrip(),
            f"        {'word ' * 6}end",
            "        and more",
        )
