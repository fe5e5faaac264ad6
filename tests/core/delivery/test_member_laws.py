"""Any sequence of calls leaves each member in the set of its state, and in no other."""

import re

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from parlour.core.delivery.delivery import Delivery
from parlour.core.delivery.member import Member
from parlour.core.delivery.member_state import (
    JOINING_STATES,
    LAGGING_STATES,
    SHARING_STATES,
    SOURCES,
    EventSource,
    MemberState,
)
from parlour.core.delivery.recent_events import RecentEvents
from parlour.core.delivery.shared_cursors import Write
from parlour.core.events import (
    LOBBY,
    Cursor,
    Joined,
    Message,
    Refused,
    SessionId,
    Welcome,
)
from parlour.core.protocol.dialect import Dialect
from parlour.core.protocol.plain import PLAIN
from parlour.core.protocol.session import SESSION
from parlour.core.storage import After, Before, Page, Purpose, SessionQuery

EPOCH = "e"
REFUSAL = Refused("refused", "why")
NOTICE = Joined(LOBBY, "Eve")
MEMBERS = st.integers(0, 5)  # index of a member, modulo their number
END_STATES = {MemberState.AT_SHARED_CURSOR, MemberState.FINISHED, *JOINING_STATES}


class DeliveryMachine(RuleBasedStateMachine):
    """A room of members that join, query, lag and finish in any order."""

    @initialize(
        max_bytes=st.sampled_from([300, 10_000]),
        flush_bytes=st.sampled_from([150, 9_999]),
    )
    def open(self, max_bytes: int, flush_bytes: int) -> None:
        self.stored = [self.message(number) for number in range(1, 6)]
        self.recent = RecentEvents(max_bytes, last_sequence=len(self.stored))
        self.delivery = Delivery(LOBBY, self.recent, flush_bytes)
        self.sessions: list[SessionId] = []
        self.count = 0
        self.queries: list[SessionQuery] = []  # returned and not answered
        self.received: dict[SessionId, int] = {}  # the last sequence
        for dialect in (PLAIN, PLAIN, PLAIN, SESSION):
            self.add(dialect)
            self.start(len(self.sessions) - 1, -1, is_known=True)

    @staticmethod
    def message(sequence: int, text: str = "new") -> Message:
        return Message(LOBBY, sequence, 0.0, "Ann", f"{text} {sequence}")

    def member(self, index: int) -> Member:
        return self.delivery[self.sessions[index % len(self.sessions)]]

    def write(self, writes: list[Write]) -> None:
        """Check that each session receives the messages of the room in order."""
        for data, sessions, _ in writes:
            for sequence in map(int, re.findall(rb"new (\d+)", data)):
                for session in sessions:
                    assert sequence > self.received.get(session, 0)
                    self.received[session] = sequence

    @rule(dialect=st.sampled_from([PLAIN, SESSION]))
    def add(self, dialect: Dialect) -> None:
        self.count += 1
        session = SessionId(self.count)
        self.sessions.append(session)
        self.delivery.add(session, dialect)

    @precondition(lambda self: self.sessions)
    @rule(index=MEMBERS, ago=st.integers(-1, 20), is_known=st.booleans())
    def start(self, index: int, ago: int, *, is_known: bool) -> None:
        member = self.member(index)
        if member.state not in JOINING_STATES:
            return
        if member.encoded.dialect is PLAIN:
            self.delivery.start(member.session)
            return
        welcome, cursor = self.greeting(ago, is_known=is_known)
        joined = Joined(LOBBY, "Ann") if ago % 2 else None
        self.delivery.start_session(member.session, welcome, cursor, joined)

    @precondition(lambda self: self.sessions)
    @rule(index=MEMBERS, ago=st.integers(-1, 20), is_known=st.booleans())
    def upgrade(self, index: int, ago: int, *, is_known: bool) -> None:
        member = self.member(index)
        has_query = any(
            isinstance(event, SessionQuery) for _, event in member.private_events
        )
        if (
            member.encoded.dialect is PLAIN
            and member.state not in JOINING_STATES
            and member.end is None
            and not has_query  # only a silent member can upgrade
        ):
            welcome, cursor = self.greeting(ago, is_known=is_known)
            self.delivery.upgrade_session(
                member.session, SESSION, welcome, cursor, None
            )
            if cursor is not None and is_known:
                self.received[member.session] = cursor.sequence

    def greeting(self, ago: int, *, is_known: bool) -> tuple[Welcome, Cursor | None]:
        last = self.recent.last_sequence
        welcome = Welcome("Ann", LOBBY, EPOCH, last, True, 1000, 1000)
        cursor = Cursor(EPOCH if is_known else "other", max(0, last - ago))
        return welcome, cursor if ago >= 0 else None

    @rule(count=st.integers(1, 8))
    def record(self, count: int) -> None:
        last = self.recent.last_sequence
        new = [self.message(last + number) for number in range(1, count + 1)]
        self.stored += new
        self.recent.extend(new)

    @rule()
    def notify(self) -> None:
        self.recent.append(NOTICE)

    @precondition(lambda self: self.sessions)
    @rule(index=MEMBERS, count=st.integers(1, 3))
    def send_private(self, index: int, count: int) -> None:
        self.delivery.send_private(self.member(index).session, *[REFUSAL] * count)

    @precondition(lambda self: self.sessions)
    @rule(index=MEMBERS, purpose=st.sampled_from([Purpose.SUMMARY, Purpose.PAGE]))
    def send_query(self, index: int, purpose: Purpose) -> None:
        session = self.member(index).session
        query = Before(LOBBY, self.recent.last_sequence + 1, 3)
        self.delivery.send_private(session, SessionQuery(session, query, purpose))

    @precondition(lambda self: self.sessions)
    @rule(index=MEMBERS)
    def pause_or_resume_writing(self, index: int) -> None:
        member = self.member(index)
        if member.state in LAGGING_STATES:
            self.delivery.resume_writing(member.session)
        else:
            self.delivery.pause_writing(member.session)

    @precondition(lambda self: len(self.sessions) > 2)
    @rule(index=MEMBERS)
    def finish(self, index: int) -> None:
        self.delivery.finish(self.member(index).session)

    @precondition(lambda self: len(self.sessions) > 2)
    @rule(index=MEMBERS)
    def remove(self, index: int) -> None:
        session = self.member(index).session
        self.sessions.remove(session)
        self.delivery.remove(session)

    @rule()
    def flush(self) -> None:
        self.write(self.delivery.flush())

    @rule(count=st.integers(0, 2), index=MEMBERS)
    def catch_up(self, count: int, index: int) -> None:
        """Deliver the events that other members receive later to one member."""
        if count and self.sessions:
            self.record(count)
            self.send_private(index, 1)
        self.write(self.delivery.catch_up.flush())

    @rule()
    def take_queries(self) -> None:
        self.queries += self.delivery.queries()

    @precondition(lambda self: self.queries)
    @rule(is_refused=st.booleans())
    def answer(self, *, is_refused: bool) -> None:
        query = self.queries.pop(0)
        if query.session in self.delivery:
            answer = REFUSAL if is_refused else self.page(query)
            self.delivery.answer(query, answer)

    def page(self, session_query: SessionQuery) -> Page:
        query = session_query.query
        if isinstance(query, After):
            end = min(query.head, query.sequence + 4)
            found = self.stored[query.sequence : end]
        else:
            first = max(1, query.sequence - 3)
            found = [self.message(n, "old") for n in range(first, query.sequence)]
        return Page(tuple(found), has_more=False, total=len(found))

    @invariant()
    def each_member_is_in_the_set_of_its_state(self) -> None:
        for state in MemberState:
            expected = {s for s in self.sessions if self.delivery[s].state is state}
            assert self.delivery.sets.in_state(state) == expected

    @invariant()
    def each_member_has_a_source_that_its_state_allows(self) -> None:
        for session in self.sessions:
            member = self.delivery[session]
            assert member.source in SOURCES[member.state]

    @invariant()
    def no_pinned_event_is_discarded(self) -> None:
        for session in self.sessions:
            member = self.delivery[session]
            has_cursor = member.state not in {
                MemberState.AT_SHARED_CURSOR,
                MemberState.FINISHED,
                *JOINING_STATES,
            }
            if member.source is EventSource.PINNED and has_cursor:
                assert member.cursor >= self.recent.base

    @invariant()
    def a_member_that_shares_a_cursor_has_no_events_of_its_own(self) -> None:
        for session in self.sessions:
            member = self.delivery[session]
            if member.state in SHARING_STATES:
                assert member.private_events == []
                assert member.end is None

    def teardown(self) -> None:
        """Let every transport accept bytes: all members receive everything."""
        for session in self.sessions:
            self.delivery.resume_writing(session)
        for _ in range(1000):
            if not (self.queries or self.delivery.is_due or self.delivery.has_queries):
                break
            self.take_queries()
            while self.queries:
                self.answer(is_refused=False)
            self.flush()
        states = {self.delivery[session].state for session in self.sessions}
        assert states <= END_STATES - set(LAGGING_STATES)
        for session in self.sessions:
            member = self.delivery[session]
            assert member.state in JOINING_STATES or not member.private_events


TestDelivery = DeliveryMachine.TestCase
TestDelivery.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None
)
