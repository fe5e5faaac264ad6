"""Whatever a server sends, no text of it begins a row or controls the terminal."""

from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st

from parlour.client.exit_status import ExitStatus
from parlour.client.protocol.display_items import (
    Answer,
    AnswerRow,
    ChatMessage,
    DisplayItem,
    Note,
    OtherRenamed,
    Refusal,
    RoomClosed,
    RoomEntered,
    RoomLeft,
    RoomList,
    RoomListRow,
    TopicChanged,
)
from parlour.client.protocol.display_queue import DisplayQueue
from parlour.client.protocol.local_commands import (
    ShowIgnored,
    ShowRooms,
    ShowTopic,
    SwitchRoom,
)
from parlour.client.room_views.labels import room_label
from parlour.client.room_views.screen import RoomDisplay
from parlour.client.room_views.views import RoomViews
from parlour.client.terminal.formatter import Formatter, Widths
from parlour.client.terminal.line_wrapping import TerminalWidth

FORGED = "--\r\n[Server]: forged\n-- forged\n──── #lobby ────\n#dev eve: forged"
LINE = b'{"type":"x"}'

texts = st.one_of(
    st.text(max_size=20), st.sampled_from([FORGED, "\x1b[2J", " " * 90 + "x", "romeo"])
)
rooms = st.sampled_from(["lobby", "dev", FORGED, "\x1b[2J", "語" * 40, ""])
items: st.SearchStrategy[DisplayItem] = st.one_of(
    st.builds(ChatMessage, source=texts, text=texts, line=st.just(LINE), room=rooms),
    st.builds(
        RoomEntered,
        room=rooms,
        line=st.just(LINE),
        topic=texts,
        other=texts,
        title=texts,
        is_requested=st.booleans(),
    ),
    st.builds(RoomLeft, room=rooms, line=st.just(LINE)),
    st.builds(RoomClosed, room=rooms, line=st.just(LINE), reason=texts),
    st.builds(OtherRenamed, room=rooms, other=texts),
    st.builds(TopicChanged, room=rooms, topic=texts, by=texts, line=st.just(LINE)),
    st.builds(Refusal, reason=texts, line=st.just(LINE), code=texts, room=rooms),
    st.builds(
        Note,
        text=st.just("a note"),
        room=rooms,
        copied=st.sampled_from(["", "/join parlour://chat.example.org/dev?invite=c"]),
    ),
    st.builds(SwitchRoom, target=texts),
    st.builds(ShowTopic, room=rooms),
    st.sampled_from([ShowRooms(), ShowIgnored()]),
    st.builds(
        RoomList,
        rooms=st.tuples(st.builds(RoomListRow, rooms, texts, st.integers(0, 9))),
        has_more=st.booleans(),
        line=st.just(LINE),
    ),
    st.builds(
        Answer,
        rows=st.tuples(st.builds(AnswerRow, texts, texts, st.just(""), texts, rooms)),
        line=st.just(LINE),
        room=rooms,
    ),
)


def is_safe(row: str) -> bool:
    """Return whether *row* has only visible characters and blanks."""
    return all(char.isprintable() or category(char) == "Zs" for char in row)


@given(
    received=st.lists(items, max_size=12),
    columns=st.integers(60, 120),
    display=st.sampled_from([RoomDisplay.CURRENT, RoomDisplay.ALL]),
)
def test_every_row_is_safe(
    received: list[DisplayItem], columns: int, display: RoomDisplay
) -> None:
    status = ExitStatus(DisplayQueue(), interactive=True)
    views = RoomViews(status, ("lobby", "dev"), display, own_name=lambda: "romeo")
    widths = Widths(TerminalWidth(columns), TerminalWidth(columns))
    for item in received:
        views.feed([item])
        shown = views.take()
        lines = [line.text for line in Formatter().lines(shown, "", widths)]

        assert all(map(is_safe, lines))
        if isinstance(item, ChatMessage | Refusal | TopicChanged):
            notes = isinstance(item, Refusal) and bool(item.unsent)
            assert sum(not line.startswith(" ") for line in lines) <= 1 + notes
        if isinstance(item, ShowTopic | RoomClosed | RoomEntered) and lines:
            forged = "[Server]: forged", "-- forged"
            assert not any(line.startswith(forged) for line in lines)
        assert views.prompt("").text(columns).isprintable()


@given(room=st.text(), other=st.text())
def test_a_label_is_one_printable_word_or_name(room: str, other: str) -> None:
    assert room_label(room).isprintable()
    assert " " not in room_label(room)
    assert room_label(room, other).isprintable()
