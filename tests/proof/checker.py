"""Is anything lost, doubled, moved or made up? A run is judged after its end.

The judge knows nothing of how the server works: only what clients did and were told,
and what the history has kept.
"""

from collections.abc import Iterator
from itertools import chain

from .connection_check import ConnectionCheck
from .records import ClientRecord, Received, Run, Sent, StoredHistory
from .violation import Violation

END = 1 << 62  # a step after all others


def check(run: Run) -> list[Violation]:
    """Return every promise that was broken in *run*."""
    found = list[Violation]()
    for number, log in enumerate(run.histories):
        found += chain(_log(log, f"log {number}"), _senders(run, number))
        found += _real_time(run, number)
    places = [
        {kept.text: kept.sequence for kept in log.messages} for log in run.histories
    ]
    for client in run.clients:
        found += chain(_answers(run, client, places), _views(run, client, places))
    return found


# -- what was kept ---------------------------------------------------------------


def _log(log: StoredHistory, whom: str) -> Iterator[Violation]:
    """Nothing is there twice, and there is no hole."""
    places = dict[str, int]()
    for expected, message in enumerate(log.messages, 1):
        if message.sequence != expected:
            details = f"{message} where {expected} should be"
            yield Violation("numbered without gaps", whom, details)
        if message.text in places:
            details = f"{message.text!r} at {places[message.text]} and {expected}"
            yield Violation("nothing is kept twice", whom, details)
        places[message.text] = expected


def _senders(run: Run, number: int) -> Iterator[Violation]:
    """All was sent by those who are named, and each sender's order is kept."""
    owners = {text: client for client in run.clients for text in client.sent}
    latest = dict[tuple[str, int], Sent]()
    for message in run.histories[number].messages:
        client = owners.get(message.text)
        if client is None:
            yield Violation("nothing is made up", f"log {number}", str(message))
            continue
        if client.names and message.source not in client.names:
            yield Violation("nothing is made up", client.name, f"not by it: {message}")
        sent = client.sent[message.text]
        before = latest.get((client.name, sent.line))
        if before is not None and _is_early(sent, before, run.refused_texts):
            details = f"{before.text!r} is kept before {sent.text!r}"
            yield Violation("a sender's order is kept", client.name, details)
        if before is None or sent.attempts[0] > before.attempts[0]:
            latest[client.name, sent.line] = sent


def _is_early(late: Sent, early: Sent, unlucky: set[str]) -> bool:
    """Tell whether *early* must not be kept before *late*, and was.

    One that the history refused at some time may have been overtaken meanwhile.
    """
    if late.text in unlucky or late.refused:
        return late.attempts[-1] < early.attempts[0]
    return late.attempts[0] < early.attempts[0]


def _real_time(run: Run, number: int) -> Iterator[Violation]:
    """What was sent after another was known to be kept is kept after it."""
    known = _known(run, number)
    first = {
        sent.text: sent.attempts[0]
        for client in run.clients
        for sent in client.sent.values()
    }
    soonest, whose = END, ""
    for message in reversed(run.histories[number].messages):
        if first.get(message.text, 0) > soonest:
            details = f"{message.text!r} was sent later than {whose!r} was known"
            yield Violation("later is later", f"log {number}", details)
        if known.get(message.text, soonest) < soonest:
            soonest, whose = known[message.text], message.text


def _known(run: Run, number: int) -> dict[str, int]:
    """Return the step at which each text of a log was first known to be kept."""
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


# -- what was answered --------------------------------------------------------------


def _answers(
    run: Run, client: ClientRecord, places: list[dict[str, int]]
) -> Iterator[Violation]:
    """What is acknowledged is kept, there and only there; what is refused is not."""
    can_retry = not any(view.is_plain for view in client.connections)
    for sent in client.sent.values():
        attempts, text = len(sent.attempts), sent.text
        if (answers := len(sent.stored) + sent.refused) > attempts:
            details = f"{answers} answers to {attempts} of {text!r}"
            yield Violation("one answer to each", client.name, details)
        if sent.refused >= attempts and any(text in place for place in places):
            details = f"{text!r} was refused"
            yield Violation("refused is not kept", client.name, details)
        for stored in sent.stored:
            found = places[stored.log].get(text)
            details = f"{text!r}, stored as {stored.sequence}, is at {found}"
            if found is None:
                yield Violation("acknowledged is kept", client.name, details)
            elif found != stored.sequence:
                yield Violation("stored tells the place", client.name, details)
        is_owed = can_retry and not sent.is_abandoned and attempts > sent.refused
        if run.is_settled and is_owed and not sent.stored:
            details = f"{text!r} was not"
            yield Violation("all is answered in the end", client.name, details)


# -- what was seen ------------------------------------------------------------------


def _views(
    run: Run, client: ClientRecord, places: list[dict[str, int]]
) -> Iterator[Violation]:
    """A client sees the log, and comes back to where it was."""
    stood: int | None = None
    for view in client.connections:
        if view.resume is not None and stood not in {None, view.resume.sequence}:
            details = f"it stood at {stood}, and came back with {view.resume}"
            yield Violation("a client goes on where it was", client.name, details)
        walk = ConnectionCheck(client.name, run.histories[view.log], places[view.log])
        yield from walk.check(view)
        if view.welcome is not None:
            stood = walk.last_sequence
    if run.is_settled and client.connections:
        yield from walk.check_end()
