"""The keys of the prompt, in both engines."""

import pytest

from tests.client.conftest import StartTerminal
from tests.client.listener import Listener
from tests.client.server_lines import welcome

CTRL_C = "\x03"
CTRL_D = "\x04"
CTRL_L = "\x0c"
CTRL_R = "\x12"
CTRL_U = "\x15"
CTRL_Y = "\x19"
BACKSPACE = "\x7f"
ENTER = "\r"
ALT_ENTER = "\x1b\r"
TAB = "\t"
SHIFT_TAB = "\x1b[Z"
UP = "\x1b[A"


def test_ctrl_c_clears_the_line_then_warns_then_leaves(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("oh no")
        screen.expect_rows("oh no")
        screen.press(CTRL_C)
        screen.wait_for_prompt()
        screen.press(CTRL_C)
        screen.expect_rows("-- press Ctrl-C again or Ctrl-D to leave")
        screen.press(UP)
        screen.expect_rows("-- press Ctrl-C again or Ctrl-D to leave", "oh no")
        screen.press(CTRL_U + CTRL_C * 2)

        assert peer.read_line() == b""
    assert screen.wait() == 0
    assert "disconnected" not in "\n".join(screen.rows)


def test_ctrl_d_leaves_only_on_an_empty_line(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("ab\x01" + CTRL_D)
        screen.expect_rows("b")
        screen.press(CTRL_D * 2)

        assert peer.read_line() == b""
    assert screen.wait() == 0
    assert screen.rows == []


def test_unacknowledged_lines_are_reported_when_the_user_leaves(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal("dialect='auto', reconnect=True")
    with listener.accept() as peer:
        peer.read_line()
        peer.sock.sendall(welcome(0))
        assert peer.read_json()["type"] == "users"  # for Tab
        screen.wait_for_prompt()
        screen.press("hi" + ENTER)
        assert peer.read_json()["type"] == "message"
        screen.press(CTRL_D)

        assert peer.read_json()["type"] == "bye"
        assert peer.read_line() == b""
    assert screen.wait() == 5
    assert screen.rows == ["hi", "-- 1 of your lines is not known to be stored"]


@pytest.mark.parametrize("command", ["/quit", "/exit", "/q"])
def test_quit_leaves(
    start_terminal: StartTerminal, listener: Listener, command: str
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press(command + ENTER)

        assert peer.read_line() == b""
    assert screen.wait() == 0
    assert screen.rows == [command]


def test_tab_completes_commands_and_names(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        peer.send_message("bob", "hello")
        peer.send_message("[Server]", "bobina has entered the chat")
        screen.expect_text("bobina has")
        screen.press(f"/setn{TAB}")
        screen.expect_rows("/setname")
        screen.press(f"{CTRL_U}bo{TAB}")
        screen.expect_rows("bobina:")
        screen.press(TAB)
        screen.expect_rows("bob:")
        screen.press(f"{SHIFT_TAB}and bo{TAB}{TAB}there{ENTER}")

        assert peer.read_json()["data"] == "bobina: and bob there"


def test_earlier_input_can_be_recalled_and_searched(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        for word in ("first", "second"):
            screen.press(word + ENTER)
            assert peer.read_json()["data"] == word
        screen.press(f"{UP}{UP}{ENTER}")
        assert peer.read_json()["data"] == "first"
        screen.press(f"{CTRL_R}sec")
        screen.expect_text("sec")
        screen.press(f"{ENTER}{ENTER}")

        assert peer.read_json()["data"] == "second"


def test_unknown_commands_are_not_sent(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press(f"/histroy{ENTER}")
        screen.expect_rows(
            "/histroy", "-- Unknown command /histroy. Did you mean /history? (/help)"
        )
        screen.press(f"{ENTER}//histroy{ENTER}")

        assert peer.read_json() == {"type": "message", "data": "/histroy"}


def test_a_slash_after_blanks_needs_confirmation(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        question = (
            "-- Did you mean the command /help? Press Enter again to send it as text"
        )
        screen.press(f" /help{ENTER}")
        screen.expect_rows(question, " /help")
        screen.press(f"{CTRL_U}{ENTER}hi{ENTER}")
        assert peer.read_json()["data"] == "hi"
        screen.press(f" /help{ENTER}{ENTER}")

        assert peer.read_json()["data"] == " /help"


def test_a_paste_of_several_lines_needs_confirmation(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.wait_for_prompt()
        screen.press(f"\x1b[200~one\r\ntwo\x1b[201~{ENTER}")
        screen.expect_rows(
            "-- 2 lines: press Enter again to send them as one message", "one", "two"
        )
        screen.press(ENTER)
        peer.echo("me")

        screen.expect_rows("one", "  two", "me: one", "    two")


def test_alt_enter_inserts_a_line_break(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.wait_for_prompt()
        screen.press(f"one{ALT_ENTER}two{ENTER}{ENTER}")

        assert peer.read_json()["data"] == "one\ntwo"


def test_a_line_feed_acts_as_enter(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("at once\n")
        assert peer.read_json()["data"] == "at once"
        screen.wait_for_prompt()
        screen.press("later\n")

        assert peer.read_json()["data"] == "later"
        screen.expect_rows("at once", "later")


def test_ctrl_l_clears_the_screen(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        peer.send_message("bob", "hello")
        screen.expect_rows("bob: hello")
        screen.press(f"typed{CTRL_L}")
        screen.expect_rows("typed")
        peer.send_message("bob", "again")
        screen.expect_rows("bob: again", "typed")

    assert screen.scrolled[0] == "bob: hello"


@pytest.mark.parametrize("between", ["x" + CTRL_C, "x" + CTRL_U, f"x{ENTER}"])
def test_a_second_ctrl_c_leaves_only_without_typing_in_between(
    start_terminal: StartTerminal, listener: Listener, between: str
) -> None:
    note = "-- press Ctrl-C again or Ctrl-D to leave"
    screen = start_terminal()
    with listener.accept() as peer:
        screen.wait_for_prompt()
        screen.press(CTRL_C + between + CTRL_C)
        screen.press(f"still here{ENTER}")

        while (text := peer.read_json()["data"]) == "x":
            pass
        assert text == "still here"
        screen.expect_text("still here")
    assert screen.wait() == 0
    assert screen.rows.count(note) == 2


@pytest.mark.parametrize(
    "change",
    [f"{CTRL_C} /help", f"x{BACKSPACE}", f"{TAB}{BACKSPACE}p", CTRL_U + CTRL_Y],
)
def test_an_edited_line_needs_confirmation_again(
    start_terminal: StartTerminal, listener: Listener, change: str
) -> None:
    question = "-- Did you mean the command /help? Press Enter again to send it as text"
    screen = start_terminal()
    with listener.accept() as peer:
        screen.wait_for_prompt()
        screen.press(f" /help{ENTER}{change}{ENTER}{ENTER}")

        assert peer.read_json()["data"] == " /help"
    assert screen.wait() == 0
    assert screen.rows.count(question) == 2


def test_a_pasted_line_with_its_line_break_is_one_line(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.wait_for_prompt()
        screen.press(f"\x1b[200~hi\n\x1b[201~{ENTER}")
        assert peer.read_json()["data"] == "hi"
        screen.press(f"\x1b[200~/users\r\n\x1b[201~{ENTER}")

        assert peer.read_json() == {"type": "users", "data": ""}
        screen.expect_rows("hi", "/users")


def test_an_overlong_line_stays_in_the_prompt(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.wait_for_prompt()
        screen.press(f"\x1b[200~{'x' * 16_400}\x1b[201~{ENTER}")
        screen.expect_written("-- Not sent: ")  # the line fills the screen
        screen.press(f"{BACKSPACE * 60}{ENTER}")
        screen.wait_until_idle()  # a terminal that is not read blocks its client

        assert peer.read_json()["data"] == "x" * 16_340
