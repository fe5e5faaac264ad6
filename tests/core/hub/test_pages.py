"""Pages in browsers: watching, joining, read-only pages, and separate limits."""

import json

from parlour.core.entries import Sanctioned, SanctionKind, Target
from parlour.core.events import LOBBY, AccountNumber, RoomName, SessionId
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.rules import Rules
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.connection import ConnectionKind
from tests.core.account_peers import register, told
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.session_peers import SOON, read_events

HELLO = line("hello", {"version": 1, "watch": True})
AS_ANN = line("hello", {"version": 1, "name": "Ann"})


def connect_page(
    server: FakeServer, kind: ConnectionKind = ConnectionKind.PAGE
) -> FakePeer:
    """Connect a page that has sent nothing yet."""
    address = f"page:{len(server.peers)}"
    session = server.hub.connect(address, 0.0, kind=kind, is_secure=True)
    assert not isinstance(session, Rejected)
    peer = server.peers[session] = FakePeer(server, session)
    return peer


def read_brief(peer: FakePeer) -> list[tuple[str, str]]:
    """Return the type of each line that a page received, and its main value."""
    found, peer.unread = peer.unread.splitlines(), b""
    lines = [json.loads(each) for each in found]
    return [
        (
            each["type"],
            each["data"].get("code")
            or each["data"].get("name")
            or each["data"].get("message", ""),
        )
        for each in lines
    ]


def test_a_silent_page_is_never_admitted() -> None:
    server = FakeServer()
    ann = server.member("Ann")

    connect_page(server)
    server.wait(100.0)

    assert ann.read() == []


def test_a_watching_page_becomes_a_user_by_taking_a_name() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    reader = connect_page(server)

    reader.send(HELLO)
    ann.send_text("hi")
    reader.send(line("set-name", "Bob") + line("message", "ho"))

    assert [kind for kind, _ in read_brief(reader)] == [
        "welcome",
        "message",
        "joined",
        "stored",
        "message",
    ]
    assert ann.read() == ["Ann: hi", "[Server]: Bob has entered the chat", "Bob: ho"]


def test_a_read_only_page_never_becomes_a_user() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    reader = connect_page(server, ConnectionKind.READ_ONLY_PAGE)

    reader.send(AS_ANN + line("set-name", "Bob") + line("message", "ho"))
    ann.send_text("hi")

    assert read_brief(reader) == [
        ("welcome", ""),
        ("error", "read_only"),
        ("error", "read_only"),
        ("message", "hi"),
    ]
    assert ann.read() == ["Ann: hi"]


def test_a_read_only_page_cannot_replace_a_session_by_its_token() -> None:
    server = FakeServer()
    token = "t" * 32
    ann, other = connect_page(server), server.member("Bob")
    ann.send(line("hello", {"version": 1, "name": "Ann", "token": token}))
    other.read()
    reader = connect_page(server, ConnectionKind.READ_ONLY_PAGE)

    reader.send(line("hello", {"version": 1, "token": token}))

    assert ann.ended is None
    assert other.read() == []


def test_a_read_only_page_must_send_hello_first() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    reader = connect_page(server, ConnectionKind.READ_ONLY_PAGE)

    reader.send(line("message", "ho"))

    assert read_brief(reader) == [("bye", "no_hello")]
    assert reader.ended is not None
    assert ann.read() == []


def test_a_page_may_use_the_plain_dialect() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    reader = connect_page(server)

    reader.send(line("set-name", "Bob"))
    server.wait(100.0)

    assert ann.read() == [
        "[Server]: page:1 has entered the chat",
        "[Server]: page:1 renamed to Bob",
    ]
    assert reader.ended is None


def test_users_and_open_pages_have_separate_limits() -> None:
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


def test_a_rejected_page_is_answered_in_the_session_dialect() -> None:
    rejected = Hub(Limits(max_pages=0)).connect("x:1", 0.0, kind=ConnectionKind.PAGE)

    assert isinstance(rejected, Rejected)
    assert json.loads(rejected.last) == {
        "type": "bye",
        "data": {
            "code": "server_full",
            "reason": "the server is full (0 open pages); try again later",
            "retry_after": 10.0,
        },
    }


def test_a_closed_page_frees_a_slot() -> None:
    hub = Hub(Limits(max_pages=1))
    first = hub.connect("x:1", 0.0, kind=ConnectionKind.PAGE)
    assert not isinstance(first, Rejected)

    hub.disconnect(first, 1.0)

    assert not isinstance(hub.connect("x:2", 1.0, kind=ConnectionKind.PAGE), Rejected)


