"""An honest run is never blamed, and one false thing in it never stays unseen."""

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


class Honest:
    """A chat that keeps all promises, and what becomes known of it."""

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
            doings = [self.say, self.say, self.hear, self.hear, self.skip, self.leave]
            rng.choice(doings)(rng.choice(self.run.clients))
        self.say(self.run.clients[0])
        for client in self.run.clients:
            while self._cursors[client.name] < len(self._log):
                self.hear(client)
        self.run.is_settled = True

    def say(self, client: ClientRecord) -> None:
        text = f"{client.name} {len(client.sent)}"
        tries = [next(self._steps) for _ in range(self.rng.choice((1, 1, 3)))]
        self._log.append(StoredMessage(len(self._log) + 1, client.name, text))
        stored = Acknowledged(len(self._log), next(self._steps), 0)
        client.sent[text] = Sent(text, tries, [stored])

    def hear(self, client: ClientRecord) -> None:
        cursor = self._cursors[client.name]
        for kept in self._log[cursor : cursor + self.rng.randint(1, 5)]:
            client.connections[-1].events.append(Received(*kept, next(self._steps)))
            self._cursors[client.name] = kept.sequence

    def skip(self, client: ClientRecord) -> None:
        """Miss something, and be told."""
        cursor, head = self._cursors[client.name], len(self._log)
        if cursor < head - 1:
            after = self.rng.randrange(cursor + 1, head)
            gap = Missed(after - cursor, after)
            client.connections[-1].events.append(gap)
            self._cursors[client.name] = after

    def leave(self, client: ClientRecord) -> None:
        cursor = Cursor(EPOCH, self._cursors[client.name])
        welcome = Welcome(EPOCH, len(self._log), recovered=True)
        client.connections.append(ConnectionRecord(0, cursor, welcome))


Sight = tuple[ConnectionRecord, int, Received]


def a_sight(honest: Honest) -> Sight:
    """Return something that somebody has seen, and where."""
    sights = [
        (view, place, event)
        for client in honest.run.clients
        for view in client.connections
        for place, event in enumerate(view.events)
        if isinstance(event, Received)
    ]
    return honest.rng.choice(sights)


def a_place(honest: Honest) -> int:
    return honest.rng.randrange(len(honest.run.histories[0].messages))


def a_message(honest: Honest) -> Sent:
    sent = [each for client in honest.run.clients for each in client.sent.values()]
    return honest.rng.choice(sent)


def drop_a_sight(honest: Honest) -> None:
    view, place, _ = a_sight(honest)
    del view.events[place]


def double_a_sight(honest: Honest) -> None:
    view, place, seen = a_sight(honest)
    view.events.insert(honest.rng.randint(place, len(view.events)), seen)


def swap_sights(honest: Honest) -> None:
    view, place, seen = a_sight(honest)
    other = honest.rng.randrange(len(view.events))
    view.events[place], view.events[other] = view.events[other], seen
    if other == place:
        double_a_sight(honest)


def renumber_a_sight(honest: Honest) -> None:
    view, place, seen = a_sight(honest)
    other = seen.sequence + honest.rng.choice((-1, 1, 7))
    view.events[place] = seen._replace(sequence=other)


def change_a_sight(honest: Honest) -> None:
    view, place, seen = a_sight(honest)
    view.events[place] = seen._replace(text=f"{seen.text}!")


def take_a_sight_for_another(honest: Honest) -> None:
    view, place, seen = a_sight(honest)
    view.events[place] = seen._replace(source="mercutio")


def drop_from_the_log(honest: Honest) -> None:
    del honest.run.histories[0].messages[a_place(honest)]


def lose_the_end_of_the_log(honest: Honest) -> None:
    del honest.run.histories[0].messages[a_place(honest) :]


def lose_one_and_close_the_gap(honest: Honest) -> None:
    messages = honest.run.histories[0].messages
    del messages[a_place(honest)]
    messages[:] = [StoredMessage(n, *kept[1:]) for n, kept in enumerate(messages, 1)]


def keep_twice(honest: Honest) -> None:
    messages = honest.run.histories[0].messages
    messages.insert(a_place(honest), messages[a_place(honest)])
    messages[:] = [StoredMessage(n, *kept[1:]) for n, kept in enumerate(messages, 1)]


def make_up(honest: Honest) -> None:
    messages = honest.run.histories[0].messages
    messages.append(StoredMessage(len(messages) + 1, "romeo", "never said"))


def store_elsewhere(honest: Honest) -> None:
    (stored,) = (sent := a_message(honest)).stored
    other = stored.sequence + honest.rng.choice((-1, 1, 7))
    sent.stored[0] = stored._replace(sequence=other)


def refuse_what_is_kept(honest: Honest) -> None:
    sent = a_message(honest)
    sent.refused = len(sent.attempts)


def change_the_epoch(honest: Honest) -> None:
    view, _, _ = a_sight(honest)
    assert view.welcome is not None
    view.welcome = view.welcome._replace(epoch="another")


def lose_without_need(honest: Honest) -> None:
    view, _, _ = a_sight(honest)
    assert view.welcome is not None
    view.welcome = view.welcome._replace(recovered=False)


def hide_a_gap(honest: Honest) -> None:
    """Take away that something was missed; if nothing was, a message instead."""
    for client in honest.run.clients:
        for view in client.connections:
            for place, event in enumerate(view.events):
                if isinstance(event, Missed):
                    del view.events[place]
                    return
    drop_a_sight(honest)


@given(rng=st.randoms(use_true_random=False))
def test_an_honest_run_is_never_blamed(rng: Random) -> None:
    assert check(Honest(rng).run) == []


@pytest.mark.parametrize(
    "harm",
    [
        drop_a_sight,
        double_a_sight,
        swap_sights,
        renumber_a_sight,
        change_a_sight,
        take_a_sight_for_another,
        drop_from_the_log,
        lose_the_end_of_the_log,
        lose_one_and_close_the_gap,
        keep_twice,
        make_up,
        store_elsewhere,
        refuse_what_is_kept,
        change_the_epoch,
        lose_without_need,
        hide_a_gap,
    ],
)
@settings(max_examples=30)
@given(rng=st.randoms(use_true_random=False))
def test_one_false_thing_is_always_seen(
    harm: Callable[[Honest], None], rng: Random
) -> None:
    honest = Honest(rng)

    harm(honest)

    assert check(honest.run)
