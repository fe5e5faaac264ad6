"""The requests that a client sends to a server."""

from typing import NamedTuple


class Say(NamedTuple):
    """Send *text* to the room."""

    text: str


class Rename(NamedTuple):
    """Change the nickname to *name*."""

    name: str


class AskHistory(NamedTuple):
    """Ask for the latest messages, or for those before the sequence *before*."""

    limit: int | None = None  # messages at most; None: the default of the server
    before: int | None = None


class Search(NamedTuple):
    """Ask for the messages that contain *words*."""

    words: str


class AskUsers(NamedTuple):
    """Ask for the list of present users."""


Question = AskHistory | Search | AskUsers
Request = Say | Rename | Question
