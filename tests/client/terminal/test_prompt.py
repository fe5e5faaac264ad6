"""The interactive terminal as the user sees it, in both engines."""

import pytest

from tests.client.conftest import StartTerminal
from tests.client.listener import Listener

CTRL_C, CTRL_D, CTRL_U = "\x03", "\x04", "\x15"
ENTER = "\r"
LONG = "this is typed and goes on " * 8  # three rows of 80


def test_the_example_of_the_assignment(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        peer.send_message("[Server]", "127.0.0.1:57354 has entered the chat")
        screen.expect_rows("[Server]: 127.0.0.1:57354 has entered the chat")
        screen.press(f"hello{ENTER}")
        peer.echo("127.0.0.1:57354")
        screen.expect_rows("127.0.0.1:57354: hello")
        screen.press(f"/setname Kobzol{ENTER}")
        assert peer.read_json() == {"type": "set-name", "data": "Kobzol"}
        peer.send_message("[Server]", "127.0.0.1:57354 renamed to Kobzol")
        screen.expect_rows("[Server]: 127.0.0.1:57354 renamed to Kobzol")
        screen.press(f"hello{ENTER}")
        peer.echo("Kobzol")
        screen.expect_rows("Kobzol: hello")

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


def test_a_burst_of_messages_does_not_disturb_the_typed_line(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("half a thought")
        screen.expect_rows("half a thought")
        for number in range(2_000):
            peer.send_message("bob", f"line {number}")
        screen.expect_rows("bob: line 1999", "half a thought")
        screen.press(f" is whole{ENTER}")

        assert peer.read_json()["data"] == "half a thought is whole"
    assert screen.wait() == 0
    received = [row for row in screen.scrolled if row.startswith("bob")]
    assert received == [f"bob: line {number}" for number in range(2_000)]


def test_messages_do_not_disturb_a_typed_line_of_three_rows(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    typed = [LONG[start : start + 80].rstrip() for start in (0, 80, 160)]
    with listener.accept() as peer:
        screen.press(LONG)
        screen.expect_rows(*typed)
        for number in range(5):
            peer.send_message("bob", f"line {number}")
            screen.expect_rows(f"bob: line {number}", *typed)

    assert screen.wait() == 0
    assert screen.scrolled.count(typed[0]) == 1


def test_wide_letters_are_not_split(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("漢字")
        screen.expect_text("漢")
        peer.send_message("žofie", "ahoj 🐴")
        screen.expect_text("žofie: ahoj 🐴")
        screen.press(ENTER)

        assert peer.read_json()["data"] == "漢字"


def test_remote_text_cannot_control_the_terminal(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("typed")
        screen.expect_rows("typed")
        peer.send_message(
            "e\x1b[31mve", "\x1b[2J\x1b[H\x1b]0;title\x07\x9b5A\x1b[?25l\x0e"
        )
        peer.send_message("eve", "a\n[Server]: forged\rover\x08\u202e")
        screen.expect_rows(
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


def test_the_prompt_adapts_to_another_size(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("typed")
        screen.expect_rows("typed")
        screen.resize(12, 40)
        for number in range(30):
            peer.send_message("bob", f"line {number}")
        screen.expect_rows("bob: line 28", "bob: line 29", "typed")
        screen.press("x" * 50)

        screen.expect_rows("typed" + "x" * 35, "x" * 15)


def test_typed_bytes_that_are_not_text_are_not_sent(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.wait_for_prompt()
        screen.process.send(b"Gr\xfc\xdfe\r")
        screen.expect_written("Not sent: a line that is neither UTF-8")
        screen.press(f"{CTRL_U}Gr\u00fc\u00dfe{ENTER}")

        assert peer.read_json()["data"] == "Gr\u00fc\u00dfe"
    assert screen.wait() == 0


@pytest.mark.parametrize(
    ("options", "term"), [("plain=True", "xterm"), ("", "dumb"), ("json=True", "xterm")]
)
def test_a_terminal_without_a_prompt_is_read_by_line(
    start_terminal: StartTerminal, listener: Listener, options: str, term: str
) -> None:
    screen = start_terminal(options, term)
    with listener.accept() as peer:
        screen.press("hi\n")
        peer.echo("me")
        screen.expect_text("me")
        screen.press(CTRL_D)

        assert peer.read_line() == b""
    assert screen.wait() == 0
    assert b"\x1b" not in screen.bytes


def test_names_are_coloured_unless_the_option_says_never(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    for options, has_color in (("", True), ("color='never'", False)):
        screen = start_terminal(options)
        with listener.accept() as peer:
            peer.send_message("bob", "hello")
            screen.expect_rows("bob: hello")

        assert (b"\x1b[36mbob\x1b[0m: hello" in screen.bytes) is has_color


def test_text_taller_than_the_screen_is_shown_once(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    pasted = "\n".join(f"  File line {number} of a trace" for number in range(40))
    messages = [f"bob: text {number}" for number in range(10)]
    with listener.accept() as peer:
        screen.wait_for_prompt()
        screen.press(f"\x1b[200~{pasted}\x1b[201~")
        screen.expect_text("File line 39")
        for number, line in enumerate(messages):
            peer.send_message("bob", f"text {number}")
            screen.expect_text(line)

        half = [f"  File line {number} of a trace" for number in range(28, 40)]
        screen.expect_rows(messages[-1], *half)
        assert screen.scrolled == messages + half

        screen.press("\x1b[A" * 39)
        top = [f"  File line {number} of a trace" for number in range(12)]
        screen.expect_rows(messages[-1], *top)


def test_message_text_never_starts_at_column_0(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    forged = "[Server]: juliet has left the chat"
    screen = start_terminal("color='never'")
    with listener.accept() as peer:
        peer.send_message("eve", "hi" + " " * 73 + forged)
        screen.expect_rows("eve: hi", f"     {forged}")
        screen.resize(24, 40)
        screen.press("typed")
        screen.expect_rows("typed")
        peer.send_message("eve", "hi" + " " * 33 + forged)

        screen.expect_rows("eve: hi", f"     {forged}", "typed")


@pytest.mark.parametrize("options", ["plain=True", "color='never'"])
def test_messages_are_wrapped_with_and_without_a_prompt(
    start_terminal: StartTerminal, listener: Listener, options: str
) -> None:
    screen = start_terminal(options)
    with listener.accept() as peer:
        peer.send_message("juliet", "word " * 20 + "end\nand\tmore")

        screen.expect_rows(
            f"juliet: {'word ' * 14}".rstrip(),
            f"        {'word ' * 6}end",
            "        and more",
        )
