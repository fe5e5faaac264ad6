"""Sessions that lost their connection, and what is remembered of it meanwhile."""

import pytest

from parlour.core.entries import Renamed, SessionClosed, SessionHeld
from parlour.core.events import ConnectionId, SessionId
from parlour.core.limits import Limits
from parlour.core.protocol.commands import Hello
from parlour.core.rules import Rules
from parlour.core.sessions.connection import Connection, ConnectionKind
from parlour.core.sessions.parts import Parts
from parlour.core.state.state import State
from tests.core.sessions.members import ANN, BOB, LATER, connection, opening


class Node:
    """The parts of a hub with one connection, that of Ann."""

    def __init__(self, max_users: int = 10) -> None:
        self.state = State()
        limits = Limits(resume_timeout=10.0, max_users=max_users)
        self.parts = Parts(limits, self.state, 0, Rules())
        self.holds = self.parts.holds
        self.proposals = self.parts.proposals
        self.state.apply(opening(ANN), 0.0)
        self.ann = connection(ANN)
        self.parts.connections.add(self.ann)
        self.parts.connections.attach(self.ann, ANN)

    def settle(self) -> list[str]:
        """Commit all batches; return the types of their entries."""
        entries = []
        while (batch := self.proposals.next_batch(5.0, 0.0)) is not None:
            entries += [type(each).__name__ for each in batch.entries]
            self.parts.settling.apply_own(batch)
        return entries

    def lose_ann(self) -> None:
        """Break the connection of Ann."""
        self.parts.closing.abort(self.ann, "lost", "the connection broke")


@pytest.fixture
def node() -> Node:
    return Node()


def test_a_lost_session_is_held_and_closed_when_its_time_is_over(node: Node) -> None:
    node.lose_ann()

    assert node.settle() == ["SessionHeld"]
    assert (node.state.sessions[ANN].is_held, len(node.holds)) == (True, 1)
    node.holds.tick(9.9)
    assert node.settle() == []
    node.holds.tick(10.0)
    assert node.settle() == ["SessionClosed"]
    assert (len(node.state.sessions), len(node.holds)) == (0, 0)


def test_nothing_is_remembered_of_a_session_that_was_resumed(node: Node) -> None:
    node.lose_ann()
    node.settle()

    node.proposals.propose(opening(ANN).replace(attachment=LATER))
    node.settle()
    node.holds.tick(10.0)

    assert (node.settle(), len(node.holds)) == ([], 0)


def test_nothing_is_remembered_of_a_connection_that_never_had_a_session(
    node: Node,
) -> None:
    """A page asks for a name that is taken, and is gone before it is told."""
    page = Connection(
        ConnectionId(BOB), "192.0.2.1:2", "", ConnectionKind.PAGE, Limits(), None
    )
    node.parts.connections.add(page)
    page.admit()
    page.hello = Hello("", None, is_watching=True)
    node.parts.admission.watch(page, 0.0)
    node.parts.sessions.open_named(page, "Ann")

    node.parts.closing.abort(page, "lost", "the connection broke")

    assert node.settle() == ["SessionOpened", "SessionClosed"]
    assert len(node.holds) == 0


def test_another_held_session_than_there_may_be_users_closes_the_oldest() -> None:
    node = Node(max_users=3)
    people = [SessionId(10 + number) for number in range(4)]
    for session in people:
        entry = opening(ANN, token=f"{session}").replace(
            attachment=session, name="", keys=(), address=f"a{session}"
        )
        node.state.apply(entry, 0.0)
        node.holds.record_reason(connection(session))
        node.proposals.propose(SessionHeld(session))
    node.settle()

    assert [each in node.state.sessions for each in people] == [False] + 3 * [True]
    assert len(node.holds) == 3


def test_a_session_is_not_closed_while_the_journal_is_stalled(node: Node) -> None:
    node.lose_ann()
    node.settle()
    node.proposals.propose(Renamed(ANN, "Eve", ()))
    assert node.proposals.next_batch(5.0, 8.0) is not None

    node.holds.tick(10.0)
    assert len(node.proposals) == 1, "nobody could resume it"
    node.proposals.complete()
    node.holds.tick(19.9)
    assert node.settle() == []
    node.holds.tick(20.0)

    assert node.settle() == ["SessionClosed"]


def test_a_session_that_was_resumed_on_a_lost_connection_is_closed_in_the_end(
    node: Node,
) -> None:
    node.state.apply(opening(BOB), 0.0)
    node.state.apply(SessionHeld(BOB), 0.0)
    node.proposals.propose(opening(BOB).replace(attachment=ANN), node.ann)

    node.lose_ann()

    assert node.settle() == ["SessionOpened", "SessionHeld"]
    assert [each.id for each in node.state.sessions] == [BOB]
    node.holds.tick(10.0)
    assert node.settle() == ["SessionClosed"]
    assert (len(node.state.sessions), len(node.holds)) == (0, 0)


def test_the_sessions_of_another_node_are_not_timed_here(node: Node) -> None:
    node.state.apply(opening(BOB), 0.0)

    node.holds.hold(BOB, 0.0)
    node.holds.tick(100.0)

    assert node.settle() == []
    node.proposals.propose(SessionClosed(BOB, "bye"))
    assert node.settle() == ["SessionClosed"]
