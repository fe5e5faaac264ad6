"""The contract of searches in scripts other than Latin, for every store."""

# ruff: noqa: RUF001 -- similar characters are intended

import unicodedata
from typing import Literal

import pytest

from parlour.journal import Store
from tests.journal.stores import (
    Nth,
    maintain_fully,
    record,
    search,
    sequences,
)

UNSPACED = {
    "Chinese": "我喜欢咖啡",
    "more Chinese": "我们明天回家吧",
    "Japanese": "病院は機能していない",
    "Katakana": "カフェでコーヒーを飲む",
    "half width": "ｶﾌｪﾃﾞ飲ム",
    "Korean": "학교에서 한국어사전을 샀다",
    "decomposed": unicodedata.normalize("NFD", "강남역 ガード"),
    "Thai": "ฉันชอบกินข้าวผัด",
    "Lao": "ຂ້ອຍມັກກິນເຂົ້າ",
    "Khmer": "ខ្ញុំចូលចិត្តកាហ្វេ",
    "Burmese": "ကျွန်တော်ကော်ဖီကြိုက်တယ်",
    "Tibetan": "བོད་ཡིག་སློབ་སྦྱོང",
    "mixed": "用iPhone手机打开GitHub，看「発表」。",
    "full width": "ＨＥＬＬＯ　ｗｏｒｌｄ！",
    "emoji": "cheers 🎉🎊, all",
    "rare": "𠮷野家で食べる",
    "plain": "nothing of all that, but a phone",
}


@pytest.fixture(params=["not indexed", "half indexed", "indexed"])
def unspaced(request: pytest.FixtureRequest, store: Store) -> Store:
    texts = list(UNSPACED.values())
    record(store, texts[:7])
    if request.param == "half indexed":
        maintain_fully(store)
    record(store, texts[7:])
    if request.param == "indexed":
        maintain_fully(store)
    return store


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("咖啡", ["Chinese"]),
        ("咖", ["Chinese"]),
        ("啡咖", []),
        ("喜欢 咖啡", ["Chinese"]),
        ("我", ["Chinese", "more Chinese"]),
        ("回家", ["more Chinese"]),
        ("病院", ["Japanese"]),
        ("機能していない", ["Japanese"]),
        ("コーヒー", ["Katakana"]),
        ("カフェ", ["Katakana", "half width"]),
        ("カフェで", ["Katakana"]),
        ("カフェデ", ["half width"]),
        ("ｶﾌｪ", ["Katakana", "half width"]),
        ("カ", ["Katakana", "half width"]),
        ("ガ", ["decomposed"]),
        ("학교", ["Korean"]),
        ("사전", ["Korean"]),
        ("강남", ["decomposed"]),
        (unicodedata.normalize("NFD", "학교"), ["Korean"]),
        ("ガード", ["decomposed"]),
        ("ข้าว", ["Thai"]),
        ("ขาว", []),  # another word: vowels and tones are letters
        ("กินข้าวผัด", ["Thai"]),
        ("ເຂົ້າ", ["Lao"]),
        ("កាហ្វេ", ["Khmer"]),
        ("ကော်ဖီ", ["Burmese"]),
        ("སློབ་སྦྱོང", ["Tibetan"]),
        ("iphone", ["mixed"]),
        ("iPhone手机", ["mixed"]),
        ("手机", ["mixed"]),
        ("github", ["mixed"]),
        ("git 打开", ["mixed"]),
        ("発表", ["mixed"]),
        ("pho", ["plain"]),
        ("hello", ["full width"]),
        ("ｈｅｌｌｏ WORLD", ["full width"]),
        ("hel", ["full width"]),
        ("🎉", ["emoji"]),
        ("🎉🎊", ["emoji"]),
        ("cheers🎉", ["emoji"]),
        ("🎊🎉", []),
        ("𠮷野家", ["rare"]),
        ("吉野家", []),
        ("，", []),
        ("「発表」", ["mixed"]),
    ],
)
def test_a_search_finds_words_in_scripts_without_spaces(
    unspaced: Store, words: str, found: list[str]
) -> None:
    page = unspaced.read(search(words))

    kinds = {text: kind for kind, text in UNSPACED.items()}
    assert [kinds[each.text] for each in page.messages] == found


def test_matches_of_both_indexes_are_merged_in_order(store: Store, nth: Nth) -> None:
    texts_in_order = ["cafe 咖啡", "cafe", "咖啡 cafe", "cafe au lait", "咖啡cafe"]
    record(store, texts_in_order)
    maintain_fully(store)

    page = store.read(search("cafe", limit=3))

    assert sequences(page.messages) == [nth(3), nth(4), nth(5)]
    assert page.has_more


MARKED = {
    "Greek": "Καλημέρα, Νίκος!",
    "polytonic": "ἐν ἀρχῇ ἦν ὁ λόγος",
    "Russian": "Ёжик и мой йод",
    "Ukrainian": "їжак",
    "Bengali": "বাড়ি",  # its third letter has two spellings
    "Arabic": "السَّلَامُ عليكم وأهلا",
    "stretched": "مـرحـبا",
    "Hebrew": "שָׁלוֹם לך",
    "Georgian": "გამარჯობა",
    "Cherokee": "ᏣᎳᎩ",
    "Adlam": "𞤆𞤵𞤤𞤢𞤪",
    "long s": "Wachſtube",
}


@pytest.fixture(params=["not indexed", "indexed"])
def marked(request: pytest.FixtureRequest, store: Store) -> Store:
    record(store, list(MARKED.values()))
    if request.param == "indexed":
        maintain_fully(store)
    return store


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("καλημερα", ["Greek"]),
        ("ΚΑΛΗΜΕΡΑ", ["Greek"]),
        ("νικος", ["Greek"]),
        ("αρχη", ["polytonic"]),
        ("ην λογος", ["polytonic"]),
        ("ежик", ["Russian"]),
        ("ЁЖИК", ["Russian"]),
        ("мои", []),  # another word: й is a letter of its own
        ("мой", ["Russian"]),
        ("йод", ["Russian"]),
        ("їжак", ["Ukrainian"]),
        ("বাড়ি", ["Bengali"]),
        ("السلام", ["Arabic"]),
        ("السَّلَامُ", ["Arabic"]),
        ("وأهلا", ["Arabic"]),
        ("مرحبا", ["stretched"]),
        ("שלום", ["Hebrew"]),
        ("ᲒᲐᲛᲐᲠᲯᲝᲑᲐ", ["Georgian"]),
        ("ꮳꮃꭹ", ["Cherokee"]),
        ("𞤨𞤵𞤤𞤢𞤪", ["Adlam"]),
        ("wachstube", ["long s"]),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_diacritics_and_case_are_ignored_in_every_script(
    marked: Store, words: str, found: list[str], form: Literal["NFC", "NFD"]
) -> None:
    page = marked.read(search(unicodedata.normalize(form, words)))

    kinds = {text: kind for kind, text in MARKED.items()}
    assert [kinds[each.text] for each in page.messages] == found
