"""What a client asks of a server."""

from typing import NamedTuple


class Say(NamedTuple):
    """Say *text* in the room."""

    text: str


class Rename(NamedTuple):
    """Be called *name* from now on."""

    name: str


class AskHistory(NamedTuple):
    """Ask for what was said before, or before the message numbered *before*."""

    limit: int | None = None  # messages at most; None: as many as is usual
    before: int | None = None


class Search(NamedTuple):
    """Ask who said *words* before."""

    words: str


class AskUsers(NamedTuple):
    """Ask who is here."""


Question = AskHistory | Search | AskUsers
Request = Say | Rename | Question
