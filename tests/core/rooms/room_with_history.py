"""A room with members and a history, for tests."""

from parlour.core.rooms.room import Room
from parlour.core.rooms.steps import JoinRoom, QueryHistory

from parlour.core.events import LOBBY, Message, SessionId, User
from parlour.core.limits import Limits
from parlour.core.storage import Before, Draft, HistoryExtent, Purpose, SessionQuery
from tests.core.terse_dialect import TerseDialect

ANN, BOB, CAT = map(SessionId, (1, 2, 3))
NAMES = {ANN: "Ann", BOB: "Bob", CAT: "Cat"}
EPOCH = "e"
LONG = 1.0  # seconds; longer than the delay of a notice in a small room


class RoomWithHistory:
    """A room with members and a history."""

    def __init__(self, *sessions: SessionId, head: int = 0) -> None:
        self.room = Room(LOBBY, Limits(), HistoryExtent(EPOCH, 1, head))
        self.head = head
        self.dialect = TerseDialect()
        for session in sessions:
            self.join(session)
        self.flush()

    def join(self, session: SessionId) -> None:
        self.room.admit(JoinRoom(session, User(NAMES[session], 0.0)), self.dialect)

    def send(self, session: SessionId, texts: str) -> None:
        source = self.names.get(session, "?")
        self.room.add_drafts([Draft(LOBBY, source, text, session) for text in texts])

    @property
    def names(self) -> dict[SessionId, str]:
        """The names of the users."""
        return {session: user.name for session, user in self.room.roster.items()}

    def query_history(self, session: SessionId) -> None:
        query = Before(LOBBY, 1 << 62, 10)
        self.room.add(QueryHistory(session, query, Purpose.SUMMARY))

    def queries(self) -> list[SessionQuery]:
        self.flush()
        return self.room.delivery.queries()

    def record(self, batch: list[Draft]) -> None:
        messages = []
        for draft in batch:
            self.head += 1
            messages.append(Message(LOBBY, self.head, 0.0, draft.source, draft.text))
        self.room.recorded(messages)

    def record_all(self) -> None:
        self.record(self.room.pending.next_batch())

    def flush(self, now: float = 0.0) -> dict[SessionId, list[str]]:
        """Return the lines that each session receives, delayed notices included."""
        self.room.flush_time(now)
        return {
            session: data.decode().splitlines()
            for data, sessions, _ in self.room.flush(now + LONG)
            for session in sessions
        }
