"""Lost sessions keep their names reserved, and can be resumed with a token."""

import pytest

from parlour.core.events import LOBBY, Cursor, Refused
from parlour.core.limits import Limits
from tests.core.fake_server import FakeServer, line
from tests.core.session_peers import (
    SOON,
    connect_ann_and_bob,
    connect_session,
    read_brief,
    read_events,
    send_messages,
)

FORGETFUL = Limits(rate=None, recent_events_bytes=100)


def test_a_lost_session_stays_listed_for_ten_seconds() -> None:
    server = FakeServer()
    ann, bob = connect_ann_and_bob(server)
    read_events(bob)

    ann.disconnect()
    server.wait(9.9)
    bob.send(line("users", {}))
    (users,) = read_events(bob)

    assert [user["name"] for user in users["data"]["users"]] == ["Ann", "Bob"]
    server.wait(0.2)
    assert read_brief(bob) == ["left Ann"]


@pytest.mark.parametrize("way", ["send_eof", "disconnect"])
def test_a_session_resumed_in_time_is_not_announced(way: str) -> None:
    server = FakeServer()
    ann, bob = connect_ann_and_bob(server)
    read_events(bob)

    getattr(ann, way)()
    server.wait(9)
    send_messages(bob, "where is she")
    resumed = connect_session(server, "Ann", after=0)
    server.wait(11)

    assert read_brief(resumed)[:3] == ["welcome 1 True", "1 where is she", "joined Ann"]
    assert read_brief(bob) == ["stored where is she 1", "1 where is she"]


def test_a_resumed_session_may_ask_for_another_name() -> None:
    server = FakeServer()
    connect_session(server, "Ann").disconnect()

    resumed = connect_session(server, "Eve", after=0)

    assert read_brief(resumed) == ["welcome 0 True", "joined Eve"]


def test_a_lost_plain_member_leaves_at_once() -> None:
    server = FakeServer()
    (ann,) = server.members("Ann")
    bob = connect_session(server, "Bob")
    read_events(bob)

    ann.disconnect()
    server.wait(0.1)

    assert read_brief(bob) == ["left Ann"]


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        (line("bye", {}), "bye"),
        (b"nonsense\n" * 50, "too_many_faults"),
    ],
)
def test_no_name_is_reserved_after_bye_or_after_too_many_invalid_lines(
    ends: bytes, code: str
) -> None:
    server = FakeServer()
    ann, bob = connect_ann_and_bob(server)
    read_events(bob)

    ann.send(ends)

    assert read_brief(ann)[-1] == f"bye {code}"
    server.wait(SOON)
    assert read_brief(bob) == ["left Ann"]


def test_a_token_has_one_connection_at_a_time() -> None:
    server = FakeServer()
    first = connect_session(server, "Ann")
    second = connect_session(server)
    third = connect_session(server)

    for old in (first, second):
        assert old.ended is not None
        assert read_brief(old)[-1] == "bye replaced"
    assert read_brief(third) == ["welcome 0 True", "joined Ann"]


def test_no_more_names_are_reserved_than_there_may_be_users() -> None:
    server = FakeServer(Limits(max_users=5))
    bob = connect_session(server, "Bob", token="b" * 16)
    for number in range(6):
        connect_session(server, f"u{number}", token=f"{number:016}").disconnect()

    server.wait(0.1)
    assert "left u0" in read_brief(bob)
    assert len(server.user_names()) == 6


def test_messages_that_the_history_has_deleted_are_reported_as_missed() -> None:
    server = FakeServer(FORGETFUL, messages=10)
    bob = connect_session(server, "Bob", token="x" * 16)
    for number in range(30):
        send_messages(bob, str(number))

    ann = connect_session(server, "Ann", after=5)

    assert read_brief(ann) == [
        "welcome 30 False",
        "missed 15 20",
        *(f"{n} {n - 1}" for n in range(21, 31)),
        "joined Ann",
    ]


def test_a_replay_that_cannot_be_read_is_reported_as_a_gap() -> None:
    server = FakeServer(FORGETFUL)
    bob = connect_session(server, "Bob", token="x" * 16)
    send_messages(bob, *"abcdefgh")
    server.is_storage_paused = True

    ann = connect_session(server, "Ann", after=0)
    (query,) = server.questions
    server.questions.clear()
    server.hub.answered(query, Refused("history_damaged", "it is damaged"))
    server.turn()

    assert read_brief(ann) == [
        "welcome 8 False",
        "error history_damaged",
        "missed None 8",
        "joined Ann",
    ]


def test_a_cursor_ahead_of_the_history_is_reported() -> None:
    server = FakeServer()

    connect_session(server, "Ann", after=7)

    (ahead,) = server.hub.cursors_ahead()
    assert ahead == (LOBBY, Cursor(server.hub.state.epoch, 7), 0)
    assert server.hub.cursors_ahead() == []


def test_every_cursor_ahead_of_the_history_is_reported() -> None:
    server = FakeServer()

    connect_session(server, token=f"{1:016}", after=1 << 60)
    connect_session(server, token=f"{2:016}", after=7)

    assert [each[1].sequence for each in server.hub.cursors_ahead()] == [1 << 60, 7]
    assert server.hub.cursors_ahead() == []


def test_a_replaced_session_that_lags_frees_its_slot_at_once() -> None:
    server = FakeServer(Limits(rate=None))
    ann = connect_session(server, "Ann")
    ann.is_full = True
    server.hub.paused(ann.connection, 10, server.now)

    connect_session(server)

    assert (server.hub.capacity.users, server.hub.capacity.closing) == (1, 1)
