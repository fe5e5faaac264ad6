"""Erasing messages: who hears what, and what is no longer sent."""

import json

import pytest

from parlour.core.entries import RoleSet
from parlour.core.events import AccountNumber, Refused, RoomName, SessionId
from parlour.core.limits import Limits
from parlour.core.roles import Role
from tests.core.account_peers import connect_account, connect_guest, register
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.invitation_peers import invite, private_owner
from tests.core.order_peers import admin
from tests.core.room_peers import (
    Line,
    codes,
    connect_in,
    drop_lines,
    epoch_of,
    lines,
    open_direct,
    people_in,
    say,
)
from tests.core.session_peers import SOON

SECRET = "the secret of Mantua"


def erase(server: FakeServer, peer: FakePeer, **data: object) -> list[Line]:
    """Ask to erase a message; return what the peer hears."""
    drop_lines(server)
    peer.send(line("erase", {"room": "lobby", **data}))
    server.wait(SOON)
    return lines(peer)


def texts_of(found: list[Line]) -> list[str]:
    return [data["message"] for kind, data in found if kind == "message"]


def history(server: FakeServer, peer: FakePeer, room: str = "lobby") -> Line:
    """Return the page with the newest messages."""
    drop_lines(server)
    peer.send(line("history", {"room": room}))
    server.wait(SOON)
    (page,) = lines(peer)
    return page


def test_an_author_erases_a_message(server: FakeServer) -> None:
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    say(ann, "lobby", SECRET)

    heard = erase(server, ann, sequence=1)

    time = "2023-11-14T22:13:20.000000Z"
    data = {"room": "lobby", "sequence": 2, "time": time, "target": 1}
    expected = [("erased", {**data, "by": "Ann", "name": "Ann"})]
    assert heard == expected
    assert lines(bob) == expected


def test_the_last_message_of_somebody_is_erased_by_name(server: FakeServer) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")
    say(ann, "lobby", "one", "two")

    ((kind, data),) = erase(server, ann, name="ANN")

    assert (kind, data["target"]) == ("erased", 2)


def test_one_by_one_all_messages_of_somebody_are_erased(server: FakeServer) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")
    say(ann, "lobby", "one", "two")
    erase(server, ann, name="Ann")
    erase(server, ann, name="Ann")

    assert codes(erase(server, ann, name="Ann")) == ["no_such_message"]
    assert [each["message"] for each in history(server, ann)[1]["messages"]] == ["", ""]


def test_a_guest_does_not_erase_messages_of_others(server: FakeServer) -> None:
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    say(ann, "lobby", SECRET)

    heard = erase(server, bob, sequence=1)

    assert codes(heard) == ["not_allowed"]
    assert heard[0][1]["about"] == "erase"
    assert heard[0][1]["room"] == "lobby"
    assert lines(ann) == []


def test_a_later_owner_of_a_name_does_not_erase_what_was_said_before(
    server: FakeServer,
) -> None:
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    say(ann, "lobby", SECRET)
    ann.send(line("set-name", {"name": "Cat"}))
    bob.send(line("set-name", {"name": "Ann"}))

    assert codes(erase(server, bob, sequence=1)) == ["not_allowed"]
    assert codes(erase(server, ann, sequence=1)) == ["erased"]


def test_an_author_with_another_connection_is_still_the_author(
    server: FakeServer,
) -> None:
    ann, _ = people_in(server, "lobby", names="Ann Bob")
    say(ann, "lobby", SECRET)
    ann.disconnect()
    again = connect_in(server, "Ann", "lobby")

    assert codes(erase(server, again, sequence=1)) == ["erased"]


def test_an_administrator_erases_a_message_of_a_guest(server: FakeServer) -> None:
    ada, bob = admin(server), connect_guest(server, "Bob")
    say(bob, "lobby", SECRET)

    ((kind, data),) = erase(server, ada, name="Bob")

    assert (kind, data["by"], data["name"]) == ("erased", "Ada", "Bob")
    assert codes(lines(bob)) == ["erased"]


def test_nobody_erases_messages_of_somebody_with_the_same_role(
    server: FakeServer,
) -> None:
    ada, eve = admin(server), admin(server, "Eve")
    say(eve, "lobby", SECRET)

    assert codes(erase(server, ada, sequence=1)) == ["not_allowed"]


def test_a_message_is_erased_once(server: FakeServer) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")
    say(ann, "lobby", SECRET)
    erase(server, ann, sequence=1)

    assert codes(erase(server, ann, sequence=1)) == ["no_such_message"]
    assert codes(erase(server, ann, sequence=2)) == ["no_such_message"]


