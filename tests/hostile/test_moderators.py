"""Moderators: against each other and those above them, and at the same time."""

import json
from pathlib import Path

import pytest

from tests.hostile.chat import BANNED, Chat, Person, open_chat
from tests.server.clients import command_line
from tests.server.running_servers import Serve, on_both_drivers

pytestmark = on_both_drivers


def sanctions(person: Person, room: str | None = "lobby") -> list[tuple[str, str]]:
    """Return the kind and the name of each sanction in a room."""
    person.asks("sanctions", room=room)
    found = person.hears("sanctions").data["sanctions"]
    assert isinstance(found, list)
    return [(each["kind"], each["name"]) for each in found]


def moderators(chat: Chat) -> tuple[Person, Person]:
    """Return the clients of Mo and Max."""
    return chat.sign_in("Mo"), chat.sign_in("Max")


def do_together(*lines: tuple[Person, str, dict[str, object]]) -> None:
    """Send a line of each person, so that all of them are on their way at once."""
    for person, kind, data in lines:
        person.peer.send(command_line(kind, **data))


ON_BOB: dict[str, object] = {"name": "Bob", "room": "lobby"}


@pytest.mark.parametrize("name", ["Ada", "Max"])
@pytest.mark.parametrize("kind", ["kick", "mute", "ban"])
def test_a_moderator_does_nothing_to_an_admin_or_to_another_moderator(
    serve: Serve, path: Path, kind: str, name: str
) -> None:
    with open_chat(serve, path) as chat:
        ada, (mo, max_) = chat.sign_in("Ada"), moderators(chat)

        assert mo.is_refused(kind, name=name, room="lobby") == "not_allowed"

        assert ada.says("I am here") == max_.says("so am I") == "stored"
        assert sanctions(ada) == []


def test_a_moderator_of_the_server_does_nothing_to_the_owner_of_a_room(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        bob, (mo, _) = chat.sign_in("Bob"), moderators(chat)
        bob.joins("tea")
        mo.joins("tea")

        for kind in ("kick", "mute", "ban"):
            assert mo.is_refused(kind, name="Bob", room="tea") == "not_allowed"


def test_of_two_bans_at_once_both_hold_until_both_are_lifted(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        bob, (mo, max_) = chat.sign_in("Bob"), moderators(chat)

        do_together((mo, "ban", ON_BOB), (max_, "ban", ON_BOB))

        assert bob.hears("left").data["reason"] == "banned"
        for each in (mo, mo, max_, max_):
            assert each.hears("act").data["action"] == "ban"
        assert sanctions(mo) == [("ban", "Bob")] * 2
        mo.asks("unban", **ON_BOB)
        assert mo.hears("act").data["action"] == "unban"
        assert bob.is_refused("join", room="lobby") == "banned"
        max_.asks("unban", **ON_BOB)
        mo.hears("act")
        bob.joins("lobby")


def test_of_two_who_lift_one_ban_at_once_one_is_told_that_it_is_over(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        mo, max_ = moderators(chat)
        mo.asks("ban", **ON_BOB)
        for each in (mo, max_):
            each.hears("act")

        do_together((mo, "unban", ON_BOB), (max_, "unban", ON_BOB))

        outcomes = []
        for each in (mo, max_):
            each.asks("ping", token="done")
            outcomes.append(answers(each))
        assert sorted(map(len, outcomes)) == [1, 2]
        assert sum("error no_such_sanction" in each for each in outcomes) == 1
        assert sanctions(mo) == []


def answers(person: Person) -> list[str]:
    """Return the acts and errors up to the answer to a ping."""
    found = []
    while (line := person.hears("act", "error", "pong")).kind != "pong":
        found.append(f"error {line.code}" if line.kind == "error" else "act")
    return found


def test_a_kick_and_a_mute_at_once_are_both_done(serve: Serve, path: Path) -> None:
    with open_chat(serve, path) as chat:
        eve, (mo, max_) = chat.guest("eve", BANNED), moderators(chat)
        on_eve: dict[str, object] = {"name": "eve", "room": "lobby"}

        do_together((mo, "kick", on_eve), (max_, "mute", on_eve))

        assert eve.hears("left").data["reason"] == "kicked"
        done = {f"{mo.hears('act').data['action']}" for _ in range(2)}
        assert done == {"kick", "mute"}
        eve.joins("lobby")
        assert eve.says("hello") == "muted"


def test_what_a_moderator_does_while_the_role_is_taken_is_done_before_or_refused(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        ada, bob = chat.sign_in("Ada"), chat.sign_in("Bob")
        mo, _ = moderators(chat)
        role: dict[str, object] = {"name": "Mo", "role": "member"}

        do_together((ada, "role", role), (mo, "mute", ON_BOB))
        mo.asks("ping", token="done")
        outcome = answers(mo)

        assert outcome in (["act"], ["error not_allowed"])
        is_muted = bob.says("hello") == "muted"
        assert is_muted == (outcome == ["act"])
        assert mo.is_refused("mute", **ON_BOB) == "not_allowed"


def test_a_moderator_who_is_banned_does_nothing_more(serve: Serve, path: Path) -> None:
    with open_chat(serve, path) as chat:
        ada, bob = chat.sign_in("Ada"), chat.sign_in("Bob")
        mo, _ = moderators(chat)

        ada.asks("ban", name="Mo")
        assert mo.is_turned_away() == "banned"
        again = chat.connect(account="Mo", password="a plague on both")

        assert again.hears("error").code == "banned"
        assert again.is_refused("mute", **ON_BOB) == "sign_in_required"
        assert bob.says("hello") == "stored"
        assert json.dumps(sanctions(ada, None)) == '[["ban", "Mo"]]'
