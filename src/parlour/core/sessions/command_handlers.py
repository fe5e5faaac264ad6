"""What follows from a command: lines that were said become steps of a room."""

from typing import assert_never

from ..counters import Counters
from ..events import Bye, Ping, Pong, Refused, RoomName
from ..limits import HISTORY_PAGE, MAX_FAULTS, MAX_OWED, Limits
from ..names.registry import NameRegistry
from ..names.validation import clean
from ..protocol.commands import (
    Command,
    Hello,
    Leave,
    ListUsers,
    ReadHistory,
    ReadPage,
    Say,
    SearchHistory,
    SetName,
    Submit,
)
from ..protocol.foreign_protocols import foreign_line, not_a_chat_client
from ..protocol.json_objects import is_object_start
from ..protocol.lines import OVERLONG
from ..protocol.message_text import is_sayable, text_fault
from ..protocol.plain import LATE_HELLO
from ..protocol.session_decoder import key
from ..rate_limit import HISTORY_COST, line_cost
from ..rooms.room import Room
from ..rooms.steps import QueryHistory, QueryUsers, SendPrivate
from ..storage import After, Before, Draft, Purpose, Query, Search
from .admission import Admission, name_taken
from .connection import Connection, ConnectionKind
from .work_budget import ANSWER, BYTES_PER_UNIT, QUESTION, RENAME, USERS_PER_UNIT

LATEST = 1 << 62
"""A sequence after all others."""

GOODBYE = Bye("bye", "you said goodbye")
READ_ONLY = Refused("read_only", "this page only shows the chat")
WATCHING = Refused(
    "watching", "one who watches may speak after taking a name (set-name)"
)


