"""Whatever a server sends, the client does not fail, loop or show wrong numbers."""

import copy
import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parlour.client.conversation import Conversation
from parlour.client.protocol.display_items import ChatMessage, Note
from parlour.client.protocol.plain import MAX_LINE as MAX_SENT
from parlour.client.room_views.screen import RoomDisplay
from parlour.client.terminal.colors import ColorDepth
from parlour.client.terminal.formatter import Formatter, Widths
from parlour.client.terminal.line_wrapping import TerminalWidth
from tests.client.server_lines import (
    message,
    room,
    session_line,
    welcome,
    welcome_to_rooms,
)

ROOM = {"epoch": "e", "sequence": 4, "recovered": True}
IN_ROOM = {**ROOM, "room": "dev"}
MESSAGE = {"room": "lobby", "sequence": 5, "time": "T", "source": "s", "message": "m"}
SANCTION = {"number": 1, "kind": "ban", "room": "dev", "name": "s", "until": "T"}
DEVICE = {"device": 1, "label": "l", "added": "T", "current": True, "sessions": 2}
EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("welcome", {"version": 1, "you": "me", "rooms": {"lobby": ROOM}, "limits": {}}),
    ("welcome", {"version": 1, "you": "me", "limits": {}}),
    ("room", {**IN_ROOM, "topic": "t", "kept": True, "name": "Dev"}),
    ("room", {**IN_ROOM, "room": "direct:1", "with": "you", "kept": False}),
    ("message", MESSAGE),
    ("message", {**MESSAGE, "room": "dev"}),
    ("topic", {"room": "dev", "topic": "t", "by": "me"}),
    ("closed", {"room": "direct:1", "reason": "over"}),
    ("rooms", {"rooms": [{"room": "dev", "topic": "t", "users": 3}], "more": True}),
    ("ignored", {"names": ["s"]}),
    ("stored", {"id": "1", "room": "lobby", "sequence": 5}),
    ("joined", {"room": "lobby", "name": "a"}),
    ("left", {"room": "lobby", "name": "a", "reason": "closed"}),
    ("left", {"room": "dev", "name": "me", "reason": "left", "you": True}),
    ("renamed", {"room": "lobby", "name": "me", "to": "b"}),
    ("unkept", {"room": "lobby", "reason": "full"}),
    ("kept", {"room": "lobby"}),
    ("history", {"room": "lobby", "messages": [MESSAGE], "more": True}),
    ("found", {"room": "lobby", "messages": [MESSAGE], "more": False}),
    ("found", {"messages": [MESSAGE], "more": False}),
    ("users", {"users": [{"name": "a", "since": "T"}], "more": False}),
    ("missed", {"room": "lobby", "events": 3, "resume_after": 9}),
    ("error", {"code": "name_taken", "reason": "taken", "id": "1"}),
    ("error", {"code": "c", "reason": "r", "room": "dev", "about": "hello"}),
    ("error", {"code": "not_in_room", "reason": "r", "room": "dev", "about": "leave"}),
    ("error", {"code": "no_such_user", "reason": "r", "about": "direct"}),
    ("ping", {"token": "t"}),
    ("pong", {"token": "t"}),
    ("pong", {"token": "account?"}),
    ("account", {"name": "me", "role": "member", "device": 1, "key": "k"}),
    ("devices", {"devices": [DEVICE]}),
    ("act", {"room": "lobby", "action": "mute", "by": "me", "name": "s", "until": "T"}),
    ("act", {"room": "dev", "action": "slow", "by": "s", "name": "5"}),
    ("announcement", {"room": "lobby", "by": "s", "text": "t"}),
    ("sanctions", {"sanctions": [SANCTION]}),
    ("why", {"sanctions": [SANCTION, SANCTION]}),
    ("audit", {"acts": [{"action": "ban", "until": "T"}, {"action": "s"}]}),
    ("pong", {"token": "done?1"}),
    ("left", {"room": "dev", "name": "me", "reason": "kicked", "you": True}),
    ("error", {"code": "not_allowed", "reason": "r", "about": "mute"}),
    ("bye", {"code": "banned", "reason": "r"}),
    ("error", {"code": "auth_failed", "reason": "r", "about": "hello"}),
    ("error", {"code": "busy", "reason": "r", "about": "devices"}),
    ("bye", {"code": "server_full", "reason": "full", "retry_after": 3}),
]
REQUESTS = (
    *("hi", "/users", "/history 5", "/search x", "/search --all x", "/setname b"),
    *("/join dev", "/leave dev", "/topic t", "/msg you hi", "/rooms"),
    *("/ignore s", "/unignore s", "/devices", "/revoke 1"),
    *("/kick s", "/mute s 5m", "/ban --server s", "/lock", "/bans", "/audit 2", "/why"),
)
HUGE = "9" * 4300
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**53, -1, 2**62, 2**64, int(HUGE), 1e308, 0.5, "\ud800"])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "²", "1"])
    | st.text(max_size=20)
    | st.sampled_from(["x" * 100_000, "\x1b[2J", "[Server]"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner)
    ),
    max_leaves=8,
)


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of *value* and of everything inside it."""
    found = [path]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += places(inner, (*path, index))
    return found


@st.composite
def events(draw: st.DrawFn) -> bytes:
    """Draw a line of the dialect in which one value is replaced or left out."""
    kind, data = draw(st.sampled_from(EVENTS))
    event: dict[str, Any] = copy.deepcopy({"type": kind, "data": data})
    path = draw(st.sampled_from(places(event)))
    if path:
        *above, last = path
        place: Any = event
        for key in above:
            place = place[key]
        if draw(st.booleans()):
            place[last] = draw(VALUES)
        elif isinstance(place, dict):
            del place[last]
    return json.dumps(event).encode() + b"\n"


def deep(kind: str) -> bytes:
    nest = b"[" * 50_000 + b"]" * 50_000
    return b'{"type":"%s","data":{"token":%s}}\n' % (kind.encode(), nest)


def member(
    *, interactive: bool = True, reconnects: bool = False, has_rooms: bool = False
) -> Conversation:
    """Return a client that was welcomed and has sent a request of each kind."""
    client = Conversation(
        interactive=interactive,
        name="me",
        token="t" * 20,
        reconnects=reconnects,
        completes_names=interactive,
        jitter=lambda: 0.5,
        rooms=("lobby", "dev") if has_rooms else ("lobby",),
        room_display=RoomDisplay.CURRENT if interactive else RoomDisplay.EXACT,
    )
    entered = welcome_to_rooms("me") + room("lobby", 4) + room("dev", 4)
    client.receive(entered if has_rooms else welcome(4, you="me"), 0)
    for number, command in enumerate(REQUESTS):
        client.submit_line(command, 0, "dev" if has_rooms and number % 2 else "lobby")
    return client


def render_new(client: Conversation) -> str:
    """Return the new items as a person, a pipe and a program see them."""
    shown = client.items_to_show()
    wide = Widths(TerminalWidth(80), TerminalWidth(80))
    formatters = (
        Formatter(color=ColorDepth.TRUE, echo=True),
        Formatter(),
        Formatter(json=True),
    )
    lines = [
        line.text
        for formatter in formatters
        for line in formatter.lines(shown, "12:00 ", wide)
    ]
    for line in lines:
        line.encode()
    return "\n".join(lines)


@settings(max_examples=600, deadline=None)
@example([deep("ping")], True, True, False)
@example([welcome(int(HUGE))], False, True, False)
@given(st.lists(events(), max_size=8), st.booleans(), st.booleans(), st.booleans())
def test_any_value_anywhere_in_an_event_is_handled(
    lines: list[bytes], interactive: bool, was_welcomed: bool, has_rooms: bool
) -> None:
    client = (
        member(interactive=interactive, reconnects=True, has_rooms=has_rooms)
        if was_welcomed
        else Conversation(
            interactive=interactive,
            name="me",
            token="t" * 20,
            reconnects=True,
            jitter=lambda: 0.5,
        )
    )
    client.receive(b"".join(lines), 1)
    render_new(client)
    sent = client.data_to_send()
    assert max(map(len, sent.split(b"\n"))) <= MAX_SENT + 100
    client.disconnected(2)
    assert client.deadline is None or client.deadline <= 2 + 601
    client.tick(700)
    if client.wants_connection:
        client.begin_attempt()
        client.connected(701)
        hello, *_ = client.data_to_send().split(b"\n")
        assert len(hello) <= MAX_SENT + 100
    render_new(client)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["lobby", "dev", "ops"]), st.integers(0, 12)),
        max_size=30,
    )
)
def test_messages_with_repeated_or_decreasing_sequences_are_shown_once(
    received: list[tuple[str, int]],
) -> None:
    client = Conversation(interactive=False, token="t" * 20, rooms=("lobby", "dev"))
    client.receive(welcome_to_rooms() + room("lobby", 4) + room("dev", 4), 0)
    for name, number in received:
        client.receive(message(number, name), 1)

    shown = [
        (item.room, int(item.text))
        for item in client.items_to_show()
        if isinstance(item, ChatMessage)
    ]
    for name in ("lobby", "dev"):
        numbers = [number for where, number in shown if where == name]
        assert numbers == sorted(set(numbers))
        assert set(numbers) <= set(range(5, 13))
    assert {name for name, _ in shown} <= {"lobby", "dev"}


@pytest.mark.parametrize("events", [10**9, 2**53, 2**60, -5, 1.5, True, "many"])
def test_a_gap_of_an_implausible_size_counts_as_unknown(events: object) -> None:
    client = member(interactive=False)
    client.items_to_show()
    client.receive(session_line("missed", events=events, resume_after=9), 1)

    assert "you fell behind and missed lines" in render_new(client)


def test_a_huge_gap_reports_no_implausible_number() -> None:
    client = Conversation(interactive=False, token="t" * 20, reconnects=True)
    client.receive(welcome(4), 0)
    client.disconnected(1)
    client.connected(2)
    client.receive(welcome(2**52, recovered=False), 3)
    client.receive(session_line("missed", events=2**52, resume_after=2**52), 3)

    notes = [item.text for item in client.items_to_show() if isinstance(item, Note)]
    assert notes == [
        "More than 1,000,000 messages are older than this server keeps",
        "Reconnected after 3 s",
    ]


@pytest.mark.parametrize("sequence", [2**53, 2**62, int(HUGE), -1, True, 1.0])
def test_a_welcome_with_an_invalid_sequence_is_ignored(sequence: int) -> None:
    client = Conversation(interactive=False, token="t" * 20)
    client.receive(welcome(sequence), 0)
    client.submit_line("hi", 0)

    assert b'"id"' not in client.data_to_send()
