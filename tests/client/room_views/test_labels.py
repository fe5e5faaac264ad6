import pytest

from parlour.client.room_views.labels import MAX_LABEL, room_label
from parlour.client.terminal.safe_text import width


@pytest.mark.parametrize(
    ("room", "other", "label"),
    [
        ("dev", "", "#dev"),
        ("разработка", "", "#разработка"),
        ("direct:0123456789abcdef", "bob", "@bob"),
        ("direct:0123456789abcdef", "Jan Novák", "@Jan Novák"),
    ],
)
def test_a_room_is_shown_with_its_sign(room: str, other: str, label: str) -> None:
    assert room_label(room, other) == label


@pytest.mark.parametrize(
    ("room", "label"),
    [
        ("a b: c", "#a_b:_c"),
        ("\x1b[2J", "#␛[2J"),
        ("a\nb\rc\u202e", "#a^Jb^Mc<U+202E>"),
        ("\u0301", "#◌\u0301"),
    ],
)
def test_a_name_from_the_server_is_one_safe_word(room: str, label: str) -> None:
    assert room_label(room) == label


@pytest.mark.parametrize("name", ["x" * 999, "語" * 999])
def test_a_long_name_is_cut(name: str) -> None:
    assert width(room_label(name)) <= MAX_LABEL
    assert width(room_label("direct:x", name)) <= MAX_LABEL
    assert room_label(name).endswith("…")
