import pytest

from parlour.core.events import (
    LOBBY,
    Bye,
    Erased,
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
from parlour.core.protocol.plain import PlainDialect, source_and_text

MAX_LINE = 65_536


def users(*names: str) -> tuple[User, ...]:
    return tuple(User(name, 0.0) for name in names)


def encode(event: Event) -> bytes:
    return PlainDialect().encode(event)


def message(source: str, text: str) -> Message:
    return Message(LOBBY, 7, 1_700_000_000.5, source, text)


def test_a_message_is_encoded_as_the_assignment_says() -> None:
    assert encode(message("Kobzol", "hello")) == (
        b'{"type":"message","data":{"source":"Kobzol","message":"hello"}}\n'
    )


def test_a_notice_comes_from_the_server() -> None:
    assert encode(Joined(LOBBY, "127.0.0.1:57354")) == (
        b'{"type":"message","data":{"source":"[Server]",'
        b'"message":"127.0.0.1:57354 has entered the chat"}}\n'
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
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
def test_non_ascii_and_control_characters_are_escaped(
    text: str, escaped: bytes
) -> None:
    data = encode(message(text, text))

    assert data == (
        b'{"type":"message","data":{"source":"%s","message":"%s"}}\n'
        % (escaped, escaped)
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
def test_each_notice_has_its_text(event: PlainEvent, text: str) -> None:
    assert source_and_text(event) == ("[Server]", text)


def test_the_source_of_a_message_is_its_member() -> None:
    assert source_and_text(message("Kobzol", "hello")) == ("Kobzol", "hello")


@pytest.mark.parametrize("char", ["\x01", "a", '"', "ž", "€", "🐴"])
def test_the_longest_message_fits_in_a_line(char: str) -> None:
    text = char * (Limits().max_text // len(char.encode()))
    name = "🐴" * MAX_NAME

    assert len(encode(message(name, text))) <= MAX_LINE


def test_the_longest_page_of_users_fits_in_a_line() -> None:
    page = users(*["🐴" * MAX_NAME] * USERS_PAGE)

    assert len(encode(Users(LOBBY, page, 9_901, 10_000))) <= MAX_LINE


def test_the_longest_notices_fit_in_a_line() -> None:
    name = "🐴" * MAX_NAME

    for event in (
        Renamed(LOBBY, name, name),
        HistorySummary(LOBBY, HISTORY_PAGE, 2**63, 5_000),
        Refused("name_taken", f"the name {name} is taken, or looks like one that is"),
    ):
        assert len(encode(event)) <= 1000


def test_an_erasure_is_told_unless_it_is_one_of_many() -> None:
    erased = Erased(LOBBY, 9, 0.0, 7, "", "Ann")

    assert b"Ann" in encode(erased)
    assert encode(erased.replace(is_one_of_many=True)) == b""
