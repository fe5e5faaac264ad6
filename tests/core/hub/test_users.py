"""The list of users, and their roles in it."""

import pytest

from parlour.core.entries import AccountEnabled, AccountErased
from parlour.core.events import LOBBY
from parlour.core.names.folding import fold_key
from parlour.core.roles import Role
from tests.core.account_peers import (
    PASSWORD,
    connect_account,
    connect_guest,
    register,
)
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.invitation_peers import invite, private_owner
from tests.core.order_peers import admin, appoint, ask, owner
from tests.core.session_peers import SOON, connect_session, read_events


def test_a_list_of_users_is_built_once_for_all_queries() -> None:
    server = FakeServer()
    peers = server.members(*(f"n{number:03}" for number in range(250)))

    state = server.hub.state
    room, asked = state.rooms[LOBBY], (state.sessions, state.roles.of_account)
    first = room.user_pages(*asked)
    peers[0].rename("Ann")
    second = room.user_pages(*asked)

    assert first is not second
    assert second is room.user_pages(*asked)
    assert [len(page.users) for page in second] == [100, 100, 50]


def test_users_are_sorted_without_regard_to_case() -> None:
    server = FakeServer()
    zoe, *_ = server.members("zoe", "Ann", "bob", "Cid")

    zoe.send(line("users"))

    assert zoe.read() == ["[Server]: 4 users: Ann, bob, Cid, zoe"]


def test_users_lists_the_names_in_the_order_of_events() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True

    bob.send_text("hi")
    bob.rename("Zoe")
    ann.send(line("users"))
    bob.send_eof()
    server.commit()

    assert "[Server]: 2 users: Ann, Zoe" in ann.read()


# -- roles ------------------------------------------------------------------------


def listed(server: FakeServer, peer: FakePeer, room: str = "lobby") -> dict[str, str]:
    """Return the users of a room, each with the role that the list has, or ""."""
    read_events(peer)
    peer.send(line("users", {"room": room}))
    server.wait(SOON)
    (answer,) = read_events(peer)
    return {each["name"]: each.get("role", "") for each in answer["data"]["users"]}


def about_roles(peer: FakePeer) -> list[tuple[str, ...]]:
    """Return the lines about roles that a peer received: type, room, name and role."""
    return [
        (each["type"], data["room"], data.get("to", data["name"]), data["role"])
        for each in read_events(peer)
        if "role" in (data := each["data"]) and each["type"] not in {"room", "account"}
    ]


def test_the_list_says_who_is_more_than_a_member(server: FakeServer) -> None:
    admin(server, "Ada")
    ann, bob = owner(server, "Ann", "dev"), register(server, "Bob")
    cat, gus = register(server, "Cat"), connect_guest(server, "Gus")
    for each in (bob, cat, gus):
        each.send(line("join", {"room": "dev"}))
    ask(server, ann, "role", room="dev", name="Bob", role="moderator")

    in_dev = {"Ann": "owner", "Bob": "moderator", "Cat": "", "Gus": ""}
    assert listed(server, gus, "dev") == in_dev
    in_lobby = {"Ada": "admin", "Ann": "", "Bob": "", "Cat": "", "Gus": ""}
    assert listed(server, gus) == in_lobby


def test_a_role_that_somebody_gets_or_loses_is_in_the_next_list(
    server: FakeServer,
) -> None:
    ann, gus = owner(server, "Ann", "dev"), connect_guest(server, "Gus")
    bob = register(server, "Bob", rooms=("dev",))
    gus.send(line("join", {"room": "dev"}))
    assert listed(server, gus, "dev") == {"Ann": "owner", "Bob": "", "Gus": ""}

    ask(server, ann, "role", room="dev", name="Bob", role="moderator")
    assert about_roles(gus) == [("role", "dev", "Bob", "moderator")]
    assert listed(server, gus, "dev")["Bob"] == "moderator"
    ask(server, ann, "role", room="dev", name="Bob", role="owner")
    assert about_roles(gus) == [
        ("role", "dev", "Bob", "owner"),
        ("role", "dev", "Ann", "moderator"),
    ]
    assert listed(server, gus, "dev") == {"Ann": "moderator", "Bob": "owner", "Gus": ""}
    ask(server, bob, "role", room="dev", name="Ann", role="member")
    assert about_roles(gus) == [("role", "dev", "Ann", "member")]
    assert listed(server, gus, "dev") == {"Ann": "", "Bob": "owner", "Gus": ""}