class CommandHandlers:
    """Hear what members say, in order, and do it or refuse it."""

    def __init__(
        self,
        room: Room,
        names: NameRegistry,
        limits: Limits,
        counters: Counters,
        admission: Admission,
    ) -> None:
        self._room, self._names, self._admission = room, names, admission
        self._limits, self._counters = limits, counters
        most = f"a line has at most {limits.max_line:,} bytes"
        self._overlong = Refused("line_too_long", most)

    def hear(
        self, connection: Connection, quantum: int, now: float
    ) -> tuple[Bye | None, int]:
        """Process lines of a member, up to the first that has to wait.

        A line has to wait for an answer that is owed, for the rate, or for the next
        turn once about *quantum* units of work are done. Returns why the connection
        must end, if it must, and how many units it took.
        """
        bucket, lines, work = connection.bucket, connection.input, 0
        bye: Bye | None = None
        while bye is None and work < quantum and lines.block:
            if connection.asking or (bucket is not None and not bucket.is_open(now)):
                break
            # A line's cost is known once it is seen, so those with a rate come singly.
            left = quantum - work
            batch = lines.peek(left if bucket is None else 1, left * BYTES_PER_UNIT)
            if bucket is not None:
                bucket.spend(line_cost(batch[0]))
            bye, done, spent = self._process(connection, batch, quantum - work, now)
            self._counters.lines += done
            work += spent + lines.advance(done) // BYTES_PER_UNIT
        return bye, work

    def _process(
        self, connection: Connection, batch: list[bytes], quantum: int, now: float
    ) -> tuple[Bye | None, int, int]:
        """Process lines in order, until one has to wait.

        Returns why the connection must end, if it must; how many lines are done; and
        how many units of work they took.
        """
        session, room = connection.session, self._room
        decode, max_text = connection.dialect.decode, self._limits.max_text
        name, extra, done = self._names[session], 0, 0
        said: list[Draft] = []
        for done, line in enumerate(batch, start=1):
            command = decode(line)
            if isinstance(command, Say) and is_sayable(command.text, max_text):
                if isinstance(command, Submit):
                    said.append(_submitted(connection, room.name, name, command))
                else:
                    said.append(Draft(room.name, name, command.text, session))
                continue
            self._say(connection, said)  # before what the command does
            if isinstance(command, Leave):
                return GOODBYE, done, done
            if line is OVERLONG:
                command = self._overlong
            if command is None:
                continue  # a blank line
            if isinstance(command, Refused) and (
                speaks := _foreign(connection, done - 1, line)
            ):
                return not_a_chat_client(speaks), done, done
            extra += self._obey(connection, command, now)
            name = self._names[session]
            decode = connection.dialect.decode  # a late hello changes it
            if connection.faults >= MAX_FAULTS:
                reason = f"{MAX_FAULTS} lines in a row were not understood"
                return Bye("too_many_faults", reason), done, done + extra
            if connection.asking or done + extra >= quantum:
                break
        self._say(connection, said)
        return None, done, done + extra

    def _say(self, connection: Connection, said: list[Draft]) -> None:
        """Let the room have what was *said*, and empty that list."""
        if not said:
            return
        connection.faults, connection.has_spoken = 0, True
        if connection.is_watching:
            why = WATCHING if _may_enter(connection) else READ_ONLY
            for draft in said:
                self._refuse(connection, why.replace(id=draft.id or ""))
        else:
            self._room.add_drafts(said)
        said.clear()

    def _obey(
        self, connection: Connection, command: Command | Refused, now: float
    ) -> int:
        """Do what a command says, and return the units of work that it took."""
        session, room = connection.session, self._room.name
        is_first, connection.has_spoken = not connection.has_spoken, True
        if not isinstance(command, Refused):
            connection.faults = 0
        match command:
            case Hello():
                self._upgrade(connection, command, now, is_first=is_first)
            case SetName(name):
                self._rename(connection, name, now)
                return RENAME
            case ReadHistory():
                latest = Before(room, LATEST, HISTORY_PAGE)
                return self._ask(
                    connection, QueryHistory(session, latest, Purpose.RECAP)
                )
            case ReadPage():
                query = _query(room, command)
                return self._ask(connection, QueryHistory(session, query, Purpose.PAGE))
            case SearchHistory(words, before, limit):
                search = Search(room, words, _end(before), limit)
                return self._ask(
                    connection, QueryHistory(session, search, Purpose.FOUND)
                )
            case ListUsers():
                return self._ask(connection, QueryUsers(session))
            case Ping(token):
                self._tell(connection, Pong(token))
            case Pong() | Leave():
                pass  # that it said anything is enough; it is gone
            case Refused():
                self._fault(connection, command)
            case Say(text):
                name = command.id if isinstance(command, Submit) else ""
                self._refuse(connection, text_fault(text, self._limits.max_text, name))
            case _:
                assert_never(command)
        return ANSWER

    def _upgrade(
        self, connection: Connection, hello: Hello, now: float, *, is_first: bool
    ) -> None:
        """Change the dialect of a member, whose first line *hello* has to be."""
        if is_first:
            self._admission.greet_late(connection, hello, now)
        else:
            self._fault(connection, Refused("late_hello", LATE_HELLO))

    def _rename(self, connection: Connection, wanted: str, now: float) -> None:
        name, session = clean(wanted), connection.session
        if not _may_enter(connection):
            self._refuse(connection, READ_ONLY)
        elif isinstance(name, Refused):
            self._refuse(connection, name)
        elif name == self._names[session]:
            self._refuse(connection, Refused("same_name", f"you are {name} already"))
        elif connection.is_watching and (bye := self._admission.no_place(connection)):
            self._refuse(connection, Refused(bye.code, bye.reason))
        elif not self._names.take(session, name):
            self._refuse(connection, name_taken(name))
        elif connection.is_watching:
            self._admission.become_member(connection, now)
        else:
            self._admission.rename(connection)

    def _ask(self, connection: Connection, step: QueryHistory | QueryUsers) -> int:
        """Have a question answered, and return the units of work that it takes."""
        connection.asking = True
        if connection.bucket is not None:
            connection.bucket.spend(HISTORY_COST - 1)
        self._room.add(step)
        if isinstance(step, QueryUsers):
            return ANSWER + len(self._room.roster) // USERS_PER_UNIT
        return QUESTION

    def _refuse(self, connection: Connection, why: Refused) -> None:
        self._counters.refused += 1
        self._tell(connection, why)

    def _tell(self, connection: Connection, answer: Refused | Pong) -> None:
        """Answer at once; who is owed too many answers is not heard further."""
        self._room.add(SendPrivate(connection.session, answer))
        if self._room.delivery[connection.session].undelivered >= MAX_OWED:
            connection.asking = True

    def _fault(self, connection: Connection, why: Refused) -> None:
        """Refuse a line that is no command; too many in a row are the end."""
        connection.has_spoken = True
        connection.faults += 1
        self._refuse(connection, why)


def _foreign(connection: Connection, index: int, line: bytes) -> str:
    """Return what a peer speaks if *line*, at *index* of the last peek, is no chat."""
    if line is OVERLONG:
        start = connection.input.peeked_start(index)
        return "" if is_object_start(start) else "longer lines"
    return foreign_line(line, is_first=not connection.has_spoken)


def _may_enter(connection: Connection) -> bool:
    """Tell whether one who watches may be a member."""
    return connection.kind is not ConnectionKind.READ_ONLY_PAGE


def _submitted(
    connection: Connection, room: RoomName, source: str, said: Submit
) -> Draft:
    return Draft(
        room=room,
        source=source,
        text=said.text,
        session=connection.session,
        key=key(connection.token, said.id),
        id=said.id,
    )


def _query(room: RoomName, wanted: ReadPage) -> Query:
    if wanted.after is not None:
        return After(room, wanted.after, LATEST, wanted.limit)
    return Before(room, _end(wanted.before), wanted.limit)


def _end(before: int | None) -> int:
    return LATEST if before is None else before
