# ruff: noqa: RUF001 -- the tests need characters that look alike
"""Properties of names, for any text."""

import json
import pkgutil
import string
import sys
import unicodedata
from collections import defaultdict

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from parlour.core.events import Refused
from parlour.core.names.conflicts import conflict_keys
from parlour.core.names.confusables import caseless_skeleton, prototype, skeleton
from parlour.core.names.validation import normalize_name

ANY = st.text(st.characters(exclude_categories=()), max_size=150)
LIKELY = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
TYPED = st.text(
    st.sampled_from("aAeIl1oO0:#. []bв\u0301\u0308\u03b9\u0399ﬁßｓ"), max_size=12
)
NAMES = ANY | LIKELY | TYPED

ALPHABET = string.ascii_letters + string.digits
BY_PROTOTYPE = defaultdict[str, list[str]](list)
for each in map(chr, range(sys.maxunicode + 1)):
    BY_PROTOTYPE[prototype(each)].append(each)
LOOK_ALIKES = {letter: BY_PROTOTYPE[prototype(letter)] for letter in ALPHABET}


@given(NAMES)
def test_every_name_is_valid_or_refused(name: str) -> None:
    shown = normalize_name(name)

    if isinstance(shown, Refused):
        assert shown.code in {
            "bad_name",
            "empty_name",
            "name_reserved",
            "name_too_long",
        }
        assert shown.reason
    else:
        assert 1 <= len(shown) <= 32
        assert shown == shown.strip()
        assert unicodedata.is_normalized("NFC", shown)
        assert not any(unicodedata.category(c)[0] == "C" for c in shown)
        assert not any(c.isspace() and c != " " for c in shown)
        assert ": " not in f"{shown} "


@given(NAMES)
def test_normalizing_a_normalized_name_changes_nothing(name: str) -> None:
    shown = normalize_name(name)
    assume(isinstance(shown, str))

    assert normalize_name(str(shown)) == shown


@given(NAMES)
def test_the_source_of_a_displayed_line_is_unambiguous(name: str) -> None:
    shown = normalize_name(name)
    assume(isinstance(shown, str))

    source, text = f"{shown}: hi: there".split(": ", 1)

    assert (source, text) == (shown, "hi: there")


@given(LIKELY | TYPED)
def test_names_that_differ_by_case_conflict(name: str) -> None:
    folded = unicodedata.normalize("NFKC", name).casefold()

    assert set(conflict_keys(name)) & set(
        conflict_keys(unicodedata.normalize("NFC", folded))
    )


@given(NAMES)
@example("\u00a8\u00f6")
def test_names_that_differ_by_width_conflict(name: str) -> None:
    assert conflict_keys(unicodedata.normalize("NFKC", name)) <= conflict_keys(name)


@given(NAMES)
def test_the_skeleton_of_a_skeleton_is_the_same(name: str) -> None:
    for function in (skeleton, caseless_skeleton):
        assert function(function(name)) == function(name)


@given(NAMES, NAMES)
def test_names_with_the_same_skeleton_conflict_in_either_order(
    name: str, other: str
) -> None:
    for first, second in ((name, other), (name, skeleton(name))):
        assert (skeleton(first) != skeleton(second)) or conflict_keys(
            first
        ) & conflict_keys(second)
        assert is_refused_after(first, second) == is_refused_after(second, first)


@given(st.text(st.sampled_from(ALPHABET), min_size=1, max_size=6), st.data())
def test_names_conflict_if_their_characters_look_alike(
    name: str, data: st.DataObject
) -> None:
    other = "".join(data.draw(st.sampled_from(LOOK_ALIKES[char])) for char in name)

    assert is_refused_after(name, other)
    assert is_refused_after(other, name)


def is_refused_after(first: str, second: str) -> bool:
    return not conflict_keys(first).isdisjoint(conflict_keys(second))


CONFLICTING = [  # pairs that cannot both be taken
    ("paypal", "раураӏ"),  # every letter is Latin in one, Cyrillic in the other
    ("apple", "аррӏе"),
    ("γεια", "Υεια"),  # they look alike only if one is in the other case
    ("port", "þort"),
    ("Йордан", "Ѝордан"),  # the composed letters look alike, their marks do not
    ("Öz", "Őz"),
    ("ţara", "ƫara"),
    ("mike", "mi\u0307ke"),  # the dot of an i, or j, is replaced by the one above it
    ("mike", "mı\u0307ke"),
    ("jan", "j\u0307an"),
    ("vįlis", "vį\u0307lis"),
    ("віра", "ві\u0307ра"),
]


@pytest.mark.parametrize(("name", "other"), CONFLICTING)
def test_names_that_look_alike_in_unicode_17_conflict(name: str, other: str) -> None:
    assert normalize_name(name) == name
    assert normalize_name(other) == other
    assert is_refused_after(name, other)
    assert is_refused_after(other, name)


def test_names_that_differ_by_one_entry_of_the_table_conflict() -> None:
    table = json.loads(
        pkgutil.get_data("confusable_homoglyphs", "confusables.json") or b""
    )
    pairs = {(char, link["c"]) for char, links in table.items() for link in links}
    apart = {
        (one, other)
        for one, other in pairs
        for before in ("", "q", "я", "ab ")
        if isinstance(first := normalize_name(before + one), str)
        and isinstance(second := normalize_name(before + other), str)
        and not conflict_keys(first) & conflict_keys(second)
    }

    assert apart <= {("\u1f7d", "\u1ff4"), ("\u1ff4", "\u1f7d")} | {
        ("ഐ", "എെ"),  # Unicode 17 has another prototype
        ("എെ", "ഐ"),
    }
