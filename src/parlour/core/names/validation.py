"""Validation of names.

Users recognise each other by name. A name must therefore not look like another name,
like the server, or like an address, which is the default name of a member; nor like a
numbered guest, where that is the default name. RFC 8266
(PRECIS Nickname) defines the allowed characters; UTS #39 defines which names look alike
and which scripts a word may mix.
"""

import re
import unicodedata
from functools import lru_cache
from ipaddress import ip_address
from itertools import groupby
from typing import Final

from precis_i18n import get_profile

from ..events import Refused
from ..limits import MAX_NAME
from .confusables import caseless_skeleton, prototype
from .scripts import mixes_scripts

GUEST: Final = "guest"  # and a number: the name of one who has chosen none

MAX_NFKC_LENGTH: Final = 4 * MAX_NAME  # characters of a name in NFKC
MAX_PORT: Final = 65_535  # of TCP
MAX_MARKS: Final = 3  # combining marks on one letter; more would cover other lines

_nickname: Final = get_profile("Nickname")
_ADDRESS: Final = re.compile(r"\S+:\d+(#\d+)?")  # with the suffix of a taken address
_SERVER_GIVEN: Final = re.compile(
    r"(?:([0-9.]{7,15})|\[([0-9a-f:.]{2,45}(?:%[\w.-]{1,15})?)\]):([1-9][0-9]{0,4})"
    r"(?:#(?:[2-9]|[1-9][0-9]{1,8}))?",
    re.ASCII,
)
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
"""The directions of letters from right to left, as Unicode calls them."""

_TWO_NUMBERS: Final = Refused("bad_name", "a name has one number in Arabic digits")

_BLANK_LOOKING: Final = {"\u2800", "\U0001d159"}  # symbols in Unicode, but invisible
_SIGILS: Final = "- / @ # ~ & % + [ < > \" ' `"
"""Characters that a name must not begin with: they have another meaning there."""

_RESERVED_WORDS: Final = (
    "admin",
    "administrator",
    "everyone",
    "moderator",
    "nats",
    "operator",
    "parlour",
    "root",
    "server",
    "system",
    "web",
    "you",
)


def normalize_name(name: str) -> str | Refused:
    """Return *name* trimmed and in NFC, or the reason why nobody can choose it."""
    shown = normalize_known_name(name)
    if isinstance(shown, Refused):
        return shown
    return _mixed_directions(shown) or shown


def normalize_known_name(name: str) -> str | Refused:
    """Return the same for a name in a history, where older rules may have applied."""
    if len(name) > 4 * MAX_NAME:  # first, since normalising long text is slow
        return _too_long()
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in name):
        return Refused("bad_name", "a name has no control characters in it")
    shown = unicodedata.normalize("NFC", " ".join(name.split()))
    if not shown:
        return Refused("empty_name", f"a name has 1 to {MAX_NAME} characters")
    if len(shown) > MAX_NAME:
        return _too_long()
    if len(unicodedata.normalize("NFKC", shown)) > MAX_NFKC_LENGTH:
        return _too_long()
    try:
        _nickname.enforce(shown)
    except UnicodeEncodeError:
        return Refused("bad_name", "that name has characters that cannot be seen")
    if _BLANK_LOOKING & set(shown) or has_stacked_marks(shown):
        return Refused("bad_name", "that name has characters that cannot be read")
    return _impersonation(shown) or _script_mixture(shown) or shown


def _mixed_directions(name: str) -> Refused | None:
    """Return why a *name* that is written in two directions is refused, or None.

    In a line from left to right, ``Cohen דוד`` looks like ``דוד Cohen``, and a digit
    before a name from right to left looks like one after it. The rules are those of
    RFC 5893, section 2, about the first character and the other ones. Arabic numbers
    in another name stay where they are, unless they follow each other.
    """
    directions = [unicodedata.bidirectional(char) for char in name]
    if not _RIGHT_TO_LEFT.intersection(directions):
        numbers = sum(kind == "AN" for kind, _ in groupby(directions))
        return _TWO_NUMBERS if numbers > 1 else None
    if "L" in directions or {"EN", "AN"} <= set(directions):
        return Refused("bad_name", "a name is written in one direction")
    if directions[0] not in _RIGHT_TO_LEFT:
        reason = "a name that is written from right to left begins with a letter"
        return Refused("bad_name", reason)
    return None


