"""The rooms that the client is in."""

import unicodedata
from typing import Final

SIGIL: Final = "#"
"""The character before the name of a room where it is shown. It is never sent."""

_WIDTHS: Final = ("<wide>", "<narrow>")


def folded(name: str) -> str:
    """Return the name of a room as a server writes it, for one that a user typed.

    A server maps it by PRECIS UsernameCaseMapped (RFC 8265): width, case and NFC. An
    invalid name stays invalid.
    """
    narrow = "".join(map(_without_width, name.strip().removeprefix(SIGIL)))
    return unicodedata.normalize("NFC", narrow.lower())


def _without_width(char: str) -> str:
    """Return the ordinary character for a wide or narrow one (RFC 8264, 5.2.1)."""
    kind, *codes = unicodedata.decomposition(char).split() or [""]
    if kind not in _WIDTHS:
        return char
    return "".join(chr(int(code, 16)) for code in codes)
