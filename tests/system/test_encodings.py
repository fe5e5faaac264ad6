"""Input that is not UTF-8 is decoded in the encoding of the locale, if it has one."""

import pytest

from parlour.system.encodings import (
    decode,
    decode_surrogates,
    locale_encoding,
    terminal_encoding,
)


@pytest.mark.parametrize(
    ("environ", "encoding"),
    [
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "en_US.utf8"}, None),
        ({"LANG": "de_DE.ISO-8859-1"}, "iso8859-1"),
        ({"LANG": "de_DE.ISO-8859-15@euro"}, "iso8859-15"),
        ({"LC_ALL": "cs_CZ.ISO-8859-2", "LANG": "C.UTF-8"}, "iso8859-2"),
        ({"LC_ALL": "", "LANG": "ja_JP.eucJP"}, "euc_jp"),
        ({"LANG": "C.UTF-8", "LC_CTYPE": "ru_RU.KOI8-R"}, "koi8-r"),
    ],
)
def test_the_name_of_the_locale_determines_the_encoding(
    environ: dict[str, str], encoding: str | None
) -> None:
    assert locale_encoding(environ) == encoding


@pytest.mark.parametrize(
    ("environ", "encoding"),
    [
        ({}, "utf-8"),
        ({"LANG": "C.UTF-8"}, "utf-8"),
        ({"LC_CTYPE": "UTF-8"}, "utf-8"),
        ({"LC_ALL": "C", "LANG": "C.UTF-8"}, "ascii"),
        ({"LANG": "POSIX"}, "ascii"),
        ({"LC_ALL": "de_DE.ISO-8859-1"}, "iso8859-1"),
        ({"LC_ALL": "xx_XX.base64"}, "utf-8"),
        ({"LC_ALL": "C", "PYTHONIOENCODING": "utf-8"}, "utf-8"),
    ],
)
def test_a_terminal_uses_the_encoding_of_the_locale(
    environ: dict[str, str], encoding: str
) -> None:
    assert terminal_encoding(environ, "utf-8") == encoding


def test_text_is_decoded_as_utf_8_first() -> None:
    assert decode("Grüße".encode(), "iso8859-1") == "Grüße"
    assert decode("Grüße".encode("latin-1"), "iso8859-1") == "Grüße"
    assert decode("Grüße".encode("latin-1"), None) is None
    assert decode(b"\xff", "base64") is None


def test_bytes_that_python_could_not_decode_are_decoded_in_the_locale_encoding() -> (
    None
):
    typed = "Gr\udcfc\udcdfe"

    assert decode_surrogates("Grüße", None) == "Grüße"
    assert decode_surrogates(typed, "iso8859-1") == "Grüße"
    assert decode_surrogates(typed, None) is None
    assert decode_surrogates("\ud800", "iso8859-1") is None
