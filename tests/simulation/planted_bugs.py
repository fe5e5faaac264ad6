"""Bugs to be planted in the server, to see whether the simulation finds them."""

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
from parlour.core.storage import Draft, Page, Repeated
from parlour.journal.idempotency import IdempotencyKeys
from parlour.server.asyncio_driver.driver import AsyncioDriver
from parlour.server.runtime import Runtime, RunWithHub

PlantBug = Callable[[pytest.MonkeyPatch], None]


def tell_before_commit(patch: pytest.MonkeyPatch) -> None:
    """The room hears of a message while the history still works on it."""

    def record(
        self: Runtime, lock: AbstractContextManager[object], run: RunWithHub
    ) -> None:
        with lock:
            drafts, hub = self.hub.drafts(), self.hub
        if drafts:
            first = hub.room.last_sequence + 1
            numbers = range(first, first + len(drafts))
            told = [
                Message(draft.room, number, 0.0, draft.source, draft.text)
                for number, draft in zip(numbers, drafts, strict=True)
            ]
            run(lambda: hub.recorded(told))
            self.recorder.record(drafts, 0.0, lambda _: None)

    patch.setattr(Runtime, "record", record)


def resume_one_later(patch: pytest.MonkeyPatch) -> None:
    """The first message that one has missed is not told."""
    greet = Replay.greet

    def later(
        self: Replay,
        member: Member,
        welcome: Welcome,
        cursor: Cursor | None,
        joined: Joined | None,
    ) -> None:
        if cursor is not None and cursor.sequence < welcome.sequence:
            cursor = Cursor(cursor.epoch, cursor.sequence + 1)
        greet(self, member, welcome, cursor, joined)

    patch.setattr(Replay, "greet", later)


def take_any_epoch(patch: pytest.MonkeyPatch) -> None:
    """A cursor of a history that is gone is taken for one of this."""
    greet = Replay.greet

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
        greet(self, member, welcome, cursor, joined)

    patch.setattr(Replay, "greet", trust)


def store_the_refused(patch: pytest.MonkeyPatch) -> None:
    """What is refused is told as stored."""

    def refused(self: Hub, drafts: Sequence[Draft], why: Refused) -> None:
        told = [
            SendPrivate(
                draft.session,
                Stored(draft.id or "", draft.room, self.room.last_sequence + 1),
            )
            for draft in drafts
        ]
        self.room.refused(told, why.reason)

    patch.setattr(Hub, "refused", refused)


def double_at_the_seam(patch: pytest.MonkeyPatch) -> None:
    """The last message of a replay is told again by the log."""
    after = RecentEvents.after

    def earlier(self: RecentEvents, sequence: int) -> int | None:
        return after(self, max(sequence - 1, self.forgotten))

    patch.setattr(RecentEvents, "after", earlier)


def lose_at_the_seam(patch: pytest.MonkeyPatch) -> None:
    """What is said while a page is read is told neither by it nor by the log."""
    read = Replay._read

    def skip(
        self: Replay, sequence: int, page: Page | Refused
    ) -> tuple[list[PrivateEvent], int]:
        answers, heard = read(self, sequence, page)
        return answers, max(heard, self._log.last)

    patch.setattr(Replay, "_read", skip)


def cut_a_page(patch: pytest.MonkeyPatch) -> None:
    """The last message of a page is not told."""
    read = Replay._read

    def cut(
        self: Replay, sequence: int, page: Page | Refused
    ) -> tuple[list[PrivateEvent], int]:
        answers, heard = read(self, sequence, page)
        return answers[:-1] if len(answers) > 1 else answers, heard

    patch.setattr(Replay, "_read", cut)


def forget_retries(patch: pytest.MonkeyPatch) -> None:
    """A message that is sent again is kept again."""

    def find(_: IdempotencyKeys, key: str, time: float) -> Repeated | None:
        assert key
        assert time
        return None

    patch.setattr(IdempotencyKeys, "find", find)


def hide_a_gap(patch: pytest.MonkeyPatch) -> None:
    """Who fell too far behind is not told."""
    gap = CatchUp._gap

    def silent(self: CatchUp, member: Member) -> bytes:
        gap(self, member)
        return b""

    patch.setattr(CatchUp, "_gap", silent)


def turn_batches_round(patch: pytest.MonkeyPatch) -> None:
    """What is said together is kept in the wrong order."""
    drafts = PendingQueue.next_batch

    def turned(self: PendingQueue) -> list[Draft]:
        batch = drafts(self)
        batch.reverse()
        self.in_flight = batch
        return batch

    patch.setattr(PendingQueue, "next_batch", turned)


def drop_input(patch: pytest.MonkeyPatch) -> None:
    """Some of what arrives is lost on its way to the hub."""
    receive = AsyncioDriver.receive

    def deaf(self: AsyncioDriver, session: SessionId, data: bytes) -> None:
        lines = data.splitlines(keepends=True)
        if len(lines) > 3 and data.endswith(b"\n"):
            del lines[1]
        receive(self, session, b"".join(lines))

    patch.setattr(AsyncioDriver, "receive", deaf)


BUGS: list[PlantBug] = [
    tell_before_commit,
    resume_one_later,
    take_any_epoch,
    store_the_refused,
    double_at_the_seam,
    lose_at_the_seam,
    cut_a_page,
    forget_retries,
    hide_a_gap,
    turn_batches_round,
    drop_input,
]
