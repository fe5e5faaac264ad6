"""A late hello: one that arrives after its connection was admitted."""

import json

import pytest

from parlour.core.limits import Limits
from tests.core.account_peers import PASSWORD, register, told
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.order_peers import admin
from tests.core.session_peers import SOON, connect_session, read_events

LATE = {"version": 1, "late": True}
TOKEN = "t" * 16


def silent_member(server: FakeServer) -> FakePeer:
    """Connect a peer that sends nothing, until it is admitted."""
    peer = server.connect()
    server.wait(0.06)
    return peer


def read_brief(peer: FakePeer) -> list[str]:
    """Return the lines that *peer* received since the last call, in brief."""
    data, peer.unread = peer.unread, b""
    found = map(json.loads, data.splitlines())
    return [_brief(each["type"], each["data"]) for each in found]


def _brief(kind: str, data: dict[str, object]) -> str:
    match kind, data:
        case "welcome", {"rooms": {"lobby": {"sequence": at, "recovered": recovered}}}:
            return f"welcome {data['you']} {at} {recovered}"
        case "message", {"sequence": sequence, "message": text}:
            return f"{sequence} {text}"
        case "message", {"source": source, "message": text}:
            return f"{source}: {text}"
        case _:
            return " ".join([kind, *map(str, list(data.values())[1:])])


@pytest.mark.parametrize("recent_events_bytes", [1 << 20, 200])
def test_a_late_hello_changes_the_dialect_of_later_events(
    recent_events_bytes: int,
) -> None:
    server = FakeServer(Limits(rate=None, recent_events_bytes=recent_events_bytes))
    bob, ann = server.member("Bob"), silent_member(server)
    bob.send_text("written")
    ann.is_full = True
    bob.send_text("unsent")
    for number in range(20):
        bob.send_text(f"later {number}")
    ann.send(line("hello", LATE | {"name": "Ann"}))
    bob.send_text("last")
    ann.drain_all()

    received = read_brief(ann)
    assert received[:4] == [
        "[Server]: 192.0.2.1:2 has entered the chat",
        "Bob: written",
        "Bob: unsent",
        "welcome Ann 2 True",
    ]
    texts = [*(f"{number + 3} later {number}" for number in range(20)), "23 last"]
    assert [each for each in received[4:] if each in texts] == texts
    if recent_events_bytes > 200:  # else the messages come from the history
        assert "renamed 192.0.2.1:2 Ann" in received


def test_a_late_hello_resumes_a_session_that_still_looks_connected() -> None:
    server = FakeServer()
    old = silent_member(server)
    old.send(line("hello", LATE | {"name": "Ann", "token": TOKEN}))
    new = silent_member(server)
    new.send(line("hello", LATE | {"token": TOKEN}))

    assert read_brief(old)[-1].startswith("bye you have reconnected")
    assert read_brief(new)[-3:] == [
        "welcome Ann 0 True",
        "left 192.0.2.1:2 came_back",
        "joined Ann",
    ]
    assert server.user_names() == ["Ann"]


def test_a_late_hello_with_a_taken_name_keeps_the_address_as_the_name() -> None:
    server = FakeServer()
    server.member("Ann")
    late = silent_member(server)
    late.send(line("hello", LATE | {"name": "Ann"}))

    _, welcome, refusal = read_brief(late)
    assert welcome == "welcome 192.0.2.1:2 0 True"
    assert refusal.startswith("error the name Ann is taken")


def test_an_invalid_late_hello_is_refused_in_the_session_dialect() -> None:
    server = FakeServer()
    late = silent_member(server)
    late.send(line("hello", LATE | {"token": 5}))

    assert read_brief(late)[-1].startswith('error "data" of "hello" is wrong')


@pytest.mark.parametrize(
    "first", [b"hi\n", b"{" + b"x" * 40_000 + b"\n", line("users")]
)
def test_a_late_hello_after_any_other_line_is_refused(first: bytes) -> None:
    server = FakeServer()
    late = silent_member(server)
    late.send(first + line("hello", LATE))

    assert read_brief(late)[-1].startswith(
        '[Server]: "hello" opens the session dialect'
    )


