import pytest

from parlour.core.limits import Limits
from parlour.core.sessions.admission import Rejected
from tests.core.fake_server import ROOMY, Stage, line


def test_a_silent_connection_enters_after_50_milliseconds() -> None:
    stage = Stage()
    guest = stage.connect("192.0.2.1:57354")

    stage.wait(0.049)
    assert guest.hear() == []
    stage.wait(0.002)
    assert guest.hear() == ["[Server]: 192.0.2.1:57354 has entered the chat"]


@pytest.mark.parametrize("data", [line("message", "a"), b"\n", b"nonsense\n"])
def test_a_connection_enters_with_its_first_line(data: bytes) -> None:
    stage = Stage()
    guest = stage.connect("192.0.2.1:57354")

    guest.send(data)
    stage.wait(0.001)

    assert guest.hear()[0] == "[Server]: 192.0.2.1:57354 has entered the chat"


def test_a_half_line_does_not_let_one_in() -> None:
    stage = Stage()
    guest = stage.connect()

    guest.send(b'{"type": "mess')
    stage.wait(0.01)

    assert guest.hear() == []


def test_a_connection_that_ends_at_once_came_and_went() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    guest = stage.connect("192.0.2.1:57354")

    guest.end()
    stage.wait(0.001)

    came = "[Server]: 192.0.2.1:57354 has entered the chat"
    assert guest.hear() == [came]
    assert ann.hear() == [came, "[Server]: 192.0.2.1:57354 has left the chat"]
    assert guest.ended is not None
    assert guest.ended.code == "closed"


def test_the_name_that_comes_first_is_what_one_speaks_as() -> None:
    stage = Stage()
    guest = stage.connect("192.0.2.1:57354")

    guest.send(line("set-name", "Kobzol") + line("message", "hello"))

    assert guest.hear() == [
        "[Server]: 192.0.2.1:57354 has entered the chat",
        "[Server]: 192.0.2.1:57354 renamed to Kobzol",
        "Kobzol: hello",
    ]


def test_one_user_more_than_the_most_is_told_so() -> None:
    stage = Stage(Limits(max_users=2, rate=None))
    stage.members("Ann", "Bob")

    turned = stage.turned()

    assert turned == Rejected(
        "server_full",
        "the server is full (2 users); try again later",
        b'{"type":"message","data":{"source":"[Server]",'
        b'"message":"the server is full (2 users); try again later"}}\n',
    )
    assert stage.hub.counters.turned == 1


def test_a_place_is_free_when_the_others_hear_that_one_left() -> None:
    stage = Stage(Limits(max_users=2, rate=None))
    ann, bob = stage.members("Ann", "Bob")
    stage.turned()

    ann.end()
    stage.wait(0.1)

    assert bob.hear() == ["[Server]: Ann has left the chat"]
    cid = stage.member("Cid")
    stage.turned()
    ann.vanish()
    stage.turned()
    cid.vanish()
    assert stage.member("Dan").reads


def test_a_place_is_free_also_if_one_that_left_has_not_taken_everything() -> None:
    stage = Stage(Limits(max_users=2, rate=None))
    ann, bob = stage.members("Ann", "Bob")
    ann.is_full = True
    bob.say("hi")

    ann.end()
    stage.wait(0.1)

    assert bob.hear() == ["Bob: hi", "[Server]: Ann has left the chat"]
    assert ann.ended is None
    assert stage.member("Cid").reads


@pytest.mark.parametrize("end", ["nonsense", "foreign", "silence"])
def test_a_place_is_free_when_the_server_ends_a_session(end: str) -> None:
    stage = Stage(Limits(max_users=1, rate=None))
    ann = stage.connect()

    if end == "foreign":
        ann.send(b"GET / HTTP/1.1\r\n\r\n")
    elif end == "nonsense":
        ann.send(b"x\n" * 50)
    else:
        ann.send(b"{")
        stage.wait(40.0)

    assert ann.ended is not None
    assert stage.member("Bob").reads


def test_connections_that_close_are_bounded() -> None:
    stage = Stage(Limits(max_users=1, max_closing=3, rate=None))
    gone = []
    for _ in range(3):
        gone.append(stage.member("Ann"))
        gone[-1].end()

    turned = stage.turned()
    assert turned.code == "server_full"
    assert "closing" in turned.reason
    gone[0].vanish()
    assert stage.member("Bob").reads


@pytest.mark.parametrize("lines", [0, 1])
def test_one_that_breaks_off_has_left(lines: int) -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    for _ in range(lines):
        bob.say("hi")

    ended = bob.vanish()
    stage.wait(1.0)

    assert ended is not None
    assert (ended.code, ended.reason) == ("lost", "the connection broke")
    assert ann.hear() == ["Bob: hi"] * lines + ["[Server]: Bob has left the chat"]


def test_one_that_breaks_off_before_it_entered_was_never_there() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    guest = stage.connect()

    ended = guest.vanish()
    stage.wait(1.0)

    assert ended is not None
    assert ended.code == "lost"
    assert ann.hear() == []
    assert len(stage.hub) == 1


def test_one_that_breaks_off_while_it_leaves_has_left_once() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    bob.is_full = True
    ann.say("hi")
    bob.end()
    assert bob.ended is None, "it has not been given all"

    ended = bob.vanish()
    stage.wait(1.0)

    assert ended is not None
    assert ended.code == "closed"
    assert ann.hear() == ["Ann: hi", "[Server]: Bob has left the chat"]


def test_one_that_is_over_is_not_told_as_ended_again() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    bob.end()
    assert bob.ended is not None

    assert bob.vanish() is None
    stage.wait(1.0)
    assert ann.hear() == ["[Server]: Bob has left the chat"]
    assert stage.hub.counters.ended == {"closed": 1}


def test_one_whose_socket_is_gone_is_not_told_of_any_more() -> None:
    stage = Stage()
    guest = stage.connect()
    guest.push(b"GET / HTTP/1.1\r\n\r\n")

    ended = stage.hub.disconnect(guest.session, stage.now)

    assert ended is not None
    assert ended.code == "not_a_chat_client"
    assert stage.hub.ended() == []


def test_the_reading_of_one_whose_socket_is_gone_is_not_told_of_any_more() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    ann.push(line("users"))

    stage.hub.disconnect(ann.session, stage.now)

    assert stage.hub.reading_changes() == {}


def test_a_half_line_at_the_end_is_not_heard() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")

    bob.push(line("message", "whole") + line("message", "half").rstrip())
    bob.end()
    stage.wait(0.1)

    assert ann.hear() == ["Bob: whole", "[Server]: Bob has left the chat"]


def test_what_was_said_before_the_end_is_heard_and_heard_by_oneself() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")

    bob.push(line("message", "one") + line("users") + line("message", "two"))
    bob.end()
    stage.wait(0.1)

    assert bob.hear() == ["Bob: one", "[Server]: 2 users: Ann, Bob", "Bob: two"]
    assert ann.hear() == ["Bob: one", "Bob: two", "[Server]: Bob has left the chat"]


def test_the_defaults_let_a_room_of_people_in() -> None:
    stage = Stage(ROOMY)

    guests = stage.members(*[f"u{number}" for number in range(300)])

    assert len(stage.hub) == 300
    guests[0].say("hello")
    assert {each.hear()[0] for each in guests} == {"u0: hello"}
    assert len({id(each.writes[0]) for each in guests}) == 1
