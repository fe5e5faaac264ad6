"""Pastes that the terminal does not mark."""

import pytest
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys

from parlour.client.terminal.paste_detection import PASTE_IDLE, PasteDetector
from tests.client.conftest import StartTerminal
from tests.client.listener import Listener

TRACE = "Traceback:\r  File x\r\tpassword = 'hunter2'\rValueError\r"


def typed(text: str) -> list[KeyPress]:
    """Return the keys of *text* in one read."""
    keys: list[KeyPress] = []
    Vt100Parser(keys.append).feed(text)
    return keys


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a\r",
        "/a\r\r//b\r",
        "a\r\r",
        "\ra",
        "\ra\r",
        "a\r \r",
        "a\nb\nc\n",
        "a\r\x1b[A\r",
        "a\rb\x03",
    ],
)
def test_typed_keys_are_not_changed(text: str) -> None:
    keys = typed(text)

    assert PasteDetector().merge_paste(keys, 0.0) is keys


@pytest.mark.parametrize("text", ["a\rb", "a\rb\r", "a\r\nb\r\n", "a\r\r\tb", "á\rb"])
def test_several_lines_in_one_read_are_a_paste(text: str) -> None:
    assert PasteDetector().merge_paste(typed(text), 0.0) == [
        KeyPress(Keys.BracketedPaste, text)
    ]


def test_a_paste_may_arrive_in_pieces() -> None:
    pastes = PasteDetector()
    pastes.merge_paste(typed("a\rb\r"), 0.0)

    more = pastes.merge_paste(typed("c\r"), PASTE_IDLE / 2)
    later = pastes.merge_paste(typed("d\r"), PASTE_IDLE * 2)

    assert more == [KeyPress(Keys.BracketedPaste, "c\r")]
    assert later == typed("d\r")


def test_the_enter_at_the_end_of_a_paste_counts_once() -> None:
    pastes = PasteDetector()
    pastes.merge_paste(typed("a\rb\r"), 0.0)

    assert [pastes.take_enter(), pastes.take_enter()] == [True, False]


def test_a_paste_without_a_last_line_break_has_no_enter() -> None:
    pastes = PasteDetector()
    pastes.merge_paste(typed("a\rb"), 0.0)

    assert not pastes.take_enter()


def test_an_unmarked_paste_needs_confirmation(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(term="screen")
    with listener.accept() as peer:
        screen.press("first\r")
        assert peer.read_json()["data"] == "first"
        screen.wait_until_idle()  # input before the prompt is not a paste
        screen.press(TRACE)
        screen.expect_text("-- 4 lines: press Enter again to send them as one message")
        screen.press("\r")

        assert peer.read_json()["data"] == TRACE.rstrip().replace("\r", "\n")


def test_a_long_unmarked_paste_is_one_paste(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    lines = [f"line {number} of a longer paste" for number in range(200)]
    screen = start_terminal(term="screen")
    with listener.accept() as peer:
        screen.wait_for_prompt()
        screen.wait_until_idle()
        screen.press("\r".join(lines) + "\r")
        screen.expect_text("-- 200 lines: press Enter again")
        screen.press("\r")

        assert peer.read_json()["data"] == "\n".join(lines)


def test_lines_that_end_in_lf_are_not_a_paste(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(term="screen")
    with listener.accept() as peer:
        screen.press("typed\nahead\n")
        assert [peer.read_json()["data"] for _ in range(2)] == ["typed", "ahead"]
        screen.wait_for_prompt()
        screen.press("one\ntwo\nthree\n")

        assert [peer.read_json()["data"] for _ in range(3)] == ["one", "two", "three"]


def test_lines_typed_one_by_one_are_messages(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(term="screen")
    with listener.accept() as peer:
        for number in range(5):
            screen.press(f"line {number}\r")

            assert peer.read_json()["data"] == f"line {number}"
