"""The names of rooms, and the rooms that a client is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.client.protocol.rooms import MAX_ROOMS, Rooms, folded
from parlour.core.events import Refused
from parlour.core.names.room_names import normalize_room_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Dev", "dev"),
        ("#dev", "dev"),
        (" dev ", "dev"),
        ("\uff24\uff25\uff36", "dev"),  # full width
        ("A\u030angstro\u0308m", "\xe5ngstr\xf6m"),
        ("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2"),
    ],
)
def test_a_typed_name_is_folded_as_a_server_does(typed: str, name: str) -> None:
    assert folded(typed) == name


@given(st.text(st.characters(categories=("L", "N")), max_size=4))
def test_a_folded_name_is_the_one_that_the_server_uses(typed: str) -> None:
    name = normalize_room_name(typed)

    assert isinstance(name, Refused) or folded(typed) == name


def test_no_more_rooms_are_added_than_the_bound() -> None:
    rooms = Rooms(f"room{number}" for number in range(MAX_ROOMS + 9))

    assert len(list(rooms)) == MAX_ROOMS
    assert rooms.add("another") is None
