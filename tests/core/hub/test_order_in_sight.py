"""What a session is told of its role, of locked and slow rooms, and of sanctions."""

from typing import Any

import pytest

from parlour.core.events import LOBBY, InvitationList, Refused, RoomName
from parlour.core.limits import INVITATION_TIME
from parlour.core.roles import Role
from parlour.core.sessions.sanction_lists import RoomOrder, room_order
from tests.core.account_peers import connect_account, connect_guest, greet, register
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.order_peers import admin, appoint, ask, owner
from tests.core.session_peers import SOON, read_events

DEV = RoomName("dev")
WALL = 1_700_000_000.0


def lines(peer: FakePeer, *kinds: str) -> list[dict[str, Any]]:
    """Return the data of the lines of these types that a peer received."""
    return [each["data"] for each in read_events(peer) if each["type"] in kinds]


def joins(server: FakeServer, peer: FakePeer, room: str) -> dict[str, Any]:
    """Let a peer join a room; return what it is told of the room."""
    peer.send(line("join", {"room": room}))
    server.wait(SOON)
    (found,) = lines(peer, "room")
    return found


def test_an_owner_is_told_the_role_in_the_room(server: FakeServer) -> None:
    ann = register(server, "Ann")
    read_events(ann)

    assert joins(server, ann, "dev")["role"] == "owner"


def test_a_moderator_is_told_the_role_with_each_session(server: FakeServer) -> None:
    ann, bob = owner(server, "Ann", "dev"), register(server, "Bob", rooms=("dev",))
    ask(server, ann, "role", room="dev", name="Bob", role="moderator")
    bob.disconnect()
    server.wait(SOON)

    bob = connect_account(server, "Bob")

    rooms = {each["room"]: each.get("role") for each in lines(bob, "room")}
    assert rooms == {"lobby": None, "dev": "moderator"}


def test_others_are_told_no_role(server: FakeServer) -> None:
    owner(server, "Ann", "dev")
    appoint(server, "Ann", Role.ADMIN)
    bob, cat = connect_guest(server, "Bob"), register(server, "Cat")
    read_events(bob), read_events(cat)

    assert "role" not in joins(server, bob, "dev")
    assert "role" not in joins(server, cat, "dev")


def test_whoever_enters_is_told_that_a_room_is_locked_and_slow(
    server: FakeServer,
) -> None:
    ann, bob = owner(server, "Ann", "dev"), connect_guest(server, "Bob")
    read_events(bob)
    ask(server, ann, "set", room="dev", locked=True, slow=30)

    told = joins(server, bob, "dev")

    assert (told["locked"], told["slow"]) == (True, 30)
    ask(server, ann, "set", room="dev", locked=False, slow=0)
    read_events(bob)
    assert {"locked", "slow"}.isdisjoint(joins(server, bob, "dev"))


def test_whoever_watches_is_told_that_a_room_is_locked(server: FakeServer) -> None:
    ann = owner(server, "Ann", "dev")
    ask(server, ann, "set", room="dev", locked=True)

    peer = greet(server, {"version": 1, "watch": True, "rooms": ["dev"]})

    (told,) = lines(peer, "room")
    assert told["locked"]
    assert "role" not in told


def test_one_who_is_muted_on_the_server_is_told_and_nobody_else(
    server: FakeServer,
) -> None:
    ada, bob, cat = admin(server), register(server, "Bob"), connect_guest(server, "Cat")
    again = connect_account(server, "Bob")
    for each in (bob, again, cat):
        read_events(each)

    ask(server, ada, "mute", name="Bob", seconds=600, reason="noise")

    for each in (bob, again):
        ((sanction,),) = [told["sanctions"] for told in lines(each, "why")]
        assert (sanction["by"], sanction["reason"]) == ("Ada", "noise")
        assert sanction["until"].startswith("2023-11-14T22:23:20")
        assert "room" not in sanction
    assert read_events(cat) == []


def test_one_who_is_no_longer_muted_on_the_server_is_told(server: FakeServer) -> None:
    ada, bob = admin(server), connect_guest(server, "Bob")
    ask(server, ada, "mute", name="Bob")
    read_events(bob)

    ask(server, ada, "unmute", name="Bob")

    assert lines(bob, "why") == [{"sanctions": []}]


@pytest.mark.parametrize("room", ["lobby", None])
def test_one_who_is_banned_hears_until_when_by_whom_and_why(
    server: FakeServer, room: str | None
) -> None:
    data = {"version": 1, "name": "Bob", "token": "the token of a client"}
    ada, bob = admin(server), greet(server, data)
    read_events(bob)
    where = {} if room is None else {"room": room}

    ask(server, ada, "ban", name="Bob", seconds=600, reason="spam", **where)

    (bye,) = lines(bob, "bye")
    place = "" if room is None else " from #lobby"
    assert bye["reason"] == (
        f"you are banned{place} until 2023-11-14 22:23 UTC, by Ada: spam"
    )


