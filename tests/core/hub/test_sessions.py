"""What the hub does for those who said hello, on a clock that is set by hand."""

import json
from typing import Any

import pytest

from parlour.core.events import Refused
from parlour.core.limits import Limits
from tests.core.fake_server import FakePeer, FakeServer, line

FORGETFUL = Limits(rate=None, recent_events_bytes=100)
TOKEN = "a secret of the client"
SOON = 0.001  # seconds, after which a few have heard even notices


def said(peer: FakePeer) -> list[dict[str, Any]]:
    """Return the lines that a peer was told since the last call."""
    whole, end, peer.unread = peer.unread.rpartition(b"\n")
    return [json.loads(each) for each in (whole + end).splitlines()]


def brief(peer: FakePeer) -> list[str]:
    """Return the same in a word or two each."""
    return [_brief(each["type"], each["data"]) for each in said(peer)]


def _brief(kind: str, data: dict[str, Any]) -> str:
    match kind:
        case "message":
            return f"{data['sequence']} {data['message']}"
        case "welcome":
            stand = data["rooms"]["lobby"]
            return f"welcome {stand['sequence']} {stand['recovered']}"
        case "missed":
            return f"missed {data['events']} {data['resume_after']}"
        case "stored":
            return f"stored {data.get('id')} {data['sequence']}"
        case "error" | "bye":
            return f"{kind} {data['code']}"
        case "joined" | "left":
            return f"{kind} {data['name']}"
        case "renamed":
            return f"{data['name']} is {data['to']}"
    return kind


def epoch(server: FakeServer) -> str:
    return server.history.extent(server.hub.room.name).epoch


def hello(
    server: FakeServer,
    name: str | None = None,
    *,
    token: str = TOKEN,
    after: int | None = None,
    **more: object,
) -> FakePeer:
    """Let somebody in who says hello."""
    data: dict[str, object] = {"version": 1, "token": token, **more}
    if name is not None:
        data["name"] = name
    if after is not None:
        data["resume"] = {"lobby": {"epoch": epoch(server), "sequence": after}}
    peer = server.connect()
    peer.send(line("hello", data))
    server.wait(SOON)
    return peer


def say(peer: FakePeer, *texts: str) -> None:
    peer.send(b"".join(line("message", {"message": t, "id": t}) for t in texts))


def test_a_lost_session_stays_listed_for_ten_seconds() -> None:
    server = FakeServer()
    ann, bob = hello(server, "Ann"), hello(server, "Bob", token="x" * 16)
    said(bob)

    ann.disconnect()
    server.wait(9.9)
    bob.send(line("users", {}))
    (users,) = said(bob)

    assert [user["name"] for user in users["data"]["users"]] == ["Ann", "Bob"]
    server.wait(0.2)
    assert brief(bob) == ["left Ann"]


@pytest.mark.parametrize("way", ["send_eof", "disconnect"])
def test_a_session_resumed_in_time_is_not_announced(way: str) -> None:
    server = FakeServer()
    ann, bob = hello(server, "Ann"), hello(server, "Bob", token="x" * 16)
    said(bob)

    getattr(ann, way)()
    server.wait(9)
    say(bob, "where is she")
    back = hello(server, "Ann", after=0)
    server.wait(11)

    assert brief(back)[:3] == ["welcome 1 True", "1 where is she", "joined Ann"]
    assert brief(bob) == ["stored where is she 1", "1 where is she"]


def test_a_resumed_session_may_ask_for_another_name() -> None:
    server = FakeServer()
    hello(server, "Ann").disconnect()

    back = hello(server, "Eve", after=0)

    assert brief(back) == ["welcome 0 True", "joined Ann", "Ann is Eve"]


def test_a_lost_plain_member_leaves_at_once() -> None:
    server = FakeServer()
    (ann,) = server.members("Ann")
    bob = hello(server, "Bob")
    said(bob)

    ann.disconnect()
    server.wait(0.1)

    assert brief(bob) == ["left Ann"]


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
    ann, bob = hello(server, "Ann"), hello(server, "Bob", token="x" * 16)
    said(bob)

    ann.send(ends)

    assert brief(ann)[-1] == f"bye {code}"
    server.wait(SOON)
    assert brief(bob) == ["left Ann"]


