"""A room: what happens in it, in order, and what its members receive."""

from collections.abc import Sequence
from typing import NamedTuple

from ..delivery.delivery import Delivery
from ..delivery.recent_events import RecentEvents
from ..delivery.shared_cursors import Write
from ..events import (
    Cursor,
    Message,
    Refused,
    RoomName,
    Snapshot,
    StorageFailed,
    StorageRecovered,
    Stored,
)
from ..limits import Limits
from ..protocol.dialect import Dialect
from ..storage import Draft, HistoryExtent, Outcome, Page, SessionQuery
from .flush_schedule import FlushSchedule
from .pending import PendingQueue
from .roster import Roster
from .step_handlers import StepHandlers
from .steps import JoinRoom, QueryHistory, QueryUsers, SendPrivate, StartSession, Step


class Room:
    """A named place with members and recent events.

    :meth:`add_drafts` and :meth:`add` queue what happens, in order. Steps with no
    draft before them are applied at once. The roster and the recent events reflect
    only steps that were applied and messages that were recorded.
    """

    def __init__(self, name: RoomName, limits: Limits, extent: HistoryExtent) -> None:
        self.name = name
        self._epoch = extent.epoch
        self.recent_events = RecentEvents(limits.recent_events_bytes, extent.head)
        self.delivery = Delivery(name, self.recent_events, limits.flush_bytes)
        self.pending = PendingQueue()
        self.roster = Roster(name)
        self.is_recording = True
        """Whether the last batch was recorded."""
        self.flush_schedule = FlushSchedule(self.delivery)
        self._handlers = StepHandlers(
            name,
            extent.epoch,
            limits,
            self.recent_events,
            self.delivery,
            self.roster,
            self.flush_schedule,
        )

    @property
    def last_sequence(self) -> int:
        """Sequence of the last message in the room."""
        return self.recent_events.last_sequence

    def snapshot(self) -> Snapshot:
        """Return the users and the last sequence."""
        users = tuple(self.roster.sorted_users())
        return Snapshot(users, self._epoch, self.last_sequence)

    def admit(self, step: JoinRoom | StartSession, dialect: Dialect) -> None:
        """Add a session, which receives events in *dialect* once *step* is applied."""
        self.delivery.add(step.session, dialect)
        self.add(step)

    def add_drafts(self, drafts: list[Draft]) -> None:
        """Queue *drafts*, which a member sent, for the journal."""
        self.pending.add_drafts(drafts)

    def add(self, step: Step) -> None:
        """Queue *step* after everything that was queued before it."""
        if (
            isinstance(step, SendPrivate | QueryHistory | QueryUsers)
            and step.session in self.delivery
        ):
            self.delivery[step.session].pending_answers += 1
        self.pending.add(step)
        for ready in self.pending.take_ready():
            self._handlers.apply(ready)

    def recorded(self, outcomes: Sequence[Outcome]) -> None:
        """Complete the batch in flight with one outcome for each draft.

        A message that had been recorded before is not delivered again.
        """
        if not self.is_recording:
            self.is_recording = True
            self.recent_events.append(StorageRecovered(self.name))
        recorded = list(map(_Recorded, self.pending.in_flight, outcomes))
        for part in self.pending.complete(recorded):
            if isinstance(part, list):
                self._add_messages(part)
            else:
                self._handlers.apply(part)

    def refused(self, refusals: list[SendPrivate], reason: str) -> None:
        """Complete the batch in flight with one refusal for each draft.

        If the batch before was recorded, all members receive *reason*.
        """
        if self.is_recording:
            self.is_recording = False
            self.recent_events.append(StorageFailed(self.name, reason))
        for refusal in refusals:
            if refusal.session in self.delivery:
                self.delivery[refusal.session].pending_answers += 1
        for part in self.pending.complete(refusals):
            for step in part if isinstance(part, list) else [part]:
                self._handlers.apply(step)

    def answered(self, query: SessionQuery, page: Page | Refused) -> None:
        """Deliver the answer to *query*, or the reason why there is none."""
        if query.session in self.delivery:
            self.delivery.answer(query, page)

    def cursors_ahead(self) -> list[Cursor]:
        """Return the client cursors beyond the last message since the last call."""
        return self._handlers.cursors_ahead()

    def flush_time(self, now: float) -> float | None:
        """Return when :meth:`flush` is due, at the earliest *now*; None if never."""
        due = self.flush_schedule.next_flush(now)
        return now if self.delivery.is_any_catching_up else due

    def flush(self, now: float) -> list[Write]:
        """Return what to write to which sessions; it counts as received."""
        due = self.flush_schedule.next_flush(now)
        if due is None or due > now:
            return self.delivery.catch_up.flush()
        writes = self.delivery.flush()
        self.flush_schedule.flushed()
        return writes

    def _add_messages(self, recorded: list["_Recorded"]) -> None:
        """Acknowledge the drafts to their senders, and add the new messages.

        The acknowledgements come before the messages, not between them, so that all
        members can share the bytes of the messages.
        """
        for draft, outcome in recorded:
            if draft.id is not None and draft.session in self.delivery:
                stored = Stored(draft.id, self.name, outcome.sequence)
                self.delivery.send_private(draft.session, stored)
        messages = [outcome for _, outcome in recorded if isinstance(outcome, Message)]
        if messages:
            self.recent_events.extend(messages)
        self.flush_schedule.is_urgent = True


class _Recorded(NamedTuple):
    """A draft and its outcome."""

    draft: Draft
    outcome: Outcome
