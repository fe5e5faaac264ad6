import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.client.room_views.labels import room_label
from parlour.client.terminal.prompt_status import PromptStatus, RoomCount
from parlour.client.terminal.safe_text import width

DEV = RoomCount("#dev", 3, for_you=0)
OPS = RoomCount("#operations", 12, for_you=0)
BOB = RoomCount("@bob", 1, for_you=1)


def test_nothing_is_shown_of_one_room() -> None:
    assert PromptStatus().text(80) == ""
    assert PromptStatus("(offline, trying) ").text(80) == "(offline, trying) "


def test_unread_rooms_and_the_connection_come_before_the_current_room() -> None:
    status = PromptStatus("(offline, retry in 4s) ", "#lobby", (DEV, BOB))

    assert status.text(120) == "(offline, retry in 4s) #dev 3 · @bob 1 | #lobby> "


@pytest.mark.parametrize(
    ("columns", "prompt"),
    [
        (88, "#dev 3 · #operations 12 · @bob 1 | #lobby> "),
        (64, "#dev 3 · @bob 1 · +1 | #lobby> "),
        (50, "@bob 1 · +2 | #lobby> "),
        (40, "+3 | #lobby> "),
        (20, "+3 | #l…> "),
        (8, "+3 | …> "),
    ],
)
def test_counts_are_shortened_in_a_narrow_terminal(columns: int, prompt: str) -> None:
    status = PromptStatus("", "#lobby", (DEV, OPS, BOB))

    assert status.text(columns) == prompt


def test_a_large_count_is_not_spelled_out() -> None:
    count = RoomCount("#dev", 1_000, for_you=0)

    assert PromptStatus("", "#lobby", (count,)).text(80) == "#dev 999+ | #lobby> "


counts = st.builds(
    RoomCount,
    label=st.text(max_size=40).map(room_label),
    unread=st.integers(1, 2_000),
    for_you=st.integers(0, 9),
)


@given(
    label=st.text(max_size=40).map(room_label),
    unread=st.lists(counts, max_size=100).map(tuple),
    columns=st.integers(20, 200),
)
def test_the_prompt_takes_at_most_half_of_a_row(
    label: str, unread: tuple[RoomCount, ...], columns: int
) -> None:
    prompt = PromptStatus("", label, unread).text(columns)

    assert width(prompt) <= columns // 2 + 1
    assert prompt.isprintable()
