"""Checks that clients hear what is for them, once, and nothing else."""

from collections.abc import Iterator

from .records import (
    ANYBODY,
    DIRECT,
    ClientRecord,
    IgnoredSince,
    Received,
    RenameTold,
    Run,
    Sent,
)
from .violation import Violation


def check_privacy(run: Run) -> Iterator[Violation]:
    """Check that no client heard what was not for it."""
    sent = {text: each for client in run.clients for text, each in client.sent.items()}
    for client in run.clients:
        yield from _overheard(client)
        yield from _readers(client, sent)
        yield from _ignored(client, sent)
        yield from _renames(client)
        yield from _rosters(client)


def _overheard(client: ClientRecord) -> Iterator[Violation]:
    for line in client.overheard:
        yield Violation("only members hear a room", client.name, str(line))


def _readers(client: ClientRecord, sent: dict[str, Sent]) -> Iterator[Violation]:
    """Check that a direct message reached only the two, and no room another's."""
    for room, received in _all_received(client):
        message = sent.get(received.text)
        if message is None:
            continue  # "nothing is invented" reports it
        if message.room != room:
            details = f"{received} in #{room} was sent to #{message.room}"
            yield Violation("a message stays in its room", client.name, details)
        readers = message.readers
        if readers is not None and readers.isdisjoint({client.name, ANYBODY}):
            details = f"{received} in #{room} is for {sorted(readers)}"
            yield Violation("direct messages are for two", client.name, details)


def _ignored(client: ClientRecord, sent: dict[str, Sent]) -> Iterator[Violation]:
    """Check that no direct message was heard of one who was ignored when it was sent.

    The client must have known that, and not have changed it until it received the
    message.
    """
    for room, received in _all_received(client):
        message = sent.get(received.text)
        if message is None or not room.startswith(DIRECT):
            continue
        before = message.attempts[0]
        if _ignores_throughout(client.ignored, received, before):
            details = f"{received} in #{room}"
            promise = "ignored direct messages are not heard"
            yield Violation(promise, client.name, details)


def _ignores_throughout(
    lists: list[IgnoredSince], received: Received, start: int
) -> bool:
    """Return whether the sender was ignored from *start* until it was received."""
    names: frozenset[str] = frozenset()
    for step, current in lists:
        if step > received.step:
            break
        names = current if step <= start else names & current
    return received.source in names


def _renames(client: ClientRecord) -> Iterator[Violation]:
    """Check that no client received a rename twice in a room; names are not reused.

    Only of names that several clients had there may be two such renames.
    """
    seen = set[RenameTold]()
    for told in client.renames:
        if told.name.startswith(ANYBODY) and told.to.startswith(ANYBODY):
            continue
        if told in seen:
            yield Violation("renames are not repeated", client.name, str(told))
        seen.add(told)


def _rosters(client: ClientRecord) -> Iterator[Violation]:
    """Check that the user lists that a client keeps equal the server's."""
    for room, known, listed in client.rosters:
        if known != listed:
            details = f"#{room}: the client has {known}, the server {listed}"
            yield Violation("user lists are correct", client.name, details)


def _all_received(client: ClientRecord) -> Iterator[tuple[str, Received]]:
    for view in client.views:
        for event in view.events:
            if isinstance(event, Received):
                yield view.room, event
    for page in client.pages:
        for received in page.messages:
            yield page.room, received