def is_numbered_guest(name: str) -> bool:
    """Return whether *name* is, or looks like, that of a guest with a number."""
    forms = name, unicodedata.normalize("NFKC", name)
    return any(
        _guest().fullmatch(_letters(caseless_skeleton(form))) is not None
        for form in forms
    )


def name_error(name: str) -> str:
    """Return why *name* cannot be the source of a message, or ``""`` if it can.

    It can be if `normalize_known_name` returns it unchanged, or if it is an address as
    the server writes it.
    """
    if _is_server_given(name):
        return ""
    normalized = normalize_known_name(name)
    if isinstance(normalized, Refused):
        return normalized.reason
    return "" if normalized == name else "a name is trimmed and in NFC"


def is_address(name: str) -> bool:
    """Return whether *name* is an address, so that its member has not chosen a name."""
    return _ADDRESS.fullmatch(name) is not None


def has_stacked_marks(name: str) -> bool:
    """Return whether a mark of *name* has no letter, or a letter too many marks."""
    marks = MAX_MARKS  # so that a mark without a letter is refused
    for char in name:
        if unicodedata.category(char).startswith("M"):
            marks += 1
        else:
            marks = MAX_MARKS if char.isspace() else 0
        if marks > MAX_MARKS:
            return True
    return False


def _too_long() -> Refused:
    return Refused("name_too_long", f"a name has at most {MAX_NAME} characters")


def _impersonation(name: str) -> Refused | None:
    nfkc = unicodedata.normalize("NFKC", name)
    with_ascii_signs = "".join(
        sign if (sign := prototype(char)) in ":." else char for char in nfkc
    )
    if ": " in with_ascii_signs or with_ascii_signs.endswith(":"):
        return Refused("bad_name", 'a name has no ": " in it: it ends the name')
    if _ADDRESS.fullmatch(_compact(with_ascii_signs)) or _is_ip_address(
        with_ascii_signs
    ):
        return Refused("name_reserved", "a name does not look like an address")
    if any(_letters(caseless_skeleton(form)) in _reserved() for form in (name, nfkc)):
        return Refused("name_reserved", "that name is reserved")
    if prototype(nfkc[0]) in _sigils() and not _is_letter(nfkc[0]):
        return Refused("bad_name", f"a name does not begin with any of {_SIGILS}")
    return None


def _compact(name: str) -> str:
    """Return *name* without the characters that readers overlook in an address."""
    return re.sub(r"\s*:\s*", ":", name).rstrip(".,;!")


def _is_ip_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _is_letter(char: str) -> bool:
    """Return whether *char* is a letter, such as a yod, which looks like a quote."""
    return unicodedata.category(char) in {"Lu", "Ll", "Lt", "Lo"}


def _script_mixture(name: str) -> Refused | None:
    if mixes_scripts(name):
        return Refused("bad_name", "that name mixes letters of several scripts")
    return None


def _is_server_given(name: str) -> bool:
    """Return whether *name* is an address as the server writes it."""
    found = _SERVER_GIVEN.fullmatch(name)
    if found is None or int(found[3]) > MAX_PORT:
        return False
    return _is_ip_address(found[1] or found[2])


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name))


@lru_cache
def _guest() -> re.Pattern[str]:
    digits = "".join(map(caseless_skeleton, "0123456789"))
    return re.compile(f"{caseless_skeleton(GUEST)}[{re.escape(digits)}]+")


@lru_cache
def _sigils() -> frozenset[str]:
    return frozenset(map(prototype, _SIGILS.replace(" ", "")))


@lru_cache
def _reserved() -> frozenset[str]:
    return frozenset(map(caseless_skeleton, _RESERVED_WORDS)) | {
        caseless_skeleton(word.upper()) for word in _RESERVED_WORDS
    }
