"""Laws of the checker: no violation in any correct run, one in any falsified run."""

from collections.abc import Callable
from itertools import count
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proof.checker import check
from tests.proof.records import (
    Acknowledged,
    ClientRecord,
    ConnectionRecord,
    Cursor,
    Missed,
    Received,
    Run,
    Sent,
    StoredHistory,
    StoredMessage,
    Welcome,
)

EPOCH = "epoch"


class CorrectRun:
    """A random run of a chat that keeps all promises."""

    def __init__(self, rng: Random) -> None:
        self.rng, self._steps = rng, count()
        names = ["romeo", "juliet", "nurse"]
        self.run = Run(
            [ClientRecord(name, {name}) for name in names], [StoredHistory(EPOCH)]
        )
        self._log = self.run.histories[0].messages
        self._cursors = dict.fromkeys(names, 0)
        for client in self.run.clients:
            client.connections.append(
                ConnectionRecord(0, None, Welcome(EPOCH, 0, recovered=True))
            )
        for _ in range(rng.randint(5, 20)):
            actions = [
                self.send,
                self.send,
                self.receive,
                self.receive,
                self.skip,
                self.resume,
            ]
            rng.choice(actions)(rng.choice(self.run.clients))
        self.send(self.run.clients[0])
        for client in self.run.clients:
            while self._cursors[client.name] < len(self._log):
                self.receive(client)
        self.run.is_settled = True

    def send(self, client: ClientRecord) -> None:
        text = f"{client.name} {len(client.sent)}"
        tries = [next(self._steps) for _ in range(self.rng.choice((1, 1, 3)))]
        self._log.append(StoredMessage(len(self._log) + 1, client.name, text))
        stored = Acknowledged(len(self._log), next(self._steps), 0)
        client.sent[text] = Sent(text, tries, [stored])

    def receive(self, client: ClientRecord) -> None:
        cursor = self._cursors[client.name]
        for kept in self._log[cursor : cursor + self.rng.randint(1, 5)]:
            client.connections[-1].events.append(Received(*kept, next(self._steps)))
            self._cursors[client.name] = kept.sequence

    def skip(self, client: ClientRecord) -> None:
        """Miss some messages, with a declared gap."""
        cursor, head = self._cursors[client.name], len(self._log)
        if cursor < head - 1:
            after = self.rng.randrange(cursor + 1, head)
            gap = Missed(after - cursor, after)
            client.connections[-1].events.append(gap)
            self._cursors[client.name] = after

    def resume(self, client: ClientRecord) -> None:
        cursor = Cursor(EPOCH, self._cursors[client.name])
        welcome = Welcome(EPOCH, len(self._log), recovered=True)
        client.connections.append(ConnectionRecord(0, cursor, welcome))


Reception = tuple[ConnectionRecord, int, Received]


def random_received_message(correct: CorrectRun) -> Reception:
    """Return a random received message, and its place."""
    received = [
        (view, place, event)
        for client in correct.run.clients
        for view in client.connections
        for place, event in enumerate(view.events)
        if isinstance(event, Received)
    ]
    return correct.rng.choice(received)


def an_index(correct: CorrectRun) -> int:
    return correct.rng.randrange(len(correct.run.histories[0].messages))


def a_message(correct: CorrectRun) -> Sent:
    sent = [each for client in correct.run.clients for each in client.sent.values()]
    return correct.rng.choice(sent)


def drop_a_received_message(correct: CorrectRun) -> None:
    view, place, _ = random_received_message(correct)
    del view.events[place]


def duplicate_a_received_message(correct: CorrectRun) -> None:
    view, place, seen = random_received_message(correct)
    view.events.insert(correct.rng.randint(place, len(view.events)), seen)


def swap_received_messages(correct: CorrectRun) -> None:
    view, place, seen = random_received_message(correct)
    other = correct.rng.randrange(len(view.events))
    view.events[place], view.events[other] = view.events[other], seen
    if other == place:
        duplicate_a_received_message(correct)


def renumber_a_received_message(correct: CorrectRun) -> None:
    view, place, seen = random_received_message(correct)
    other = seen.sequence + correct.rng.choice((-1, 1, 7))
    view.events[place] = seen._replace(sequence=other)


def change_a_received_message(correct: CorrectRun) -> None:
    view, place, seen = random_received_message(correct)
    view.events[place] = seen._replace(text=f"{seen.text}!")


def change_the_sender_of_a_received_message(correct: CorrectRun) -> None:
    view, place, seen = random_received_message(correct)
    view.events[place] = seen._replace(source="mercutio")


def drop_from_the_history(correct: CorrectRun) -> None:
    del correct.run.histories[0].messages[an_index(correct)]


def truncate_the_history(correct: CorrectRun) -> None:
    del correct.run.histories[0].messages[an_index(correct) :]


def drop_from_the_history_and_renumber(correct: CorrectRun) -> None:
    messages = correct.run.histories[0].messages
    del messages[an_index(correct)]
    messages[:] = [StoredMessage(n, *kept[1:]) for n, kept in enumerate(messages, 1)]


def store_twice(correct: CorrectRun) -> None:
    messages = correct.run.histories[0].messages
    messages.insert(an_index(correct), messages[an_index(correct)])
    messages[:] = [StoredMessage(n, *kept[1:]) for n, kept in enumerate(messages, 1)]


def invent_a_message(correct: CorrectRun) -> None:
    messages = correct.run.histories[0].messages
    messages.append(StoredMessage(len(messages) + 1, "romeo", "never sent"))


def acknowledge_another_sequence(correct: CorrectRun) -> None:
    (stored,) = (sent := a_message(correct)).stored
    other = stored.sequence + correct.rng.choice((-1, 1, 7))
    sent.stored[0] = stored._replace(sequence=other)


def refuse_a_stored_message(correct: CorrectRun) -> None:
    sent = a_message(correct)
    sent.refused = len(sent.attempts)


def change_the_epoch(correct: CorrectRun) -> None:
    view, _, _ = random_received_message(correct)
    assert view.welcome is not None
    view.welcome = view.welcome._replace(epoch="another")


def declare_a_needless_gap(correct: CorrectRun) -> None:
    view, _, _ = random_received_message(correct)
    assert view.welcome is not None
    view.welcome = view.welcome._replace(recovered=False)


def hide_a_gap(correct: CorrectRun) -> None:
    """Remove a declared gap, or a message if there is none."""
    for client in correct.run.clients:
        for view in client.connections:
            for place, event in enumerate(view.events):
                if isinstance(event, Missed):
                    del view.events[place]
                    return
    drop_a_received_message(correct)


@given(rng=st.randoms(use_true_random=False))
def test_a_correct_run_has_no_violations(rng: Random) -> None:
    assert check(CorrectRun(rng).run) == []


@pytest.mark.parametrize(
    "falsify",
    [
        drop_a_received_message,
        duplicate_a_received_message,
        swap_received_messages,
        renumber_a_received_message,
        change_a_received_message,
        change_the_sender_of_a_received_message,
        drop_from_the_history,
        truncate_the_history,
        drop_from_the_history_and_renumber,
        store_twice,
        invent_a_message,
        acknowledge_another_sequence,
        refuse_a_stored_message,
        change_the_epoch,
        declare_a_needless_gap,
        hide_a_gap,
    ],
)
@settings(max_examples=30)
@given(rng=st.randoms(use_true_random=False))
def test_a_falsified_run_has_violations(
    falsify: Callable[[CorrectRun], None], rng: Random
) -> None:
    correct = CorrectRun(rng)

    falsify(correct)

    assert check(correct.run)
