"""Admission, rejection and closing of connections, and their announcements."""

import pytest

from parlour.core.limits import Limits
from parlour.core.sessions.admission import Rejected
from tests.core.fake_server import ROOMY, FakeServer, line


def test_a_silent_connection_is_admitted_after_50_milliseconds() -> None:
    server = FakeServer()
    peer = server.connect("192.0.2.1:57354")

    server.wait(0.049)
    assert peer.read() == []
    server.wait(0.002)
    assert peer.read() == ["[Server]: 192.0.2.1:57354 has entered the chat"]


@pytest.mark.parametrize("data", [line("message", "a"), b"\n", b"nonsense\n"])
def test_a_connection_is_admitted_with_its_first_line(data: bytes) -> None:
    server = FakeServer()
    peer = server.connect("192.0.2.1:57354")

    peer.send(data)
    server.wait(0.001)

    assert peer.read()[0] == "[Server]: 192.0.2.1:57354 has entered the chat"


def test_an_unfinished_line_does_not_admit_a_connection() -> None:
    server = FakeServer()
    peer = server.connect()

    peer.send(b'{"type": "mess')
    server.wait(0.01)

    assert peer.read() == []


def test_a_connection_that_ends_without_a_byte_is_not_announced() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    peer = server.connect("192.0.2.1:57354")

    peer.send_eof()
    server.wait(0.001)

    assert peer.read() == ann.read() == []
    assert peer.ended is not None
    assert peer.ended.code == "closed"


def test_a_connection_that_ends_after_a_byte_joins_and_leaves() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    peer = server.connect("192.0.2.1:57354")

    peer.send(b"{")
    peer.send_eof()
    server.wait(0.001)

    entered = "[Server]: 192.0.2.1:57354 has entered the chat"
    assert peer.read() == [entered]
    assert ann.read() == [entered, "[Server]: 192.0.2.1:57354 has left the chat"]


def test_a_rename_applies_to_messages_in_the_same_read() -> None:
    server = FakeServer()
    peer = server.connect("192.0.2.1:57354")

    peer.send(line("set-name", "Kobzol") + line("message", "hello"))

    assert peer.read() == [
        "[Server]: 192.0.2.1:57354 has entered the chat",
        "[Server]: 192.0.2.1:57354 renamed to Kobzol",
        "Kobzol: hello",
    ]


def test_a_connection_above_the_user_limit_is_rejected() -> None:
    server = FakeServer(Limits(max_users=2, rate=None))
    server.members("Ann", "Bob")

    rejected = server.connect_rejected()

    assert rejected == Rejected(
        "server_full",
        "the server is full (2 users); try again later",
        b'{"type":"message","data":{"source":"[Server]",'
        b'"message":"the server is full (2 users); try again later"}}\n',
    )
    assert server.hub.counters.rejected.total() == 1


def test_a_slot_is_free_when_the_leave_is_announced() -> None:
    server = FakeServer(Limits(max_users=2, rate=None))
    ann, bob = server.members("Ann", "Bob")
    server.connect_rejected()

    ann.send_eof()
    server.wait(0.1)

    assert bob.read() == ["[Server]: Ann has left the chat"]
    cid = server.member("Cid")
    server.connect_rejected()
    ann.disconnect()
    server.connect_rejected()
    cid.disconnect()
    assert server.member("Dan").server_is_reading


def test_a_slot_is_free_while_a_user_who_left_has_unsent_output() -> None:
    server = FakeServer(Limits(max_users=2, rate=None))
    ann, bob = server.members("Ann", "Bob")
    ann.is_full = True
    bob.send_text("hi")

    ann.send_eof()
    server.wait(0.1)

    assert bob.read() == ["Bob: hi", "[Server]: Ann has left the chat"]
    assert ann.ended is None
    assert server.member("Cid").server_is_reading


@pytest.mark.parametrize("end", ["nonsense", "foreign", "silence"])
def test_a_slot_is_free_when_the_server_ends_a_session(end: str) -> None:
    server = FakeServer(Limits(max_users=1, rate=None))
    ann = server.connect()

    if end == "foreign":
        ann.send(b"GET / HTTP/1.1\r\n\r\n")
    elif end == "nonsense":
        ann.send(b"x\n" * 50)
    else:
        ann.send(b"{")
        server.wait(40.0)

    assert ann.ended is not None
    assert server.member("Bob").server_is_reading


