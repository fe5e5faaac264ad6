"""What the keys do at the prompt, in both engines."""

import pytest

from tests.client.conftest import Sit
from tests.client.helpers import Listener, welcome

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


def test_ctrl_c_clears_then_asks_then_leaves(sit: Sit, listener: Listener) -> None:
    screen = sit()
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

        assert peer.hear() == b""
    assert screen.wait() == 0
    assert "disconnected" not in "\n".join(screen.rows)


def test_ctrl_d_leaves_from_an_empty_line_alone(sit: Sit, listener: Listener) -> None:
    screen = sit()
    with listener.accept() as peer:
        screen.press("ab\x01" + CTRL_D)
        screen.see("b")
        screen.press(CTRL_D * 2)

        assert peer.hear() == b""
    assert screen.wait() == 0
    assert screen.rows == []


def test_who_leaves_is_told_what_is_not_known_to_be_kept(
    sit: Sit, listener: Listener
) -> None:
    screen = sit("dialect='auto', reconnect=True")
    with listener.accept() as peer:
        peer.hear()
        peer.sock.sendall(welcome(0))
        assert peer.heard()["type"] == "users"  # for Tab
        screen.see_raw()
        screen.press("hi" + ENTER)
        assert peer.heard()["type"] == "message"
        screen.press(CTRL_D)

        assert peer.heard()["type"] == "bye"
        assert peer.hear() == b""
    assert screen.wait() == 5
    assert screen.rows == ["hi", "-- 1 of your lines is not known to be stored"]


@pytest.mark.parametrize("command", ["/quit", "/exit", "/q"])
def test_quit_leaves(sit: Sit, listener: Listener, command: str) -> None:
    screen = sit()
    with listener.accept() as peer:
        screen.press(command + ENTER)

        assert peer.hear() == b""
    assert screen.wait() == 0
    assert screen.rows == [command]


def test_tab_completes_commands_and_names(sit: Sit, listener: Listener) -> None:
    screen = sit()
    with listener.accept() as peer:
        peer.say("bob", "hello")
        peer.say("[Server]", "bobina has entered the chat")
        screen.see_text("bobina has")
        screen.press(f"/setn{TAB}")
        screen.see("/setname")
        screen.press(f"{CTRL_U}bo{TAB}")
        screen.see("bobina:")
        screen.press(TAB)
        screen.see("bob:")
        screen.press(f"{SHIFT_TAB}and bo{TAB}{TAB}there{ENTER}")

        assert peer.heard()["data"] == "bobina: and bob there"


def test_what_was_typed_can_be_found_again(sit: Sit, listener: Listener) -> None:
    screen = sit()
    with listener.accept() as peer:
        for word in ("first", "second"):
            screen.press(word + ENTER)
            assert peer.heard()["data"] == word
        screen.press(f"{UP}{UP}{ENTER}")
        assert peer.heard()["data"] == "first"
        screen.press(f"{CTRL_R}sec")
        screen.see_text("sec")
        screen.press(f"{ENTER}{ENTER}")

        assert peer.heard()["data"] == "second"


def test_unknown_commands_stay_here(sit: Sit, listener: Listener) -> None:
    screen = sit()
    with listener.accept() as peer:
        screen.press(f"/histroy{ENTER}")
        screen.see(
            "/histroy", "-- Unknown command /histroy. Did you mean /history? (/help)"
        )
        screen.press(f"{ENTER}//histroy{ENTER}")

        assert peer.heard() == {"type": "message", "data": "/histroy"}


def test_a_slash_after_blanks_is_asked_about(sit: Sit, listener: Listener) -> None:
    screen = sit()
    with listener.accept() as peer:
        question = (
            "-- Did you mean the command /help? Press Enter again to send it as text"
        )
        screen.press(f" /help{ENTER}")
        screen.see(question, " /help")
        screen.press(f"{CTRL_U}{ENTER}hi{ENTER}")
        assert peer.heard()["data"] == "hi"
        screen.press(f" /help{ENTER}{ENTER}")

        assert peer.heard()["data"] == " /help"


def test_a_paste_of_lines_is_asked_about(sit: Sit, listener: Listener) -> None:
    screen = sit()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(f"\x1b[200~one\r\ntwo\x1b[201~{ENTER}")
        screen.see(
            "-- 2 lines: press Enter again to send them as one message", "one", "two"
        )
        screen.press(ENTER)
        peer.echo("me")

        screen.see("one", "  two", "me: one", "    two")


def test_alt_enter_makes_another_line(sit: Sit, listener: Listener) -> None:
    screen = sit()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(f"one{ALT_ENTER}two{ENTER}{ENTER}")

        assert peer.heard()["data"] == "one\ntwo"


def test_a_line_feed_is_enter_too(sit: Sit, listener: Listener) -> None:
    screen = sit()
    with listener.accept() as peer:
        screen.press("at once\n")
        assert peer.heard()["data"] == "at once"
        screen.see_raw()
        screen.press("later\n")

        assert peer.heard()["data"] == "later"
        screen.see("at once", "later")


def test_ctrl_l_gives_an_empty_screen(sit: Sit, listener: Listener) -> None:
    screen = sit()
    with listener.accept() as peer:
        peer.say("bob", "hello")
        screen.see("bob: hello")
        screen.press(f"typed{CTRL_L}")
        screen.see("typed")
        peer.say("bob", "again")
        screen.see("bob: again", "typed")

    assert screen.scrolled[0] == "bob: hello"


@pytest.mark.parametrize("between", ["x" + CTRL_C, "x" + CTRL_U, f"x{ENTER}"])
def test_the_second_ctrl_c_counts_only_if_nothing_was_typed(
    sit: Sit, listener: Listener, between: str
) -> None:
    note = "-- press Ctrl-C again or Ctrl-D to leave"
    screen = sit()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(CTRL_C + between + CTRL_C)
        screen.press(f"still here{ENTER}")

        while (text := peer.heard()["data"]) == "x":
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
    sit: Sit, listener: Listener, change: str
) -> None:
    question = "-- Did you mean the command /help? Press Enter again to send it as text"
    screen = sit()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(f" /help{ENTER}{change}{ENTER}{ENTER}")

        assert peer.heard()["data"] == " /help"
    assert screen.wait() == 0
    assert screen.rows.count(question) == 2


def test_a_copied_line_is_one_line(sit: Sit, listener: Listener) -> None:
    screen = sit()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(f"\x1b[200~hi\n\x1b[201~{ENTER}")
        assert peer.heard()["data"] == "hi"
        screen.press(f"\x1b[200~/users\r\n\x1b[201~{ENTER}")

        assert peer.heard() == {"type": "users", "data": ""}
        screen.see("hi", "/users")


def test_a_line_too_long_stays_to_be_mended(sit: Sit, listener: Listener) -> None:
    screen = sit()
    with listener.accept() as peer:
        screen.see_raw()
        screen.press(f"\x1b[200~{'x' * 16_400}\x1b[201~{ENTER}")
        screen.see_written("-- Not sent: ")  # the line itself fills the screen
        screen.press(f"{BACKSPACE * 60}{ENTER}")
        screen.see_still()  # a terminal that is not read holds its client up

        assert peer.heard()["data"] == "x" * 16_340
