"""Checks a finished run: is any message lost, duplicated, moved or invented?

The checker knows nothing about the server, only what the clients sent and received, and
what the history contains.
"""

from collections.abc import Iterator
from itertools import chain

from .connection_check import ConnectionCheck
from .records import ClientRecord, Received, Run, Sent, StoredHistory
from .violation import Violation

END = 1 << 62  # a step after all others


def check(run: Run) -> list[Violation]:
    """Return every promise that *run* broke."""
    found = list[Violation]()
    for number, log in enumerate(run.histories):
        found += chain(_history(log, f"history {number}"), _senders(run, number))
        found += _real_time(run, number)
    places = [
        {kept.text: kept.sequence for kept in log.messages} for log in run.histories
    ]
    for client in run.clients:
        found += chain(_answers(run, client, places), _connections(run, client, places))
    return found


# -- stored messages ---------------------------------------------------------------


def _history(log: StoredHistory, whom: str) -> Iterator[Violation]:
    """Check that no message is stored twice and no sequence is missing."""
    places = dict[str, int]()
    for expected, message in enumerate(log.messages, 1):
        if message.sequence != expected:
            details = f"{message} where {expected} should be"
            yield Violation("numbered without gaps", whom, details)
        if message.text in places:
            details = f"{message.text!r} at {places[message.text]} and {expected}"
            yield Violation("nothing is stored twice", whom, details)
        places[message.text] = expected


def _senders(run: Run, number: int) -> Iterator[Violation]:
    """Check the senders of messages, and that each sender's order is kept."""
    owners = {text: client for client in run.clients for text in client.sent}
    latest = dict[tuple[str, int], Sent]()
    for message in run.histories[number].messages:
        client = owners.get(message.text)
        if client is None:
            yield Violation("nothing is invented", f"history {number}", str(message))
            continue
        if client.names and message.source not in client.names:
            yield Violation(
                "nothing is invented", client.name, f"sent by another: {message}"
            )
        sent = client.sent[message.text]
        before = latest.get((client.name, sent.line))
        if before is not None and _is_early(sent, before, run.refused_texts):
            details = f"{before.text!r} is stored before {sent.text!r}"
            yield Violation("the order of a sender is kept", client.name, details)
        if before is None or sent.attempts[0] > before.attempts[0]:
            latest[client.name, sent.line] = sent


def _is_early(late: Sent, early: Sent, unlucky: set[str]) -> bool:
    """Return whether *early* was stored before *late*, but sent after it.

    A message that the history refused at least once may have been overtaken meanwhile.
    """
    if late.text in unlucky or late.refused:
        return late.attempts[-1] < early.attempts[0]
    return late.attempts[0] < early.attempts[0]


def _real_time(run: Run, number: int) -> Iterator[Violation]:
    """Check that a message is stored after those that were known when it was sent."""
    known = _known(run, number)
    first = {
        sent.text: sent.attempts[0]
        for client in run.clients
        for sent in client.sent.values()
    }
    earliest, other = END, ""
    for message in reversed(run.histories[number].messages):
        if first.get(message.text, 0) > earliest:
            details = f"{message.text!r} was sent later than {other!r} was known"
            yield Violation(
                "messages keep their order in time", f"history {number}", details
            )
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
        for view in client.connections:
            if view.log == number:
                for seen in view.events:
                    if isinstance(seen, Received) and seen.step < known.get(
                        seen.text, END
                    ):
                        known[seen.text] = seen.step
    return known


# -- answers --------------------------------------------------------------


def _answers(
    run: Run, client: ClientRecord, places: list[dict[str, int]]
) -> Iterator[Violation]:
    """Check that acknowledged messages are stored and refused messages are not."""
    can_retry = not any(view.is_plain for view in client.connections)
    for sent in client.sent.values():
        attempts, text = len(sent.attempts), sent.text
        if (answers := len(sent.stored) + sent.refused) > attempts:
            details = f"{answers} answers to {attempts} of {text!r}"
            yield Violation("one answer to each message", client.name, details)
        if sent.refused >= attempts and any(text in place for place in places):
            details = f"{text!r} was refused"
            yield Violation("refused messages are not stored", client.name, details)
        for stored in sent.stored:
            found = places[stored.log].get(text)
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


def _connections(
    run: Run, client: ClientRecord, places: list[dict[str, int]]
) -> Iterator[Violation]:
    """Check that a client receives the history, and resumes at its cursor."""
    last: int | None = None
    for view in client.connections:
        if view.resume is not None and last not in {None, view.resume.sequence}:
            details = f"it was at {last}, and resumed with {view.resume}"
            yield Violation("a client resumes at its cursor", client.name, details)
        log = view.log
        checked = ConnectionCheck(client.name, run.histories[log], places[log])
        yield from checked.check(view)
        if view.welcome is not None:
            last = checked.last_sequence
    if run.is_settled and client.connections:
        yield from checked.check_end()
