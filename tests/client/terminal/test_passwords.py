"""A password is typed at the prompt without being shown, in every look and engine."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.client.conftest import StartTerminal
from tests.client.listener import Listener, Peer
from tests.client.room_lines import read_request, welcome_peer
from tests.client.server_lines import account
from tests.client.terminal.screen import Screen

CTRL_C, ENTER, TAB, UP = "\x03", "\r", "\t", "\x1b[A"
CTRL_U, CTRL_Y = "\x15", "\x19"
LOOKS = ["style='classic'", "style='rich'", "screen_reader=True"]

EnterLobby = Callable[..., AbstractContextManager[tuple[Screen, Peer]]]


@pytest.fixture
def enter_lobby(start_terminal: StartTerminal, listener: Listener) -> EnterLobby:
    """Return a function that starts a client in the lobby, until the block ends."""

    @contextmanager
    def enter_lobby(look: str = LOOKS[0]) -> Iterator[tuple[Screen, Peer]]:
        screen = start_terminal(f"dialect='auto', no_state=True, {look}")
        with listener.accept() as peer:
            welcome_peer(peer, "lobby")
            yield screen, peer

    return enter_lobby


def begin_login(screen: Screen) -> None:
    screen.wait_for_prompt()
    screen.press(f"/login romeo{ENTER}")
    screen.expect_text("password>")


@pytest.mark.parametrize("look", LOOKS)
def test_a_password_is_sent_and_never_shown(enter_lobby: EnterLobby, look: str) -> None:
    with enter_lobby(look) as (screen, peer):
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


def test_the_prompt_names_what_is_asked_for(enter_lobby: EnterLobby) -> None:
    with enter_lobby() as (screen, _):
        begin_login(screen)
        screen.press("secret")
        screen.expect_text("password> ******")


def test_neither_a_password_nor_its_command_is_remembered(
    enter_lobby: EnterLobby,
) -> None:
    with enter_lobby() as (screen, peer):
        screen.press(f"/users{ENTER}")
        screen.press(f"/login romeo balcony{ENTER}")
        screen.expect_text("A password is never part of a command")
        begin_login(screen)
        screen.press(f"balcony{ENTER}")
        read_request(peer, "login")
        screen.press(UP)
        screen.expect_rows("/users")


def test_ctrl_c_cancels_a_password(enter_lobby: EnterLobby) -> None:
    with enter_lobby() as (screen, peer):
        begin_login(screen)
        screen.press(f"balcony{CTRL_C}")
        screen.expect_text("-- Not signed in: cancelled")
        screen.press(f"hello{ENTER}")

        assert read_request(peer, "message")["message"] == "hello"
    screen.wait()
    assert b"balcony" not in screen.bytes


def test_tab_completes_nothing_in_a_password(enter_lobby: EnterLobby) -> None:
    with enter_lobby() as (screen, peer):
        begin_login(screen)
        screen.press(f"/us{TAB}ers{ENTER}")

        assert read_request(peer, "login")["password"] == "/users"


@pytest.mark.parametrize("look", LOOKS)
def test_a_password_that_was_deleted_is_not_inserted_again(
    enter_lobby: EnterLobby, look: str
) -> None:
    with enter_lobby(look) as (screen, peer):
        screen.press(f"/login romeo{ENTER}")
        screen.expect_text("Type the password of romeo. It is not shown")
        screen.press(f"balcony{CTRL_U}window{ENTER}")
        login = read_request(peer, "login")
        peer.sock.sendall(account("romeo"))
        screen.expect_text("signed in as romeo")
        screen.press(f"{CTRL_Y}hello{ENTER}")
        said = read_request(peer, "message")

    assert login["password"] == "window"
    assert said["message"] == "hello"
    screen.wait()
    assert b"balcony" not in screen.bytes


def test_other_deleted_text_is_inserted_again(enter_lobby: EnterLobby) -> None:
    with enter_lobby() as (screen, peer):
        screen.wait_for_prompt()
        screen.press(f"hello{CTRL_U}{CTRL_Y}{ENTER}")

        assert read_request(peer, "message")["message"] == "hello"
