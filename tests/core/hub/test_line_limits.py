"""The limits of a line and of the text of a message."""

from parlour.core.limits import Limits
from tests.core.fake_server import FakeServer, line
from tests.core.session_peers import connect_session, send_messages


def message_line(size: int) -> bytes:
    """Return a line with a message that is *size* bytes long, LF not counted."""
    whole = b'{"type": "message", "data": "hi"%s}' % (
        b" " * (size - len(line("message", "hi")) + 1)
    )
    assert len(whole) == size
    return whole + b"\n"


def test_a_line_of_the_maximum_length_is_processed() -> None:
    server = FakeServer(Limits(max_line=1000, rate=None))
    ann = server.member("Ann")

    ann.send(message_line(1000))

    assert ann.read() == ["Ann: hi"]


def test_an_overlong_line_is_refused_and_skipped() -> None:
    server = FakeServer(Limits(max_line=1000, rate=None))
    ann, bob = server.members("Ann", "Bob")

    ann.send(message_line(1001) + line("message", "after"))
    for start in range(0, 5000, 100):
        ann.feed(message_line(5000)[start : start + 100])
    ann.send(b"\n" + line("message", "again"))

    too_long = "[Server]: a line has at most 1,000 bytes"
    assert ann.read() == [too_long, "Ann: after", too_long, "Ann: again"]
    assert bob.read() == ["Ann: after", "Ann: again"]


def test_a_text_above_the_maximum_length_is_refused() -> None:
    server = FakeServer(Limits(max_text=8, rate=None))
    ann = server.member("Ann")

    ann.send_text("12345678", "123456789", "žžžž", "žžžž1", "🐴🐴", "🐴🐴1")

    assert ann.read() == [
        "Ann: 12345678",
        "[Server]: that message has 9 bytes; 8 are the most",
        "Ann: žžžž",
        "[Server]: that message has 9 bytes; 8 are the most",
        "Ann: 🐴🐴",
        "[Server]: that message has 9 bytes; 8 are the most",
    ]


def test_an_empty_text_and_a_nul_character_are_refused() -> None:
    server = FakeServer()
    ann = server.member("Ann")

    ann.send_text("", " \n\t\u00a0", "a\0b", "/foo")

    assert ann.read() == [
        "[Server]: an empty message is not sent",
        "[Server]: an empty message is not sent",
        "[Server]: a message has no NUL character in it",
        "Ann: /foo",
    ]


def test_commands_with_private_arguments_are_not_said_in_the_room() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    ann.send_text("/login hunter2", " \t/PASSWD old new", "/register\nhunter2", "/msg")
    ann.send_text("\u00a0/w bob hi", "\u3000/query bob")
    ann.send_text("/loginx", "/msg", "a /login b", "//login", "/me waves")

    not_sent = (
        "[Server]: a line that begins with %s is not sent: everybody would read it"
    )
    said = ["Ann: /loginx", "Ann: a /login b", "Ann: //login", "Ann: /me waves"]
    commands = "/login", "/passwd", "/register", "/msg", "/w", "/query"
    refused = [*(not_sent % each for each in commands)]
    assert ann.read() == [*refused, said[0], not_sent % "/msg", *said[1:]]
    assert bob.read() == said


def test_clients_of_the_session_dialect_may_say_any_text() -> None:
    server = FakeServer()
    bob, ann = server.member("Bob"), connect_session(server, "Ann")
    bob.read()

    send_messages(ann, "/login is a word")

    assert bob.read() == ["Ann: /login is a word"]
