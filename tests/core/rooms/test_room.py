from parlour.core.events import LOBBY, Bye, Message, Refused, SessionId, User
from parlour.core.limits import Limits
from parlour.core.rooms.room import Room
from parlour.core.rooms.steps import (
    CloseRoom,
    JoinRoom,
    LeaveRoom,
    QueryHistory,
    QueryUsers,
    RenameMember,
    SendPrivate,
)
from parlour.core.storage import (
    Before,
    Draft,
    HistoryExtent,
    Page,
    Purpose,
    SessionQuery,
)
from tests.core.terse_dialect import TerseDialect

ANN, BOB, CAT = map(SessionId, (1, 2, 3))
NAMES = {ANN: "Ann", BOB: "Bob", CAT: "Cat"}
EPOCH = "e"
LONG = 1.0  # seconds; no notice waits longer in a small room
FULL = Refused("storage_full", "not kept")


class House:
    """A room, its members, and a history of its own."""

    def __init__(self, *sessions: SessionId, head: int = 0) -> None:
        self.room = Room(LOBBY, Limits(), HistoryExtent(EPOCH, 1, head))
        self.head = head
        self.dialect = TerseDialect()
        for session in sessions:
            self.enter(session)
        self.flush()

    def enter(self, session: SessionId) -> None:
        self.room.admit(JoinRoom(session, User(NAMES[session], 0.0)), self.dialect)

    def say(self, session: SessionId, texts: str) -> None:
        source = self.names.get(session, "?")
        self.room.add_drafts([Draft(LOBBY, source, text, session) for text in texts])

    @property
    def names(self) -> dict[SessionId, str]:
        """Who is here, by name."""
        return {session: user.name for session, user in self.room.roster.items()}

    def ask(self, session: SessionId) -> None:
        query = Before(LOBBY, 1 << 62, 10)
        self.room.add(QueryHistory(session, query, Purpose.SUMMARY))

    def questions(self) -> list[SessionQuery]:
        self.flush()
        return self.room.delivery.questions()

    def record(self, batch: list[Draft]) -> None:
        messages = []
        for draft in batch:
            self.head += 1
            messages.append(Message(LOBBY, self.head, 0.0, draft.source, draft.text))
        self.room.recorded(messages)

    def record_all(self) -> None:
        self.record(self.room.pending.next_batch())

    def flush(self, now: float = 0.0) -> dict[SessionId, list[str]]:
        """Return the lines that each is given, notices after their wait included."""
        self.room.flush_time(now)
        return {
            session: data.decode().splitlines()
            for data, sessions, _ in self.room.flush(now + LONG)
            for session in sessions
        }


def test_a_newcomer_hears_that_it_has_come() -> None:
    house = House(ANN)

    house.enter(BOB)

    entered = ["Bob has entered the chat"]
    assert house.flush() == {ANN: entered, BOB: entered}


def test_nobody_hears_what_was_said_before_it_is_recorded() -> None:
    house = House(ANN, BOB)

    house.say(ANN, "ab")
    batch = house.room.pending.next_batch()

    assert house.flush() == {}
    house.record(batch)
    assert house.flush() == {ANN: ["a", "b"], BOB: ["a", "b"]}
    assert house.room.last_sequence == 2


def test_notices_wait_behind_what_was_said_before_them() -> None:
    house = House(ANN)
    house.say(ANN, "a")
    house.room.add(RenameMember(ANN, "Eve"))
    house.enter(BOB)
    house.say(ANN, "b")

    assert house.flush() == {}
    assert house.names == {ANN: "Ann"}
    house.record_all()
    assert house.flush() == {
        ANN: ["a", "Ann renamed to Eve", "Bob has entered the chat", "b"],
        BOB: ["Bob has entered the chat", "b"],
    }
    assert house.names == {ANN: "Eve", BOB: "Bob"}


def test_the_others_hear_who_left_and_the_one_who_left_does_not() -> None:
    house = House(ANN, BOB)

    house.room.add(LeaveRoom(ANN, "closed", None))

    assert house.flush() == {BOB: ["Ann has left the chat"]}
    assert house.room.delivery.finished() == [ANN]
    assert house.names == {BOB: "Bob"}


def test_a_goodbye_is_the_last_that_one_hears() -> None:
    house = House(ANN, BOB)
    house.say(BOB, "a")

    house.room.add(LeaveRoom(ANN, "kicked", Bye("kicked", "go")))
    house.say(BOB, "b")
    house.record_all()

    assert house.flush() == {
        ANN: ["a", "go."],
        BOB: ["a", "Ann has left the chat", "b"],
    }


def test_one_who_never_came_in_is_not_said_to_leave() -> None:
    house = House(ANN)

    house.room.add(LeaveRoom(BOB, "closed", None))

    assert house.flush() == {}


def test_one_who_was_gone_before_it_came_in_still_came_and_left() -> None:
    house = House(ANN)
    house.say(ANN, "a")
    house.enter(BOB)
    house.room.delivery.remove(BOB)
    house.room.add(LeaveRoom(BOB, "lost", None))

    house.record_all()

    came, left = "Bob has entered the chat", "Bob has left the chat"
    assert house.flush() == {ANN: ["a", came, left]}


def test_a_question_is_asked_when_the_room_has_heard_what_was_said_before() -> None:
    house = House(ANN, head=7)
    house.say(ANN, "ab")
    house.ask(ANN)
    house.say(ANN, "c")

    assert house.questions() == []
    house.record_all()
    assert house.questions() == [SessionQuery(ANN, Before(LOBBY, 10, 10))]
    assert house.questions() == []


