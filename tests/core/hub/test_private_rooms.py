"""Private rooms: who opens, enters, changes and closes them."""

import pytest

from parlour.core.events import RoomName
from parlour.core.limits import EMPTY_ROOM_TIME
from parlour.core.roles import Role
from tests.core.account_peers import (
    connect_account,
    connect_guest,
    greet,
    register,
    told,
)
from tests.core.fake_server import FakeServer, line
from tests.core.invitation_peers import answers, code_for, invite, private_owner
from tests.core.order_peers import admin, appoint, ask, owner
from tests.core.room_peers import drop_lines, pass_time
from tests.core.session_peers import SOON, read_events


def code_of(found: list[dict[str, object]]) -> object:
    (answer,) = found
    data = answer["data"]
    assert isinstance(data, dict)
    return data.get("code", answer["type"])


# -- to open one ------------------------------------------------------------------


def test_a_room_can_be_private_from_the_beginning(server: FakeServer) -> None:
    ann = register(server, "Ann")

    room, joined = answers(server, ann, "join", room="cellar", private=True)

    assert room["data"]["private"] is True
    assert joined["type"] == "joined"


def test_a_guest_opens_no_private_room(server: FakeServer) -> None:
    gus = connect_guest(server, "Gus")

    found = answers(server, gus, "join", room="cellar", private=True)

    assert code_of(found) == "not_signed_in"
    assert answers(server, gus, "rooms")[0]["data"]["rooms"][0]["room"] == "lobby"


def test_a_public_room_is_not_entered_as_a_private_one(server: FakeServer) -> None:
    owner(server, "Ann", "dev")
    bob = register(server, "Bob")

    found = answers(server, bob, "join", room="dev", private=True)

    assert code_of(found) == "room_name_taken"


def test_of_two_who_open_a_room_at_once_nobody_gets_a_public_one_as_private(
    server: FakeServer,
) -> None:
    ann, bob = register(server, "Ann"), register(server, "Bob")
    drop_lines(server)
    server.is_storage_paused = True
    ann.send(line("join", {"room": "dev"}))
    bob.send(line("join", {"room": "dev", "private": True}))
    server.is_storage_paused = False
    server.commit()
    server.wait(SOON)

    assert told(ann) == ["room dev", "joined dev Ann"]
    assert told(bob) == ["error room_name_taken about join"]