def test_a_silent_session_is_pinged_and_then_closed() -> None:
    server = FakeServer()
    ann = hello(server, "Ann")
    said(ann)

    server.wait(29.9)
    assert brief(ann) == []
    server.wait(0.2)
    assert brief(ann) == ["ping"]
    server.wait(19.8)
    assert ann.ended is None
    server.wait(0.2)

    assert brief(ann) == ["bye ping_timeout"]
    assert ann.ended is not None


def test_any_line_answers_a_ping() -> None:
    server = FakeServer()
    ann = hello(server, "Ann")
    server.wait(30.1)

    ann.send(b"\n")
    server.wait(29)

    assert ann.ended is None


def test_a_session_that_is_not_read_from_is_not_pinged() -> None:
    server = FakeServer()
    ann = hello(server, "Ann")
    ann.is_full = True
    say(ann, "a")

    for _ in range(12):
        server.wait(5)
        ann.drain(1)

    assert b"ping" not in ann.unsent
    assert ann.ended is None


def test_a_lagging_session_receives_every_message_from_the_history() -> None:
    server = FakeServer(Limits(rate=None, recent_events_bytes=1000), messages=10_000)
    ann, bob = hello(server, "Ann"), hello(server, "Bob", token="x" * 16)
    said(ann)
    ann.is_full = True
    say(bob, "0")

    for number in range(1, 3000):
        say(bob, str(number))
    assert server.hub.room.recent_events.base > 2000
    ann.drain_all()

    assert brief(ann) == [f"{n + 1} {n}" for n in range(3000)]


def test_a_lagging_session_is_told_how_many_notices_it_missed() -> None:
    server = FakeServer(Limits(rate=None, recent_events_bytes=500), messages=10_000)
    ann, bob = hello(server, "Ann"), hello(server, "Bob", token="x" * 16)
    ann.is_full = True
    say(bob, "0")
    cat = server.connect()
    cat.rename("Cat")
    for number in range(1, 30):
        say(bob, str(number))
    said(ann)

    ann.drain_all()

    heard = brief(ann)
    assert heard[1:] == ["missed 2 1", *(f"{n + 1} {n}" for n in range(1, 30))]


def test_messages_that_the_history_has_deleted_are_reported_as_missed() -> None:
    server = FakeServer(FORGETFUL, messages=10)
    bob = hello(server, "Bob", token="x" * 16)
    for number in range(30):
        say(bob, str(number))

    ann = hello(server, "Ann", after=5)

    assert brief(ann) == [
        "welcome 30 False",
        "missed 15 20",
        *(f"{n} {n - 1}" for n in range(21, 31)),
        "joined Ann",
    ]


def test_a_replay_that_cannot_be_read_is_reported_as_a_gap() -> None:
    server = FakeServer(FORGETFUL)
    bob = hello(server, "Bob", token="x" * 16)
    say(bob, *"abcdefgh")
    server.is_storage_paused = True

    ann = hello(server, "Ann", after=0)
    (question,) = server.questions
    server.questions.clear()
    server.hub.answered(question, Refused("history_damaged", "it is damaged"))
    server.turn()

    assert brief(ann) == [
        "welcome 8 False",
        "error history_damaged",
        "missed None 8",
        "joined Ann",
    ]


def test_a_cursor_ahead_of_the_history_is_reported() -> None:
    server = FakeServer()

    hello(server, "Ann", after=7)

    (cursor,) = server.hub.cursors_ahead()
    assert cursor.sequence == 7
    assert server.hub.cursors_ahead() == []


def test_a_refusal_carries_the_id_of_its_message() -> None:
    server = FakeServer()
    ann = hello(server, "Ann")
    said(ann)
    server.is_storage_paused = True
    say(ann, "a", "b")

    server.refuse(Refused("storage_full", "the disk is full"))

    assert [each["data"].get("id") for each in said(ann)] == [None, "a", "b"]


def test_a_token_has_one_connection_at_a_time() -> None:
    server = FakeServer()
    first = hello(server, "Ann")
    second = hello(server)
    third = hello(server)

    for old in (first, second):
        assert old.ended is not None
        assert brief(old)[-1] == "bye replaced"
    assert brief(third) == ["welcome 0 True", "joined Ann"]


def test_at_most_1000_names_are_reserved() -> None:
    server = FakeServer()
    bob = hello(server, "Bob", token="b" * 16)
    for number in range(1001):
        hello(server, f"u{number}", token=f"{number:016}").disconnect()

    server.wait(0.1)
    assert "left u0" in brief(bob)
    assert len(server.hub.room.roster) == 1001


