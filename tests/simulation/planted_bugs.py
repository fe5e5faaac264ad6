"""Bugs to plant in the server, to check that the simulation finds them."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import pytest

from parlour.core.delivery.catch_up import CatchUp
from parlour.core.delivery.member import Member
from parlour.core.delivery.recent_events import RecentEvents
from parlour.core.delivery.replay import Replay
from parlour.core.events import (
    Cursor,
    Joined,
    Message,
    PrivateEvent,
    Refused,
    SessionId,
    Stored,
    Welcome,
)
from parlour.core.hub import Hub
from parlour.core.rooms.pending import PendingQueue
from parlour.core.rooms.steps import SendPrivate
from parlour.core.storage import Draft, Duplicate, Page
from parlour.journal.idempotency import IdempotencyKeys
from parlour.server.asyncio_driver.driver import AsyncioDriver
from parlour.server.runtime import Runtime, RunWithHub

PlantBug = Callable[[pytest.MonkeyPatch], None]


def deliver_before_commit(patch: pytest.MonkeyPatch) -> None:
    """Deliver messages before the commit."""

    def record(
        self: Runtime, lock: AbstractContextManager[object], run: RunWithHub
    ) -> None:
        with lock:
            drafts, hub = self.hub.drafts(), self.hub
        if drafts:
            first = hub.room.last_sequence + 1
            numbers = range(first, first + len(drafts))
            messages = [
                Message(draft.room, number, 0.0, draft.source, draft.text)
                for number, draft in zip(numbers, drafts, strict=True)
            ]
            run(lambda: hub.recorded(messages))
            self.recorder.record(drafts, 0.0, lambda _: None)

    patch.setattr(Runtime, "record", record)


def resume_one_too_late(patch: pytest.MonkeyPatch) -> None:
    """Skip the first missed message at a resume."""
    start = Replay.start

    def later(
        self: Replay,
        member: Member,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        if cursor is not None and cursor.sequence < welcome.sequence:
            cursor = Cursor(cursor.epoch, cursor.sequence + 1)
        start(self, member, welcome, cursor, joined)

    patch.setattr(Replay, "start", later)


def accept_any_epoch(patch: pytest.MonkeyPatch) -> None:
    """Accept a cursor of another epoch."""
    start = Replay.start

    def trust(
        self: Replay,
        member: Member,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        if cursor is not None:
            sequence = min(cursor.sequence, welcome.sequence)
            cursor = Cursor(welcome.epoch, sequence)
        start(self, member, welcome, cursor, joined)

    patch.setattr(Replay, "start", trust)


def acknowledge_refused_messages(patch: pytest.MonkeyPatch) -> None:
    """Acknowledge refused messages as stored."""

    def refused(self: Hub, drafts: Sequence[Draft], why: Refused) -> None:
        messages = [
            SendPrivate(
                draft.session,
                Stored(draft.id or "", draft.room, self.room.last_sequence + 1),
            )
            for draft in drafts
        ]
        self.room.refused(messages, why.reason)

    patch.setattr(Hub, "refused", refused)


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
        self: Replay, sequence: int, page: Page | Refused
    ) -> tuple[list[PrivateEvent], int]:
        answers, last = read(self, sequence, page)
        return answers, max(last, self._recent.last_sequence)

    patch.setattr(Replay, "_read_page", skip)


def shorten_pages(patch: pytest.MonkeyPatch) -> None:
    """Omit the last message of a page."""
    read = Replay._read_page

    def cut(
        self: Replay, sequence: int, page: Page | Refused
    ) -> tuple[list[PrivateEvent], int]:
        answers, last = read(self, sequence, page)
        return answers[:-1] if len(answers) > 1 else answers, last

    patch.setattr(Replay, "_read_page", cut)


def forget_retries(patch: pytest.MonkeyPatch) -> None:
    """Store a retry as a new message."""

    def find(_: IdempotencyKeys, key: str, time: float) -> Duplicate | None:
        assert key
        assert time
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
    drafts = PendingQueue.next_batch

    def reversed_batch(self: PendingQueue) -> list[Draft]:
        batch = drafts(self)
        batch.reverse()
        self.in_flight = batch
        return batch

    patch.setattr(PendingQueue, "next_batch", reversed_batch)


def drop_input(patch: pytest.MonkeyPatch) -> None:
    """Lose some received lines before the hub."""
    receive = AsyncioDriver.receive

    def deaf(self: AsyncioDriver, session: SessionId, data: bytes) -> None:
        lines = data.splitlines(keepends=True)
        if len(lines) > 3 and data.endswith(b"\n"):
            del lines[1]
        receive(self, session, b"".join(lines))

    patch.setattr(AsyncioDriver, "receive", deaf)


BUGS: list[PlantBug] = [
    deliver_before_commit,
    resume_one_too_late,
    accept_any_epoch,
    acknowledge_refused_messages,
    repeat_after_replay,
    skip_during_replay,
    shorten_pages,
    forget_retries,
    hide_gaps,
    reverse_batches,
    drop_input,
]
