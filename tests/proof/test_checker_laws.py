"""Laws of the checker: no violation in any correct run, one in any falsified run."""

from collections.abc import Callable
from itertools import count
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proof.checker import check
from tests.proof.records import (
    LOBBY,
    Acknowledged,
    ClientRecord,
    Cursor,
    Missed,
    Opening,
    Received,
    RoomView,
    Run,
    Sent,
    StoredHistory,
    StoredMessage,
)

EPOCH = "epoch"
ROOMS = [LOBBY, "dev"]


class CorrectRun:
    """A random run of a chat with two rooms that keeps all promises."""

    def __init__(self, rng: Random) -> None:
        self.rng, self._steps = rng, count()
        names = ["romeo", "juliet", "nurse"]
        self._rooms = {room: list[StoredMessage]() for room in ROOMS}
        self.run = Run(
            [ClientRecord(name, {name}) for name in names],
            [StoredHistory(EPOCH, self._rooms)],
        )
        self._views = dict[tuple[str, str], RoomView]()
        self._places = {(name, room): 0 for name in names for room in ROOMS}
        for client in self.run.clients:
            for room in ROOMS:
                start = Opening(EPOCH, 0, recovered=True)
                self._begin(client, RoomView(room, 0, None, start))
        for _ in range(rng.randint(5, 20)):
            actions = [self.send, self.receive, self.skip, self.resume]
            action = rng.choice([*actions, self.send, self.receive])
            action(rng.choice(self.run.clients), rng.choice(ROOMS))
        for room in ROOMS:
            self.send(self.run.clients[0], room)
            for client in self.run.clients:
                while self._places[client.name, room] < len(self._rooms[room]):
                    self.receive(client, room)
        self.run.is_settled = True

    @property
    def messages(self) -> list[StoredMessage]:
        """The messages of a random room; both have some."""
        return self._rooms[self.rng.choice(ROOMS)]

    def _begin(self, client: ClientRecord, view: RoomView) -> None:
        before = self._views.get((client.name, view.room))
        if before is not None:
            before.is_over = True
        self._views[client.name, view.room] = view
        client.views.append(view)

    def _sequence(self, room: str, place: int) -> int:
        return self._rooms[room][place - 1].sequence if place else 0

    def send(self, client: ClientRecord, room: str) -> None:
        text = f"{client.name} {len(client.sent)}"
        tries = [next(self._steps) for _ in range(self.rng.choice((1, 1, 3)))]
        messages = self._rooms[room]
        sequence = self._sequence(room, len(messages)) + self.rng.choice((1, 1, 3))
        messages.append(StoredMessage(sequence, client.name, text))
        stored = Acknowledged(sequence, next(self._steps), 0)
        client.sent[text] = Sent(text, tries, [stored], room=room)

    def receive(self, client: ClientRecord, room: str) -> None:
        place = self._places[client.name, room]
        for kept in self._rooms[room][place : place + self.rng.randint(1, 5)]:
            received = Received(*kept, next(self._steps))
            self._views[client.name, room].events.append(received)
            self._places[client.name, room] += 1

    def skip(self, client: ClientRecord, room: str) -> None:
        """Miss some messages, with a declared gap."""
        place, head = self._places[client.name, room], len(self._rooms[room])
        if place < head - 1:
            after = self.rng.randrange(place + 1, head)
            gap = Missed(after - place, self._sequence(room, after))
            self._views[client.name, room].events.append(gap)
            self._places[client.name, room] = after

    def resume(self, client: ClientRecord, room: str) -> None:
        place = self._places[client.name, room]
        cursor = Cursor(EPOCH, self._sequence(room, place))
        last = self._sequence(room, len(self._rooms[room]))
        start = Opening(EPOCH, last, recovered=True)
        self._begin(client, RoomView(room, 0, cursor, start))


Reception = tuple[RoomView, int, Received]


def random_received_message(correct: CorrectRun) -> Reception:
    """Return a random received message, and its place."""
    received = [
        (view, place, event)
        for client in correct.run.clients
        for view in client.views
        for place, event in enumerate(view.events)
        if isinstance(event, Received)
    ]
    return correct.rng.choice(received)


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
    messages = correct.messages
    del messages[correct.rng.randrange(len(messages))]


def truncate_the_history(correct: CorrectRun) -> None:
    messages = correct.messages
    del messages[correct.rng.randrange(len(messages)) :]


def drop_from_the_history_and_renumber(correct: CorrectRun) -> None:
    messages = correct.messages
    sequences = [each.sequence for each in messages]
    del messages[correct.rng.randrange(len(messages))]
    messages[:] = [
        each._replace(sequence=sequence)
        for each, sequence in zip(messages, sequences, strict=False)
    ]


def store_twice(correct: CorrectRun) -> None:
    messages = correct.messages
    again = correct.rng.choice(messages)
    messages.append(again._replace(sequence=messages[-1].sequence + 1))


def invent_a_message(correct: CorrectRun) -> None:
    messages = correct.messages
    sequence = messages[-1].sequence + 1
    messages.append(StoredMessage(sequence, "romeo", "never sent"))


def send_to_another_room(correct: CorrectRun) -> None:
    sent = a_message(correct)
    sent.room = "dev" if sent.room == LOBBY else LOBBY


def use_the_cursor_of_another_room(correct: CorrectRun) -> None:
    """Resume in one room at the place of another."""
    client = correct.rng.choice(correct.run.clients)
    room = correct.rng.choice(ROOMS)
    correct.send(client, room)
    correct.resume(client, room)
    view = client.views[-1]
    assert view.resume is not None
    view.resume = Cursor(EPOCH, view.resume.sequence + 1000)


def acknowledge_another_sequence(correct: CorrectRun) -> None:
    (stored,) = (sent := a_message(correct)).stored
    other = stored.sequence + correct.rng.choice((-1, 1, 7))
    sent.stored[0] = stored._replace(sequence=other)


def refuse_a_stored_message(correct: CorrectRun) -> None:
    sent = a_message(correct)
    sent.refused = len(sent.attempts)


def change_the_epoch(correct: CorrectRun) -> None:
    """Change that of the lobby; another room without messages may be recreated."""
    views = [view for client in correct.run.clients for view in client.views]
    view = correct.rng.choice([each for each in views if each.room == LOBBY])
    assert view.opening is not None
    view.opening = view.opening._replace(epoch="another")


def declare_a_needless_gap(correct: CorrectRun) -> None:
    view, _, _ = random_received_message(correct)
    assert view.opening is not None
    view.opening = view.opening._replace(recovered=False)


def hide_a_gap(correct: CorrectRun) -> None:
    """Remove a declared gap, or a message if there is none."""
    for client in correct.run.clients:
        for view in client.views:
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
        send_to_another_room,
        use_the_cursor_of_another_room,
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
