import pytest

from parlour.core.events import (
    LOBBY,
    Bye,
    Event,
    HistorySummary,
    Joined,
    Left,
    Message,
    Missed,
    PlainEvent,
    Refused,
    Renamed,
    User,
    Users,
)
from parlour.core.limits import HISTORY_PAGE, MAX_NAME, USERS_PAGE, Limits
from parlour.core.protocol.foreign_protocols import detect_foreign_start
from parlour.core.protocol.plain import PlainDialect, source_and_text

MAX_LINE = 65_536


def users(*names: str) -> tuple[User, ...]:
    return tuple(User(name, 0.0) for name in names)


def encode(event: Event) -> bytes:
    return PlainDialect().encode(event)


def message(source: str, text: str) -> Message:
    return Message(LOBBY, 7, 1_700_000_000.5, source, text)


def test_a_message_is_one_line_of_the_assignment() -> None:
    assert encode(message("Kobzol", "hello")) == (
        b'{"type":"message","data":{"source":"Kobzol","message":"hello"}}\n'
    )


def test_a_notice_comes_from_the_server() -> None:
    assert encode(Joined(LOBBY, "127.0.0.1:57354")) == (
        b'{"type":"message","data":{"source":"[Server]",'
        b'"message":"127.0.0.1:57354 has entered the chat"}}\n'
    )


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("ž", b"\\u017e"),
        ("🐴", b"\\ud83d\\udc34"),
        ('"', b'\\"'),
        ("\\", b"\\\\"),
        ("a\nb", b"a\\nb"),
        ("\r\t\x1b", b"\\r\\t\\u001b"),
        ("\x7f\x80\u2028", b"\\u007f\\u0080\\u2028"),
    ],
)
def test_all_but_ascii_is_escaped(text: str, spelled: bytes) -> None:
    data = encode(message(text, text))

    assert data == (
        b'{"type":"message","data":{"source":"%s","message":"%s"}}\n'
        % (spelled, spelled)
    )


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Joined(LOBBY, "A"), "A has entered the chat"),
        (Renamed(LOBBY, "A", "B"), "A renamed to B"),
        (Left(LOBBY, "B", "closed"), "B has left the chat"),
        (HistorySummary(LOBBY, 0, 0, 0), "nothing has been said yet"),
        (HistorySummary(LOBBY, 0, 0, 5_000), "nothing of what was said is kept"),
        (HistorySummary(LOBBY, 1, 1, 5_000), "the last 1 of 1 message:"),
        (HistorySummary(LOBBY, 200, 4312, 5_000), "the last 200 of 4,312 messages:"),
        (Users(LOBBY, users("A"), 1, 1), "1 user: A"),
        (Users(LOBBY, users("A", "B"), 1, 2), "2 users: A, B"),
        (Users(LOBBY, users("A", "B"), 1, 1003), "1 to 2 of 1,003 users: A, B"),
        (
            Users(LOBBY, users("Y", "Z"), 1002, 1003),
            "1,002 to 1,003 of 1,003 users: Y, Z",
        ),
        (Missed(LOBBY, 1, 0), "you fell behind and missed 1 line"),
        (Missed(LOBBY, 1234, 0), "you fell behind and missed 1,234 lines"),
        (Missed(LOBBY, None, 0), "you fell behind and missed lines"),
        (Refused("code", "the reason"), "the reason"),
        (Bye("code", "the reason"), "the reason"),
    ],
)
def test_what_the_server_says(event: PlainEvent, text: str) -> None:
    assert source_and_text(event) == ("[Server]", text)


def test_what_a_member_says_is_its_own() -> None:
    assert source_and_text(message("Kobzol", "hello")) == ("Kobzol", "hello")


@pytest.mark.parametrize("char", ["\x01", "a", '"', "ž", "€", "🐴"])
def test_no_message_is_longer_than_a_line_may_be(char: str) -> None:
    text = char * (Limits().max_text // len(char.encode()))
    name = "🐴" * MAX_NAME

    assert len(encode(message(name, text))) <= MAX_LINE


def test_no_page_of_names_is_longer_than_a_line_may_be() -> None:
    here = users(*["🐴" * MAX_NAME] * USERS_PAGE)

    assert len(encode(Users(LOBBY, here, 9_901, 10_000))) <= MAX_LINE


def test_no_notice_is_longer_than_a_line_may_be() -> None:
    name = "🐴" * MAX_NAME

    for event in (
        Renamed(LOBBY, name, name),
        HistorySummary(LOBBY, HISTORY_PAGE, 2**63, 5_000),
        Refused("name_taken", f"the name {name} is taken, or looks like one that is"),
    ):
        assert len(encode(event)) <= 1000


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"GET / HTTP/1.1", "HTTP"),
        (b"POST /", "HTTP"),
        (b"OPTIONS * HTTP/1", "HTTP"),
        (b"PRI * HTTP/2.0", "HTTP"),
        (b"\x16\x03\x01\x02\x00\x01", "TLS"),
        (b"SSH-2.0-OpenSSH_9", "SSH"),
        (b"\0\0\0\x05", "binary data"),
        (b"ab\0", "binary data"),
        (b"", ""),
        (b"{", ""),
        (b"G", ""),
        (b"GETTING", ""),
        (b"get / http", ""),
        (b"\x16", ""),
        (b"hello", ""),
        ("ž".encode(), ""),
    ],
)
def test_a_stranger_is_known_by_its_first_bytes(start: bytes, kind: str) -> None:
    assert detect_foreign_start(start) == kind
