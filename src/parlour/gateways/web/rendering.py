"""Render messages and users for the templates: safe text, times, groups.

Messages are grouped by author. Times are in UTC; a script converts them to the time
zone of the reader.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Final, NamedTuple, TypeVar

from parlour.core.events import Message, User
from parlour.core.names.colors import name_color
from parlour.core.roles import shown_role
from parlour.core.timestamps import rfc3339
from parlour.markup import ACTION

from .paths import message_path
from .safe_text import initial, visible_name
from .text_html import TextCache, TextHtml

GROUP_GAP: Final = 300.0  # seconds after which an author's name is shown again
ERASED: Final = "(erased)"  # in place of the text; `static/room-log.js` has it, too
MAX_USERS: Final = 300  # users in the list; all of them are counted
MAX_RESPONSE: Final = 256 << 10  # bytes of messages and users in one response
MARKUP_SIZE: Final = 640  # approximate bytes of the tags around one message
TEXTS: Final = TextCache()  # for all pages without marks

T = TypeVar("T")


class RenderedName(NamedTuple):
    """A name that is safe to show; *color* is the number of its colour."""

    text: str
    color: int
    initial: str


class RenderedTime(NamedTuple):
    """A wall time, as a timestamp for programs, and as a time of day and date."""

    stamp: str
    clock: str
    day: str


class RenderedMessage(NamedTuple):
    """A message. If *follows*, it is shown below an earlier one without its author.

    If *starts_day*, it is the first of its day; if *is_same_minute*, it is of the same
    minute as the one before.
    """

    sequence: int
    room: str
    path: str
    author: RenderedName
    time: RenderedTime
    text: TextHtml
    is_action: bool  # it says what its author does
    is_erased: bool  # its text says so
    follows: bool
    starts_day: bool
    is_same_minute: bool


class RenderedUser(NamedTuple):
    """A user in the list, and when the user joined; most have no *role*."""

    name: RenderedName
    since: RenderedTime
    role: str


BLANK: Final = RenderedMessage(
    sequence=0,
    room="",
    path="",
    author=RenderedName("", 0, ""),
    time=RenderedTime("", "", ""),
    text=TextHtml("", is_tall=False, size=0),
    is_action=False,
    is_erased=False,
    follows=False,
    starts_day=False,
    is_same_minute=False,
)
"""The message of the template that scripts fill in."""


def render_messages(
    messages: Iterable[Message], texts: TextCache = TEXTS, *, is_grouped: bool = True
) -> Iterator[RenderedMessage]:
    """Render *messages*, in order, grouped by author if *is_grouped*."""
    previous: Message | None = None
    day = minute = ""
    for message in messages:
        time = render_time(message.time)
        text = ERASED if message.is_erased else message.text
        is_action = text.startswith(ACTION)
        follows = (
            is_grouped
            and not is_action
            and previous is not None
            and previous.source == message.source
            and abs(message.time - previous.time) < GROUP_GAP
            and day == time.day
        )
        yield RenderedMessage(
            message.sequence,
            visible_name(message.room),
            message_path(message.room, message.sequence),
            render_name(message.source),
            time,
            texts.render(text),
            is_action,
            message.is_erased,
            follows,
            day != time.day,
            is_grouped and (day, minute) == (time.day, time.clock),
        )
        previous = None if is_action else message
        day, minute = time.day, time.clock


def render_users(users: Iterable[User], now: float) -> list[RenderedUser]:
    """Render *users*, sorted by name without regard to case, up to the limits.

    Times before today include the date.
    """
    today = render_time(now).day
    found = sorted(users, key=lambda user: (user.name.casefold(), user.name))
    shown = [
        RenderedUser(render_name(user.name), _since(user, today), shown_role(user.role))
        for user in found[:MAX_USERS]
    ]
    return fitting(shown, _user_size, MAX_RESPONSE // 2)


def _since(user: User, today: str) -> RenderedTime:
    time = render_time(user.since)
    return time if time.day == today else render_date(user.since)


def render_name(name: str) -> RenderedName:
    """Render a name."""
    return RenderedName(visible_name(name), name_color(name), initial(name))


def render_time(time: float) -> RenderedTime:
    """Render a wall time, in seconds since 1970."""
    timestamp = rfc3339(time)
    utc = datetime.fromisoformat(timestamp)
    day = f"{utc:%A} {utc.day} {utc:%B %Y}"
    return RenderedTime(timestamp, f"{utc:%H:%M}", day)


def render_date(time: float) -> RenderedTime:
    """Render a wall time with its date."""
    rendered = render_time(time)
    return rendered._replace(clock=f"{rendered.day}, {rendered.clock}")


def sentence(reason: str) -> str:
    """Return the reason of an error as a sentence."""
    return f"{reason[:1].upper()}{reason[1:]}."


def as_json(message: Message) -> dict[str, str | int]:
    """Return *message* as the session dialect's object."""
    erased = {"erased": True} if message.is_erased else {}
    return {
        "room": message.room,
        "sequence": message.sequence,
        "time": rfc3339(message.time),
        "source": message.source,
        "message": message.text,
        **erased,
    }


# -- the size of a response ----------------------------------------------------


def fitting(
    items: Sequence[T], size: Callable[[T], int], most: int = MAX_RESPONSE
) -> list[T]:
    """Return the first *items*, at least one, with a total size of at most *most*."""
    found: list[T] = []
    for item in items:
        most -= size(item)
        if most < 0 and found:
            break
        found.append(item)
    return found


def neighbours(older: Sequence[Message], newer: Sequence[Message]) -> list[Message]:
    """Return the last message of *older* with the nearest on both sides that fit.

    Nearness is counted in messages, since there may be holes in the sequences.
    """
    ranked = [*enumerate(reversed(older)), *enumerate(newer, 1)]
    nearest = [each for _, each in sorted(ranked, key=lambda pair: pair[0])]
    found = fitting(nearest, html_size)
    return sorted(found, key=lambda each: each.sequence)


def html_size(message: Message, texts: TextCache = TEXTS) -> int:
    """Return the approximate size of *message* in HTML, in bytes."""
    name = escape(visible_name(message.source))
    return len(name.encode()) + texts.render(message.text).size + MARKUP_SIZE


def json_size(item: Mapping[str, str | int]) -> int:
    """Return the size of *item* in a JSON array, in bytes."""
    return len(json.dumps(item)) + 1


def _user_size(user: RenderedUser) -> int:
    return len(escape(user.name.text).encode()) + MARKUP_SIZE // 2