def test_lines_after_a_late_hello_are_decoded_in_the_session_dialect() -> None:
    server = FakeServer()
    late = silent_member(server)
    message = line("message", {"message": "hi", "id": "a"})
    late.send(line("hello", LATE | {"token": TOKEN}) + message + message)

    assert read_brief(late)[2:] == ["stored lobby 1", "1 hi", "stored lobby 1"]


def test_a_session_with_a_late_hello_is_pinged() -> None:
    server = FakeServer()
    late = silent_member(server)
    late.send(line("hello", LATE))
    read_brief(late)
    server.wait(31)

    assert read_brief(late)[-1].startswith("ping")


def test_a_late_hello_may_turn_a_member_into_a_watching_session() -> None:
    server = FakeServer()
    bob, late = server.member("Bob"), silent_member(server)
    late.send(line("hello", LATE | {"watch": True}))
    bob.send_text("hi")

    assert server.user_names() == ["Bob"]
    assert read_brief(late)[1:] == [
        "welcome None 0 True",
        "left 192.0.2.1:2 watching",
        "1 hi",
    ]
    late.disconnect()
    assert "left" not in " ".join(read_brief(bob)[-1:])


@pytest.mark.parametrize("watch", [False, True])
def test_no_plain_line_follows_the_welcome_of_one_who_leaves_the_lobby(
    *, watch: bool
) -> None:
    server = FakeServer()
    hello = LATE | {"token": TOKEN, "rooms": ["dev"]}
    bob = server.member("Bob")
    server.connect().send(line("hello", hello))
    ann = silent_member(server)
    bob.send_text("before")
    ann.is_full = True
    bob.send_text("unsent")
    ann.send(line("hello", hello | {"watch": watch}))
    bob.send_text("after")
    ann.drain_all()

    received = ann.unread.splitlines()
    welcome = next(n for n, each in enumerate(received) if b"welcome" in each)
    assert not [each for each in received[welcome:] if b"source" in each]


@pytest.mark.parametrize(
    ("rooms", "expected"),
    [
        (["lobby", "dev"], ["joined dev Ann"]),
        (["dev"], ["left lobby 192.0.2.1:2", "joined dev Ann"]),
    ],
)
def test_rooms_that_a_late_hello_enters_hear_only_the_new_name(
    rooms: list[str], expected: list[str]
) -> None:
    server = FakeServer()
    bob = connect_session(server, "Bob", token=TOKEN, rooms=["lobby", "dev"])
    ann = silent_member(server)
    server.wait(SOON)
    read_events(bob)
    ann.send(line("hello", LATE | {"name": "Ann", "rooms": rooms}))
    server.wait(SOON)

    told = [
        f"{each['type']} {each['data']['room']} {each['data']['name']}"
        for each in read_events(bob)
        if each["type"] in {"joined", "left"}
    ]
    assert sorted(told) == sorted(expected)


def test_a_ban_while_a_late_hello_is_recorded_is_told_in_its_dialect() -> None:
    server = FakeServer()
    ada = admin(server)
    connect_session(server, "Eve", token=TOKEN)
    peer = silent_member(server)
    peer.read()
    server.is_storage_paused = True

    ada.send(line("ban", {"name": "Eve", "reason": "spam"}))
    peer.send(line("hello", LATE | {"token": TOKEN}))
    server.commit()
    server.commit()

    reason = "you are banned until somebody lifts it, by Ada: spam"
    assert read_brief(peer)[-1] == f"bye {reason}"


def test_an_account_that_is_banned_from_a_room_is_told_so_after_a_late_hello() -> None:
    server = FakeServer()
    ada, bob = admin(server), register(server, "Bob")
    ada.send(line("ban", {"name": "Bob", "room": "lobby", "reason": "spam"}))
    bob.disconnect()
    server.wait(20.0)
    peer = silent_member(server)
    peer.read()

    hello = LATE | {"account": "Bob", "password": PASSWORD, "rooms": ["lobby"]}
    peer.send(line("hello", hello))
    server.wait(SOON)

    assert told(peer) == [
        "welcome Bob",
        "account Bob, member",
        "error banned about hello",
    ]
