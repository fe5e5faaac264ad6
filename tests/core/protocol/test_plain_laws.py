"""Properties of the plain dialect, for any bytes and any text."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from parlour.core.events import (
    LOBBY,
    Bye,
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
from parlour.core.protocol.commands import Say, SetName
from parlour.core.protocol.foreign_protocols import (
    detect_foreign_line,
    detect_foreign_start,
)
from parlour.core.protocol.plain import PlainDialect, source_and_text

PLAIN = PlainDialect()
TEXT = st.text()
NUMBER = st.integers(0, 2**63)

USER = st.builds(User, TEXT, st.floats())

EVENTS: st.SearchStrategy[PlainEvent] = st.one_of(
    st.builds(Message, st.just(LOBBY), NUMBER, st.floats(), TEXT, TEXT),
    st.builds(Joined, st.just(LOBBY), TEXT),
    st.builds(Left, st.just(LOBBY), TEXT, TEXT),
    st.builds(Renamed, st.just(LOBBY), TEXT, TEXT),
    st.builds(HistorySummary, st.just(LOBBY), NUMBER, NUMBER),
    st.builds(Users, st.just(LOBBY), st.lists(USER).map(tuple), NUMBER, NUMBER),
    st.builds(Missed, st.just(LOBBY), st.none() | NUMBER, NUMBER),
    st.builds(Refused, TEXT, TEXT),
    st.builds(Bye, TEXT, TEXT),
)

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)
KINDS = st.sampled_from(["message", "set-name", "history", "users"])


@given(st.binary())
@example(b"[" * 100_000)
@example(b'{"type":"message","data":' * 20_000)
def test_decoding_any_bytes_does_not_raise(line: bytes) -> None:
    PLAIN.decode(line)
    detect_foreign_line(line, is_first=True)
    detect_foreign_start(line)


@given(kind=KINDS | JSON, data=JSON, extra=st.dictionaries(TEXT, JSON))
def test_decoding_any_json_does_not_raise(
    kind: object, data: object, extra: dict[str, object]
) -> None:
    members = extra | {"type": kind, "data": data}

    for escaped in (True, False):
        PLAIN.decode(json.dumps(members, ensure_ascii=escaped).encode())


@given(st.binary(), st.sampled_from([b'{"type":"message","data":"%s"}', b'{"%s":1}']))
def test_any_decoded_text_can_be_encoded(data: bytes, template: bytes) -> None:
    command = PLAIN.decode(template % data)

    if isinstance(command, Say):
        assert PLAIN.encode(Message(LOBBY, 1, 0.0, "A", command.text)).isascii()


@given(text=TEXT, escaped=st.booleans(), kind=st.sampled_from(["message", "set-name"]))
def test_any_text_is_decoded_unchanged(text: str, escaped: bool, kind: str) -> None:
    line = json.dumps({"type": kind, "data": text}, ensure_ascii=escaped).encode()

    command = PLAIN.decode(line)

    assert isinstance(command, Say | SetName)
    found = command.text if isinstance(command, Say) else command.name
    assert found == text


@given(EVENTS)
def test_every_event_is_one_ascii_line_with_a_source_and_a_message(
    event: PlainEvent,
) -> None:
    data = PLAIN.encode(event)

    assert data.isascii()
    assert data.count(b"\n") == 1
    assert data.endswith(b"\n")
    line = json.loads(data)
    assert list(line) == ["type", "data"]
    assert line["type"] == "message"
    assert list(line["data"]) == ["source", "message"]
    assert (line["data"]["source"], line["data"]["message"]) == source_and_text(event)


@given(source=TEXT, text=TEXT)
def test_any_message_is_encoded_unchanged(source: str, text: str) -> None:
    line = PLAIN.encode(Message(LOBBY, 1, 0.0, source, text))

    found = json.loads(line)["data"]

    assert found == {"source": source, "message": text}
