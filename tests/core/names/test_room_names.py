# ruff: noqa: RUF001 -- the tests need characters that look alike
import pytest

from parlour.core.events import Refused, RoomName
from parlour.core.names.room_names import normalize_room_name, room_conflict_keys


def code(text: str) -> str:
    refused = normalize_room_name(text)
    assert isinstance(refused, Refused), ascii(refused)
    return refused.code


def refused(code: str, reason: str, text: str) -> Refused:
    return Refused(code, reason, room=RoomName(text))


def keys(text: str) -> set[str]:
    name = normalize_room_name(text)
    assert isinstance(name, str), name
    return set(room_conflict_keys(name))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("lobby", "lobby"),
        ("Dev", "dev"),
        ("ＤＥＶ", "dev"),
        ("dev-ops_2", "dev-ops_2"),
        ("7", "7"),
        ("x", "x"),
        ("x" * 32, "x" * 32),
        ("Žluťoučký", "žluťoučký"),
        ("e\u0301cole", "école"),
        ("ＡＢ" * 16, "ab" * 16),
        ("α\u0313\u0300\u0345" * 32, "ᾂ" * 32),
        ("Straße", "straße"),
        ("ЧАТ-2", "чат-2"),
        ("हिन्दी", "हिन्दी"),
        ("עברית", "עברית"),
        ("فارسی_۲", "فارسی_۲"),
        ("日本語の部屋", "日本語の部屋"),
        ("Python勉強会", "python勉強会"),
    ],
)
def test_a_valid_name_is_in_lower_case_and_nfc(text: str, name: str) -> None:
    assert normalize_room_name(text) == name


@pytest.mark.parametrize("text", ["x" * 33, "İ" * 17, "x" * 128])
def test_a_long_name_is_refused(text: str) -> None:
    reason = "a room's name has 1 to 32 characters"

    assert normalize_room_name(text) == refused("bad_room_name", reason, text)


@pytest.mark.parametrize("text", ["", "x" * 129, "x" * 1_000_000])
def test_a_far_too_long_name_is_not_in_the_refusal(text: str) -> None:
    reason = "a room's name has 1 to 32 characters"

    assert normalize_room_name(text) == Refused("bad_room_name", reason)


def test_many_marks_are_refused_before_they_are_mapped() -> None:
    assert code("a" + "\u0301\u0323" * 500_000) == "bad_room_name"


@pytest.mark.parametrize(
    "text",
    [
        *("#dev", "a b", " dev", "dev\n", "a.b", "a/b", "a:b", "direct:ab12", "a&b"),
        *("a\0b", "a\x1bb", "a\ud800b", "a\u200bb", "a\u200db", "a\u202eb", "a\ufe0fb"),
        *("🐴", "a·l", "²", "ﬁ", "①", "〇", "\u3164", "\u2800", "a\ue000b"),
        *("\u0301a", "a" + "\u0338" * 4),
        *("1א", "dev١"),
    ],
    ids=ascii,
)
def test_other_characters_are_refused(text: str) -> None:
    reason = 'a room\'s name has letters, digits, "-" and "_" only'

    assert normalize_room_name(text) == refused("bad_room_name", reason, text)


@pytest.mark.parametrize("text", ["-", "--all", "_x", "-x"])
def test_a_name_that_begins_with_a_sign_is_refused(text: str) -> None:
    reason = "a room's name begins with a letter or a digit"

    assert normalize_room_name(text) == refused("bad_room_name", reason, text)


@pytest.mark.parametrize("text", ["lоbby", "dev-чат", "dev१", "чат_日本"])
def test_a_name_in_several_scripts_is_refused(text: str) -> None:
    reason = "that room's name mixes letters of several scripts"

    assert normalize_room_name(text) == refused("bad_room_name", reason, text)


@pytest.mark.parametrize(
    "text", ["server", "Admin", "SYSTEM", "s-e-r-v-e-r", "ｒｏｏｔ", "a11"]
)
def test_a_reserved_word_and_what_looks_like_it_are_unavailable(text: str) -> None:
    reason = "that room's name is reserved"

    assert normalize_room_name(text) == refused("room_unavailable", reason, text)


@pytest.mark.parametrize("text", ["servers", "admins", "parlour-dev", "lobby"])
def test_a_name_that_contains_a_reserved_word_is_valid(text: str) -> None:
    assert normalize_room_name(text) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lobby", "1obby"),
        ("apple", "аррӏе"),
        ("σας", "σασ"),
        ("dinner", "di\u0307nner"),
    ],
)
def test_names_that_look_alike_share_a_key(one: str, other: str) -> None:
    assert keys(one) & keys(other)


@pytest.mark.parametrize(("one", "other"), [("dev", "devs"), ("a-b", "a_b")])
def test_names_that_look_different_share_no_key(one: str, other: str) -> None:
    assert not keys(one) & keys(other)
