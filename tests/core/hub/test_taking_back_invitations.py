"""Invitations are listed and taken back by those who may invite."""

import pytest

from parlour.core.sessions import invite_requests
from tests.core.account_peers import PASSWORD, connect_account, connect_guest, register
from tests.core.fake_server import WALL, FakePeer, FakeServer, line
from tests.core.invitation_peers import (
    answers,
    code_for,
    code_of,
    invitations,
    invite,
    private_owner,
)
from tests.core.order_peers import admin, ask
from tests.core.room_peers import drop_lines
from tests.core.session_peers import SOON, read_events

IN_A_WEEK = "2023-11-21T22:13:20."


def listed(server: FakeServer, peer: FakePeer, **data: object) -> list[object]:
    """Return the numbers and names of the invitations in the list that a peer gets."""
    (answer,) = answers(server, peer, "invites", **data)
    assert answer["type"] == "invitations", answer
    found = answer["data"]["invitations"]
    return [(each["number"], each.get("name", "")) for each in found]


def joining(server: FakeServer, peer: FakePeer, **data: object) -> object:
    return code_of(answers(server, peer, "join", room="cellar", **data))


# -- lists --------------------------------------------------------------------------


def test_a_list_has_everybody_who_is_invited_and_no_code(server: FakeServer) -> None:
    ann = private_owner(server, "Ann", "cellar")
    register(server, "Bob")
    connect_guest(server, "Gus")
    invite(server, ann, "cellar", "Bob")
    code_for(server, ann, "cellar")
    invite(server, ann, "cellar", "Gus")

    (answer,) = answers(server, ann, "invites", room="cellar")

    for each in answer["data"]["invitations"]:
        assert each.pop("until").startswith(IN_A_WEEK)
    assert answer["data"] == {
        "room": "cellar",
        "invitations": [
            {"number": 1, "name": "Bob", "by": "Ann"},
            {"number": 2, "by": "Ann"},
            {"number": 3, "name": "Gus", "by": "Ann"},
        ],
        "more": False,
    }


def test_a_list_has_the_name_that_a_guest_has_now(server: FakeServer) -> None:
    ann, gus = private_owner(server, "Ann", "cellar"), connect_guest(server, "Gus")
    invite(server, ann, "cellar", "Gus")

    answers(server, gus, "set-name", name="Guy")

    assert listed(server, ann, room="cellar") == [(1, "Guy")]


def test_a_list_lacks_those_that_were_used_or_have_ended(server: FakeServer) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    invite(server, ann, "cellar", "Bob")
    answers(server, bob, "join", room="cellar")
    answers(server, ann, "invite", room="cellar", seconds=60)
    answers(server, ann, "invite", room="cellar", seconds=61)

    server.wall = WALL + 60.5
    server.wait(SOON)

    assert listed(server, ann, room="cellar") == [(3, "")]


def test_a_long_list_comes_in_pages(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invite_requests, "LISTED", 2)
    ann = private_owner(server, "Ann", "cellar")
    for _ in range(3):
        code_for(server, ann, "cellar")

    (first,) = answers(server, ann, "invites", room="cellar")
    (second,) = answers(server, ann, "invites", room="cellar", after=2)

    numbers = [
        [each["number"] for each in page["data"]["invitations"]]
        for page in (first, second)
    ]
    assert numbers == [[1, 2], [3]]
    assert [page["data"]["more"] for page in (first, second)] == [True, False]


def test_an_administrator_sees_those_to_make_an_account(server: FakeServer) -> None:
    ada = admin(server)
    code_for(server, ada)
    answers(server, ada, "join", room="cellar", private=True)
    code_for(server, ada, "cellar")

    assert listed(server, ada) == [(1, "")]
    assert listed(server, ada, room="cellar") == [(2, "")]


def test_an_invitation_of_somebody_who_ignores_is_listed_like_others(
    server: FakeServer,
) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    answers(server, bob, "ignore", name="Ann")
    drop_lines(server)

    (sent,) = answers(server, ann, "invite", room="cellar", name="Bob")

    assert sent["data"]["number"] == 1
    assert listed(server, ann, room="cellar") == [(1, "Bob")]
    (ended,) = answers(server, ann, "uninvite", room="cellar", name="Bob")
    assert ended["data"] == {"room": "cellar", "number": 1, "name": "Bob"}
    assert read_events(bob) == []


# -- taking back ---------------------------------------------------------------------


def test_somebody_whose_invitation_is_taken_back_hears_it_and_stays_out(
    server: FakeServer,
) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    phone = connect_account(server, "Bob")
    invite(server, ann, "cellar", "Bob")
    drop_lines(server)

    (answer,) = answers(server, ann, "uninvite", room="cellar", name="bob")

    assert answer["type"] == "uninvited"
    assert answer["data"] == {"room": "cellar", "number": 1, "name": "Bob"}
    for peer in (bob, phone):
        (heard,) = read_events(peer)
        assert heard["type"] == "uninvited"
        assert heard["data"] == {"room": "cellar", "by": "Ann"}
    assert joining(server, bob) == "room_unavailable"
    assert invitations(connect_account(server, "Bob")) == []


