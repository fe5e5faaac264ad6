"""Invitations: of accounts and guests, by codes, to rooms and to make an account."""

import pytest

from parlour.core.entries import Registered
from parlour.core.events import SessionId
from parlour.core.limits import INVITATION_TIME
from parlour.core.protocol.tokens import hash_key
from parlour.core.roles import Role
from parlour.core.rules import Rules
from parlour.core.sessions.sign_in_limits import FREE_FAILURES
from parlour.core.state.names import name_keys
from tests.core.account_peers import (
    PASSWORD,
    connect_account,
    connect_guest,
    greet,
    register,
    told,
)
from tests.core.fake_server import WALL, FakePeer, FakeServer, line, password_hash
from tests.core.invitation_peers import (
    answers,
    code_for,
    code_of,
    invitations,
    invite,
    private_owner,
)
from tests.core.order_peers import admin, ask, owner
from tests.core.room_peers import drop_lines
from tests.core.session_peers import SOON, connect_session, read_events

NETWORK = "198.51.100.7"


# -- by name ----------------------------------------------------------------------


def test_somebody_who_is_invited_hears_it_and_enters(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    told(bob)

    (sent,) = answers(server, ann, "invite", room="cellar", name="bob")

    assert sent["data"] == {
        "room": "cellar",
        "number": 1,
        "name": "Bob",
        "until": "2023-11-21T22:13:20.000000Z",
    }
    (heard,) = read_events(bob)
    assert heard["type"] == "invited"
    assert heard["data"] == {
        "room": "cellar",
        "by": "Ann",
        "until": "2023-11-21T22:13:20.000000Z",
    }
    assert code_of(answers(server, bob, "join", room="cellar")) == "room"


def test_all_sessions_of_an_account_hear_it(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    phone = connect_account(server, "Bob")
    drop_lines(server)

    invite(server, ann, "cellar", "Bob")

    assert [invitations(each) for each in (bob, phone)] == [[("cellar", "Ann")]] * 2


def test_an_invitation_waits_for_an_account_that_is_away(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    bob.disconnect()
    server.wait(1.0)
    invite(server, ann, "cellar", "Bob")

    again = connect_account(server, "Bob")
    events = read_events(again)
    kinds = [each["type"] for each in events]
    assert [each["data"]["by"] for each in events if each["type"] == "invited"] == [
        "Ann"
    ]
    assert kinds.index("account") < kinds.index("invited")
    gus = connect_guest(server, "Gus")
    told(gus)
    gus.send(line("login", {"account": "Bob", "password": PASSWORD}))
    server.wait(SOON)
    assert invitations(gus) == [("cellar", "Ann")]


def test_an_invitation_is_used_up_by_entering(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    invite(server, ann, "cellar", "Bob")
    answers(server, bob, "join", room="cellar")

    assert list(server.hub.state.invitations) == []
    assert invitations(connect_account(server, "Bob")) == []
    answers(server, bob, "unignore", name="Ann")
    assert invitations(connect_account(server, "Bob")) == []


def test_an_invitation_of_somebody_whom_a_guest_ignores_does_not_arrive(
    server: FakeServer,
) -> None:
    ann, gus = private_owner(server, "Ann", "cellar"), connect_guest(server, "Gus")
    answers(server, gus, "ignore", name="Ann")

    answers(server, ann, "invite", room="cellar", name="Gus")
    answers(server, gus, "unignore", name="Ann")

    assert code_of(answers(server, gus, "join", room="cellar")) == "room_unavailable"


def test_an_invitation_ends(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    answers(server, ann, "invite", room="cellar", name="Bob", seconds=60)
    server.wall = WALL + 60.0
    server.wait(SOON)

    assert code_of(answers(server, bob, "join", room="cellar")) == "room_unavailable"
    assert invitations(connect_account(server, "Bob")) == []


def test_a_guest_is_invited_for_its_session(server: FakeServer) -> None:
    ann, gus = private_owner(server, "Ann", "cellar"), connect_guest(server, "Gus")
    invite(server, ann, "cellar", "Gus")
    gus.disconnect()
    server.wait(1.0)

    assert list(server.hub.state.invitations) == []
    another = connect_guest(server, "Gus")
    assert code_of(answers(server, another, "join", room="cellar")) == (
        "room_unavailable"
    )


def test_a_guest_who_registers_is_still_invited(server: FakeServer) -> None:
    ann, gus = private_owner(server, "Ann", "cellar"), connect_guest(server, "Gus")
    invite(server, ann, "cellar", "Gus")
    answers(server, gus, "register", password=PASSWORD)

    assert code_of(answers(server, gus, "join", room="cellar")) == "room"
    assert list(server.hub.state.invitations) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("nobody", "no_such_user"), ("Ann", "already_in_room"), ("Pat", "cannot_invite")],
)
def test_who_cannot_be_invited(server: FakeServer, name: str, code: str) -> None:
    ann = private_owner(server, "Ann", "cellar")
    server.connect().rename("Pat")
    server.wait(0.1)

    found = answers(server, ann, "invite", room="cellar", name=name)

    assert code_of(found) == code


@pytest.mark.parametrize("who", ["guest", "member", "moderator"])
def test_only_the_owner_invites(server: FakeServer, who: str) -> None:
    ann = owner(server, "Ann", "dev")
    peer = connect_guest(server, "Bob") if who == "guest" else register(server, "Bob")
    if who == "moderator":
        ask(server, ann, "role", room="dev", name="Bob", role="moderator")

    for data in ({}, {"name": "Ann"}, {"name": "nobody"}):
        found = answers(server, peer, "invite", room="dev", **data)
        assert code_of(found) == "not_allowed"


def test_an_invitation_of_somebody_ignored_does_not_arrive(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    answers(server, bob, "ignore", name="Ann")

    (sent,) = answers(server, ann, "invite", room="cellar", name="Bob")

    assert sent["type"] == "invitation", "the inviter hears as if it had arrived"
    assert invitations(bob) == []
    assert invitations(connect_account(server, "Bob")) == []


def test_there_is_a_bound_on_the_invitations_to_a_room(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MAX_ROOM_INVITATIONS", "MAX_SENT_INVITATIONS"):
        monkeypatch.setattr(f"parlour.core.state.invitations.{name}", 1)
    ann = private_owner(server, "Ann", "cellar")
    code_for(server, ann, "cellar")

    found = answers(server, ann, "invite", room="cellar")

    assert code_of(found) == "too_many_invitations"


# -- by a code --------------------------------------------------------------------


def test_whoever_has_a_code_enters_once(server: FakeServer) -> None:
    ann = private_owner(server, "Ann", "cellar")
    code = code_for(server, ann, "cellar")
    gus, hal = connect_guest(server, "Gus"), connect_guest(server, "Hal")

    assert code_of(answers(server, gus, "join", room="cellar", invite=code)) == "room"
    found = answers(server, hal, "join", room="cellar", invite=code)
    assert code_of(found) == "invalid_invite"


def test_of_two_who_show_a_code_at_once_one_enters(server: FakeServer) -> None:
    ann = private_owner(server, "Ann", "cellar")
    code = code_for(server, ann, "cellar")
    gus, hal = connect_guest(server, "Gus"), connect_guest(server, "Hal")
    drop_lines(server)
    server.is_storage_paused = True
    for peer in (gus, hal):
        peer.send(line("join", {"room": "cellar", "invite": code}))
    server.is_storage_paused = False
    server.commit()
    server.wait(SOON)

    assert told(gus) == ["room cellar", "joined cellar Gus"]
    assert told(hal) == ["error invalid_invite about join"]


def test_an_account_that_used_a_code_is_a_member_afterwards(
    server: FakeServer,
) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    code = code_for(server, ann, "cellar")
    answers(server, bob, "join", room="cellar", invite=code)

    assert "room cellar" in told(connect_account(server, "Bob"))


def test_a_code_ends_after_a_week(server: FakeServer) -> None:
    ann, gus = private_owner(server, "Ann", "cellar"), connect_guest(server, "Gus")
    code = code_for(server, ann, "cellar")
    server.wall = WALL + INVITATION_TIME
    server.wait(SOON)

    found = answers(server, gus, "join", room="cellar", invite=code)

    assert code_of(found) == "invalid_invite"


def test_a_code_is_not_used_by_a_member_or_in_a_public_room(
    server: FakeServer,
) -> None:
    ann = private_owner(server, "Ann", "cellar")
    code = code_for(server, ann, "cellar")
    answers(server, ann, "join", room="cellar", invite=code)
    ask(server, ann, "set", room="cellar", private=False)
    gus = connect_guest(server, "Gus")

    assert code_of(answers(server, gus, "join", room="cellar", invite=code)) == "room"
    assert len(server.hub.state.invitations) == 1


def test_a_code_is_for_its_room_alone(server: FakeServer) -> None:
    ann = private_owner(server, "Ann", "cellar")
    answers(server, ann, "join", room="attic", private=True)
    code = code_for(server, ann, "cellar")
    gus = connect_guest(server, "Gus")

    found = answers(server, gus, "join", room="attic", invite=code)

    assert code_of(found) == "invalid_invite"


def test_only_the_hash_of_a_code_is_kept(server: FakeServer) -> None:
    ann = private_owner(server, "Ann", "cellar")

    code = code_for(server, ann, "cellar")

    (stored,) = server.history.load().invitations
    assert stored.code == hash_key(code)
    assert code.encode() not in server.hub.state.snapshot()


def test_wrong_codes_delay_wrong_codes_of_the_same_network_alone(
    server: FakeServer,
) -> None:
    ann = private_owner(server, "Ann", "cellar")
    code = code_for(server, ann, "cellar")
    peers = [
        greet(server, {"version": 1, "rooms": []}, network=network)
        for network in (NETWORK, "203.0.113.9")
    ]
    for _ in range(FREE_FAILURES):
        found = answers(server, peers[0], "join", room="cellar", invite="wrong")
        assert code_of(found) == "invalid_invite"

    codes = [
        code_of(answers(server, peer, "join", room="cellar", invite=invite))
        for invite in ("wrong again", code)
        for peer in peers
    ]

    assert codes == ["too_many_tries", "invalid_invite", "room", "invalid_invite"]


def test_one_who_is_banned_does_not_use_up_a_code(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    ask(server, ann, "ban", room="cellar", name="Bob")
    code = code_for(server, ann, "cellar")

    found = answers(server, bob, "join", room="cellar", invite=code)

    assert code_of(found) == "banned"
    gus = connect_guest(server, "Gus")
    assert code_of(answers(server, gus, "join", room="cellar", invite=code)) == "room"


def test_a_client_of_the_lobby_alone_knows_no_invitations(server: FakeServer) -> None:
    ann = private_owner(server, "Ann", "cellar")
    old = connect_session(server, "Old", token="o" * 16)
    told(old)

    found = answers(server, ann, "invite", room="cellar", name="Old")

    assert code_of(found) == "cannot_invite"
    assert told(old) == []


# -- to make an account -----------------------------------------------------------


@pytest.fixture
def closed_server() -> FakeServer:
    """Return a server with an administrator on which others need an invitation."""
    server = FakeServer(rules=Rules(registration="invite"))
    hash_ = password_hash(PASSWORD)
    server.hub.operate(
        Registered(SessionId(0), "Ada", name_keys("Ada"), hash_, Role.ADMIN)
    )
    server.wait(SOON)
    return server


def registering(server: FakeServer, name: str, **data: object) -> object:
    peer = connect_guest(server, name)
    return code_of(answers(server, peer, "register", password=PASSWORD, **data))


def ada_of(server: FakeServer) -> FakePeer:
    return connect_account(server, "Ada")


def test_an_account_needs_the_code_of_an_administrator(
    closed_server: FakeServer,
) -> None:
    server = closed_server
    code = code_for(server, ada_of(server))

    assert registering(server, "Bob") == "invite_required"
    assert registering(server, "Cat", invite="wrong") == "invalid_invite"
    assert registering(server, "Dan", invite=code) == "account"
    assert registering(server, "Eve", invite=code) == "invalid_invite"


def test_of_two_who_register_with_a_code_at_once_one_gets_an_account(
    closed_server: FakeServer,
) -> None:
    server = closed_server
    code = code_for(server, ada_of(server))
    bob, cat = connect_guest(server, "Bob"), connect_guest(server, "Cat")
    drop_lines(server)
    server.is_checking_paused = True
    for peer in (bob, cat):
        peer.send(line("register", {"password": PASSWORD, "invite": code}))
    server.check_passwords()
    server.wait(SOON)

    assert told(bob) == ["account Bob, member"]
    assert told(cat) == ["error invalid_invite about register"]


def test_a_code_for_a_room_makes_no_account(closed_server: FakeServer) -> None:
    server = closed_server
    ada = ada_of(server)
    answers(server, ada, "join", room="cellar", private=True)
    code = code_for(server, ada, "cellar")

    assert registering(server, "Bob", invite=code) == "invalid_invite"


def test_only_an_administrator_makes_a_code_for_an_account(server: FakeServer) -> None:
    ann = private_owner(server, "Ann", "cellar")

    assert code_of(answers(server, ann, "invite")) == "not_allowed"


def test_a_code_is_kept_where_everybody_may_register(server: FakeServer) -> None:
    code = code_for(server, admin(server))

    assert registering(server, "Bob", invite=code) == "account"
    assert len(server.hub.state.invitations) == 1
