"""Bugs to plant in a server, to check that the simulation finds them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from parlour.core.delivery.catch_up import CatchUp
from parlour.core.delivery.delivery import Delivery
from parlour.core.delivery.member import Member
from parlour.core.delivery.opening import Opening
from parlour.core.delivery.recent_events import RecentEvents
from parlour.core.delivery.replay import Replay
from parlour.core.entries import Batch, Said, Whispered
from parlour.core.events import (
    ConnectionId,
    Cursor,
    Left,
    Message,
    PrivateEvent,
    Refused,
    Renamed,
    RoomEvent,
    RoomName,
)
from parlour.core.hub import Hub
from parlour.core.protocol.commands import Hello
from parlour.core.sessions.batching import Planner
from parlour.core.sessions.message_outcomes import MessageOutcomes
from parlour.core.sessions.proposals import Proposals
from parlour.core.sessions.session_effects import SessionEffects
from parlour.core.state.effects import NameChanged, Whisper
from parlour.core.state.idempotency import IdempotencyKeys
from parlour.core.storage import After, Page
from parlour.server.asyncio_driver.driver import AsyncioDriver
from parlour.server.runtime import Runtime, RunWithHub

PlantBug = Callable[[pytest.MonkeyPatch], None]


def apply_before_commit(patch: pytest.MonkeyPatch) -> None:
    """Apply a batch, and tell everybody, before it is committed."""

    def record(
        self: Runtime, lock: AbstractContextManager[object], run: RunWithHub
    ) -> None:
        with lock:
            batch = self.hub.proposals(self.wall())
        if batch is not None:
            run(lambda: self.hub.committed(batch, self.clock()))
            self.recorder.record(batch, lambda _: None)

    patch.setattr(Runtime, "record", record)


def resume_one_too_late(patch: pytest.MonkeyPatch) -> None:
    """Skip the first missed message at a resume."""
    start = Replay.start

    def later(self: Replay, member: Member, opening: Opening) -> None:
        cursor = opening.cursor
        if cursor is not None and cursor.sequence < opening.info.sequence:
            cursor = Cursor(cursor.epoch, cursor.sequence + 1)
        start(self, member, opening._replace(cursor=cursor))

    patch.setattr(Replay, "start", later)


def accept_any_epoch(patch: pytest.MonkeyPatch) -> None:
    """Accept a cursor of another epoch."""
    start = Replay.start

    def trust(self: Replay, member: Member, opening: Opening) -> None:
        cursor = opening.cursor
        if cursor is not None:
            sequence = min(cursor.sequence, opening.info.sequence)
            cursor = Cursor(opening.info.epoch, sequence)
        start(self, member, opening._replace(cursor=cursor))

    patch.setattr(Replay, "start", trust)


def use_the_cursor_of_another_room(patch: pytest.MonkeyPatch) -> None:
    """Resume every room at the sequence of the last one."""
    find = Hello.cursor

    def last(self: Hello, room: RoomName) -> Cursor | None:
        cursor = find(self, room)
        return cursor and Cursor(cursor.epoch, self.cursors[-1][1].sequence)

    patch.setattr(Hello, "cursor", last)


def acknowledge_refused_messages(patch: pytest.MonkeyPatch) -> None:
    """Acknowledge refused messages as stored."""

    def rejected(self: Hub, batch: Batch, _why: Refused) -> None:
        self.committed(batch, self.connections.now)

    patch.setattr(Hub, "rejected", rejected)


def repeat_after_replay(patch: pytest.MonkeyPatch) -> None:
    """Deliver the last message of a replay again."""
    after = RecentEvents.position_after

    def earlier(self: RecentEvents, sequence: int) -> int | None:
        return after(self, max(sequence - 1, self.last_discarded))

    patch.setattr(RecentEvents, "position_after", earlier)


def skip_during_replay(patch: pytest.MonkeyPatch) -> None:
    """Skip messages that arrive while a page is read."""
    read = Replay._read_page

    def skip(
        self: Replay, query: After, page: Page | Refused
    ) -> tuple[list[PrivateEvent], int]:
        answers, last = read(self, query, page)
        return answers, max(last, self._recent.last_sequence)

    patch.setattr(Replay, "_read_page", skip)


def shorten_pages(patch: pytest.MonkeyPatch) -> None:
    """Omit the last message of a page."""
    read = Replay._read_page

    def cut(
        self: Replay, query: After, page: Page | Refused
    ) -> tuple[list[PrivateEvent], int]:
        answers, last = read(self, query, page)
        return answers[:-1] if len(answers) > 1 else answers, last

    patch.setattr(Replay, "_read_page", cut)


def forget_retries(patch: pytest.MonkeyPatch) -> None:
    """Store a retry as a new message."""

    def find(_: IdempotencyKeys, token: str, key: str, time: float) -> int | None:
        assert token, key
        assert time >= 0.0
        return None

    patch.setattr(IdempotencyKeys, "find", find)


def hide_gaps(patch: pytest.MonkeyPatch) -> None:
    """Do not declare gaps to members that fell too far behind."""
    gap = CatchUp._skip_discarded

    def silent(self: CatchUp, member: Member) -> bytes:
        gap(self, member)
        return b""

    patch.setattr(CatchUp, "_skip_discarded", silent)


def reverse_batches(patch: pytest.MonkeyPatch) -> None:
    """Store the messages of a batch in reverse order."""
    next_batch = Proposals.next_batch

    def reversed_batch(self: Proposals, time: float, now: float) -> Batch | None:
        batch = next_batch(self, time, now)
        if batch is not None and all(isinstance(each, Said) for each in batch.entries):
            self._in_flight.reverse()
            batch = batch.replace(entries=batch.entries[::-1])
        return batch

    patch.setattr(Proposals, "next_batch", reversed_batch)


def store_void_entries(patch: pytest.MonkeyPatch) -> None:
    """Have the journal store messages that are void."""
    add_said = Planner._add_said

    def add(self: Planner, index: int, said: Said) -> bool:
        is_added = add_said(self, index, said)
        if is_added and self.judged.pop(index, None) is not None:
            self.entries.append(said)
        return is_added

    patch.setattr(Planner, "_add_said", add)


def drop_input(patch: pytest.MonkeyPatch) -> None:
    """Lose some received lines before the hub."""
    receive = AsyncioDriver.receive

    def deaf(self: AsyncioDriver, connection: ConnectionId, data: bytes) -> None:
        lines = data.splitlines(keepends=True)
        if len(lines) > 3 and data.endswith(b"\n"):
            del lines[1]
        receive(self, connection, b"".join(lines))

    patch.setattr(AsyncioDriver, "receive", deaf)


def tell_a_rename_in_one_room(patch: pytest.MonkeyPatch) -> None:
    """Tell a rename only in the first room of a session."""

    def rename(self: SessionEffects, effect: NameChanged) -> None:
        for room in effect.rooms[:1]:
            self._delivery.append(room, Renamed(room, effect.name, effect.to))

    patch.setattr(SessionEffects, "rename", rename)


def tell_nobody_who_left(patch: pytest.MonkeyPatch) -> None:
    """Do not tell the members of a room that somebody has left it."""
    append = Delivery.append

    def tell(self: Delivery, name: RoomName, event: RoomEvent) -> None:
        if not isinstance(event, Left):
            append(self, name, event)

    patch.setattr(Delivery, "append", tell)


def show_direct_messages_to_all(patch: pytest.MonkeyPatch) -> None:
    """Show a direct message to a third."""
    whisper = Delivery.whisper

    def shout(self: Delivery, name: RoomName, message: Message) -> None:
        whisper(self, name, message)
        for connection in self._subscribers:
            if not self.hears(connection, name):
                self.private.send(connection, message)

    patch.setattr(Delivery, "whisper", shout)


def hear_ignored_users(patch: pytest.MonkeyPatch) -> None:
    """Deliver direct messages of ignored users."""
    whisper = MessageOutcomes._whisper

    def deliver(self: MessageOutcomes, entry: Whispered, effect: Whisper) -> None:
        whisper(self, entry, effect.replace(is_ignored=False))

    patch.setattr(MessageOutcomes, "_whisper", deliver)


def hear_rooms_after_leaving(patch: pytest.MonkeyPatch) -> None:
    """Deliver the events of a room to one who has left it."""
    finish = Delivery.finish

    def stay(self: Delivery, connection: ConnectionId, name: RoomName) -> None:
        if self._subscribers[connection].is_ending:
            finish(self, connection, name)

    patch.setattr(Delivery, "finish", stay)


BUGS: list[PlantBug] = [
    apply_before_commit,
    resume_one_too_late,
    accept_any_epoch,
    use_the_cursor_of_another_room,
    acknowledge_refused_messages,
    repeat_after_replay,
    skip_during_replay,
    shorten_pages,
    forget_retries,
    hide_gaps,
    reverse_batches,
    store_void_entries,
    drop_input,
    tell_a_rename_in_one_room,
    tell_nobody_who_left,
    show_direct_messages_to_all,
    hear_ignored_users,
    hear_rooms_after_leaving,
]
