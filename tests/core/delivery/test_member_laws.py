"""Any sequence of calls leaves each member in the set of its state, and in no other.

The sequences of the room have holes. A member of the session dialect receives every
message after its start, or hears that it missed some.
"""

import json
from collections.abc import Iterator
from itertools import accumulate

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from parlour.core.delivery.member import Member
from parlour.core.delivery.member_state import (
    LAGGING_STATES,
    SHARING_STATES,
    SOURCES,
    EventSource,
    MemberState,
)
from parlour.core.delivery.opening import Opening
from parlour.core.delivery.recent_events import RecentEvents
from parlour.core.delivery.reports import DeliveryReports
from parlour.core.delivery.room_delivery import RoomDelivery
from parlour.core.delivery.shared_cursors import Write
from parlour.core.events import (
    LOBBY,
    ConnectionId,
    Cursor,
    Joined,
    Message,
    Refused,
    RoomInfo,
)
from parlour.core.protocol.plain import PLAIN
from parlour.core.protocol.session import SESSION
from parlour.core.storage import After, Before, Page, Purpose, Question

EPOCH = "e"
REFUSAL = Refused("refused", "why")
NOTICE = Joined(LOBBY, "Eve")
MEMBERS = st.integers(0, 5)  # index of a member, modulo their number
GAPS = st.lists(st.integers(1, 3), min_size=1, max_size=8)  # between sequences
BEFORE_ALL = 0.0  # a time at which only those that catch up are flushed
END_STATES = {MemberState.AT_SHARED_CURSOR, MemberState.FINISHED}


