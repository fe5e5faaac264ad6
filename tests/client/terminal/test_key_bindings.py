"""What the keys do at the prompt, in both engines."""

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


def test_ctrl_c_clears_then_asks_then_leaves(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("oh no")
        screen.see("oh no")
        screen.press(CTRL_C)
        screen.see_raw()
        screen.press(CTRL_C)
        screen.see("-- press Ctrl-C again or Ctrl-D to leave")
        screen.press(UP)
        screen.see("-- press Ctrl-C again or Ctrl-D to leave", "oh no")
        screen.press(CTRL_U + CTRL_C * 2)

        assert peer.read_line() == b""
    assert screen.wait() == 0
    assert "disconnected" not in "\n".join(screen.rows)


def test_ctrl_d_leaves_from_an_empty_line_alone(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("ab\x01" + CTRL_D)
        screen.see("b")
        screen.press(CTRL_D * 2)

        assert peer.read_line() == b""
    assert screen.wait() == 0
    assert screen.rows == []


def test_who_leaves_is_told_what_is_not_known_to_be_kept(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal("dialect='auto', reconnect=True")
    with listener.accept() as peer:
        peer.read_line()
        peer.sock.sendall(welcome(0))
        assert peer.read_json()["type"] == "users"  # for Tab
        screen.see_raw()
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
        screen.see_text("bobina has")
        screen.press(f"/setn{TAB}")
        screen.see("/setname")
        screen.press(f"{CTRL_U}bo{TAB}")
        screen.see("bobina:")
        screen.press(TAB)
        screen.see("bob:")
        screen.press(f"{SHIFT_TAB}and bo{TAB}{TAB}there{ENTER}")

        assert peer.read_json()["data"] == "bobina: and bob there"


def test_what_was_typed_can_be_found_again(
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
        screen.see_text("sec")
        screen.press(f"{ENTER}{ENTER}")

        assert peer.read_json()["data"] == "second"


def test_unknown_commands_stay_here(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press(f"/histroy{ENTER}")
        screen.see(
            "/histroy", "-- Unknown command /histroy. Did you mean /history? (/help)"
        )
        screen.press(f"{ENTER}//histroy{ENTER}")

        assert peer.read_json() == {"type": "message", "data": "/histroy"}


def test_a_slash_after_blanks_is_asked_about(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        question = (
            "-- Did you mean the command /help? Press Enter again to send it as text"
        )
        screen.press(f" /help{ENTER}")
        screen.see(question, " /help")
        screen.press(f"{CTRL_U}{ENTER}hi{ENTER}")
        assert peer.read_json()["data"] == "hi"
        screen.press(f" /help{ENTER}{ENTER}")

        assert peer.read_json()["data"] == " /help"


def test_a_paste_of_lines_is_asked_about(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(f"\x1b[200~one\r\ntwo\x1b[201~{ENTER}")
        screen.see(
            "-- 2 lines: press Enter again to send them as one message", "one", "two"
        )
        screen.press(ENTER)
        peer.echo("me")

        screen.see("one", "  two", "me: one", "    two")


def test_alt_enter_makes_another_line(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(f"one{ALT_ENTER}two{ENTER}{ENTER}")

        assert peer.read_json()["data"] == "one\ntwo"


def test_a_line_feed_is_enter_too(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.press("at once\n")
        assert peer.read_json()["data"] == "at once"
        screen.see_raw()
        screen.press("later\n")

        assert peer.read_json()["data"] == "later"
        screen.see("at once", "later")


def test_ctrl_l_gives_an_empty_screen(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        peer.send_message("bob", "hello")
        screen.see("bob: hello")
        screen.press(f"typed{CTRL_L}")
        screen.see("typed")
        peer.send_message("bob", "again")
        screen.see("bob: again", "typed")

    assert screen.scrolled[0] == "bob: hello"


@pytest.mark.parametrize("between", ["x" + CTRL_C, "x" + CTRL_U, f"x{ENTER}"])
def test_the_second_ctrl_c_counts_only_if_nothing_was_typed(
    start_terminal: StartTerminal, listener: Listener, between: str
) -> None:
    note = "-- press Ctrl-C again or Ctrl-D to leave"
    screen = start_terminal()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(CTRL_C + between + CTRL_C)
        screen.press(f"still here{ENTER}")

        while (text := peer.read_json()["data"]) == "x":
            pass
        assert text == "still here"
        screen.see_text("still here")
    assert screen.wait() == 0
    assert screen.rows.count(note) == 2


@pytest.mark.parametrize(
    "change",
    [f"{CTRL_C} /help", f"x{BACKSPACE}", f"{TAB}{BACKSPACE}p", CTRL_U + CTRL_Y],
)
def test_a_changed_line_is_asked_about_again(
    start_terminal: StartTerminal, listener: Listener, change: str
) -> None:
    question = "-- Did you mean the command /help? Press Enter again to send it as text"
    screen = start_terminal()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(f" /help{ENTER}{change}{ENTER}{ENTER}")

        assert peer.read_json()["data"] == " /help"
    assert screen.wait() == 0
    assert screen.rows.count(question) == 2


def test_a_copied_line_is_one_line(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(f"\x1b[200~hi\n\x1b[201~{ENTER}")
        assert peer.read_json()["data"] == "hi"
        screen.press(f"\x1b[200~/users\r\n\x1b[201~{ENTER}")

        assert peer.read_json() == {"type": "users", "data": ""}
        screen.see("hi", "/users")


def test_a_line_too_long_stays_to_be_mended(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(f"\x1b[200~{'x' * 16_400}\x1b[201~{ENTER}")
        screen.see_written("-- Not sent: ")  # the line itself fills the screen
        screen.press(f"{BACKSPACE * 60}{ENTER}")
        screen.see_still()  # a terminal that is not read holds its client up

        assert peer.read_json()["data"] == "x" * 16_340