def test_a_code_that_is_taken_back_opens_nothing(server: FakeServer) -> None:
    ann, gus = private_owner(server, "Ann", "cellar"), connect_guest(server, "Gus")
    codes = [code_for(server, ann, "cellar") for _ in range(2)]

    (answer,) = answers(server, ann, "uninvite", room="cellar", number=1)

    assert answer["data"] == {"room": "cellar", "number": 1}
    assert joining(server, gus, invite=codes[0]) == "invalid_invite"
    assert joining(server, gus, invite=codes[1]) == "room"


def test_a_name_of_digits_is_no_number(server: FakeServer) -> None:
    ann = private_owner(server, "Ann", "cellar")
    code_for(server, ann, "cellar")

    assert code_of(answers(server, ann, "uninvite", room="cellar", name="1")) == (
        "no_such_invitation"
    )


def test_the_user_whose_name_has_digits_is_no_longer_invited(
    server: FakeServer,
) -> None:
    ann = private_owner(server, "Ann", "cellar")
    code_for(server, ann, "cellar")
    connect_guest(server, "1")
    invite(server, ann, "cellar", "1")

    answers(server, ann, "uninvite", room="cellar", name="1")

    assert listed(server, ann, room="cellar") == [(1, "")]


def test_one_who_was_invited_as_a_guest_and_by_account_is_not_afterwards(
    server: FakeServer,
) -> None:
    ann, gus = private_owner(server, "Ann", "cellar"), connect_guest(server, "Gus")
    invite(server, ann, "cellar", "Gus")
    answers(server, gus, "register", password=PASSWORD)
    invite(server, ann, "cellar", "Gus")

    found = answers(server, ann, "uninvite", room="cellar", name="Gus")

    assert [each["data"]["number"] for each in found] == [1, 2]
    assert joining(server, gus) == "room_unavailable"


def test_one_who_has_entered_stays_and_there_is_no_invitation(
    server: FakeServer,
) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    invite(server, ann, "cellar", "Bob")
    answers(server, bob, "join", room="cellar")

    for wanted in ({"name": "Bob"}, {"number": 1}):
        found = answers(server, ann, "uninvite", room="cellar", **wanted)
        assert code_of(found) == "no_such_invitation"
        assert found[0]["data"]["about"] == "uninvite"
    assert ask(server, bob, "message", room="cellar", message="hi", id="1") == [
        "stored",
        "cellar Bob: hi",
    ]


def test_of_two_who_take_an_invitation_back_at_once_one_does(
    server: FakeServer,
) -> None:
    ann = private_owner(server, "Ann", "cellar")
    ada = admin(server)
    code_for(server, ann, "cellar")
    drop_lines(server)
    server.is_storage_paused = True
    for peer in (ann, ada):
        peer.send(line("uninvite", {"room": "cellar", "number": 1}))
    server.is_storage_paused = False
    server.commit()
    server.wait(SOON)

    found = [code_of(read_events(each)) for each in (ann, ada)]
    assert found == ["uninvited", "no_such_invitation"]


def test_a_number_is_that_of_an_invitation_to_the_same_room(
    server: FakeServer,
) -> None:
    ann = private_owner(server, "Ann", "cellar")
    answers(server, ann, "join", room="attic", private=True)
    code_for(server, ann, "cellar")

    found = answers(server, ann, "uninvite", room="attic", number=1)

    assert code_of(found) == "no_such_invitation"
    assert listed(server, ann, room="cellar") == [(1, "")]


def test_one_who_is_muted_may_take_an_invitation_back(server: FakeServer) -> None:
    ann, ada = private_owner(server, "Ann", "cellar"), admin(server)
    code_for(server, ann, "cellar")
    ask(server, ada, "mute", name="Ann")

    found = answers(server, ann, "uninvite", room="cellar", number=1)

    assert code_of(found) == "uninvited"


def test_an_administrator_takes_back_a_code_to_make_an_account(
    server: FakeServer,
) -> None:
    ada = admin(server)
    code_for(server, ada)

    (answer,) = answers(server, ada, "uninvite", number=1)

    assert answer["data"] == {"number": 1}
    assert list(server.hub.state.invitations) == []


@pytest.mark.parametrize("data", [{}, {"name": "Bob", "number": 1}, {"number": 0}])
def test_a_line_without_one_that_is_meant_is_refused(
    server: FakeServer, data: dict[str, object]
) -> None:
    ann = private_owner(server, "Ann", "cellar")

    assert code_of(answers(server, ann, "uninvite", room="cellar", **data)) == (
        "bad_data"
    )


def test_a_moderator_neither_lists_nor_takes_back(server: FakeServer) -> None:
    ann, mo = private_owner(server, "Ann", "cellar"), register(server, "Mo")
    invite(server, ann, "cellar", "Mo")
    answers(server, mo, "join", room="cellar")
    ask(server, ann, "role", room="cellar", name="Mo", role="moderator")
    code_for(server, ann, "cellar")

    codes = [
        code_of(answers(server, mo, "invites", room="cellar")),
        code_of(answers(server, mo, "uninvite", room="cellar", number=2)),
        code_of(answers(server, mo, "uninvite", room="cellar", number=9)),
    ]

    assert codes == ["not_allowed"] * 3
