"""Checks a finished run: is any message lost, duplicated, moved, invented or leaked?

The checker knows nothing about the server, only what the clients sent and received, and
what the history contains.
"""

from collections.abc import Iterator
from itertools import chain

from .privacy_check import check_privacy
from .records import LOBBY, ClientRecord, Received, Run, Sent
from .room_check import RoomCheck, check_page
from .room_log import (
    RoomLog,
    check_order,
    empty_log,
    heard_in,
    ignored_by_room,
    room_logs,
)
from .violation import Violation

END = 1 << 62  # a step after all others

Logs = list[dict[str, RoomLog]]
"""The rooms of each history, by name."""

Owners = dict[str, ClientRecord]
"""The clients that sent the messages, by text."""


def check(run: Run) -> list[Violation]:
    """Return every promise that *run* broke."""
    found = list[Violation]()
    logs = [room_logs(run, number) for number in range(len(run.histories))]
    owners = {text: client for client in run.clients for text in client.sent}
    for number, rooms in enumerate(logs):
        known = _known(run, number)
        for log in rooms.values():
            whom = f"history {number}, #{log.room}"
            found += chain(check_order(log, whom), _senders(run, owners, log, whom))
            found += _real_time(owners, known, log, whom)
    epochs, ignored = _epochs(run), ignored_by_room(run)
    for client in run.clients:
        found += _answers(run, client, logs)
        found += _views(run, client, logs, epochs, ignored)
        for page in client.pages:
            log = _log(run, logs, page.log, page.room)
            hidden = ignored.get(page.room, set())
            found += check_page(client.name, log, page, hidden)
    found += check_privacy(run)
    return found


def _log(run: Run, logs: Logs, number: int, room: str) -> RoomLog:
    return logs[number].get(room) or empty_log(room, run.histories[number])


# -- stored messages ---------------------------------------------------------------


def _senders(run: Run, owners: Owners, log: RoomLog, whom: str) -> Iterator[Violation]:
    """Check the senders of messages, and that each sender's order is kept."""
    latest = dict[tuple[str, int], Sent]()
    for message in log.messages:
        client = owners.get(message.text)
        if client is None or client.sent[message.text].room != log.room:
            yield Violation("nothing is invented", whom, str(message))
            continue
        if client.names and message.source not in {"", *client.names}:
            yield Violation(
                "nothing is invented", client.name, f"sent by another: {message}"
            )
        sent = client.sent[message.text]
        before = latest.get((client.name, sent.line))
        if before is not None and _is_early(sent, before, run.refused_texts):
            details = f"#{log.room}: {before.text!r} is stored before {sent.text!r}"
            yield Violation("the order of a sender is kept", client.name, details)
        if before is None or sent.attempts[0] > before.attempts[0]:
            latest[client.name, sent.line] = sent


def _is_early(late: Sent, early: Sent, unlucky: set[str]) -> bool:
    """Return whether *early* was stored before *late*, but sent after it.

    A message that was refused at least once may have been overtaken meanwhile.
    """
    if late.text in unlucky or late.refused or late.may_be_refused:
        return late.attempts[-1] < early.attempts[0]
    return late.attempts[0] < early.attempts[0]


def _real_time(
    owners: Owners, known: dict[str, int], log: RoomLog, whom: str
) -> Iterator[Violation]:
    """Check that a message is stored after those that were known when it was sent.

    *known* has the steps at which messages of the history were known to be stored.
    """
    earliest, other = END, ""
    for message in reversed(log.messages):
        client = owners.get(message.text)
        if client is not None and client.sent[message.text].attempts[0] > earliest:
            details = f"{message.text!r} was sent later than {other!r} was known"
            yield Violation("messages keep their order in time", whom, details)
        if known.get(message.text, earliest) < earliest:
            earliest, other = known[message.text], message.text


def _known(run: Run, number: int) -> dict[str, int]:
    """Return the step at which each text of a history was first known to be stored."""
    known = dict[str, int]()
    for client in run.clients:
        for sent in client.sent.values():
            for stored in sent.stored:
                if stored.log == number:
                    known[sent.text] = min(stored.step, known.get(sent.text, END))
        for view in client.views:
            if view.log == number:
                for seen in view.events:
                    if isinstance(seen, Received) and seen.step < known.get(
                        seen.text, END
                    ):
                        known[seen.text] = seen.step
    return known


# -- answers --------------------------------------------------------------


def _answers(run: Run, client: ClientRecord, logs: Logs) -> Iterator[Violation]:
    """Check that acknowledged messages are stored and refused messages are not."""
    can_retry = not any(view.is_plain for view in client.views)
    for sent in client.sent.values():
        attempts, text = len(sent.attempts), sent.text
        if (answers := len(sent.stored) + sent.refused) > attempts:
            details = f"{answers} answers to {attempts} of {text!r}"
            yield Violation("one answer to each message", client.name, details)
        if sent.refused >= attempts and any(
            sent.room in rooms and text in rooms[sent.room].place_of_text
            for rooms in logs
        ):
            details = f"{text!r} was refused"
            yield Violation("refused messages are not stored", client.name, details)
        for stored in sent.stored:
            log = _log(run, logs, stored.log, sent.room)
            place = log.place_of_text.get(text)
            found = None if place is None else log.messages[place].sequence
            details = f"{text!r}, stored as {stored.sequence}, is at {found}"
            if found is None:
                yield Violation(
                    "acknowledged messages are stored", client.name, details
                )
            elif found != stored.sequence:
                yield Violation(
                    "acknowledgements have the right sequence", client.name, details
                )
        is_due = can_retry and not sent.is_abandoned and attempts > sent.refused
        if run.is_settled and is_due and not sent.stored:
            details = f"{text!r} was not"
            yield Violation(
                "every message is answered in the end", client.name, details
            )


# -- received messages ---------------------------------------------------------------

Epochs = dict[tuple[int, str], str]
"""The epoch of each room of each history, by the number of that."""


def _epochs(run: Run) -> Epochs:
    """Return the epochs: that of the lobby is known, the first one seen of others.

    Another room may be recreated, and then has another epoch, if it has no message.
    """
    epochs = {(n, LOBBY): log.epoch for n, log in enumerate(run.histories)}
    for client in run.clients:
        for view in client.views:
            if view.opening is not None and view.opening.sequence:
                epochs.setdefault((view.log, view.room), view.opening.epoch)
    return epochs


def _views(
    run: Run,
    client: ClientRecord,
    logs: Logs,
    epochs: Epochs,
    ignored: dict[str, set[str]],
) -> Iterator[Violation]:
    """Check that a client receives its rooms, and resumes each at its cursor."""
    last = dict[str, RoomCheck]()
    for view in client.views:
        log = _log(run, logs, view.log, view.room)
        log = heard_in(view, log, ignored.get(view.room, set()))
        before = last.get(view.room)
        checked = RoomCheck(client.name, log, epochs.get((view.log, view.room), ""))
        if view.resume is not None and before is not None:
            yield from before.check_cursor(view.resume)
        yield from checked.check(view)
        if view.opening is not None or view.is_plain:
            last[view.room] = checked
        if run.is_settled and not view.is_over:
            yield from checked.check_end()
