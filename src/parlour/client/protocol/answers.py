"""How answers to one's own commands are told: the words of the plain dialect."""

from collections.abc import Sequence

from parlour.core.events import LOBBY, SERVER, HistorySummary, User, Users
from parlour.core.limits import USERS_PAGE
from parlour.core.protocol.plain import said

from .display_items import Answer, AnswerRow, DisplayItem, Note
from .requests import AskHistory, Question, Search
from .session_encoder import Message, Page


def history(page: Page, asked: Question | None, line: bytes) -> list[DisplayItem]:
    """Return what is shown of a *page* that was *asked* for, *line* on the wire."""
    before = asked.before if isinstance(asked, AskHistory) else None
    count = len(page.messages)
    if page.more or (before is not None and count):
        last = "the last message" if count == 1 else f"the last {count:,} messages"
        heading = last if before is None else f"{last} before {before:,}"
        heading = f"{heading}:"
    elif before is not None:
        heading = f"nothing is kept of what was said before {before:,}"
    else:
        _, heading = said(HistorySummary(LOBBY, count, count, count))
    told = [AnswerRow(SERVER, heading), *map(_quoted, page.messages)]
    return [Answer(tuple(told), line), *_older(page)]


def found(page: Page, asked: Question | None, line: bytes) -> list[DisplayItem]:
    """Return what is shown of what a search found; each message with its sequence."""
    words = asked.words if isinstance(asked, Search) else "that"
    count, last = len(page.messages), "the last " if page.more else ""
    noun = "message" if count == 1 else "messages"
    heading = f"{last}{count:,} {noun} with {words}:"
    if not count:
        heading = f"nobody has said {words}"
    told = [AnswerRow(SERVER, heading)]
    told += [
        AnswerRow(message.source, message.text, message.time, f"{message.sequence}: ")
        for message in page.messages
    ]
    return [Answer(tuple(told), line)]


def recent(page: Page, line: bytes) -> list[DisplayItem]:
    """Return the block of messages that a person is shown on joining."""
    count = len(page.messages)
    if not count:
        return []
    what = "the last message" if count == 1 else f"the last {count} messages"
    heading = what if page.more else "what was said before"
    return [
        Note(f"{heading}{_hint(page)}:"),
        Answer(tuple(map(_quoted, page.messages)), line),
    ]


def present(names: Sequence[str]) -> tuple[AnswerRow, ...]:
    """Return how the *names* of all who are here are told."""
    ordered = tuple(User(name, 0.0) for name in sorted(names, key=_alphabetical))
    pages = [
        Users(LOBBY, ordered[start : start + USERS_PAGE], start + 1, len(ordered))
        for start in range(0, len(ordered), USERS_PAGE)
    ]
    return tuple(AnswerRow(*said(page)) for page in pages)


def _alphabetical(name: str) -> tuple[str, str]:
    """Return what names are sorted by: without case, equal ones with it."""
    return name.casefold(), name


def _older(page: Page) -> list[DisplayItem]:
    return [Note(_hint(page).removeprefix("; "))] if page.more and page.messages else []


def _hint(page: Page) -> str:
    if not page.more or not page.messages:
        return ""
    return f"; older: /history before {page.messages[0].sequence}"


def _quoted(message: Message) -> AnswerRow:
    return AnswerRow(message.source, message.text, message.time)
