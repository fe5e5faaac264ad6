"""What is wrong at the end: with what was read, what was overheard, what is stored."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from tests.proof.checker import check
from tests.proof.records import DIRECT, ClientRecord, Received, Run, Sent, StoredHistory
from tests.proof.violation import Violation

from .users import TEXT, User


def verdict(users: Sequence[User], history: StoredHistory) -> list[Violation]:
    """Return every promise that was broken."""
    for user in users:
        user.complete_record()
    for user in users:
        _add_hidden(user, history)
    records = [record for user in users for record in user.records()]
    _number_direct_messages(records)
    found = check(Run(records, [history], is_settled=True))
    for user in users:
        found += _overheard(user, users)
    sent = chain.from_iterable(user.record.sent.values() for user in users)
    return [*found, *_not_stored(sent, history)]


def _number_direct_messages(records: Sequence[ClientRecord]) -> None:
    """Give direct messages on screens the sequences that they have elsewhere.

    If no program shows sequences, a message has the number of its text.
    """
    known = {
        event.text: event.sequence
        for record in records
        for view in record.views
        if view.room.startswith(DIRECT) and not view.is_plain
        for event in view.events
        if isinstance(event, Received)
    }
    for view in chain.from_iterable(record.views for record in records):
        if view.room.startswith(DIRECT) and view.is_plain:
            view.events = [
                event._replace(sequence=known.get(event.text, int(event.text[1:4])))
                if isinstance(event, Received)
                else event
                for event in view.events
            ]


def _add_hidden(user: User, history: StoredHistory) -> None:
    """Add what a client has hidden, in its place, to what the user has read."""
    for view in user.record.views:
        stored = history.rooms.get(view.room, [])
        places = {each.text: place for place, each in enumerate(stored)}
        shown = [each.text for each in view.events if isinstance(each, Received)]
        for place, each in enumerate(stored):
            is_hidden = user.hides_ignored and each.source in user.ignored
            if not is_hidden or each.text in shown:
                continue
            later = (n for n, text in enumerate(shown) if places.get(text, -1) > place)
            at = next(later, len(shown))
            step = next(user.meeting.steps)
            view.events.insert(at, Received(0, each.source, each.text, step))
            shown.insert(at, each.text)


def _overheard(user: User, users: Sequence[User]) -> Iterator[Violation]:
    """Check everything that a program received or showed, wherever it stands."""
    name = user.record.name
    authors = {text: each for each in users for text in each.record.sent}
    for text in set(re.findall(TEXT, user.everything_received())):
        if (author := authors.get(text)) is None:
            yield Violation("nothing is invented", name, text)
        elif not _may_read(user, author, author.record.sent[text]):
            yield Violation("only readers hear a message", name, text)


def _may_read(user: User, author: User, message: Sent) -> bool:
    ignored_since = [
        step for step, names in user.record.ignored if author.name in names
    ]
    is_direct = message.readers is not None
    is_ignored = ignored_since and message.attempts[0] > ignored_since[0]
    if is_ignored and (is_direct or user.hides_ignored):
        return False
    if message.readers is not None:
        return user.record.name in message.readers
    return message.room in user.rooms | user.past_rooms


def _not_stored(sent: Iterable[Sent], history: StoredHistory) -> Iterator[Violation]:
    """Check that all messages of rooms are stored, also those of plain clients."""
    for message in sent:
        if message.readers is None:
            stored = [each.text for each in history.rooms.get(message.room, [])]
            if stored.count(message.text) != 1:
                details = f"#{message.room}: {message.text!r}"
                yield Violation("every message is stored once", "history", details)
