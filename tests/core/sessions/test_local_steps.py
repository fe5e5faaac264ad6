"""Answers and questions of connections, in their own order between the entries."""

import json
from typing import Any

import pytest

from parlour.core.delivery.delivery import Delivery
from parlour.core.entries import Renamed, RoomOpened, SessionClosed
from parlour.core.events import (
    LOBBY,
    Bye,
    Message,
    PersonId,
    Refused,
    RoomName,
    SessionId,
)
from parlour.core.limits import Limits
from parlour.core.protocol.dialect import Dialect
from parlour.core.protocol.session import SESSION
from parlour.core.sessions.batching import Rejected, Repeated
from parlour.core.sessions.local_steps import LocalSteps
from parlour.core.sessions.proposals import Proposals, Settled
from parlour.core.sessions.registry import Connections
from parlour.core.sessions.steps import (
    AskHistory,
    AskRooms,
    AskUsers,
    Finish,
    FinishAll,
    SendPrivate,
)
from parlour.core.state.names import name_keys
from parlour.core.state.room import Room
from parlour.core.storage import (
    END_OF_SEQUENCES,
    After,
    Before,
    Purpose,
    Query,
    Search,
    SearchRooms,
)
from tests.core.sessions.members import (
    ANN,
    BOB,
    CAT,
    connection,
    opening,
    said,
    state_with,
)
from tests.core.terse_dialect import TerseDialect

DEV, OPS = RoomName("dev"), RoomName("ops")
NO = Refused("no", "no")
LONG = 1.0  # seconds; longer than the delay of a notice


def data_of(line: str) -> dict[str, Any]:
    """Return the data of a line of the session dialect."""
    data = json.loads(line)["data"]
    assert isinstance(data, dict)
    return data


class Node:
    """Ann and Bob in the lobby, their connections, and what they receive."""

    def __init__(self, dialect: Dialect | None = None) -> None:
        self.state = state_with(ANN, BOB)
        self.proposals = Proposals(self.state, 0, Limits())
        self.delivery = Delivery(Limits())
        self.connections = Connections()
        self.steps = LocalSteps(
            self.state, self.proposals, self.delivery, self.connections
        )
        self.dialect = dialect or TerseDialect()
        self.now = 0.0
        for session in (ANN, BOB):
            self.connect(session)

    def connect(self, session: SessionId) -> None:
        made = connection(session)
        self.connections.add(made)
        self.connections.attach(made, session)
        self.delivery.open(made.id, self.dialect)
        self.delivery.enter(made.id, LOBBY, self.state.rooms[LOBBY].sequence)
        self.flush()

    def say(self, session: SessionId, texts: str) -> None:
        origin = self.connections.of(session)
        assert origin is not None
        self.proposals.say(said(session, texts), origin)

    def settle(self) -> None:
        """Commit the next batch, and carry out the steps behind its entries."""
        self.proposals.next_batch(5.0, 0.0)
        for part in self.proposals.complete():
            if not isinstance(part, Settled):
                self.steps.apply(part)
                continue
            for entry in part.proposals:
                assert not isinstance(entry, Rejected | Repeated)
                for effect in self.state.apply(entry, 5.0):
                    if isinstance(effect, Message):
                        self.delivery.append(LOBBY, effect)
        for step in self.proposals.take_ready():
            self.steps.apply(step)

    def flush(self) -> dict[int, list[str]]:
        self.delivery.flush_time(self.now)
        self.now += LONG
        return {
            connection: data.decode().splitlines()
            for data, connections, _ in self.delivery.flush(self.now)
            for connection in connections
        }

    def ask(self, session: SessionId, query: Query) -> None:
        connection = self.connections.of(session)
        assert connection is not None
        self.steps.add(AskHistory(connection.id, query, Purpose.PAGE))

    def questions(self) -> list[Query]:
        self.flush()
        return [each.query for each in self.delivery.reports.take_questions()]


@pytest.fixture
def node() -> Node:
    return Node()


