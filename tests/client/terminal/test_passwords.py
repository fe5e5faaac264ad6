"""A password is typed at the prompt without being shown, in every look and engine."""

import pytest

from tests.client.conftest import StartTerminal
from tests.client.listener import Listener
from tests.client.room_lines import read_request, welcome_peer
from tests.client.server_lines import account

CTRL_C, ENTER, TAB, UP = "\x03", "\r", "\t", "\x1b[A"
AUTO = "dialect='auto', no_state=True"
LOOKS = ["style='classic'", "style='rich'", "screen_reader=True"]


@pytest.mark.parametrize("look", LOOKS)
def test_a_password_is_sent_and_never_shown(
    start_terminal: StartTerminal, listener: Listener, look: str
) -> None:
    screen = start_terminal(f"{AUTO}, {look}")
    with listener.accept() as peer:
        welcome_peer(peer, "lobby")
        screen.press(f"/login romeo{ENTER}")
        screen.expect_text("Type the password of romeo. It is not shown")
        screen.press("balcony")
        if "style" in look:
            screen.expect_text("> *******")
        screen.press(f" at night{ENTER}")
        login = read_request(peer, "login")
        peer.sock.sendall(account("romeo"))
        screen.expect_text("signed in as romeo")

    assert login == {"account": "romeo", "password": "balcony at night"}
    screen.wait()
    assert b"balcony" not in screen.bytes


def test_the_prompt_names_what_is_asked_for(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(AUTO)
    with listener.accept() as peer:
        welcome_peer(peer, "lobby")
        screen.wait_for_prompt()
        screen.press(f"/login romeo{ENTER}")
        screen.expect_text("password>")
        screen.press("secret")
        screen.expect_text("password> ******")


def test_neither_a_password_nor_its_command_is_remembered(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(AUTO)
    with listener.accept() as peer:
        welcome_peer(peer, "lobby")
        screen.wait_for_prompt()
        screen.press(f"/users{ENTER}")
        screen.press(f"/login romeo balcony{ENTER}")
        screen.expect_text("A password is never part of a command")
        screen.press(f"/login romeo{ENTER}")
        screen.expect_text("password>")
        screen.press(f"balcony{ENTER}")
        read_request(peer, "login")
        screen.press(f"{UP}")
        screen.expect_rows("/users")


def test_ctrl_c_cancels_a_password(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(AUTO)
    with listener.accept() as peer:
        welcome_peer(peer, "lobby")
        screen.wait_for_prompt()
        screen.press(f"/login romeo{ENTER}")
        screen.expect_text("password>")
        screen.press(f"balcony{CTRL_C}")
        screen.expect_text("-- Not signed in: cancelled")
        screen.press(f"hello{ENTER}")

        assert read_request(peer, "message")["message"] == "hello"
    screen.wait()
    assert b"balcony" not in screen.bytes


def test_tab_completes_nothing_in_a_password(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(AUTO)
    with listener.accept() as peer:
        welcome_peer(peer, "lobby")
        screen.wait_for_prompt()
        screen.press(f"/login romeo{ENTER}")
        screen.expect_text("password>")
        screen.press(f"/us{TAB}ers{ENTER}")

        assert read_request(peer, "login")["password"] == "/users"
