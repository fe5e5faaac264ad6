"""What encoding the bytes of an input have, where they are not UTF-8."""

import codecs
import locale
import os
from collections.abc import Mapping
from contextlib import suppress
from io import FileIO
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
"""How input in UTF-16 or UTF-32 begins, if it has a mark. LF is no line end in it."""

NO_ENCODING: Final = {"utf-8", "ascii"}
"""Encodings in which bytes that are not UTF-8 are no text either."""

COERCED: Final = {"C.UTF-8", "C.utf8", "UTF-8"}
"""What Python may set LC_CTYPE to."""

C_LOCALES: Final = {"C", "POSIX"}
"""Locales that know nothing but ASCII."""


def given_environ() -> dict[str, str]:
    """Return the environment that the program was given.

    Python sets LC_CTYPE where the locale is C or is not installed (PEP 538).
    """
    environ = dict(os.environ)
    if environ.get("LC_CTYPE") in COERCED:
        with suppress(OSError):  # no Linux
            with FileIO("/proc/self/environ") as file:
                given = file.readall().split(b"\0")
            start = b"LC_CTYPE="
            names = [each[len(start) :] for each in given if each.startswith(start)]
            environ["LC_CTYPE"] = os.fsdecode(names[0]) if names else ""
    return environ


def locale_encoding(environ: Mapping[str, str]) -> str | None:
    """Return the encoding of the user's locale if it is another than UTF-8.

    The name of the locale counts also where it is not installed on this machine, as
    in a container: the C library and Python know nothing of its encoding then.
    """
    for encoding in (_told(environ), locale.getencoding()):
        if found := _known(encoding):
            return None if found in NO_ENCODING else found
    return None


def terminal_encoding(environ: Mapping[str, str], default: str) -> str:
    """Return the encoding of a terminal: the locale's, unless Python is told another.

    Python writes UTF-8 in the locale C and in those that are not installed. A terminal
    that knows no UTF-8, such as GNU screen there, obeys bytes of it as controls.
    """
    is_chosen = environ.get("PYTHONIOENCODING") or environ.get("PYTHONUTF8") == "1"
    if is_chosen:
        return default
    return (
        "ascii" if _locale(environ) in C_LOCALES else _known(_told(environ)) or default
    )


def _locale(environ: Mapping[str, str]) -> str:
    names = (environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    return next((name for name in names if name), "")


def _told(environ: Mapping[str, str]) -> str:
    """Return the encoding in the name of the locale, empty if there is none."""
    return _locale(environ).partition("@")[0].partition(".")[2]


def _known(encoding: str) -> str | None:
    """Return Python's name of an *encoding* of text, None if it knows none such."""
    try:
        found = codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, ValueError):
        return None
    return found.name


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