@pytest.mark.parametrize("sequence", [0, 2, 1 << 60])
def test_a_message_that_does_not_exist(server: FakeServer, sequence: int) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")
    say(ann, "lobby", SECRET)

    assert codes(erase(server, ann, sequence=sequence)) == ["no_such_message"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, "bad_data"),
        ({"sequence": 1, "name": "Ann"}, "bad_data"),
        ({"sequence": "1"}, "bad_data"),
        ({"sequence": -1}, "bad_data"),
        ({"name": ""}, "bad_data"),
        ({"room": "mantua", "sequence": 1}, "no_such_room"),
    ],
)
def test_a_line_that_cannot_be_carried_out(
    server: FakeServer, data: dict[str, object], code: str
) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")

    heard = erase(server, ann, **data)

    assert codes(heard) == [code]
    assert heard[0][1]["about"] == "erase"


def test_only_members_and_moderators_erase_messages_of_a_room(
    server: FakeServer,
) -> None:
    ada, (ann, bob) = admin(server), people_in(server, "lobby", names="Ann Bob")
    ann.send(line("join", {"room": "dev"}))
    say(ann, "dev", SECRET)

    assert codes(erase(server, bob, room="dev", sequence=1)) == ["not_in_room"]
    assert codes(erase(server, ada, room="dev", sequence=1)) == []
    assert codes(lines(ann)) == ["erased"]


def test_an_administrator_erases_in_a_private_room_without_entering_it(
    server: FakeServer,
) -> None:
    ann, ada = private_owner(server, "Ann", "cellar"), admin(server)
    say(ann, "cellar", SECRET)

    assert codes(erase(server, ada, room="cellar", sequence=1)) == []
    assert codes(lines(ann)) == ["erased"]
    ada.send(line("ping", {"token": "next"}))
    assert codes(lines(ada)) == ["pong"]


def test_a_member_who_is_removed_while_a_message_is_found_erases_nothing(
    server: FakeServer,
) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    invite(server, ann, "cellar", "Bob")
    bob.send(line("join", {"room": "cellar"}))
    say(bob, "cellar", SECRET)
    drop_lines(server)
    server.is_storage_paused = True
    ann.send(line("kick", {"room": "cellar", "name": "Bob"}))
    bob.send(line("erase", {"room": "cellar", "sequence": 1}))

    server.is_storage_paused = False
    server.wait(SOON)

    assert codes(lines(bob)) == ["act", "left", "no_such_room"]
    bob.send(line("ping", {"token": "next"}))
    assert codes(lines(bob)) == ["pong"]


def test_who_only_watches_erases_nothing(server: FakeServer) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")
    say(ann, "lobby", SECRET)
    watcher = server.connect()
    watcher.send(line("hello", {"version": 1, "rooms": ["lobby"], "watch": True}))

    assert codes(erase(server, watcher, sequence=1)) == ["watching"]


def test_a_page_has_the_message_without_its_text(server: FakeServer) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")
    say(ann, "lobby", "before", SECRET)
    erase(server, ann, sequence=2)
    say(ann, "lobby", "after")

    _, page = history(server, ann)

    found = [(each["sequence"], each["message"]) for each in page["messages"]]
    assert found == [(1, "before"), (2, ""), (4, "after")]
    assert page["messages"][1]["erased"] is True
    assert "erased" not in page["messages"][0]


def test_a_plain_client_hears_one_line_of_the_server(server: FakeServer) -> None:
    plain, (ann,) = server.connect(), people_in(server, "lobby", names="Ann")
    server.wait(1.0)
    say(ann, "lobby", SECRET)
    plain.read()

    erase(server, ann, sequence=1)

    server.wait(1.0)
    assert plain.read() == ["[Server]: Ann has erased a message"]


def test_the_plain_history_neither_shows_nor_counts_it(server: FakeServer) -> None:
    plain, (ann,) = server.connect(), people_in(server, "lobby", names="Ann")
    server.wait(1.0)
    say(ann, "lobby", "before", SECRET, "after")
    erase(server, ann, sequence=2)
    server.wait(1.0)
    plain.read()

    plain.send(line("history"))

    assert plain.read() == [
        "[Server]: the last 2 of 2 messages:",
        "Ann: before",
        "Ann: after",
    ]


def test_a_client_of_the_lobby_alone_sees_neither(server: FakeServer) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")
    old = server.connect()
    old.send(line("hello", {"version": 1, "name": "Old", "token": "o" * 16}))
    server.wait(SOON)
    say(ann, "lobby", "before", SECRET)

    assert codes(erase(server, ann, sequence=2)) == ["erased"]

    assert lines(old) == []
    _, page = history(server, old)
    assert [each["message"] for each in page["messages"]] == ["before"]