def test_an_account_owns_a_bounded_number_of_rooms(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parlour.core.state.room_bounds.MAX_OWNED_ROOMS", 1)
    ann = private_owner(server, "Ann", "cellar")

    for is_private in (True, False):
        found = answers(server, ann, "join", room="attic", private=is_private)
        assert code_of(found) == "too_many_rooms"


# -- to make one private ----------------------------------------------------------


def test_a_room_that_becomes_private_keeps_its_members(server: FakeServer) -> None:
    ann, gus = owner(server, "Ann", "dev"), connect_guest(server, "Gus", rooms=["dev"])
    told(gus)

    ask(server, ann, "set", room="dev", private=True)

    assert told(gus) == ["dev: Ann private"]
    gus.send(line("message", {"room": "dev", "message": "still here"}))
    server.wait(SOON)
    assert told(gus) == ["stored", "dev Gus: still here"]


def test_who_watches_hears_a_room_no_more_that_becomes_private(
    server: FakeServer,
) -> None:
    ann = owner(server, "Ann", "dev")
    watcher = greet(server, {"version": 1, "rooms": ["dev"], "watch": True})
    told(watcher)

    ask(server, ann, "set", room="dev", private=True)
    ann.send(line("message", {"room": "dev", "message": "now we are alone"}))
    server.wait(SOON)

    assert [each["type"] for each in read_events(watcher)] == ["closed"]


def test_a_private_room_becomes_public(server: FakeServer) -> None:
    ann = private_owner(server, "Ann", "cellar")
    console = server.watch()

    heard = ask(server, ann, "set", room="cellar", private=False)
    ann.send(line("message", {"room": "cellar", "message": "come in"}))
    server.wait(0.1)

    assert heard == ["cellar: Ann public"]
    gus = connect_guest(server, "Gus", rooms=["cellar"])
    assert "room cellar" in told(gus)
    assert "Ann: come in" in console.read()


def test_the_lobby_is_never_private_or_closed(server: FakeServer) -> None:
    ada = admin(server)

    for kind, data in (("set", {"private": True}), ("close", {})):
        (answer,) = answers(server, ada, kind, room="lobby", **data)
        assert answer["data"]["code"] == "not_allowed"
        assert answer["data"]["reason"] == "#lobby is for everybody, and always open"


def test_plain_clients_notice_nothing_of_private_rooms(server: FakeServer) -> None:
    plain = server.member("Pat")
    ann = private_owner(server, "Ann", "cellar")
    plain.read()
    ask(server, ann, "set", room="cellar", private=False)
    ask(server, ann, "set", room="cellar", private=True)
    code_for(server, ann, "cellar")
    ask(server, ann, "close", room="cellar")
    ann.send(line("message", {"room": "lobby", "message": "hello"}))
    server.wait(0.1)

    assert plain.read() == ["Ann: hello"]


# -- members, and who is not ------------------------------------------------------


def test_members_hear_each_other_as_in_any_room(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    invite(server, ann, "cellar", "Bob")
    told(ann)
    bob.send(line("join", {"room": "cellar"}))
    server.wait(SOON)
    bob.send(line("message", {"room": "cellar", "message": "hello"}))
    bob.send(line("leave", {"room": "cellar"}))
    server.wait(SOON)

    assert told(ann) == ["joined cellar Bob", "cellar Bob: hello", "left cellar Bob"]


def test_a_member_returns_with_another_session(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    invite(server, ann, "cellar", "Bob")
    answers(server, bob, "join", room="cellar")
    bob.disconnect()
    server.wait(1.0)

    again = connect_account(server, "Bob")

    assert "room cellar" in told(again)


def test_one_who_leaves_needs_a_new_invitation(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    invite(server, ann, "cellar", "Bob")
    answers(server, bob, "join", room="cellar")
    answers(server, bob, "leave", room="cellar")

    assert code_of(answers(server, bob, "join", room="cellar")) == "room_unavailable"


def test_one_who_is_removed_needs_a_new_invitation(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    invite(server, ann, "cellar", "Bob")
    answers(server, bob, "join", room="cellar")
    ask(server, ann, "kick", room="cellar", name="Bob")

    assert code_of(answers(server, bob, "join", room="cellar")) == "room_unavailable"
    invite(server, ann, "cellar", "Bob")
    room, _ = answers(server, bob, "join", room="cellar")
    assert room["type"] == "room"


def test_a_guest_who_is_removed_while_away_does_not_return_by_resuming(
    server: FakeServer,
) -> None:
    ann = private_owner(server, "Ann", "cellar")
    token = "a secret of the guest"
    gus = connect_guest(server, "Gus", token=token)
    invite(server, ann, "cellar", "Gus")
    answers(server, gus, "join", room="cellar")
    gus.disconnect()
    ask(server, ann, "kick", room="cellar", name="Gus")

    again = connect_guest(server, "Gus", token=token, rooms=["lobby", "cellar"])

    heard = told(again)
    assert "error room_unavailable about hello" in heard
    assert "room cellar" not in heard


def test_one_who_is_banned_does_not_enter_with_an_invitation(
    server: FakeServer,
) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    ask(server, ann, "ban", room="cellar", name="Bob")
    invite(server, ann, "cellar", "Bob")

    assert code_of(answers(server, bob, "join", room="cellar")) == "banned"


def test_the_owner_and_administrators_enter_without_an_invitation(
    server: FakeServer,
) -> None:
    ann, ada = private_owner(server, "Ann", "cellar"), admin(server)
    answers(server, ann, "leave", room="cellar")

    for peer in (ann, ada):
        room, _ = answers(server, peer, "join", room="cellar")
        assert room["type"] == "room"


def test_it_stays_open_while_nobody_is_in_it(server: FakeServer) -> None:
    ann = private_owner(server, "Ann", "cellar")
    answers(server, ann, "leave", room="cellar")
    pass_time(server, 3 * EMPTY_ROOM_TIME)

    gus = connect_guest(server, "Gus")

    assert code_of(answers(server, gus, "join", room="cellar")) == "room_unavailable"


# -- to close one -----------------------------------------------------------------


def test_an_owner_closes_a_room_which_everybody_leaves(server: FakeServer) -> None:
    ann, gus = owner(server, "Ann", "dev"), connect_guest(server, "Gus", rooms=["dev"])
    drop_lines(server)

    ann.send(line("close", {"room": "dev"}))
    server.wait(SOON)

    for peer in (ann, gus):
        (closed,) = read_events(peer)
        assert closed["type"] == "closed"
        assert closed["data"] == {"room": "dev", "reason": "Ann has closed the room"}
    assert told(connect_account(server, "Ann")).count("room dev") == 0


@pytest.mark.parametrize("who", ["guest", "member", "moderator"])
def test_nobody_else_closes_it(server: FakeServer, who: str) -> None:
    ann = owner(server, "Ann", "dev")
    peer = connect_guest(server, "Bob") if who == "guest" else register(server, "Bob")
    if who == "moderator":
        ask(server, ann, "role", room="dev", name="Bob", role="moderator")

    assert code_of(answers(server, peer, "close", room="dev")) == "not_allowed"


@pytest.mark.parametrize("who", ["owner", "admin"])
def test_only_its_owner_and_administrators_open_a_closed_private_room_again(
    server: FakeServer, who: str
) -> None:
    ann = private_owner(server, "Ann", "cellar")
    ann.send(line("message", {"room": "cellar", "message": "wine"}))
    ask(server, ann, "close", room="cellar")
    gus = connect_guest(server, "Gus")
    peer = ann if who == "owner" else admin(server)

    assert code_of(answers(server, gus, "join", room="cellar")) == "room_unavailable"
    room, _ = answers(server, peer, "join", room="cellar")
    assert (room["data"]["sequence"], room["data"]["private"]) == (1, True)


def test_a_room_without_a_history_is_forgotten_when_it_is_closed(
    server: FakeServer,
) -> None:
    ann = private_owner(server, "Ann", "cellar")
    code = code_for(server, ann, "cellar")
    ask(server, ann, "close", room="cellar")
    gus = connect_guest(server, "Gus")

    room, _ = answers(server, gus, "join", room="cellar")
    assert "private" not in room["data"]
    answers(server, gus, "leave", room="cellar")
    bob = private_owner(server, "Bob", "attic")
    assert code_of(answers(server, bob, "join", room="attic", invite=code)) == "room"


def test_an_administrator_may_close_any_room(server: FakeServer) -> None:
    private_owner(server, "Ann", "cellar")
    ada = admin(server)

    ada.send(line("close", {"room": "cellar"}))
    server.wait(SOON)

    assert server.hub.state.rooms.get_open(RoomName("cellar")) is None


def test_moderators_of_the_server_do_not_know_of_it(server: FakeServer) -> None:
    private_owner(server, "Ann", "cellar")
    mo = register(server, "Mo")
    appoint(server, "Mo", Role.MODERATOR)

    assert code_of(answers(server, mo, "close", room="cellar")) == "no_such_room"
