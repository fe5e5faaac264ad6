"""Private rooms and invitations with the real programs, each engine with each."""

import re
from pathlib import Path

import pytest

from .admin_tools import PASSWORD, administer, create
from .launch import (
    ENGINES,
    free_port,
    start_client,
    start_server,
    start_server_on_port,
)
from .process import Program
from .sandbox import Sandbox

SIGN_IN = "--password-command", f"echo {PASSWORD}", "--no-state"


@pytest.mark.parametrize("engine", ENGINES)
def test_what_owners_and_administrators_do_with_rooms(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    port = free_port()
    server = start_server_on_port(sandbox, engine, port, path)
    where = "--history", str(path), "--port", str(port)

    def join(name: str, *, is_guest: bool = False) -> Program:
        who = ("--name", name) if is_guest else ("--account", name, *SIGN_IN)
        found = start_client(sandbox, port, engine, *who)
        found.out.expect_user(name)
        return found

    for name in ("olga", "mel"):
        create(sandbox, name, *where)
    create(sandbox, "ada", "--role", "admin", *where)
    olga, mel, ada = map(join, ("olga", "mel", "ada"))
    gus = join("gus", is_guest=True)

    # ENTER_PRIVATE and INVITE: nobody enters before, and everybody who is invited does.
    olga.type("/join --private cellar")
    room = re.findall(r"cellar-\w+", olga.err.expect("a private room"))[0]
    for stranger in (mel, gus):
        stranger.type(f"/join {room}")
        stranger.out.expect("that room's name is reserved")
    olga.type(f"/room {room}", "the wine is here", "/invite mel")
    olga.err.expect(f"Invited mel to #{room}")
    mel.err.expect(f"olga invites you to #{room}")
    mel.type("/invite gus", f"/join {room}")
    mel.err.expect(f"You are in #{room}")
    olga.type("/invite")
    link = re.findall(r"/join (parlour://\S+)", olga.err.expect("It works once"))[0]
    gus.type(f"/join {link}")
    gus.err.expect(f"You are in #{room}")
    ada.type(f"/join {room}")
    ada.err.expect(f"You are in #{room}")

    # SET_PRIVATE and SHUT: only the owner, and administrators.
    mel.type("/public", f"/close {room}")
    mel.out.expect("only owners may do that")
    mel.out.expect("only owners may do that")
    ada.type("/public", "/private")
    for each in (olga, mel, gus, ada):
        each.out.expect("ada has made the room public")
        each.out.expect("ada has made the room private")
    for setting in ("public", "private"):
        administer(sandbox, "admin", setting, room, *where)
        for each in (olga, mel, gus, ada):
            each.out.expect(f"the operator has made the room {setting}")

    # What is private stays so, and members return, after a restart.
    for each in (olga, mel, gus, ada):
        each.type("/quit")
        assert each.wait() in (0, 6), each.err.text  # 6: it was refused something
    server.stop()
    server = start_server_on_port(sandbox, engine, port, path)
    olga, mel = join("olga"), join("mel")
    mel.type("/room")
    mel.err.expect(f"#{room} (private)")
    olga.type(f"/close {room}")
    for each in (olga, mel):
        each.err.expect(f"#{room} is closed for you: olga has closed the room")
    mel.type(f"/join {room}")
    mel.out.expect("that room's name is reserved")
    server.stop()


@pytest.mark.parametrize("engine", ENGINES)
def test_an_account_is_made_with_the_code_of_the_operator(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    port = free_port()
    where = "--history", str(path), "--port", str(port)
    server = start_server(sandbox, engine, *where, "--registration", "invite")
    code = administer(sandbox, "account", "invite", *where).strip()
    ann = start_client(sandbox, port, engine, "--name", "ann", "--no-state")
    ann.out.expect_user("ann")

    ann.type("/register", PASSWORD, PASSWORD)
    ann.out.expect("registering needs an invitation code")
    ann.type("/register", code, PASSWORD, PASSWORD)

    ann.err.expect("signed in as ann")
    server.stop()


@pytest.mark.parametrize("engine", ENGINES)
def test_an_account_is_made_with_the_code_of_an_administrator(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    port = free_port()
    where = "--history", str(path), "--port", str(port)
    create(sandbox, "ada", "--role", "admin", *where)
    create(sandbox, "mel", *where)
    server = start_server(sandbox, engine, *where, "--registration", "invite")
    ada, mel = (
        start_client(sandbox, port, engine, "--account", name, *SIGN_IN)
        for name in ("ada", "mel")
    )
    ann = start_client(sandbox, port, engine, "--name", "ann", "--no-state")
    for each, name in ((ada, "ada"), (mel, "mel"), (ann, "ann")):
        each.out.expect_user(name)

    for other in (mel, ann):
        other.type("/invite --server")
        other.out.expect("only admins may do that")
    ada.type("/invite --server")
    code = ada.err.expect("asks for an invitation: ").split()[-1]
    ann.type("/register", PASSWORD, PASSWORD)
    ann.out.expect("registering needs an invitation code")
    ann.type("/register", code, PASSWORD, PASSWORD)

    ann.err.expect("signed in as ann")
    server.stop()