def test_a_step_with_nothing_before_it_is_carried_out_at_once(node: Node) -> None:
    node.steps.add(SendPrivate(connection(ANN).id, NO))

    assert node.flush() == {ANN: ["no"]}


def test_a_private_event_waits_for_the_entries_of_its_own_connection(
    node: Node,
) -> None:
    node.say(ANN, "a")
    node.steps.add(SendPrivate(connection(ANN).id, NO))

    assert node.flush() == {}
    assert node.steps.undelivered(connection(ANN).id) == 1
    node.settle()
    assert node.flush()[ANN] == ["a", "no"]
    assert node.steps.undelivered(connection(ANN).id) == 0


def test_a_private_event_does_not_wait_for_the_entries_of_others(node: Node) -> None:
    node.say(BOB, "b")
    node.steps.add(SendPrivate(connection(ANN).id, NO))

    assert node.flush() == {ANN: ["no"]}


def test_a_private_event_does_not_overtake_a_question_of_its_connection(
    node: Node,
) -> None:
    node.say(BOB, "b")
    node.steps.add(AskUsers(connection(ANN).id, LOBBY))
    node.steps.add(SendPrivate(connection(ANN).id, NO))

    assert node.flush() == {}
    node.settle()
    assert node.flush()[ANN] == ["b", "2 users: Ann, Bob", "no"]


def test_a_question_waits_for_the_messages_of_all_before_it(node: Node) -> None:
    node.say(BOB, "ab")
    node.ask(ANN, Before(LOBBY, END_OF_SEQUENCES, 10))
    node.say(BOB, "c")

    assert node.questions() == []
    node.settle()
    assert node.questions() == [Before(LOBBY, 3, 10)]
    assert node.questions() == []


@pytest.mark.parametrize(
    ("query", "capped"),
    [
        (Before(LOBBY, END_OF_SEQUENCES, 9), Before(LOBBY, 4, 9)),
        (Before(LOBBY, 2, 9), Before(LOBBY, 2, 9)),
        (After(LOBBY, 1, END_OF_SEQUENCES, 9), After(LOBBY, 1, 3, 9)),
        (Search(LOBBY, "x", END_OF_SEQUENCES, 9), Search(LOBBY, "x", 4, 9)),
        (SearchRooms((LOBBY,), "x", 9), SearchRooms((LOBBY,), "x", 9)),
    ],
)
def test_a_question_is_limited_to_the_messages_that_the_room_has(
    node: Node, query: Query, capped: Query
) -> None:
    node.say(BOB, "abc")
    node.settle()

    node.ask(ANN, query)

    assert node.questions() == [capped]


def test_a_question_of_a_connection_that_is_gone_is_not_asked(node: Node) -> None:
    node.say(BOB, "a")
    node.ask(ANN, Before(LOBBY, END_OF_SEQUENCES, 10))
    node.steps.add(AskUsers(connection(ANN).id, LOBBY))
    node.delivery.close(connection(ANN).id)

    node.settle()

    assert node.questions() == []


def test_a_question_for_a_room_that_was_closed_meanwhile_is_refused(
    node: Node,
) -> None:
    node.ask(ANN, Before(DEV, END_OF_SEQUENCES, 10))
    node.steps.add(AskUsers(connection(ANN).id, DEV))

    assert node.flush() == {ANN: ["#dev is not open", "#dev is not open"]}
    assert node.questions() == []


def test_a_list_of_users_is_that_at_its_step(node: Node) -> None:
    node.steps.add(AskUsers(connection(BOB).id, LOBBY))
    node.say(ANN, "a")
    node.proposals.propose(Renamed(ANN, "Eve", name_keys("Eve")))
    node.proposals.propose(opening(CAT))
    node.steps.add(AskUsers(connection(BOB).id, LOBBY))
    node.proposals.propose(SessionClosed(CAT, "closed"))

    assert node.flush() == {BOB: ["2 users: Ann, Bob"]}
    node.settle()
    assert node.flush()[BOB] == ["a", "3 users: Bob, Cat, Eve"]


