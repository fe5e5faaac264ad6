"""What encoding the bytes of an input have, where they are not UTF-8."""

import codecs
import locale
from collections.abc import Mapping
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
"""How input in UTF-16 or UTF-32 begins, if it has a mark. LF is no line end in it."""

NO_ENCODING: Final = {"utf-8", "ascii"}
"""Encodings in which bytes that are not UTF-8 are no text either."""


def locale_encoding(environ: Mapping[str, str]) -> str | None:
    """Return the encoding of the user's locale if it is another than UTF-8.

    The name of the locale counts also where it is not installed on this machine, as
    in a container: the C library and Python know nothing of its encoding then.
    """
    names = (environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    name = next((name for name in names if name), "")
    told = name.partition("@")[0].partition(".")[2]
    for encoding in (told, locale.getencoding()):
        try:
            found = codecs.lookup(encoding).name
        except (LookupError, ValueError):
            continue
        return None if found in NO_ENCODING else found
    return None


def decode(data: bytes, encoding: str | None) -> str | None:
    """Return *data* as text: UTF-8, or else in *encoding*; None if it is neither."""
    for each in ("utf-8", encoding):
        if each is not None:
            try:
                return data.decode(each)
            except (ValueError, LookupError):  # not so, or no encoding of text
                continue
    return None


def as_text(text: str, encoding: str | None) -> str | None:
    """Return *text* of a terminal or a command line, or None if it is none.

    Python has a lone surrogate for each byte that it could not decode.
    """
    try:
        data = text.encode("utf-8", "surrogateescape")
    except ValueError:  # another surrogate: no byte stands behind it
        return None
    return decode(data, encoding)
