"""Keeping order with the two real programs: the owner of a room and its guests."""

import re

import pytest

from .launch import (
    ENGINES,
    Server,
    start_client,
    start_client_on_terminal,
    start_server,
    start_server_on_terminal,
)
from .process import Program
from .sandbox import Sandbox

PASSWORD = "balcony at night"

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def owner(sandbox: Sandbox, server: Server, engine: str) -> Program:
    """Return the client of ann, who owns the room ``dev``."""
    ann = start_client(sandbox, server.port, engine, "--name", "ann", "--no-state")
    ann.out.expect_user("ann")
    ann.type("/register", PASSWORD, PASSWORD)
    ann.err.expect("-- signed in as ann")
    ann.type("/join dev")
    ann.out.expect("#dev [Server]: ann has entered the chat")
    return ann


def guest(sandbox: Sandbox, server: Server, engine: str, *options: str) -> Program:
    """Return the client of bob, a guest in the room ``dev``."""
    where = "--name", "bob", "--room", "dev", "--no-state"
    bob = start_client(sandbox, server.port, engine, *where, *options)
    bob.out.expect_user("bob")
    return bob


def test_a_muted_guest_hears_until_when_and_why(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    ann, bob = owner(sandbox, server, engine), guest(sandbox, server, engine)

    ann.type("/mute bob 10m noise")
    told = bob.out.expect("[Server]: ann has muted bob until ")
    bob.type("hello")
    refused = bob.out.expect("[Server]: you are muted in #dev until ")
    bob.type("/why")
    bob.out.expect("[Server]: You have 1 mute or ban:")
    why = bob.out.expect("[Server]: muted in #dev, until ")

    assert re.search(r"until (\S+ )?\d\d:\d\d: noise$", told)
    assert re.search(r"until (\S+ )?\d\d:\d\d, by ann: noise$", refused)
    assert re.search(r"until (\S+ )?\d\d:\d\d, by ann: noise$", why)
    bob.close_input()
    assert bob.wait() == 6


def test_a_mute_is_listed_and_lifted(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    ann, bob = owner(sandbox, server, engine), guest(sandbox, server, engine)

    ann.type("/mute bob", "/bans", "/unmute bob")
    ann.out.expect("1 mute of bob, forever, by ann")
    bob.out.expect("[Server]: ann lets bob speak again")
    bob.type("thank you")

    ann.out.expect("#dev bob: thank you")


def test_a_guest_is_removed_and_may_return(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    ann, bob = owner(sandbox, server, engine), guest(sandbox, server, engine)

    ann.type("/kick bob enough")
    bob.out.expect("[Server]: ann has removed bob: enough")
    bob.err.expect("-- You were removed from #dev")
    bob.type("/join dev", "sorry")

    ann.out.expect("#dev bob: sorry")


def test_a_guest_whose_client_reconnects_is_banned_from_a_room(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    ann, bob = (
        owner(sandbox, server, engine),
        guest(sandbox, server, engine, "--reconnect"),
    )

    ann.type("/ban bob 2h spam")
    bob.err.expect("-- You are banned from #dev. To see until when and why: /why")
    bob.type("/join dev")

    bob.out.expect("[Server]: you are banned from #dev until ")


def test_in_a_locked_room_a_guest_is_refused(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    ann, bob = owner(sandbox, server, engine), guest(sandbox, server, engine)

    ann.type("/lock", "/lock")
    bob.out.expect("[Server]: ann has locked the room: only moderators speak")
    bob.type("hello")

    bob.out.expect("#dev")
    ann.err.expect("-- Done: the room is locked")


def test_a_guest_may_not_keep_order(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    ann, bob = owner(sandbox, server, engine), guest(sandbox, server, engine)

    bob.type("/kick ann", "/ban --server ann", "/announce buy this")

    bob.out.expect("only moderators may do that")
    bob.out.expect("only admins may do that")
    bob.close_input()
    assert bob.wait() == 6
    assert "removed" not in ann.out.text


def test_the_terminal_and_the_console_of_the_server_show_what_is_done(
    sandbox: Sandbox, engine: str
) -> None:
    console, port = start_server_on_terminal(sandbox, engine)
    client, _ = start_client_on_terminal(
        sandbox, port, engine, "--name", "ann", "--no-state"
    )
    client.enter("/register")
    client.expect("new password>")
    client.enter(PASSWORD)
    client.expect("new password again>")
    client.enter(PASSWORD)
    client.expect("-- signed in as ann")
    client.enter("/join dev")
    client.expect("#dev>")

    client.enter("/slow 30")

    client.expect("[Server]: ann has set slow mode: one message in 30 seconds")
    console.expect("#dev [Server]: ann has set slow mode: one message in 30 seconds")