def test_a_page_that_becomes_a_user_counts_against_the_user_limit() -> None:
    server = FakeServer(Limits(max_users=2))
    ann = server.member("Ann")
    pages = [connect_page(server) for _ in range(3)]
    for each in pages:
        each.send(HELLO)
        each.send(line("set-name", f"at page {each.connection}"))
    server.wait(1.0)
    received = [read_brief(each) for each in pages]
    pages[0].disconnect()
    pages[1].send(line("set-name", "Bob"))
    server.wait(1.0)

    full = ("error", "server_full")
    assert received[0] == [("welcome", ""), ("joined", "at page 2")]
    assert received[1:] == [[("welcome", ""), full]] * 2
    assert ann.read() == [
        "[Server]: at page 2 has entered the chat",
        "[Server]: at page 2 has left the chat",
        "[Server]: Bob has entered the chat",
    ]


def test_a_page_that_asks_for_a_name_watches_while_the_server_is_full() -> None:
    server = FakeServer(Limits(max_users=1))
    ann = server.member("Ann")
    reader, plain = connect_page(server), connect_page(server)

    reader.send(AS_ANN.replace(b"Ann", b"Bob"))
    plain.send(line("message", "hi"))
    ann.send_text("anyone?")

    assert read_brief(reader) == [
        ("welcome", ""),
        ("error", "server_full"),
        ("message", "anyone?"),
    ]
    assert read_brief(plain) == [("bye", "server_full")]
    assert ann.read() == ["Ann: anyone?"]


def read_only_page(server: FakeServer, hello: dict[str, object]) -> list[str]:
    """Return what a page that only shows the chat receives."""
    peer = connect_page(server, ConnectionKind.READ_ONLY_PAGE)
    peer.send(line("hello", {"version": 1, "rooms": ["lobby"], **hello}))
    server.wait(SOON)
    return told(peer)


def server_without_guests() -> tuple[FakeServer, str]:
    """Return a server that is only for accounts, and the key of Ann's device."""
    host = FakeServer()
    ann = register(host, "Ann", device="laptop")
    keys = [each["data"].get("key") for each in read_events(ann)]
    key = next(each for each in keys if each)
    server = FakeServer(rules=Rules(guests="off"))
    server.history = host.history
    server.restart()
    return server, key


def ban_ann(server: FakeServer, room: RoomName | None = None) -> None:
    """Let the operator ban the account Ann."""
    target = Target("Ann", account=AccountNumber(1))
    entry = Sanctioned(SessionId(0), "", SanctionKind.BAN, room, target, None, "spam")
    server.hub.operate(entry)
    server.wait(SOON)


def test_without_guests_a_page_that_only_shows_the_chat_needs_an_account() -> None:
    server, key = server_without_guests()

    assert read_only_page(server, {}) == ["error sign_in_required about hello"]
    wrong = "x" * 43
    assert read_only_page(server, {"account": "Ann", "key": wrong}) == [
        "error sign_in_required about hello"
    ]
    assert read_only_page(server, {"account": "Ann", "key": key})[1] == "room lobby"


def test_an_account_that_is_banned_from_the_server_watches_no_page() -> None:
    server, key = server_without_guests()
    peer = connect_page(server, ConnectionKind.READ_ONLY_PAGE)
    hello = {"version": 1, "rooms": ["lobby"], "account": "Ann", "key": key}
    peer.send(line("hello", hello))
    told(peer)

    ban_ann(server)

    assert told(peer) == ["bye banned"]
    assert read_only_page(server, hello) == ["bye banned"]


def test_an_account_that_is_banned_from_a_room_does_not_watch_it() -> None:
    server, key = server_without_guests()
    peer = connect_page(server, ConnectionKind.READ_ONLY_PAGE)
    hello = {"version": 1, "rooms": ["lobby"], "account": "Ann", "key": key}
    peer.send(line("hello", hello))
    told(peer)

    ban_ann(server, LOBBY)

    assert told(peer) == ["lobby: the operator ban Ann: spam", "closed"]
    peer.send(line("history", {"room": "lobby"}))
    assert told(peer) == ["error banned about history"]
    assert read_only_page(server, hello)[1:] == ["error banned about hello"]