def test_a_long_list_of_users_is_sent_in_pages(node: Node) -> None:
    for number in range(3, 251):
        room = node.state.rooms[LOBBY]
        entry = opening(CAT).replace(
            attachment=SessionId(number), name=f"u{number:03}", keys=(), token=""
        )
        node.state.apply(entry, 0.0)
    assert len(room.members) == 250

    node.steps.add(AskUsers(connection(ANN).id, LOBBY))

    assert [line[:27] for line in node.flush()[ANN]] == [
        "1 to 100 of 250 users: Ann,",
        "101 to 200 of 250 users: u1",
        "201 to 250 of 250 users: u2",
    ]


@pytest.mark.parametrize(
    ("after", "limit", "rooms"),
    [
        ("", 10, '[dev "gardens" 0, lobby "" 2, ops "" 0] more: False'),
        ("", 2, '[dev "gardens" 0, lobby "" 2] more: True'),
        ("dev", 1, '[lobby "" 2] more: True'),
        ("ops", 5, "[] more: False"),
    ],
)
def test_open_rooms_are_listed_by_name(after: str, limit: int, rooms: str) -> None:
    node = Node(SESSION)
    for name in (OPS, DEV):
        node.state.apply(RoomOpened(name, ANN, (name,)), 0.0)
    node.state.rooms[DEV].topic = "gardens"
    direct = Room(RoomName("direct:x"), 0)
    direct.pair = PersonId(ANN), PersonId(BOB)
    node.state.rooms.add(direct)

    node.steps.add(AskRooms(connection(ANN).id, after, limit))

    (line,) = node.flush()[ANN]
    listed = [
        f'{each["room"]} "{each["topic"]}" {each["users"]}'
        for each in data_of(line)["rooms"]
    ]
    assert f"[{', '.join(listed)}] more: {data_of(line)['more']}" == rooms


def test_a_finished_connection_receives_what_was_settled_before_it(
    node: Node,
) -> None:
    node.say(BOB, "a")
    node.steps.add(Finish(connection(ANN).id))
    node.say(BOB, "b")

    node.settle()

    assert node.flush() == {ANN: ["a"], BOB: ["a", "b"]}
    assert node.delivery.reports.take_ended() == [connection(ANN).id]


def test_all_connections_are_finished_after_the_entries_so_far(node: Node) -> None:
    bye = Bye("server_stopping", "bye")
    node.say(BOB, "a")
    node.steps.add(FinishAll(bye))
    node.say(BOB, "b")

    node.settle()

    assert node.flush() == {ANN: ["a"], BOB: ["a"]}
    assert len(node.delivery.reports.take_ended()) == 2
    assert [each.bye for each in node.connections.values()] == [bye, bye]


def test_recent_events_answer_questions_in_a_room_without_a_history() -> None:
    node = Node(SESSION)
    name = RoomName("direct:x")
    direct = Room(name, 0)
    direct.pair = PersonId(ANN), PersonId(BOB)
    direct.add(ANN, 0.0)
    node.state.rooms.add(direct)
    node.delivery.enter(connection(ANN).id, name, 0)
    for each in said(ANN, "abcd"):
        (outcome,) = node.state.apply(each, 5.0)
        assert isinstance(outcome, Message)
        node.delivery.whisper(name, outcome.replace(room=name))
    node.flush()

    found = []
    for query in (
        Before(name, END_OF_SEQUENCES, 2),
        Before(name, 2, 5),
        After(name, 1, END_OF_SEQUENCES, 2),
        Search(name, "a", END_OF_SEQUENCES, 5),
    ):
        node.ask(ANN, query)
        (line,) = node.flush()[ANN]
        data = data_of(line)
        texts = "".join(each["message"] for each in data.get("messages", ()))
        found.append((data.get("code", texts), data.get("more")))

    assert found == [("cd", True), ("a", False), ("bc", True), ("not_kept", None)]
    assert node.questions() == []
