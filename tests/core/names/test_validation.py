# ruff: noqa: RUF001 -- the tests need characters that look alike
import pytest

from parlour.core.events import Refused
from parlour.core.names.validation import normalize_name

LOOK_ALIKES = {  # of the letters of the server's name
    "s": "sSѕЅꓢｓＳ𝓼𝐬ś",
    "e": "eEеЕｅＥ𝓮𝐞é",
    "r": "rRｒＲ𝓻𝐫ŕ",
    "v": "vVνѵｖＶ𝓿𝐯",
}
FRAMES = ["[{}]", "{}", "{}.", " {} ", "【{}】", "[ {} ]", "({})", "-={}=-"]


def server_variants() -> list[str]:
    words = [
        "server"[:place] + other + "server"[place + 1 :]
        for place, letter in enumerate("server")
        for other in LOOK_ALIKES[letter]
    ]
    words += [
        "SERVER",
        "Server",
        "ＳＥＲＶＥＲ",
        "ѕеrνеr",
        "s.e.r.v.e.r",
        "s e r v e r",
    ]
    return [frame.format(word) for word in words for frame in FRAMES]


def code(name: str) -> str:
    refused = normalize_name(name)
    assert isinstance(refused, Refused), ascii(refused)
    return refused.code


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Kobzol", "Kobzol"),
        ("  Kobzol ", "Kobzol"),
        ("Ann  Lee", "Ann Lee"),
        ("Ann\u00a0\u3000Lee", "Ann Lee"),
        ("Ann\u2028Lee", "Ann Lee"),
        ("e\u0301va", "éva"),
        ("žluťoučký kůň", "žluťoučký kůň"),
        ("王小明", "王小明"),
        ("🐴", "🐴"),
        ("a:b", "a:b"),
        ("a :b", "a :b"),
        ('O\'Neil "<&>"', 'O\'Neil "<&>"'),
        ("x", "x"),
        ("x" * 32, "x" * 32),
        ("🐴" * 32, "🐴" * 32),
        (" " * 40 + "x" * 32 + " " * 40, "x" * 32),
        ("e\u0301" * 32, "é" * 32),
        ("a\u0323\u0307\u0302", "ạ\u0307\u0302"),
    ],
)
def test_a_valid_name_is_trimmed_and_in_nfc(name: str, shown: str) -> None:
    assert normalize_name(name) == shown


@pytest.mark.parametrize("name", ["", " ", "   ", "\u00a0", "\u3000\u2003"])
def test_a_blank_name_is_refused(name: str) -> None:
    assert normalize_name(name) == Refused(
        "empty_name", "a name has 1 to 32 characters"
    )


@pytest.mark.parametrize("name", ["x" * 33, "🐴" * 33, "x" * 100_000, "e\u0301" * 33])
def test_a_long_name_is_refused(name: str) -> None:
    reason = "a name has at most 32 characters"
    assert normalize_name(name) == Refused("name_too_long", reason)


def test_many_marks_are_refused_before_they_are_normalized() -> None:
    assert code("a" + "\u0301\u0323" * 500_000) == "name_too_long"


def test_a_name_that_is_too_long_in_nfkc_is_refused() -> None:
    ligature = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"  # 18 letters in one

    assert normalize_name(ligature) == ligature
    assert code(ligature * 8) == "name_too_long"


@pytest.mark.parametrize(
    "char",
    [
        *"\0\t\n\r\x1b\x7f\x85\x9b\ud800",
        *"\u200b\u200d\u200e\u202e\u2066\u2060\ufeff\u00ad",
        *"\u2800\u3164\u115f\uffa0\ufe0f\U000e0041\U0001d159",
        *"\ue000\uffff\ufff9\U000f0000",
    ],
    ids=ascii,
)
def test_invisible_characters_are_refused(char: str) -> None:
    assert code(f"a{char}b") == "bad_name"


@pytest.mark.parametrize(
    "name", ["\u0301a", "a \u0301", "a" + "\u0338" * 4, "ab\u0301\u0302\u0303\u0304"]
)
def test_lone_and_stacked_marks_are_refused(name: str) -> None:
    assert code(name) == "bad_name"


def test_more_than_200_variants_of_the_server_name_are_tested() -> None:
    assert len(set(server_variants())) > 200


@pytest.mark.parametrize("name", server_variants(), ids=ascii)
def test_a_name_that_looks_like_the_server_is_refused(name: str) -> None:
    assert code(name) == "name_reserved"


@pytest.mark.parametrize(
    "name", ["admin", "Admin", "ADM1N", "root", "System", "everyone", "You", "n.a.t.s"]
)
def test_reserved_words_are_refused(name: str) -> None:
    assert normalize_name(name) == Refused("name_reserved", "that name is reserved")


@pytest.mark.parametrize(
    "name", ["Servera", "Observer", "rooted", "yours", "webb", "adminton"]
)
def test_a_name_may_contain_a_reserved_word(name: str) -> None:
    assert normalize_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "127.0.0.1:57354",
        "127.0.0.1:5",
        "127.0.0.1:57354#2",
        "[::1]:57354",
        "[::1]:57354#12",
        "[fe80::1%eth0]:5",
        "localhost:5555",
        "bob:80",
        "127.0.0.1",
        "::1",
        "[::1]",
        "１２７.0.0.1:57354",
        "127.0.0.1：57354",
        "127.0.0.1∶57354",
        "127․0․0․1",
        "127.0.0.l:57354",
        "١٢٧.0.0.1:٥",
    ],
)
def test_a_name_that_looks_like_an_address_is_refused(name: str) -> None:
    reason = "a name does not look like an address"
    assert normalize_name(name) == Refused("name_reserved", reason)


@pytest.mark.parametrize("name", ["a: b", "a:", "[x]: hi", "a\uff1a b", "a\u02d0 b"])
def test_a_colon_that_would_end_the_name_is_refused(name: str) -> None:
    assert code(name) == "bad_name"


@pytest.mark.parametrize("sign", list("-/@#~&%+[<>\"'`\u2013\uff0f"))
def test_a_name_must_not_begin_with_a_sigil(sign: str) -> None:
    refused = normalize_name(f"{sign}bob")

    assert isinstance(refused, Refused)
    assert refused.code == "bad_name"
    assert normalize_name(f"bob{sign}") == f"bob{sign}"


@pytest.mark.parametrize(
    "name", ["127.0.0.1 :57354", "127.0.0.1: 57354", "10.0.0.1:5."]
)
def test_an_address_with_spaces_or_a_full_stop_is_refused(name: str) -> None:
    assert isinstance(normalize_name(name), Refused)
