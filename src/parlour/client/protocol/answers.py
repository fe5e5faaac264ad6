"""Answers to requests as display items, in the words of the plain dialect."""

from collections.abc import Container, Sequence

from parlour.core.events import LOBBY, SERVER, HistorySummary, User, Users
from parlour.core.limits import USERS_PAGE
from parlour.core.protocol.plain import source_and_text
from parlour.core.roles import ROLES_SHOWN

from .display_items import Answer, AnswerRow, DisplayItem, NewSince, Note
from .requests import AskHistory, Request, Search
from .server_events import ListedUser, Message, MessagePage


def history(
    page: MessagePage,
    question: Request | None,
    line: bytes,
    *,
    ignored: Container[str] = (),
) -> list[DisplayItem]:
    """Return the items for a *page* of the history, without *ignored* users.

    The heading counts all of its messages, and a note those that are not shown.
    *question* is the request that it answers, if known, and *line* the line of the
    wire. The same holds for :func:`search_results`.
    """
    before = question.before if isinstance(question, AskHistory) else None
    messages = _without(page, ignored)
    count = len(page.messages)
    if page.more or (before is not None and count):
        last = "the last message" if count == 1 else f"the last {count:,} messages"
        heading = last if before is None else f"{last} before {before:,}"
        heading = f"{heading}:"
    elif before is not None:
        heading = f"no messages before {before:,} are stored"
    else:
        _, heading = source_and_text(HistorySummary(LOBBY, count, count, count))
    rows = [AnswerRow(SERVER, heading), *map(_row, messages)]
    answer = Answer(tuple(rows), line, page.room)
    return [answer, *_hidden(page, messages), *_older(page)]


def search_results(
    page: MessagePage,
    question: Request | None,
    line: bytes,
    *,
    ignored: Container[str] = (),
) -> list[DisplayItem]:
    """Return the items for the results of a search, each with its sequence.

    After a search in all rooms, each of them has its room, too.
    """
    searched = question.words if isinstance(question, Search) else ""
    words = searched or "that"
    messages = _without(page, ignored)
    count, last = len(page.messages), "the last " if page.more else ""
    noun = "message" if count == 1 else "messages"
    heading = f"{last}{count:,} {noun} with “{words}”:"
    if not count:
        heading = f"no messages with “{words}”"
    rows = [AnswerRow(SERVER, heading)]
    rows += [
        AnswerRow(
            message.source,
            message.text,
            message.time,
            f"{message.sequence}: ",
            "" if page.room else message.room,
            message.sequence,
        )
        for message in messages
    ]
    answer = Answer(tuple(rows), line, page.room, words=searched)
    return [answer, *_hidden(page, messages)]


def recent(
    page: MessagePage, line: bytes, *, ignored: Container[str] = (), read: int = 0
) -> list[DisplayItem]:
    """Return the items for the earlier messages that a user sees on entering a room.

    What follows the sequence *read* is new, unless that is 0.
    """
    messages = _without(page, ignored)
    count = len(page.messages)
    if not messages:
        return []
    last = "the last message" if count == 1 else f"the last {count} messages"
    heading = last if page.more else "earlier messages"
    old = [each for each in messages if not read or each.sequence <= read]
    new = messages[len(old) :]
    items: list[DisplayItem] = [
        Note(f"{heading}{_hint(page)}:", page.room, is_heading=True)
    ]
    if old:
        items.append(Answer(tuple(map(_row, old)), line, page.room, is_asked=False))
    if new:
        items.append(NewSince(page.room, old[-1].time if old else ""))
        shown = b"" if old else line  # once, for programs
        items.append(Answer(tuple(map(_row, new)), shown, page.room, is_asked=False))
    return [*items, *_hidden(page, messages)]


def user_list(users: Sequence[ListedUser]) -> tuple[AnswerRow, ...]:
    """Return the rows for the list of all present users, in alphabetical order.

    Each role has a row of its own. Beside a name it could be a part of the name.
    """
    names = sorted((each.name for each in users), key=_alphabetical)
    ordered = tuple(User(name, 0.0) for name in names)
    pages = [
        Users(LOBBY, ordered[start : start + USERS_PAGE], start + 1, len(ordered))
        for start in range(0, len(ordered), USERS_PAGE)
    ]
    rows = [AnswerRow(*source_and_text(page)) for page in pages]
    for role in ROLES_SHOWN:
        found = sorted((u.name for u in users if u.role == role), key=_alphabetical)
        if found:
            plural = "s" if len(found) > 1 else ""
            rows.append(AnswerRow(SERVER, f"{role}{plural}: {', '.join(found)}"))
    return tuple(rows)


def _alphabetical(name: str) -> tuple[str, str]:
    """Return a sort key that ignores case, except between equal names."""
    return name.casefold(), name


def _without(page: MessagePage, ignored: Container[str]) -> list[Message]:
    return [each for each in page.messages if each.source not in ignored]


def _hidden(page: MessagePage, shown: list[Message]) -> list[DisplayItem]:
    """Return a note about the messages of a *page* that its heading counts only."""
    count = len(page.messages) - len(shown)
    if not count:
        return []
    what = "1 of them is of a user" if count == 1 else f"{count:,} of them are of users"
    return [Note(f"{what} whom you ignore, and not shown", page.room)]


def _older(page: MessagePage) -> list[DisplayItem]:
    hint = _hint(page).removeprefix("; ")
    return [Note(hint, page.room)] if hint else []


def _hint(page: MessagePage) -> str:
    if not page.more or not page.messages:
        return ""
    return f"; older: /history before {page.messages[0].sequence}"


def _row(message: Message) -> AnswerRow:
    text, sequence = message.shown_text, message.sequence
    return AnswerRow(message.source, text, message.time, sequence=sequence)
