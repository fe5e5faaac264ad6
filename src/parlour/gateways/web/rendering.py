"""Messages and people as a page shows them: safe text, times, who goes on speaking.

Times are in UTC; a script tells them in the reader's own zone.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from typing import Final, NamedTuple, TypeVar

from parlour.core.events import Message, User
from parlour.core.names.colors import hue
from parlour.core.protocol.timestamps import stamp

from .safe_text import initial, is_tall, visible, visible_name
from .search_hits import Hits

PAUSE: Final = 300.0  # seconds after which a speaker is named again
MOST: Final = 300  # people who are shown; all of them are counted
MAX_ANSWER: Final = 256 << 10  # bytes of messages and people in one answer
MARKUP: Final = 640  # bytes of the tags around one message or name, about

T = TypeVar("T")


class Name(NamedTuple):
    """Somebody's name, safe to show; *hue* is the number of its colour."""

    text: str
    hue: int
    initial: str


class Moment(NamedTuple):
    """A wall time: for programs, and as the hour and the day for people."""

    stamp: str
    clock: str
    day: str


class Line(NamedTuple):
    """A message. *follows*: its speaker said the one above it, a moment before.

    *opens*: it is the first of its day. *is_tall*: it is shown in a frame.
    """

    sequence: int
    name: Name
    moment: Moment
    text: str
    is_tall: bool
    follows: bool
    opens: bool
    parts: list[tuple[str, bool]]
    """The text in parts, and which of them a search found; none without a search."""


class Person(NamedTuple):
    """Somebody who is here, since then."""

    name: Name
    since: Moment


BLANK: Final = Line(0, Name("", 0, ""), Moment("", "", ""), "", False, False, False, [])
"""What a script fills in."""


def lines(
    messages: Iterable[Message], *, apart: bool = False, words: str = ""
) -> Iterator[Line]:
    """Show *messages*, in order. *apart*: no one's words follow another's.

    *words* are those that were searched for.
    """
    hits = Hits(words)
    before: Message | None = None
    day = ""
    for message in messages:
        then, text = moment(message.time), visible(message.text)
        follows = (
            not apart
            and before is not None
            and before.source == message.source
            and abs(message.time - before.time) < PAUSE
            and day == then.day
        )
        yield Line(
            message.sequence,
            named(message.source),
            then,
            text,
            is_tall(text),
            follows,
            day != then.day,
            hits.parts(text) if words else [],
        )
        before, day = message, then.day


def people(users: Iterable[User], now: float) -> list[Person]:
    """Show *users*, as many as fit, by name; upper case makes no difference.

    Who did not come today has the day told, too.
    """
    today = moment(now).day
    found = sorted(users, key=lambda user: (user.name.casefold(), user.name))[:MOST]
    shown = [Person(named(user.name), _since(user, today)) for user in found]
    return fitting(shown, _person_size, MAX_ANSWER // 2)


def _since(user: User, today: str) -> Moment:
    then = moment(user.since)
    return (
        then if then.day == today else then._replace(clock=f"{then.day}, {then.clock}")
    )


def named(name: str) -> Name:
    """Show a name."""
    return Name(visible_name(name), hue(name), initial(name))


def moment(time: float) -> Moment:
    """Show a wall time, in seconds since 1970."""
    spelled = stamp(time)
    then = datetime.fromisoformat(spelled)
    day = f"{then:%A} {then.day} {then:%B %Y}"
    return Moment(spelled, f"{then:%H:%M}", day)


def spelled(message: Message) -> dict[str, str | int]:
    """Spell a message as the session dialect does."""
    return {
        "room": message.room,
        "sequence": message.sequence,
        "time": stamp(message.time),
        "source": message.source,
        "message": message.text,
    }


# -- what fits into one answer -------------------------------------------------


def fitting(
    items: Sequence[T], size: Callable[[T], int], most: int = MAX_ANSWER
) -> list[T]:
    """Return the first of *items* whose sizes are *most* together; one at the least."""
    found: list[T] = []
    for item in items:
        most -= size(item)
        if most < 0 and found:
            break
        found.append(item)
    return found


def around(messages: Sequence[Message], sequence: int) -> list[Message]:
    """Return the message *sequence* and as many of its neighbours as fit.

    It is empty if *messages* do not hold that one.
    """
    nearest = sorted(messages, key=lambda each: abs(each.sequence - sequence))
    if not nearest or nearest[0].sequence != sequence:
        return []
    found = fitting(nearest, written_size)
    return sorted(found, key=lambda each: each.sequence)


def written_size(message: Message) -> int:
    """Return how many bytes *message* has on a page, about."""
    text = escape(visible(message.text) + visible_name(message.source))
    return len(text.encode()) + MARKUP


def spelled_size(told: dict[str, str] | dict[str, str | int]) -> int:
    """Return how many bytes an object has in JSON, and what parts it from the next."""
    return len(json.dumps(told)) + 1


def _person_size(person: Person) -> int:
    return len(escape(person.name.text).encode()) + MARKUP // 2