def test_a_hello_that_is_not_marked_as_late_is_refused() -> None:
    server = FakeServer()
    ann = server.connect()
    server.wait(0.06)

    ann.send(line("hello", {"version": 1}))

    assert '"hello" opens the session dialect only' in ann.read()[-1]


def test_a_session_that_lags_again_during_catch_up_receives_nothing_twice() -> None:
    server = FakeServer(
        Limits(rate=None, recent_events_bytes=2000, flush_bytes=300), messages=9999
    )
    ann, bob = hello(server, "Ann"), hello(server, "Bob", token="x" * 16)
    ann.is_full = True
    say(bob, *map(str, range(10)))
    said(ann)

    server.hub.resumed(ann.session, server.now)  # and it is full at the first write
    server.turn()
    say(bob, *map(str, range(10, 100)))
    ann.drain_all()

    numbered = [each for each in brief(ann) if each != "joined Bob"]
    assert numbered == [f"{n + 1} {n}" for n in range(100)]


def test_a_session_that_awaits_a_page_misses_no_forgotten_message() -> None:
    server = FakeServer(FORGETFUL, messages=9999)
    ann, bob = hello(server, "Ann"), hello(server, "Bob", token="x" * 16)
    say(bob, *map(str, range(10)))
    said(ann)
    server.is_storage_paused = True
    ann.send(line("history", {"limit": 3}))
    (question,) = server.questions
    server.questions.clear()
    server.is_storage_paused = False

    say(bob, *map(str, range(10, 50)))
    ann.is_full = True
    server.hub.paused(ann.session, 1, server.now)
    say(bob, *map(str, range(50, 90)))
    ann.is_full = False
    server.hub.resumed(ann.session, server.now)
    server.hub.answered(question, server.history.read(question.query))
    server.turn()

    assert brief(ann) == ["history", *(f"{n + 1} {n}" for n in range(10, 90))]


def test_every_cursor_ahead_of_the_history_is_reported() -> None:
    server = FakeServer()

    hello(server, token=f"{1:016}", after=1 << 60)
    hello(server, token=f"{2:016}", after=7)

    assert [cursor.sequence for cursor in server.hub.cursors_ahead()] == [1 << 60, 7]
    assert server.hub.cursors_ahead() == []


def test_a_ping_does_not_time_out_while_the_session_is_not_read_from() -> None:
    server = FakeServer()
    ann, bob = hello(server, "Ann"), hello(server, "Bob", token="x" * 16)
    server.wait(29)
    bob.send(b"\n")
    server.wait(1.5)
    ann.is_full = True
    say(bob, "a" * 60)
    for _ in range(18):
        server.wait(1)
        bob.send(b"\n")
        ann.drain(1)
    assert not ann.is_read_from

    server.wait(1.4)
    ann.drain_all()
    server.wait(1)

    assert ann.is_read_from
    assert ann.ended is None


def test_an_invalid_hello_of_a_watching_session_announces_nobody() -> None:
    server = FakeServer()
    bob = hello(server, "Bob")
    said(bob)

    page = hello(server, token="short", watch=True)
    server.wait(0.1)

    assert brief(page) == ["welcome 0 True", "error bad_data"]
    assert brief(bob) == []


def test_stored_events_precede_the_messages_of_their_batch() -> None:
    server = FakeServer()
    ann, bob = hello(server, "Ann"), hello(server, "Bob", token="x" * 16)
    said(ann)
    server.is_storage_paused = True
    ann.feed(line("message", {"message": "a", "id": "1"}))
    bob.feed(line("message", {"message": "b", "id": "1"}))
    ann.feed(line("message", {"message": "c", "id": "2"}))

    server.turn()
    server.commit()

    assert brief(ann) == ["stored 1 1", "stored 2 3", "1 a", "2 b", "3 c"]


def test_a_lagging_session_that_ended_is_not_told_of_missed_messages() -> None:
    server = FakeServer(Limits(rate=None, recent_events_bytes=500), messages=10_000)
    ann, bob = hello(server, "Ann"), hello(server, "Bob", token="x" * 16)
    said(ann)
    ann.is_full = True
    say(bob, "0")
    say(bob, "1")
    ann.send(line("bye", {}))
    for number in range(2, 40):
        say(bob, str(number))
    assert server.hub.room.recent_events.base > 10

    ann.drain_all()

    heard = brief(ann)
    assert heard[-1] == "bye bye"
    assert not [each for each in heard if each.startswith("missed")]
    assert heard[0] == "1 0"
