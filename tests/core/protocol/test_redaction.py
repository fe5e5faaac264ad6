import pytest

from parlour.core.protocol.redaction import Redactor
from tests.growth import assert_linear

SECRET = "SECRET-0123456789-abcdef"


def redact(*lines: str) -> str:
    redactor = Redactor()
    return "\n".join(redactor.redact(line) for line in lines)


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"hello","data":{"version":1,"token":"%s","name":"Ann"}}',
        r'{"type":"hello","data":{"\u0074oken":"%s"}}',
        r'{"type":"hello","data":{"\u0054O\u006B\u0045n" : "%s"}}',
        r'{"type":"\u0068ello","data":{"token":"%s"}}',
        '{"type":"hello","data":{"token":"x","token":"%s"}}',
        '{"type":"hello","type":"ping","data":{"token":"%s"}}',
        '{"type":"ping","type":"hello","data":{"token":"%s"}}',
        '{"type":"hello","data":[{"more":{"token":["x","%s"]}}]}',
        '{"type":"hello","data":{"token":%s}}',
        r'{"type":"hello","data":"{\"token\":\"%s\"}"}',
        r'{"type":"hello","data":"{\"\\u0074oken\":\"%s\"}"}',
        '{"type":"hello","data":{"token":"%s',
        r'{"type":"hello","data":{"token":"x\"%s',
        '{"type":"message","token":"%s"}',
        '\ufeff{"type":"hello","data":{"token":"%s"}}',
        'x" {"type":"hello","data":{"token":"%s"}}',
        "[" * 100_000 + '"token":"%s"',
        "{'token': '%s'}",
        "hello token=%s",
        '{"type":"hello","data":{"token":\n"%s"}}',
        '{"type":"hello","data":{"token"\n\n:"%s"}}',
    ],
)
def test_a_token_is_redacted_in_every_spelling(line: str) -> None:
    assert SECRET in line % SECRET
    assert SECRET not in redact(*(line % SECRET).split("\n"))


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"hello","data":{"version":1,"account":"Ann","password":"%s"}}',
        '{"type":"hello","data":{"account":"Ann","key":"%s","rooms":["lobby"]}}',
        '{"type":"login","data":{"account":"Ann","password":"%s","device":"laptop"}}',
        r'{"type":"login","data":{"\u0070assw\u006Frd":"%s"}}',
        '{"type":"register","data":{"password":"%s"}}',
        '{"type":"passwd","data":{"password":"x","new":"%s"}}',
        '{"type":"passwd","data":{"n\\u0065w":"%s"}}',
        '{"type":"account","data":{"name":"Ann","device":1,"key":"%s"}}',
        '{"type":"account","data":{"name":"Ann","k\\u0045Y":"%s',
        '{"type":"login","data":"{\\"password\\":\\"%s\\"}"}',
        "login password=%s",
        '{"type":"login","data":{"password":\n"%s"}}',
    ],
)
def test_a_password_and_a_key_are_redacted(line: str) -> None:
    assert SECRET in line % SECRET
    assert SECRET not in redact(*(line % SECRET).split("\n"))


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"message","data":"/login Ann %s"}',
        '{"type":"message","data":" \\t/LOGIN Ann %s"}',
        '{"type":"message","data":{"message":"/register %s","id":"7"}}',
        r'{"type":"message","data":"\u2003\/passwd \"old\" %s"}',
        r'{"type":"message","data":"\u002fl\u006Fgin Ann %s"}',
        '{"type":"message","data":"/login Ann %s',
        '/login Ann "%s"',
    ],
)
def test_a_password_after_a_command_is_redacted(line: str) -> None:
    assert SECRET in line % SECRET
    assert SECRET not in redact(line % SECRET)


def test_the_rest_of_a_line_with_a_command_stays() -> None:
    line = '{"type":"message","data":{"message":"/login%s","id":"7"}}'

    assert redact(line % f" Ann {SECRET}") == line % " …"
    assert redact(line % "") == line % ""


def test_the_rest_of_a_line_with_a_password_stays() -> None:
    line = '{"type":"passwd","data":{"password":"%s","new":"%s","id":7}}'

    assert redact(line % (SECRET, SECRET)) == line % ("…", "…")


def test_the_rest_of_a_line_with_a_token_stays() -> None:
    line = '{"type":"hello","data":{"version":1,"token":"%s","name":"Ann"}}'

    assert redact(line % SECRET) == line % "…"


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"ping","data":{"token":"7"}}',
        '{"type":"pong","data":{"token":"7"}}',
        '{"type":"message","data":"my token: abc"}',
        '{"type":"message","data":"my password: abc, and a new key: def"}',
        '{"type":"renamed","data":{"name":"key","to":"new"}}',
        r'{"type":"message","data":"say \"token\": 5 \u00e9"}',
        '{"type":"welcome","data":{"epoch":"abc","sequence":7}}',
    ],
)
def test_a_line_without_a_secret_stays(line: str) -> None:
    assert redact(line, line) == f"{line}\n{line}"


@pytest.mark.parametrize(
    ("start", "piece", "end"),
    [
        ("key", "\\", ""),
        ("key", "\\", "key"),
        ("", "key\\", ""),
        ("", "\\\\u00", ""),
        ("", r"\u006b", ""),
        ("", "k\\", "ey"),
        ('{"type":"hello","data":{"key', "\\", ""),
        ('{"type":"message","data":"key ', "\\", '"}'),
        ("key=", "\\", ""),
        ('key="', "\\", ""),
        ("key='", "\\", ""),
        (r"key=\"", "\\", ""),
        (r"key=\"", "\\", "x"),
        ("", r"key=\"", ""),
        ("", r"key=\"\\\\", ""),
        ("", "key='", ""),
        ("", 'key="', ""),
        ("", "key:[", ""),
        ("", "key", ""),
        ("key", " ", ""),
        ("key", " ", "x"),
        ("key", '"', ""),
        ("key", '"', "x"),
        ("key", '" ', "x"),
        ("key:", '"\\ ', "x"),
        ("key", "'\"\\", "x"),
        ('"key"', " ", ""),
        ('"key":', " ", ""),
        ("", '"key" ', ""),
        ('"', " ", "/login"),
        ('"', r"\t", '/logi" key'),
        ('"', r"\u002f", "key"),
        ('"/', "\\", "key"),
        ('"/login', "\\", ""),
        ("", '"/login', ""),
        ("", '" ', "key"),
        ("", "invite=", ""),
        (" ", " ", "key/login"),
        ('{"type":', "[", "key"),
    ],
)
def test_lines_of_strangers_are_redacted_in_linear_time(
    start: str, piece: str, end: str
) -> None:
    assert_linear(redact, start, piece, end)


def test_a_line_whose_type_is_deeply_nested_is_redacted() -> None:
    for depth in range(1, 2_000):
        redact('{"type":' + "[" * depth + "]" * depth + ',"token":"7"}')
