"""Properties of the names of rooms, for any text."""

import sys
import unicodedata

from hypothesis import assume, given
from hypothesis import strategies as st

from parlour.core.events import Refused, RoomName
from parlour.core.names.room_names import normalize_room_name, room_conflict_keys

ANY = st.text(st.characters(exclude_categories=()), max_size=150)
LIKELY = st.text(
    st.characters(categories=("L", "Nd", "Mn", "Mc"), include_characters="-_"),
    min_size=1,
    max_size=40,
)
TYPED = st.text(
    st.sampled_from("aAlI1oO0-_#:. вСß\u0301\u0307\u03c3\u03a3ﬁ日の"), max_size=40
)
TEXTS = ANY | LIKELY | TYPED

MAX_KEYS = 16  # of one name
MAX_KEY_BYTES = 4096  # of all keys of one name, in UTF-8


@given(TEXTS)
def test_every_text_is_a_name_or_refused(text: str) -> None:
    name = normalize_room_name(text)

    if isinstance(name, Refused):
        assert name.code in {"bad_room_name", "room_unavailable"}
        assert name.reason
        return
    assert 1 <= len(name) <= 32
    assert all(
        char in "-_" or unicodedata.category(char)[0] in "LM" or char.isdecimal()
        for char in name
    )


@given(TEXTS)
def test_an_accepted_name_is_accepted_again_unchanged(text: str) -> None:
    name = accepted(text)

    assert normalize_room_name(name) == name


@given(TEXTS)
def test_a_name_has_no_upper_case(text: str) -> None:
    name = accepted(text)

    assert not any(unicodedata.category(char) in {"Lu", "Lt"} for char in name)


@given(LIKELY | TYPED)
def test_upper_case_names_the_same_room_or_one_that_conflicts(text: str) -> None:
    name = accepted(text)
    other = accepted(name.upper())

    assert name == other or set(room_conflict_keys(name)) & set(
        room_conflict_keys(other)
    )


@given(TEXTS)
def test_the_keys_of_a_name_are_few_short_and_sorted(text: str) -> None:
    keys = room_conflict_keys(accepted(text))

    assert list(keys) == sorted(set(keys))
    assert 1 <= len(keys) <= MAX_KEYS
    assert sum(len(key.encode()) for key in keys) <= MAX_KEY_BYTES


def test_every_name_of_one_character_is_accepted_again_unchanged() -> None:
    names = [
        name
        for name in map(normalize_room_name, map(chr, range(sys.maxunicode + 1)))
        if isinstance(name, str)
    ]

    assert len(names) > 100_000
    assert [name for name in names if normalize_room_name(name) != name] == []
    assert [name for name in names if name != name.lower()] == []


def accepted(text: str) -> RoomName:
    name = normalize_room_name(text)
    assume(isinstance(name, str))
    assert isinstance(name, str)
    return name
