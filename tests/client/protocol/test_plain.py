import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parlour.client.protocol import plain
from parlour.client.protocol.display_items import ChatMessage
from parlour.client.protocol.requests import AskHistory, AskUsers, Rename, Request, Say

TEXTS = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (Say("hello"), b'{"type": "message", "data": "hello"}\n'),
        (Rename("Kobzol"), b'{"type": "set-name", "data": "Kobzol"}\n'),
        (AskHistory(), b'{"type": "history", "data": ""}\n'),
        (AskUsers(), b'{"type": "users", "data": ""}\n'),
        (Say("ž🐴"), b'{"type": "message", "data": "\\u017e\\ud83d\\udc34"}\n'),
        (Say("a\nb"), b'{"type": "message", "data": "a\\nb"}\n'),
        (Say("\udc9f"), b'{"type": "message", "data": "\\ufffd"}\n'),
    ],
)
def test_each_request_is_encoded_as_the_protocol_says(
    command: Request, line: bytes
) -> None:
    assert plain.encode(command) == line


def test_a_line_over_the_limit_is_refused() -> None:
    room = plain.MAX_LINE - len(plain.encode(Say(""))) + 1

    assert len(plain.encode(Say("x" * room))) == plain.MAX_LINE + 1  # and the LF
    with pytest.raises(plain.TooLong):
        plain.encode(Say("x" * (room + 1)))
    with pytest.raises(plain.TooLong):
        plain.encode(Say("ž" * (room // 6 + 1)))


@pytest.mark.parametrize(
    ("line", "source", "text"),
    [
        (b'{"type":"message","data":{"source":"a","message":"b"}}', "a", "b"),
        (b'{"type":"message","data":{"source":"a","message":"b"}}\r', "a", "b"),
        (b' {"data":{"message":"b","source":"a","x":1},"type":"message"}', "a", "b"),
        (b'{"type":"message","data":{"source":"\xff","message":"b"}}', "\ufffd", "b"),
        (
            b'{"type":"message","data":{"source":"a","message":"\\ud800"}}',
            "a",
            "\ufffd",
        ),
        (b'{"type":"message","data":{"source":null,"message":7}}', "null", "7"),
        (
            b'{"type":"message","data":{"source":[],"message":{"a":1}}}',
            "[]",
            '{"a": 1}',
        ),
        (b'{"type":"message","data":{"source":"a","message":NaN}}', "a", "NaN"),
        (
            b'{"type":"message","data":{"source":"a","message":["\\ud800"]}}',
            "a",
            '["\ufffd"]',
        ),
    ],
)
def test_a_message_is_decoded_even_if_it_is_malformed(
    line: bytes, source: str, text: str
) -> None:
    assert plain.decode(line) == ChatMessage(source, text, line)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"null",
        b"[]",
        b"{",
        b'{"type":"joined","data":{"source":"a","message":"b"}}',
        b'{"type":"message","data":"text"}',
        b'{"type":"message","data":{"source":"a"}}',
        b"[" * 100_000,
        b'{"type":"message","data":{"source":"a","message":' + b"[" * 100_000,
        b'{"type":"message","data":{"source":"a","message":' + b"9" * 9_999 + b"}}",
    ],
    ids=lambda line: repr(line[:60]),
)
def test_other_lines_are_not_messages(line: bytes) -> None:
    assert plain.decode(line) is None


@given(TEXTS)
@example("\ud83d\udc34")
def test_every_text_is_encoded_as_one_line_of_ascii_and_decoded_back(text: str) -> None:
    line = plain.encode(Say(text))

    assert line.isascii()
    assert line.count(b"\n") == 1
    assert json.loads(line) == {
        "type": "message",
        "data": plain.replace_surrogates(text),
    }
    plain.replace_surrogates(text).encode()


@given(st.binary())
def test_decoding_never_raises(line: bytes) -> None:
    plain.decode(line)
    plain.decode(b'{"type":"message","data":{"source":"a","message":' + line)
