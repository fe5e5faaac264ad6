from hypothesis import given
from hypothesis import strategies as st

from parlour.core.events import AccountNumber, Message, RoomName
from parlour.journal.sqlite.rows import MAX_SEQUENCE
from parlour.journal.tools.json_lines import parse, render
from parlour.journal.tools.room_lines import (
    RoomLine,
    UnusedLine,
    render_room,
    render_unused,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.integers(0, 4_000_000_000_000_000), TEXT, TEXT, st.integers(0, MAX_SEQUENCE))
def test_a_rendered_message_is_parsed_unchanged(
    micros: int, source: str, text: str, account: int
) -> None:
    author, time = AccountNumber(account), micros / 1_000_000
    message = Message(RoomName("verona"), 5, time, source, text, author)

    assert parse(render(message)) == message
    assert "\n" not in render(message)


@given(
    st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=200), st.booleans()
)
def test_a_rendered_room_is_parsed_unchanged(topic: str, is_open: bool) -> None:
    room = RoomLine(RoomName("verona"), topic, is_open)

    assert parse(render_room(room)) == room


def test_rendered_unused_sequences_are_parsed_unchanged() -> None:
    unused = UnusedLine(RoomName("verona"), 5, 9)

    assert parse(render_unused(unused)) == unused
