from hypothesis import given
from hypothesis import strategies as st

from parlour.core.events import Message, RoomName
from parlour.journal.tools.json_lines import parse, render

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.integers(0, 4_000_000_000_000_000), TEXT, TEXT)
def test_a_rendered_message_is_parsed_unchanged(
    micros: int, source: str, text: str
) -> None:
    message = Message(RoomName("verona"), 5, micros / 1_000_000, source, text)

    assert parse(render(message)) == message
    assert "\n" not in render(message)