def test_the_oldest_closing_connection_makes_room_for_a_new_one() -> None:
    server = FakeServer(Limits(max_users=1, max_closing=3, rate=None))
    members = []
    for _ in range(3):
        members.append(server.member("Ann"))
        members[-1].send_eof()
    server.wait(0.0)
    assert [each.ended and each.ended.abort for each in members] == [False] * 3

    assert server.member("Bob").server_is_reading
    server.wait(0.0)

    ended = [each.ended for each in members]
    assert [each and (each.abort, each.was_reported) for each in ended] == [
        *((True, True), (False, False), (False, False))
    ]


def test_while_the_server_stops_newcomers_do_not_abort_those_who_are_closing() -> None:
    server = FakeServer(Limits(max_closing=3, rate=None))
    members = server.members("Ann", "Bob", "Eve")
    server.hub.stop("bye")
    server.wait(0.0)

    server.connect_rejected()
    server.wait(0.0)

    ended = [each.ended for each in members]
    assert [each and each.abort for each in ended] == [False] * 3


def test_a_closed_connection_that_was_reported_is_not_reported_again() -> None:
    server = FakeServer(Limits(max_users=1, max_closing=1, rate=None))
    ann = server.member("Ann")
    ann.send_eof()
    server.wait(0.0)
    assert ann.ended is not None
    server.hub.connect("192.0.2.9:9", server.now)  # Ann makes room for it

    assert ann.disconnect() is None


def test_closing_connections_are_bounded() -> None:
    server = FakeServer(Limits(max_users=1, max_closing=3, rate=None))
    members = []
    for _ in range(6):
        members.append(server.member("Ann"))
        members[-1].send_eof()

    rejected = server.connect_rejected()
    assert rejected.code == "server_full"
    assert "closing" in rejected.reason
    members[0].disconnect()
    assert server.member("Bob").server_is_reading


@pytest.mark.parametrize("lines", [0, 1])
def test_a_lost_connection_is_announced_as_a_leave(lines: int) -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    for _ in range(lines):
        bob.send_text("hi")

    ended = bob.disconnect()
    server.wait(1.0)

    assert ended is not None
    assert (ended.code, ended.reason) == ("lost", "the connection broke")
    assert ann.read() == ["Bob: hi"] * lines + ["[Server]: Bob has left the chat"]


def test_a_connection_lost_before_admission_is_never_announced() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    peer = server.connect()

    ended = peer.disconnect()
    server.wait(1.0)

    assert ended is not None
    assert ended.code == "lost"
    assert ann.read() == []
    assert len(server.hub) == 1


def test_a_connection_lost_while_closing_is_announced_once() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    bob.is_full = True
    ann.send_text("hi")
    bob.send_eof()
    assert bob.ended is None, "its transport has unsent output"

    ended = bob.disconnect()
    server.wait(1.0)

    assert ended is not None
    assert ended.code == "closed"
    assert ann.read() == ["Ann: hi", "[Server]: Bob has left the chat"]


def test_a_session_is_reported_as_ended_once() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    bob.send_eof()
    assert bob.ended is not None

    assert bob.disconnect() is None
    server.wait(1.0)
    assert ann.read() == ["[Server]: Bob has left the chat"]
    assert server.hub.counters.closed == {"closed": 1}


def test_a_disconnected_session_is_not_reported_as_ended() -> None:
    server = FakeServer()
    peer = server.connect()
    peer.feed(b"GET / HTTP/1.1\r\n\r\n")

    ended = server.hub.disconnect(peer.connection, server.now)

    assert ended is not None
    assert ended.code == "not_a_chat_client"
    assert server.hub.ended() == []


def test_a_disconnected_session_has_no_reading_changes() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    ann.feed(line("users"))

    server.hub.disconnect(ann.connection, server.now)

    assert server.hub.reading_changes() == {}


def test_an_unfinished_line_at_the_end_of_the_stream_is_dropped() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    bob.feed(line("message", "whole") + line("message", "half").rstrip())
    bob.send_eof()
    server.wait(0.1)

    assert ann.read() == ["Bob: whole", "[Server]: Bob has left the chat"]


def test_messages_before_the_end_of_the_stream_are_delivered_to_all() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    bob.feed(line("message", "one") + line("users") + line("message", "two"))
    bob.send_eof()
    server.wait(0.1)

    assert bob.read() == ["Bob: one", "[Server]: 2 users: Ann, Bob", "Bob: two"]
    assert ann.read() == ["Bob: one", "Bob: two", "[Server]: Bob has left the chat"]


def test_300_users_fit_into_the_default_limits() -> None:
    server = FakeServer(ROOMY)

    peers = server.members(*[f"u{number}" for number in range(300)])

    assert len(server.hub) == 300
    peers[0].send_text("hello")
    assert {each.read()[0] for each in peers} == {"u0: hello"}
    assert len({id(each.writes[0]) for each in peers}) == 1
