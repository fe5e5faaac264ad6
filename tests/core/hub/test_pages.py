"""Pages: sessions that come in by the page, beside the users."""

import json

from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.connection import ConnectionKind
from tests.core.fake_server import Guest, Stage, line

HELLO = line("hello", {"version": 1, "watch": True})
AS_ANN = line("hello", {"version": 1, "name": "Ann"})


def page(stage: Stage, kind: ConnectionKind = ConnectionKind.PAGE) -> Guest:
    """Open a page that has said nothing yet."""
    session = stage.hub.connect(f"page:{len(stage.guests)}", 0.0, kind=kind)
    assert not isinstance(session, Rejected)
    guest = stage.guests[session] = Guest(stage, session)
    return guest


def told(guest: Guest) -> list[tuple[str, str]]:
    """Return the type of each line that a page was told, and what is telling in it."""
    found, guest.rest = guest.rest.splitlines(), b""
    lines = [json.loads(each) for each in found]
    return [
        (
            each["type"],
            each["data"].get("code")
            or each["data"].get("name")
            # or what was said
            or each["data"].get("message", ""),
        )
        for each in lines
    ]


def test_a_page_that_says_nothing_does_not_enter() -> None:
    stage = Stage()
    ann = stage.member("Ann")

    page(stage)
    stage.wait(100.0)

    assert ann.hear() == []


def test_a_page_watches_and_then_takes_part() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    reader = page(stage)

    reader.send(HELLO)
    ann.say("hi")
    reader.send(line("set-name", "Bob") + line("message", "ho"))

    assert [kind for kind, _ in told(reader)] == [
        "welcome",
        "message",
        "joined",
        "stored",
        "message",
    ]
    assert ann.hear() == ["Ann: hi", "[Server]: Bob has entered the chat", "Bob: ho"]


def test_a_page_that_may_only_watch_is_never_a_member() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    reader = page(stage, ConnectionKind.READ_ONLY_PAGE)

    reader.send(AS_ANN + line("set-name", "Bob") + line("message", "ho"))
    ann.say("hi")

    assert told(reader) == [
        ("welcome", ""),
        ("error", "read_only"),
        ("error", "read_only"),
        ("message", "hi"),
    ]
    assert ann.hear() == ["Ann: hi"]


def test_a_page_that_may_only_watch_ends_nobody_by_a_token() -> None:
    stage = Stage()
    token = "t" * 32
    ann, other = page(stage), stage.member("Bob")
    ann.send(line("hello", {"version": 1, "name": "Ann", "token": token}))
    other.hear()
    reader = page(stage, ConnectionKind.READ_ONLY_PAGE)

    reader.send(line("hello", {"version": 1, "token": token}))

    assert ann.ended is None
    assert other.hear() == []


def test_a_page_that_may_only_watch_begins_with_hello() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    reader = page(stage, ConnectionKind.READ_ONLY_PAGE)

    reader.send(line("message", "ho"))

    assert told(reader) == [("bye", "no_hello")]
    assert reader.ended is not None
    assert ann.hear() == []


def test_a_page_may_speak_the_plain_dialect() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    reader = page(stage)

    reader.send(line("set-name", "Bob"))
    stage.wait(100.0)

    assert ann.hear() == [
        "[Server]: page:1 has entered the chat",
        "[Server]: page:1 renamed to Bob",
    ]
    assert reader.ended is None


def test_open_pages_lock_out_no_user_and_users_no_page() -> None:
    hub = Hub(Limits(max_users=1, max_pages=2))

    outcomes = [
        hub.connect(f"x:{number}", 0.0, kind=kind)
        for number, kind in enumerate(
            [ConnectionKind.PAGE] * 3 + [ConnectionKind.SOCKET] * 2
        )
    ]

    assert [isinstance(each, Rejected) for each in outcomes] == [
        *(False, False, True),
        *(False, True),
    ]


def test_a_page_that_is_turned_away_is_told_in_its_dialect() -> None:
    turned = Hub(Limits(max_pages=0)).connect("x:1", 0.0, kind=ConnectionKind.PAGE)

    assert isinstance(turned, Rejected)
    assert json.loads(turned.last) == {
        "type": "bye",
        "data": {
            "code": "server_full",
            "reason": "the server is full (0 open pages); try again later",
            "retry_after": 10.0,
        },
    }


def test_there_is_room_for_a_page_again_when_one_has_gone() -> None:
    hub = Hub(Limits(max_pages=1))
    first = hub.connect("x:1", 0.0, kind=ConnectionKind.PAGE)
    assert not isinstance(first, Rejected)

    hub.disconnect(first, 1.0)

    assert not isinstance(hub.connect("x:2", 1.0, kind=ConnectionKind.PAGE), Rejected)


def test_who_takes_part_at_a_page_is_a_user_and_finds_no_place_when_it_is_full() -> (
    None
):
    stage = Stage(Limits(max_users=2))
    ann = stage.member("Ann")
    pages = [page(stage) for _ in range(3)]
    for each in pages:
        each.send(HELLO)
        each.send(line("set-name", f"at page {each.session}"))
    stage.wait(1.0)
    told_of_one = [told(each) for each in pages]
    pages[0].vanish()
    pages[1].send(line("set-name", "Bob"))
    stage.wait(1.0)

    full = ("error", "server_full")
    assert told_of_one[0] == [("welcome", ""), ("joined", "at page 2")]
    assert told_of_one[1:] == [[("welcome", ""), full]] * 2
    assert ann.hear() == [
        "[Server]: at page 2 has entered the chat",
        "[Server]: at page 2 has left the chat",
        "[Server]: Bob has entered the chat",
    ]


def test_a_page_that_would_come_in_as_a_member_watches_while_it_is_full() -> None:
    stage = Stage(Limits(max_users=1))
    ann = stage.member("Ann")
    reader, plain = page(stage), page(stage)

    reader.send(AS_ANN.replace(b"Ann", b"Bob"))
    plain.send(line("message", "hi"))
    ann.say("anyone?")

    assert told(reader) == [
        ("welcome", ""),
        ("error", "server_full"),
        ("message", "anyone?"),
    ]
    assert told(plain) == [("bye", "server_full")]
    assert ann.hear() == ["Ann: anyone?"]
