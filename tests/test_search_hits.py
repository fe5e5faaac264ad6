"""Search hits are marked according to the rules of the search."""

import pytest

from parlour.search_hits import SearchHits


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("mess", "a Message, or two messes", ["Message", "messes"]),
        ("me", "me and a message", ["me"]),
        ("cafe", "Café au lait, CAFE\u0301!", ["Café", "CAFE\u0301"]),
        ("dobry", "dobrý den", ["dobrý"]),
        ("well-known", "a well, known", ["well", "known"]),
        ("語", "日本語のテキスト", ["語"]),
        ("テキ", "日本語のテキスト", ["テキ"]),
        ("a <b>", "<b> a & b </b>", ["b", "a", "b", "b"]),
        ("(", "f(x)", []),
        ("straße", "STRASSE", ["STRASSE"]),
        ("mess", "", []),
    ],
)
def test_hits_are_separate_parts_of_a_text(
    words: str, text: str, expected: list[str]
) -> None:
    parts = SearchHits(words).split(text)

    assert "".join(part for part, _ in parts) == text
    assert [part for part, is_hit in parts if is_hit] == expected