class DeliveryMachine(RuleBasedStateMachine):
    """A room of members that join, query, lag and finish in any order."""

    @initialize(
        max_bytes=st.sampled_from([300, 10_000]),
        flush_bytes=st.sampled_from([150, 9_999]),
    )
    def open(self, max_bytes: int, flush_bytes: int) -> None:
        self.stored = [self.message(number) for number in (1, 3, 4, 8, 9)]
        self.recent = RecentEvents(max_bytes, last_sequence=9)
        self.reports = DeliveryReports()
        self.delivery = RoomDelivery(LOBBY, self.recent, self.reports, flush_bytes)
        self.connections: list[ConnectionId] = []
        self.count = 0
        self.questions: list[Question] = []  # returned and not answered
        self.received: dict[ConnectionId, int] = {}  # the last sequence
        self.cursors: dict[ConnectionId, Cursor] = {}  # those of this history
        for _ in range(3):
            self.add_plain()
        self.add_session(ago=-1, is_known=True)

    @staticmethod
    def message(sequence: int, text: str = "new") -> Message:
        return Message(LOBBY, sequence, 0.0, "Ann", f"{text} {sequence}")

    def member(self, index: int) -> Member:
        return self.delivery[self.connections[index % len(self.connections)]]

    def members(self) -> Iterator[Member]:
        return map(self.delivery.__getitem__, self.connections)

    def write(self, writes: list[Write]) -> None:
        """Check that each connection receives the messages of the room in order."""
        for data, connections, _ in writes:
            for line in data.splitlines():
                for connection in connections:
                    self.receive(connection, json.loads(line))

    def receive(self, connection: ConnectionId, event: dict[str, object]) -> None:
        data, last = event["data"], self.received.get(connection, 0)
        assert isinstance(data, dict)
        if event["type"] == "room":
            cursor = self.cursors.pop(connection, None)
            self.received[connection] = cursor.sequence if cursor else data["sequence"]
        elif event["type"] == "missed":
            assert data["resume_after"] >= last
            self.received[connection] = data["resume_after"]
        elif "new" in data.get("message", ""):
            sequence = int(data["message"].removeprefix("new "))
            assert sequence > last
            if "sequence" in data:
                assert sequence == self.first_after(last), "no message is skipped"
            self.received[connection] = sequence

    def first_after(self, sequence: int) -> int:
        return next(s for s in (m.sequence for m in self.stored) if s > sequence)

    @rule()
    def add_plain(self) -> None:
        self.delivery.add(self.new_connection(), PLAIN)

    @rule(ago=st.integers(-1, 20), is_known=st.booleans())
    def add_session(self, ago: int, *, is_known: bool) -> None:
        connection = self.new_connection()
        joined = Joined(LOBBY, "Ann") if ago % 2 else None
        opening = self.opening(connection, ago, joined, is_known=is_known)
        self.delivery.add(connection, SESSION, opening)

    def new_connection(self) -> ConnectionId:
        self.count += 1
        connection = ConnectionId(self.count)
        self.connections.append(connection)
        return connection

    @precondition(lambda self: self.connections)
    @rule(index=MEMBERS, ago=st.integers(-1, 20), is_known=st.booleans())
    def upgrade(self, index: int, ago: int, *, is_known: bool) -> None:
        member = self.member(index)
        has_query = any(
            isinstance(event, Question) for _, event in member.private_events
        )
        if (
            member.encoded.dialect is PLAIN
            and member.end is None
            and not has_query  # only a silent member can upgrade
        ):
            opening = self.opening(member.connection, ago, None, is_known=is_known)
            self.delivery.upgrade(member.connection, SESSION, opening)

    def opening(
        self,
        connection: ConnectionId,
        ago: int,
        joined: Joined | None,
        *,
        is_known: bool,
    ) -> Opening:
        """Return an opening with a cursor *ago* before the last message, if any."""
        last = self.recent.last_sequence
        info = RoomInfo(LOBBY, EPOCH, last, True)
        if ago < 0:
            return Opening(info, joined=joined)
        cursor = Cursor(EPOCH if is_known else "other", max(0, last - ago))
        if is_known:
            self.cursors[connection] = cursor
        return Opening(info, cursor=cursor, joined=joined)

    @rule(gaps=GAPS)
    def record(self, gaps: list[int]) -> None:
        _, *sequences = accumulate(gaps, initial=self.recent.last_sequence)
        new = list(map(self.message, sequences))
        self.stored += new
        self.recent.extend(new)

    @rule()
    def notify(self) -> None:
        self.recent.append(NOTICE)

    @precondition(lambda self: self.connections)
    @rule(index=MEMBERS, count=st.integers(1, 3))
    def send_private(self, index: int, count: int) -> None:
        self.delivery.send_private(self.member(index).connection, *[REFUSAL] * count)

    @precondition(lambda self: self.connections)
    @rule(index=MEMBERS, purpose=st.sampled_from([Purpose.SUMMARY, Purpose.PAGE]))
    def ask(self, index: int, purpose: Purpose) -> None:
        connection = self.member(index).connection
        query = Before(LOBBY, self.recent.last_sequence + 1, 3)
        self.delivery.send_private(connection, Question(connection, query, purpose))

    @precondition(lambda self: self.connections)
    @rule(index=MEMBERS)
    def pause_or_resume_writing(self, index: int) -> None:
        member = self.member(index)
        if member.state in LAGGING_STATES:
            self.delivery.resume_writing(member.connection)
        else:
            self.delivery.pause_writing(member.connection)

    @precondition(lambda self: len(self.connections) > 2)
    @rule(index=MEMBERS)
    def finish(self, index: int) -> None:
        self.delivery.finish(self.member(index).connection)

    @precondition(lambda self: len(self.connections) > 2)
    @rule(index=MEMBERS)
    def remove(self, index: int) -> None:
        connection = self.member(index).connection
        self.connections.remove(connection)
        self.delivery.remove(connection)

    @rule()
    def flush(self) -> None:
        self.write(self.delivery.flush())

    @rule(gaps=st.none() | GAPS, index=MEMBERS)
    def catch_up(self, gaps: list[int] | None, index: int) -> None:
        """Deliver the events that other members receive later to one member."""
        if gaps and self.connections:
            self.record(gaps)
            self.send_private(index, 1)
        self.write(self.delivery.flush_due(BEFORE_ALL))

    @rule()
    def give_up_events(self) -> None:
        """Discard what no member pins, as all rooms together have too many events."""
        self.delivery.give_up_events()

    @rule()
    def take_questions(self) -> None:
        self.questions += self.reports.take_questions()

    @precondition(lambda self: self.questions)
    @rule(is_refused=st.booleans())
    def answer(self, *, is_refused: bool) -> None:
        question = self.questions.pop(0)
        if self.delivery.awaits(question):
            answer = REFUSAL if is_refused else self.page(question)
            self.delivery.answer(question, answer)

    def page(self, question: Question) -> Page:
        query = question.query
        if isinstance(query, After):
            low, high = query.sequence, query.head
            found = [m for m in self.stored if low < m.sequence <= high][:4]
        else:
            assert isinstance(query, Before)
            older = [m for m in self.stored if m.sequence < query.sequence]
            found = [self.message(m.sequence, "old") for m in older[-3:]]
        return Page(tuple(found), has_more=False, total=len(found))

    @invariant()
    def each_member_is_in_the_set_of_its_state(self) -> None:
        for state in MemberState:
            expected = {m.connection for m in self.members() if m.state is state}
            assert self.delivery.sets.in_state(state) == expected

    @invariant()
    def each_member_has_a_source_that_its_state_allows(self) -> None:
        for member in self.members():
            assert member.source in SOURCES[member.state]

    @invariant()
    def no_pinned_event_is_discarded(self) -> None:
        for member in self.members():
            has_cursor = member.state not in END_STATES
            if member.source is EventSource.PINNED and has_cursor:
                assert member.cursor >= self.recent.base

    @invariant()
    def a_member_that_shares_a_cursor_has_no_events_of_its_own(self) -> None:
        for member in self.members():
            if member.state in SHARING_STATES:
                assert member.private_events == []
                assert member.end is None

    def teardown(self) -> None:
        """Let every transport accept bytes: all members receive everything."""
        for connection in self.connections:
            self.delivery.resume_writing(connection)
        for _ in range(1000):
            if not (self.questions or self.delivery.is_due or self.reports.questions):
                break
            self.take_questions()
            while self.questions:
                self.answer(is_refused=False)
            self.flush()
        for member in self.members():
            assert member.state in END_STATES
            assert not member.private_events
            if member.end is None and member.encoded.dialect is SESSION:
                last = self.recent.last_sequence
                assert self.received[member.connection] == last


TestDelivery = DeliveryMachine.TestCase
TestDelivery.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None
)
