import pytest

from parlour.core.events import LOBBY, Refused
from parlour.core.protocol.commands import Command, ListUsers, ReadHistory, Say, SetName
from parlour.core.protocol.plain import PlainDialect

NOT_JSON = (
    "that line is not JSON; send one object a line, such as "
    '{"type": "message", "data": "hello"}'
)
NOT_AN_OBJECT = 'that line is not a JSON object; send {"type": ..., "data": ...}'
KNOWN = 'known are "message", "set-name", "history" and "users"'
BOM = b"\xef\xbb\xbf"


def decode(line: bytes) -> Command | Refused | None:
    return PlainDialect().decode(line)


def code(line: bytes) -> str:
    refused = decode(line)
    assert isinstance(refused, Refused), refused
    return refused.code


def is_same(found: Command | Refused | None, expected: Command) -> bool:
    """Return whether both are the same command; *found* may be of a subclass."""
    if isinstance(expected, Say) and isinstance(found, Say):
        return found.text == expected.text
    if isinstance(expected, SetName) and isinstance(found, SetName):
        return found.name == expected.name
    return isinstance(found, type(expected)) and not isinstance(expected, Say | SetName)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        (b'{"type": "message", "data": "hello"}', Say("hello")),
        (b'{"type":"message","data":"hello"}', Say("hello")),
        (b'{"type": "set-name", "data": "Kobzol"}', SetName("Kobzol")),
        (b'{"type": "history"}', ReadHistory()),
        (b'{"type": "history", "data": ""}', ReadHistory()),
        (b'{"data": "hello", "type": "message"}', Say("hello")),
        (b'{"type": "message", "data": "hello"}\r', Say("hello")),
        (b' \t{ "type" : "message" , "data" : "hello" }  ', Say("hello")),
        (b'{"x": [1, {"type": 5}], "type": "message", "data": "a"}', Say("a")),
        (b'{"type": "message", "id": 7, "data": "a", "room": null}', Say("a")),
        ('{"type": "message", "data": "kůň 🐴"}'.encode(), Say("kůň 🐴")),
        (b'{"type": "message", "data": "k\\u016f\\u0148"}', Say("kůň")),
        (b'{"type": "message", "data": "\\ud83d\\udc34"}', Say("🐴")),
        (b'{"type": "message", "data": "a\\nb\\u0000"}', Say("a\nb\0")),
        (b'{"type": "message", "data": ""}', Say("")),
        (b'{"type": "set-name", "data": ""}', SetName("")),
        (b'{"type": "message", "data": "a", "data": "b"}', Say("b")),
        (b'{"t\\u0079pe": "m\\u0065ssage", "data": "a"}', Say("a")),
        (b'{"type": "history", "data": {"deep": [[1.5e3]]}}', ReadHistory()),
    ],
)
def test_usual_lines_are_decoded_by_the_fast_decoder(
    line: bytes, command: Command
) -> None:
    found = decode(line)

    assert is_same(found, command)
    assert type(found) is not type(command), "the fast decoder has its own classes"


@pytest.mark.parametrize(
    ("line", "command"),
    [
        (b'{"type": "users"}', ListUsers(LOBBY)),
        (b'{"type": "users", "data": null}', ListUsers(LOBBY)),
        (b'{"type": "users", "type": "message", "data": "a"}', Say("a")),
        (b'{"type": "message", "data": "a", "type": "users"}', ListUsers(LOBBY)),
        (b'{"type": 1, "type": "set-name", "data": "a"}', SetName("a")),
        (b'{"type": "set-name", "data": 1, "data": "a"}', SetName("a")),
        (BOM + b'{"type": "message", "data": "a"}', Say("a")),
        (BOM + b'{"type": "history"}\r', ReadHistory()),
    ],
)
def test_unusual_lines_are_decoded_too(line: bytes, command: Command) -> None:
    found = decode(line)

    assert found == command


