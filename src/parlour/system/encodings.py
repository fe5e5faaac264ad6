"""The encodings of input that is not UTF-8, and of terminals."""

import codecs
import locale
import os
from collections.abc import Mapping
from contextlib import suppress
from io import FileIO
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
WIDE_BOMS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
"""Byte order marks of UTF-16 and UTF-32, in which the byte LF does not end a line."""

NOT_A_FALLBACK: Final = {"utf-8", "ascii"}
"""Encodings that cannot decode any bytes that are not UTF-8."""

COERCED_LOCALES: Final = {"C.UTF-8", "C.utf8", "UTF-8"}
"""The values that Python may set LC_CTYPE to (PEP 538)."""

C_LOCALES: Final = {"C", "POSIX"}
"""Locales whose encoding is ASCII."""


def original_environ() -> dict[str, str]:
    """Return the environment as it was before Python started.

    Python sets LC_CTYPE if the locale is C or is not installed (PEP 538).
    """
    environ = dict(os.environ)
    if environ.get("LC_CTYPE") in COERCED_LOCALES:
        with suppress(OSError):  # not Linux
            with FileIO("/proc/self/environ") as file:
                given = file.readall().split(b"\0")
            start = b"LC_CTYPE="
            names = [each[len(start) :] for each in given if each.startswith(start)]
            environ["LC_CTYPE"] = os.fsdecode(names[0]) if names else ""
    return environ


def locale_encoding(environ: Mapping[str, str]) -> str | None:
    """Return the encoding of the user's locale, or None if it is UTF-8 or ASCII.

    The encoding in the locale's name counts even if the locale is not installed, as in
    a container; the C library and Python ignore the name then.
    """
    for encoding in (_locale_charset(environ), locale.getencoding()):
        if found := _python_encoding(encoding):
            return None if found in NOT_A_FALLBACK else found
    return None


def terminal_encoding(environ: Mapping[str, str], default: str) -> str:
    """Return a terminal's encoding: the locale's, or *default* if Python's is set.

    Python writes UTF-8 in the locale C and in locales that are not installed. A
    terminal without UTF-8, such as GNU screen in these, would interpret some of those
    bytes as control characters.
    """
    is_chosen = environ.get("PYTHONIOENCODING") or environ.get("PYTHONUTF8") == "1"
    if is_chosen:
        return default
    return (
        "ascii"
        if _locale_name(environ) in C_LOCALES
        else _python_encoding(_locale_charset(environ)) or default
    )


def _locale_name(environ: Mapping[str, str]) -> str:
    names = (environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    return next((name for name in names if name), "")


def _locale_charset(environ: Mapping[str, str]) -> str:
    """Return the encoding in the locale's name, or "" if it has none."""
    return _locale_name(environ).partition("@")[0].partition(".")[2]


def _python_encoding(encoding: str) -> str | None:
    """Return Python's name of the text *encoding*, or None if it is unknown."""
    try:
        found = codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, ValueError):
        return None
    return found.name


def decode(data: bytes, encoding: str | None) -> str | None:
    """Decode *data* as UTF-8, or else in *encoding*; return None if both fail."""
    for each in ("utf-8", encoding):
        if each is not None:
            try:
                return data.decode(each)
            except (ValueError, LookupError):  # other bytes, or not a text encoding
                continue
    return None


def decode_surrogates(text: str, encoding: str | None) -> str | None:
    """Decode the bytes that Python could not; return None if *encoding* cannot either.

    *text* is from a terminal or a command line: Python represents each byte that it
    could not decode by a lone surrogate (PEP 383).
    """
    try:
        data = text.encode("utf-8", "surrogateescape")
    except ValueError:  # a surrogate that does not represent a byte
        return None
    return decode(data, encoding)