def resumed(server: FakeServer, name: str, sequence: int) -> list[Line]:
    """Return what a session hears that resumes with a cursor in the lobby."""
    cursor = {"epoch": epoch_of(server, "lobby"), "sequence": sequence}
    peer = connect_in(server, name, "lobby", resume={"lobby": cursor})
    found = lines(peer)
    return [each for each in found if each[0] in {"message", "erased", "missed"}]


@pytest.mark.parametrize("is_recent", [True, False])
def test_a_replay_has_the_erasure_and_not_the_text(
    server: FakeServer, *, is_recent: bool
) -> None:
    limits = (
        Limits(rate=None) if is_recent else Limits(rate=None, recent_events_bytes=1)
    )
    server = FakeServer(limits)
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    bob.disconnect()
    say(ann, "lobby", "before", SECRET)
    erase(server, ann, sequence=2)
    say(ann, "lobby", "after")
    server.wait(SOON)

    found = resumed(server, "Bob", 1)

    assert [data["sequence"] for _, data in found] == [2, 3, 4]
    assert texts_of(found) == ["", "after"]
    assert found[0][1]["erased"] is True
    assert found[1][0] == "erased"
    assert found[1][1]["target"] == 2
    assert found[1][1]["name"] == "Ann"


def test_who_knows_the_text_hears_of_the_erasure_on_return(server: FakeServer) -> None:
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    say(ann, "lobby", SECRET)
    bob.disconnect()
    erase(server, ann, sequence=1)

    found = resumed(server, "Bob", 1)

    assert [(kind, data["target"]) for kind, data in found] == [("erased", 1)]


def test_nothing_is_replayed_after_a_cursor_at_an_erasure(server: FakeServer) -> None:
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    say(ann, "lobby", SECRET)
    erase(server, ann, sequence=1)
    bob.disconnect()

    assert resumed(server, "Bob", 2) == []


def test_a_member_that_lags_never_receives_the_text(server: FakeServer) -> None:
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    bob.is_full = True
    say(ann, "lobby", "fills the transport")
    say(ann, "lobby", SECRET)
    erase(server, ann, sequence=2)

    bob.drain_all()
    server.wait(SOON)

    assert SECRET not in str(lines(bob))
    assert server.hub.lagging == []


def test_an_answer_that_waits_for_delivery_loses_the_text(server: FakeServer) -> None:
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    say(ann, "lobby", SECRET)
    drop_lines(server)
    bob.is_full = True
    say(ann, "lobby", "fills the transport")
    bob.send(line("history", {"room": "lobby"}))
    erase(server, ann, sequence=1)

    bob.drain_all()
    server.wait(SOON)

    heard = lines(bob)
    assert "history" in codes(heard)
    assert SECRET not in str(heard)


@pytest.mark.parametrize(
    ("kind", "data", "answer"),
    [("history", {}, "history"), ("search", {"words": "secret"}, "found")],
)
def test_a_page_that_was_read_before_has_no_text_afterwards(
    server: FakeServer, kind: str, data: dict[str, str], answer: str
) -> None:
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    say(ann, "lobby", SECRET)
    drop_lines(server)
    server.is_storage_paused = True
    bob.send(line(kind, {"room": "lobby", **data}))
    (question,) = server.questions
    page = server.history.read(question.query)
    server.is_storage_paused = False
    server.questions.clear()
    erase(server, ann, sequence=1)

    server.hub.answered(question, page)
    server.turn()

    heard = lines(bob)
    assert codes(heard) == [answer, "erased"]
    assert SECRET not in str(heard)


def test_a_message_that_is_sent_again_is_acknowledged_as_before(
    server: FakeServer,
) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")
    ann.send(line("message", {"room": "lobby", "message": SECRET, "id": "1"}))
    erase(server, ann, sequence=1)

    ann.send(line("message", {"room": "lobby", "message": SECRET, "id": "1"}))
    server.wait(SOON)

    stored = {"id": "1", "room": "lobby", "sequence": 1}
    assert lines(ann) == [("stored", stored)]


def test_lines_after_an_erasure_wait_for_it(server: FakeServer) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")
    say(ann, "lobby", SECRET)
    drop_lines(server)

    ann.send(
        line("erase", {"room": "lobby", "sequence": 1})
        + line("message", "later")
        + line("history", {"room": "lobby"})
    )
    server.wait(SOON)

    found = lines(ann)
    kinds = [kind for kind, _ in found if kind != "stored"]
    assert kinds == ["erased", "message", "history"]
    page = found[-1][1]["messages"]
    assert [each["message"] for each in page] == ["", "later"]