def test_a_role_on_the_server_is_told_in_each_room_of_the_user(
    server: FakeServer,
) -> None:
    owner(server, "Ann", "dev")
    gus = connect_guest(server, "Gus", rooms=["lobby", "dev"])
    assert listed(server, gus)["Ann"] == ""
    assert listed(server, gus, "dev")["Ann"] == "owner"

    appoint(server, "Ann", Role.MODERATOR)
    assert about_roles(gus) == [("role", "lobby", "Ann", "moderator")]
    appoint(server, "Ann", Role.ADMIN)
    assert {*about_roles(gus)} == {
        ("role", "lobby", "Ann", "admin"),
        ("role", "dev", "Ann", "admin"),
    }
    assert listed(server, gus)["Ann"] == listed(server, gus, "dev")["Ann"] == "admin"
    appoint(server, "Ann", Role.MEMBER)
    assert {*about_roles(gus)} == {
        ("role", "lobby", "Ann", "member"),
        ("role", "dev", "Ann", "owner"),
    }
    assert listed(server, gus, "dev")["Ann"] == "owner"


def test_the_role_of_a_user_who_joins_or_signs_in_is_shown(server: FakeServer) -> None:
    admin(server, "Ada").disconnect()
    gus, eve = connect_guest(server, "Gus"), connect_guest(server, "Eve")
    assert listed(server, gus) == {"Eve": "", "Gus": ""}

    eve.send(line("login", {"account": "Ada", "password": PASSWORD}))
    server.wait(SOON)
    assert about_roles(gus) == [("renamed", "lobby", "Ada", "admin")]
    assert listed(server, gus) == {"Ada": "admin", "Gus": ""}
    eve.disconnect()
    server.wait(SOON)
    assert listed(server, gus) == {"Gus": ""}
    connect_account(server, "Ada", rooms=["lobby"])
    assert about_roles(gus) == [("joined", "lobby", "Ada", "admin")]
    assert listed(server, gus) == {"Ada": "admin", "Gus": ""}


def test_a_new_role_of_a_user_who_is_not_in_the_room_is_not_announced(
    server: FakeServer,
) -> None:
    ann, gus = owner(server, "Ann", "dev"), connect_guest(server, "Gus")
    register(server, "Bob")
    gus.send(line("join", {"room": "dev"}))
    server.wait(SOON)
    read_events(gus)

    ask(server, ann, "role", room="dev", name="Bob", role="moderator")

    assert about_roles(gus) == []


@pytest.mark.parametrize("entry", ["erased", "disabled"])
def test_the_role_of_an_account_that_is_gone_is_gone(
    server: FakeServer, entry: str
) -> None:
    admin(server, "Ada")
    gus = connect_guest(server, "Gus")
    assert listed(server, gus) == {"Ada": "admin", "Gus": ""}
    account = server.hub.state.accounts.named(fold_key("Ada"))
    assert account is not None

    server.hub.operate(
        AccountErased(account.number)
        if entry == "erased"
        else AccountEnabled(account.number, is_enabled=False)
    )
    server.wait(SOON)
    assert listed(server, gus) == {"Gus": ""}
    if entry == "erased":
        connect_guest(server, "Ada")
        assert about_roles(gus) == []
        assert listed(server, gus) == {"Ada": "", "Gus": ""}


def test_only_members_of_a_private_room_learn_of_its_roles(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    invite(server, ann, "cellar", "Bob")
    bob.send(line("join", {"room": "cellar"}))
    gus = connect_guest(server, "Gus")
    assert listed(server, bob, "cellar") == {"Ann": "owner", "Bob": ""}
    read_events(gus)

    ask(server, ann, "role", room="cellar", name="Bob", role="moderator")
    appoint(server, "Ann", Role.ADMIN)

    assert {*about_roles(bob)} == {
        ("role", "cellar", "Bob", "moderator"),
        ("role", "lobby", "Ann", "admin"),
        ("role", "cellar", "Ann", "admin"),
    }
    assert about_roles(gus) == [("role", "lobby", "Ann", "admin")]


def test_clients_of_older_dialects_hear_nothing_of_roles(server: FakeServer) -> None:
    plain = server.member("Pat")
    old = connect_session(server, "Old", token="x" * 16)
    admin(server, "Ada")
    read_events(old)
    plain.read()

    appoint(server, "Ada", Role.MODERATOR)
    connect_account(server, "Ada").disconnect()
    for peer in (old, plain):
        peer.send(line("users"))
    server.wait(SOON)

    (answer,) = read_events(old)
    assert [{*each} for each in answer["data"]["users"]] == [{"name", "since"}] * 3
    assert plain.read() == ["[Server]: 3 users: Ada, Old, Pat"]
