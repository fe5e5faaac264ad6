# ruff: noqa: RUF001 -- the tests need characters that look alike
"""The names that are taken, and the sessions that have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.core.events import PersonId
from parlour.core.names.conflicts import conflict_keys
from parlour.core.state.names import Names, name_keys

ANN, BOB = PersonId(1), PersonId(2)


def test_a_name_belongs_to_one_session() -> None:
    names = Names()

    assert names.claim(ANN, name_keys("Ann"))
    assert not names.claim(BOB, name_keys("Ann"))
    assert names.owner(name_keys("ann")) == ANN


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Kobzol", "kobzol"),
        ("Kobzol", "KOBZOL"),
        ("Kobzol", "Ｋobzol"),
        ("Kobzol", "Kоbzоl"),  # with a Cyrillic o
        ("Kobzol", "K0bzol"),
        ("Kobzol", "Kobzo1"),
        ("Kobzol", "KobzoI"),
        ("modern", "rnodern"),
        ("strasse", "straße"),
        ("STRASSE", "straße"),
        ("éva", "ÉVA"),
        ("ΐx", "Ϊ\u0301x"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("ﬁona", "fiona"),
        ("10.0.0.1:8O", "10.0.0.1:80"),
        ("Cora", "Ϲora"),  # a lunate sigma, which NFKC replaces with another letter
        ("cora", "ϲora"),
        ("oleg", "סleg"),
        ("vera", "טera"),
        ("lena", "ןena"),
        ("Alice", "Aاice"),
        ("bob", "bہb"),
        ("coco", "сосо"),  # Cyrillic only
        ("Ann", "Αnn"),  # with a Greek alpha
        ("Mike", "rnike"),
        ("Alice", "AL1CE"),
        ("alice", "ALlCE"),  # looks like the name in capitals
        ("Alice", "𝓐𝓵𝓲𝓬𝓮"),
        ("Ann", "Ⓐnn"),
        ("ann", "aոn"),  # with an Armenian vo
        ("ça", "c\u0326a"),
    ],
    ids=ascii,
)
def test_a_name_that_looks_like_a_taken_one_is_taken_too(name: str, other: str) -> None:
    for first, second in ((name, other), (other, name)):
        names = Names()
        names.claim(ANN, name_keys(first))

        assert not names.claim(BOB, name_keys(second))
        assert not names.claim(BOB, name_keys(first))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Ann", "Anna"),
        ("Ann", "Ánn"),
        ("a b", "ab"),
        ("a-b", "a.b"),
        ("Kai", "Kal"),
        ("Eli", "Ell"),
    ],
)
def test_a_distinguishable_name_is_free(name: str, other: str) -> None:
    names = Names()
    names.claim(ANN, name_keys(name))

    assert names.claim(BOB, name_keys(other))


def test_a_new_name_frees_the_old_one() -> None:
    names = Names()
    names.claim(ANN, name_keys("Ann"))

    assert names.claim(ANN, name_keys("Cat"))
    assert names.claim(BOB, name_keys("ann"))
    assert names.owner(name_keys("cat")) == ANN


def test_a_session_may_change_the_case_of_its_name() -> None:
    names = Names()
    names.claim(ANN, name_keys("ann"))

    assert names.claim(ANN, name_keys("Ann"))
    assert names.keys(ANN) == name_keys("Ann")
    assert not names.claim(BOB, name_keys("ann"))


def test_a_refused_claim_keeps_the_old_name() -> None:
    names = Names()
    names.claim(ANN, name_keys("Ann"))
    names.claim(BOB, name_keys("Bob"))

    assert not names.claim(BOB, name_keys("ann"))
    assert names.owner(name_keys("Bob")) == BOB
    assert not names.claim(ANN, name_keys("Bob"))


def test_a_released_name_is_free() -> None:
    names = Names()
    names.claim(ANN, name_keys("Ann"))

    names.release(ANN)
    names.release(ANN)

    assert names.claim(BOB, name_keys("Ann"))


def test_a_taken_address_gets_the_first_free_suffix() -> None:
    names, address = Names(), "127.0.0.1:57354"

    given_names = [names.claim_unchosen(PersonId(n), address) for n in (1, 2, 3)]
    names.release(PersonId(2))
    given_names.append(names.claim_unchosen(PersonId(4), address))

    assert given_names == [
        "127.0.0.1:57354",
        "127.0.0.1:57354#2",
        "127.0.0.1:57354#3",
        "127.0.0.1:57354#2",
    ]


def test_guests_are_numbered_and_no_number_is_given_twice() -> None:
    names = Names()
    names.claim(BOB, name_keys("guest2"))

    first = names.claim_unchosen(PersonId(7), "")
    names.release(PersonId(7))

    assert first == "guest1"
    assert names.claim_unchosen(PersonId(8), "") == "guest3"


def test_keys_decide_and_not_names() -> None:
    names = Names()

    assert names.claim(ANN, ("one", "two"))

    assert not names.claim(BOB, ("three", "two"))
    assert names.owner(("three",)) is None
    assert names.claim(ANN, ("two", "three"))
    assert names.claim(BOB, ("one",))


def test_the_keys_of_a_name_are_in_a_fixed_order() -> None:
    assert list(name_keys("Ann")) == sorted(conflict_keys("Ann"))


KEYS = st.lists(st.sampled_from("abcde"), max_size=3).map(tuple)


@given(st.lists(st.tuples(st.integers(1, 4), KEYS | st.none()), max_size=30))
def test_no_two_sessions_ever_share_a_key(
    steps: list[tuple[int, tuple[str, ...] | None]],
) -> None:
    names, expected = Names(), dict[PersonId, tuple[str, ...]]()

    for number, keys in steps:
        session = PersonId(number)
        if keys is None:
            names.release(session)
            expected.pop(session, None)
            continue
        taken = {
            key
            for owner, others in expected.items()
            if owner != session
            for key in others
        }
        is_free = taken.isdisjoint(keys)

        assert names.claim(session, keys) == is_free
        if is_free:
            expected[session] = keys

    assert {session: names.keys(session) for session in expected} == expected
    owners = {key: names.owner((key,)) for key in "abcde"}
    assert owners == {
        key: next((s for s, keys in expected.items() if key in keys), None)
        for key in "abcde"
    }