def test_one_who_only_watches_hears_of_a_ban_from_the_room(server: FakeServer) -> None:
    ann = owner(server, "Ann", "dev")
    data = {"version": 1, "watch": True, "rooms": ["dev"]}
    peer = greet(server, data, network="198.51.100.7")
    read_events(peer)

    ask(server, ann, "ban", room="dev", name="198.51.100.0/24", reason="spam")

    reason = "you are banned from #dev until somebody lifts it, by Ann: spam"
    assert lines(peer, "closed") == [
        {"room": "dev", "reason": reason, "code": "banned"}
    ]


def test_a_moderator_sees_how_order_is_kept(server: FakeServer) -> None:
    ann = owner(server, "Ann", "dev")
    connect_guest(server, "Bob")
    ask(server, ann, "mute", room="dev", name="Bob", seconds=600, reason="noise")
    ask(server, ann, "set", room="dev", locked=True, slow=30)

    found = room_order(server.hub.state, "ann", DEV, WALL)

    assert isinstance(found, RoomOrder)
    assert found[:4] == (Role.OWNER, True, 30, False)
    (mute,) = found.sanctions
    assert (mute.kind, mute.name, mute.by, mute.reason) == (
        "mute",
        "Bob",
        "Ann",
        "noise",
    )
    after = room_order(server.hub.state, "Ann", DEV, WALL + 601)
    assert after == RoomOrder(
        *(Role.OWNER, True, 30, False, ""),
        sanctions=(),
        has_more=False,
        invitations=InvitationList(DEV, (), has_more=False),
    )


def test_the_topic_is_for_those_who_may_set_it(server: FakeServer) -> None:
    ann, bob = owner(server, "Ann", "dev"), register(server, "Bob", rooms=("dev",))
    ask(server, ann, "role", room="dev", name="Bob", role="moderator")
    ask(server, ann, "topic", room="dev", topic="gardens")
    admin(server)
    ask(server, bob, "leave", room="dev")

    found = {
        (name, room): room_order(server.hub.state, name, room, WALL)
        for name, room in (
            *(("Ann", DEV), ("Bob", DEV), ("Ada", DEV)),
            *(("Ada", LOBBY), ("Ada", None)),
        )
    }

    topics = {
        key: each.topic for key, each in found.items() if isinstance(each, RoomOrder)
    }
    assert topics == {
        ("Ann", DEV): "gardens",
        ("Bob", DEV): None,
        ("Ada", DEV): None,
        ("Ada", LOBBY): "",
        ("Ada", None): None,
    }, "nobody sets that of a room in which they are not"


def test_those_who_may_invite_see_who_is_invited(server: FakeServer) -> None:
    ann, bob = owner(server, "Ann", "dev"), register(server, "Bob", rooms=("dev",))
    register(server, "Cat")
    ask(server, ann, "role", room="dev", name="Bob", role="moderator")
    ask(server, ann, "invite", room="dev", name="Cat")
    ada = admin(server)
    ask(server, ada, "invite")
    ask(server, bob, "ping", token="x")

    found = {
        (name, room): room_order(server.hub.state, name, room, WALL)
        for name, room in (
            *(("Ann", DEV), ("Bob", DEV), ("Ada", DEV)),
            *(("Ada", None), ("Ada", LOBBY)),
        )
    }

    numbers = {
        key: each.invitations and [one.number for one in each.invitations.invitations]
        for key, each in found.items()
        if isinstance(each, RoomOrder)
    }
    assert numbers == {
        ("Ann", DEV): [1],
        ("Bob", DEV): None,
        ("Ada", DEV): [1],
        ("Ada", None): [2],
        ("Ada", LOBBY): [],
    }
    later = room_order(server.hub.state, "Ann", DEV, WALL + INVITATION_TIME + 60)
    assert isinstance(later, RoomOrder)
    assert later.invitations == InvitationList(DEV, (), has_more=False)


def test_only_those_who_keep_order_see_it(server: FakeServer) -> None:
    owner(server, "Ann", "dev"), register(server, "Bob"), admin(server)
    server.wait(SOON)

    found = {
        (name, room): room_order(server.hub.state, name, room, WALL)
        for name in ("Ann", "Bob", "Ada", "nobody")
        for room in (DEV, None)
    }

    refused = {key for key, each in found.items() if isinstance(each, Refused)}
    assert refused == {
        ("Ann", None),
        *(("Bob", DEV), ("Bob", None)),
        *(("nobody", DEV), ("nobody", None)),
    }
    assert room_order(server.hub.state, "Ada", RoomName("none"), WALL) == Refused(
        "no_such_room", "#none is not open", room=RoomName("none")
    )
