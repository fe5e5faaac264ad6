"""The client's own words about rooms: notes and headings, all of them safe to print.

Topics and reasons come from others, so each passes `make_safe`: a line break in one
would begin another note.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from parlour.core.events import SERVER
from parlour.core.protocol.act_text import topic_text

from ..protocol.display_items import Answer, AnswerRow, RoomList, TopicChanged
from ..protocol.rooms import DIRECT_SIGIL, SIGIL, folded
from ..terminal.formatter import local_time
from ..terminal.safe_text import make_safe, safe_name, shorten
from ..terminal.shown_items import Entered
from .joined_rooms import Room
from .labels import MAX_LABEL, room_label
from .unread import UnreadBlock

MAX_QUOTED: Final = 200  # columns of a topic, which may be as long, or of a reason
LIVE: Final = "you are live"


def new_since(time: str) -> str:
    """Return the label of what is new since the message at *time*, if it is known."""
    clock = local_time(time).rstrip()
    return f"new since {clock}" if clock else "new"


NO_WORDS: Final = "No words are marked besides your name: /highlight WORD"
BELL: Final = {
    "on": "The bell rings for mentions and direct messages while you are away",
    "all": "The bell rings for every message while you are away",
    "off": "The bell does not ring",
}
REMOVED: Final = {
    "kicked": "You were removed from {}",
    "banned": "You are banned from {}. To see until when and why: /why",
}
"""The notes about a room that a moderator has closed for the user, by the reason."""
PRIVATE: Final = "a private room: only invited users can enter it"
NO_ROOM_LABEL: Final = "no room"
PRIVATE_MARK: Final = " (private)"
CLOSED_MARK: Final = " (closed)"
REMOVED_MARK: Final = " (not joined)"
ELSEWHERE: Final = ". Switch to another room: /room"
PENDING_MARK: Final = " …"  # the client is about to switch to the room
NO_ROOM: Final = f"You are in no room: /join {SIGIL}ROOM, or /rooms for a list"


def entered(room: Room, *, is_kept: bool) -> Entered:
    """Return the note that the user has entered *room*."""
    if not room.is_direct:
        about = PRIVATE if room.is_private else ""
        return Entered(room.label, topic=_shown_topic(room), about=about)
    kept = "" if is_kept else "; nothing is stored, and it ends when one of you leaves"
    one_way = f"; {_one_way(room)}" if room.is_one_way else ""
    return Entered(room.label, about=f"a conversation of two{kept}{one_way}")


def cannot_answer(room: Room) -> str:
    """Return the note that the other one of a direct room cannot answer."""
    return f"T{_one_way(room)[1:]}"


def _one_way(room: Room) -> str:
    other = safe_name(room.other)
    return f"the client of {other} shows what you write, and cannot answer"


def left(label: str) -> str:
    """Return the note that the user has left a room."""
    return f"You left {label}"


def closed(label: str, reason: str, room: Room | None = None) -> str:
    """Return the note that a room is over, or could not be entered.

    *room* is the one that the client was in.
    """
    if reason in REMOVED:
        way_back = _way_back(room, reason) if room is not None else ""
        return REMOVED[reason].format(label) + way_back
    return f"{label} is closed for you: {shorten(make_safe(reason), MAX_QUOTED)}"


def over(room: Room) -> str:
    """Return why nothing is sent to *room*, which is over, and what to type instead."""
    if not room.removal:
        return f"{room.label} is closed{ELSEWHERE}"
    way_back = _way_back(room, room.removal)
    return f"you are not in {room.label}{way_back or ELSEWHERE}"


def _way_back(room: Room, removal: str) -> str:
    """Return how to enter *room* again after a *removal*, or "" if not by a command."""
    if removal != "kicked" or room.is_private or not room.is_typeable:
        return ""
    return f". To return: /join {room.label.removeprefix(SIGIL)}"


def over_mark(room: Room) -> str:
    """Return the mark of *room* if it is over, or ""."""
    mark = REMOVED_MARK if room.removal else CLOSED_MARK
    return mark if room.is_over else ""


def not_sent(
    label: str, unsent: Iterable[str], uncertain: Iterable[str] = ()
) -> Iterator[str]:
    """Yield a note for each line of the user that is not sent, or may not have been."""
    for text in unsent:
        yield f"Not sent to {label}: {shorten(make_safe(text), MAX_QUOTED)}"
    for text in uncertain:
        quoted = shorten(make_safe(text), MAX_QUOTED)
        yield f"{label} may not have received: {quoted}"


def not_in(target: str) -> str:
    """Return the note that no room is meant by *target*, and what to type instead."""
    name = target.removeprefix(DIRECT_SIGIL) if target[:1] == DIRECT_SIGIL else ""
    if target.isascii() and target.isdecimal():
        return f"No room of yours has the number {_quoted(target)}: /room lists them"
    if name.strip():
        user = _quoted(name)
        typed = f'"{user}"' if re.search(r"\s", user) else user
        return f"You have no conversation with {user}: /msg {typed}"
    room = _quoted(folded(target))
    if not room or target[:1] == DIRECT_SIGIL:
        return f"You are not in {_quoted(target)}: /room lists your rooms"
    if re.search(r"\s", room):
        return f"You are not in {SIGIL}{room}: the name of a room is one word"
    join = f"/join {room}, or /room for a list of yours"
    return f"You are not in {SIGIL}{room}: {join}"


def _quoted(target: str) -> str:
    return shorten(make_safe(target), MAX_LABEL)


def topic_of(room: Room) -> str:
    """Return the topic of *room*, or that it has none."""
    if not room.topic:
        return f"{room.label} has no topic"
    return f"The topic of {room.label}: {_shown_topic(room)}"


def topic_changed(change: TopicChanged) -> str:
    """Return what the server would say about a changed topic. It is not escaped."""
    return topic_text(change.topic, change.by)


def unread_heading(label: str, block: UnreadBlock) -> str:
    """Return the heading of the unread messages of a room."""
    noun = "unread message" if block.unread == 1 else "unread messages"
    if not block.dropped:
        return f"{block.unread:,} {noun} in {label}:"
    left = block.unread - block.dropped
    return f"{block.unread:,} {noun} in {label}, the last {left:,} (/history for more):"


def own_rooms(rooms: Iterable[Room], current: str) -> str:
    """Return the rooms that the client is in, with the numbers that select them.

    *current* is the name of the room to which the user writes.
    """
    rows = []
    for number, room in enumerate(rooms, 1):
        here = " (current)" if room.name == current else ""
        here += over_mark(room)
        here += PRIVATE_MARK if room.is_private else ""
        count = room.unread.count
        unread = f", {count:,} unread" if count else ""
        rows.append(f"{number} {room.label}{here}{unread}{_topic(room)}")
    return "\n".join(rows) or NO_ROOM


def open_rooms(found: RoomList) -> Answer:
    """Return the answer to a request for the open rooms of the server."""
    count = len(found.rooms)
    noun = "open room" if count == 1 else "open rooms"
    after = f"after {room_label(found.after)}: " if found.after else ""
    rows = [AnswerRow(SERVER, f"{after}{count:,} {noun}{':' if count else ''}")]
    for row in found.rooms:
        users = "1 user" if row.users == 1 else f"{row.users:,} users"
        label, topic = room_label(row.room), f": {row.topic}" if row.topic else ""
        label += PRIVATE_MARK if row.is_private else ""
        cells = label, users, row.topic
        rows.append(AnswerRow(SERVER, f"{label}, {users}{topic}", cells=cells))
    return Answer(tuple(rows), found.line, room="")


def more_rooms(found: RoomList) -> str:
    """Return how to ask for the rooms after those that were *found*."""
    return f"more: /rooms {room_label(found.rooms[-1].room)}"


def highlights(words: Iterable[str]) -> str:
    """Return which words mark a message as one for the user."""
    shown = ", ".join(_quoted(word) for word in words)
    return f"Messages with these words are marked: {shown}" if shown else NO_WORDS


def bell(mode: str) -> str:
    """Return when the bell rings."""
    return BELL[mode]


def not_recalled(sequence: int) -> str:
    """Return the note that a message is not in memory, and how to ask for it."""
    before = f"/history 1 before {sequence + 1}"
    return f"Message {sequence} is not among the last ones here: {before}"


def is_private(action: str, *, before: bool) -> bool:
    """Return whether a room is private after *action*, if it was so *before*."""
    return action == "private" if action in ("private", "public") else before


def last_heading(count: int, label: str) -> str:
    """Return the heading above messages that are shown again."""
    noun = "message" if count == 1 else "messages"
    if not count:
        return f"Nothing that was said in {label} is in memory: /history"
    return f"The last {count:,} {noun} of {label}:"


def ignored(names: Iterable[str]) -> str:
    """Return whom the user ignores."""
    shown = ", ".join(map(safe_name, names))
    return f"You ignore {shown}" if shown else "You ignore nobody"


def _topic(room: Room) -> str:
    topic = _shown_topic(room)
    return f": {topic}" if topic else ""


def _shown_topic(room: Room) -> str:
    return shorten(make_safe(room.topic), MAX_QUOTED)
