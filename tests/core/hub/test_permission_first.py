"""Whoever may not do something learns nothing about those to whom it would be done."""

import pytest

from parlour.core.roles import Role
from tests.core.account_peers import connect_account, connect_guest, register, told
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.hub.test_moderation import guest_from
from tests.core.order_peers import admin, appoint, ask
from tests.core.session_peers import SOON, read_events

TARGETS: dict[str, dict[str, object]] = {
    "a guest who is here": {"name": "Gus"},
    "a guest who has no address": {"name": "Hal"},
    "an account that is here": {"name": "Ada"},
    "an account that is away": {"name": "Zoe"},
    "one who is muted and banned": {"name": "Sue"},
    "oneself": {"name": "Eve"},
    "nobody": {"name": "nobody"},
    "an address": {"name": "198.51.100.7"},
    "an address that is banned": {"name": "203.0.113.5"},
    "this machine": {"name": "127.0.0.1"},
    "a wide prefix": {"name": "10.0.0.0/8"},
}
NUMBERS: dict[str, dict[str, object]] = {
    f"the sanction {number}": {"number": number} for number in (1, 2, 3, 9)
}
INVITED = ({"name": "Zoe"}, {"name": "nobody"}, {"number": 1}, {"number": 9})
IN_THE_LOBBY: dict[str, object] = {"room": "lobby"}
ON_THE_SERVER: dict[str, object] = {}
ROLES = ("member", "moderator", "owner", "admin")


def asked(kind: str, place: dict[str, object]) -> dict[str, dict[str, object]]:
    """Return the lines of a type, by whom they mean."""
    known = {**TARGETS}
    if kind in {"unmute", "unban"}:
        known |= NUMBERS
    lines = {who: {**target, **place} for who, target in known.items()}
    if kind != "role":
        return lines
    return {
        f"{who}, {role}": {**data, "role": role}
        for who, data in lines.items()
        for role in ROLES
    }


@pytest.fixture
def server() -> FakeServer:
    """Return a server with people of all kinds in the lobby, and sanctions."""
    server = FakeServer()
    ada = admin(server)
    for name in ("Zoe", "Sue", "Mo"):
        register(server, name).disconnect()
    guest_from(server, "198.51.100.8", "Gus", token="a token of Gus")
    guest_from(server, "", "Hal")
    server.wait(SOON)
    ask(server, ada, "mute", name="Sue", room="lobby")
    ask(server, ada, "ban", name="Sue", room="lobby")
    ask(server, ada, "ban", name="203.0.113.5")
    ask(server, ada, "invite", name="Zoe", room="lobby")
    assert len(server.hub.state.sanctions) == 3
    return server


def someone(server: FakeServer, who: str) -> FakePeer:
    """Return the session of somebody called Eve, who may do nothing of it."""
    connect = connect_guest if who == "a guest" else register
    peer = connect(server, "Eve")
    if who == "a moderator":
        appoint(server, "Eve", Role.MODERATOR)
    told(peer)
    return peer


@pytest.mark.parametrize(
    ("who", "place", "kind"),
    [
        (who, place, kind)
        for who in ("a guest", "a member", "a moderator")
        for place in (IN_THE_LOBBY, ON_THE_SERVER)
        for kind in ("kick", "mute", "unmute", "ban", "unban", "role")
        if place or kind != "kick"  # there is none from the whole server
        if not (who == "a moderator" and place and kind != "role")
    ],
)
def test_whoever_may_not_act_gets_one_answer_for_everybody(
    server: FakeServer, who: str, place: dict[str, object], kind: str
) -> None:
    eve = someone(server, who)
    before = server.hub.state.snapshot()

    answers = {
        whom: answer(server, eve, kind, data)
        for whom, data in asked(kind, place).items()
    }

    needed = "admins" if not place else "owners" if kind == "role" else "moderators"
    expected = [("not_allowed", f"only {needed} may do that")]
    assert answers == dict.fromkeys(answers, expected)
    assert server.hub.state.snapshot() == before


