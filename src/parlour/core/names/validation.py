"""Who may be called what.

A name is what others tell a person by, so it must not be mistaken for another's,
for the server, or for an address, which is what one is called before choosing.
Which characters a name may hold is RFC 8266 (PRECIS Nickname); which names look
alike, and which scripts a word may mix, is UTS #39.
"""

import re
import unicodedata
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from precis_i18n import get_profile

from ..events import Refused
from ..limits import MAX_NAME
from .confusables import caseless_skeleton, composed, prototype, skeleton
from .scripts import mixes_scripts

MAX_APART: Final = 4 * MAX_NAME  # characters of its compatibility form (NFKC)
MAX_PORT: Final = 65_535  # of TCP
MAX_MARKS: Final = 3  # combining marks on one letter; more climb over other lines


_nickname: Final = get_profile("Nickname")
_ADDRESS: Final = re.compile(r"\S+:\d+(#\d+)?")  # the suffix of a taken one, too
_GIVEN: Final = re.compile(
    r"(?:([0-9.]{7,15})|\[([0-9a-f:.]{2,45}(?:%[\w.-]{1,15})?)\]):([1-9][0-9]{0,4})"
    r"(?:#(?:[2-9]|[1-9][0-9]{1,8}))?",
    re.ASCII,
)
_BLANK_LOOKING: Final = {"\u2800"}  # a letter to Unicode, and nothing to the eye
_SIGILS: Final = "- / @ # ~ & % + [ < > \" ' `"
"""What begins a command, a note of a client, a rank or a quotation, and so no name."""

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


def clean(name: str) -> str | Refused:
    """Return *name* as it will be shown, trimmed and in NFC, or why it may not be."""
    if len(name) > 4 * MAX_NAME:  # before normalising, which is slow on long text
        return _too_long()
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in name):
        return Refused("bad_name", "a name has no control characters in it")
    shown = unicodedata.normalize("NFC", " ".join(name.split()))
    if not shown:
        return Refused("empty_name", f"a name has 1 to {MAX_NAME} characters")
    if len(shown) > MAX_NAME:
        return _too_long()
    if len(unicodedata.normalize("NFKC", shown)) > MAX_APART:
        return _too_long()
    try:
        _nickname.enforce(shown)
    except UnicodeEncodeError:
        return Refused("bad_name", "that name has characters that cannot be seen")
    if _BLANK_LOOKING & set(shown) or _piled_marks(shown):
        return Refused("bad_name", "that name has characters that cannot be read")
    return _impostor(shown) or _mixture(shown) or shown


def fault(name: str) -> str:
    """Return why nobody can be called *name*, or ``""``.

    Somebody can whose name `clean` leaves as it is, or who has the address for one
    that the server gave.
    """
    if _is_given(name):
        return ""
    found = clean(name)
    if isinstance(found, Refused):
        return found.reason
    return "" if found == name else "a name is trimmed and in NFC"


def keys(name: str) -> set[str]:
    """Return what *name* may share with no other name that is present.

    Names that differ by case or width only share the first, those that look alike
    one of the others. Both the characters themselves and what NFKC makes of them
    count: it makes a sigma of a letter that looks like C.
    """
    even = unicodedata.normalize("NFKC", name)
    fold = unicodedata.normalize("NFKC", even.casefold())  # which took letters apart
    found = {f"fold {fold}"}
    for form in {name, even, composed(name), composed(even)}:
        found.add(f"look {caseless_skeleton(form)}")
        for case in {form, form.upper(), form.lower()}:
            found.add(f"case {skeleton(case)}")
    return found


def is_address(name: str) -> bool:
    """Tell whether *name* is an address, and was not chosen."""
    return _ADDRESS.fullmatch(name) is not None


def _too_long() -> Refused:
    return Refused("name_too_long", f"a name has at most {MAX_NAME} characters")


def _piled_marks(name: str) -> bool:
    run = MAX_MARKS  # a mark that stands on nothing is one too many
    for char in name:
        run = run + 1 if unicodedata.category(char).startswith("M") else 0
        if run > MAX_MARKS:
            return True
    return False


def _impostor(name: str) -> Refused | None:
    even = unicodedata.normalize("NFKC", name)
    signs = "".join(
        sign if (sign := prototype(char)) in ":." else char for char in even
    )
    if ": " in signs or signs.endswith(":"):
        return Refused("bad_name", 'a name has no ": " in it: it ends the name')
    if _ADDRESS.fullmatch(_tight(signs)) or _is_address(signs):
        return Refused("name_reserved", "a name does not look like an address")
    if any(_letters(caseless_skeleton(form)) in _reserved() for form in (name, even)):
        return Refused("name_reserved", "that name is reserved")
    if prototype(even[0]) in _sigils() and not _is_letter(even[0]):
        return Refused("bad_name", f"a name does not begin with any of {_SIGILS}")
    return None


def _tight(signs: str) -> str:
    """Return *signs* without what an eye passes over in an address."""
    return re.sub(r"\s*:\s*", ":", signs).rstrip(".,;!")


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _is_letter(char: str) -> bool:
    """Tell whether *char* is a letter, as the yod that looks like an apostrophe is."""
    return unicodedata.category(char) in {"Lu", "Ll", "Lt", "Lo"}


def _mixture(name: str) -> Refused | None:
    if mixes_scripts(name):
        return Refused("bad_name", "that name mixes letters of several scripts")
    return None


def _is_given(name: str) -> bool:
    """Tell whether *name* is an address as the server writes it."""
    found = _GIVEN.fullmatch(name)
    if found is None or int(found[3]) > MAX_PORT:
        return False
    return _is_address(found[1] or found[2])


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name))


@lru_cache
def _sigils() -> frozenset[str]:
    return frozenset(map(prototype, _SIGILS.replace(" ", "")))


@lru_cache
def _reserved() -> frozenset[str]:
    return frozenset(map(caseless_skeleton, _RESERVED_WORDS)) | {
        caseless_skeleton(word.upper()) for word in _RESERVED_WORDS
    }
