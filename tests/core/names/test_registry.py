# ruff: noqa: RUF001 -- the tests need characters that look alike
import pytest
from parlour.core.names.registry import NameRegistry

from parlour.core.events import SessionId

ANN, BOB = SessionId(1), SessionId(2)


def test_a_name_belongs_to_one_session() -> None:
    names = NameRegistry()

    assert names.claim(ANN, "Ann")
    assert not names.claim(BOB, "Ann")
    assert names[ANN] == "Ann"


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
        names = NameRegistry()
        names.claim(ANN, first)

        assert not names.claim(BOB, second)
        assert not names.claim(BOB, first)


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
    names = NameRegistry()
    names.claim(ANN, name)

    assert names.claim(BOB, other)


def test_a_new_name_frees_the_old_one() -> None:
    names = NameRegistry()
    names.claim(ANN, "Ann")

    assert names.claim(ANN, "Cat")
    assert names.claim(BOB, "ann")
    assert (names[ANN], names[BOB]) == ("Cat", "ann")


def test_a_session_may_change_the_case_of_its_name() -> None:
    names = NameRegistry()
    names.claim(ANN, "ann")

    assert names.claim(ANN, "Ann")
    assert names[ANN] == "Ann"
    assert not names.claim(BOB, "ann")


def test_a_refused_claim_keeps_the_old_name() -> None:
    names = NameRegistry()
    names.claim(ANN, "Ann")
    names.claim(BOB, "Bob")

    assert not names.claim(BOB, "ann")
    assert names[BOB] == "Bob"
    assert not names.claim(ANN, "Bob")


def test_a_released_name_is_free() -> None:
    names = NameRegistry()
    names.claim(ANN, "Ann")

    names.release(ANN)
    names.release(ANN)

    assert names.claim(BOB, "Ann")


def test_a_taken_address_gets_a_suffix() -> None:
    names = NameRegistry()

    for number in (1, 2, 3):
        names.claim_address(SessionId(number), "127.0.0.1:57354")

    assert [names[SessionId(number)] for number in (1, 2, 3)] == [
        "127.0.0.1:57354",
        "127.0.0.1:57354#2",
        "127.0.0.1:57354#3",
    ]