@pytest.mark.parametrize("line", [b"", b"\r", b" ", b"\t \r", b"\n", b"\x0b\x0c"])
def test_a_blank_line_is_not_a_command(line: bytes) -> None:
    assert decode(line) is None


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"{",
        b'{"type": "users"',
        b'{"type": "users"} {"type": "users"}',
        b'{"type": "users"},',
        b'{"type": "users",}',
        b"{'type': 'users'}",
        b'{"type": "message", "data": "a\tb"}',
        b'{"type": "message", "data": "say "hi""}',
        b'{"type": "message", "data": "a\\qb"}',
        b'{"type": "message", "data": "a"}\0',
        b'\0{"type": "message", "data": "a"}',
        b'{"type": "message", "data": NaN}',
        b'{"type": "history", "data": NaN}',
        b'{"type": "message", "data": Infinity}',
        b'{"type": "message", "data": 1e400}',
        b"NaN",
        BOM,
        BOM + BOM + b'{"type": "users"}',
        '{"type": "users"}'.encode("utf-16"),
    ],
)
def test_a_line_that_is_not_json_is_refused(line: bytes) -> None:
    assert decode(line) == Refused("not_json", NOT_JSON)


@pytest.mark.parametrize(
    "data", [b"\\ud800", b"\\udc9f", b"\\udc34\\ud83d", b"a\\ud83d", b"\\ud83dx\\udc34"]
)
@pytest.mark.parametrize("kind", [b"message", b"set-name"])
def test_lone_surrogates_are_refused(kind: bytes, data: bytes) -> None:
    line = b'{"type": "%s", "data": "%s"}' % (kind, data)

    reason = "a \\u escape in that line is half of a pair"
    assert decode(line) == Refused("bad_text", reason)


def test_a_lone_surrogate_is_not_reported_if_another_error_exists() -> None:
    assert code(b'{"type": "message", "data": "\\ud800"') == "not_json"
    assert code(b'{"type": "message", "data": "\\ud800\t"}') == "not_json"


@pytest.mark.parametrize(
    "data", [b"\xff", b"\xc5", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"]
)
@pytest.mark.parametrize("kind", [b"message", b"set-name"])
def test_bad_utf8_is_refused(kind: bytes, data: bytes) -> None:
    line = b'{"type": "%s", "data": "%s"}' % (kind, data)

    reason = "that line is not UTF-8; send JSON in UTF-8"
    assert decode(line) == Refused("bad_utf8", reason)


@pytest.mark.parametrize("line", [b"[]", b'"users"', b"5", b"null", b"true", b"[{}]"])
def test_a_json_value_other_than_an_object_is_refused(line: bytes) -> None:
    assert decode(line) == Refused("not_an_object", NOT_AN_OBJECT)


@pytest.mark.parametrize("data", [b"5", b"null", b"[]", b'{"a": "b"}', b"true", b"1.5"])
@pytest.mark.parametrize("kind", ["message", "set-name"])
def test_text_and_name_must_be_strings(kind: str, data: bytes) -> None:
    line = b'{"type": "%s", "data": %s}' % (kind.encode(), data)

    reason = f'"data" of "{kind}" must be a string'
    assert decode(line) == Refused("bad_data", reason)


@pytest.mark.parametrize("kind", ["message", "set-name"])
def test_text_and_name_must_not_be_missing(kind: str) -> None:
    assert code(b'{"type": "%s"}' % kind.encode()) == "bad_data"


@pytest.mark.parametrize(
    "kind", [b"goodbye", b"MESSAGE", b"", b"message ", b"set_name"]
)
def test_an_unknown_type_is_refused(kind: bytes) -> None:
    reason = f'that "type" is not known here; {KNOWN}'
    assert decode(b'{"type": "%s", "data": ""}' % kind) == Refused(
        "unknown_type", reason
    )


@pytest.mark.parametrize(
    "line", [b"{}", b'{"data": "a"}', b'{"type": 5}', b'{"Type": "users"}']
)
def test_a_missing_or_invalid_type_is_refused(line: bytes) -> None:
    assert decode(line) == Refused("no_type", f'"type" is missing; {KNOWN}')


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"type": "history", "data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"type": "message", "data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_deep_nesting_is_refused(line: bytes) -> None:
    assert code(line) == "not_json"


def test_a_number_of_5000_digits_is_refused_unless_ignored() -> None:
    digits = b"1" * 5000

    assert code(b'{"type": "message", "data": %s}' % digits) == "not_json"
    assert code(digits) == "not_json"
    assert is_same(decode(b'{"type": "users", "data": %s}' % digits), ListUsers(LOBBY))
