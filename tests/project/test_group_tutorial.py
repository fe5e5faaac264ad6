"""The tutorial for groups is played with real programs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs.admin_tools import administer
from tests.programs.launch import (
    CLIENT,
    ENGINES,
    free_port,
    start_client_on_terminal,
    start_server_on_port,
)
from tests.programs.sandbox import Sandbox
from tests.programs.terminal import Terminal
from tests.project.pages import GROUP
from tests.project.screens import assert_screens_of

PASSWORD = "two households"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path) as sandbox:
        yield sandbox


@pytest.mark.parametrize("engine", ENGINES)
def test_the_screens_in_the_tutorial_for_groups_match_the_programs(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    history = tmp_path / "chat.db"
    server = start_server_on_port(sandbox, engine, free_port(), history)
    account = ("account", "create", "ada", "--role", "admin", "--history", history)
    created = administer(sandbox, *account, password=PASSWORD)
    romeo = register_and_open_a_room(sandbox, server.port, engine)
    juliet = enter_dev(sandbox, server.port, engine, romeo)
    mute_for_a_moment(romeo, juliet)
    romeo.enter("/private")
    romeo.expect("has made the room private")
    romeo.enter("/invite ada")
    romeo.expect("-- Invited ada")
    ada = accept_the_invitation(sandbox, server.port, engine)
    server.stop()

    seen = [created.splitlines(), romeo.lines, juliet.lines, ada.lines]
    assert_screens_of(GROUP, seen)


def register_and_open_a_room(sandbox: Sandbox, port: int, engine: str) -> Terminal:
    """Return the terminal of romeo, who has an account and the room dev."""
    romeo, _ = start_client_on_terminal(sandbox, port, engine, "--name", "romeo")
    romeo.enter("/register")
    romeo.expect("Type a new password for romeo")
    romeo.enter(PASSWORD)
    romeo.expect("Type the new password again")
    romeo.enter(PASSWORD)
    romeo.expect("signed in as romeo")
    romeo.enter("/join dev")
    romeo.expect("romeo has entered", times=2)
    romeo.enter("/topic release on Friday")
    romeo.expect("changed the topic")
    return romeo


def enter_dev(sandbox: Sandbox, port: int, engine: str, romeo: Terminal) -> Terminal:
    """Return the terminal of juliet, a guest in dev."""
    juliet, _ = start_client_on_terminal(sandbox, port, engine, "--name", "juliet")
    juliet.enter("/join dev")
    juliet.expect("juliet has entered", times=2)
    romeo.expect("[Server]: juliet has entered the chat")
    return juliet


def mute_for_a_moment(romeo: Terminal, juliet: Terminal) -> None:
    romeo.enter("/mute juliet 10m too loud")
    romeo.expect("has muted juliet")
    juliet.expect("has muted juliet")
    juliet.enter("hello?")
    juliet.expect("you are muted")
    juliet.enter("/why")
    juliet.expect("[Server]: muted in #dev")
    romeo.enter("/unmute juliet")
    romeo.expect("lets juliet speak again")
    juliet.expect("lets juliet speak again")


def accept_the_invitation(sandbox: Sandbox, port: int, engine: str) -> Terminal:
    """Return the terminal of ada, who signs in with a password, and enters dev."""
    where = ["127.0.0.1", str(port), "--engine", engine]
    ada = sandbox.start_on_terminal(*CLIENT, *where, "--account", "ada")
    ada.expect("Password of ada")
    ada.enter(PASSWORD)
    ada.expect("romeo invites you")
    ada.enter("/join dev")
    ada.expect("ada has entered", times=2)
    return ada