@pytest.mark.parametrize("who", ["a guest", "a member", "a moderator"])
def test_a_room_that_is_not_open_and_one_that_is_private_are_alike(
    server: FakeServer, who: str
) -> None:
    zoe = connect_account(server, "Zoe")
    ask(server, zoe, "join", room="den", private=True)
    eve = someone(server, who)

    answers = {
        answer(server, eve, kind, {**data, "room": room})[0][0]
        for room in ("den", "nowhere")
        for kind in ("kick", "mute", "unmute", "ban", "unban", "role")
        for data in asked(kind, {}).values()
    }

    assert answers == {"no_such_room"}


def answer(
    server: FakeServer, peer: FakePeer, kind: str, data: dict[str, object]
) -> list[tuple[str, str]]:
    """Send a line; return the codes and reasons of the refusals that the peer hears."""
    read_events(peer)
    peer.send(line(kind, data))
    server.wait(SOON)
    found = read_events(peer)
    assert {each["type"] for each in found} == {"error"}, found
    return [(each["data"]["code"], each["data"]["reason"]) for each in found]


def test_nobody_learns_from_other_acts_who_or_what_there_is(server: FakeServer) -> None:
    eve = someone(server, "a member")
    lines: dict[str, list[dict[str, object]]] = {
        "invite": [{"room": "lobby", **each} for each in TARGETS.values()],
        "uninvite": [{"room": "lobby", **each} for each in INVITED]
        + [{"number": 1}, {"number": 9}, {"name": "1"}],
        "invites": [{"room": "lobby"}, {}],
        "set": [{"room": "lobby", "locked": True}, {"room": "lobby", "private": True}],
        "close": [{"room": "lobby"}],
        "announce": [{"text": "hello"}],
        "sanctions": [{"room": "lobby"}, {}],
        "audit": [{"room": "lobby"}, {}],
    }

    codes = {
        code
        for kind, every in lines.items()
        for data in every
        for code, _ in answer(server, eve, kind, data)
    }

    assert codes == {"not_allowed"}


# -- those who may ----------------------------------------------------------------


def test_whoever_may_act_hears_what_is_wrong(server: FakeServer) -> None:
    mo = connect_account(server, "Mo")
    appoint(server, "Mo", Role.MODERATOR)
    ask(server, mo, "join", room="lobby")

    codes = {
        whom: [code for code, _ in answer(server, mo, "ban", data)]
        for whom, data in asked("ban", IN_THE_LOBBY).items()
        if whom
        in {"nobody", "this machine", "a wide prefix", "an account that is here"}
    }

    assert codes == {
        "an account that is here": ["not_allowed"],
        "nobody": ["no_such_user"],
        "this machine": ["cannot_ban"],
        "a wide prefix": ["cannot_ban"],
    }


def test_a_guest_who_was_renamed_is_unmuted_by_the_new_name(server: FakeServer) -> None:
    ada = connect_account(server, "Ada")
    gus = guest_from(server, "198.51.100.9", "Guy")
    ask(server, ada, "mute", name="Guy", room="lobby")
    ask(server, gus, "leave", room="lobby")
    ask(server, gus, "set-name", name="Hugo")
    ask(server, gus, "join", room="lobby")
    told(ada)

    assert ask(server, ada, "unmute", name="Hugo", room="lobby") == [
        "lobby: Ada unmute Guy"
    ]
    told(gus)
    assert ask(server, gus, "message", message="hi", id="1") == [
        "stored",
        "lobby Hugo: hi",
    ]


def test_a_ban_of_a_network_is_not_lifted_by_the_name_of_one_guest(
    server: FakeServer,
) -> None:
    ada = connect_account(server, "Ada")
    guest_from(server, "198.51.100.9", "Guy", rooms=[])
    ask(server, ada, "ban", name="198.51.100.0/24", room="lobby")

    heard = ask(server, ada, "unban", name="Guy", room="lobby")

    assert heard == ["error no_such_sanction about unban"]