def test_a_client_that_leaves_before_the_answer_erases_nothing(
    server: FakeServer,
) -> None:
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    say(ann, "lobby", SECRET)
    server.is_storage_paused = True
    ann.send(line("erase", {"room": "lobby", "sequence": 1}))
    (question,) = server.questions
    server.is_storage_paused = False
    ann.disconnect()

    server.hub.answered(question, server.history.read(question.query))
    server.turn()

    assert "erased" not in codes(lines(bob))


def test_a_history_that_cannot_be_read_is_the_reason(server: FakeServer) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")
    say(ann, "lobby", SECRET)
    drop_lines(server)
    server.is_storage_paused = True
    ann.send(line("erase", {"room": "lobby", "sequence": 1}))
    (question,) = server.questions
    server.is_storage_paused = False

    server.hub.answered(question, Refused("busy", "the history is too busy"))
    server.turn()

    assert codes(lines(ann)) == ["busy"]
    assert codes(erase(server, ann, sequence=1)) == ["erased"]


# -- direct rooms -----------------------------------------------------------------


def test_an_author_erases_a_direct_message(server: FakeServer) -> None:
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    room = open_direct(ann, "Bob")
    say(ann, room, SECRET)

    assert codes(erase(server, ann, room=room, sequence=1)) == ["erased"]

    assert codes(lines(bob)) == ["erased"]
    _, page = history(server, bob, room)
    assert [(each["message"], each["erased"]) for each in page["messages"]] == [
        ("", True)
    ]


def test_only_the_author_erases_a_direct_message_that_is_kept(
    server: FakeServer,
) -> None:
    ada, ann, bob = admin(server), register(server, "Ann"), register(server, "Bob")
    drop_lines(server)
    room = open_direct(ann, "Bob")
    say(ann, room, SECRET)

    assert codes(erase(server, bob, room=room, sequence=1)) == ["not_allowed"]
    assert codes(erase(server, ada, room=room, sequence=1)) == ["no_such_room"]
    assert codes(erase(server, ann, room=room, name="Ann")) == ["erased"]

    assert codes(lines(bob)) == ["erased"]
    _, page = history(server, bob, room)
    assert [each["message"] for each in page["messages"]] == [""]


def test_nobody_erases_what_the_other_one_has_whispered(server: FakeServer) -> None:
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    room = open_direct(ann, "Bob")
    say(ann, room, SECRET)

    assert codes(erase(server, bob, room=room, sequence=1)) == ["not_allowed"]


def test_an_administrator_erases_no_direct_message(server: FakeServer) -> None:
    ada, (ann, _) = admin(server), people_in(server, "lobby", names="Ann Bob")
    room = open_direct(ann, "Bob")
    say(ann, room, SECRET)

    heard = codes(erase(server, ada, room=room, sequence=1))

    assert heard == ["no_such_room"]


def test_the_last_direct_message_is_erased_by_name(server: FakeServer) -> None:
    ann, _ = people_in(server, "lobby", names="Ann Bob")
    room = open_direct(ann, "Bob")
    say(ann, room, "one", SECRET)

    ((kind, data),) = erase(server, ann, room=room, name="ann")

    assert (kind, data["target"]) == ("erased", 2)
    assert codes(erase(server, ann, room=room, name="Bob")) == ["no_such_message"]


def test_a_moderator_of_one_room_is_none_of_another(server: FakeServer) -> None:
    ann, bob = register(server, "Ann"), connect_guest(server, "Bob")
    for peer in (ann, bob):
        peer.send(line("join", {"room": "dev"}))
    say(bob, "lobby", SECRET)
    say(bob, "dev", SECRET)
    dev, anns = RoomName("dev"), AccountNumber(1)
    server.hub.operate(RoleSet(SessionId(0), "", dev, anns, "Ann", Role.MODERATOR))
    server.wait(SOON)

    assert codes(erase(server, ann, room="dev", sequence=1)) == ["erased"]
    assert codes(erase(server, ann, sequence=1)) == ["not_allowed"]


def test_an_account_erases_what_it_has_said_before_a_restart(
    server: FakeServer,
) -> None:
    ann = register(server, "Ann")
    say(ann, "lobby", SECRET)
    server.restart()
    again = connect_account(server, "Ann")

    assert codes(erase(server, again, sequence=1)) == ["erased"]


def test_a_guest_does_not_erase_what_an_earlier_guest_of_that_name_has_said(
    server: FakeServer,
) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")
    say(ann, "lobby", SECRET)
    server.restart()
    (again,) = people_in(server, "lobby", names="Ann")

    assert codes(erase(server, again, sequence=1)) == ["not_allowed"]


def test_the_wire_has_no_session_of_an_author(server: FakeServer) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")
    say(ann, "lobby", "hi")

    (message,) = [data for kind, data in lines(ann) if kind == "message"]

    expected = ["room", "sequence", "time", "source", "message"]
    assert list(json.loads(json.dumps(message))) == expected