def test_an_answer_never_shows_more_than_the_room_has_heard() -> None:
    house = House(ANN, BOB)
    house.say(BOB, "a")
    first = house.room.pending.next_batch()
    house.ask(ANN)
    house.say(BOB, "b")

    house.record(first)
    (question,) = house.questions()

    assert question.query == Before(LOBBY, 2, 10)


def test_a_question_of_one_who_is_gone_is_not_asked() -> None:
    house = House(ANN)
    house.enter(BOB)
    house.say(ANN, "a")
    house.ask(BOB)
    house.room.add(QueryUsers(BOB))
    house.room.delivery.remove(BOB)

    house.record_all()

    assert house.questions() == []


def test_an_answer_for_one_who_is_gone_is_dropped() -> None:
    house = House(ANN, BOB)
    house.ask(BOB)
    (question,) = house.questions()
    house.room.delivery.remove(BOB)

    house.room.answered(question, Page((), False, 0))

    assert house.flush() == {}


def test_users_are_those_of_the_moment_they_were_asked_for() -> None:
    house = House(ANN, BOB)
    house.room.add(QueryUsers(BOB))
    house.say(ANN, "a")
    house.room.add(RenameMember(ANN, "Eve"))
    house.enter(CAT)
    house.room.add(QueryUsers(BOB))
    house.room.add(LeaveRoom(CAT, "closed", None))

    assert house.flush() == {BOB: ["2 users: Ann, Bob"]}
    house.record_all()
    assert house.flush()[BOB] == [
        "a",
        "Ann renamed to Eve",
        "Cat has entered the chat",
        "3 users: Bob, Cat, Eve",
        "Cat has left the chat",
    ]


def test_many_users_come_in_pages() -> None:
    house = House()
    for number in range(1, 251):
        user = User(f"u{number:03}", 0.0)
        house.room.admit(JoinRoom(SessionId(number), user), house.dialect)
    house.flush()

    house.room.add(QueryUsers(ANN))

    (told,) = house.flush().values()
    assert [line[:30] for line in told] == [
        "1 to 100 of 250 users: u001, u",
        "101 to 200 of 250 users: u101,",
        "201 to 250 of 250 users: u201,",
    ]


def test_a_refused_batch_is_told_to_those_who_said_it_and_to_nobody_else() -> None:
    house = House(ANN, BOB, CAT)
    house.say(ANN, "a")
    house.room.add(RenameMember(CAT, "Eve"))
    house.say(BOB, "b")

    batch = house.room.pending.next_batch()
    house.room.refused([SendPrivate(d.session, FULL) for d in batch], "no room")

    told = "messages cannot be kept now, and are refused: no room"
    assert house.flush() == {
        ANN: [told, "not kept", "Cat renamed to Eve"],
        BOB: [told, "Cat renamed to Eve", "not kept"],
        CAT: [told, "Cat renamed to Eve"],
    }
    assert house.room.last_sequence == 0


def test_a_refusal_for_one_who_is_gone_is_dropped() -> None:
    house = House(ANN, BOB)
    house.say(ANN, "a")
    batch = house.room.pending.next_batch()
    house.room.delivery.remove(ANN)

    house.room.refused([SendPrivate(draft.session, FULL) for draft in batch], "no room")

    assert house.flush() == {
        BOB: ["messages cannot be kept now, and are refused: no room"]
    }


def test_the_room_is_told_once_that_nothing_is_kept_and_once_that_it_is_again() -> None:
    house = House(ANN, BOB)
    for text in "ab":
        house.say(ANN, text)
        batch = house.room.pending.next_batch()
        house.room.refused([SendPrivate(d.session, FULL) for d in batch], "no room")
    house.say(ANN, "c")
    house.record_all()

    told = "messages cannot be kept now, and are refused: no room"
    assert house.flush()[BOB] == [told, "messages are kept again", "c"]


def test_the_end_of_the_room_is_heard_by_all_and_is_the_last() -> None:
    house = House(ANN, BOB)
    house.say(ANN, "a")

    house.room.add(CloseRoom(Bye("server_stopping", "bye")))
    house.say(ANN, "b")
    house.record_all()

    assert house.flush() == {ANN: ["a", "bye."], BOB: ["a", "bye."]}
    assert house.room.delivery.finished() == [ANN, BOB]


def test_nothing_is_due_in_a_quiet_room() -> None:
    house = House(ANN)

    assert house.room.flush_time(5.0) is None


def test_a_notice_may_wait_a_moment_for_others() -> None:
    house = House(ANN, BOB)
    house.room.add(LeaveRoom(CAT, "closed", None))
    house.room.add(RenameMember(BOB, "Eve"))

    due = house.room.flush_time(5.0)

    assert due is not None
    assert 5.0 < due < 5.001
    assert house.room.flush_time(due) == due, "it does not wait longer and longer"


def test_a_message_waits_for_nothing() -> None:
    house = House(ANN)
    house.room.add(RenameMember(ANN, "Eve"))
    house.say(ANN, "a")
    house.record_all()

    assert house.room.flush_time(5.0) == 5.0


def test_an_answer_waits_for_nothing() -> None:
    house = House(ANN)

    house.room.add(QueryUsers(ANN))

    assert house.room.flush_time(5.0) == 5.0
